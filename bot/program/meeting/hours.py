"""Which hours of the clock are whose work, day, edge of the day or night, through all clock changes. Pure.

Moments are whole minutes since 1970 in UTC, days are their number since 1970, times of day are minutes since midnight.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import lru_cache

from bot.world.daytime import Windows
from bot.world.weekends import USUAL
from bot.world.zones import load_zone

DAY = 24 * 60
QUARTER = 15
QUARTERS = DAY // QUARTER
HOUR = 60
_EPOCH = date(1970, 1, 1)
_MONDAY = 4  # 1970 began on a Thursday: this many days later it was Monday.


class Level(IntEnum):
    """How well an hour suits somebody; the higher, the worse."""

    WORK = 0
    DAY = 1
    EDGE = 2
    NIGHT = 3


Table = tuple[Level, ...]
"""The levels of the quarter hours of a day."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is to meet: an IANA zone, and the free days of their week (0 is Monday)."""

    zone: str
    weekend: frozenset[int] = USUAL


@dataclass(frozen=True, slots=True)
class Clock:
    """What a zone's clock shows in some stretch of time: from each moment on, its distance from UTC in minutes."""

    changes: tuple[tuple[int, int], ...]

    def offset(self, at: int) -> int:
        """The distance from UTC at a moment, in minutes."""
        for since, offset in reversed(self.changes):
            if at >= since:
                return offset
        return self.changes[0][1]

    def local(self, at: int) -> tuple[int, int]:
        """The local day and time of day of a moment."""
        return divmod(at + self.offset(at), DAY)

    def moment(self, day: int, minute: int) -> int:
        """The moment at which the clock shows this: of two, the first; of none (it was set forward), just after."""
        local = day * DAY + minute
        return local - self.offset(local - self.offset(local - DAY))


@lru_cache(maxsize=1_024)
def clock_of(zone: str, first: date, last: date) -> Clock:
    """The clock of a zone from two days before `first` to two days after `last`. Raises KeyError for no zone."""
    info = load_zone(zone)

    def offset(at: int) -> int:
        found = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=at)).astimezone(info).utcoffset()
        return round((found or timedelta()).total_seconds() / 60)

    start, end = (number(first) - 2) * DAY, (number(last) + 3) * DAY
    changes = [(start, offset(start))]
    for before in range(start, end, DAY):
        low, high = before, before + DAY
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        changes.append((high, offset(high)))
    return Clock(tuple(changes))


def number(day: date) -> int:
    """A day's number since 1970."""
    return (day - _EPOCH).days


def day_of(day: int) -> date:
    """The day of a number."""
    return _EPOCH + timedelta(days=day)


def weekday(day: int) -> int:
    """The weekday of a day's number; 0 is Monday."""
    return (day - _MONDAY) % 7


@lru_cache(maxsize=64)
def table(windows: Windows, work: tuple[time, time]) -> Table:
    """The level of each quarter hour of a working day: `work`, then the windows of the day, the widest being the edge.

    Outside the widest window it is night. Where there is only one, it is the day.
    """

    def level(minute: int) -> Level:
        if not _within(minute, windows[-1]):
            return Level.NIGHT
        if _within(minute, work):
            return Level.WORK
        inner = windows[:-1] or windows
        return Level.DAY if any(_within(minute, window) for window in inner) else Level.EDGE

    return tuple(level(quarter * QUARTER) for quarter in range(QUARTERS))


def _within(minute: int, window: tuple[time, time]) -> bool:
    return (minute - _minute(window[0])) % DAY < ((_minute(window[1]) - _minute(window[0])) % DAY or DAY)


@lru_cache(maxsize=64)
def over(levels: Table, minutes: int) -> Table:
    """For each quarter hour the worst level of those that something of this length takes from there on."""
    span = -(-minutes // QUARTER)
    return tuple(max(levels[(start + step) % QUARTERS] for step in range(span)) for start in range(QUARTERS))


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included, on which the distances between all clocks stay the same.

    `offsets` are the guests' distances from UTC in minutes, and `changed` says whose clock was set since the period
    before.
    """

    first: date
    last: date
    offsets: tuple[int, ...]
    changed: tuple[bool, ...]


def periods(guests: Sequence[Guest], first: date, last: date) -> tuple[Period, ...]:
    """The periods from one day to another. A day counts by its noon in UTC: clocks are set in the night before."""
    clocks = [clock_of(guest.zone, first, last) for guest in guests]
    found: list[Period] = []
    for day in range(number(first), number(last) + 1):
        offsets = tuple(clock.offset(day * DAY + DAY // 2) for clock in clocks)
        before = found[-1] if found else None
        if before is not None and before.offsets == offsets:
            found[-1] = Period(before.first, day_of(day), offsets, before.changed)
            continue
        known = before.offsets if before is not None else offsets
        changed = tuple(new != old for new, old in zip(offsets, known, strict=True))
        found.append(Period(day_of(day), day_of(day), offsets, changed))
    return tuple(found)


def on_clock(levels: Table, offset: int, viewer: int) -> Table:
    """Somebody's levels in the order of a viewer's clock; both distances from UTC in minutes."""
    shift = (offset - viewer) // QUARTER
    return tuple(levels[(quarter + shift) % QUARTERS] for quarter in range(QUARTERS))


def by_hour(levels: Table) -> Table:
    """The worst level of each full hour."""
    span = HOUR // QUARTER
    return tuple(max(levels[start : start + span]) for start in range(0, QUARTERS, span))


def together(tables: Sequence[Table]) -> Table:
    """The worst level of all for each quarter hour."""
    return tuple(max(levels) for levels in zip(*tables, strict=True))


def spans(levels: Table, worst: Level) -> tuple[tuple[int, int], ...]:
    """The times of day (from, to) at which the level is no worse, in order; one over midnight ends before it begins."""
    good = [level <= worst for level in levels]
    if all(good):
        return ((0, 0),)
    starts = [n for n in range(len(good)) if good[n] and not good[n - 1]]
    return tuple((start * QUARTER, _end(good, start) * QUARTER % DAY) for start in starts)


def _end(good: Sequence[bool], start: int) -> int:
    def onward() -> Iterator[int]:
        yield from range(start, start + len(good))

    return next(n for n in onward() if not good[n % len(good)])


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
