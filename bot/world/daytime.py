"""When people in several time zones may be written to, and how their days overlap.

Local time is computed on a grid of quarter hours: every zone of today keeps a distance from UTC in quarter hours.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from bot.world.zones import load_zone, utc_offset, zone_city

Windows = Sequence[tuple[time, time]]
"""Windows of local time from the best to the widest, each within the next. A start belongs to its window, an end does
not; an end that is not after the start means the next day (00:00 to 00:00 is all day)."""

_QUARTER = timedelta(minutes=15)
_DAY = 24 * 60
_WHOLE_DAY = timedelta(days=1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC, and which of the windows (0 is the best) it lies in for everybody.

    `window` is None where no window has a moment for all: somebody's night could not be avoided.
    """

    at: datetime
    window: int | None


@dataclass(frozen=True, slots=True)
class _Grid:
    """Quarter hours one after another: the first, and for each its number of zones where it is the wanted date.

    `clocks` holds for each quarter hour the local time of day in every zone, in minutes.
    """

    start: datetime
    clocks: tuple[tuple[int, ...], ...]
    on_day: tuple[int, ...]

    def at(self, index: int) -> datetime:
        return self.start + _QUARTER * index

    def common(self, window: tuple[time, time]) -> list[int]:
        """The quarter hours that lie in the window in every zone."""
        start, length = _minute(window[0]), _length(window)
        return [i for i, clocks in enumerate(self.clocks) if all((clock - start) % _DAY < length for clock in clocks)]

    def mildest(self, window: tuple[time, time], rank: Callable[[int], tuple[int, int, int]]) -> int:
        """The quarter hour with fewest outside the window, and these least deep; of equals the one of lowest rank."""
        return min(range(len(self.clocks)), key=lambda i: (_nightly(self.clocks[i], window), rank(i)))


def daytime_for(
    zones: Sequence[str],
    windows: Windows,
    not_before: datetime,
    aim: time = time(10),
    day: date | None = None,
) -> Moment:
    """The best full quarter hour from `not_before` on that is daytime in all `zones` at once.

    The first window that has such a moment decides. Among its moments those count that are `day` in the most zones,
    then the one whose largest distance from `aim` (on the clock, over the zones) is smallest, then the earliest.
    Looked at are the 24 hours from `not_before`; with `day`, what is left of that calendar day in the first zone, and
    only if it has no such moment the 24 hours from there. Two windows of more than twelve hours always share a moment.
    Where no window has one, it is the moment that keeps the most people within the last window and lies least deep in
    the night of the others.
    Raises ValueError when there is no zone or no window, or for a naive `not_before`; KeyError for an unknown zone.
    """
    _check(zones, windows, not_before)
    return _daytime_for(tuple(zones), tuple(windows), not_before, aim, day)


@lru_cache(maxsize=8_192)
def _daytime_for(
    zones: tuple[str, ...], windows: tuple[tuple[time, time], ...], not_before: datetime, aim: time, day: date | None
) -> Moment:
    aimed = _minute(aim)
    grid = _Grid(not_before, (), ())

    def rank(index: int) -> tuple[int, int, int]:
        return -grid.on_day[index], max(_apart(clock, aimed) for clock in grid.clocks[index]), index

    for grid in _grids(zones, not_before, day):
        for number, window in enumerate(windows):
            common = grid.common(window)
            if common:
                return Moment(grid.at(min(common, key=rank)), number)
    return Moment(grid.at(grid.mildest(windows[-1], rank)), None)


def next_daytime(zones: Sequence[str], windows: Windows, not_before: datetime) -> datetime:
    """The soonest moment from `not_before` on at which nobody in `zones` is in their night.

    That is `not_before` itself where it lies in the widest window of all. Else the night is not ended at its very
    edge: it is the soonest full quarter hour of the second window (of the only one, where there is one), of the
    widest where the second has none for all within 24 hours, and as in `daytime_for` where that has none either.
    Raises like `daytime_for`.
    """
    _check(zones, windows, not_before)
    if not any(is_night(zone, not_before, windows) for zone in zones):
        return not_before
    return _after_night(tuple(zones), tuple(windows), _full_quarter(not_before))


@lru_cache(maxsize=8_192)
def _after_night(zones: tuple[str, ...], windows: tuple[tuple[time, time], ...], not_before: datetime) -> datetime:
    grid = next(_grids(zones, not_before, None))
    for window in (windows[min(1, len(windows) - 1)], windows[-1]):
        common = grid.common(window)
        if common:
            return grid.at(common[0])
    return grid.at(grid.mildest(windows[-1], lambda index: (0, 0, index)))


def is_night(zone: str, at: datetime, windows: Windows) -> bool:
    """Whether it is outside the widest window in that zone. Raises KeyError for an unknown zone."""
    here = at.astimezone(load_zone(zone))
    return not _within(here.hour * 60 + here.minute, windows[-1])


