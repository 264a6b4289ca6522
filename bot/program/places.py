"""Who gets a place: first come, first served, within the capacity and the share of each country. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Queued:
    """One eligible application in the line."""

    id: int
    at: datetime
    country: str
    promised: bool = False
    """Was told of a place already, and keeps it whatever comes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of one application: `accepted`, or `waitlisted` for `reason` (`full` or `country`)."""

    status: str
    reason: str = ""
    position: int = 0
    """Place in the waiting list, from 1."""


def country_limit(country_cap: float, capacity: int, applicants: int) -> int:
    """How many of one country may be accepted: its share of the places, or of those who applied where all have one.

    0 means no limit; otherwise at least 1.
    """
    if country_cap <= 0:
        return 0
    return max(1, int(country_cap * (capacity or applicants) + 1e-9))


def decide(line: Sequence[Queued], capacity: int, country_cap: float) -> Mapping[int, Standing]:
    """Who is accepted and who waits: those who were promised a place, then by arrival (ties: the lower id)."""
    limit = country_limit(country_cap, capacity, len(line))
    accepted, waiting = 0, 0
    by_country: dict[str, int] = {}
    standings: dict[int, Standing] = {}
    for queued in sorted(line, key=lambda q: (not q.promised, q.at, q.id)):
        of_country = by_country.get(queued.country, 0)
        if not queued.promised and capacity and accepted >= capacity:
            reason = "full"
        elif not queued.promised and limit and of_country >= limit:
            reason = "country"
        else:
            accepted += 1
            by_country[queued.country] = of_country + 1
            standings[queued.id] = Standing("accepted")
            continue
        waiting += 1
        standings[queued.id] = Standing("waitlisted", reason, waiting)
    return standings
