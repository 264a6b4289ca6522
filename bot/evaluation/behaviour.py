"""How partners behaved, from timestamps alone: when each wrote, when they were asked, when it began. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

WEEK = timedelta(days=7)
HELPS_WITHIN = WEEK
"""An ask helped where the person wrote at most so long after it."""
_HOUR = timedelta(hours=1)

Writings = Sequence[tuple[datetime, int]]
"""When somebody wrote, and who: the id of the member. In any order."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays of a member's timestamps once the timestamps themselves are cleared up."""

    weekly: tuple[int, ...]
    reply_hours: tuple[float, ...]
    helped: int


def weeks_between(began: datetime, ended: datetime) -> int:
    """How many weeks a partnership had, the last one begun counting whole; at least one."""
    return max(1, ceil((ended - began) / WEEK))


def hours_between(began: datetime, at: datetime) -> float:
    """How many hours passed; none where it came before the beginning."""
    return max(0.0, (at - began) / _HOUR)


def weekly(times: Iterable[datetime], began: datetime, weeks: int) -> tuple[int, ...]:
    """How many of these times are in each week since `began`, the first week first.

    What was before counts to the first week, and what came after the last to the last, so that nothing is lost.
    """
    counts = [0] * weeks
    for at in times:
        counts[min(max((at - began) // WEEK, 0), weeks - 1)] += 1
    return tuple(counts)


def reply_hours(writings: Writings, member: int) -> tuple[float, ...]:
    """How long others waited for each answer of this member, in hours, in order of time.

    It is counted from the first message of another that they had not answered yet. Messages of the same instant are no
    answers to each other.
    """
    waits: list[float] = []
    waiting: datetime | None = None
    for at, who in sorted(writings, key=lambda one: (one[0], one[1] != member)):
        if who != member:
            waiting = waiting or at
        elif waiting is not None:
            waits.append((at - waiting) / _HOUR)
            waiting = None
    return tuple(waits)


def helped(asked: Iterable[datetime], wrote: Sequence[datetime]) -> int:
    """After how many of these asks the person wrote within a week."""
    return sum(any(timedelta() < at - ask <= HELPS_WITHIN for at in wrote) for ask in asked)


def kept_of(writings: Writings, member: int, asked: Sequence[datetime], began: datetime, ended: datetime) -> Kept:
    """What is known of one member of a partnership whose members wrote then; weeks count from `began` to `ended`."""
    mine = [at for at, who in writings if who == member]
    return Kept(
        weekly(mine, began, weeks_between(began, ended)),
        tuple(round(hours, 2) for hours in reply_hours(writings, member)),
        helped(asked, mine),
    )


def to_json(kept: Kept) -> dict[str, Any]:
    """What is stored."""
    return {"weekly": list(kept.weekly), "reply_hours": list(kept.reply_hours), "helped": kept.helped}


def from_json(stored: Mapping[str, Any]) -> Kept | None:
    """What was stored; None where nothing is."""
    if not stored:
        return None
    replies = tuple(float(hours) for hours in stored["reply_hours"])
    return Kept(tuple(int(count) for count in stored["weekly"]), replies, int(stored["helped"]))
