"""Time to first contact: how long after the introduction everybody in a partnership had written."""

from dataclasses import dataclass
from statistics import median

from bot.evaluation.disclosure import LEAST
from bot.evaluation.history import RoundHistory
from bot.evaluation.series.measures import Share, share
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing, percent, percent_span

NAME, TITLE = "first", "Time to first contact"
LIMITS = (
    ("within a day", 24.0),
    ("within 2 days", 48.0),
    ("within 3 days", 72.0),
    ("within a week", 168.0),
    ("within 2 weeks", 336.0),
    ("at any time", float("inf")),
)
"""Hours after the introduction."""


@dataclass(frozen=True, slots=True)
class FirstSeries:
    """How many of the partnerships had all written by then, and the middle time in hours of those that did."""

    by: tuple[tuple[str, Share], ...]
    median_hours: float | None
    said: Said


def first_series(history: RoundHistory) -> FirstSeries:
    """Count the partnerships that were introduced."""
    pairs = [pair for pair in history.pairs if pair.announced_at is not None]
    waits = [pair.first_contact_hours for pair in pairs if pair.first_contact_hours is not None]
    by = tuple((name, share(sum(1 for wait in waits if wait <= limit), len(pairs))) for name, limit in LIMITS)
    middle = median(waits) if waits else None
    people = sum(len(pair.members) for pair in pairs)
    return FirstSeries(by, middle, _said(history, by, middle, people))


def duration(hours: float) -> str:
    """`7 hours`, `2.5 days`."""
    if hours < 48:
        return counted(max(1, round(hours)), "hour")
    return f"{hours / 24:.1f}".removesuffix(".0") + " days"


def _said(history: RoundHistory, by: tuple[tuple[str, Share], ...], middle: float | None, people: int) -> Said:
    pairs = by[0][1].of
    if not pairs:
        return nothing(NAME, TITLE, "No partners have been introduced yet.")
    if people < LEAST:
        return nothing(NAME, TITLE, f"Fewer than {LEAST} people have a partner, so their times are not shown.")
    ever = by[-1][1]
    if middle is None:
        headline = f"In none of {counted(pairs, 'partnership')} has everybody written yet."
    else:
        headline = (
            f"In {ever.count:,} of {counted(pairs, 'partnership')} ({percent(ever.value)}) everybody wrote, "
            f"half of these within {duration(middle)}."
        )
    items = [f"{name}: {one.count:,} ({percent(one.value)})" for name, one in by]
    caption = (
        "Partnerships in which everybody had written, by the time since the introduction arrived. Each bar holds the "
        "ones above it. Whiskers are 95 % intervals (Wilson)."
    )
    if not history.ended:
        caption += " The round is not over: who has not written may still do so."
    rows = tuple(
        (name, f"{one.count:,}", f"{percent(one.value)} ({percent_span(one.low, one.high)})") for name, one in by
    )
    table = Table(("Everybody had written", "Partnerships", "Share (95 % interval)"), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)
