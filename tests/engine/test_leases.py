"""Leases: one owner at a time, a fence that grows, and an end to whatever is done under one that was lost."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.engine import outbox
from bot.engine.leases import LENGTH, MARGIN, Leases
from bot.engine.sending import LANE, SETTLING, SendingLanes
from bot.language.adapter import Capabilities
from storage.database import Database
from tests.engine.office import Office, Pigeons, post


class Hand:
    """A process's own clock, turned by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


async def run_out(database: Database) -> None:
    """The clock of the database goes on until every lease is over."""
    async with database.connection() as connection:
        await connection.execute(text("UPDATE lease SET until = clock_timestamp() - make_interval(secs => 1)"))


async def test_one_has_it_until_it_runs_out_and_the_fence_grows(postgresql: Database) -> None:
    first, second = Leases(postgresql, "first"), Leases(postgresql, "second")
    assert await first.take("thing")
    assert not await second.take("thing")
    await first.keep()
    assert (first.holds("thing"), first.fence("thing"), second.holds("thing")) == (True, 1, False)
    await run_out(postgresql)
    assert await second.take("thing")
    assert second.fence("thing") == 2
    lost: list[str] = []
    first.lost = lost.append
    await first.keep()
    assert (first.holds("thing"), lost) == (False, ["thing"])
    await second.give_up("thing")
    assert await first.take("thing")
    assert first.fence("thing") == 3


async def test_its_owner_counts_it_as_lost_before_anybody_else_can_have_it(postgresql: Database) -> None:
    hand = Hand()
    leases = Leases(postgresql, "first", now=hand)
    await leases.take("thing")
    hand.at = (LENGTH - MARGIN).total_seconds() - 0.1
    assert leases.holds("thing")
    hand.at += 0.2
    assert not leases.holds("thing")
    with pytest.raises(TimeoutError):
        async with leases.during("thing"):
            pytest.fail("it was not held")


async def test_what_is_done_under_it_ends_with_it(postgresql: Database) -> None:
    leases = Leases(postgresql, "first")
    await leases.take("thing")
    await run_out(postgresql)
    with pytest.raises(TimeoutError):
        async with leases.during("thing"):
            await leases.keep()
            await Office(postgresql).enqueue(post("1"))
            pytest.fail("it went on")


async def test_nothing_is_claimed_by_a_lane_that_was_lost(postgresql: Database) -> None:
    office = Office(postgresql, None)
    leases = Leases(postgresql, "first")
    lanes = SendingLanes(postgresql, office.clock, leases, {"pigeons": _apart(office)}, worker=True)
    await office.enqueue(post("1"), post("2"))
    await lanes.share()
    assert lanes.held() == ["pigeons/loft"]
    now, until = office.clock.now(), office.clock.now() + timedelta(minutes=1)
    await run_out(postgresql)
    claims, _ = await outbox.claim(postgresql, now, until, 10, lambda c: lanes.confirm(c, ["pigeons/loft"]))
    assert claims == []


async def test_what_the_one_before_had_claimed_is_looked_up_and_cannot_be_written(postgresql: Database) -> None:
    office = Office(postgresql)
    adapters = {"pigeons": _apart(office)}
    first, second = (
        SendingLanes(postgresql, office.clock, Leases(postgresql, name), adapters, worker=True)
        for name in ("first", "second")
    )
    await office.enqueue(post("1"))
    await first.share()
    now = office.clock.now()
    claims, _ = await outbox.claim(
        postgresql, now, now + timedelta(minutes=1), 10, lambda c: first.confirm(c, first.held())
    )
    assert len(claims) == 1
    await run_out(postgresql)
    await second.share()
    assert second.held() == ["pigeons/loft"]
    row = (await office.acts())["1"]
    assert (row.state, row.fence, row.retry_at) == ("unknown", claims[0].fence + 1, now + SETTLING)
    async with postgresql.connection() as connection:
        assert await outbox.settle(connection, [outbox.Result(claims[0], "sent")]) == set()


async def test_workers_share_the_lanes_that_have_something_to_send(postgresql: Database) -> None:
    office = Office(postgresql)
    adapters = {"pigeons": _apart(office)}
    first, second = (
        SendingLanes(postgresql, office.clock, Leases(postgresql, name), adapters, worker=True)
        for name in ("first", "second")
    )
    async with postgresql.connection() as connection:
        await outbox.insert(connection, [_row(office, community) for community in "abcd"])
    await first.share()
    assert len(first.held()) == 4
    await second.share()
    assert second.held() == []
    await first.share()
    await second.share()
    assert (len(first.held()), len(second.held())) == (2, 2)
    assert {*first.held(), *second.held()} == {f"pigeons/{community}" for community in "abcd"}
    await first.leases.give_up(*first.leases.names)
    await second.share()
    assert len(second.held()) == 4
    assert all(name.startswith(LANE) for name in second.leases.names if "second" not in name)


def _apart(office: Office) -> Pigeons:
    office.pigeons.capabilities = Capabilities(sends_apart=True)
    return office.pigeons


def _row(office: Office, community: str) -> dict[str, object]:
    return {
        "key": community,
        "platform": "pigeons",
        "community": community,
        "lane": f"pigeons/{community}/direct/ana",
        "kind": "notice",
        "subject": "",
        "payload": "",
        "then": "",
        "cause": "",
        "due_at": office.clock.now(),
    }
