"""Two programs in one workspace or server, played where there are several channels."""

from pathlib import Path

from bot.app import kit_of
from bot.testing_programs import two_programs
from tests.journeys.discord_venue import discord_venue
from tests.journeys.slack_venue import slack_venue

KITS = "teachers,librarians"
FIRST, SECOND = kit_of(KITS).values()
CHANNELS = ("librarians-hall", "mentoring-desk-librarians")


async def test_in_slack(tmp_path: Path) -> None:
    async with slack_venue(tmp_path, kits=KITS) as venue:
        await two_programs(venue, venue.beside(*CHANNELS), (FIRST, SECOND))


async def test_in_discord(tmp_path: Path) -> None:
    async with discord_venue(tmp_path, kits=KITS) as venue:
        await two_programs(venue, venue.beside(*CHANNELS), (FIRST, SECOND))
