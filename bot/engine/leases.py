"""Leases: what only one process may do at a time, with a fence that grows whenever a lease changes hands.

How long a lease lasts is measured by the database for all who want it, and by its owner's own clock since before it
asked: so no two clocks are ever compared, and the owner counts it as lost a little before anybody else can have it.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database

LENGTH = timedelta(seconds=10)
"""How long a lease lasts that nobody renews: so soon somebody else does what a dead process did."""
EVERY = timedelta(seconds=3)
MARGIN = timedelta(seconds=1)
"""So much earlier the owner takes it for lost."""

log = structlog.get_logger()

_TAKE = text(
    "INSERT INTO lease (name, owner, fence, until) "
    "VALUES (:name, :owner, 1, clock_timestamp() + make_interval(secs => :length)) "
    "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, fence = lease.fence + 1, until = excluded.until "
    "WHERE lease.until <= clock_timestamp() RETURNING fence"
)
_RENEW = text(
    "UPDATE lease SET until = clock_timestamp() + make_interval(secs => :length) "
    "WHERE owner = :owner AND name IN :names AND until > clock_timestamp() RETURNING name, fence"
).bindparams(bindparam("names", expanding=True))
_CONFIRM = text(
    "SELECT name, fence FROM lease WHERE owner = :owner AND name IN :names AND until > clock_timestamp() "
    "ORDER BY name FOR SHARE"
).bindparams(bindparam("names", expanding=True))
_GIVE_UP = text(
    "UPDATE lease SET owner = '', until = clock_timestamp() WHERE owner = :owner AND name IN :names"
).bindparams(bindparam("names", expanding=True))
_LIVING = text(
    "SELECT name, owner, extract(epoch FROM until - clock_timestamp())::float AS left FROM lease "
    "WHERE until > clock_timestamp()"
)
_FORGET = text(
    "DELETE FROM lease WHERE starts_with(name, :prefix) AND until < clock_timestamp() - make_interval(secs => 60)"
)

Taken = Callable[[AsyncConnection], Awaitable[None]]
"""What is done in the transaction in which a lease changes hands."""


@dataclass(frozen=True, slots=True)
class Living:
    """A lease that somebody has, and how many seconds it still lasts."""

    name: str
    owner: str
    left: float


@dataclass(slots=True)
class _Held:
    fence: int
    until: float
    timer: asyncio.TimerHandle
    deeds: set[asyncio.Timeout] = field(default_factory=set[asyncio.Timeout])


def passed() -> float:
    """Seconds by a clock that nobody can set, and that goes on while the machine sleeps, where there is such a one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Leases:
    """The leases of one process. `keep` must be called every few seconds, or they are lost."""

    def __init__(
        self,
        database: Database,
        owner: str,
        *,
        length: timedelta = LENGTH,
        margin: timedelta = MARGIN,
        now: Callable[[], float] = passed,
    ) -> None:
        self.owner = owner
        self.lost: Callable[[str], None] = lambda name: None
        """Called with the name of a lease that was lost."""
        self._database = database
        self._length = length.total_seconds()
        self._lasts = (length - margin).total_seconds()
        self._now = now
        self._held: dict[str, _Held] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What this process has the right to."""
        return tuple(name for name in self._held if self.holds(name))

    def holds(self, name: str) -> bool:
        """Whether nobody else can have it now. To be asked right before whatever depends on it."""
        held = self._held.get(name)
        return held is not None and self._now() < held.until

    def fence(self, name: str) -> int:
        """The number by which our ownership differs from every earlier one. Raises KeyError for what is not ours."""
        return self._held[name].fence

    async def take(self, name: str, taken: Taken | None = None) -> bool:
        """Whether it is ours now, since nobody had it. `taken` becomes true with it, in one transaction."""
        begun = self._now()
        async with self._database.connection() as connection:
            given = {"name": name, "owner": self.owner, "length": self._length}
            fence = (await connection.execute(_TAKE, given)).scalar()
            if fence is not None and taken is not None:
                await taken(connection)
        if fence is None:
            return False
        self._drop(name)
        until = begun + self._lasts
        self._held[name] = _Held(fence, until, self._timer(name, until))
        log.info("lease_taken", lease=name, fence=fence)
        return True

    async def keep(self) -> None:
        """Renew what is held. What could not be renewed is lost."""
        names = list(self.names)
        if not names:
            return
        begun = self._now()
        async with self._database.connection() as connection:
            given = {"names": sorted(names), "owner": self.owner, "length": self._length}
            kept = {row.name: row.fence for row in await connection.execute(_RENEW, given)}
        for name in names:
            held = self._held.get(name)
            if held is None:
                continue
            if kept.get(name) != held.fence:
                self._lose(name)
                continue
            held.timer.cancel()
            held.until = begun + self._lasts
            held.timer = self._timer(name, held.until)

    async def confirm(self, connection: AsyncConnection, names: Sequence[str]) -> list[str]:
        """Those that are still ours, and stay so until this transaction ends."""
        given = {"names": sorted(names), "owner": self.owner}
        found = {row.name: row.fence for row in await connection.execute(_CONFIRM, given)}
        return [name for name in names if name in self._held and found.get(name) == self._held[name].fence]

    async def give_up(self, *names: str) -> None:
        """Let others have these."""
        mine = [name for name in names if name in self._held]
        for name in mine:
            self._drop(name)
        if mine:
            async with self._database.connection() as connection:
                await connection.execute(_GIVE_UP, {"names": mine, "owner": self.owner})
            log.info("leases_given_up", leases=mine)

    async def living(self, forget: str = "") -> Mapping[str, Living]:
        """All leases that somebody has, by name. Old ones whose names begin with `forget` are deleted."""
        async with self._database.connection() as connection:
            if forget:
                await connection.execute(_FORGET, {"prefix": forget})
            return {row.name: Living(row.name, row.owner, row.left) for row in await connection.execute(_LIVING)}

    @asynccontextmanager
    async def during(self, name: str) -> AsyncGenerator[None]:
        """What is done inside ends when the lease does, with TimeoutError. Raises it at once where it is not held."""
        held = self._held.get(name)
        if held is None or not self.holds(name):
            raise TimeoutError(f"the lease {name} was lost")
        async with asyncio.timeout(None) as deed:
            held.deeds.add(deed)
            try:
                yield
            finally:
                held.deeds.discard(deed)

    def break_off(self) -> None:
        """End whatever is done under a lease."""
        for held in self._held.values():
            _break_off(held)

    def _timer(self, name: str, until: float) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(max(0.0, until - self._now()), self._look_at, name)

    def _look_at(self, name: str) -> None:
        if name in self._held and not self.holds(name):
            self._lose(name)

    def _lose(self, name: str) -> None:
        log.warning("lease_lost_to_another", lease=name)
        _break_off(self._held[name])
        self._drop(name)
        self.lost(name)

    def _drop(self, name: str) -> None:
        held = self._held.pop(name, None)
        if held is not None:
            held.timer.cancel()


def _break_off(held: _Held) -> None:
    now: Any = asyncio.get_running_loop().time()
    for deed in list(held.deeds):
        if not deed.expired():
            deed.reschedule(now)
