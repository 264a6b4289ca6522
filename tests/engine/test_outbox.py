"""A change and its acts commit together; each act has one key; claims keep the order and are fenced."""

import asyncio
from datetime import timedelta

import pytest

from bot.engine import outbox
from bot.engine.outbox import Claim, Result
from bot.engine.work import unit_of_work
from storage.database import Database
from storage.people import Person
from tests.engine.office import START, Office, post

LEASE = timedelta(seconds=60)


async def claim(office: Office, limit: int = 200) -> list[Claim]:
    claims, _ = await outbox.claim(office.database, office.clock.now(), office.clock.now() + LEASE, limit)
    return claims


async def settle(office: Office, *results: Result) -> set[int]:
    async with office.database.connection() as connection:
        return await outbox.settle(connection, results)


async def ids(office: Office) -> dict[str, int | None]:
    return {key: row.id for key, row in (await office.acts()).items()}


async def test_a_change_and_its_acts_are_stored_together_or_not_at_all(office: Office) -> None:
    with pytest.raises(RuntimeError):
        async with unit_of_work(office.database, office.clock, office.pulse) as work:
            work.session.add(Person(name="Ana", created_at=work.now))
            work.enqueue(post("1"))
            await work.store_acts()
            work.enqueue(post("2"))
            raise RuntimeError("too late")
    assert await office.states() == {}
    async with office.database.transaction() as session:
        assert await session.get(Person, 1) is None
    await office.engine.settle()
    assert office.pigeons.keys == []


async def test_a_key_that_was_enqueued_before_changes_nothing(office: Office) -> None:
    await office.enqueue(post("1", "ana"), post("1", "ben"))
    await office.engine.settle()
    await office.enqueue(post("1", "cleo"))
    await office.engine.settle()
    assert office.pigeons.keys == ["1"]
    assert (await office.acts())["1"].lane.endswith("/ana")


async def test_the_same_key_enqueued_at_the_same_time_is_one_act(office: Office) -> None:
    await asyncio.gather(*(office.enqueue(post("1"), post(f"2:{number}")) for number in range(5)))
    await office.engine.settle()
    assert sorted(office.pigeons.keys) == ["1", *(f"2:{number}" for number in range(5))]


async def test_an_act_goes_out_when_it_is_due(office: Office) -> None:
    await office.enqueue(post("1"), after=timedelta(hours=1))
    await office.engine.settle()
    assert await office.engine.next_due() == START + timedelta(hours=1)
    await office.pass_time(3_599)
    assert office.pigeons.keys == []
    await office.pass_time(1)
    assert office.pigeons.done == [(START + timedelta(hours=1), "1")]
    assert await office.engine.next_due() is None


async def test_an_act_that_is_called_off_does_not_go_out(office: Office) -> None:
    hour = timedelta(hours=1)
    await office.enqueue(post("1"), post("2", kind="topic"), after=hour, subject="partnership:1")
    await office.enqueue(post("3"), after=hour, subject="partnership:2")
    async with unit_of_work(office.database, office.clock, office.pulse) as work:
        work.enqueue(post("4", kind="topic"), due_at=work.now + hour, subject="partnership:1")
        assert [row.key for row in await work.waiting("partnership:1")] == ["1", "2", "4"]
        await work.cancel("partnership:1", kinds=("topic",), reason="it ended")
        assert [row.key for row in await work.waiting("partnership:1")] == ["1"]
    await office.pass_time(3_600)
    assert office.pigeons.keys == ["1", "3"]
    assert await office.states() == {"1": "sent", "2": "cancelled", "3": "sent", "4": "cancelled"}
    assert (await office.acts())["2"].reason == "it ended"


async def test_what_was_sent_is_not_called_off(office: Office) -> None:
    await office.enqueue(post("1"), subject="partnership:1")
    await office.engine.settle()
    async with unit_of_work(office.database, office.clock, office.pulse) as work:
        await work.cancel("partnership:1")
    assert await office.states() == {"1": "sent"}


