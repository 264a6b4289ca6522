"""The invented people of the playground, from the file beside this one."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from random import Random
from typing import Any

from adapters.local.people.profile import Profile, Temper
from bot.world.zones import load_zone

FILE = "playground.toml"
SPREAD_DAYS = 3
"""Days after the beginning over which the applications are spread."""
_HEAD_START = timedelta(hours=1)


def playground_profiles(seed: int, starts: datetime) -> list[Profile]:
    """Twenty people who apply in their daytime in the first days after `starts` (aware), the same for the same seed."""
    text = (resources.files("adapters.local.people") / FILE).read_text(encoding="utf-8")
    content = tomllib.loads(text)
    return [_profile(seed, n, entry, content["common"], starts) for n, entry in enumerate(content["people"], 1)]


def _profile(seed: int, number: int, entry: Mapping[str, Any], common: Mapping[str, str], starts: datetime) -> Profile:
    account = f"p{number:02d}"
    zone = str(entry["zone"])
    answers = {**common, "country": str(entry["country"]), "zone": zone, **entry["answers"]}
    return Profile(
        account=account,
        name=str(entry["name"]),
        email=f"person{number:02d}@example.org",
        zone=zone,
        country=str(entry["country"]),
        answers=answers,
        temper=Temper(entry["temper"]),
        applies_at=_moment(Random(f"{seed}/playground/{account}"), zone, starts),
    )


def _moment(chance: Random, zone: str, starts: datetime) -> datetime:
    """A moment in the person's working day, in UTC, a while after the beginning."""
    here = load_zone(zone)
    day = (starts + _HEAD_START).astimezone(here).date()
    clock = time(chance.randint(9, 17), chance.randint(0, 59))
    at = datetime.combine(day + timedelta(days=chance.randrange(SPREAD_DAYS)), clock, here).astimezone(UTC)
    return at if at >= starts + _HEAD_START else at + timedelta(days=1)
