"""The library's client, as this adapter uses it: it connects, keeps alive and resumes; what is told, it hands on raw.

The library's own handlers run as tasks of their own, in any order. Here each frame is handed on when it comes, before
anything else is done with it, so that what somebody did stays in order.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import discord
import structlog

from adapters.discord.settings import AUTO, DiscordSettings
from bot.language.payload import Json, as_object

LONGEST_LIMIT = 30.0
"""Seconds of a rate limit that the library sits out by itself; the least that it can be told."""
BREATHER = 5.0
"""Seconds between two beginnings of a session, as Discord wants it."""

GRACE = 2.0
"""Seconds of real time that an answer to a heartbeat has in any case."""

log = structlog.get_logger()

Hear = Callable[[str, Json], None]
"""Takes what an event of the gateway is called, and what it tells."""


class Exhausted(Exception):
    """No more sessions may be begun before `seconds` have passed, or the token would be taken away."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no session may be begun for {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Ears:
    """Who listens to a client, and how long it waits before it begins a session anew."""

    hear: Hear
    trace: aiohttp.TraceConfig | None = None
    breather: float = BREATHER
    grace: float = GRACE

    def heard(self, frame: object) -> None:
        """Hand on one frame, if it tells of an event."""
        if not isinstance(frame, str):
            return
        try:
            told = as_object(json.loads(frame))
            if told.get("op") == 0 and isinstance(event := told.get("t"), str):
                self.hear(event, as_object(told.get("d")))
        except Exception as problem:  # whatever it was, the connection must live on
            log.error("not_heard", platform="discord", error=type(problem).__name__)


class _Listening:
    """What both kinds of clients do their own way."""

    ears: Ears
    http: Any

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Called by the library for all that happens. Only what comes raw is of use here."""
        if event == "socket_raw_receive":
            self.ears.heard(args[0])

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Called by the library before it begins a session. For the first one the limit has been looked at already."""
        if not initial:
            await asyncio.sleep(self.ears.breather)
            await check_starts(self.http)


class OneClient(_Listening, discord.Client):
    """A client with one connection."""

    def __init__(self, ears: Ears, **options: Any) -> None:
        self.ears = ears
        discord.Client.__init__(self, **options)


class ShardedClient(_Listening, discord.AutoShardedClient):
    """A client with several connections, which share the servers."""

    def __init__(self, ears: Ears, **options: Any) -> None:
        self.ears = ears
        discord.AutoShardedClient.__init__(self, **options)


_SESSION = ("READY", "RESUMED")
_REMEMBERED = (*_SESSION, "GUILD_", "CHANNEL_", "THREAD_")
"""How the names of events begin of which the library remembers something that is needed: servers, channels, threads."""

Client = OneClient | ShardedClient


def intents() -> discord.Intents:
    """What the bot wants to be told: none of it needs Discord's leave."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    return wanted


def made(settings: DiscordSettings, ears: Ears) -> Client:
    """A client that has not logged in yet."""
    options: dict[str, Any] = {
        "intents": intents(),
        "chunk_guilds_at_startup": False,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "max_messages": None,
        "allowed_mentions": discord.AllowedMentions.none(),
        "http_trace": ears.trace,
        "max_ratelimit_timeout": LONGEST_LIMIT,
        # What makes the library hand on raw what it is told.
        "enable_debug_events": True,
    }
    if settings.shards == "0":
        return _sturdy(OneClient(ears, **options))
    count = None if settings.shards == AUTO else int(settings.shards)
    return _sturdy(ShardedClient(ears, shard_count=count, **options))


def _sturdy(client: Client) -> Client:
    """The client, reading no more than it must remember: what it cannot read would end the whole connection."""
    # The library offers no other way to leave out what nobody here asks it for.
    parsers: dict[str, Callable[[Any], None]] = cast(Any, client)._connection.parsers
    for name in [each for each in parsers if not each.startswith(_REMEMBERED)]:
        del parsers[name]
    for name in [each for each in parsers if each not in _SESSION]:
        parsers[name] = _careful(name, parsers[name])
    return client


def _careful(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def careful(data: Any) -> None:
        try:
            parse(data)
        except Exception as problem:  # whatever it was, the connection must live on
            log.error("not_understood", platform="discord", kind=name, error=type(problem).__name__)

    return careful


async def check_starts(http: Any) -> str:
    """Whether a session may be begun; then the gateway's address. Raises Exhausted, or what the library raises."""
    _, url, limit = await http.get_bot_gateway()
    told = as_object(limit)
    if told.get("remaining") == 0:
        raise Exhausted(max(1.0, float(told.get("reset_after", 0)) / 1000))
    return str(url)
