"""Being forgotten: who may ask, what is said before, what goes, and what goes on."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from bot.app import build
from bot.language.acts import Act, OpenRoom
from bot.language.adapter import Gone
from bot.language.events import Answered, Commanded, Said
from bot.program.evaluation import figures
from storage.forgetting import Erasure, NoRepeat
from storage.partnerships import Member, Partnership
from storage.people import Account, Apart, Community, Person, Program
from storage.rounds import Application, Round
from storage.traffic import InboxEvent, OutboxAct
from tests.program.house import BEGIN, House, choices, kit, opened, words

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def forget(house: House, user: str, answer: str = "yes") -> None:
    await house.command(user, "forget-me")
    await house.press(user, house.question(user), answer)


def last(house: House, user: str) -> str:
    return words(house.paper.posts(to=user)[-1])


async def test_it_asks_first_and_says_what_goes_and_what_stays(house: House) -> None:
    await house.live("ana", "bo")
    said = await house.command("ana", "forget-me")
    for expected in ("cannot be undone", "What goes", "What stays", "partnership with Bo", "all your answers"):
        assert expected in said
    assert not await house.rows(Erasure)


async def test_a_no_changes_nothing(house: House) -> None:
    identity = await house.live("ana", "bo")
    await forget(house, "ana", "no")
    assert "nothing has changed" in last(house, "ana")
    assert (await house.row(Partnership, identity)).state == "live"
    assert not await house.rows(Erasure)


async def test_everything_goes_and_the_person_is_told_once(house: House) -> None:
    await house.live("ana", "bo")
    await forget(house, "ana")
    told = [words(post) for post in house.paper.posts(to="ana")]
    assert sum("I have forgotten you" in text for text in told) == 1 and "I have forgotten you" in told[-1]
    person = await house.row(Person, 2)
    assert (person.name, person.email, person.zone) == ("", None, "")
    account = await house.row(Account, 2)
    assert (account.external_id, account.name) == ("gone:2", "") and account.gone_at is not None
    kept = [f"{act.lane} {act.payload} {act.receipt}" for act in await house.rows(OutboxAct)]
    assert not [text for text in kept if re.search(r"\bana\b", text, re.IGNORECASE)]
    house.clock.set(BEGIN + 110 * DAY)
    await house.until(BEGIN + 130 * DAY)
    assert len(house.paper.posts(to="ana")) == len(told), "nothing more is ever sent"
    assert not [act for _, act in house.paper.done if act.address.id.startswith("gone:")]


async def test_the_partner_is_told_kindly_and_waits_for_another(house: House) -> None:
    identity = await house.live("ana", "bo")
    await forget(house, "ana")
    await house.until(house.clock.now() + DAY)
    told = [words(post) for post in house.paper.posts(to="bo")]
    assert any("Your partner has left the program" in text for text in told)
    assert not any("Ana" in words(post) for post in house.paper.posts(to="bo") if "left" in words(post))
    row = await house.row(Partnership, identity)
    assert (row.state, row.end_reason) == ("ended", "forgotten") and "sentences" not in row.score
    bo = (await house.rows(Application))[1]
    assert (bo.status, bo.seeking) == ("accepted", True)
    await house.person("cy")
    async with house.turn() as turn:
        (await turn.get(Application, 3)).seeking = True
    await house.until(house.clock.now() + 2 * DAY)
    assert {member.person_id for member in await house.rows(Member) if member.partnership_id == 2} == {3, 4}


async def test_the_introduction_no_longer_shows_them(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    await forget(house, "ana")
    room = await house.room(identity)
    edit = next(edit for edit in house.paper.edits() if edit.address == room)
    assert "Ana" not in words(edit) and "Bo" in words(edit) and "asked to be forgotten" in words(edit)
    assert not choices(edit)


async def test_messages_on_the_desk_are_rewritten_and_cases_closed(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("ana", "another-partner")
    await house.until(house.clock.now() + DAY)
    assert "Ana" in words(house.paper.posts(to="desk")[-1])
    await forget(house, "ana")
    await house.until(house.clock.now() + DAY)
    edits = [edit for edit in house.paper.edits() if edit.address.id == "desk"]
    assert edits and "Ana" not in words(edits[-1]) and "former participant" in words(edits[-1])
    assert not choices(edits[-1])


async def test_two_of_three_go_on(house: House) -> None:
    identity = await house.live("ana", "bo", "cy")
    await forget(house, "ana")
    await house.until(house.clock.now() + DAY)
    row = await house.row(Partnership, identity)
    assert row.state == "live"
    assert [act.members for _, act in house.paper.done if isinstance(act, OpenRoom)][-1] == ("bo", "cy")
    for user in ("bo", "cy"):
        assert "goes on without a former participant" in last(house, user)


async def test_a_trio_whose_introduction_waits_is_introduced_anew_without_them(house: House) -> None:
    house.clock.set(datetime.fromisoformat("2026-09-01T22:00:00+00:00"))
    identity = await house.partners("ana", "bo", "cy")
    async with house.turn() as turn:
        (await turn.get(Partnership, identity)).room = str(house.direct("x"))
    await forget(house, "ana")
    await house.until(house.clock.now() + 2 * DAY)
    shown = [words(act) for act in house.paper.posts(kind="introduction")]
    assert shown and not any("Ana" in text for text in shown)
    assert not [act for _, act in house.paper.done if isinstance(act, OpenRoom) and "ana" in act.members]


async def test_a_second_press_and_a_doubled_event_bring_nobody_back(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("ana", "forget-me")
    token = house.question("ana")
    event = Answered("again", house.clock.now(), house.actor("ana"), house.direct("ana"), token, ("yes",))
    twin = Answered("other", house.clock.now(), house.actor("ana"), house.direct("ana"), token, ("yes",))
    await house.receive(event, twin)
    people, done = len(await house.rows(Person)), len(house.paper.done)
    await house.receive(event)
    assert len(house.paper.done) == done, "a doubled event is no event"
    await house.press("ana", token, "yes")
    assert "over" in last(house, "ana")
    assert len(await house.rows(Person)) == people == len(await house.rows(Account))
    assert len(await house.rows(Erasure)) == 1
    rows = [*await house.rows(InboxEvent), *await house.rows(OutboxAct)]
    assert not [row for row in rows if '"ana"' in row.payload or "ana" in getattr(row, "lane", "")]


async def test_words_in_the_old_room_bring_nobody_back(house: House) -> None:
    identity = await house.live("ana", "bo")
    room = await house.room(identity)
    await forget(house, "ana")
    await house.receive(Said("said", house.clock.now(), house.actor("ana"), room))
    assert len(await house.rows(Account)) == 3


async def test_a_stop_between_the_yes_and_the_deed_loses_nothing(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("ana", "forget-me")
    token = house.question("ana")
    event = Answered("yes", house.clock.now(), house.actor("ana"), house.direct("ana"), token, ("yes",))
    await house.engine.inbox.receive([event])
    await house.engine.inbox.work()
    assert [row.state for row in await house.rows(Erasure)] == ["asked"]
    assert (await house.row(Person, 2)).name == "Ana", "nothing was done yet"
    again = build(house.database, house.clock, [house.paper], kit())
    await again.engine.settle()
    assert [row.state for row in await house.rows(Erasure)] == ["done"]
    assert "I have forgotten you" in last(house, "ana")


async def test_what_another_process_is_sending_is_waited_for(house: House) -> None:
    await house.live("ana", "bo")
    async with house.turn() as turn:
        act = (await turn.session.exec(_select(OutboxAct.kind == "introduction"))).one()
        act.state, act.lease_until = "claimed", house.clock.now() + timedelta(seconds=30)
    await forget(house, "ana")
    assert [row.state for row in await house.rows(Erasure)] == ["asked"]
    await house.until(house.clock.now() + timedelta(minutes=1))
    assert [row.state for row in await house.rows(Erasure)] == ["done"]


async def test_a_message_that_waits_for_another_is_rewritten(house: House) -> None:
    await house.live("ana", "bo")
    async with house.turn() as turn:
        turn.post(house.direct("bo"), "notice", "later", "Ana says hello", due_at=turn.now + DAY)
        turn.post(house.direct("ana"), "notice", "never", "Hello Ana", due_at=turn.now + DAY)
    await forget(house, "ana")
    await house.until(house.clock.now() + 2 * DAY)
    assert [words(post) for post in house.paper.posts("later")] == ["a former participant says hello"]
    assert not house.paper.posts("never")


async def test_a_last_word_that_cannot_be_delivered_is_not_told_to_the_desk(house: House) -> None:
    def refuse(act: Act) -> None:
        if act.key.startswith("forgotten:"):
            raise Gone("no such person ana")

    house.paper.refuse = refuse
    await house.person("ana")
    await forget(house, "ana")
    await house.until(house.clock.now() + DAY)
    assert not house.paper.posts(to="desk")
    assert not [act for act in await house.rows(OutboxAct) if "ana" in f"{act.lane}{act.reason}{act.payload}"]


async def test_somebody_in_no_round_can_be_forgotten(house: House) -> None:
    await house.type("zoe", "hello")
    await forget(house, "zoe")
    assert "I have forgotten you" in last(house, "zoe")
    assert [account.external_id for account in await house.rows(Account)] == ["boss", "gone:2"]


async def test_somebody_with_accounts_on_two_platforms_goes_from_both(house: House) -> None:
    await house.live("ana", "bo")
    async with house.turn() as turn:
        await turn.add(Community(platform="stone", external_id="hill", hall="h", desk="d"))
        await turn.add(Program(community_id=2, kit="librarians", name="Hill"))
        await turn.add(Account(community_id=2, person_id=2, external_id="ana-on-the-hill", name="Ana H"))
    assert "another program or community" in await house.command("boss", "forget ana@example.org")
    await forget(house, "ana")
    assert {account.external_id for account in await house.rows(Account)} == {"boss", "bo", "gone:2", "gone:4"}


async def test_the_same_two_are_never_paired_again(house: House) -> None:
    await house.live("ana", "bo")
    await forget(house, "ana")
    marks = await house.rows(NoRepeat)
    assert {mark.other_id for mark in marks} == {3} and len(marks) == 2
    assert not [mark for mark in await house.rows(Apart) if 2 in (mark.person_id, mark.other_id)]
    back = await house.person("ana")
    async with house.turn() as turn:
        for application in await turn.session.exec(_select_application(back)):
            application.seeking = True
    await house.until(house.clock.now() + 3 * DAY)
    assert not [m for m in await house.rows(Member) if m.person_id == back], "only Bo waits, and Bo was the partner"
    await forget(house, "bo")
    assert all(mark.other_mark and mark.other_id is None for mark in await house.rows(NoRepeat))


async def test_numbers_do_not_change(house: House) -> None:
    await house.live("ana", "bo")
    async with house.turn() as turn:
        before = await figures(turn.session, await turn.get(Round, 1))
    await forget(house, "ana")
    async with house.turn() as turn:
        after = await figures(turn.session, await turn.get(Round, 1))
    assert before.applications == {"accepted": 2} and after.applications == {"accepted": 1, "withdrawn": 1}
    assert sum(after.partnerships.values()) == 1 == after.ever_live
    assert (after.messages, after.submissions, after.surveys) == (before.messages, before.submissions, before.surveys)


async def test_what_came_in_is_not_kept_once_it_is_handled(house: House) -> None:
    await house.receive(Commanded("c", house.clock.now(), house.actor("ana"), house.direct("ana"), "status"))
    assert [(row.state, row.payload) for row in await house.rows(InboxEvent)] == [("done", "")]


def _select(condition: bool) -> SelectOfScalar[OutboxAct]:
    return select(OutboxAct).where(condition)


def _select_application(person: int) -> SelectOfScalar[Application]:
    return select(Application).where(Application.person_id == person)
