"""Sending lanes: which acts this process may perform, so that paces hold however many processes there are.

Such a lane is a community of a platform (a workspace with a token of its own), or a whole platform where only the
process that is connected can send: much wider than a lane of the outbox, which is one address. Whoever holds its lease
performs its acts, and nobody else claims them.
"""

import math
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.engine.clock import Clock
from bot.engine.leases import Leases
from bot.engine.outbox import community_of
from bot.language.adapter import Adapter
from storage.columns import UtcDateTime
from storage.database import Database, table_of
from storage.traffic import OutboxAct

LANE, GATEWAY, WORKER = "lane/", "gateway/", "worker/"
"""What the names of leases begin with: sending lanes, connections, and processes that send."""
SETTLING = timedelta(seconds=5)
"""So long after a lane was taken from somebody what they had in hand is looked up: it may still be on its way."""
_FAR = timedelta(minutes=1)

log = structlog.get_logger()

_acts = table_of(OutboxAct)
_act = _acts.c
_OPEN: list[Any] = [literal_column(f"'{state}'") for state in ("waiting", "claimed", "unknown")]
_BUSY = (
    select(_act.platform, _act.community)
    .where(_act.state.in_(_OPEN), _act.due_at <= bindparam("soon", type_=UtcDateTime()))
    .distinct()
)
_RELEASE = (
    update(_acts)
    .where(
        _act.state == literal_column("'claimed'"),
        or_(_act.platform == bindparam("taken_lane"), community_of(_acts) == bindparam("taken_lane")),
    )
    .values(state="unknown", fence=_act.fence + 1, retry_at=bindparam("after", type_=UtcDateTime()))
)


def gateway(platform: str) -> str:
    """The name of the lease of a platform's connection."""
    return f"{GATEWAY}{platform}"


async def release(connection: AsyncConnection, lane: str, after: timedelta, clock: Clock) -> None:
    """Take back what an earlier owner of this lane had claimed: whether it was done is looked up after a while."""
    lost = (await connection.execute(_RELEASE, {"taken_lane": lane, "after": clock.now() + after})).rowcount
    if lost:
        log.info("acts_to_look_up", lane=lane, count=lost)


class SendingLanes:
    """The lanes of one process: it takes its share of those that have something to send, and gives back the others.

    `woken` is called when there is a lane more.
    """

    def __init__(
        self, database: Database, clock: Clock, leases: Leases, adapters: Mapping[str, Adapter], *, worker: bool
    ) -> None:
        self.leases = leases
        self.woken: Callable[[], None] = lambda: None
        able = {name: adapter.capabilities for name, adapter in adapters.items()}
        self._database = database
        self._clock = clock
        self._apart = frozenset(name for name, can in able.items() if can.sends_apart) if worker else frozenset[str]()
        self._bound = frozenset(name for name, can in able.items() if not can.sends_apart)
        self._working = False

    def held(self) -> list[str]:
        """The lanes on which this process may send now."""
        mine = self.leases.names
        apart = [name.removeprefix(LANE) for name in mine if name.startswith(LANE)]
        return apart + [name for name in self._bound if gateway(name) in mine]

    def holds(self, platform: str, community: str) -> bool:
        """Whether this process may send there now."""
        return self.leases.holds(self._lease(platform, community))

    @asynccontextmanager
    async def during(self, platform: str, community: str) -> AsyncGenerator[None]:
        """See `Leases.during`."""
        async with self.leases.during(self._lease(platform, community)):
            yield

    async def confirm(self, connection: AsyncConnection, lanes: Sequence[str]) -> list[str]:
        """Those that are still ours, and stay so until this transaction ends."""
        names = {self._name(lane): lane for lane in lanes}
        return [names[name] for name in await self.leases.confirm(connection, list(names))]

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """While acts are in hand, no lane is given back."""
        self._working = True
        try:
            yield
        finally:
            self._working = False

    async def share(self) -> None:
        """Say that we are there, take lanes that nobody has, up to our share, and give back what is more than that."""
        if not self._apart:
            return
        here = WORKER + self.leases.owner
        if not self.leases.holds(here):
            await self.leases.take(here)
        living = await self.leases.living(forget=WORKER)
        busy = await self._busy()
        workers = sum(name.startswith(WORKER) for name in living) or 1
        fair = math.ceil(len(busy) / workers)
        mine = [name.removeprefix(LANE) for name in self.leases.names if name.startswith(LANE)]
        if workers > 1:
            mine = await self._give_back(mine, busy, fair)
        free = sorted(lane for lane in busy if LANE + lane not in living and lane not in mine)
        await self._take(free, fair - len(busy.intersection(mine)))

    async def _busy(self) -> set[str]:
        async with self._database.connection() as connection:
            rows = await connection.execute(_BUSY, {"soon": self._clock.now() + _FAR})
            return {f"{row.platform}/{row.community}" for row in rows if row.platform in self._apart}

    async def _take(self, free: Sequence[str], most: int) -> None:
        for lane in free[: max(0, most)]:

            async def taken(connection: AsyncConnection, lane: str = lane) -> None:
                await release(connection, lane, SETTLING, self._clock)

            if await self.leases.take(LANE + lane, taken):
                self.woken()

    async def _give_back(self, mine: Sequence[str], busy: set[str], fair: int) -> list[str]:
        """Keep no more than our share of the lanes that have something to send. Returns those that are kept."""
        if self._working:
            return list(mine)
        kept = sorted(busy.intersection(mine))[:fair]
        if given := [lane for lane in mine if lane not in kept]:
            await self.leases.give_up(*(LANE + lane for lane in given))
        return kept

    def _lease(self, platform: str, community: str) -> str:
        return gateway(platform) if platform in self._bound else f"{LANE}{platform}/{community}"

    def _name(self, lane: str) -> str:
        return gateway(lane) if lane in self._bound else LANE + lane
