"""The calendar: watches say what is due and handle it; nothing is remembered but rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import structlog
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.clock import Clock
from bot.engine.pulse import NOW, Pulse
from bot.engine.work import Work, unit_of_work
from storage.database import Database

log = structlog.get_logger()


class Watch(Protocol):
    """One kind of thing that becomes due."""

    @property
    def name(self) -> str:
        """What it watches, for the log."""
        ...

    @property
    def rows(self) -> tuple[type[SQLModel], ...]:
        """The tables from which its moments follow: when none of them changes, neither do they."""
        ...

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """When the next thing is due, None when nothing is planned. A past moment means: now."""
        ...

    async def ring(self, work: Work) -> None:
        """Handle what is due at `work.now`. Afterwards `next` must be later, or None."""
        ...


class Calendar:
    """Asks every watch what is due, and has it done, each in a transaction of its own."""

    def __init__(
        self, database: Database, clock: Clock, watches: Sequence[Watch], *, pulse: Pulse | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._watches = tuple(watches)
        self._pulse = pulse or Pulse()
        self._pulse.planned = frozenset(row for watch in self._watches for row in watch.rows)

    async def ring(self) -> int:
        """Handle everything that is due now. Returns how many watches had something.

        A watch that fails does not keep the others from ringing; its error (of several, the first) is raised then.
        """
        now = self._clock.now()
        if self._pulse.calendar.at > now:
            return 0
        due = [watch for watch, moment in await self._ask(now) if moment <= now]
        if not due:
            return 0
        failures: list[Exception] = []
        for watch in due:
            try:
                async with unit_of_work(self._database, self._clock, self._pulse) as work:
                    await watch.ring(work)
            except Exception as problem:
                log.exception("watch_failed", watch=watch.name)
                failures.append(problem)
        # What rang has other plans now, whichever rows they follow from.
        self._pulse.calendar.look()
        if failures:
            raise failures[0]
        return len(due)

    async def next_due(self) -> datetime | None:
        """The soonest moment at which a watch has something to do."""
        if self._pulse.calendar.at == NOW:
            await self._ask(self._clock.now())
        return self._pulse.calendar.known

    async def _ask(self, now: datetime) -> list[tuple[Watch, datetime]]:
        moments: list[tuple[Watch, datetime]] = []
        with self._pulse.calendar.looking():
            async with self._database.transaction() as session:
                for watch in self._watches:
                    moment = await watch.next(session, now)
                    if moment is not None:
                        moments.append((watch, moment))
            for _, moment in moments:
                self._pulse.calendar.sooner(moment)
        return moments
