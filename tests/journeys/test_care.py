"""Pairs in trouble, on every platform."""

from pathlib import Path

from bot.app import kit_of
from bot.testing import KIT
from bot.testing_care import nobody_waits_for_ever
from tests.journeys.discord_venue import discord_venue
from tests.journeys.local_venue import local_venue
from tests.journeys.slack_venue import slack_venue

TEACHERS = kit_of(KIT)[KIT]


async def test_nobody_waits_for_ever_on_the_playground() -> None:
    async with local_venue() as venue:
        await nobody_waits_for_ever(venue, TEACHERS)


async def test_nobody_waits_for_ever_in_slack(tmp_path: Path) -> None:
    async with slack_venue(tmp_path) as venue:
        await nobody_waits_for_ever(venue, TEACHERS)


async def test_nobody_waits_for_ever_in_discord(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await nobody_waits_for_ever(venue, TEACHERS)
