"""Faults that the simulator has found, each in the fewest steps that show it."""

from datetime import timedelta

import pytest

from bot.app import LATE
from bot.engine.courier import UNKNOWN_TOLD
from bot.language.adapter import Retry, Unknown
from storage.scratch import ScratchDatabase
from tests.engine.office import START, Lost, Office, post, run_out


@pytest.fixture
async def office() -> Office:
    """An engine on a database of its own."""
    database = ScratchDatabase()
    await database.create_tables()
    return Office(database)


async def test_what_was_unknown_for_hours_waits_for_the_same_hour_of_the_next_day(office: Office) -> None:
    """It was sent as soon as a look-up said that it had not been done, in the middle of its reader's night."""
    office.courier = office.engine.courier = office.make_courier(late=LATE)
    office.pigeons.trouble["planned"] = [Unknown("no answer")]
    office.pigeons.find_trouble["planned"] = [Unknown("still none")] * 30
    await office.enqueue(post("planned"))
    await run_out(office)
    assert office.pigeons.done == [(START + timedelta(days=1), "planned")]
    assert (await office.acts())["planned"].state == "sent"


async def test_what_was_done_and_unknown_for_hours_is_not_done_again(office: Office) -> None:
    office.courier = office.engine.courier = office.make_courier(late=LATE)
    office.pigeons.trouble["planned"] = [Lost()]
    office.pigeons.find_trouble["planned"] = [Unknown("still none")] * 30
    await office.enqueue(post("planned"))
    await run_out(office)
    assert office.pigeons.done == [(START, "planned")]
    assert (await office.acts())["planned"].state == "sent"


async def test_the_desk_hears_of_what_stays_unknown_although_the_sixth_attempt_said_later(office: Office) -> None:
    """Only the sixth attempt counted: if just that one ended otherwise, nobody ever heard of the act."""
    office.pigeons.trouble["1"] = [*[Retry(5)] * UNKNOWN_TOLD, Unknown("no answer")]
    office.pigeons.find_trouble["1"] = [Unknown("still none")] * 20
    await office.enqueue(post("1"))
    await run_out(office)
    assert any(outcome.unknown for outcome in office.outcomes)
    assert office.pigeons.keys == ["1"]


async def test_nobody_is_written_to_before_the_platform_allows_it_not_even_by_an_act_of_a_lower_number(
    office: Office,
) -> None:
    """What was planned earlier and fell due meanwhile went out at once, to the address that was told to wait."""
    await office.enqueue(post("planned"), after=timedelta(seconds=5))
    await office.enqueue(post("asked for"))
    office.pigeons.trouble["asked for"] = [Retry(20)]
    await run_out(office)
    assert {key: at for at, key in office.pigeons.done} == {
        "planned": START + timedelta(seconds=20),
        "asked for": START + timedelta(seconds=20),
    }
