"""A story from its first word to the channel and the site: both partners agree, coordinators approve, once."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage.stories import Story
from storage.traffic import FlowRun, OutboxAct
from tests.program.house import BOSS, House, choices, opened, words
from tests.program.story import DAYS, TEXT, TITLE, answer, consents, decide, heard, in_hall, public, story, write

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Ana (person 2) and Bo (person 3) are partners and have written; it is a good hour of their day."""
    async with opened() as house:
        await house.live("ana", "bo")
        yield house


async def test_it_is_said_beforehand_who_reads_it(house: House) -> None:
    said = await house.command("ana", "story")
    assert "First your partner reads it" in said and "What shall be its title" in said
    assert "About which partnership" not in said, "there is but one"


async def test_from_the_first_word_to_the_channel_and_the_site(house: House) -> None:
    said = await write(house, "ana")
    assert "I ask Bo now" in said and "Nothing is public yet" in said
    await house.until(house.clock.now() + DAY)
    (ask,) = house.paper.posts(key="story:1:1:ask:", to="bo")
    assert "Ana has written a story" in words(ask) and TITLE in words(ask)
    assert [option.value for option in choices(ask)[0].options] == ["yes", "out", "no"]
    assert not house.paper.posts(key="story:", to="desk") and await public(house) == () and in_hall(house) == []
    assert "You agree" in await answer(house, "bo", "yes")
    await house.until(house.clock.now() + DAY)
    (desk,) = house.paper.posts(key="story:1:1:desk", to="desk")
    assert "Ana (wrote it): agrees" in words(desk).replace("\\", "") and "waits for you" in words(desk)
    assert await public(house) == () and in_hall(house) == [], "nothing before somebody approves it"
    assert "is published" in await decide(house, "approve")
    (shown,) = in_hall(house)
    assert TITLE in shown and TEXT in shown and "Ana, Brazil" in shown and "countries: Brazil, Japan" in shown
    (found,) = await public(house)
    assert (found.title, found.paragraphs, found.byline) == (TITLE, (TEXT,), "Ana, Brazil")
    assert found.countries == ("Brazil", "Japan") and found.round_name == "Autumn 2026"
    await house.until(house.clock.now() + DAY)
    for user in ("ana", "bo"):
        assert f"“{TITLE}” is published" in heard(house, user)


async def test_its_words_are_kept_once(house: House) -> None:
    await write(house, "ana")
    assert (await story(house)).text == TEXT
    assert [run.state for run in await house.rows(FlowRun) if run.flow == "story"] == [""]


async def test_answers_become_paragraphs_in_the_order_of_the_kit(house: House) -> None:
    await house.command("ana", "story")
    for text in (TITLE, "Met.", "Changed.", "Advice.", "skip"):
        await house.type("ana", text)
    await house.type("ana", "A participant")
    await house.press("ana", house.question("ana"), "submit")
    row = await story(house)
    assert (row.text, row.byline, row.signed) == ("Met.\n\nChanged.\n\nAdvice.", "anonymous", "A participant")


@pytest.mark.parametrize(("byline", "signed"), [("full", "Ana Abreu, Brazil"), ("first", "Ana, Brazil")])
async def test_it_is_named_as_its_author_chose(byline: str, signed: str) -> None:
    async with opened() as house:
        people = [await house.person("ana", name="Ana Abreu"), await house.person("bo")]
        await house.pair(*people)
        await house.until(house.clock.now() + DAY)
        await write(house, "ana", byline=byline)
        assert (await story(house)).signed == signed


async def test_whoever_wants_no_name_shows_no_country_either(house: House) -> None:
    await write(house, "ana", byline="anonymous")
    await answer(house, "bo", "yes")
    await decide(house, "approve")
    (found,) = await public(house)
    assert (found.byline, found.countries) == ("A participant", ())
    assert "countries" not in in_hall(house)[0] and "Brazil" not in in_hall(house)[0]


async def test_no_is_no_and_the_author_is_told_kindly(house: House) -> None:
    await write(house, "ana")
    assert "not published" in await answer(house, "bo", "no")
    await house.until(house.clock.now() + DAY)
    told = heard(house, "ana")
    assert "Your partner would rather not" in told and "says nothing about your writing" in told
    assert (await story(house)).state == "declined" and await public(house) == ()
    assert not house.paper.posts(key="story:", to="desk"), "what coordinators never saw is none of their business"
    assert "not published" in await answer(house, "bo", "yes"), "a second answer changes nothing"
    assert "does not fit now" in await decide(house, "approve")
    assert (await story(house)).state == "declined"
    await house.command("ana", "story")
    assert "What shall be its title" in heard(house, "ana"), "another one may be written"


