"""How the library is kept from writing down what is nobody's business, and to whom it speaks."""

import logging

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

_LEVELS = {
    # Below a warning they write down whole payloads.
    "discord": logging.WARNING,
    # Their warnings bear addresses, and those of interactions hold tokens.
    "discord.http": logging.ERROR,
    "discord.webhook.async_": logging.ERROR,
    # Whatever ends a connection is told by its supervisor, in one line.
    "discord.client": logging.CRITICAL,
    "discord.shard": logging.CRITICAL,
}


def hush() -> None:
    """Have the library log only what it should."""
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)


def speak_to(api_url: str, gateway_url: str = "") -> None:
    """Have the library use these addresses.

    It keeps them in its classes, so that they hold for the whole process: one process serves one Discord.
    """
    Route.BASE = api_url
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
