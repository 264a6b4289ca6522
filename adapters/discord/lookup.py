"""Asking Discord's HTTP API without being connected: for the command line."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import discord

from adapters.discord.client import Ears, made
from adapters.discord.connection import Connection, Failed
from adapters.discord.quiet import hush, speak_to
from adapters.discord.settings import DiscordSettings
from bot.language.adapter import NotConnected


@asynccontextmanager
async def logged_in(settings: DiscordSettings) -> AsyncGenerator[discord.Client]:
    """A client that is logged in, and will hear nothing. Raises NotConnected."""
    hush()
    speak_to(settings.api_url)
    single = settings.model_copy(update={"shards": "0"})
    connection = Connection(made(single, Ears(lambda event, told: None)), single, lambda: None)
    try:
        await connection.log_in()
        yield connection.client
    except Failed as problem:
        raise NotConnected(str(problem)) from None
    finally:
        await connection.close()
