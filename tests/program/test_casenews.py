"""What can wait comes once a week, what is urgent at once, and what settles itself asks for nothing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.program.wish import wants_a_word
from storage.partnerships import Case, Member
from storage.people import Account, Program
from storage.traffic import Occurrence
from tests.program.house import House, choices, opened, weekly_kit, words

DAY = timedelta(days=1)
MONDAY = datetime(2026, 9, 7, 12, tzinfo=UTC)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened(weekly_kit()) as house:
        yield house


async def wish(house: House, *users: str) -> None:
    """A live pair of which the first asks for another partner, although they had their way before."""
    await house.live(*users)
    async with house.turn() as turn:
        member = (await turn.session.exec(select(Member).order_by(col(Member.id).desc()).limit(2))).all()[-1]
        before = {"program_id": 1, "round_id": 1, "person_id": member.person_id, "opened_at": turn.now}
        turn.session.add(Case(**before, kind="other_partner", state="closed", history=[{"act": "another"}]))
    await house.command(users[0], "another-partner")


async def test_what_can_wait_comes_on_its_day_together(house: House) -> None:
    for users in (("ana", "bo"), ("cy", "di")):
        await wish(house, *users)
    await house.until(MONDAY - DAY)
    assert not house.paper.posts(to="desk"), "no stream"
    assert "2 open cases" in await house.command("boss", "cases"), "whoever looks sees them"
    await house.until(MONDAY)
    (news,) = house.paper.posts(kind="cases", to="desk")
    assert "2 cases need you" in words(news) and "Ana and Bo" in words(news) and "Cy and Di" in words(news)
    assert [option.value for option in choices(news)[0].options] == ["4", "2"], "the newest need first"
    await house.press("boss", "look", "2", desk=True)
    await house.press("boss", "case:2:1", "wait")
    assert (await house.row(Case, 2)).state == "snoozed"
    await house.until(MONDAY + 15 * DAY)
    assert len(house.paper.posts(kind="cases", to="desk")) == 3
    assert [row.outcome for row in await house.rows(Occurrence) if row.kind == "cases"] == ["done"] * 3


async def test_what_settles_itself_asks_for_nothing(house: House) -> None:
    await wish(house, "cy", "di")
    identity = await house.introduced("ana", "bo")
    await house.wrote("ana", identity)
    await house.until(MONDAY)
    (news,) = house.paper.posts(kind="cases", to="desk")
    assert "1 case needs you" in words(news) and "Nothing to do:" in words(news)
    assert words(news).index("Cy and Di") < words(news).index("Nothing to do:") < words(news).index("Ana and Bo")
    never = await house.row(Case, 3)
    assert (never.kind, never.posts) == ("never_arrived", 0)


async def test_where_all_settles_itself_there_is_no_message(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    await house.wrote("ana", identity)
    await house.until(MONDAY + 30 * DAY)
    assert not house.paper.posts(kind="cases") and not house.paper.posts(kind="case")
    assert (await house.row(Case)).state == "closed"
    reasons = {row.reason for row in await house.rows(Occurrence) if row.kind == "cases"}
    assert reasons == {"nothing to decide"}


async def test_whoever_has_a_case_in_hand_is_named_and_nobody_asked(house: House) -> None:
    await wish(house, "ana", "bo")
    await wish(house, "cy", "di")
    await house.press("boss", "desk:2:0", "take", desk=True)
    await house.until(MONDAY)
    (news,) = house.paper.posts(kind="cases", to="desk")
    assert "1 case needs you" in words(news) and "In hand:" in words(news) and "in hand: Boss" in words(news)


async def test_what_is_urgent_comes_at_once(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.room_gone(identity)
    await house.command("ana", "help-me")
    await house.press("ana", house.question("ana"), "word")
    await house.type("ana", "I would rather not say it in our room.")
    await house.until(house.clock.now() + DAY)
    assert len(house.paper.posts(kind="case", to="desk")) == 2


async def test_what_was_missed_is_told_once(house: House) -> None:
    """The bot is away over several such days."""
    await wish(house, "ana", "bo")
    house.clock.set(MONDAY + 17 * DAY)
    await house.until(MONDAY + 18 * DAY)
    assert len(house.paper.posts(kind="cases", to="desk")) == 1
    await house.until(MONDAY + 22 * DAY)
    assert len(house.paper.posts(kind="cases", to="desk")) == 2


async def word(house: House, user: str) -> None:
    """Somebody new who asked for a word in a survey."""
    await house.person(user)
    async with house.turn() as turn:
        program, account = await turn.get(Program, 1), (await turn.session.exec(_NEWEST)).one()
        await wants_a_word(turn, program, account, 1, "At the end")
    await house.until(house.clock.now())


_NEWEST = select(Account).order_by(col(Account.id).desc()).limit(1)


async def test_a_question_of_somebody_who_asked_for_a_word_comes_at_once(house: House) -> None:
    await word(house, "ana")
    await house.until(house.clock.now() + DAY)
    assert not house.paper.posts(to="desk"), "first they are asked what it is about"
    await house.press("ana", house.question("ana"), "question")
    await house.type("ana", "How do I say goodbye?")
    await house.until(house.clock.now() + DAY)
    (post,) = house.paper.posts(kind="case", to="desk")
    assert "a question: How do I say goodbye?" in words(post)


async def test_thanks_are_nothing_to_decide(house: House) -> None:
    await word(house, "ana")
    await house.press("ana", house.question("ana"), "idea")
    await house.type("ana", "I loved it.")
    case = await house.row(Case)
    assert (case.state, case.closed_by, case.posts) == ("closed", "", 0)
    await house.until(MONDAY + 15 * DAY)
    assert not house.paper.posts(to="desk")
    assert "I loved it." in await house.command("boss", "case 1")


async def test_who_does_not_say_what_it_is_about_is_told_how_and_heard_later(house: House) -> None:
    await word(house, "ana")
    question = house.question("ana")
    await house.until(MONDAY)
    assert (await house.row(Case)).state == "open" and not house.paper.posts(to="desk"), "there is time to answer"
    await house.until(MONDAY + 7 * DAY)
    (news,) = house.paper.posts(kind="cases", to="desk")
    assert "No case needs you" in words(news) and "asked for a word" in words(news) and "Ana" in words(news)
    assert "/mentoring help-me" in words(house.paper.posts(key="unsaid:", to="ana")[0])
    await house.press("ana", question, "worry")
    await house.type("ana", "Nobody answers me.")
    await house.until(house.clock.now() + DAY)
    assert "Nobody answers me." in words(house.paper.posts(kind="case", to="desk")[0])
