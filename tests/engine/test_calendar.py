"""What is due becomes a row and is handled once; nothing is remembered but rows."""

from datetime import timedelta

import pytest

from storage.database import Database
from tests.engine.office import START, Office
from tests.engine.plans import PlanWatch, plan


async def test_what_is_due_now_rings_once(database: Database) -> None:
    office = Office(database, watches=[PlanWatch()])
    await plan(office, START)
    await plan(office, START - timedelta(days=1))
    await office.engine.settle()
    await office.engine.settle()
    office.pulse.look()
    await office.engine.settle()
    assert office.pigeons.keys == ["rung:1", "rung:2"]
    assert await office.engine.next_due() is None


async def test_what_is_due_later_rings_then(database: Database) -> None:
    office = Office(database, watches=[PlanWatch()])
    await plan(office, START + timedelta(days=14))
    await office.engine.settle()
    assert await office.engine.next_due() == START + timedelta(days=14)
    await plan(office, START + timedelta(days=7))
    assert await office.engine.next_due() == START + timedelta(days=7)
    await office.pass_time(7 * 86_400 - 1)
    assert office.pigeons.keys == []
    await office.pass_time(1)
    assert office.pigeons.keys == ["rung:2"]
    await office.pass_time(7 * 86_400)
    assert office.pigeons.keys == ["rung:2", "rung:1"]


async def test_while_nothing_changes_nobody_is_asked(database: Database) -> None:
    watch = PlanWatch()
    office = Office(database, watches=[watch])
    await plan(office, START + timedelta(days=1))
    await office.engine.settle()
    asked = watch.asked
    for _ in range(10):
        await office.pass_time(60)
        await office.engine.next_due()
    assert watch.asked == asked


async def test_what_was_planned_before_a_restart_rings_after_it(database: Database) -> None:
    before = Office(database, watches=[PlanWatch()])
    await plan(before, START + timedelta(hours=1))
    before.clock.set(START + timedelta(days=2))
    after = Office(database, before.pigeons, [PlanWatch()])
    await after.engine.settle()
    assert after.pigeons.keys == ["rung:1"]


async def test_a_watch_that_fails_does_not_keep_the_others_from_ringing(database: Database) -> None:
    broken = PlanWatch("broken", fails=True)
    office = Office(database, watches=[broken, PlanWatch()])
    await plan(office, START, "broken")
    await plan(office, START)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="a fault of ours"):
            await office.engine.settle()
    assert office.pigeons.keys == ["rung:2"]
    assert await office.engine.next_due() == START
    broken.fails = False
    await office.engine.settle()
    assert office.pigeons.keys == ["rung:2", "rung:1"]


async def test_what_was_rolled_back_is_not_planned(database: Database) -> None:
    office = Office(database, watches=[PlanWatch("broken", fails=True)])
    await plan(office, START + timedelta(hours=1), "broken")
    office.clock.set(START + timedelta(hours=1))
    with pytest.raises(RuntimeError):
        await office.engine.settle()
    assert await office.acts() == {}
