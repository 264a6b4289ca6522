"""What a temper makes of the weeks of a round: when somebody falls silent, leaves, goes away, wants somebody else."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from adapters.local.people.hours import Sittings
from adapters.local.people.profile import Temper

_WEEK = timedelta(weeks=1)
_FORTNIGHT = 14


@dataclass(frozen=True, slots=True)
class Milestones:
    """Moments in UTC; None for what never happens. `away` holds the first and the last local date of an absence."""

    silent: datetime | None = None
    leaves: datetime | None = None
    announces: datetime | None = None
    away: tuple[date, date] | None = None
    away_hours: tuple[datetime, datetime] | None = None
    """From when until when nothing is done in an absence; the second moment is no longer part of it."""
    asks_another: datetime | None = None
    cools: datetime | None = None
    """When somebody who would rather have another partner stops writing in the room without a word."""

    def allowed(self, at: datetime, sittings: Sittings) -> datetime | None:
        """When what was meant for `at` is really done: after an absence, or never."""
        if self.away_hours and self.away_hours[0] <= at < self.away_hours[1]:
            at = sittings.after(self.away_hours[1] - timedelta(seconds=1))
        over = (self.leaves is not None and at >= self.leaves) or (self.silent is not None and at >= self.silent)
        return None if over else at


def milestones(temper: Temper, began: datetime, sittings: Sittings, chance: Random) -> Milestones:
    """What will happen to somebody whose partnership began at that moment."""
    match temper:
        case Temper.SILENT_WEEK_6:
            return Milestones(silent=began + 5 * _WEEK + timedelta(days=chance.uniform(0, 6)))
        case Temper.LEAVES:
            return Milestones(leaves=sittings.after(began, chance.uniform(14, 63)))
        case Temper.AWAY_FORTNIGHT:
            return _away(began, sittings, chance)
        case Temper.WANTS_ANOTHER if chance.random() < 0.5:
            return Milestones(asks_another=sittings.after(began, chance.uniform(14, 20)))
        case Temper.WANTS_ANOTHER:
            return Milestones(cools=began + timedelta(days=chance.uniform(14, 20)))
        case _:
            return Milestones()


def _away(began: datetime, sittings: Sittings, chance: Random) -> Milestones:
    first = sittings.day(began) + timedelta(days=chance.randint(16, 60))
    last = first + timedelta(days=_FORTNIGHT - 1)
    hours = sittings.midnight(first), sittings.midnight(last + timedelta(days=1))
    announces = sittings.after(hours[0] - timedelta(days=chance.uniform(2, 5)))
    return Milestones(announces=announces, away=(first, last), away_hours=hours)
