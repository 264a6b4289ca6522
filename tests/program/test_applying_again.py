"""Applying too early, too late, again, from another account; changing, withdrawing, coming back a year later."""

from collections.abc import AsyncIterator

import pytest

from adapters.local.records import Account as Seat
from storage.people import Person
from storage.rounds import Application, Submission
from storage.traffic import FlowRun
from tests.program.desk import BOSS, DAY, Desk, buttons, opened

SECOND = Seat("alex2", "Alex", "  ALEX@Example.ORG ", "Europe/Lisbon")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened(more=(SECOND,)) as desk:
        yield desk


async def test_no_round_and_too_early() -> None:
    async with opened(None) as desk:
        assert "no round at the moment" in await desk.says("alex", "apply")
        assert "no round at the moment" in await desk.says("alex", "status")
        assert "not open" in await desk.says("alex", "hello")
        await desk.command(BOSS, "round open starts:2027-09-01")
        early = await desk.says("alex", "apply")
        assert "open on Sunday 18 July 2027" in early
        assert await desk.rows(FlowRun) == []


async def test_too_late_is_told_and_noted(desk: Desk) -> None:
    await desk.says("bea", "apply")
    await desk.until((await desk.round()).closes_at)
    assert "closed on Monday 18 January 2027" in await desk.says("alex", "apply")
    assert "closed on Monday 18 January 2027" in await desk.answers("bea"), "sent after the end"
    assert await desk.rows(Application) == []
    assert [(one.outcome, one.name) for one in await desk.rows(Submission)] == [("late", "Alex"), ("late", "Bea")]
    assert "You have not applied" in await desk.says("alex", "status")


async def test_who_applied_and_asks_again_after_the_end_is_not_late(desk: Desk) -> None:
    await desk.applies("alex")
    await desk.until((await desk.round()).closes_at)
    told = await desk.says("alex", "apply")
    assert "could not take" not in told and "status" in told
    assert [one.outcome for one in await desk.rows(Submission)] == ["counted"]


async def test_a_second_application_takes_the_place_of_the_first(desk: Desk) -> None:
    await desk.applies("alex", years="7")
    await desk.until(desk.clock.now() + DAY)
    again = await desk.says("alex", "apply")
    assert "You sent an application on Sunday 20 December 2026" in again
    await desk.answers("alex", country="keep", zone="keep", years="8")
    (application,) = await desk.rows(Application)
    assert application.answers["years"] == "8" and application.submitted_at == desk.clock.now()
    assert [one.outcome for one in await desk.rows(Submission)] == ["duplicate", "counted"]


async def test_the_same_person_from_another_account(desk: Desk) -> None:
    await desk.applies("alex", years="7")
    assert "You sent an application" in await desk.says("alex2", "apply")
    await desk.answers("alex2", years="9")
    assert len([one for one in await desk.rows(Person) if one.email == "alex@example.org"]) == 1
    (application,) = await desk.rows(Application)
    assert application.answers["years"] == "9"
    assert [one.outcome for one in await desk.rows(Submission)] == ["duplicate", "counted"]
    assert "You have a place" in await desk.says("alex", "status")


async def test_changing_keeps_the_place(desk: Desk) -> None:
    await desk.applies("alex")
    before = await desk.application("alex")
    await desk.until(desk.clock.now() + DAY)
    assert "your answers" in await desk.says("alex", "change")
    await desk.says("alex", "change years")
    assert desk.step("alex") == "years"
    await desk.says("alex", "12")
    assert "Your place in the line stays the same" in await desk.says("alex", "submit")
    after = await desk.application("alex")
    assert before is not None and after is not None
    assert after.answers["years"] == "12" and after.submitted_at == before.submitted_at
    assert len(await desk.rows(Submission)) == 1


async def test_nothing_to_change_or_withdraw(desk: Desk) -> None:
    assert "no application" in await desk.says("alex", "change")
    assert "no application" in await desk.says("alex", "withdraw")
    assert await desk.rows(FlowRun) == []


async def test_withdrawing_after_a_yes(desk: Desk) -> None:
    await desk.applies("alex")
    assert "really" in await desk.says("alex", "withdraw")
    assert "stays as it is" in await desk.press("alex", "No")
    assert (await desk.statuses()) == {"alex": "accepted"}
    await desk.command("alex", "withdraw")
    assert "apply again until Monday 18 January 2027" in await desk.says("alex", "yes")
    assert (await desk.statuses()) == {"alex": "withdrawn"}
    assert "withdrawn" in await desk.says("alex", "status")
    assert "no application" in await desk.says("alex", "withdraw")
    assert "you have a place" in await desk.applies("alex")


async def test_withdrawing_twice_says_so(desk: Desk) -> None:
    await desk.applies("alex")
    await desk.says("alex", "withdraw")
    first = desk.shown(desk.direct("alex"))[-1]
    await desk.command("alex", "withdraw")
    await desk.says("alex", "yes")
    await desk.press_on("alex", first, buttons(first)[0].token, "yes")
    assert desk.last("alex"), "never silence"
    assert "You can do" not in desk.last("alex")
    assert len(await desk.rows(FlowRun)) == 2, "one application, one withdrawal"


async def test_withdrawing_after_the_end_promises_no_new_application(desk: Desk) -> None:
    await desk.applies("alex")
    await desk.until((await desk.round()).closes_at)
    await desk.says("alex", "withdraw")
    told = await desk.says("alex", "yes")
    assert "withdrawn" in told and "apply again" not in told


async def test_ineligible_is_told_why_and_may_correct_it(desk: Desk) -> None:
    told = await desk.applies("alex", consent="no")
    assert "code of conduct" in told and "change" in told
    assert "code of conduct" in await desk.says("alex", "status")
    await desk.says("alex", "change")
    await desk.says("alex", "change years")
    await desk.says("alex", "12")
    assert "code of conduct" in await desk.says("alex", "submit"), "still not eligible, and told so"
    await desk.says("alex", "change")
    await desk.says("alex", "change code of conduct")
    await desk.says("alex", "yes")
    assert "you have a place" in await desk.says("alex", "submit")
    assert await desk.statuses() == {"alex": "accepted"}


async def test_ineligible_and_corrected_too_late(desk: Desk) -> None:
    await desk.applies("alex", consent="no")
    await desk.until((await desk.round()).closes_at)
    told = await desk.says("alex", "change")
    assert "closed on Monday 18 January 2027" in told
    assert await desk.statuses() == {"alex": "ineligible"}


async def test_a_returning_person_confirms_and_consents_anew(desk: Desk) -> None:
    await desk.applies("alex", years="21")
    round_row = await desk.round()
    await desk.until(round_row.closes_at + 100 * DAY)
    assert "is over" in await desk.command(BOSS, "round") or (await desk.round()).state == "ended"
    await desk.command(BOSS, "round open starts:2028-02-01 closes:2028-01-10")
    await desk.until((await desk.round()).opens_at + DAY)
    first = await desk.says("alex", "apply")
    assert "Last time you answered: Portugal" in first
    for step in ("country", "zone", "level", "partner_level", "subjects", "years", "class_project"):
        assert desk.step("alex") == step
        assert "Last time you answered" in desk.last("alex")
        await desk.press("alex", "Keep this answer")
    await desk.says("alex", "skip")
    assert desk.step("alex") == "consent" and "Last time" not in desk.last("alex")
    assert ":keep" not in [option.value for option in desk.options("alex")]
    await desk.says("alex", "yes")
    await desk.says("alex", "submit")
    old, new = await desk.rows(Application)
    assert old.answers["years"] == new.answers["years"] == "21" and new.round_id != old.round_id
