"""Forgetting somebody whose story it is, or who is in one; what is told to those who ask for their data."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.language.markup import plain
from bot.program.mydata import data_of
from bot.program.retention import RetentionWatch
from storage.people import Person
from storage.stories import Story
from storage.traffic import OutboxAct
from tests.program.house import House, choices, opened, words
from tests.program.story import TITLE, answer, consents, decide, in_hall, public, story, submit, write

DAY = timedelta(days=1)
PLANTED = "Planted7x of Bo Bakari. Bo said: Bakari is the name."


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Ana Abreu (2) and Bo Bakari (3) are partners."""
    async with opened() as house:
        people = [await house.person("ana", name="Ana Abreu"), await house.person("bo", name="Bo Bakari")]
        await house.pair(*people)
        await house.until(house.clock.now() + DAY)
        yield house


async def forget(house: House, user: str) -> None:
    await house.command(user, "forget-me")
    await house.press(user, house.question(user), "yes")
    await house.until(house.clock.now() + 2 * DAY)


async def everything(house: House) -> str:
    """All stories, consents and acts, as text."""
    rows = [*await house.rows(Story), *await house.rows(OutboxAct)]
    return json.dumps([row.model_dump(mode="json") for row in rows])


async def published(house: House, value: str = "yes", byline: str = "full") -> None:
    await write(house, "ana", text=PLANTED, byline=byline)
    await house.until(house.clock.now() + DAY)
    await answer(house, "bo", value)
    await house.until(house.clock.now() + DAY)
    await decide(house, "approve")
    assert len(await public(house)) == 1 == len(in_hall(house))
    await house.until(house.clock.now() + DAY)


async def test_the_author_is_forgotten(house: House) -> None:
    await published(house)
    await forget(house, "ana")
    assert await public(house) == () and "It was taken down" in in_hall(house)[0]
    row = await story(house)
    assert (row.state, row.title, row.text, row.signed, row.countries) == ("withdrawn", "", "", "", [])
    assert "Planted7x" not in await everything(house) and "Abreu" not in await everything(house)
    edits = [act for act in house.paper.edits() if act.key.startswith("forgotten:")]
    shown = {edit.address.id: plain(words(edit)) for edit in edits}
    assert {"bo", "desk"} <= shown.keys()
    assert all("asked to be forgotten" in text for text in shown.values()), "what stands with others is replaced"
    assert "was taken back" in await answer(house, "bo", "yes")


async def test_an_author_without_a_name_is_forgotten_word_for_word(house: House) -> None:
    """Nothing in the story says whose it is, and yet it goes, from every message about it."""
    await published(house, byline="anonymous")
    assert "Planted7x" in await everything(house)
    await forget(house, "ana")
    assert "Planted7x" not in await everything(house)


async def test_a_partner_who_agreed_is_forgotten(house: House) -> None:
    """The story comes down at once, and can come again only as coordinators decide, without them."""
    await published(house)
    await forget(house, "bo")
    assert await public(house) == () and "It was taken down" in in_hall(house)[0]
    row = await story(house)
    assert (row.state, row.revision) == ("submitted", 2)
    assert row.text == "Planted7x of my partner. My partner said: my partner is the name."
    assert await consents(house, 2) == {2: "yes", 3: "absent"}
    left = await everything(house)
    assert "Bakari" not in left and " Bo " not in left
    (desk,) = house.paper.posts(key="story:1:2:desk:forgotten", to="desk")
    assert "asked to be forgotten" in words(desk) and "a former participant: cannot be asked any more" in words(desk)
    assert "Publish it without them" in [option.label for option in choices(desk)[0].options]
    assert "changed since then" in await decide(house, "approve", 1), "an old button publishes nothing"
    await decide(house, "approve", 2)
    (found,) = await public(house)
    assert found.countries == ("Brazil",) and "Bakari" not in str(found)
    assert len(in_hall(house)) == 2 and "My partner said" in in_hall(house)[1]


async def test_a_partner_who_was_left_out_is_forgotten(house: House) -> None:
    """Nothing of them was public, so it stays as it is; what the author wrote is emptied of them."""
    await published(house, "out")
    await forget(house, "bo")
    assert len(await public(house)) == 1 and "My partner said" in in_hall(house)[0]
    assert "Bakari" not in await everything(house)
    assert (await story(house)).state == "published"


async def test_a_partner_who_has_not_answered_is_forgotten(house: House) -> None:
    await write(house, "ana", text=PLANTED)
    await house.until(house.clock.now() + DAY)
    await forget(house, "bo")
    row = await story(house)
    assert row.state == "submitted" and "Bakari" not in row.text
    (desk,) = house.paper.posts(key="story:1:1:desk", to="desk")
    assert "cannot be asked any more" in words(desk) and await public(house) == ()


async def test_what_is_being_written_about_them_stays_without_the_name(house: House) -> None:
    await house.command("ana", "story")
    for text in (TITLE, PLANTED, "skip", "skip", "skip", "1"):
        await house.type("ana", text)
    await forget(house, "bo")
    await submit(house, "ana")
    row = await story(house)
    assert "Planted7x of my partner" in row.text and "Bakari" not in row.text
    assert row.state == "submitted", "they cannot be asked any more"


async def test_my_data_has_the_stories(house: House) -> None:
    await published(house)
    async with house.turn() as turn:
        mine = await data_of(turn, await turn.get(Person, 2))
        theirs = await data_of(turn, await turn.get(Person, 3))
    assert mine["stories_you_wrote"][0]["text"] == PLANTED and mine["your_answers_to_stories"][0]["answer"] == "yes"
    assert theirs["stories_you_wrote"] == [] and theirs["your_answers_to_stories"][0]["story_id"] == 1
    assert "Planted7x" not in json.dumps(theirs), "the words are their author's"


async def test_the_words_of_stories_that_are_over_are_cleared_up(house: House) -> None:
    await write(house, "ana")
    await answer(house, "bo", "no")
    assert (await story(house)).text
    await house.until(house.clock.now() + 20 * DAY)
    watch = RetentionWatch(timedelta(days=10))
    async with house.turn() as turn:
        await watch.ring(turn.work)
    row = await story(house)
    assert (row.state, row.title, row.text, row.signed) == ("declined", "", "", "")
