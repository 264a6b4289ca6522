"""The journey of `bot.testing` in a Discord where everything goes wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import KIT, whole_round
from tests.discordserver import faults
from tests.journeys.discord_venue import discord_venue

TEACHERS = kit_of(KIT)[KIT]


@pytest.mark.parametrize("rooms", ["channels", "threads"])
async def test_a_whole_round_in_discord_with_everything_that_can_go_wrong(tmp_path: Path, rooms: str) -> None:
    """As in Slack: requests fail in turn, events come twice and in another order, the gateway is lost now and then."""
    async with discord_venue(tmp_path, rooms=rooms) as venue:
        venue.patience = timedelta(minutes=30)
        kinds = [faults.ratelimited(2), faults.status(500), faults.status(502)]
        resets = [faults.RESET_BEFORE, faults.RESET_AFTER]
        venue.server.faults.cycle([*kinds, *resets], every=3)
        venue.server.gateway.double_every(2)
        venue.server.gateway.reorder(2, seed=7)
        await whole_round(venue, TEACHERS)
        names = [channel.name for channel in venue.rooms()]
        assert len(names) == 2 and len(set(names)) == 2
