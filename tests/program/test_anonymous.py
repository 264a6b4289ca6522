"""Anonymous surveys: once done, nothing in the database joins answers to people."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from storage.evaluation import AnonymousAnswer
from storage.partnerships import Partnership, SurveyAnswer
from storage.traffic import FlowRun, OutboxAct
from tests.program.house import House, opened, weekly_kit, words
from topics.model import Kit

CLOSING, OVER = datetime(2026, 12, 23, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
SECRET = "Zweifelhaftes Quittenmus"


def anonymous() -> dict[str, Kit]:
    """The librarians' kit with an anonymous closing survey."""
    (one,) = weekly_kit().values()
    surveys = tuple(replace(each, anonymous=each.name in ("closing", "exit")) for each in one.surveys)
    return {one.slug: replace(one, surveys=surveys)}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened(anonymous()) as house:
        house.kits._platforms["paper"] = replace(house.paper.capabilities, edits_answered=True)
        identity = await house.live("ana", "bo")
        async with house.turn() as turn:
            (await turn.get(Partnership, identity)).quiet_until = OVER
        await house.until(CLOSING)
        yield house


async def answer(house: House, user: str, *, until: str = "", mark: str = "5") -> None:
    """Answer the closing survey, up to the question of that name."""
    given: dict[str, Any] = {"contact": "monthly", "topics": "skip", "recommend": "9", "again": "yes", "stay": "no"}
    for _ in range(20):
        run = await waiting(house, user)
        if run is None or run.step == until:
            return
        if run.step in ("impact", "anything"):
            await house.type(user, SECRET)
        elif run.step == "topics":
            await house.press(user, house.question(user), ":skip")
        else:
            await house.press(user, house.question(user), given.get(run.step, mark))
    raise AssertionError("asked without end")


async def waiting(house: House, user: str) -> FlowRun | None:
    who = {"ana": 2, "bo": 3}[user]
    runs = [run for run in await house.rows(FlowRun) if run.person_id == who and run.subject == "survey:1:closing"]
    return next((run for run in runs if run.status == "open"), None)


async def everything(house: House, *, without: str) -> str:
    """All rows of all tables but one, as text."""
    async with house.turn() as turn:
        connection = await turn.session.connection()
        found = [
            str(dict(row))
            for name, table in SQLModel.metadata.tables.items()
            if name != without
            for row in (await connection.execute(table.select())).mappings()
        ]
    return "\n".join(found)


async def test_it_says_so_before_the_first_question(house: House) -> None:
    said = words(house.paper.posts(key="flow:", to="ana")[-1])
    assert "This survey is anonymous" in said and "Until you have answered the last question" in said
    arrival = next(post for post in house.paper.posts(key="flow:", to="ana") if "arrived" in words(post))
    assert "Your answers carry your name" in words(arrival)


async def test_once_done_nothing_tells_whose_answers_they_are(house: House) -> None:
    await answer(house, "ana", mark="2")
    (row,) = await house.rows(AnonymousAnswer)
    assert row.answers["program"] == row.answers["changed.network"] == "2" and row.answers["impact"] == SECRET
    told = [each for each in await house.rows(SurveyAnswer) if each.survey == "closing"]
    assert [(each.state, each.answers, each.answered_at) for each in told] == [("done", {}, None), ("sent", {}, None)]
    assert set(row.model_dump()) == {"id", "program_id", "round_id", "survey", "state", "answers"}, "no person, no time"
    rest = await everything(house, without="anonymous_answer")
    assert [line for line in rest.splitlines() if SECRET in line] == []
    (run,) = [run for run in await house.rows(FlowRun) if run.subject == "survey:1:closing" and run.person_id == 2]
    assert (run.state, run.step, run.status) == ("", "", "done")
    acts = [act for act in await house.rows(OutboxAct) if act.key.startswith(f"flow:{run.id}:")]
    assert len(acts) > 10 and not any(act.payload for act in acts if act.key.rpartition(":")[2].isdecimal())


async def test_no_message_repeats_an_answer(house: House) -> None:
    """What goes out is kept for weeks with the name of whoever gets it: also going back shows nothing."""
    before = len(house.paper.done)
    await answer(house, "ana", until="topics", mark="2")
    await house.type("ana", "back")
    await house.type("ana", "back")
    await house.type("ana", "Unfassbar")
    await house.press("ana", house.question("ana"), ":back")
    await house.type("ana", "seventeen")
    shown = "\n".join(str(act) for _, act in house.paper.done[before:])
    assert SECRET not in shown and "Unfassbar" not in shown and "seventeen" not in shown
    assert "answer so far" not in shown and "Your answer:" not in shown
    assert "You have answered this question" in shown


async def test_a_second_answer_and_a_late_one_change_nothing(house: House) -> None:
    first = house.question("ana")
    await answer(house, "ana")
    (row,) = await house.rows(AnonymousAnswer)
    await house.press("ana", first, "1")
    assert "already" in words(house.paper.posts(to="ana")[-1])
    late = house.question("bo")
    await house.until(OVER)
    await house.press("bo", late, "1")
    assert "over" in words(house.paper.posts(to="bo")[-1])
    (after,) = await house.rows(AnonymousAnswer)
    assert after.answers == row.answers and after.id != row.id, "written anew at the end, so that no order is left"


async def test_half_an_answer_is_kept_without_a_name_when_the_round_ends(house: House) -> None:
    await answer(house, "ana", until="impact")
    await house.type("ana", SECRET)
    await house.type("ana", "stop")
    assert not await house.rows(AnonymousAnswer), "they may go on"
    assert [each.state for each in await house.rows(SurveyAnswer) if each.survey == "closing"] == ["partial", "sent"]
    await house.until(OVER)
    (row,) = await house.rows(AnonymousAnswer)
    assert row.state == "partial" and row.answers["impact"] == SECRET
    assert SECRET not in await everything(house, without="anonymous_answer")
    assert [each.state for each in await house.rows(SurveyAnswer) if each.survey == "closing"] == ["partial", "sent"]


async def test_my_data_tells_that_somebody_took_part_and_no_more(house: House) -> None:
    await answer(house, "ana")
    before = len(house.paper.done)
    await house.command("ana", "my-data")
    told = json.dumps([str(act) for _, act in house.paper.done[before:]])
    assert "closing" in told and SECRET not in told


async def test_a_name_in_free_text_goes_with_the_person(house: House) -> None:
    await answer(house, "bo", until="impact")
    await house.type("bo", "Thanks to ana@example.org I began to draw.")
    await answer(house, "bo")
    await house.command("ana", "forget-me")
    await house.press("ana", house.question("ana"), "yes")
    await house.until(house.clock.now() + 2 * DAY)
    (row,) = await house.rows(AnonymousAnswer)
    assert "ana@" not in row.answers["impact"] and "began to draw" in row.answers["impact"]


async def test_50_000_characters_are_too_many(house: House) -> None:
    await answer(house, "ana", until="impact")
    said = await house.type("ana", "x" * 50_000)
    assert "has 50,000 characters. At most 2,000 fit here" in said
    run = await waiting(house, "ana")
    assert run is not None and run.step == "impact" and "xxx" not in run.state
