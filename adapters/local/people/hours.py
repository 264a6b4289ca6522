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


def some_slots(chance: Random) -> frozenset[int]:
    """The local day as one slot. (The chance is drawn so that what else follows from the seed stays as it is.)"""
    chance.random()
    return frozenset({0})


EVERY_HOUR = frozenset[int]()
"""In the place of slots: somebody who is always near, and sits down in each hour of the day."""
_SLOT_HOURS = 12


class Sittings:
    """The sittings of one person: full UTC hours that lie in their local day.

    With `slots`, one in each of these parts of the day, on the twelve-hour marks of UTC: many people then act in the
    same virtual instant, which keeps long rehearsals quick.
    """

    __slots__ = ("_slots", "_zone")

    def __init__(self, zone: str, slots: frozenset[int]) -> None:
        self._zone = load_zone(zone)
        self._slots = slots

    def after(self, at: datetime, days: float = 0.0) -> datetime:
        """The first sitting later than `at` and at least `days` after it, in UTC."""
        moment = at.astimezone(UTC) + timedelta(days=days)
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
        while not self._sits(moment):
            moment += _HOUR
        return moment

    def _sits(self, moment: datetime) -> bool:
        if self._slots and moment.hour % _SLOT_HOURS:
            return False
        hour = moment.astimezone(self._zone).hour
        if not FIRST_HOUR <= hour <= LAST_HOUR:
            return False
        return not self._slots or (hour - FIRST_HOUR) // _SLOT_HOURS in self._slots

    def day(self, at: datetime) -> date:
        """The local date at that moment."""
        return at.astimezone(self._zone).date()

    def midnight(self, day: date) -> datetime:
        """The start of a local date, in UTC."""
        return datetime.combine(day, time(0), self._zone).astimezone(UTC)
