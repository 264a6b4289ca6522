"""Who is asked why they leave, and who never is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage.evaluation import AnonymousAnswer
from storage.partnerships import SurveyAnswer
from storage.rounds import Round
from storage.traffic import FlowRun
from tests.program.house import BEGIN, House, choices, opened, words

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def leaves(house: House, user: str) -> None:
    await house.command(user, "leave")
    await house.press(user, house.question(user), "yes")


async def asked(house: House) -> list[int]:
    return [row.person_id for row in await house.rows(SurveyAnswer) if row.survey == "exit"]


async def test_who_leaves_is_asked_why_after_the_goodbye(house: House) -> None:
    await house.live("ana", "bo")
    await leaves(house, "bo")
    *_, goodbye, question = house.paper.posts(to="bo")
    assert goodbye.kind == "thanks" and "Before you go" in words(question)
    assert "This survey is anonymous" in words(question) and "carry your name" not in words(question)
    assert await asked(house) == [3], "nobody asks whoever was left"
    await house.press("bo", house.question("bo"), "time")
    await house.press("bo", house.question("bo"), ":skip")
    (row,) = await house.rows(AnonymousAnswer)
    assert (row.survey, row.answers, row.state) == ("exit", {"reason": "time"}, "done")
    assert "no longer carry your name" in words(house.paper.posts(to="bo")[-1])


async def test_who_answers_a_check_in_with_leaving_is_asked_too(house: House) -> None:
    pair = await house.introduced("ana", "bo")
    await house.wrote("ana", pair)
    await house.until(BEGIN + 3 * DAY)
    for value in ("leave", "yes"):
        await house.press("bo", house.question("bo"), value)
    assert await asked(house) == [3]


async def test_who_withdraws_while_the_round_runs_is_asked(house: House) -> None:
    await house.person("eve")
    await house.type("eve", "withdraw")
    await house.press("eve", house.question("eve"), "yes")
    assert await asked(house) == [2]


async def test_who_withdraws_before_there_are_pairs_is_not(house: House) -> None:
    await house.person("eve")
    async with house.turn() as turn:
        row = await turn.get(Round, 1)
        row.state, row.closes_at = "open", datetime(2026, 10, 1, tzinfo=UTC)
    await house.type("eve", "withdraw")
    await house.press("eve", house.question("eve"), "yes")
    assert await asked(house) == []


async def test_who_takes_another_partner_is_asked_once(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("bo", "another-partner")
    (offer,) = [c for post in house.paper.posts(to="bo") for c in choices(post) if c.token.startswith("offer:")]
    await house.press("bo", offer.token, "another")
    assert await asked(house) == [3]
    other = await house.person("cy")
    await house.pair(3, other)
    await house.until(house.clock.now() + 2 * DAY)
    await leaves(house, "bo")
    assert await asked(house) == [3], "once in a round"


async def test_never_somebody_who_is_gone_or_forgotten(house: House) -> None:
    await house.live("ana", "bo")
    await house.live("cy", "di")
    await house.left("ana")
    await house.command("cy", "forget-me")
    await house.press("cy", house.question("cy"), "yes")
    await house.until(house.clock.now() + 3 * DAY)
    assert await asked(house) == []


async def test_the_question_goes_with_whoever_is_forgotten_then(house: House) -> None:
    await house.live("ana", "bo")
    await leaves(house, "bo")
    await house.press("bo", house.question("bo"), "time")
    await house.command("bo", "forget-me")
    await house.press("bo", house.question("bo"), "yes")
    await house.until(datetime(2027, 1, 3, tzinfo=UTC))
    runs = [run for run in await house.rows(FlowRun) if run.person_id == 3]
    assert not any(run.state for run in runs) and not await house.rows(AnonymousAnswer), "half an answer goes, too"
