"""Who has left, noticed slowly: Discord tells of it only to bots with leave to know all members.

Every account that takes part is looked at about once a day; one to whom something could not be sent, soon. That Discord
does not answer says nothing about anybody.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from discord.http import HTTPClient

from adapters.discord.asking import LIMITED, UNKNOWN_MEMBER, UNKNOWN_USER, NoAnswer, ask
from adapters.discord.inside import Inside
from adapters.discord.keeping import Keeping
from adapters.discord.marks import PLATFORM
from adapters.discord.places import hall_of
from bot.language.adapter import Retry
from bot.language.events import Left
from bot.language.places import Actor

EVERY = timedelta(days=1)
PACE = timedelta(seconds=15)
"""Between two looks."""
LIST_EVERY = timedelta(minutes=10)
"""How often it is asked who takes part."""
SUSPECTS = 100

log = structlog.get_logger()
_Key = tuple[str, str]


class Members:
    """Looks whether accounts are still there, one at a time."""

    def __init__(self, inside: Inside, keeping: Keeping, http: Callable[[], HTTPClient]) -> None:
        self._inside = inside
        self._keeping = keeping
        self._http = http
        self._suspects: dict[_Key, None] = {}
        self._looked: dict[_Key, datetime] = {}
        self._waiting: list[_Key] = []
        self._listed_at: datetime | None = None
        self._not_before: datetime | None = None

    def suspect(self, guild: str, user: str) -> None:
        """This account may have left: it is looked at soon."""
        if len(self._suspects) < SUSPECTS:
            self._suspects[guild, user] = None

    async def tick(self) -> None:
        """Look at one account, if it is time."""
        now = self._inside.clock.now()
        if self._not_before is not None and now < self._not_before:
            return
        self._not_before = now + PACE
        if not self._suspects and not self._waiting:
            await self._list(now)
        if (key := self._next(now)) is None:
            return
        try:
            await self._look(key, now)
        except Retry:
            self._waiting.append(key)
        except NoAnswer as problem:
            # Nothing is known by that: it is this one's turn again another time.
            self._waiting.append(key)
            wait = max(problem.seconds, 60.0) if problem.status == LIMITED or not problem.status else 60.0
            self._not_before = now + timedelta(seconds=wait)
            log.info("member_not_looked_at", platform="discord", community=key[0], reason=problem.reason)

    def _next(self, now: datetime) -> _Key | None:
        if self._suspects:
            key = next(iter(self._suspects))
            del self._suspects[key]
            return key
        return self._waiting.pop(0) if self._waiting else None

    async def _list(self, now: datetime) -> None:
        """Ask who takes part, and whose turn it is."""
        if self._listed_at is not None and now - self._listed_at < LIST_EVERY:
            return
        self._listed_at = now
        current: list[_Key] = []
        for guild in self._inside.places.guilds():
            accounts: Sequence[str] = await self._inside.knowledge.accounts(PLATFORM, guild)
            current += [(guild, user) for user in accounts]
        never = datetime.min.replace(tzinfo=now.tzinfo)
        self._looked = {key: at for key, at in self._looked.items() if key in set(current)}
        due = [key for key in current if now - self._looked.get(key, never) >= EVERY]
        self._waiting = sorted(due, key=lambda key: self._looked.get(key, never))

    async def _look(self, key: _Key, now: datetime) -> None:
        guild, user = key
        known = self._inside.places.guild(guild)
        if known is None or known.unavailable:
            return
        path = "/guilds/{guild_id}/members/{user_id}"
        try:
            await ask(self._http(), "GET", path, guild_id=guild, user_id=user)
        except NoAnswer as problem:
            if problem.code not in (UNKNOWN_MEMBER, UNKNOWN_USER):
                raise
            hall = await self._inside.knowledge.hall(PLATFORM, guild)
            identity = f"left:{guild}:{user}:{now.date().isoformat()}"
            left = Left(identity, now, Actor(PLATFORM, guild, user), hall_of(guild, hall))
            if not await self._keeping.keep_this(left):
                self._waiting.append(key)
                return
        self._looked[key] = now
