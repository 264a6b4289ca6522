"""One run: a plot in some weather, process after process, until the round is over."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import cast

from bot.app import House, Setup, begin_round, build, set_up
from bot.engine.calendar import Calendar
from bot.engine.clock import Clock
from bot.language.events import Event
from bot.program.wording import Wording
from tests.simulation.disk import Disk
from tests.simulation.loop import Life, VirtualLoop
from tests.simulation.plot import BEGIN, DESK, END, STARTS, WEEKS, Plot, kit
from tests.simulation.real import Server
from tests.simulation.town import COMMUNITY, PLATFORM, Entry, Town
from tests.simulation.weather import Weather
from tests.simulation.wire import Wire

Change = Callable[[House, Life], None]
"""Breaks a part of a house, to see whether anybody notices."""


@dataclass(frozen=True, slots=True)
class Death:
    """When one process dies: at so many awaits, or at that many of its moments of a kind."""

    steps: int = 0
    marks: int = 0
    only: str = ""
    asks: Callable[[Life, str], bool] | None = None
    """Or whenever this says so."""


@dataclass
class Outcome:
    """What a run left behind, seen from the platform."""

    plot: Plot
    town: Town
    lives: list[Life] = field(default_factory=list[Life])
    faults: list[str] = field(default_factory=list[str])
    absences: list[tuple[datetime, datetime]] = field(default_factory=list[tuple[datetime, datetime]])
    """From when until when a process was dead, or held up."""

    @property
    def ledger(self) -> Sequence[Entry]:
        """All deeds, in order."""
        return self.town.ledger

    @property
    def marks(self) -> Counter[str]:
        """How often each kind of moment came by in the lives."""
        return sum((Counter(life.marks) for life in self.lives), Counter())


_AFTER_THE_FIRST = 5.0


def leave_alone(house: House, life: Life) -> None:
    """Nothing is broken."""


class Run:
    """One simulation, to be played once.

    Of several workers on the one database, the first is the whole engine and the others have no calendar. Each process
    that dies is followed by the next in its place.
    """

    def __init__(
        self,
        plot: Plot,
        weather: Weather,
        *,
        deaths: Sequence[Death] = (),
        change: Change = leave_alone,
        file: Path | None = None,
        server: str = "",
    ) -> None:
        self.loop = VirtualLoop(BEGIN)
        self.plot = plot
        self.weather = weather
        self.change = change
        self.deaths = list(deaths)
        self.town = Town(self.loop, weather, plot.accounts, plot)
        self.outcome = Outcome(plot, self.town)
        self.disk = Server(server, self.loop) if server else Disk(file)
        self.workers: dict[str, Worker] = {}

    def play(self) -> Outcome:
        """Play it to its end."""
        try:
            self.loop.run_until_complete(self._play())
        finally:
            self.disk.close()
            self.loop.close()
        return self.outcome

    async def _play(self) -> None:
        for action in self.plot.unasked():
            self.town.plan(action)
        places = [self._place(number) for number in range(self.weather.climate.workers)]
        await asyncio.gather(*places)

    async def _place(self, number: int) -> None:
        """One process after another in this place, until the time is over."""
        while self.loop.now() < END:
            life = self._next_life(number)
            main = life.spawn(self._live(life, alone=self.weather.climate.workers == 1, first=number == 0))
            await asyncio.wait({main})
            await life.ended()
            if not life.dead:
                main.result()
                break
            since = self.loop.now()
            await wait(self.loop, self.weather.seconds(1, 120))
            self.outcome.absences.append((since, self.loop.now()))

    def _next_life(self, number: int) -> Life:
        death = self.deaths.pop(0) if self.deaths else Death()
        life = Life(f"p{number}.{len(self.outcome.lives) + 1}", death.steps, death.marks, death.only)
        if death.asks is not None:
            life.asks = death.asks
        self.outcome.lives.append(life)
        if self.weather.climate.holds:
            self._plan_hold(life)
        return life

    def _plan_hold(self, life: Life) -> None:
        life.held_after = life.steps + self.weather.chance.randint(5, self.weather.climate.holds)

        def hold(held: Life) -> None:
            held.held = self.loop.create_future()
            seconds = self.weather.seconds(61, 200)
            self.outcome.absences.append((self.loop.now(), self.loop.now() + timedelta(seconds=seconds)))
            self.loop.later(seconds, self._let_go, held, held.held)

        life.on_hold = hold

    def _let_go(self, life: Life, held: "asyncio.Future[None]") -> None:
        if not held.done():
            life.held = None
            held.set_result(None)
            self._plan_hold(life)

    async def _live(self, life: Life, *, alone: bool, first: bool) -> None:
        """What `counterpart run` does, with a bell of its own: it looks when something is due, or comes in."""
        wire = Wire(self.town, life)
        house = build(self.disk.open(life), cast(Clock, self.loop), [wire], {kit().slug: kit()})
        # Texts follow from the kit alone: no process need compile them anew.
        house.kits._wordings[kit().slug] = _wording()
        self.change(house, life)
        if not first:
            house.engine.calendar = Calendar(house.database, house.clock, (), pulse=house.engine.pulse)
        worker = self.workers[life.name.partition(".")[0]] = Worker(house, asyncio.Event())
        if first:
            await prepare(house)
        else:
            # Making it all known is for one process; the others come when that is done.
            await wait(self.loop, _AFTER_THE_FIRST)
        if alone:
            await house.engine.courier.recover()
        await wire.start(worker.receive)
        while self.loop.now() < END:
            worker.woken.clear()
            if await self._settle(life, worker):
                self._wake_others(worker)
            due = min(await house.engine.next_due() or END, END)
            handle = self.loop.at(due, worker.woken.set)
            await worker.woken.wait()
            handle.cancel()
        await house.database.close()

    async def _settle(self, life: Life, worker: "Worker") -> int:
        try:
            return await worker.house.engine.settle()
        except Exception as problem:  # noted as a fault of this run, which then fails
            self.outcome.faults.append(f"{self.loop.now()} {life.name}: {problem!r}")
            worker.house.engine.pulse.look()
            await wait(self.loop, 30)
            return 0

    def _wake_others(self, worker: "Worker") -> None:
        for other in self.workers.values():
            if other is not worker:
                other.house.engine.pulse.look()
                other.woken.set()


@dataclass(frozen=True, slots=True)
class Worker:
    """A house at work, and what wakes it."""

    house: House
    woken: asyncio.Event

    async def receive(self, events: Sequence[Event]) -> None:
        """Store events, and wake up."""
        await self.house.engine.inbox.receive(events)
        self.woken.set()


async def wait(loop: VirtualLoop, seconds: float) -> None:
    """Let time pass."""
    over: asyncio.Future[None] = loop.create_future()
    loop.later(seconds, lambda: over.done() or over.set_result(None))
    await over


@cache
def _wording() -> Wording:
    return Wording(kit())


async def prepare(house: House) -> None:
    """The community, its program and its round, as every process finds or makes them."""
    coordinators = ((DESK, "desk@example.org", "Coordinator"),)
    setup = Setup(PLATFORM, COMMUNITY, kit().slug, hall="hall", desk="desk", coordinators=coordinators)
    program = await set_up(house, setup)
    await begin_round(house, program, {"starts": STARTS.isoformat(), "weeks": str(WEEKS), "seed": "3"})
