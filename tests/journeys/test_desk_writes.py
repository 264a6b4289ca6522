"""What coordinators, ambassadors and people write to each other through the bot, played on each platform."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import KIT
from bot.testing_desk import a_report, an_ambassador, the_desk_writes
from bot.venue import Venue
from tests.journeys.discord_venue import discord_venue
from tests.journeys.local_venue import local_venue
from tests.journeys.slack_venue import slack_venue
from topics.model import Kit

TEACHERS = kit_of(KIT)[KIT]
Journey = Callable[[Venue, Kit], Awaitable[None]]


@pytest.mark.parametrize("journey", [the_desk_writes, an_ambassador, a_report])
async def test_on_the_playground(journey: Journey) -> None:
    async with local_venue() as venue:
        await journey(venue, TEACHERS)


@pytest.mark.parametrize(("journey", "way"), [(the_desk_writes, "sockets"), (an_ambassador, "http")])
async def test_in_slack(tmp_path: Path, journey: Journey, way: str) -> None:
    async with slack_venue(tmp_path, way) as venue:
        await journey(venue, TEACHERS)


@pytest.mark.parametrize("way", ["sockets", "http"])
async def test_a_report_in_slack(tmp_path: Path, way: str) -> None:
    async with slack_venue(tmp_path, way) as venue:
        await a_report(venue, TEACHERS)
        files = [each for each in venue.server.workspace.team.uploads.values() if each.shared]
        assert [each.name for each in files] == ["funnel.png", "report.html", "report.pdf"], "each came once"
        assert files[0].alt_txt.startswith("2 people applied") and (files[0].content or b"").startswith(b"\x89PNG")


@pytest.mark.parametrize("journey", [the_desk_writes, an_ambassador, a_report])
async def test_in_discord(tmp_path: Path, journey: Journey) -> None:
    async with discord_venue(tmp_path) as venue:
        await journey(venue, TEACHERS)
