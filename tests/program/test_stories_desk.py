"""What coordinators do about stories, and what those whose story it is undo: at any time, and at once."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.engine.clock import VirtualClock
from bot.language.acts import Act, Edit, Post
from bot.language.adapter import Gone, Refused
from bot.language.events import Answered, Commanded
from bot.language.markup import plain
from bot.language.places import Address, Place
from storage.people import Role
from storage.stories import Story
from storage.traffic import FlowRun, OutboxAct
from tests.program.house import BEGIN, BOSS, COMMUNITY, PLATFORM, House, Paper, choices, opened, words
from tests.program.story import (
    TEXT,
    TITLE,
    answer,
    asked,
    consents,
    decide,
    heard,
    in_hall,
    public,
    story,
    submit,
    write,
)

DAY = timedelta(days=1)
OTHER = Address(PLATFORM, COMMUNITY, Place.HALL, "C77stories")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Ana (2) and Bo (3) are partners; Ana's story is with the coordinators."""
    async with opened() as house:
        await house.live("ana", "bo")
        await write(house, "ana")
        await house.until(house.clock.now() + DAY)
        await answer(house, "bo", "yes")
        await house.until(house.clock.now() + DAY)
        yield house


async def change(house: House, title: str, text: str, revision: int = 1) -> None:
    """Change the words of the story as a coordinator."""
    await decide(house, "edit", revision)
    for given in (title, text):
        await house.type(BOSS, given)
    await submit(house, BOSS)


async def test_changed_words_are_agreed_to_anew_by_everybody(house: House) -> None:
    await change(house, TITLE, "We talked about maps, and about much else.")
    row = await story(house)
    assert (row.state, row.revision, row.text, row.edited_title) == ("asked", 2, TEXT, ""), "the author's words stay"
    assert row.edited == "We talked about maps, and about much else."
    assert "does not fit now" in await decide(house, "approve", 2), "an agreement to other words is none to these"
    await house.until(house.clock.now() + DAY)
    mine, theirs = (asked(house, user)[-1] for user in ("ana", "bo"))
    assert "have changed your story" in words(mine) and "much else" in words(mine) and "much else" in words(theirs)
    assert [option.value for option in choices(mine)[0].options] == ["yes", "no"]
    assert "was changed since I asked" in await answer(house, "bo", "yes", 1), "an old button agrees to nothing"
    await answer(house, "bo", "yes", 2)
    assert (await story(house)).state == "asked", "the author must agree, too"
    await answer(house, "ana", "yes", 2)
    await house.until(house.clock.now() + DAY)
    assert "changed since Ana wrote them" in plain(words(house.paper.posts(key="story:1:2:desk", to="desk")[0]))
    assert "changed since then" in await decide(house, "approve", 1)
    await decide(house, "approve", 2)
    assert "much else" in in_hall(house)[0] and (await public(house))[0].paragraphs[0].endswith("much else.")


async def test_an_author_who_does_not_agree_to_the_change(house: House) -> None:
    await change(house, TITLE, "Quite another story.")
    await answer(house, "bo", "yes", 2)
    await answer(house, "ana", "no", 2)
    assert (await story(house)).state == "declined"
    await house.until(house.clock.now() + DAY)
    assert "is not published: not everybody" in heard(house, "desk") and "Ana has taken back" in heard(house, "bo")


async def test_a_change_that_changes_nothing_asks_nobody(house: House) -> None:
    await decide(house, "edit")
    await house.type(BOSS, "yes")
    await house.type(BOSS, "yes")
    await submit(house, BOSS)
    assert "Nothing is different" in heard(house, BOSS)
    assert (await story(house)).revision == 1 and (await story(house)).state == "submitted"


async def test_a_change_that_comes_too_late(house: House) -> None:
    """The story was taken back, or changed by somebody else, while a coordinator wrote."""
    await decide(house, "edit")
    await house.type(BOSS, "Late title")
    await answer(house, "bo", "withdraw")
    await house.type(BOSS, "Late text")
    await submit(house, BOSS)
    row = await story(house)
    assert (row.state, row.edited_title) == ("withdrawn", "") and "changed since then" in heard(house, BOSS)
    assert [run.state for run in await house.rows(FlowRun) if run.flow == "storydesk"] == [""]


