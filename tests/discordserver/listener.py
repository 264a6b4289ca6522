"""A small application of the real library, for the server's own tests: it keeps what it hears, and answers as told.

`addressed` makes the library talk to a server of ours while it lasts; it is of use to any test of an application.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Protocol

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discordserver.core import Core
from tests.discordserver.gateway import Gateway

QUIET = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
"""Intents of an application that needs no privileged ones."""
Response = Callable[[discord.Interaction[Any]], Awaitable[object]]


class Place(Protocol):
    """What is asked of a server."""

    @property
    def world(self) -> Core: ...
    @property
    def gateway(self) -> Gateway: ...


class Listener(discord.Client):
    """`heard` has the names of the events, `messages` and `interactions` what came; `respond` answers interactions."""

    def __init__(self, intents: discord.Intents = QUIET, respond: Response | None = None, **options: Any) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.02, **options)
        self.respond = respond
        self.heard: list[str] = []
        self.messages: list[discord.Message] = []
        self.interactions: list[discord.Interaction[Any]] = []
        self.problems: list[BaseException] = []
        self.up = asyncio.Event()
        self._news = asyncio.Event()

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something is so that follows from what is heard; at most ten seconds."""
        async with asyncio.timeout(10):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library would wait five seconds before it logs in again."""

    async def close(self) -> None:
        # What still waits to say that all guilds are there would say it to a client that is closed.
        if (waiting := self._connection._ready_task) is not None:
            await asyncio.wait({waiting}, timeout=5)
        await super().close()

    async def on_ready(self) -> None:
        self.up.set()
        self._news.set()

    async def on_resumed(self) -> None:
        self._news.set()

    async def on_socket_event_type(self, name: str) -> None:
        self.heard.append(name)
        self._news.set()

    async def on_message(self, message: discord.Message) -> None:
        self.messages.append(message)
        self._news.set()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        self.interactions.append(interaction)
        try:
            if self.respond:
                await self.respond(interaction)
        except discord.HTTPException as problem:
            self.problems.append(problem)
        self._news.set()


@contextmanager
def addressed(server: Place) -> Generator[None]:
    """Let the library talk to this server in the place of Discord."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = f"{server.world.url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway.address)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def connected(
    server: Place, intents: discord.Intents = QUIET, respond: Response | None = None, *, token: str = "", **options: Any
) -> AsyncGenerator[Listener]:
    """An application that is logged in. What keeps it from logging in is raised."""
    with addressed(server):
        client = Listener(intents, respond, **options)
        running = asyncio.create_task(client.start(token or server.world.app.token))
        ready = asyncio.create_task(client.up.wait())
        try:
            await asyncio.wait({running, ready}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
            yield client
        finally:
            ready.cancel()
            await client.close()
            with suppress(discord.DiscordException):  # it is closed in the middle
                await running
