"""What goes wrong in such programs, and each step of the ladder of care, played on every platform."""

import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.app import kit_of
from bot.testing import whole_round
from bot.testing_care import nobody_waits_for_ever
from bot.testing_failures import FAILURES, both_or_neither
from bot.testing_ladder import LADDER
from bot.testing_meetings import MEETINGS
from bot.testing_steps import Journey
from bot.venue import KIT, Venue
from tests.journeys.discord_venue import discord_venue
from tests.journeys.local_venue import local_venue
from tests.journeys.slack_venue import slack_venue
from tests.source import ROOT
from topics.model import Kit

TEACHERS = kit_of(KIT)[KIT]
EARLIER = (whole_round, nobody_waits_for_ever)
"""Journeys with tests of their own, which play some of this too."""
JOURNEYS = (*MEETINGS, *FAILURES, *LADDER)
PLATFORMS = ("playground", "slack", "discord")


def venue_for(platform: str, folder: Path, journey: Journey, kit: Kit) -> AbstractAsyncContextManager[Venue]:
    """A venue on that platform: in Slack by sockets and by HTTP in turn."""
    kits = {kit.slug: kit}
    if platform == "playground":
        return local_venue(kits)
    if platform == "slack":
        return slack_venue(folder, ("sockets", "http")[JOURNEYS.index(journey) % 2], kits)
    # Into a channel everybody comes at once; into a thread, one by one: so one of two can be left out.
    rooms = "threads" if journey.play is both_or_neither else "channels"
    return discord_venue(folder, kits, rooms=rooms)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
async def test_it_is_played(tmp_path: Path, platform: str, journey: Journey) -> None:
    kit = journey.kit(TEACHERS)
    async with venue_for(platform, tmp_path, journey, kit) as venue:
        await journey.play(venue, kit)


def test_the_tables_name_the_journeys() -> None:
    """Each journey that a table names is one that is played, and each that is played stands in a table."""
    rows = [line for line in (ROOT / "docs/journeys.md").read_text(encoding="utf-8").splitlines() if "|" in line]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {journey.name for journey in JOURNEYS} | {play.__name__ for play in EARLIER}