async def test_whoever_coordinates_no_more_changes_nothing(house: House) -> None:
    await decide(house, "back")
    async with house.turn() as turn:
        await turn.session.delete(await turn.get(Role, 1))
    await house.type(BOSS, "Please shorten it.")
    assert "Only coordinators" in heard(house, BOSS) and (await story(house)).state == "submitted"


async def test_sent_back_with_a_word_and_written_anew(house: House) -> None:
    await decide(house, "back")
    await house.type(BOSS, "A little shorter, please.\n@everyone")
    assert (await story(house)).state == "returned"
    await house.until(house.clock.now() + DAY)
    assert "A little shorter, please." in heard(house, "ana") and "A little shorter" not in heard(house, "bo")
    await house.press("ana", "rewrite:1", "again")
    assert f"Last time you answered: {TITLE}" in heard(house, "ana")
    await house.type("ana", "yes")
    await house.type("ana", "Maps, maps, maps.")
    await house.type("ana", "skip")
    await house.type("ana", "yes")
    await submit(house, "ana")
    row = await story(house)
    assert (row.state, row.revision, row.title, row.text, row.word) == ("asked", 2, TITLE, "Maps, maps, maps.", "")
    assert await consents(house, 2) == {2: "yes", 3: ""}, "the partner is asked about the new words"
    assert len(await house.rows(Story)) == 1


async def test_an_author_can_write_it_anew_while_it_waits(house: House) -> None:
    await house.command("ana", "story")
    assert "Write it anew" in str([choices(post) for post in house.paper.posts(to="ana")][-1])
    await house.press("ana", "rewrite:1", "again")
    for given in ("Another title", "Another text.", "skip", "yes"):
        await house.type("ana", given)
    await submit(house, "ana")
    assert "does not fit now" in await decide(house, "approve", 1) and in_hall(house) == []
    assert ((await story(house)).state, (await story(house)).revision) == ("asked", 2)


async def test_declined_by_coordinators(house: House) -> None:
    await decide(house, "decline")
    await house.until(house.clock.now() + DAY)
    assert (await story(house)).state == "declined" and "decided not to publish it" in heard(house, "ana")
    assert "does not fit now" in await decide(house, "approve") and in_hall(house) == []


@pytest.mark.parametrize("user", ["ana", "bo"])
async def test_whoever_withdraws_it_takes_it_down_at_once(house: House, user: str) -> None:
    await decide(house, "approve")
    assert TITLE in in_hall(house)[0] and len(await public(house)) == 1
    await house.command(user, "story withdraw")
    (button,) = choices(house.paper.posts(to=user)[-1])
    before = house.clock.now()
    await house.press(user, button.token, "withdraw")
    assert house.clock.now() == before and await public(house) == ()
    assert "It was taken down" in in_hall(house)[0] and TITLE not in in_hall(house)[0], "in the same moment"
    assert "Done" in heard(house, user)
    await house.until(house.clock.now() + DAY)
    assert "was taken down, since somebody whose story it is wished so" in heard(house, "desk")
    assert (("Please do not ask why" in heard(house, "ana")) is (user == "bo")) and (await story(house)).message == ""
    assert ("Ana has taken back" in heard(house, "bo")) is (user == "ana")
    assert "was taken back" in await answer(house, user, "withdraw"), "a second time changes nothing"
    assert len([edit for edit in house.paper.edits() if ":down:" in edit.key]) == 1


async def test_withdrawn_while_it_waits(house: House) -> None:
    await answer(house, "bo", "withdraw")
    assert (await story(house)).state == "withdrawn"
    assert "does not fit now" in await decide(house, "approve") and in_hall(house) == []
    assert "was taken back" in await answer(house, "ana", "yes")


async def test_taken_down_by_coordinators(house: House) -> None:
    await decide(house, "approve")
    await decide(house, "down")
    assert await public(house) == () and "It was taken down" in in_hall(house)[0]
    await house.until(house.clock.now() + DAY)
    assert "The coordinators have taken down" in heard(house, "ana")


