"""Series of meetings: every time of the week is tried over the whole term, and the best three are suggested. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.program.meeting.hours import (
    DAY,
    QUARTER,
    Clock,
    Guest,
    Level,
    Table,
    clock_of,
    day_of,
    number,
    over,
    weekday,
)
from bot.world.zones import load_zone

HALF_HOUR, WEEK = 30, 7
APART = 120
"""Minutes between the times of two suggestions, so that they are a choice."""
MOST = 3
NEARLY = 2
"""Meetings of ten that may be at the edge of somebody's day beyond those of the best suggestion."""
TEN = 10
ANCHOR = "UTC"
"""The clock by which a series may go beside those of the guests."""


@dataclass(frozen=True, slots=True)
class Term:
    """When meetings can be: from a moment on (aware) to a day, both included; how long they take, and how often."""

    not_before: datetime
    last: date
    minutes: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Taste:
    """What decides between times that are equally good: weekdays in the order wished, and the time of day aimed at."""

    weekdays: tuple[int, ...] = tuple(range(WEEK))
    aim: int = 10 * 60


@dataclass(frozen=True, slots=True)
class Series:
    """Meetings by the clock of `zone`: the first (naive, as that clock shows it), then every so many weeks."""

    zone: str
    first: datetime
    weeks: int
    count: int
    minutes: int

    def starts(self) -> tuple[datetime, ...]:
        """When each meeting begins, in UTC."""
        info, step = load_zone(self.zone), timedelta(weeks=self.weeks)
        return tuple((self.first + step * n).replace(tzinfo=info).astimezone(UTC) for n in range(self.count))


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """What speaks against a series, the worst first: for how many of ten meetings, all guests together.

    `most` is what the one has of it who has most, and `moves` how often the time changes on somebody's clock.
    """

    edges: int
    edges_most: int
    weekends: int
    days: int
    days_most: int
    moves: int
    weekday: int
    aim: int


@dataclass(frozen=True, slots=True)
class Found:
    """A series with its cost, its moments (minutes since 1970), and its first time on the first guest's clock."""

    series: Series
    cost: Cost
    moments: tuple[int, ...]
    weekday: int
    minute: int


@dataclass(frozen=True, slots=True)
class Finder:
    """Tries series for some guests. `levels` are those of a working day."""

    guests: tuple[Guest, ...]
    levels: Table
    term: Term
    taste: Taste = Taste()

    def suggestions(self) -> tuple[Series, ...]:
        """The best series that keep out of everybody's night, three at most, that differ in day and time."""
        found = sorted(self._all(), key=lambda each: each.cost)
        if not found:
            return ()
        best, chosen = found[0].cost, [found[0]]
        # Another day of the week has some more or fewer of its meetings before a clock change.
        alike = [c for c in found if c.cost.edges <= best.edges + NEARLY and c.cost.weekends <= best.weekends]
        while len(chosen) < MOST:
            fresh = [each for each in alike if all(each.weekday != other.weekday for other in chosen)]
            apart = [each for each in fresh if all(_apart(each.minute, other.minute) >= APART for other in chosen)]
            if not fresh:
                break
            chosen.append((apart or fresh)[0])
        return tuple(each.series for each in chosen)

    def judged(self, zone: str, first: datetime) -> Series | None:
        """The series by that clock from that first meeting (naive) on; None where it could not be suggested."""
        if zone not in self._anchors() or first.minute % HALF_HOUR:
            return None
        if first.replace(tzinfo=load_zone(zone)) < self.term.not_before:
            return None
        clocks = self._clocks()
        anchor = clock_of(zone, self._today(), self.term.last)
        found = self._tried(zone, anchor, number(first.date()), first.hour * 60 + first.minute, clocks)
        return found.series if found else None

    def _anchors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*(guest.zone for guest in self.guests), ANCHOR)))

    def _today(self) -> date:
        return self.term.not_before.date()

    def _clocks(self) -> list[Clock]:
        return [clock_of(guest.zone, self._today(), self.term.last) for guest in self.guests]

    def _all(self) -> Iterator[Found]:
        """Every series; of those that come to the same moments, the first."""
        clocks, seen = self._clocks(), set[tuple[int, ...]]()
        soonest = int(self.term.not_before.timestamp()) // 60
        for zone in self._anchors():
            anchor = clock_of(zone, self._today(), self.term.last)
            begin, _ = anchor.local(soonest)
            for ahead in range(WEEK + 1):
                for minute in range(0, DAY, HALF_HOUR):
                    at = anchor.moment(begin + ahead, minute)
                    if not soonest <= at < soonest + WEEK * DAY:
                        continue
                    found = self._tried(zone, anchor, begin + ahead, minute, clocks)
                    if found is not None and found.moments not in seen:
                        seen.add(found.moments)
                        yield found

    def _tried(self, zone: str, anchor: Clock, day: int, minute: int, clocks: Sequence[Clock]) -> Found | None:
        """The series from that day on; None if it has no meeting, or falls into somebody's night."""
        days = range(day, number(self.term.last) + 1, WEEK * self.term.weeks)
        moments = tuple(anchor.moment(each, minute) for each in days)
        levels = over(self.levels, self.term.minutes)
        tallies: list[tuple[int, int, int, int]] = []
        for guest, clock in zip(self.guests, clocks, strict=True):
            tally = _tally(guest, map(clock.local, moments), levels)
            if tally is None:
                return None
            tallies.append(tally)
        if not moments:
            return None
        begin, shown = clocks[0].local(moments[0])
        edges, weekends, working, moves = zip(*tallies, strict=True)

        def of_ten(figure: int) -> int:
            return round(TEN * figure / len(moments))

        cost = Cost(
            edges=of_ten(sum(edges)),
            edges_most=of_ten(max(edges)),
            weekends=of_ten(sum(weekends)),
            days=of_ten(sum(working)),
            days_most=of_ten(max(working)),
            moves=of_ten(sum(moves)),
            weekday=self.taste.weekdays.index(weekday(begin)),
            aim=max(_apart(clock.local(moments[0])[1], self.taste.aim) for clock in clocks),
        )
        first = datetime.combine(day_of(day), datetime.min.time()) + timedelta(minutes=minute)
        series = Series(zone, first, self.term.weeks, len(moments), self.term.minutes)
        return Found(series, cost, moments, weekday(begin), shown)


def _tally(guest: Guest, times: Iterable[tuple[int, int]], levels: Table) -> tuple[int, int, int, int] | None:
    """How often a series is at the edge of somebody's day, on their weekend, outside their work, and moves.

    None if it falls into their night.
    """
    edges = weekends = days = moves = 0
    before = -1
    for day, minute in times:
        level = levels[minute // QUARTER]
        if level is Level.NIGHT:
            return None
        free = weekday(day) in guest.weekend
        edges += level is Level.EDGE
        weekends += free
        days += free or level is not Level.WORK
        moves += before not in (-1, minute)
        before = minute
    return edges, weekends, days, moves


def _apart(minute: int, other: int) -> int:
    """Minutes between two times of day, the shorter way round the clock."""
    apart = abs(minute - other)
    return min(apart, DAY - apart)
