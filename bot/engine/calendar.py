"""The calendar: watches say what is due and handle it; nothing is remembered but rows."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from time import perf_counter
from typing import Protocol

import structlog
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.cause import restored
from bot.engine.clock import Clock
from bot.engine.meter import Meter
from bot.engine.pulse import NOW, Pulse
from bot.engine.restored import Restored, noted
from bot.engine.work import Computed, Work, unit_of_work, with_labour
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
        self,
        database: Database,
        clock: Clock,
        watches: Sequence[Watch],
        *,
        pulse: Pulse | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._pulse = pulse or Pulse()
        self._meter = meter or Meter()
        self._put_back: Restored | None = None
        self._asked = False
        self._watches = tuple((watch, self._pulse.plan(watch.rows)) for watch in watches)

    async def ring(self) -> int:
        """Handle everything that is due now. Returns how many watches had something.

        A watch that fails does not keep the others from ringing; its error (of several, the first) is raised then.
        """
        now = self._clock.now()
        await self._ask(now)
        failures: list[Exception] = []
        due = [(watch, hint) for watch, hint in self._watches if hint.at <= now]
        for watch, hint in due:
            try:
                await self._ring(watch, hint.at)
            except Exception as problem:  # the other watches must ring; it is raised below
                log.exception("watch_failed", watch=watch.name)
                failures.append(problem)
            # What rang has other plans now, whichever rows they follow from.
            hint.look()
        if failures:
            raise failures[0]
        return len(due)

    async def _ring(self, watch: Watch, due: datetime) -> None:
        cause = await self._cause(watch, due)

        async def turn(computed: Computed) -> None:
            async with unit_of_work(self._database, self._clock, self._pulse, computed) as work:
                # Of several processes that see it fall due, the first does it, and the others find it done.
                await self._database.take_turn(await work.session.connection(), f"watch:{watch.name}")
                with work.caused_by(cause):
                    await watch.ring(work)

        begun = perf_counter()
        await with_labour(turn)
        self._meter.took("calendar", perf_counter() - begun)

    async def _cause(self, watch: Watch, due: datetime) -> str:
        """What its acts are said to follow from: that it was due then, and may have been done by who is forgotten."""
        if not self._asked:
            # Once: a backup is put back while no process works on the database.
            async with self._database.connection() as connection:
                self._put_back = await noted(connection)
            self._asked = True
        if self._put_back is not None and due <= self._put_back.until:
            return restored(self._put_back.known)
        return f"{watch.name}:{due:%Y%m%dT%H%M%S}"

    async def next_due(self) -> datetime | None:
        """The soonest moment at which a watch has something to do."""
        await self._ask(self._clock.now())
        moments = [hint.known for _, hint in self._watches]
        return min((moment for moment in moments if moment is not None), default=None)

    async def _ask(self, now: datetime) -> None:
        """Ask the watches of which nothing is known: at first, and when rows changed that their plans follow from."""
        unknown = [(watch, hint) for watch, hint in self._watches if hint.at == NOW]
        if not unknown:
            return
        with ExitStack() as looking:
            for _, hint in unknown:
                looking.enter_context(hint.looking())
            async with self._database.transaction() as session:
                for watch, hint in unknown:
                    hint.sooner(await watch.next(session, now))