async def test_taken_down_while_it_is_on_its_way(house: House) -> None:
    """Approved and withdrawn before the message arrives: it is replaced as soon as it is known where it stands."""

    def presses(user: str, token: str, value: str) -> Answered:
        return Answered(**house.head(user), address=house.direct(user), token=token, values=(value,))

    await house.engine.inbox.receive([presses(BOSS, "storydesk:1:1", "approve")])
    await house.engine.inbox.work()
    post = next(row for row in await house.rows(OutboxAct) if row.key == "story:1:1:published")
    async with house.turn() as turn:
        (await turn.get(OutboxAct, post.id)).state = "claimed"
    await house.engine.inbox.receive([presses("bo", "story:1:1", "withdraw")])
    await house.engine.inbox.work()
    assert (await house.row(OutboxAct, post.id)).state == "claimed", "it cannot be called back any more"
    async with house.turn() as turn:
        (await turn.get(OutboxAct, post.id)).state = "waiting"
    await house.engine.settle()
    assert await public(house) == () and ["It was taken down" in shown for shown in in_hall(house)] == [True]


async def test_a_channel_that_refuses_it() -> None:
    paper = Paper(VirtualClock(BEGIN))

    def refuse(act: Act) -> None:
        if isinstance(act, Post) and act.key.endswith(":published"):
            raise Refused("not_in_channel")

    paper.refuse = refuse
    house = await House(paper=paper).open()
    await house.live("ana", "bo")
    await write(house, "ana")
    await answer(house, "bo", "yes")
    await decide(house, "approve")
    await house.until(house.clock.now() + DAY)
    told = heard(house, "desk")
    assert "could not be put into the channel" in told and "not_in_channel" in told
    assert len(await public(house)) == 1, "the site has it"
    await answer(house, "bo", "withdraw")
    assert await public(house) == ()
    await house.database.close()


@pytest.mark.parametrize("problem", [Refused("no permission"), Gone("no such message")])
async def test_a_channel_from_which_it_cannot_be_taken(problem: Exception) -> None:
    """Coordinators must delete it by hand; a message that was deleted already troubles nobody."""
    paper = Paper(VirtualClock(BEGIN))

    def refuse(act: Act) -> None:
        if isinstance(act, Edit) and ":down:" in act.key:
            raise problem

    paper.refuse = refuse
    house = await House(paper=paper).open()
    await house.live("ana", "bo")
    await write(house, "ana")
    await answer(house, "bo", "yes")
    await decide(house, "approve")
    await answer(house, "bo", "withdraw")
    assert await public(house) == ()
    await house.until(house.clock.now() + DAY)
    told = heard(house, "desk")
    assert ("Please delete that message there by hand" in told) is isinstance(problem, Refused)
    assert ("#hall" in told and "no permission" in told) is isinstance(problem, Refused)
    await house.database.close()


async def test_another_channel(house: House) -> None:
    """Chosen by a coordinator in the channel itself; what is published already stays, and comes down where it is."""
    await decide(house, "approve")
    await house.receive(Commanded(**house.head(BOSS), address=OTHER, text="stories channel here"))
    await house.live("cleo", "dan")
    await write(house, "cleo", title="Another")
    await answer(house, "dan", "yes", identity=2)
    await decide(house, "approve", identity=2)
    assert len(in_hall(house)) == 1 and "Another" in in_hall(house, OTHER.id)[0]
    await answer(house, "bo", "withdraw")
    await answer(house, "cleo", "withdraw", identity=2)
    assert "It was taken down" in in_hall(house)[0] and "It was taken down" in in_hall(house, OTHER.id)[0]
    assert "in the hall" in await house.command(BOSS, "stories channel hall")
    assert "from now on" in await house.command(BOSS, "stories channel <#C99>")
    async with house.turn() as turn:
        assert (await turn.programs(1))[0].stories == "C99"


