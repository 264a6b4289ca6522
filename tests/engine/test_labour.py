"""What takes long is computed while no transaction is open: nobody waits for the database."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.inbox import Inbox
from bot.engine.work import Work
from bot.language.events import Event
from storage.database import Database
from storage.people import Person
from tests.engine.office import START, Office, post, said


class Sums:
    """A handler that needs a sum for each event, and notes how often it was asked and how often it added up."""

    def __init__(self, office: Office, compute: Callable[[str], Any] = str.upper) -> None:
        self.office, self._compute = office, compute
        self.turns: list[list[str]] = []
        self.sums: list[str] = []
        self.source: Callable[[str], Any] = lambda name: name
        self.inbox = Inbox(office.database, office.clock, self._handle, office._apologise, pulse=office.pulse)

    def _add(self, name: str) -> Any:
        self.sums.append(name)
        return self._compute(name)

    async def _handle(self, work: Work, events: Sequence[Event]) -> None:
        self.turns.append([event.event_id for event in events])
        for event in events:
            name = event.event_id
            work.enqueue(post(f"begun:{name}:{len(self.turns)}", "desk"))
            result = work.computed(self.source(name), lambda name=name: self._add(name))
            work.enqueue(post(f"sum:{name}:{result}", "desk"))


async def test_others_use_the_database_while_something_is_computed(office: Office) -> None:
    began, go = threading.Event(), threading.Event()

    def compute(name: str) -> str:
        began.set()
        assert go.wait(30)
        return "done"

    sums = Sums(office, compute)
    await sums.inbox.receive([said("1")])
    working = asyncio.create_task(sums.inbox.work())
    assert await asyncio.to_thread(began.wait, 30)
    await asyncio.wait_for(office.inbox.receive([said("2")]), 10)
    async with office.database.transaction() as session:
        session.add(Person(name="somebody", created_at=START))
    go.set()
    assert await working == 2, "what came meanwhile is in the next turn"
    assert sorted(await office.acts()) == ["begun:1:3", "begun:2:3", "sum:1:done", "sum:2:done"]
    assert sums.sums == ["1", "2"]
    assert {row.state for row in (await office.events()).values()} == {"done"}


async def test_of_a_turn_that_was_taken_back_nothing_is_left(office: Office) -> None:
    sums = Sums(office)
    await sums.inbox.receive([said("1")])
    await sums.inbox.work()
    assert sums.turns == [["1"], ["1"]]
    assert sorted(await office.acts()) == ["begun:1:2", "sum:1:1"]


async def test_of_many_laborious_events_each_has_its_own_turn(office: Office) -> None:
    sums = Sums(office)
    await sums.inbox.receive([said(str(number)) for number in range(9)])
    assert await sums.inbox.work() == 9
    assert [turn for turn in sums.turns if len(turn) == 1], "handled one by one in the end"
    done = [key for key in await office.acts() if key.startswith("sum:")]
    assert sorted(done) == [f"sum:{number}:{number}" for number in range(9)]


async def test_when_the_rows_change_meanwhile_it_is_computed_anew(office: Office) -> None:
    sums = Sums(office)
    versions = iter(("old", "new", "new"))
    sums.source = lambda name: next(versions)
    await sums.inbox.receive([said("1")])
    await sums.inbox.work()
    assert sums.sums == ["1", "1"] and len(sums.turns) == 3


async def test_a_fault_in_it_is_the_fault_of_its_event(office: Office) -> None:
    def compute(name: str) -> str:
        if name == "2":
            raise RuntimeError("a fault of ours")
        return name

    sums = Sums(office, compute)
    await sums.inbox.receive([said("1"), said("2"), said("3")])
    await sums.inbox.work()
    states = {name: row.state for name, row in (await office.events()).items()}
    assert states == {"1": "done", "2": "new", "3": "done"}
    assert [event for event, _ in office.sorry] == ["2"]


async def test_what_never_settles_is_given_up(office: Office) -> None:
    sums = Sums(office)
    sums.source = lambda name: object()
    await sums.inbox.receive([said("1")])
    await sums.inbox.work()
    assert (await office.events())["1"].attempts == 1 and len(sums.sums) < 500


class SumWatch:
    """Needs a sum when it rings."""

    name = "sums"
    rows: tuple[type[SQLModel], ...] = (Person,)

    def __init__(self) -> None:
        self.done = False

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        return None if self.done else START

    async def ring(self, work: Work) -> None:
        work.enqueue(post(f"sum:{work.computed('7 + 8', lambda: 7 + 8)}", "desk"))
        self.done = True


async def test_what_is_due_may_need_something_computed(database: Database) -> None:
    office = Office(database, watches=[SumWatch()])
    await office.engine.settle()
    assert office.pigeons.keys == ["sum:15"]
