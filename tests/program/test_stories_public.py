"""What the public is given of stories: only what is published, in plain words, the newest first."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.program.stories_public import PublishedStory, published_stories, slug_of
from storage.people import Program
from storage.stories import Story
from tests.program.house import House, opened


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        await house.live("ana", "bo")
        yield house


async def wrote(house: House, **fields: Any) -> None:
    """A story, as it lies in the database."""
    now = house.clock.now()
    usual: dict[str, Any] = {"title": "Two towns", "text": "One.\n\nTwo.", "written_at": now, "published_at": now}
    async with house.turn() as turn:
        row = Story(program_id=1, round_id=1, partnership_id=1, person_id=2, **usual | fields)
        await turn.add(row)


async def public(house: House) -> tuple[PublishedStory, ...]:
    async with house.turn() as turn:
        return await published_stories(turn.session, await turn.get(Program, 1))


async def test_only_what_is_published(house: House) -> None:
    for state in ("asked", "submitted", "returned", "withdrawn", "declined"):
        await wrote(house, state=state)
    assert await public(house) == ()


async def test_it_is_given_in_plain_words(house: House) -> None:
    text = "<b>First</b>\nstill first\n \n\n**Second** @everyone"
    await wrote(house, state="published", text=text, signed="Ana, Kenya", countries=["KE", "BR"])
    (story,) = await public(house)
    assert story.paragraphs == ("<b>First</b>\nstill first", "**Second** @everyone")
    assert (story.title, story.byline, story.countries) == ("Two towns", "Ana, Kenya", ("Brazil", "Kenya"))
    assert (story.round_name, story.published_at, story.picture) == ("Autumn 2026", house.clock.now(), None)


async def test_what_coordinators_changed_stands_in_its_place_and_the_newest_is_first(house: House) -> None:
    earlier = house.clock.now() - timedelta(days=1)
    await wrote(house, state="published", published_at=earlier, edited_title="Our towns", edited="Better.")
    await wrote(house, state="published")
    newest, older = await public(house)
    assert (newest.title, newest.paragraphs) == ("Two towns", ("One.", "Two."))
    assert (older.title, older.paragraphs) == ("Our towns", ("Better.",))


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Two towns, one map", "7-two-towns-one-map"),
        ("¡Olá, São Tomé!", "7-ola-sao-tome"),
        ("日本語", "7"),
        ("../../etc <script>", "7-etc-script"),
        ("x" * 500, "7-" + "x" * 60),
    ],
)
def test_its_address_is_of_plain_letters(title: str, slug: str) -> None:
    assert slug_of(Story(id=7, title=title, program_id=1, round_id=1, partnership_id=1, person_id=1)) == slug
