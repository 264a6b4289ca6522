"""The journeys of `bot.testing`, played in the playground and in Slack."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import KIT, whole_round
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
        assert [each.name for each in files if each.shared] == ["hours.png", "meetings.ics"], "each came once"


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