async def test_take_me_out_of_it(house: House) -> None:
    await write(house, "ana", title="Bo and I", text="I met Bo. Bo’s maps! The bow was nice, and bo is a word.")
    assert "left you out" in await answer(house, "bo", "out")
    row = await story(house)
    assert (row.title, row.edited_title) == ("Bo and I", "My partner and I"), "the author's own words stay as they are"
    assert row.edited == "I met my partner. My partner’s maps! The bow was nice, and my partner is a word."
    await house.until(house.clock.now() + DAY)
    assert "This is how it reads now" in heard(house, "ana")
    (desk,) = house.paper.posts(key="story:1:1:desk", to="desk")
    assert "wants to be left out" in words(desk)
    assert "Publish it without them" in [option.label for option in choices(desk)[0].options]
    await decide(house, "approve")
    (found,) = await public(house)
    assert found.countries == ("Brazil",) and "Bo" not in str(found)


async def test_approving_before_everybody_has_agreed(house: House) -> None:
    await write(house, "ana")
    assert "does not fit now" in await decide(house, "approve")
    assert (await story(house)).state == "asked" and in_hall(house) == []


async def test_it_is_published_once_however_often_it_is_pressed(house: House) -> None:
    await write(house, "ana")
    await answer(house, "bo", "yes")
    await decide(house, "approve")
    assert "does not fit now" in await decide(house, "approve")
    await house.until(house.clock.now() + DAYS * DAY)
    assert len(in_hall(house)) == 1 and len(house.paper.posts(key="story:1:1:published")) == 1


async def test_answering_twice(house: House) -> None:
    await write(house, "ana")
    await answer(house, "bo", "yes")
    assert "agreed already" in await answer(house, "bo", "yes")
    await house.until(house.clock.now() + DAY)
    assert len(house.paper.posts(key="story:1:1:desk", to="desk")) == 1
    assert "left you out" in await answer(house, "bo", "out"), "a yes can still become less"
    assert "left out" in await answer(house, "bo", "yes"), "but not more: the words were changed by then"
    assert await consents(house) == {2: "yes", 3: "out"}


async def test_the_wrong_people(house: House) -> None:
    await house.live("cleo", "dan")
    await write(house, "ana")
    for user in ("cleo", BOSS):
        for value in ("yes", "out", "no", "withdraw"):
            assert "belongs to somebody else" in await answer(house, user, value)
    assert await consents(house) == {2: "yes", 3: ""}
    for user in ("ana", "bo", "cleo"):
        for act in ("approve", "edit", "back", "decline", "down", "nonsense"):
            assert "Only coordinators" in await decide(house, act, user=user)
    assert (await story(house)).state == "asked"
    assert "over" in await decide(house, "approve", identity=99) and "over" in await decide(house, "nonsense")
    await house.press("cleo", "rewrite:1", "again")
    assert [run.status for run in await house.rows(FlowRun) if run.flow == "story"] == ["done"]
    # The author of a story is no partner of its own: there is no leaving oneself out.
    await answer(house, "ana", "out")
    assert (await consents(house))[2] == "yes"


@pytest.mark.parametrize(
    "token", ["story", "story:1", "story:1:x:2", "story:99:1", "story:" + "9" * 40 + ":1", "rewrite"]
)
async def test_forged_buttons(house: House, token: str) -> None:
    await write(house, "ana")
    before = await story(house)
    for value in ("yes", "no", "withdraw", "again", ""):
        await house.press("bo", token, value)
    after = await story(house)
    assert (after.state, after.revision) == (before.state, before.revision)
    assert await consents(house) == {2: "yes", 3: ""}


async def test_whoever_never_had_a_partner(house: House) -> None:
    await house.person("eve")
    assert "once you have had a partner" in await house.command("eve", "story")
    assert "no story by you" in await house.command("eve", "story withdraw")


async def test_a_second_story_about_the_same_partnership(house: House) -> None:
    await write(house, "ana")
    said = await house.command("ana", "story")
    assert "waits for an answer of everybody" in said
    await house.command("bo", "story")
    assert "What shall be its title" in heard(house, "bo"), "the partner has a story of their own"
    await house.until(house.clock.now() + DAY)
    assert len(await house.rows(Story)) == 1


