"""A story, played on each platform."""

from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import KIT
from bot.testing_stories import a_story_is_told
from tests.journeys.discord_venue import discord_venue
from tests.journeys.local_venue import local_venue
from tests.journeys.slack_venue import slack_venue
from tests.program.story import picture

TEACHERS = kit_of(KIT)[KIT]


async def test_a_story_on_the_playground() -> None:
    async with local_venue() as venue:
        await a_story_is_told(venue, TEACHERS, picture(), restarts=True)


@pytest.mark.parametrize("way", ["sockets", "http"])
async def test_a_story_in_slack(tmp_path: Path, way: str) -> None:
    async with slack_venue(tmp_path, way) as venue:
        await a_story_is_told(venue, TEACHERS, picture(), restarts=way == "http")
        assert venue.server.limited.total() == 0, "never faster than Slack allows"


async def test_a_story_in_discord(tmp_path: Path) -> None:
    async with discord_venue(tmp_path) as venue:
        await a_story_is_told(venue, TEACHERS, picture(), restarts=True)
        assert venue.server.interactions.lost == [] == venue.server.interactions.thinking, "everybody was answered"
