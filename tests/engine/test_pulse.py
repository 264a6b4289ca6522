"""Hints spare questions, and never hide what is due: with them and without, the same happens at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.clock import VirtualClock
from bot.engine.pulse import NEVER, NOW, Hint
from bot.engine.work import unit_of_work
from bot.language.adapter import Capabilities, Gone, Retry, Unknown
from bot.language.events import Event
from storage import people, rounds
from storage.database import Database
from storage.scratch import ScratchDatabase
from tests.engine.office import START, Lost, Office, Pigeons, post, said
from tests.engine.plans import PlanWatch, plan

TABLES = (people, rounds)
TROUBLES: dict[str, Callable[[], Exception]] = {
    "retry": lambda: Retry(7),
    "unknown": lambda: Unknown("?"),
    "lost": Lost,
    "gone": lambda: Gone("?"),
    "fault": lambda: ValueError("?"),
}
USERS = st.sampled_from(["ana", "ben", "next"])
SECONDS = st.sampled_from([0, 1, 2, 5, 30, 300])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), USERS, st.booleans()),
        st.tuples(st.just("enqueue"), USERS, SECONDS, st.booleans(), st.sampled_from(["", *TROUBLES])),
        st.tuples(st.just("plan"), SECONDS),
        st.tuples(st.just("cancel")),
        st.tuples(st.just("pass"), SECONDS),
        st.tuples(st.just("settle")),
        st.tuples(st.just("due")),
    ),
    max_size=25,
)


class Played:
    """One office that plays the steps. `forgets`: it looks at the rows every time."""

    def __init__(self, *, forgets: bool) -> None:
        pigeons = Pigeons(VirtualClock(START), Capabilities(per_second=3))
        self.office = Office(ScratchDatabase(), pigeons, [PlanWatch()])
        self.forgets = forgets
        self.failing: set[str] = set()
        self.office.stumble = self._stumble
        self.due: list[datetime | None] = []

    def _stumble(self, event: Event) -> None:
        if event.event_id in self.failing:
            self.failing.discard(event.event_id)
            raise RuntimeError("a fault of ours")

    async def play(self, steps: list[tuple[object, ...]]) -> None:
        await self.office.database.create_tables()
        for number, step in enumerate(steps):
            if self.forgets:
                self.office.pulse.look()
            await self._step(number, step)
        for _ in range(60):
            if not await self._turn_to_next():
                break
        await self.office.database.close()

    async def _turn_to_next(self) -> bool:
        if self.forgets:
            self.office.pulse.look()
        await self.office.engine.settle()
        due = await self.office.engine.next_due()
        self.due.append(due)
        if due is not None:
            assert due > self.office.clock.now()
            self.office.clock.set(due)
        return due is not None

    async def _step(self, number: int, step: tuple[object, ...]) -> None:
        office = self.office
        match step:
            case ("receive", str(user), bool(fails)):
                event = replace(said(str(number), user), at=office.clock.now())
                if fails:
                    self.failing.add(event.event_id)
                await office.inbox.receive([event])
            case ("enqueue", str(user), int(seconds), bool(then), str(trouble)):
                key = f"{number}:{trouble}"
                if trouble:
                    office.pigeons.trouble[key] = [TROUBLES[trouble]()]
                wait, follows = timedelta(seconds=seconds), "then" if then else ""
                await office.enqueue(post(key, user), after=wait, subject="s", then=follows)
            case ("plan", int(seconds)):
                await plan(office, office.clock.now() + timedelta(seconds=seconds))
            case ("cancel",):
                async with unit_of_work(office.database, office.clock, office.pulse) as work:
                    await work.cancel("s")
            case ("pass", int(seconds)):
                office.clock.set(office.clock.now() + timedelta(seconds=seconds))
            case ("due",):
                await office.engine.next_due()
            case _:
                await office.engine.settle()


@settings(max_examples=20, deadline=None)
@given(STEPS)
def test_with_hints_the_same_happens_at_the_same_time(steps: list[tuple[object, ...]]) -> None:
    async def both() -> tuple[Played, Played]:
        played = Played(forgets=False), Played(forgets=True)
        for one in played:
            await one.play(steps)
        return played

    hinted, forgetful = asyncio.run(both())
    assert hinted.office.pigeons.done == forgetful.office.pigeons.done
    assert hinted.office.handled == forgetful.office.handled
    assert hinted.due == forgetful.due
    assert hinted.due[-1] is None


async def test_while_nothing_is_due_the_database_is_not_asked(office: Office) -> None:
    await office.enqueue(post("1"), after=timedelta(hours=1))
    await office.inbox.receive([said("1")])
    await office.engine.settle()
    await office.database.close()
    # A scratch database in memory has lost its tables now, the others would connect again.
    if not isinstance(office.database, ScratchDatabase):
        office.database.engine = Database("sqlite+aiosqlite:////nowhere/at/all.db").engine
    assert await office.engine.settle() == 0
    assert await office.engine.next_due() == START + timedelta(hours=1)


async def test_what_is_said_while_somebody_reads_is_not_overwritten() -> None:
    hint = Hint()
    assert hint.known == NOW
    with hint.looking():
        hint.look()
        hint.sooner(START)
    assert hint.at == NOW
    with hint.looking():
        hint.sooner(None)
    assert (hint.at, hint.known) == (NEVER, None)


async def test_after_a_failure_nothing_is_known() -> None:
    hint = Hint()

    async def fail() -> None:
        with hint.looking():
            hint.sooner(START)
            raise RuntimeError("away")

    failing: Awaitable[None] = fail()
    assert await asyncio.gather(failing, return_exceptions=True) != [None]
    assert hint.at == NOW
