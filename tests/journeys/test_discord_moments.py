"""Single moments of a round in Discord: restarts in the middle, rooms, people and permissions that go away."""

import asyncio
from datetime import datetime, time
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
from tests.discordserver import permissions, reading
from tests.discordserver.faults import slow
from tests.discordserver.server import BOT
from tests.journeys.discord_venue import HALL, DiscordVenue, discord_venue
from tests.slackserver.bench import until
from topics.model import QuestionKind

TEACHERS = kit_of(KIT)[KIT]
WRITE = "Write an answer"
OPEN_DAY = datetime.combine(STARTS, time(23), BEGINS.tzinfo)


async def paired(venue: DiscordVenue) -> None:
    """A round with two pairs in their rooms."""
    await set_up(venue)
    await all_apply(venue, TEACHERS)
    await pair(venue)


async def approved(venue: DiscordVenue) -> None:
    """A round whose rooms open on its first day."""
    await set_up(venue)
    await all_apply(venue, TEACHERS)
    await venue.fill(BOSS, "round close", {}, Where.DESK)
    await venue.until(venue.now() + DAY)
    await venue.press(BOSS, "Approve", Where.DESK)


async def test_a_restart_while_a_form_is_open(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await set_up(venue)
        await venue.press(ANA, "Apply", Where.HALL)
        for question in TEACHERS.questions:
            if question.kind is QuestionKind.TEXT:
                break
            await venue.say(ANA, answer_to(question, ANA))
        ana = venue.person(ANA)
        await venue.press(ANA, WRITE)
        form = ana.modal()
        assert form is not None
        await venue.restart()
        field = form.components[0]["component"]["custom_id"]
        assert (await ana.submit(form, {field: "A map, drawn twice."})).acknowledged
        await venue.settle()
        await heard(venue, ANA, "Your answer: A map, drawn twice.")
        await heard(venue, ANA, "On which day does your term end?")


async def test_a_restart_between_a_click_and_its_answer(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await set_up(venue)
        invitation = venue.community.messages(HALL)[-1]
        assert (await venue.person(ANA).press(invitation, "Apply")).acknowledged
        await venue.restart()
        questions = [shown for shown in await venue.shown(ANA) if "In which country" in shown.text]
        assert len(questions) == 1, "stored before it was acknowledged, and asked once"


async def test_an_answer_that_was_typed_while_the_bot_was_away(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await set_up(venue)
        await venue.press(ANA, "Apply", Where.HALL)
        ana = venue.person(ANA)
        await venue.adapter.stop()
        await ana.say(ana.direct, ANA.country)
        await venue.restart()
        await heard(venue, ANA, f"Your answer: {ANA.country}")
        seen = await venue.shown(ANA)
        await venue.restart()
        assert await venue.shown(ANA) == seen, "read once"


async def test_who_wrote_in_a_room_while_the_bot_was_away_is_no_silent_partner(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await paired(venue)
        await venue.adapter.stop()
        for seat in PARTNERS:
            room = next(room for room in venue.rooms() if venue.person(seat).id in room.overwrites)
            await venue.person(seat).say(room, "Hello, while nobody listens!")
        await venue.restart()
        await venue.until(venue.now() + 5 * DAY)
        for seat in PARTNERS:
            assert not any("you have not written there yet" in shown.text for shown in await venue.shown(seat))


@pytest.mark.parametrize("call", ["POST /guilds/{guild_id}/channels", "POST /channels/{channel_id}/messages"])
async def test_a_crash_while_rooms_are_opened(tmp_path: Path, call: str) -> None:
    async with discord_venue(tmp_path) as venue:
        await approved(venue)
        held, reached = asyncio.Event(), asyncio.Event()
        venue.server.faults.add(call, slow(held, reached), times=1)
        opening = asyncio.create_task(venue.until(OPEN_DAY))
        await reached.wait()
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        held.set()
        await venue.restart()
        await venue.until(OPEN_DAY)
        assert len(venue.rooms()) == 2, "one room for each pair"
        for seat in PARTNERS:
            assert len(await venue.members(seat)) == 2
            room = await venue.shown(seat, Where.ROOM)
            assert sum("You are partners" in shown.text for shown in room) == 1, room


async def test_a_member_who_leaves(tmp_path: Path) -> None:
    """Nobody tells the bot: it has no privileged intent. It finds out by itself within days."""
    async with discord_venue(tmp_path) as venue:
        await paired(venue)
        both = await venue.members(BEN)
        waiting = next(seat for seat in PARTNERS if seat is not BEN and seat.key in both)
        venue.community.leave(venue.person(BEN))
        for _ in range(4):
            await venue.until(venue.now() + DAY / 2)
        await heard(venue, waiting, BEN.name, Where.PRIVATE, Where.ROOM)
        await heard(venue, BOSS, BEN.name, Where.DESK)


async def test_a_room_that_is_deleted_by_somebody(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await paired(venue)
        room = next(room for room in venue.rooms() if venue.person(ANA).id in room.overwrites)
        venue.community.delete_channel(room)
        await venue.settle()
        await venue.until(venue.now() + DAY)
        case = (await venue.shown(BOSS, Where.DESK))[-1]
        assert "Open a room again" in case.labels, case
        await venue.press(BOSS, "Open a room again", Where.DESK)
        await venue.until(venue.now() + DAY)
        assert len(venue.rooms()) == 2 and await venue.is_open(ANA)
        await heard(venue, ANA, "takes the place of the old one", Where.ROOM)


async def test_a_room_that_was_deleted_while_the_bot_was_away(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await paired(venue)
        room = next(room for room in venue.rooms() if venue.person(ANA).id in room.overwrites)
        await venue.adapter.stop()
        venue.community.delete_channel(room)
        await venue.restart()
        await venue.until(venue.now() + DAY)
        assert any("Open a room again" in shown.labels for shown in await venue.shown(BOSS, Where.DESK))


async def test_a_permission_that_is_taken_away_in_the_middle(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await approved(venue)
        venue.community.allow_bot(BOT & ~permissions.MANAGE_CHANNELS)
        await venue.until(OPEN_DAY)
        assert venue.rooms() == []
        case = await heard(venue, BOSS, "Manage Channels", Where.DESK)
        assert "Open a room again" in case.labels, case
        venue.community.allow_bot(BOT)
        for _ in range(2):
            await venue.press(BOSS, "Open a room again", Where.DESK)
        await venue.until(venue.now() + DAY)
        assert len(venue.rooms()) == 2
        for seat in PARTNERS:
            await heard(venue, seat, "You are partners", Where.ROOM)


async def test_a_server_that_is_full(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await approved(venue)
        while len(venue.community.guild.channels) < 500:
            venue.community.add_channel(f"full-{len(venue.community.guild.channels)}")
        await venue.until(OPEN_DAY)
        rooms = [room for room in venue.rooms() if not room.name.startswith("full-")]
        assert len(rooms) == 2 and all(room.thread is not None for room in rooms)
        for seat in PARTNERS:
            assert len(await venue.members(seat)) == 2
            await heard(venue, seat, "You are partners", Where.ROOM)
        await venue.until(venue.now() + DAY)
        await heard(venue, BOSS, "500", Where.DESK)


@pytest.mark.parametrize("trouble", ["reconnect", "drop", "invalidate"])
async def test_a_connection_that_is_lost(tmp_path: Path, trouble: str) -> None:
    async with discord_venue(tmp_path) as venue:
        await set_up(venue)
        getattr(venue.server.gateway, trouble)()
        invitation = venue.community.messages(HALL)[-1]
        while not (await venue.person(ANA).press(invitation, "Apply")).acknowledged:
            # Nobody was there: it says so, and is pressed again.
            await until(lambda: venue.server.gateway.hears(venue.community.id))
        await venue.settle()
        await venue.say(ANA, ANA.country)
        await heard(venue, ANA, f"Your answer: {ANA.country}")


async def test_the_bot_is_taken_out(tmp_path: Path) -> None:
    """Rounds stand still, and nothing is tried in vain."""
    async with discord_venue(tmp_path) as venue:
        await paired(venue)
        for seat in PARTNERS:
            await venue.say(seat, "Hello!", Where.ROOM)
        before = len(venue.server.requests)
        venue.community.remove_bot()
        await venue.settle()
        await venue.until(venue.now() + 20 * DAY)
        posts = [each for each in venue.server.requests[before:] if each.method.startswith("POST ")]
        assert posts == [], "nothing is tried in a server that is gone"


async def test_what_can_be_typed_is_offered(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await paired(venue)
        boss, desk = venue.person(BOSS), venue.person(BOSS).channel("mentoring-desk")
        found = await boss.autocomplete("mentoring desk pair", "number", "ana", desk)
        assert len(found) == 1 and ANA.name in found[0]
        assert await venue.person(ANA).autocomplete("mentoring desk pair", "number", "ana") == [], "for them alone"


async def test_who_may_not_is_told_so_alone(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await set_up(venue)
        await venue.fill(ANA, "round", {}, Where.HALL)
        await heard(venue, ANA, "coordinators", Where.HALL)
        assert not any("only coordinators" in shown.text.casefold() for shown in await venue.shown(BEN, Where.HALL))


async def test_a_deadline_in_the_readers_own_time(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await set_up(venue)
        (invitation,) = [each for each in venue.community.messages(HALL) if "Apply until" in each.content]
        (deadline,) = reading.times(invitation)
        assert f"{deadline:%Y-%m-%d %H:%M}" == "2027-01-18 23:59", "the last minute of the day that is named"
        assert "Monday 18 January 2027 (end of the day, UTC; for you: <t:" in invitation.content
