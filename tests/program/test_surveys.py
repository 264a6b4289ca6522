"""Surveys and the end of a round."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage.partnerships import Case, Partnership, SurveyAnswer
from storage.rounds import Round
from tests.program.house import House, opened, weekly_kit, words

MIDDLE = datetime(2026, 11, 2, tzinfo=UTC)
CLOSING = datetime(2026, 12, 23, tzinfo=UTC)
OVER = datetime(2027, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def busy(house: House) -> int:
    """A live pair whose silence does not count, so that nothing but surveys comes in private."""
    identity = await house.live("ana", "bo")
    async with house.turn() as turn:
        (await turn.get(Partnership, identity)).quiet_until = OVER
    return identity


def surveys(house: House, user: str) -> list[str]:
    return [words(post) for post in house.paper.posts(kind="survey", to=user)]


async def answer_middle(house: House, user: str, word: str) -> None:
    for value in ("weekly", "5", "network"):
        await house.press(user, house.question(user), value)
    await house.press(user, house.question(user), ":skip")
    await house.press(user, house.question(user), word)


async def test_the_middle_survey_is_answered_and_thanked(house: House) -> None:
    await busy(house)
    await house.until(MIDDLE)
    assert any("How is it going?" in text for text in surveys(house, "ana"))
    await answer_middle(house, "ana", "yes")
    ana, bo = [row for row in await house.rows(SurveyAnswer) if row.survey == "middle"]
    assert (ana.state, bo.state) == ("done", "sent")
    assert ana.answers["contact"] == "weekly" and ana.answers["joined_for"] == ["network"]
    assert "Your answers are with the coordinators" in words(house.paper.posts(kind="thanks", to="ana")[-1])
    (case,) = await house.rows(Case)
    assert case.kind == "wants_a_word"
    await house.press("boss", "case:1:1", "done", desk=True)
    assert (await house.row(Case)).state == "closed"


async def test_one_reminder_for_those_who_have_not_finished(house: House) -> None:
    await busy(house)
    await house.until(MIDDLE)
    await answer_middle(house, "ana", "no")
    assert not await house.rows(Case)
    await house.until(MIDDLE + 20 * DAY)
    assert not house.paper.posts(key="survey:1:middle:", to="ana")
    (reminder,) = house.paper.posts(key="survey:1:middle:", to="bo")
    assert "This is the only reminder" in words(reminder)


async def test_half_a_survey_is_kept(house: House) -> None:
    await busy(house)
    await house.until(CLOSING)
    await house.press("ana", house.question("ana"), "5")
    await house.type("ana", "stop")
    await house.press("bo", house.question("bo"), "4")
    closing = [row for row in await house.rows(SurveyAnswer) if row.survey == "closing"]
    assert [row.state for row in closing] == ["partial", "sent"]
    late = house.question("bo")
    await house.until(OVER)
    closing = [row for row in await house.rows(SurveyAnswer) if row.survey == "closing"]
    assert [(row.state, row.answers["program"]) for row in closing] == [("partial", "5"), ("partial", "4")]
    await house.press("bo", late, "5")
    assert "over" in words(house.paper.posts(to="bo")[-1])


async def test_the_end_thanks_everybody_once_and_closes_the_rooms(house: House) -> None:
    kept = await busy(house)
    left = await house.live("cy", "di")
    await house.command("di", "leave")
    await house.press("di", house.question("di"), "yes")
    await house.until(OVER)
    assert (await house.row(Round)).state == "ended"
    assert (await house.row(Partnership, kept)).end_reason == "round_over"
    assert (await house.row(Partnership, left)).end_reason == "stopped"
    thanked = [post.address.id for post in house.paper.posts(key="thanks:1:")]
    assert sorted(thanked) == ["ana", "bo", "cy", "di"]
    assert "being a partner to Bo" in words(house.paper.posts(key="thanks:1:", to="ana")[0])
    assert "being a partner" not in words(house.paper.posts(key="thanks:1:", to="di")[0])
    assert len(house.paper.closed()) == 2
    report = words(house.paper.posts(key="round_ended:")[0])
    assert "4 people in 2 partnerships" in report and "1 lasted to the end, 1 ended earlier" in report
    done = len(house.paper.done)
    await house.until(OVER + 60 * DAY)
    assert len(house.paper.done) == done, "after the end there is silence"


async def test_who_waited_until_the_end_hears_it(house: House) -> None:
    await house.person("eve")
    await house.until(OVER)
    assert "did not find a partner" in words(house.paper.posts(key="over:", to="eve")[0])


async def test_the_closing_survey_also_goes_to_those_who_stopped(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("bo", "leave")
    await house.press("bo", house.question("bo"), "yes")
    await house.until(CLOSING)
    assert any("Looking back" in text for text in surveys(house, "bo"))
    assert not any("How is it going?" in text for text in surveys(house, "bo"))


async def test_the_arrival_survey_comes_in_the_second_week_to_those_who_have_a_partner() -> None:
    async with opened(weekly_kit()) as house:
        await house.live("ana", "bo")
        await house.person("eve")
        await house.until(datetime(2026, 9, 10, tzinfo=UTC))
        assert not surveys(house, "ana")
        await house.until(datetime(2026, 9, 12, tzinfo=UTC))
        assert ["How have you arrived?" in text for text in surveys(house, "ana") + surveys(house, "bo")] == [
            True,
            True,
        ]
        assert not surveys(house, "eve")
        await house.press("ana", house.question("ana"), "4")
        await house.press("ana", house.question("ana"), ":skip")
        await house.until(datetime(2026, 9, 30, tzinfo=UTC))
        assert [(row.state, row.answers) for row in await house.rows(SurveyAnswer)] == [
            ("done", {"started": "4"}),
            ("sent", {}),
        ]
        assert [len(house.paper.posts(key="survey:1:arrival:reminder", to=user)) for user in ("ana", "bo")] == [0, 1]


async def test_two_reminders_at_most_the_last_says_so(house: House) -> None:
    await busy(house)
    await house.until(OVER)
    first, last = [words(post) for post in house.paper.posts(key="survey:1:closing:reminder", to="bo")]
    assert "once more, and then no more" in first and "This is the last reminder" in last
    done = len(house.paper.done)
    await house.until(OVER + 60 * DAY)
    assert len(house.paper.done) == done


async def test_who_said_stop_is_not_reminded(house: House) -> None:
    await busy(house)
    await house.until(CLOSING)
    await house.type("bo", "stop")
    await house.until(OVER)
    assert not house.paper.posts(key="survey:1:closing:reminder", to="bo")
    assert len(house.paper.posts(key="survey:1:closing:reminder", to="ana")) == 2


async def test_a_named_survey_says_so(house: House) -> None:
    await busy(house)
    await house.until(CLOSING)
    assert "Your answers carry your name" in surveys(house, "ana")[-1] and "anonymous" not in surveys(house, "ana")[-1]


async def test_a_second_answer_changes_nothing(house: House) -> None:
    await busy(house)
    await house.until(MIDDLE)
    old = house.question("ana")
    await answer_middle(house, "ana", "no")
    await house.press("ana", old, "never")
    assert "already" in words(house.paper.posts(to="ana")[-1])
    (row,) = [row for row in await house.rows(SurveyAnswer) if row.person_id == 2 and row.survey == "middle"]
    assert row.answers["contact"] == "weekly"
