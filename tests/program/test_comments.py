"""What people wrote in surveys, for coordinators: with names where surveys have them, and never of few."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.language.messages import Document
from storage.evaluation import AnonymousAnswer
from storage.partnerships import SurveyAnswer
from storage.people import Role
from tests.program.house import BOSS, House, opened, words


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        await house.live("ana", "bo")
        yield house


async def wrote(house: House, person: int, text: str, survey: str = "closing") -> None:
    async with house.turn() as turn:
        turn.session.add(
            SurveyAnswer(
                program_id=1,
                round_id=1,
                person_id=person,
                survey=survey,
                state="done",
                answers={"anything": text, "program": "5"},
                sent_at=turn.now,
            )
        )


async def left(house: House, *texts: str) -> None:
    async with house.turn() as turn:
        for text in texts:
            answers = {"reason": "time", "better": text}
            turn.session.add(AnonymousAnswer(id=f"id-{text}", program_id=1, round_id=1, survey="exit", answers=answers))


async def test_named_comments_come_in_private_with_their_names(house: House) -> None:
    await wrote(house, 2, "More time,\nplease.")
    told = await house.command(BOSS, "comments")
    assert "Anything else" in told and "More time," in told and "please." in told and "Ana" in told
    assert "in confidence" in told


async def test_only_coordinators_get_them(house: House) -> None:
    await wrote(house, 2, "More time, please.")
    assert "More time" not in await house.command("bo", "comments")


async def test_anonymous_ones_from_five_people_on_and_without_names(house: House) -> None:
    await left(house, "one", "two", "three", "four")
    told = await house.command(BOSS, "comments exit")
    assert "fewer than 5 people" in told and "three" not in told
    await left(house, "Zwetschge")
    told = await house.command(BOSS, "comments exit")
    assert "Zwetschge" in told and "Ana" not in told and "Bo" not in told
    assert told.index("four") < told.index("one") < told.index("three") < told.index("two"), "sorted by their words"


async def test_what_a_partner_wrote_is_not_for_a_coordinator_who_takes_part(house: House) -> None:
    await wrote(house, 2, "About my partner.")
    async with house.turn() as turn:
        turn.session.add(Role(program_id=1, person_id=3, role="coordinator", since=turn.now))
    told = await house.command("bo", "comments")
    assert "About my partner" not in told and "your own partners" in told
    assert "About my partner" in await house.command(BOSS, "comments")


async def test_a_survey_that_is_none_is_said_to_be_none(house: House) -> None:
    told = await house.command(BOSS, "comments nonsense")
    assert "no survey called “nonsense”" in told and "closing" in told
    assert "Nobody has written anything" in await house.command(BOSS, "comments")


async def test_they_come_as_a_file_where_the_platform_can(house: House) -> None:
    house.kits._platforms["paper"] = replace(house.paper.capabilities, documents=True)
    await wrote(house, 2, "Some *words*.")
    await house.command(BOSS, "comments closing")
    post = house.paper.posts(to=BOSS)[-1]
    (document,) = [element for element in post.message.elements if isinstance(element, Document)]
    assert "Some *words*." in document.text and "in confidence" in words(post)
