"""Where something was done in Discord: in private, in a room, or where everybody can read it; and when."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord.utils import parse_time, snowflake_time

from adapters.discord.client import Client
from adapters.discord.marks import PLATFORM, short
from adapters.discord.threads import MARK
from bot.language.payload import Json, number, word
from bot.language.places import Actor, Address, Place

DIRECT_MESSAGE, PRIVATE_THREAD = 1, 12
"""Types of channels."""
PUBLIC_THREADS = (10, 11)
_AHEAD = timedelta(minutes=5)


class Places:
    """What the library remembers of servers, as far as it is needed to tell places apart."""

    def __init__(self, client: Callable[[], Client | None]) -> None:
        self._client = client

    @property
    def bot(self) -> str:
        """The bot's own account."""
        client = self._client()
        return str(client.user.id) if client is not None and client.user is not None else ""

    def guild(self, identity: str) -> discord.Guild | None:
        """A server in which the bot is."""
        client = self._client()
        return client.get_guild(int(identity)) if client is not None and identity.isdecimal() else None

    def guilds(self) -> Sequence[str]:
        """The servers in which the bot is."""
        client = self._client()
        return [str(guild.id) for guild in client.guilds] if client is not None else []

    def owner(self, guild: str) -> str:
        """The account that a server belongs to."""
        found = self.guild(guild)
        return str(found.owner_id) if found is not None and found.owner_id else ""

    def address(self, actor: Actor, channel: str, told: Json | None = None) -> Address:
        """The address of a channel in which this actor did something. `told` is what a payload says of the channel."""
        told = told or {}
        if number(told, "type") == DIRECT_MESSAGE or not channel:
            return actor.direct
        found = self.channel(actor.community, channel)
        if self._is_talk(actor.user, found, told):
            return actor.direct
        private = self._private(actor.community, found, told)
        return Address(PLATFORM, actor.community, Place.ROOM if private else Place.HALL, channel)

    def channel(self, guild: str, channel: str) -> Any:
        """What the library remembers of a channel or thread; None for nothing."""
        found = self.guild(guild)
        return found.get_channel_or_thread(int(channel)) if found is not None and channel.isdecimal() else None

    def _is_talk(self, user: str, found: Any, told: Json) -> bool:
        """Whether it is the bot's own thread for this account, whose private messages are closed."""
        if isinstance(found, discord.Thread):
            name, owner, private = found.name, str(found.owner_id), found.is_private()
        else:
            name, owner, private = word(told, "name"), word(told, "owner_id"), number(told, "type") == PRIVATE_THREAD
        # Whoever else may read it does not answer for that account.
        return private and bool(owner) and owner == self.bot and name.rpartition(MARK)[2] == short(user)

    def _private(self, guild: str, found: Any, told: Json) -> bool:
        """Whether not everybody in the server can see a channel. What is not known at all counts as private."""
        if isinstance(found, discord.Thread):
            if found.is_private():
                return True
            found = found.parent
        elif found is None:
            if number(told, "type") == PRIVATE_THREAD:
                return True
            found = self.channel(guild, word(told, "parent_id")) if number(told, "type") in PUBLIC_THREADS else None
        server = self.guild(guild)
        if found is None or server is None:
            return True
        return not found.permissions_for(server.default_role).view_channel


def hall_of(guild: str, hall: str = "") -> Address:
    """The community as a whole."""
    return Address(PLATFORM, guild, Place.HALL, hall)


def said_at(message: Json, now: datetime) -> datetime:
    """When a message was written: the same whenever it is read."""
    return _sensible(_read(word(message, "timestamp")) or made_at(word(message, "id")), now)


def done_at(interaction: Json, now: datetime) -> datetime:
    """When an interaction was begun."""
    at = _sensible(made_at(word(interaction, "id")), now)
    return at if now - at < _AHEAD else now


def made_at(snowflake: str) -> datetime | None:
    """The time that an id of Discord tells."""
    try:
        return snowflake_time(int(snowflake))
    except (ValueError, OverflowError, OSError):
        return None


def _read(stamp: str) -> datetime | None:
    try:
        found = parse_time(stamp) if stamp else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found is not None else None


def _sensible(at: datetime | None, now: datetime) -> datetime:
    return at if at is not None and at <= now + _AHEAD else now
