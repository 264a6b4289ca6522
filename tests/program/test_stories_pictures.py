"""The picture of a story: with words for those who cannot see it, and gone when somebody wants to be left out."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows.runner import answers
from bot.language.events import SentFile
from bot.language.messages import Picture
from storage.files import StoredFile
from storage.stories import Story
from storage.traffic import FlowRun
from tests.program.house import PLATFORM, House, opened
from tests.program.story import TEXT, TITLE, answer, decide, picture, public, story, submit, write

DAY = timedelta(days=1)
ALT = "A red shelf, and nothing on it."


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        await house.live("ana", "bo")
        yield house


def shown(house: House, key: str) -> list[str]:
    """The words of the pictures in the messages whose keys begin so."""
    posts = house.paper.posts(key=key)
    return [each.alt for post in posts for each in post.message.elements if isinstance(each, Picture)]


async def published(house: House) -> None:
    await write(house, "ana", alt=ALT)
    await house.until(house.clock.now() + DAY)
    await answer(house, "bo", "yes")
    await house.until(house.clock.now() + DAY)
    await decide(house, "approve")


async def test_everybody_sees_it_before_it_is_public_and_the_site_has_it(house: House) -> None:
    await published(house)
    for part in ("ask:3", "desk", "published"):
        assert shown(house, f"story:1:1:{part}") == [ALT], part
    (found,) = await public(house)
    assert found.picture is not None and (found.picture.alt, found.picture.media_type) == (ALT, "image/png")
    assert found.picture.data.startswith(b"\x89PNG")
    (file,) = await house.rows(StoredFile)
    assert file.person_id == 2 and file.drop_after is None


async def test_whoever_sends_one_must_say_what_is_in_it(house: House) -> None:
    await house.command("ana", "story")
    for text in (TITLE, TEXT, "skip", "skip"):
        await house.type("ana", text)
    assert "I need a picture here" in await house.type("ana", "A shelf in red.")
    house.paper.files |= {"none": b"<html>no picture</html>", "shelf": picture()}
    assert "no picture that I know" in await house.send("ana", SentFile("none", "x.png", "image/png", 9))
    assert "What can be seen" in await house.send("ana", SentFile("shelf", "x.png", "image/png", 9))
    await house.type("ana", "skip")
    run = (await house.rows(FlowRun))[-1]
    assert run.step == "picture_alt" and "picture" in answers(run), "a picture without words is not sent on"


async def test_it_is_left_out_with_somebody_who_wants_to_be_left_out(house: House) -> None:
    await write(house, "ana", alt=ALT)
    await house.until(house.clock.now() + DAY)
    await answer(house, "bo", "out")
    assert await house.rows(StoredFile) == [] and (await story(house)).picture_alt == ""
    await decide(house, "approve")
    assert (await public(house))[0].picture is None and shown(house, "story:1:1:published") == []


async def test_where_a_file_could_not_be_taken_down_it_is_not_put_up(house: House) -> None:
    """Not in the channel; the site has it."""
    able = house.paper.capabilities
    house.kits._platforms[PLATFORM] = replace(able, documents_stay=True)
    await published(house)
    assert shown(house, "story:1:1:published") == [] and (await public(house))[0].picture is not None


async def test_another_picture_takes_its_place(house: House) -> None:
    await write(house, "ana", alt=ALT)
    first = (await story(house)).picture
    await house.press("ana", "rewrite:1", "again")
    for given in ("yes", "yes", "yes", "yes", "yes"):
        await house.type("ana", given)
    await submit(house, "ana")
    assert ((await story(house)).revision, (await story(house)).picture) == (2, first), "kept, if nothing is said"
    await house.press("ana", "rewrite:1", "again")
    for given in ("yes", "yes"):
        await house.type("ana", given)
    await house.send("ana", SentFile("shelf", "shelf.png", "image/png", 99))
    for given in ("Another one.", "yes"):
        await house.type("ana", given)
    await submit(house, "ana")
    (file,) = await house.rows(StoredFile)
    row = await story(house)
    assert file.key == row.picture != first and row.picture_alt == "Another one."


async def test_one_of_a_story_that_was_not_taken_is_not_kept(house: House) -> None:
    await house.command("ana", "story")
    for text in (TITLE, TEXT, "skip", "skip"):
        await house.type("ana", text)
    house.paper.files["shelf"] = picture()
    await house.send("ana", SentFile("shelf", "shelf.png", "image/png", 99))
    for text in (ALT, "1"):
        await house.type("ana", text)
    async with house.turn() as turn:
        row = Story(program_id=1, round_id=1, partnership_id=1, person_id=2, title="First", written_at=turn.now)
        await turn.add(row)
    await submit(house, "ana")
    assert len(await house.rows(Story)) == 1 and await house.rows(StoredFile) == []


async def test_it_goes_with_its_author_and_with_a_partner_who_is_forgotten(house: House) -> None:
    await published(house)
    await house.command("bo", "forget-me")
    await house.press("bo", house.question("bo"), "yes")
    await house.until(house.clock.now() + DAY)
    assert await house.rows(StoredFile) == [] and (await story(house)).picture == ""
