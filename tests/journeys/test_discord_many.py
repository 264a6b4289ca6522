"""A server with six hundred pairs: more rooms than a server has channels."""

from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot.engine.work import unit_of_work
from bot.program.openings import NewPartnership, create
from bot.program.turn import Turn
from bot.testing import BEGINS, STARTS, set_up
from storage.partnerships import Partnership
from storage.people import Account, Person, Program
from storage.rounds import Application, Round
from tests.discordserver import reading
from tests.journeys.discord_venue import DESK, DiscordVenue, discord_venue

PAIRS = 600
DAY = timedelta(days=1)


async def paired(venue: DiscordVenue) -> None:
    """Twelve hundred people who were accepted, in pairs."""
    users = [venue.community.add_member(f"p{number}", f"Person {number}").id for number in range(2 * PAIRS)]
    async with unit_of_work(venue.house.database, venue.house.clock, venue.house.engine.pulse) as work:
        turn = Turn(work, venue.house.kits)
        program, round_row = await turn.get(Program, 1), await turn.get(Round, 1)
        people = [Person(name=f"Person {n}", zone="Europe/Rome", created_at=turn.now) for n in range(2 * PAIRS)]
        turn.session.add_all(people)
        await turn.session.flush()
        accounts = [
            Account(community_id=1, person_id=person.id or 0, external_id=user, name=person.name)
            for person, user in zip(people, users, strict=True)
        ]
        turn.session.add_all(accounts)
        await turn.session.flush()
        turn.session.add_all(
            Application(
                program_id=1, round_id=1, person_id=account.person_id, account_id=account.id, status="accepted",
                told="accepted", submitted_at=turn.now,
            )
            for account in accounts
        )  # fmt: skip
        groups = [
            NewPartnership((people[n].id or 0, people[n + 1].id or 0), {"sentences": []})
            for n in range(0, 2 * PAIRS, 2)
        ]
        await create(turn, program, round_row, groups, not_before=datetime.combine(STARTS, time(0), BEGINS.tzinfo))


@pytest.mark.timeout(900)  # thousands of calls
async def test_six_hundred_pairs(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await set_up(venue)
        await paired(venue)
        await venue.until(datetime.combine(STARTS, time(23), BEGINS.tzinfo) + DAY)
        rooms = venue.rooms()
        assert len(rooms) == PAIRS and len({room.name for room in rooms}) == PAIRS
        bot = venue.server.app.bot
        for room in rooms:
            assert room.thread is not None and room.thread.auto_archive_duration == 10_080
            assert not room.thread.invitable and len(room.thread.members) == 3 and bot in room.thread.members
            words = [reading.words(each) for each in venue.community.messages(room)]
            assert sum("You are partners" in text for text in words) == 1
            assert sum("Topic 1:" in text for text in words) == 1
        seated = Counter(user for room in rooms if room.thread for user in room.thread.members if user != bot)
        assert len(seated) == 2 * PAIRS and set(seated.values()) == {1}
        assert len(venue.community.guild.channels) < 10, "no channel was made in vain"
        assert venue.server.limited.total() == 0, "never faster than Discord allows"
        rows = await _rows(venue)
        assert {row.state for row in rows} == {"arriving"}
        assert not any("could not" in reading.words(each) for each in venue.community.messages(DESK))


async def _rows(venue: DiscordVenue) -> list[Partnership]:
    async with unit_of_work(venue.house.database, venue.house.clock) as work:
        turn = Turn(work, venue.house.kits)
        return [await turn.get(Partnership, number) for number in range(1, PAIRS + 1)]
