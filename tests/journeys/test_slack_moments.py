"""Single moments of a round in Slack: a restart in the middle of each, people and rooms that go away, the home page."""

import asyncio
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import (
    ANA,
    BEGINS,
    BEN,
    BOSS,
    DAY,
    KIT,
    PARTNERS,
    STARTS,
    Where,
    all_apply,
    answer_to,
    heard,
    pair,
    set_up,
)
from tests.journeys.slack_venue import SlackVenue, slack_venue
from tests.slackserver import reading
from tests.slackserver.faults import slow
from topics.model import QuestionKind

TEACHERS = kit_of(KIT)[KIT]
WRITE = "Write an answer"


async def asked_for_words(venue: SlackVenue) -> None:
    """Ana has answered up to the question that wants a text."""
    await set_up(venue)
    await venue.press(ANA, "Apply", Where.HALL)
    for question in TEACHERS.questions:
        if question.kind is QuestionKind.TEXT:
            return
        await venue.say(ANA, answer_to(question, ANA))


@pytest.mark.parametrize("way", ["sockets", "http"])
async def test_a_restart_while_a_form_is_open(tmp_path: Path, way: str) -> None:
    async with slack_venue(tmp_path, way) as venue:
        await asked_for_words(venue)
        ana = venue.person(ANA)
        await venue.press(ANA, WRITE)
        view = ana.modal()
        assert view is not None
        await venue.restart()
        await ana.submit(view, {view.blocks[0]["block_id"]: "A map, drawn twice."})
        await venue.settle()
        await heard(venue, ANA, "Your answer: A map, drawn twice.")
        await heard(venue, ANA, "On which day does your term end?")


async def test_a_restart_between_a_click_and_its_answer(tmp_path: Path) -> None:
    async with slack_venue(tmp_path) as venue:
        await set_up(venue)
        ana = venue.person(ANA)
        invitation = venue.server.workspace.messages("reading-room")[-1]
        assert (await ana.press(invitation, "Apply")).acknowledged
        await venue.restart()
        questions = [shown for shown in await venue.shown(ANA) if "In which country" in shown.text]
        assert len(questions) == 1, "stored before it was acknowledged, and asked once"


async def test_who_asks_in_a_channel_is_told_that_the_answer_is_private(tmp_path: Path) -> None:
    async with slack_venue(tmp_path) as venue:
        await set_up(venue)
        await venue.press(ANA, "Apply", Where.HALL)
        hint = "I have written to you in private"
        assert [hint in shown.text for shown in await venue.shown(ANA, Where.HALL)].count(True) == 1
        assert not any(hint in shown.text for shown in await venue.shown(BEN, Where.HALL)), "for Ana alone"
        await venue.fill(ANA, "apply", {}, Where.HALL)
        assert [hint in shown.text for shown in await venue.shown(ANA, Where.HALL)].count(True) == 2
        await venue.fill(BOSS, "round", {}, Where.DESK)
        assert not any(hint in shown.text for shown in await venue.shown(BOSS, Where.DESK)), "answered there"


@pytest.mark.parametrize("call", ["conversations.create", "conversations.invite", "chat.postMessage"])
async def test_a_crash_while_rooms_are_opened(tmp_path: Path, call: str) -> None:
    async with slack_venue(tmp_path) as venue:
        await set_up(venue)
        await all_apply(venue, TEACHERS)
        await venue.fill(BOSS, "round close", {}, Where.DESK)
        await venue.until(venue.now() + DAY)
        await venue.press(BOSS, "Approve", Where.DESK)
        held, reached = asyncio.Event(), asyncio.Event()
        venue.server.faults.add(call, slow(held, reached), times=1)
        opening = asyncio.create_task(venue.until(datetime.combine(STARTS, time(23), BEGINS.tzinfo)))
        await reached.wait()
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await venue.restart()
        held.set()
        await venue.until(datetime.combine(STARTS, time(23), BEGINS.tzinfo))
        assert len(venue.rooms()) == 2, "one room for each pair"
        for seat in PARTNERS:
            assert len(await venue.members(seat)) == 2
            room = await venue.shown(seat, Where.ROOM)
            assert sum("You are partners" in shown.text for shown in room) == 1, room


