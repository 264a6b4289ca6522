"""Applying by answering the bot, on the local platform, with a kit that is not about librarians."""

from collections.abc import AsyncIterator

import pytest

from adapters.local.records import Account as Seat
from storage.rounds import Application, Submission
from storage.traffic import FlowRun
from tests.program.desk import BOSS, DAY, Desk, buttons, opened

HOSTILE = Seat("eve", "@everyone <!channel> **Eve** \u202e=1+1", "eve@example.org", "Europe/Lisbon")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened(more=(HOSTILE,)) as desk:
        yield desk


async def test_applying_in_words(desk: Desk) -> None:
    first = await desk.says("alex", "Apply")
    assert "Classrooms in Touch" in first and "Question 1 of" in first and "In which country do you teach?" in first
    assert "librar" not in first.lower()
    told = await desk.answers("alex")
    assert "you have a place" in told and "Monday 1 February 2027" in told
    (application,) = await desk.rows(Application)
    assert application.status == "accepted" and application.told == "accepted"
    assert application.answers["country"] == "PT" and application.answers["subjects"] == ["History", "Music"]
    assert application.answers["level"] == "primary" and "term_ends" not in application.answers
    assert (await desk.person("alex")).zone == "Europe/Lisbon"
    (sent,) = await desk.rows(Submission)
    assert (sent.outcome, sent.country, sent.name) == ("counted", "PT", "Alex")


async def test_pressing_and_typing_mean_the_same(desk: Desk) -> None:
    await desk.command("alex", "apply")
    await desk.says("alex", "portugal")
    await desk.press("alex", desk.options("alex")[0].value)
    await desk.press("alex", "Primary (6 to 11)")
    await desk.says("alex", "i am open")
    await desk.says("alex", "music & history")
    await desk.says("alex", "7")
    await desk.press("alex", "Yes")
    await desk.says("alex", "A song in two languages.")
    await desk.press("alex", "Skip")
    review = await desk.says("alex", "yes")
    assert "A song in two languages." in review and desk.step("alex") == "review"
    assert "you have a place" in await desk.press("alex", "Submit")
    application = await desk.application("alex")
    assert application is not None and application.answers["project_idea"] == "A song in two languages."


async def test_back_help_stop_and_continue(desk: Desk) -> None:
    await desk.says("alex", "apply")
    assert "first question" in await desk.says("alex", "back")
    await desk.says("alex", "Portugal")
    await desk.says("alex", "Europe/Lisbon")
    assert desk.step("alex") == "level"
    assert "outside your night" in await desk.says("alex", "back") + await desk.says("alex", "help")
    assert desk.step("alex") == "zone"
    await desk.says("alex", "keep")
    assert "kept your answers" in await desk.says("alex", "stop")
    assert "I did not understand" in await desk.says("alex", "Primary")
    assert "Whom do you teach most?" in await desk.says("alex", "continue")
    await desk.says("alex", "stop")
    assert "Whom do you teach most?" in await desk.says("alex", "apply"), "apply goes on where one stopped"
    assert "you have a place" in await desk.answers("alex")
    assert "nothing to go on with" in await desk.says("alex", "continue")
    assert len(await desk.rows(FlowRun)) == 1


async def test_a_button_of_a_stopped_application_goes_on(desk: Desk) -> None:
    await desk.says("alex", "apply")
    await desk.says("alex", "Portugal")
    await desk.says("alex", "Europe/Lisbon")
    await desk.says("alex", "stop")
    await desk.press("alex", "primary")
    assert desk.step("alex") == "partner_level"


async def test_an_old_button_does_not_wake_a_stopped_application(desk: Desk) -> None:
    await desk.says("alex", "apply")
    await desk.says("alex", "Portugal")
    await desk.says("alex", "Europe/Lisbon")
    old = desk.shown(desk.direct("alex"))[-1]
    await desk.press("alex", "primary")
    await desk.says("alex", "stop")
    await desk.press_on("alex", old, buttons(old)[0].token, "upper")
    assert "already answered" in desk.last("alex")
    (run,) = await desk.rows(FlowRun)
    assert run.status == "stopped"


