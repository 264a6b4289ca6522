"""One request to the REST API, read: what a route's handler gets, and what it gives back.

A part of the server that has routes lists them: `ROUTES = [Route("GET", "/users/@me", handler), …]`. Templates are
written as in Discord's specification, for by them the specification is found. A handler takes a `Call`, and returns an
`Answer` or raises `ApiError`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from tests.discordserver import permissions
from tests.discordserver.core import message_in
from tests.discordserver.errors import ApiError, invalid
from tests.discordserver.limits import Limits
from tests.discordserver.state import DM, THREADS, Channel, Guild, Json, Message
from tests.discordserver.world import World


@dataclass(frozen=True, slots=True)
class File:
    """A file that came along in a multipart form: under `files[3]` its number is 3."""

    number: int
    name: str
    content: bytes
    type: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer. Without a body it is 204 unless another status is said."""

    body: Any = None
    status: int = 0

    @property
    def number(self) -> int:
        return self.status or (204 if self.body is None else 200)


@dataclass(frozen=True)
class Call:
    """A request, past authentication, rate limits and faults."""

    world: World
    limits: Limits
    operation: str
    """Method and template: `POST /channels/{channel_id}/messages`."""
    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Json = field(default_factory=dict[str, Any])
    """The JSON object that came, or the one in `payload_json`."""
    listed: Sequence[Json] = ()
    """The JSON list that came, where an operation takes one."""
    files: Sequence[File] = ()
    reason: str = ""
    """For the audit log."""

    @property
    def bot(self) -> str:
        """The user id of the bot who calls."""
        return self.world.app.bot

    def text(self, name: str, default: str = "") -> str:
        """A text in the body; what is null counts as not given."""
        value = self.body.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A truth value in the body."""
        value = self.body.get(name)
        return default if value is None else bool(value)

    def number(self, name: str, default: int = 0) -> int:
        """A number in the body, also where it is written as text (as permissions are)."""
        value = self.body.get(name)
        if value is None:
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise invalid("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.', name) from None

    def limit(self, default: int, most: int, least: int = 1) -> int:
        """`limit` in the query, which must lie between the bounds."""
        text = self.query.get("limit", str(default))
        if not text.isdecimal():
            raise invalid("NUMBER_TYPE_COERCE", f'Value "{text}" is not int.', "limit")
        if not least <= int(text) <= most:
            code = "NUMBER_TYPE_MAX" if int(text) > most else "NUMBER_TYPE_MIN"
            raise invalid(code, f"int value should be between {least} and {most}.", "limit")
        return int(text)

    def guild(self, needed: int = 0) -> Guild:
        """The guild in the path. Where the bot is not in it: 50001, as for what it may not do: 50013."""
        guild = self.world.guilds.get(self.path["guild_id"])
        if guild is None:
            raise ApiError(10004)
        if self.bot not in guild.members:
            raise ApiError(50001)
        if needed & ~permissions.in_guild(guild, self.bot):
            raise ApiError(50013)
        return guild

    def channel(self, needed: int = 0) -> Channel:
        """The channel or thread in the path: 10003, 50001 if the bot cannot see it, 50013 if it lacks `needed`.

        In a thread SEND_MESSAGES means to send in threads.
        """
        channel = self.world.channel(self.path["channel_id"])
        self.need(channel, needed)
        return channel

    def need(self, channel: Channel, needed: int) -> None:
        """Check that the bot sees a channel, and has these permissions in it."""
        granted = self.granted(channel)
        if not granted & permissions.VIEW_CHANNEL:
            raise ApiError(50001)
        if needed & ~granted:
            raise ApiError(50013)

    def granted(self, channel: Channel) -> int:
        """What the bot may do in a channel; 0 where it cannot see it."""
        if channel.type == DM:
            return permissions.PRIVATE
        return permissions.in_channel(self.world.guilds[channel.guild], channel, self.bot)

    def thread(self, needed: int = 0) -> Channel:
        """The thread in the path; 50024 if it is something else."""
        thread = self.channel(needed)
        if thread.type not in THREADS:
            raise ApiError(50024)
        return thread

    def message(self, channel: Channel) -> Message:
        """The message in the path; 10008."""
        return message_in(channel, self.path["message_id"])


Handler = Callable[[Call], Answer]


class Route(NamedTuple):
    """One operation. Without `auth` no bot token is asked for; with `exempt` no rate limit holds."""

    method: str
    template: str
    handler: Handler
    auth: bool = True
    exempt: bool = False

    @property
    def operation(self) -> str:
        return f"{self.method} {self.template}"


def objects(value: object) -> list[Json]:
    """A list of objects; an empty one for null. What is no object in it is left out (the specification tells)."""
    if not isinstance(value, list):
        return []
    return [cast(Json, each) for each in cast(list[Any], value) if isinstance(each, dict)]
