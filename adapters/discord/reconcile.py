"""After the connection was down: what happened meanwhile, read bit by bit, so that nobody is asked too much at once.

What is handed in twice, live and by being read, has the same id, and counts once.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from discord.http import HTTPClient
from discord.utils import time_snowflake

from adapters.discord.asking import MISSING_ACCESS, UNKNOWN_CHANNEL, UNKNOWN_GUILD, NoAnswer, ask
from adapters.discord.door import gone, locked, taken_out
from adapters.discord.inside import Inside
from adapters.discord.keeping import Keeping
from adapters.discord.marks import PLATFORM
from adapters.discord.messages import Messages
from adapters.discord.places import made_at
from bot.language.adapter import KnownRoom, Retry
from bot.language.events import Event, Said
from bot.language.payload import Json, as_object, parts, word

PAGE, PAGES = 100, 10
"""Messages that are read at once, and how often, in one room."""
ASKED = 200
"""So many conversations of a server are looked at."""
PAUSE, SLOWLY = 0.1, 1.0
"""Seconds between two questions; the latter where conversations are looked up, which Discord watches closely."""
AGAIN = timedelta(minutes=1)

log = structlog.get_logger()
_MESSAGES = "/channels/{channel_id}/messages"


class Reconciling:
    """Looks after rooms and conversations of servers that have become available."""

    def __init__(
        self,
        inside: Inside,
        messages: Messages,
        keeping: Keeping,
        http: Callable[[], HTTPClient],
        pauses: tuple[float, float] = (PAUSE, SLOWLY),
    ) -> None:
        self._inside = inside
        self._messages = messages
        self._keeping = keeping
        self._http = http
        self._pause, self._slowly = pauses
        self._due: dict[str, tuple[datetime, Json]] = {}

    def begin(self, told: Json) -> None:
        """Begin to look after a server, of which the gateway has told this."""
        # Whatever else is known of it is left out of what is kept.
        kept: Json = {"id": word(told, "id"), "rooms": [*parts(told, "channels"), *parts(told, "threads")]}
        self._due.pop(word(told, "id"), None)
        self._inside.lanes.put("reconcile", self._look(kept))

    def compare(self, told: Json) -> None:
        """A session begins, and tells of the servers in which the bot is: it may have been taken out of others."""
        here = {word(each, "id") for each in parts(told, "guilds")}
        self._inside.lanes.put("reconcile", self._compare(here, as_shard(told)))

    def tick(self) -> None:
        """Look again at what could not be looked at."""
        now = self._inside.clock.now()
        for guild, (at, told) in list(self._due.items()):
            if now >= at:
                del self._due[guild]
                self._inside.lanes.put("reconcile", self._look(told))

    async def _compare(self, here: set[str], shard: tuple[int, int]) -> None:
        number, count = shard
        try:
            known = await self._inside.knowledge.communities(PLATFORM)
        except Exception as problem:  # whatever it was, it is looked at when the next session begins
            log.error("not_compared", platform="discord", error=type(problem).__name__)
            return
        for guild in known:
            if guild in here or not guild.isdecimal() or (int(guild) >> 22) % count != number:
                continue
            try:
                await ask(self._http(), "GET", "/guilds/{guild_id}", guild_id=guild)
            except NoAnswer as problem:
                if problem.code in (UNKNOWN_GUILD, MISSING_ACCESS):
                    now = self._inside.clock.now()
                    await self._keeping.keep_this(taken_out(guild, now.isoformat(), now))
            except Retry:
                return

    async def _look(self, told: Json) -> None:
        guild = word(told, "id")
        known = self._inside.places.guild(guild)
        if known is None or known.unavailable:
            return
        seen = {word(each, "id"): each for each in parts(told, "rooms")}
        try:
            for room in await self._inside.knowledge.rooms(PLATFORM, guild):
                await self._room(room, seen.get(room.address.id))
            for user in list(await self._inside.knowledge.asked(PLATFORM, guild))[:ASKED]:
                await self._conversation(guild, user)
        except (NoAnswer, Retry) as problem:
            self._due[guild] = self._inside.clock.now() + AGAIN, {"id": guild, "rooms": []}
            log.warning("not_reconciled", platform="discord", community=guild, reason=str(problem))
        except Exception as problem:  # whatever it was, other servers must be looked after
            self._due[guild] = self._inside.clock.now() + AGAIN, {"id": guild, "rooms": []}
            log.error("not_reconciled", platform="discord", community=guild, error=type(problem).__name__)

    async def _room(self, room: KnownRoom, channel: Json | None) -> None:
        if channel is None:
            # Threads that sleep are not told of, nor is what is gone.
            channel = await self._channel(room)
        if channel is None:
            return
        if locked(channel):
            await self._keeping.keep_this(gone(room.address, self._inside.clock.now(), channel))
            return
        last, heard = made_at(word(channel, "last_message_id")), room.heard_at
        if last is None or (heard is not None and last <= heard):
            return
        after = str(time_snowflake(heard, high=True)) if heard is not None else room.address.id
        for _ in range(PAGES):
            page = await self._page(room.address.id, after=after)
            for message in page:
                event = await self._messages.event_of(message, room.address.community)
                await self._keeping.keep_this(event)
            if len(page) < PAGE:
                return
            after = word(page[-1], "id")

    async def _channel(self, room: KnownRoom) -> Json | None:
        await asyncio.sleep(self._pause)
        try:
            return as_object(await ask(self._http(), "GET", "/channels/{channel_id}", channel_id=room.address.id))
        except NoAnswer as problem:
            if problem.code == UNKNOWN_CHANNEL:
                await self._keeping.keep_this(gone(room.address, self._inside.clock.now()))
            elif problem.status != 403:
                raise
            return None

    async def _conversation(self, guild: str, user: str) -> None:
        """Hand in what somebody wrote after the bot's last question."""
        await asyncio.sleep(self._slowly)
        try:
            # Discord returns the conversation that there is.
            opened = await ask(self._http(), "POST", "/users/@me/channels", body={"recipient_id": user})
            channel = word(as_object(opened), "id")
            page = await self._page(channel) if word(as_object(opened), "last_message_id") else []
        except NoAnswer as problem:
            if problem.status in (400, 403, 404):
                return
            raise
        bot = self._inside.places.bot
        answers: list[Json] = []
        for message in reversed(page):
            if word(message, "author", "id") == bot:
                break
            answers.append(message)
        for message in reversed(answers):
            event = await self._messages.event_of(message, "")
            if _belongs(event, guild):
                await self._keeping.keep_this(event)

    async def _page(self, channel: str, after: str = "") -> list[Json]:
        """Some messages, the oldest first."""
        await asyncio.sleep(self._pause)
        query = {"limit": str(PAGE)} | ({"after": after} if after else {})
        try:
            found = await ask(self._http(), "GET", _MESSAGES, query=query, channel_id=channel)
        except NoAnswer as problem:
            if problem.status in (403, 404):
                return []
            raise
        page = parts({"page": found}, "page")
        return sorted(page, key=lambda message: int(word(message, "id") or 0))


def as_shard(told: Json) -> tuple[int, int]:
    """Which share of the servers a session has: its number, and how many there are."""
    found: object = told.get("shard")
    match found:
        case [int(number), int(count)] if count > 0:
            return number, count
        case _:
            return 0, 1


def _belongs(event: Event | None, guild: str) -> bool:
    return event is not None and event.actor.community == guild and (not isinstance(event, Said) or bool(event.text))