async def test_a_restart_goes_on_at_the_same_question(desk: Desk) -> None:
    await desk.says("alex", "apply")
    for text in ("Portugal", "Europe/Lisbon", "Primary"):
        await desk.says("alex", text)
    before = len(desk.seen)
    await desk.restart()
    assert len(desk.seen) == before, "a restart says nothing"
    await desk.press("alex", "I am open")
    assert desk.step("alex") == "subjects"
    assert "you have a place" in await desk.answers("alex")
    assert len(await desk.rows(Submission)) == 1


async def test_an_old_button_is_already_answered(desk: Desk) -> None:
    await desk.says("alex", "apply")
    await desk.says("alex", "Portugal")
    await desk.says("alex", "Europe/Lisbon")
    old = desk.shown(desk.direct("alex"))[-1]
    token = buttons(old)[0].token
    await desk.press("alex", "primary")
    await desk.press_on("alex", old, token, "upper")
    assert "already answered" in desk.last("alex")
    await desk.answers("alex", partner_level="Primary")
    application = await desk.application("alex")
    assert application is not None and application.answers["level"] == "primary"
    await desk.press_on("alex", old, token, "upper")
    assert "already answered" in desk.last("alex")
    assert await desk.application("alex") == application


async def test_another_persons_button(desk: Desk) -> None:
    await desk.says("alex", "apply")
    token = desk.shown(desk.direct("alex"))[-1].questions[0].token
    assert "belongs to somebody else" in await desk.forge("bea", token, "Portugal")
    (run,) = await desk.rows(FlowRun)
    assert run.step == "country"
    for nonsense in ("flow:1", "flow:x:country:1", "flow:99:country:1", "flow:1:country:x", "flow::", "what:1", ""):
        assert await desk.forge("alex", nonsense, "x")
    assert "Question 1" not in desk.last("alex") and (await desk.rows(FlowRun))[0].step == "country"


async def test_an_answer_of_ten_megabytes(desk: Desk) -> None:
    await desk.says("alex", "x" * 10_000_000)
    assert "I did not understand" in desk.last("alex")
    await desk.says("alex", "apply")
    told = await desk.says("alex", "Portugal " * 1_200_000)
    assert "has 10,800,000 characters. At most 2,000 fit here. What you typed still stands above" in told
    assert desk.step("alex") == "country"
    assert "you have a place" in await desk.answers("alex")


async def test_a_hostile_name_and_answer(desk: Desk) -> None:
    told = await desk.applies(
        "eve", class_project="yes", project_idea="<!channel> @here [x](http://evil.example) **b** \u202e\x00"
    )
    assert "@everyone" not in told and "<!channel>" not in told and "**Eve**" in told
    application = await desk.application("eve")
    assert application is not None and "\x00" not in application.answers["project_idea"]
    await desk.command(BOSS, "applications")
    assert "@everyone" not in desk.last(BOSS) and "Eve" in desk.last(BOSS)


async def test_the_reminder_goes_to_those_in_the_middle_only(desk: Desk) -> None:
    await desk.applies("alex")
    await desk.says("bea", "apply")
    await desk.says("cem", "apply")
    await desk.says("cem", "stop")
    await desk.until((await desk.round()).closes_at - DAY)
    for user, count in (("alex", 0), ("bea", 1), ("cem", 1), ("dora", 0)):
        assert len(desk.heard(user, key="closing_soon:")) == count, user
    assert "Monday 18 January 2027" in desk.heard("bea", key="closing_soon:")[0]
    assert await desk.at_night() == []


async def test_closing_early_reminds_nobody_of_what_is_over(desk: Desk) -> None:
    await desk.says("bea", "apply")
    await desk.closed()
    assert desk.heard("bea", key="closing_soon:") == []


async def test_the_invitations_button(desk: Desk) -> None:
    (invitation,) = desk.heard(desk.hall, kind="invitation")
    assert "Monday 18 January 2027" in invitation and "librar" not in invitation.lower()
    assert "In which country" in await desk.press("alex", "Apply", desk.hall)
    await desk.answers("alex")
    assert "You sent an application" in await desk.press("alex", "Apply", desk.hall)


async def test_words_while_a_question_waits(desk: Desk) -> None:
    await desk.says("alex", "apply")
    await desk.says("alex", "Portugal")
    assert "have not applied" in await desk.says("alex", "status")
    await desk.says("alex", "Europe/Lisbon")
    assert desk.step("alex") == "level"
    assert "Hello" not in await desk.says("alex", "hello")
    assert "Whom do you teach" in await desk.says("alex", "apply")