def local(at: datetime, zone: str) -> str:
    """A moment as people of that zone read it: "Monday 7 September 2026, 10:00 (Sydney, UTC+10:00)"."""
    here = at.astimezone(load_zone(zone))
    offset = utc_offset(zone, at)
    place = offset if zone == "UTC" or zone.startswith("Etc/") else f"{zone_city(zone)}, {offset}"
    return f"{local_day(here.date())}, {here:%H:%M} ({place})"


def local_day(day: date) -> str:
    """A date as people read it: "Monday 7 September 2026"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=65_536)
def overlap_minutes(zone_a: str, zone_b: str, on: date, hours: tuple[time, time] = (time(9), time(17))) -> int:
    """For how many minutes both are within `hours` of their own clocks: a's on the local date `on`, b's on any date.

    Raises KeyError for an unknown zone.
    """
    starts, ends = _span(zone_a, on, hours)
    total = timedelta()
    for days in range(-2, 3):
        other_starts, other_ends = _span(zone_b, on + timedelta(days=days), hours)
        total += max(min(ends, other_ends) - max(starts, other_starts), timedelta())
    return int(total.total_seconds()) // 60


def _check(zones: Sequence[str], windows: Windows, not_before: datetime) -> None:
    if not zones or not windows:
        raise ValueError("daytime needs at least one zone and one window")
    if not_before.tzinfo is None:
        raise ValueError("not_before must be an aware datetime")


def _grids(zones: Sequence[str], not_before: datetime, day: date | None) -> Iterator[_Grid]:
    """The quarter hours to choose from: those left of `day` in the first zone, if given, and then those of 24 hours."""
    first = _full_quarter(not_before)
    if day is None:
        yield _grid(zones, first, first + _WHOLE_DAY, None)
        return
    starts, ends = _span(zones[0], day, (time(0), time(0)))
    first = max(first, _full_quarter(starts))
    for end in (ends, first + _WHOLE_DAY):
        yield _grid(zones, first, end, day)


def _grid(zones: Sequence[str], start: datetime, end: datetime, day: date | None) -> _Grid:
    # A calendar day has 100 quarters at the most; a country that skips a date (Samoa, 2011) would stretch it.
    count = min(max(0, math.ceil((end - start) / _QUARTER)), 2 * _DAY // 15)
    columns = [_column(zone, start, count, day) for zone in zones]
    clocks = tuple(zip(*([minute for minute, _ in column] for column in columns), strict=True))
    on_day = tuple(map(sum, zip(*([here for _, here in column] for column in columns), strict=True)))
    return _Grid(start, clocks, on_day)


def _column(zone: str, start: datetime, count: int, day: date | None) -> list[tuple[int, bool]]:
    """The minute of the local day at each quarter hour, and whether it is `day` then."""
    info = load_zone(zone)
    here = start.astimezone(info)
    if here.utcoffset() == (start + _QUARTER * count).astimezone(info).utcoffset():
        first = here.hour * 60 + here.minute
        ahead = (day - here.date()).days if day else -1
        return [((first + 15 * i) % _DAY, (first + 15 * i) // _DAY == ahead) for i in range(count)]
    moments = [(start + _QUARTER * step).astimezone(info) for step in range(count)]
    return [(moment.hour * 60 + moment.minute, moment.date() == day) for moment in moments]


def _span(zone: str, on: date, hours: tuple[time, time]) -> tuple[datetime, datetime]:
    """Start and end in UTC of the hours on a local date; hours whose end is not after their start end a day later."""
    info = load_zone(zone)
    last = on if hours[0] < hours[1] else on + timedelta(days=1)
    starts = datetime.combine(on, hours[0], info).astimezone(UTC)
    return starts, datetime.combine(last, hours[1], info).astimezone(UTC)


def _full_quarter(at: datetime) -> datetime:
    """The first full quarter hour from a moment on, in UTC."""
    moment = at.astimezone(UTC)
    floor = moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)
    return floor if floor == moment else floor + _QUARTER


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _within(clock: int, window: tuple[time, time]) -> bool:
    return (clock - _minute(window[0])) % _DAY < _length(window)


def _length(window: tuple[time, time]) -> int:
    """Minutes from the start of a window to its end."""
    return (_minute(window[1]) - _minute(window[0])) % _DAY or _DAY


def _apart(clock: int, other: int) -> int:
    """Minutes between two times of day, the shorter way round the clock."""
    apart = abs(clock - other)
    return min(apart, _DAY - apart)


def _nightly(clocks: Iterable[int], window: tuple[time, time]) -> tuple[int, int]:
    """How many are outside the window, and how far from it, in minutes, the one is who is deepest in the night."""
    start, end = _minute(window[0]), _minute(window[1])
    outside = [clock for clock in clocks if not _within(clock, window)]
    return len(outside), max((min(_apart(clock, start), _apart(clock, end)) for clock in outside), default=0)
