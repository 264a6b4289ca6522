"""Events are stored before they are acknowledged, and handled once however often they arrive."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.engine.inbox import ATTEMPTS, TOGETHER, TOGETHER_ON_SQLITE
from bot.language.events import Event
from storage.database import Database
from tests.engine.office import START, Office, said


def failing(*ids: str, times: int = 1_000) -> "Stumble":
    return Stumble(set(ids), times)


class Stumble:
    """Raises at these events, so many times."""

    def __init__(self, ids: set[str], times: int) -> None:
        self.ids, self.times = ids, times

    def __call__(self, event: Event) -> None:
        if event.event_id in self.ids and self.times:
            self.times -= 1
            raise RuntimeError("a fault of ours")


async def test_an_event_received_again_is_handled_once(office: Office) -> None:
    await office.inbox.receive([said("1"), said("2"), said("1")])
    await office.engine.settle()
    await office.inbox.receive([said("1"), said("3")])
    await office.engine.settle()
    assert office.handled == ["1", "2", "3"]
    assert office.pigeons.keys == ["answer:1", "answer:2", "answer:3"]


async def test_an_event_received_at_the_same_time_is_handled_once(office: Office) -> None:
    await asyncio.gather(*(office.inbox.receive([said("1"), said(str(number))]) for number in range(2, 8)))
    await asyncio.gather(*(office.inbox.work() for _ in range(4)))
    assert sorted(office.handled) == ["1", "2", "3", "4", "5", "6", "7"]


async def test_what_cannot_be_stored_keeps_nobody_else_out(postgresql: Database) -> None:
    """What arrives while something is being stored is stored together; PostgreSQL takes no NUL."""
    office = Office(postgresql)
    names = ["1", "2", "bad\0", "3", "4"]
    stored = await asyncio.gather(*(office.inbox.receive([said(name)]) for name in names), return_exceptions=True)
    assert [name for name, problem in zip(names, stored, strict=True) if problem is not None] == ["bad\0"]
    await office.engine.settle()
    assert sorted(office.handled) == ["1", "2", "3", "4"]


async def test_whoever_waits_no_longer_does_not_keep_others_waiting(office: Office) -> None:
    tasks = [asyncio.create_task(office.inbox.receive([said(str(number))])) for number in range(6)]
    await asyncio.sleep(0)
    for task in tasks[:3]:
        task.cancel()
    problems = await asyncio.gather(*tasks, return_exceptions=True)
    assert problems[3:] == [None, None, None]
    await office.engine.settle()
    assert {"3", "4", "5"} <= set(office.handled)
    assert len(office.handled) == len(set(office.handled))


async def test_the_same_id_on_another_community_is_another_event(office: Office) -> None:
    first = said("1")
    await office.inbox.receive([first, replace(first, actor=replace(first.actor, community="other"))])
    await office.inbox.work()
    assert office.handled == ["1", "1"]


async def test_nothing_to_receive_is_nothing(office: Office) -> None:
    await office.inbox.receive([])
    assert await office.engine.settle() == 0
    assert await office.engine.next_due() is None


async def test_a_handler_that_fails_has_done_nothing_and_the_others_are_handled(office: Office) -> None:
    office.stumble = failing("2")
    await office.inbox.receive([said("1"), said("2", "ben"), said("3")])
    await office.engine.settle()
    assert office.handled == ["1", "3"]
    assert "answer:2" not in await office.states()
    (apology,) = office.sorry
    assert apology[0] == "2"
    assert sorted(office.pigeons.keys) == ["answer:1", "answer:3", f"fault:{apology[1]}"]
    assert [row.state for row in (await office.events()).values()] == ["done", "new", "done"]


async def test_an_event_that_failed_is_tried_again_and_succeeds(office: Office) -> None:
    office.stumble = failing("1", times=2)
    await office.inbox.receive([said("1")])
    await office.engine.settle()
    for _ in range(2):
        due = await office.engine.next_due()
        assert due is not None and due > office.clock.now()
        office.clock.set(due - timedelta(milliseconds=1))
        assert await office.engine.settle() == 0
        office.clock.set(due)
        await office.engine.settle()
    assert office.handled == ["1"]
    assert len(office.sorry) == 1
    assert await office.engine.next_due() is None


async def test_an_event_that_always_fails_is_parked_and_its_author_told_once(office: Office) -> None:
    office.stumble = failing("1")
    await office.inbox.receive([said("1")])
    await office.engine.settle()
    moments = [office.clock.now() - START]
    while (due := await office.engine.next_due()) is not None:
        office.clock.set(due)
        await office.engine.settle()
        moments.append(due - START)
    assert [moment.total_seconds() for moment in moments] == [0, 2, 10, 42, 170]
    row = (await office.events())["1"]
    assert (row.state, row.attempts, row.error) == ("parked", ATTEMPTS, office.sorry[0][1])
    assert len(office.sorry) == 1
    assert office.pigeons.keys == [f"fault:{row.error}"]


async def test_an_apology_that_fails_does_not_keep_the_event_from_being_put_aside(office: Office) -> None:
    class Mute(list[tuple[str, str]]):
        def append(self, _: tuple[str, str]) -> None:
            raise RuntimeError("no words")

    office.stumble = failing("1")
    office.sorry = Mute()
    await office.inbox.receive([said("1"), said("2")])
    await office.engine.settle()
    assert office.handled == ["2"]
    assert (await office.events())["1"].attempts == 1
    assert office.pigeons.keys == ["answer:2"]


async def test_an_event_that_cannot_be_read_is_put_aside(office: Office) -> None:
    await office.inbox.receive([said("1"), said("2")])
    async with office.database.transaction() as session:
        await (await session.connection()).execute(text("UPDATE inbox_event SET payload = '{}' WHERE event_id = '1'"))
    await office.engine.settle()
    assert office.handled == ["2"]
    assert office.sorry == []
    assert (await office.events())["1"].attempts == 1


async def test_events_of_a_process_that_died_are_handled_by_the_next(office: Office) -> None:
    await office.inbox.receive([said("1"), said("2")])
    after = Office(office.database, office.pigeons)
    await after.courier.recover()
    await after.engine.settle()
    assert (office.handled, after.handled) == ([], ["1", "2"])


async def test_two_processes_handle_each_event_once_and_in_order(office: Office) -> None:
    other = Office(office.database, office.pigeons)
    other.handled = office.handled
    await office.inbox.receive([said(str(number)) for number in range(250)])
    other.pulse.look()
    while any(await asyncio.gather(office.inbox.work(), other.inbox.work())):
        office.pulse.look()
        other.pulse.look()
    assert office.handled == [str(number) for number in range(250)]


async def test_what_could_not_be_stored_is_not_acknowledged(office: Office) -> None:
    broken = said("2\ud800")
    with pytest.raises(Exception, match="surrogate"):
        await office.inbox.receive([said("1"), broken])
    assert await office.events() == {}
    await office.inbox.receive([said("1")])
    await office.engine.settle()
    assert office.handled == ["1"]


async def test_a_database_that_is_away_is_no_fault_of_the_events(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("away")
    database = Database(f"sqlite+aiosqlite:///{folder}/test.db")
    office = Office(database)
    with pytest.raises(Exception, match="no such table"):
        await office.inbox.receive([said("1")])
    with pytest.raises(Exception, match="no such table"):
        await office.engine.settle()
    await database.create_tables()
    await office.inbox.receive([said("1")])
    await office.engine.settle()
    assert office.handled == ["1"]
    await database.close()


async def test_more_events_than_a_batch_are_all_handled(office: Office) -> None:
    await office.inbox.receive([said(str(number), f"u{number}") for number in range(401)])
    assert await office.inbox.work() == (TOGETHER_ON_SQLITE if office.database.is_sqlite else TOGETHER)
    assert await office.engine.next_due() is not None
    await office.engine.settle()
    assert len(office.pigeons.keys) == 401
