"""What is late is not sent in anybody's night, and what stays unknown is shown."""

from dataclasses import replace
from datetime import timedelta

from bot.engine.courier import UNKNOWN_TOLD
from bot.language.adapter import Retry, Unknown
from bot.language.places import Place
from tests.engine.office import START, Office, post, run_out

LATE = timedelta(hours=2)


def careful(office: Office) -> None:
    """The office with a courier that minds the hour."""
    office.courier = office.engine.courier = office.make_courier(late=LATE)


async def test_what_nobody_asked_for_waits_for_the_same_hour_of_the_next_day(office: Office) -> None:
    careful(office)
    await office.enqueue(post("planned"), replace(post("asked", "ben"), prompted=True))
    hall = post("hall", "cem")
    await office.enqueue(replace(hall, address=replace(hall.address, place=Place.HALL)))
    # The process was away for half a day, and comes back in the readers' night.
    office.clock.set(START + timedelta(hours=13))
    await run_out(office)
    at = {key: moment - START for moment, key in office.pigeons.done}
    assert at == {"asked": timedelta(hours=13), "hall": timedelta(hours=13), "planned": timedelta(days=1)}


async def test_a_postponed_act_holds_no_answer_behind_it(office: Office) -> None:
    careful(office)
    await office.enqueue(post("planned"))
    office.clock.set(START + timedelta(hours=50))
    await office.enqueue(replace(post("answer"), prompted=True))
    await run_out(office)
    assert [(moment - START, key) for moment, key in office.pigeons.done] == [
        (timedelta(hours=50), "answer"),
        (timedelta(days=3), "planned"),
    ]
    assert (await office.acts())["planned"].attempts == 1


async def test_a_little_late_is_not_too_late(office: Office) -> None:
    careful(office)
    office.pigeons.trouble["planned"] = [Retry(LATE.total_seconds())]
    await office.enqueue(post("planned"))
    await run_out(office)
    assert office.pigeons.done == [(START + LATE, "planned")]


async def test_what_stays_unknown_is_told_once_and_looked_up_further(office: Office) -> None:
    office.pigeons.trouble["1"] = [Unknown("no answer")]
    office.pigeons.find_trouble["1"] = [Unknown("still none")] * (UNKNOWN_TOLD + 3)
    await office.enqueue(post("1"))
    await run_out(office)
    told = [outcome for outcome in office.outcomes if outcome.unknown]
    assert [(outcome.act.key, outcome.receipt, outcome.reason) for outcome in told] == [("1", None, "still none")]
    assert office.pigeons.keys == ["1"], "sent once, when it was known that it had not been"
