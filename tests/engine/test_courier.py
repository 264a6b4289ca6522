"""Acts go out in order, once, whatever the platform does."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.engine import outbox
from bot.engine.courier import FAILURES, LEASE, Outcome
from bot.language.acts import Act, Receipt
from bot.language.adapter import Gone, Refused, Retry, Unknown
from storage.database import Database
from tests.engine.office import START, Lost, Office, Pigeons, post, run_out


async def test_acts_to_one_address_go_out_in_order(office: Office) -> None:
    acts = [post(f"{number}:{user}", user) for number in range(5) for user in ("ana", "ben")]
    await office.enqueue(*acts)
    await office.engine.settle()
    for user in ("ana", "ben"):
        assert [key for key in office.pigeons.keys if key.endswith(user)] == [f"{n}:{user}" for n in range(5)]


@pytest.mark.parametrize("batch", [1, 2, 200])
async def test_a_retry_in_the_middle_holds_what_is_behind_it_and_nobody_else(office: Office, batch: int) -> None:
    office.courier = office.engine.courier = office.make_courier(batch)
    office.pigeons.trouble["2"] = [Retry(30), Retry(7)]
    await office.enqueue(post("1"), post("2"), post("3"), post("4", "ben"), post("5"))
    await run_out(office)
    at = {key: (moment - START).total_seconds() for moment, key in office.pigeons.done}
    assert at == {"1": 0, "4": 0, "2": 37, "3": 37, "5": 37}
    assert [key for key in office.pigeons.keys if key != "4"] == ["1", "2", "3", "5"]
    assert (await office.acts())["3"].attempts == 1


@pytest.mark.parametrize("batch", [1, 2, 200])
async def test_a_held_act_also_holds_those_that_come_later(office: Office, batch: int) -> None:
    office.courier = office.engine.courier = office.make_courier(batch)
    office.pigeons.trouble["1"] = [Retry(60)]
    await office.enqueue(post("1"))
    await office.engine.settle()
    await office.enqueue(post("2"))
    await office.enqueue(post("3"), after=timedelta(seconds=30))
    await office.enqueue(post("4"), after=timedelta(seconds=90))
    await run_out(office)
    assert [((at - START).total_seconds(), key) for at, key in office.pigeons.done] == [
        (60, "1"),
        (60, "2"),
        (60, "3"),
        (90, "4"),
    ]


async def test_an_act_that_is_not_due_holds_nobody(office: Office) -> None:
    await office.enqueue(post("1"), after=timedelta(hours=1))
    await office.enqueue(post("2"))
    await run_out(office)
    assert office.pigeons.keys == ["2", "1"]


async def test_a_long_held_lane_does_not_stand_in_the_way_of_others(office: Office) -> None:
    office.courier = office.engine.courier = office.make_courier(3)
    office.pigeons.trouble["0"] = [Retry(60)]
    await office.enqueue(*(post(str(number)) for number in range(20)), post("other", "ben"))
    await office.engine.settle()
    assert office.pigeons.keys == ["other"]
    await run_out(office)
    assert office.pigeons.keys == ["other", *(str(number) for number in range(20))]


@pytest.mark.parametrize("problem", [Gone("the room was deleted"), Refused("not allowed")])
async def test_what_never_can_be_done_is_dead_and_the_program_told(office: Office, problem: Exception) -> None:
    office.pigeons.trouble["1"] = [problem]
    await office.enqueue(post("1"), post("2"), subject="partnership:7", then="welcomed")
    await run_out(office)
    row = (await office.acts())["1"]
    assert (row.state, row.reason) == ("dead", f"{type(problem).__name__.lower()}: {problem}")
    dead, sent = office.outcomes
    assert (dead.act.key, dead.subject, dead.then, dead.receipt) == ("1", "partnership:7", "welcomed", None)
    assert (sent.act.key, sent.receipt) == ("2", office.pigeons.receipts["2"])
    assert office.pigeons.keys == ["2", "then:1", "then:2"]


async def test_an_act_without_an_adapter_is_dead(office: Office) -> None:
    nowhere = Office(office.database, Pigeons(office.clock, name="doves"))
    await nowhere.enqueue(post("1"))
    await run_out(nowhere)
    assert await nowhere.states() == {"1": "dead"}
    assert [outcome.reason for outcome in nowhere.outcomes] == ["no adapter for pigeons"]


async def test_an_unknown_outcome_is_looked_up_and_found(office: Office) -> None:
    office.pigeons.trouble["1"] = [Lost()]
    await office.enqueue(post("1"), post("2"), then="welcomed")
    await office.engine.settle()
    assert await office.states() == {"1": "unknown", "2": "waiting"}
    await run_out(office)
    assert office.pigeons.keys == ["1", "2", "then:1", "then:2"]
    assert office.pigeons.looked_up == ["1"]
    row = (await office.acts())["1"]
    assert (row.state, row.reference, row.sent_at) == ("sent", "m1", START)


async def test_an_unknown_outcome_is_looked_up_and_not_found(office: Office) -> None:
    office.pigeons.trouble["1"] = [Unknown("?"), Unknown("?")]
    office.pigeons.find_trouble["1"] = [Unknown("?"), Retry(100)]
    await office.enqueue(post("1"))
    await run_out(office)
    assert office.pigeons.looked_up == ["1"] * 4
    # 5 and 10 seconds of our own, the platform's 100, then 40 more as it got lost once again.
    assert [((at - START).total_seconds(), key) for at, key in office.pigeons.done] == [(155, "1")]


async def test_until_it_is_known_an_unknown_outcome_waits_ever_longer(office: Office) -> None:
    office.pigeons.trouble["1"] = [Unknown("?")]
    office.pigeons.find_trouble["1"] = [Unknown("?") for _ in range(100)]
    await office.enqueue(post("1"))
    await run_out(office, until=10_000)
    assert office.pigeons.keys == []
    assert (await office.acts())["1"].attempts == 18
    # However long it lasts, the wait stays a number.
    async with office.database.connection() as connection:
        await connection.execute(text("UPDATE outbox_act SET attempts = 50000"))
    await run_out(office, until=20_000)
    assert await office.states() == {"1": "unknown"}


async def test_a_process_that_died_after_sending_does_not_send_twice(office: Office) -> None:
    await office.enqueue(post("1"), post("2", "ben"), post("3"), then="welcomed")
    now = office.clock.now()
    await outbox.claim(office.database, now, now + LEASE, 200)
    # It sent the first, and died before it could store the receipt.
    await office.pigeons.perform(post("1"))
    after = Office(office.database, office.pigeons)
    await after.courier.recover()
    await run_out(after)
    assert after.pigeons.keys == ["1", "3", "2", *(f"then:{number}" for number in (1, 2, 3))]
    assert sorted(after.pigeons.looked_up) == ["1", "2", "3"]
    assert len(after.outcomes) == 3


async def test_a_process_that_cannot_store_a_receipt_does_not_send_twice(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('dying')}/test.db"
    office = Office(Database(url))
    await office.database.create_tables()
    await office.enqueue(post("1"))

    def pull_the_plug(_: Act) -> None:
        office.courier._database = Database("sqlite+aiosqlite:////nowhere/at/all.db")  # pyright: ignore[reportPrivateUsage] - a database that is lost in the middle

    office.pigeons.meanwhile = pull_the_plug
    with pytest.raises(Exception, match="unable to open"):
        await office.engine.settle()
    await office.database.close()
    after = Office(Database(url), office.pigeons)
    await after.courier.recover()
    await run_out(after)
    assert (after.pigeons.keys, after.pigeons.looked_up) == (["1"], ["1"])
    assert await after.states() == {"1": "sent"}
    await after.database.close()


async def test_without_a_restart_a_lease_that_ran_out_is_looked_up(office: Office) -> None:
    await office.enqueue(post("1"))
    await outbox.claim(office.database, START, START + LEASE, 200)
    await office.pigeons.perform(post("1"))
    office.pulse.look()
    await office.engine.settle()
    assert await office.engine.next_due() == START + LEASE
    await office.pass_time(LEASE.total_seconds())
    assert (office.pigeons.keys, await office.states()) == (["1"], {"1": "sent"})


async def test_whoever_lost_the_lease_while_sending_writes_nothing(office: Office) -> None:
    other = Office(office.database, office.pigeons)

    def dawdle(_: Act) -> None:
        office.pigeons.meanwhile = lambda act: None
        office.clock.set(office.clock.now() + LEASE)

    office.pigeons.meanwhile = dawdle
    await office.enqueue(post("1"), post("2"), then="welcomed")
    claims, _ = await outbox.claim(office.database, START, START + LEASE, 200)
    attempts = await office.courier._lane(claims, START)  # pyright: ignore[reportPrivateUsage] - between taking and storing there is no public step
    # After the first it is too late to begin with the second: somebody else may have it by now.
    assert [attempt.result.state for attempt in attempts] == ["sent", "waiting"]
    await other.engine.settle()
    await office.courier._store(attempts)  # pyright: ignore[reportPrivateUsage] - between taking and storing there is no public step
    assert office.outcomes == []
    assert office.pigeons.keys == ["1", "2", "then:1", "then:2"]


async def test_an_adapter_that_never_answers_is_waited_for_no_longer_than_patience(office: Office) -> None:
    class Asleep(Pigeons):
        async def perform(self, act: Act) -> Receipt:
            if act.key == "1" and not self.looked_up:
                await asyncio.Event().wait()
            return await super().perform(act)

    slow = Office(office.database, Asleep(office.clock))
    slow.courier = slow.engine.courier = slow.make_courier(patience=timedelta(milliseconds=20))
    await slow.enqueue(post("1"), post("2", "ben"))
    await slow.engine.settle()
    assert await slow.states() == {"1": "unknown", "2": "sent"}
    await run_out(slow)
    assert slow.pigeons.keys == ["2", "1"]


async def test_a_fault_of_the_adapter_is_an_unknown_outcome_and_given_up_at_last(office: Office) -> None:
    office.pigeons.trouble["1"] = [ValueError("a fault of the adapter") for _ in range(100)]
    office.pigeons.trouble["2"] = [ValueError("once")]
    await office.enqueue(post("1"), post("2", "ben"), post("3"))
    await run_out(office)
    assert await office.states() == {"1": "dead", "2": "sent", "3": "sent"}
    assert (await office.acts())["1"].attempts == FAILURES
    told = [(outcome.act.key, outcome.unknown) for outcome in office.outcomes]
    assert told == [("1", True), ("1", False)], "that it is unknown for long, and that it is given up"
    assert office.pigeons.looked_up.count("2") == 1


async def test_an_act_that_cannot_be_read_is_dead_and_holds_nobody(office: Office) -> None:
    await office.enqueue(post("1"), post("2"))
    async with office.database.connection() as connection:
        await connection.execute(text("UPDATE outbox_act SET payload = '{}' WHERE key = '1'"))
    await run_out(office)
    assert await office.states() == {"1": "dead", "2": "sent"}


async def test_a_continuation_that_fails_is_tried_again_without_sending_again(office: Office) -> None:
    failures = [RuntimeError("a fault of ours")] * 2

    def falter(outcome: Outcome) -> None:
        if outcome.act.key == "1" and failures:
            raise failures.pop()

    office.falter = falter
    await office.enqueue(post("1"), post("2", "ben"), then="welcomed")
    await office.engine.settle()
    assert await office.states() == {"1": "unknown", "2": "sent", "then:2": "sent"}
    await run_out(office)
    # Both of the first two failures were in one go: together with the other, and alone.
    assert office.pigeons.keys == ["1", "2", "then:2", "then:1"]
    assert set((await office.states()).values()) == {"sent"}


async def test_a_continuation_that_always_fails_is_given_up_and_the_receipt_kept(office: Office) -> None:
    def falter(outcome: Outcome) -> None:
        if outcome.act.key == "1":
            raise RuntimeError("a fault of ours")

    office.falter = falter
    await office.enqueue(post("1"), post("2"), then="welcomed")
    await run_out(office)
    assert office.pigeons.keys == ["1", "2", "then:2"]
    assert await office.states() == {"1": "sent", "2": "sent", "then:2": "sent"}
    assert (await office.acts())["1"].attempts == FAILURES


async def test_what_continuations_enqueue_goes_out_at_once(office: Office) -> None:
    await office.enqueue(post("1"), then="welcomed")
    assert await office.engine.settle() == 2
    assert office.pigeons.keys == ["1", "then:1"]


async def test_acts_stored_while_others_are_sent_are_not_overlooked(office: Office) -> None:
    waiting: list[asyncio.Task[None]] = []

    def meanwhile(act: Act) -> None:
        if act.key == "1":
            waiting.append(asyncio.create_task(office.enqueue(post("2", "ben"))))

    office.pigeons.meanwhile = meanwhile
    await office.enqueue(post("1"))
    await office.engine.settle()
    await asyncio.gather(*waiting)
    await office.engine.settle()
    assert office.pigeons.keys == ["1", "2"]
