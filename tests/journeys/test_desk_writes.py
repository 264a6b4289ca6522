"""What coordinators, ambassadors and people write to each other through the bot, played on each platform."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import KIT
from bot.testing_desk import an_ambassador, the_desk_writes
from bot.venue import Venue
from tests.journeys.discord_venue import discord_venue
from tests.journeys.local_venue import local_venue
from tests.journeys.slack_venue import slack_venue
from topics.model import Kit

TEACHERS = kit_of(KIT)[KIT]
Journey = Callable[[Venue, Kit], Awaitable[None]]


@pytest.mark.parametrize("journey", [the_desk_writes, an_ambassador])
async def test_on_the_playground(journey: Journey) -> None:
    async with local_venue() as venue:
        await journey(venue, TEACHERS)


@pytest.mark.parametrize(("journey", "way"), [(the_desk_writes, "sockets"), (an_ambassador, "http")])
async def test_in_slack(tmp_path: Path, journey: Journey, way: str) -> None:
    async with slack_venue(tmp_path, way) as venue:
        await journey(venue, TEACHERS)


@pytest.mark.parametrize("journey", [the_desk_writes, an_ambassador])
async def test_in_discord(tmp_path: Path, journey: Journey) -> None:
    async with discord_venue(tmp_path) as venue:
        await journey(venue, TEACHERS)
