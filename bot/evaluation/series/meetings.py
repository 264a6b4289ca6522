"""Which countries meet: how many partnerships join two countries."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from bot.evaluation.disclosure import LEAST, hidden
from bot.evaluation.history import PairFacts, RoundHistory
from bot.evaluation.series.names import land
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing, percent

NAME, TITLE = "meetings", "Which countries meet"
MOST, REST = 10, "All others"
Cells = tuple[tuple[int | None, ...], ...]
FEWEST = (LEAST + 1) // 2
"""So many meetings between two countries are told: fewer would be fewer than five people."""


@dataclass(frozen=True, slots=True)
class MeetingSeries:
    """A table of countries by countries, the last of them perhaps all others together. `cells[row][column]` counts
    meetings in one direction of the table, as in the other; None where there are too few to be told, or none.
    """

    names: tuple[str, ...]
    cells: Cells
    said: Said


def meeting_series(history: RoundHistory) -> MeetingSeries:
    """Count, for each two partners of a partnership, the countries that they join."""
    pairs = [pair for pair in history.pairs if pair.announced_at is not None and len(pair.countries) > 1]
    if not pairs:
        return MeetingSeries((), (), nothing(NAME, TITLE, "No partners have been introduced yet."))
    people = Counter(land(code) for pair in pairs for code in pair.countries)
    if sum(people.values()) < LEAST:
        why = f"Fewer than {LEAST} people have a partner, so their countries are not shown."
        return MeetingSeries((), (), nothing(NAME, TITLE, why))
    names = _rows(people)
    names, cells = _told(names, _cells(pairs, names))
    return MeetingSeries(names, cells, _said(pairs, names, cells, len(people)))


def _told(names: tuple[str, ...], cells: Cells) -> tuple[tuple[str, ...], Cells]:
    """Only those countries of which some number is told."""
    kept = [place for place in range(len(names)) if any(count is not None for count in cells[place])]
    return tuple(names[place] for place in kept), tuple(tuple(cells[row][column] for column in kept) for row in kept)


def _rows(people: Mapping[str, int]) -> tuple[str, ...]:
    away = hidden(people)
    kept = sorted((name for name in people if name not in away), key=lambda name: (-people[name], name))[:MOST]
    return (*kept, REST) if len(kept) < len(people) else tuple(kept)


def _cells(pairs: list[PairFacts], names: tuple[str, ...]) -> Cells:
    places = {name: place for place, name in enumerate(names)}
    last = len(names) - 1
    counts: Counter[tuple[int, int]] = Counter()
    for pair in pairs:
        for one, other in combinations([places.get(land(code), last) for code in pair.countries], 2):
            counts[min(one, other), max(one, other)] += 1

    def cell(row: int, column: int) -> int | None:
        count = counts[min(row, column), max(row, column)]
        return count if count >= FEWEST else None

    return tuple(tuple(cell(row, column) for column in range(len(names))) for row in range(len(names)))


def _said(pairs: list[PairFacts], names: tuple[str, ...], cells: Cells, countries: int) -> Said:
    across = sum(1 for pair in pairs if len(set(pair.countries)) > 1)
    share = percent(across / len(pairs))
    headline = (
        f"{across:,} of {counted(len(pairs), 'partnership')} ({share}) join different countries, {countries:,} in all."
    )
    if not names or names == (REST,):
        return nothing(NAME, TITLE, f"{headline} No two countries share {FEWEST} partnerships or more.")
    found = [
        (names[row], names[column], count)
        for row in range(len(names))
        for column in range(row, len(names))
        if (count := cells[row][column]) is not None
    ]
    found.sort(key=lambda one: (-one[2], one[0], one[1]))
    items = [f"{one} and {other}: {count:,}" for one, other, count in found]
    caption = (
        "Each square counts how often partners of two countries were brought together; a group of three counts three "
        f"times. What is fewer than {FEWEST} meetings is left out, since that is fewer than {LEAST} people."
    )
    rows = tuple((one, other, f"{count:,}") for one, other, count in found)
    table = Table(("Country", "Country", "Meetings"), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)
