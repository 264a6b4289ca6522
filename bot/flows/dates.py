"""Dates as people type them, and as they are shown."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.flows.words import fold

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
YEARS = range(1900, 2200)

_COUNT_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
_COUNTS = {word: number for number, word in enumerate(_COUNT_WORDS.split())} | {"a": 1, "an": 1}
_ISO = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})(?:\s*[./-]\s*(\d{4}|\d{2})?)?")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})(?: (\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?")
_AHEAD = re.compile(r"(?:in )?(\w+) (day|week|month|year)s?(?: from (?:now|today))?")
_NEAR = {"today": 0, "now": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2, "next week": 7}


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates that a text may mean: one when it is clear, two for `3/4/2027`, none when it is no date."""

    candidates: tuple[date, ...]


def read_date(text: str, today: date) -> Dates:
    """What date a text means, seen from `today`.

    Understood: `2027-05-12`, `12.5.2027`, `12/5/2027` (with a slash it may mean two), `12 May`, `May 12, 2027`,
    `today`, `tomorrow`, `Monday`, `next Monday` (the first one after today), `in two weeks`, `next month`. Where
    the year is missing, the first such day from today on is meant.
    """
    if len(text) > 60:
        return Dates(())
    bare = text.strip().rstrip(".,!")
    found = _numeric(bare, today)
    if found is None:
        folded = fold(text).removeprefix("on ")
        one = _named(folded, today) or _relative(folded, today)
        found = () if one is None else (one,)
    return Dates(tuple(sorted(set(found))))


def date_label(value: str) -> str:
    """A stored date for people: `12 May 2027`. What is no stored date comes back as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _numeric(text: str, today: date) -> tuple[date, ...] | None:
    iso = _ISO.fullmatch(text)
    if iso:
        return _days([(int(iso[1]), int(iso[2]), int(iso[3]))])
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    # A dot is written between day and month only; a slash or hyphen stands in both orders.
    orders = [(second, first)] if match[2] == "." else [(second, first), (first, second)]
    if match[4] is None:
        return tuple(day for month, number in orders if (day := _coming(month, number, today)) is not None)
    year = int(match[4]) if len(match[4]) == 4 else 2000 + int(match[4])
    return _days([(year, month, number) for month, number in orders])


def _named(folded: str, today: date) -> date | None:
    match = _DAY_MONTH.fullmatch(folded)
    if match:
        number, name, year = match[1], match[2], match[3]
    else:
        match = _MONTH_DAY.fullmatch(folded)
        if match is None:
            return None
        name, number, year = match[1], match[2], match[3]
    month = next((n for n, full in enumerate(MONTHS, 1) if full.casefold().startswith(name)), 0) or 9 * (name == "sept")
    if not month:
        return None
    if year is None:
        return _coming(month, int(number), today)
    return next(iter(_days([(int(year), month, int(number))])), None)


def _relative(folded: str, today: date) -> date | None:
    if folded in _NEAR:
        return _ahead(today, _NEAR[folded])
    name = folded.removeprefix("next ").removeprefix("this ").removeprefix("coming ")
    weekday = next((n for n, full in enumerate(DAYS) if name in (full, full[:3])), None)
    if weekday is not None:
        return _ahead(today, (weekday - today.weekday() - 1) % 7 + 1)
    match = _AHEAD.fullmatch(folded.replace("next ", "1 ") if folded.startswith("next ") else folded)
    if match is None:
        return None
    count = _COUNTS.get(match[1])
    if count is None:
        if not match[1].isascii() or not match[1].isdigit() or len(match[1]) > 4:
            return None
        count = int(match[1])
    if match[2] in ("day", "week"):
        return _ahead(today, count * (7 if match[2] == "week" else 1))
    return _months_ahead(today, count * (12 if match[2] == "year" else 1))


def _coming(month: int, number: int, today: date) -> date | None:
    # Four years and a skipped leap year: the 29th of February comes within eight years.
    years = range(today.year, today.year + 9)
    return next((day for day in _days([(year, month, number) for year in years]) if day >= today), None)


def _days(parts: list[tuple[int, int, int]]) -> tuple[date, ...]:
    return tuple(
        date(year, month, number)
        for year, month, number in parts
        if year in YEARS and 1 <= month <= 12 and 1 <= number <= calendar.monthrange(year, month)[1]
    )


def _ahead(today: date, days: int) -> date | None:
    day = today + timedelta(days=days)
    return day if day.year in YEARS else None


def _months_ahead(today: date, months: int) -> date | None:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if year not in YEARS:
        return None
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