async def test_two_conversations_about_one_partnership_make_one_story(house: House) -> None:
    await house.command("ana", "story")
    await write(house, "ana")
    await house.press("ana", "flow:1:title:1", "Another title")
    assert "over" in heard(house, "ana")
    assert len(await house.rows(Story)) == 1


async def test_several_partnerships(house: House) -> None:
    """Which one is asked, those without a story first of all."""
    await house.pair(2, await house.person("cleo"))
    await house.until(house.clock.now() + DAY)
    await house.command("ana", "story")
    assert "About which partnership" in heard(house, "ana")
    await house.press("ana", house.question("ana"), "2")
    for text in (TITLE, TEXT, "skip", "skip", "skip", "1", "submit"):
        await house.type("ana", text)
    assert (await story(house)).partnership_id == 2
    await house.until(house.clock.now() + DAY)
    assert house.paper.posts(key="story:1:1:ask:", to="cleo") and not house.paper.posts(key="story:1:1:ask:", to="bo")


async def test_three_partners_must_all_agree() -> None:
    async with opened() as house:
        await house.live("ana", "bo", "cleo")
        await write(house, "ana", text="Bo and Cleo taught me much.")
        await answer(house, "bo", "yes")
        assert (await story(house)).state == "asked", "one of two is not enough"
        await answer(house, "cleo", "out")
        assert (await story(house)).state == "submitted"
        assert (await story(house)).edited == "Bo and my partner taught me much."
        await house.until(house.clock.now() + DAY)
        assert "One of you agrees" in heard(house, "ana"), "who that is, is nobody's business"


async def test_somebody_else_of_three_says_no() -> None:
    async with opened() as house:
        await house.live("ana", "bo", "cleo")
        await write(house, "ana")
        await answer(house, "bo", "no")
        assert "not published" in await answer(house, "cleo", "yes")
        assert (await story(house)).state == "declined"
        await house.until(house.clock.now() + DAY)
        assert "One of you would rather not" in heard(house, "ana")


async def test_hostile_words(house: House) -> None:
    """Nothing in a story formats, links or mentions."""
    hostile = "<script>alert(1)</script> @everyone <!channel> [a](https://evil.example)\n# Big\n{{ 7*7 }} **b**"
    await write(house, "ana", title="@here *T*", text=hostile)
    await answer(house, "bo", "yes")
    await decide(house, "approve")
    (post,) = house.paper.posts(key="story:1:1:published")
    assert "\\<script\\>" in words(post) and "\\@everyone" in words(post) and "49" not in words(post)
    assert "](https" not in words(post) and "\n# Big" not in words(post) and "\\*T\\*" in words(post)
    (found,) = await public(house)
    assert found.paragraphs[0].startswith("<script>") and found.title == "@here *T*", "the site escapes it itself"


async def test_a_reflection_of_fifty_thousand_characters(house: House) -> None:
    await house.command("ana", "story")
    await house.type("ana", TITLE)
    told = await house.type("ana", "Maps. " * 1000)
    assert "has 5,999 characters. At most 3,000 fit here. What you typed still stands above" in told
    assert await house.rows(Story) == []
    for answer_ in (TEXT, "skip", "skip", "skip", "1", "submit"):
        await house.type("ana", answer_)
    assert (await story(house)).text == TEXT


@pytest.mark.parametrize("text", ["🙂" * 2_600, "*_" * 1_400], ids=["emoji", "signs"])
async def test_a_text_that_no_message_holds(house: House, text: str) -> None:
    """It has few enough characters, and yet a platform would refuse it: its author hears that, not the desk."""
    assert "emoji or special signs" in await write(house, "ana", text=text)
    assert await house.rows(Story) == []
    assert "I ask Bo now" in await write(house, "ana")


async def test_the_acts_of_a_story_bear_its_subject(house: House) -> None:
    """So that all of them are found when it is taken down, or somebody is forgotten."""
    await write(house, "ana")
    await answer(house, "bo", "yes")
    await decide(house, "approve")
    await house.until(house.clock.now() + DAY)
    rows = [row for row in await house.rows(OutboxAct) if row.key.startswith("story:")]
    assert {row.subject for row in rows} == {"story:1"} and len(rows) > 4
