"""Where no hour suits all: messages go round instead, from one person's day to the next one's. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.program.meeting.hours import DAY, QUARTER, QUARTERS, Guest, Level, Table, weekday

_STEP = 2
"""Days from one message to the next: whoever reads has a day of their own to answer."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """One message of a round of them: who sends it until when, and on which day the next person has it.

    `giver` and `reader` are places among the guests; days count from 1970, times are minutes on the own clock of each.
    `reads` is the hour from which the reader has it, None where clock changes move that within their day.
    """

    giver: int
    day: int
    until: int
    reader: int
    reads_day: int
    reads: int | None

    @property
    def weekdays(self) -> tuple[int, int]:
        """The weekday of the sending and of the reading; 0 is Monday."""
        return weekday(self.day), weekday(self.reads_day)


def exchange(
    guests: Sequence[Guest], levels: Table, offsets: Sequence[Sequence[int]], first: int
) -> tuple[HandOver, ...]:
    """A round of messages that begins on a day: each guest sends one to the next, in nobody's night or early morning.

    All times are on the own clock of whoever keeps them, and hold with each of the `offsets`: the guests' distances
    from UTC in minutes, for every period of the term.
    """
    good = frozenset(quarter for quarter in range(QUARTERS) if levels[quarter] <= Level.DAY)
    until = (_last(good) + 1) * QUARTER
    found: list[HandOver] = []
    day: int = first
    for giver, guest in enumerate(guests):
        reader = (giver + 1) % len(guests)
        while weekday(day) in guest.weekend:
            day += 1
        arrivals = [day * DAY + until - each[giver] + each[reader] for each in offsets]
        read = {_by_day(at, good, guests[reader]) for at in arrivals}
        reads_day, reads = max(read)
        found.append(HandOver(giver, day, until % DAY, reader, reads_day, reads if len(read) == 1 else None))
        day = max(day + _STEP, reads_day + 1)
    return tuple(found)


def _by_day(arrival: int, good: Collection[int], reader: Guest) -> tuple[int, int]:
    """When something is read that comes at a local moment: at once, or when the next day of work begins."""
    day, minute = divmod(arrival, DAY)
    while minute // QUARTER not in good or weekday(day) in reader.weekend:
        ahead, minute = divmod(minute + QUARTER, DAY)
        day += ahead
    return day, minute


def _last(good: Collection[int]) -> int:
    """The last quarter hour of the day: the one that no other follows."""
    return max(good, key=lambda quarter: ((quarter + 1) % QUARTERS not in good, quarter))
