"""The journeys of `bot.testing`, played in Discord."""

from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import ANA, BEN, KIT, whole_round
from tests.journeys.discord_venue import discord_venue

TEACHERS = kit_of(KIT)[KIT]


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
