"""What coordinators and people write to each other through the bot, played on each platform."""

from pathlib import Path

from bot.app import kit_of
from bot.testing import KIT
from bot.testing_desk import an_ambassador, the_desk_writes
from tests.journeys.discord_venue import discord_venue
from tests.journeys.local_venue import local_venue
from tests.journeys.slack_venue import slack_venue

TEACHERS = kit_of(KIT)[KIT]


async def test_on_the_playground() -> None:
    async with local_venue() as venue:
        await the_desk_writes(venue, TEACHERS)


async def test_in_slack(tmp_path: Path) -> None:
    async with slack_venue(tmp_path, "sockets") as venue:
        await the_desk_writes(venue, TEACHERS)


async def test_in_discord(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await the_desk_writes(venue, TEACHERS)


async def test_an_ambassador_on_the_playground() -> None:
    async with local_venue() as venue:
        await an_ambassador(venue, TEACHERS)


async def test_an_ambassador_in_slack(tmp_path: Path) -> None:
    async with slack_venue(tmp_path, "http") as venue:
        await an_ambassador(venue, TEACHERS)


async def test_an_ambassador_in_discord(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await an_ambassador(venue, TEACHERS)