async def test_somebody_who_is_deactivated(tmp_path: Path) -> None:
    async with slack_venue(tmp_path) as venue:
        await set_up(venue)
        await all_apply(venue, TEACHERS)
        await pair(venue)
        both = await venue.members(BEN)
        waiting = next(seat for seat in PARTNERS if seat is not BEN and seat.key in both)
        await venue.server.workspace.deactivate(venue.person(BEN).user.id)
        await venue.settle()
        await venue.until(venue.now() + DAY)
        await heard(venue, waiting, BEN.name, Where.PRIVATE, Where.ROOM)


async def test_a_room_that_is_archived_by_somebody(tmp_path: Path) -> None:
    async with slack_venue(tmp_path) as venue:
        await set_up(venue)
        await all_apply(venue, TEACHERS)
        await pair(venue)
        room = next(room for room in venue.rooms() if venue.person(ANA).user.id in room.members)
        await venue.server.workspace.archive(room, venue.person(BEN).user.id)
        await venue.settle()
        await venue.until(venue.now() + DAY)
        case = (await venue.shown(BOSS, Where.DESK))[-1]
        assert "Open a room again" in case.labels, case
        await venue.press(BOSS, "Open a room again", Where.DESK)
        await venue.until(venue.now() + DAY)
        assert len(venue.rooms()) == 3 and await venue.is_open(ANA)


async def test_the_home_page(tmp_path: Path) -> None:
    async with slack_venue(tmp_path) as venue:
        await set_up(venue)
        ana, boss = venue.person(ANA), venue.person(BOSS)
        await ana.open_home()
        await venue.settle()
        home = ana.home()
        assert home is not None and "Apply" in reading.buttons(home)
        await ana.press(home, "Apply")
        await venue.settle()
        await heard(venue, ANA, "In which country")
        await boss.open_home()
        await venue.settle()
        desk = boss.home()
        assert desk is not None and "For coordinators" in reading.words(desk) and "Open cases: 0" in reading.words(desk)


async def test_a_workspace_that_lets_apps_make_no_channels(tmp_path: Path) -> None:
    async with slack_venue(tmp_path) as venue:
        await set_up(venue)
        await all_apply(venue, TEACHERS)
        venue.server.workspace.forbid_private_channels()
        await venue.fill(BOSS, "round close", {}, Where.DESK)
        await venue.until(venue.now() + DAY)
        await venue.press(BOSS, "Approve", Where.DESK)
        await venue.until(datetime.combine(STARTS, time(23), BEGINS.tzinfo))
        groups = [each for each in venue.server.workspace.team.channels.values() if each.kind == "mpim"]
        assert len(groups) == 2
        for group in groups:
            words = [reading.words(message) for message in venue.server.workspace.messages(group)]
            assert sum("You are partners" in text for text in words) == 1
        await venue.until(venue.now() + timedelta(hours=12))
        await heard(venue, BOSS, "About the room of partnership", Where.DESK)


async def test_the_bot_is_taken_out(tmp_path: Path) -> None:
    """Rounds stand still, and nothing is tried in vain."""
    async with slack_venue(tmp_path) as venue:
        await set_up(venue)
        await all_apply(venue, TEACHERS)
        await pair(venue)
        for seat in PARTNERS:
            await venue.say(seat, "Hello!", Where.ROOM)
        before = len(venue.server.requests)
        await venue.server.workspace.uninstall()
        await venue.settle()
        await venue.until(venue.now() + 20 * DAY)
        posts = [each for each in venue.server.requests[before:] if each.method == "chat.postMessage"]
        assert posts == [], "nothing is tried in a workspace that is gone"