@pytest.mark.parametrize(
    ("where", "words_"), [("here", "need a public channel"), ("nowhere", "do not know that channel")]
)
async def test_a_channel_that_is_none(house: House, where: str, words_: str) -> None:
    assert words_ in await house.command(BOSS, f"stories channel {where}")
    room = await house.room(1)
    await house.receive(Commanded(**house.head(BOSS), address=room, text=f"stories channel {where}"))
    async with house.turn() as turn:
        assert (await turn.programs(1))[0].stories is None


async def test_the_list_and_a_look(house: House) -> None:
    await house.live("cleo", "dan")
    await write(house, "cleo", title="Newer, and waiting for Dan")
    told = plain(await house.command(BOSS, "stories"))
    assert told.index("1: “Two libraries” by Ana, waits for you") < told.index("waits for consent")
    await house.press(BOSS, "storylook", "2")
    assert "Dan: has not answered" in heard(house, BOSS) and "Cleo (wrote it): agrees" in heard(house, BOSS)
    before = heard(house, "ana")
    await house.press("ana", "storylook", "2")
    assert "Only coordinators" in heard(house, "ana").removeprefix(before) and "Newer" not in heard(house, "ana")


async def test_one_reminder_then_a_word_to_the_author_then_nothing(house: House) -> None:
    await house.live("cleo", "dan")
    await write(house, "cleo")
    await house.until(house.clock.now() + 100 * DAY)
    asks = [post.key for post in asked(house, "dan")]
    assert asks == ["story:2:1:ask:5", "story:2:1:reminder:5"]
    assert len(house.paper.posts(key="story:2:1:reminder")) == 1, "whoever has answered is not asked again"
    assert heard(house, "cleo").count("still waits for an answer") == 1
    assert (await story(house, 2)).state == "asked" and "does not fit now" in await decide(house, "approve", identity=2)
    await answer(house, "dan", "yes", identity=2)
    assert (await story(house, 2)).state == "submitted", "a late yes is a yes"


async def test_whoever_answers_is_not_reminded(house: House) -> None:
    await house.until(house.clock.now() + 30 * DAY)
    assert [post.key for post in house.paper.posts(key="story:1:1:reminder")] == []


async def test_a_partner_who_has_left_the_place_cannot_be_asked() -> None:
    """They are left out of it, and coordinators decide; a partner who only left the partnership is asked."""
    async with opened() as house:
        await house.live("ana", "bo")
        await house.left("bo")
        await write(house, "ana", text="Bo taught me to read maps.")
        row = await story(house)
        assert (row.state, row.edited) == ("submitted", "My partner taught me to read maps.")
        await house.until(house.clock.now() + DAY)
        (desk,) = house.paper.posts(key="story:1:1:desk", to="desk")
        assert "cannot be asked any more" in words(desk)
        await decide(house, "approve")
        assert (await public(house))[0].countries == ("Brazil",)


async def test_a_partner_who_leaves_while_they_are_asked() -> None:
    async with opened() as house:
        await house.live("ana", "bo")
        await write(house, "ana", text="Bo taught me to read maps.")
        await house.left("bo")
        assert (await story(house)).state == "asked"
        await house.press(BOSS, "storylook", "1")
        row = await story(house)
        assert (row.state, row.edited) == ("submitted", "My partner taught me to read maps.")


async def test_a_partner_who_stopped_taking_part_is_asked() -> None:
    async with opened() as house:
        await house.live("ana", "bo")
        await house.command("bo", "leave")
        await house.press("bo", house.question("bo"), "yes")
        await house.until(house.clock.now() + DAY)
        await write(house, "ana")
        assert (await story(house)).state == "asked"
        await house.until(house.clock.now() + DAY)
        assert asked(house, "bo")
        await answer(house, "bo", "yes")
        assert (await story(house)).state == "submitted"


async def test_a_doubled_event(house: House) -> None:
    event = Answered(
        event_id="twice", at=house.clock.now(), actor=house.actor(BOSS), address=house.direct(BOSS),
        token="storydesk:1:1", values=("approve",),
    )  # fmt: skip
    await house.receive(event, event)
    await house.receive(event)
    assert len(in_hall(house)) == 1
    assert "does not fit now" not in heard(house, BOSS), "the platform told it twice, nobody pressed twice"
