"""When simulated people sit down: full hours of UTC that fall into their own daytime."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bot.world.countries import Ambiguous, Found, resolve_country
from bot.world.zones import guess_zone, is_zone, load_zone

FIRST_HOUR, LAST_HOUR = 8, 19
"""The first and the last hour of the local day in which anybody sits down."""
_HOUR = timedelta(hours=1)


def zone_name(zone: str, country: str) -> str:
    """Where somebody lives: in that IANA zone; if it is none, where most people of the country do; else in UTC."""
    if is_zone(zone):
        return zone
    match resolve_country(country):
        case Found(code=code) | Ambiguous(codes=((code, _), *_)):
            return guess_zone(code)
        case _:
            return "UTC"


def some_hours(chance: Random) -> frozenset[int]:
    """Two or three hours of the local day, at least one in the morning and one later."""
    hours = {chance.randint(FIRST_HOUR, 11), chance.randint(12, 15), chance.randint(16, LAST_HOUR)}
    if chance.random() < 0.5:
        hours.discard(max(hours))
    return frozenset(hours)


EVERY_HOUR = frozenset(range(FIRST_HOUR, LAST_HOUR + 1))
"""The hours of somebody who is always near."""


class Sittings:
    """The sittings of one person: each full UTC hour whose hour on their own clock is one of `hours`."""

    __slots__ = ("_hours", "_zone")

    def __init__(self, zone: str, hours: frozenset[int]) -> None:
        self._zone = load_zone(zone)
        self._hours = hours

    def after(self, at: datetime, days: float = 0.0) -> datetime:
        """The first sitting later than `at` and at least `days` after it, in UTC."""
        moment = at.astimezone(UTC) + timedelta(days=days)
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
        while moment.astimezone(self._zone).hour not in self._hours:
            moment += _HOUR
        return moment

    def day(self, at: datetime) -> date:
        """The local date at that moment."""
        return at.astimezone(self._zone).date()

    def midnight(self, day: date) -> datetime:
        """The start of a local date, in UTC."""
        return datetime.combine(day, time(0), self._zone).astimezone(UTC)
