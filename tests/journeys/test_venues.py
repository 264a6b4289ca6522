"""The journeys of `bot.testing`, played on each platform."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import ANA, BEN, KIT, whole_round
from tests.discordserver import faults as discord_faults
from tests.journeys.discord_venue import discord_venue
from tests.journeys.local_venue import local_venue
from tests.journeys.slack_venue import slack_venue
from tests.slackserver.faults import RESET_AFTER, RESET_BEFORE, ratelimited, status

TEACHERS = kit_of(KIT)[KIT]


async def test_a_whole_round_on_the_playground() -> None:
    async with local_venue() as venue:
        await whole_round(venue, TEACHERS)


async def test_a_whole_round_on_the_playground_with_restarts() -> None:
    async with local_venue() as venue:
        await whole_round(venue, TEACHERS, restarts=True)


@pytest.mark.parametrize("way", ["sockets", "http"])
async def test_a_whole_round_in_slack(tmp_path: Path, way: str) -> None:
    async with slack_venue(tmp_path, way) as venue:
        await whole_round(venue, TEACHERS)
        assert venue.server.limited.total() == 0, "never faster than Slack allows"
        files = venue.server.workspace.team.uploads.values()
        assert [each.name for each in files if each.shared] == ["meetings.ics"], "the file of the meetings came once"


@pytest.mark.parametrize("way", ["sockets", "http"])
async def test_a_whole_round_in_slack_with_restarts(tmp_path: Path, way: str) -> None:
    async with slack_venue(tmp_path, way) as venue:
        await whole_round(venue, TEACHERS, restarts=True)


@pytest.mark.parametrize("way", ["sockets", "http"])
async def test_a_whole_round_in_slack_with_everything_that_can_go_wrong(tmp_path: Path, way: str) -> None:
    """Every third request fails, in turn by a 429, a 500, a reset before and one after it was done; events come twice
    and in another order. Still each room is one, each message came once, in order, and none is missing.
    """
    async with slack_venue(tmp_path, way) as venue:
        venue.patience = timedelta(minutes=30)
        venue.server.faults.cycle([ratelimited(2), status(500), RESET_BEFORE, RESET_AFTER], every=3)
        venue.server.delivery.double_every(2)
        venue.server.delivery.reorder(2, seed=7)
        await whole_round(venue, TEACHERS)
        names = [channel.name for channel in venue.rooms()]
        assert len(names) == 2 and len(set(names)) == 2
        assert venue.server.limited.total() == 0, "never faster than Slack allows"


@pytest.mark.parametrize("rooms", ["channels", "threads"])
async def test_a_whole_round_in_discord(tmp_path: Path, rooms: str) -> None:
    async with discord_venue(tmp_path, rooms=rooms) as venue:
        await whole_round(venue, TEACHERS)
        assert venue.server.limited.total() == 0, "never faster than Discord allows"
        assert venue.server.interactions.lost == [], "everybody was answered within three seconds"
        assert venue.server.interactions.thinking == [], "nobody is left with “thinking …”"


async def test_a_whole_round_in_discord_with_restarts(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await whole_round(venue, TEACHERS, restarts=True)


async def test_a_whole_round_in_discord_with_closed_direct_messages(tmp_path: Path) -> None:
    """Who takes no direct messages talks with the bot in a private thread, and misses nothing."""
    async with discord_venue(tmp_path) as venue:
        venue.person(ANA).close_dms()
        venue.person(BEN).close_dms()
        await whole_round(venue, TEACHERS)
        for seat in (ANA, BEN):
            assert venue.talk(seat) is not None
            assert not any(message.author == venue.server.app.bot for message in venue.person(seat).dm())


@pytest.mark.parametrize("rooms", ["channels", "threads"])
async def test_a_whole_round_in_discord_with_everything_that_can_go_wrong(tmp_path: Path, rooms: str) -> None:
    """As in Slack: requests fail in turn, events come twice and in another order, the gateway is lost now and then."""
    async with discord_venue(tmp_path, rooms=rooms) as venue:
        venue.patience = timedelta(minutes=30)
        kinds = [discord_faults.ratelimited(2), discord_faults.status(500), discord_faults.status(502)]
        resets = [discord_faults.RESET_BEFORE, discord_faults.RESET_AFTER]
        venue.server.faults.cycle([*kinds, *resets], every=3)
        venue.server.gateway.double_every(2)
        venue.server.gateway.reorder(2, seed=7)
        await whole_round(venue, TEACHERS)
        names = [channel.name for channel in venue.rooms()]
        assert len(names) == 2 and len(set(names)) == 2
