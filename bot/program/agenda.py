"""Which topic a partnership gets next: pure, so that none ever comes twice and the calendar's order holds.

On a calendar day a partnership gets that day's topic, or the first later one where it asked for that one before. The
last topic looks back on the round: it comes on its day alone. Whoever begins later gets the first topic and then
follows the calendar.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import date, datetime

from bot.program.timetable import day_anywhere

Calendar = Sequence[tuple[int, date]]
"""Topic numbers with their local days, in order; the first comes with the introduction."""


def follows(day: date, began_at: datetime) -> bool:
    """Whether a partnership that began then gets the topic of that day: from the day after its beginning on."""
    return day > began_at.date()


def on_day(numbers: Sequence[int], number: int, extra: Container[int], skipped: Container[int]) -> int | None:
    """The topic for the day of `number`; None where nothing is left. `extra` holds what came beside the calendar."""
    if number in skipped or number not in numbers:
        return None
    if number == numbers[-1]:
        return number
    ahead = numbers[numbers.index(number) : -1]
    return next((each for each in ahead if each not in extra and each not in skipped), None)


def had(calendar: Calendar, extra: Sequence[int], began_at: datetime, now: datetime) -> list[int]:
    """The topics that the calendar and requests have brought so far, the newest last."""
    came = [
        number
        for position, (number, day) in enumerate(calendar)
        if position == 0 or (follows(day, began_at) and day_anywhere(day) <= now)
    ]
    # A topic that was asked for before its day is as new as what came on that day.
    return [number for number, _ in calendar if number in {*came, *extra}] + [
        number for number in extra if number not in dict(calendar)
    ]


def another(
    calendar: Calendar,
    topics: Iterable[int],
    extra: Sequence[int],
    skipped: Container[int],
    began_at: datetime,
    now: datetime,
) -> int | None:
    """The topic for a partnership that asks for one more: the next of the calendar, else one it has missed."""
    taken = {*had(calendar, extra, began_at, now), calendar[-1][0]}
    in_order = [number for number, day in calendar if day_anywhere(day) > now]
    in_order += [number for number in topics if number not in in_order]
    return next((number for number in in_order if number not in taken and number not in skipped), None)