async def test_claimed_acts_are_nobody_elses(office: Office) -> None:
    await office.enqueue(post("1"), post("2"), post("3", "ben"))
    assert len(await claim(office, limit=1)) == 1
    # The second is behind the first, which is on its way.
    assert [c.payload.count('"3"') for c in await claim(office)] == [1]
    assert await claim(office) == []


async def test_processes_that_claim_at_once_share_the_acts_and_keep_lanes_whole(office: Office) -> None:
    await office.enqueue(*(post(f"{lane}:{number}", f"u{lane}") for number in range(3) for lane in range(20)))
    taken = await asyncio.gather(*(claim(office, limit=7) for _ in range(12)))
    numbers = [c.id for claims in taken for c in claims]
    assert len(numbers) == len(set(numbers))
    by_lane: dict[str, set[int]] = {}
    for process, claims in enumerate(taken):
        for one in claims:
            by_lane.setdefault(one.lane, set()).add(process)
    assert all(len(processes) == 1 for processes in by_lane.values())


async def test_a_lost_lease_cannot_write(office: Office) -> None:
    await office.enqueue(post("1"), post("2", "ben"))
    first = await claim(office)
    office.clock.set(office.clock.now() + LEASE)
    (second, other) = await claim(office)
    assert (first[0].look_up, second.look_up) == (False, True)
    assert await settle(office, Result(first[0], "dead"), Result(first[1], "dead")) == set()
    assert set((await office.states()).values()) == {"claimed"}
    assert await settle(office, Result(first[0], "dead"), Result(other, "sent")) == {other.id}
    assert await settle(office, Result(second, "sent"), Result(first[1], "dead")) == {second.id}
    assert set((await office.states()).values()) == {"sent"}


async def test_a_claim_that_was_taken_back_cannot_write(office: Office) -> None:
    await office.enqueue(post("1"))
    (held,) = await claim(office)
    await office.courier.recover()
    assert await settle(office, Result(held, "sent")) == set()
    assert await office.states() == {"1": "unknown"}
    (again,) = await claim(office)
    assert again.look_up and again.attempts == 2


async def test_what_was_given_back_without_an_attempt_does_not_count_as_one(office: Office) -> None:
    await office.enqueue(post("1"))
    (held,) = await claim(office)
    await settle(office, Result(held, "waiting", retry_at=START, tried=False))
    (again,) = await claim(office)
    assert (again.attempts, again.look_up) == (1, False)


async def test_held_acts_say_when_to_ask_again(office: Office) -> None:
    now = office.clock.now()
    await office.enqueue(post("1"), post("2"), post("3"))
    await office.enqueue(post("4", "ben"), after=timedelta(hours=2))
    (held, *_) = await claim(office, limit=1)
    async with office.database.connection() as connection:
        assert await outbox.next_due(connection, now) == now + LEASE
    await settle(office, Result(held, "unknown", retry_at=now + timedelta(hours=3)))
    assert await outbox.claim(office.database, now, now + LEASE, 10) == ([], now + timedelta(hours=2))
    async with office.database.connection() as connection:
        assert await outbox.next_due(connection, now) == now + timedelta(hours=2)
        assert await outbox.next_due(connection, now + timedelta(hours=3)) == now + timedelta(hours=3)


async def test_an_act_that_is_being_called_off_is_left_alone_with_all_behind_it(postgresql: Database) -> None:
    office = Office(postgresql)
    await office.enqueue(post("1"), subject="partnership:1")
    await office.enqueue(post("2"), post("3", "ben"))
    async with unit_of_work(office.database, office.clock) as work:
        await work.cancel("partnership:1")
        claims, later = await outbox.claim(office.database, START, START + LEASE, 200)
        assert [c.lane.rpartition("/")[2] for c in claims] == ["ben"]
        assert later == START + timedelta(seconds=1)
    assert len(await claim(office)) == 1
    assert await office.states() == {"1": "cancelled", "2": "claimed", "3": "claimed"}
