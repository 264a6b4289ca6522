"""Scales and matrices: five buttons each, row after row in one message, and answers stored row by row."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.language.acts import Act, Edit
from bot.language.adapter import Gone
from bot.language.messages import Choices
from storage.partnerships import Partnership, SurveyAnswer
from tests.program.house import House, choices, opened, words

CLOSING, OVER = datetime(2026, 12, 23, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        identity = await house.live("ana", "bo")
        async with house.turn() as turn:
            (await turn.get(Partnership, identity)).quiet_until = OVER
        await house.until(CLOSING)
        yield house


async def up_to_the_matrix(house: House) -> None:
    for value in ("4", "3", "weekly"):
        await house.press("ana", house.question("ana"), value)


async def given(house: House) -> dict[str, str]:
    await house.type("ana", "stop")
    rows = [row for row in await house.rows(SurveyAnswer) if row.survey == "closing" and row.person_id == 2]
    return dict(rows[0].answers)


async def test_a_scale_is_five_buttons_with_named_ends(house: House) -> None:
    post = house.paper.posts(key="flow:", to="ana")[-1]
    (scale,) = choices(post)
    assert [option.label for option in scale.options] == [
        *("1 - very dissatisfied", "2", "3", "4", "5 - very satisfied"),
    ]
    await house.type("ana", "very satisfied")
    await house.type("ana", "2")
    assert (await given(house)) == {"program": "5", "partner": "2"}


async def test_a_matrix_asks_row_after_row(house: House) -> None:
    await up_to_the_matrix(house)
    said = [words(house.paper.posts(key="flow:", to="ana")[-1])]
    for value in ("1", "2", "3"):
        await house.press("ana", house.question("ana"), value)
        said.append(words(house.paper.posts(key="flow:", to="ana")[-1]))
    assert [f"({number} of 4)" in text for number, text in enumerate(said, start=1)] == [True] * 4
    assert "My professional network" in said[1] and all("How much has the round changed" in text for text in said)
    await house.press("ana", house.question("ana"), "5")
    assert {name: value for name, value in (await given(house)).items() if "." in name} == {
        "changed.knowledge": "1",
        "changed.network": "2",
        "changed.practice": "3",
        "changed.confidence": "5",
    }


def edits(house: House) -> list[Edit]:
    return [edit for edit in house.paper.edits() if edit.key.startswith("flow:")]


def token(edit: Edit) -> str:
    return next(element.token for element in edit.message.elements if isinstance(element, Choices))


async def test_the_rows_follow_each_other_in_one_message_where_it_can_be_edited(house: House) -> None:
    house.kits._platforms["paper"] = replace(house.paper.capabilities, edits_answered=True)
    await up_to_the_matrix(house)
    posts = len(house.paper.posts(key="flow:", to="ana"))
    await house.press("ana", house.question("ana"), "1")
    for value in ("2", "3", "4"):
        await house.press("ana", token(edits(house)[-1]), value)
    assert len({edit.target for edit in edits(house)}) == 1 and len(edits(house)) == 3
    assert len(house.paper.posts(key="flow:", to="ana")) == posts + 1, "after the last row the next question comes"
    last = next(edit for edit in reversed(house.paper.edits()) if edit.key.startswith("answered:"))
    assert last.target == edits(house)[-1].target and "Your answer: 4" in words(last).replace("*", "")
    assert (await given(house))["changed.confidence"] == "4"


async def test_an_old_row_is_answered_already(house: House) -> None:
    house.kits._platforms["paper"] = replace(house.paper.capabilities, edits_answered=True)
    await up_to_the_matrix(house)
    first = house.question("ana")
    await house.press("ana", first, "1")
    await house.press("ana", first, "5")
    assert "already" in words(house.paper.posts(to="ana")[-1])
    assert (await given(house))["changed.knowledge"] == "1"


async def test_a_row_comes_anew_where_its_message_is_gone(house: House) -> None:
    house.kits._platforms["paper"] = replace(house.paper.capabilities, edits_answered=True)
    await up_to_the_matrix(house)

    def refuse(act: Act) -> None:
        if isinstance(act, Edit):
            raise Gone("there is no such message")

    house.paper.refuse = refuse
    await house.press("ana", house.question("ana"), "1")
    (post,) = [post for post in house.paper.posts(key="flow:", to="ana") if post.key.endswith(":anew")]
    assert "(2 of 4)" in words(post)
    await house.press("ana", choices(post)[0].token, "2")
    assert (await given(house))["changed.network"] == "2"
