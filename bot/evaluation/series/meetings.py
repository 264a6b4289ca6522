"""Which countries meet: how many partnerships join two countries."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.evaluation.disclosure import LEAST, hidden, shown
from bot.evaluation.history import PairFacts, RoundHistory
from bot.evaluation.series.names import UNKNOWN, is_land, land
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing, percent
from bot.world.regions import region_of

NAME, TITLE = "meetings", "Which countries meet"
MOST, REST = 10, "All others"
ENOUGH = 0.2
"""The part of all meetings that must be told between named countries; else regions are shown."""
NameOf = Callable[[str], str]
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
    """Count, for each two partners of a partnership, the countries that they join; or the parts of the world, where
    there are so many countries that little could be told of them."""
    pairs = [pair for pair in history.pairs if pair.announced_at is not None and len(pair.countries) > 1]
    if not pairs:
        return MeetingSeries((), (), nothing(NAME, TITLE, "No partners have been introduced yet."))
    if sum(len(pair.countries) for pair in pairs) < LEAST:
        why = f"Fewer than {LEAST} people have a partner, so their countries are not shown."
        return MeetingSeries((), (), nothing(NAME, TITLE, why))
    names, cells = _table(pairs, land)
    places = "countries"
    if _told_of(names, cells) < ENOUGH * _meetings(pairs):
        names, cells = _table(pairs, _region)
        places = "parts of the world"
    return MeetingSeries(names, cells, _said(pairs, names, cells, places))


def _table(pairs: Sequence[PairFacts], name_of: NameOf) -> tuple[tuple[str, ...], Cells]:
    """The table with only those rows of which some number is told."""
    people = Counter(name_of(code) for pair in pairs for code in pair.countries)
    away = hidden(people)
    names = sorted((name for name in people if name not in away), key=lambda name: (-people[name], name))[:MOST]
    if len(names) < len(people):
        names.append(REST)
    cells = _cells(pairs, names, name_of)
    kept = [place for place in range(len(names)) if any(count is not None for count in cells[place])]
    return tuple(names[place] for place in kept), tuple(tuple(cells[row][column] for column in kept) for row in kept)


def _cells(pairs: Sequence[PairFacts], names: Sequence[str], name_of: NameOf) -> Cells:
    places = {name: place for place, name in enumerate(names)}
    last = len(names) - 1
    counts: Counter[tuple[int, int]] = Counter()
    for pair in pairs:
        for one, other in combinations([places.get(name_of(code), last) for code in pair.countries], 2):
            counts[min(one, other), max(one, other)] += 1

    def cell(row: int, column: int) -> int | None:
        count = counts[min(row, column), max(row, column)]
        return count if count >= FEWEST else None

    return tuple(tuple(cell(row, column) for column in range(len(names))) for row in range(len(names)))


def _region(code: str) -> str:
    return region_of(code.upper()) if is_land(code) else UNKNOWN


def _meetings(pairs: Sequence[PairFacts]) -> int:
    return sum(len(pair.countries) * (len(pair.countries) - 1) // 2 for pair in pairs)


def _told_of(names: Sequence[str], cells: Cells) -> int:
    """How many meetings are told between places that are named."""
    named = [place for place, name in enumerate(names) if name != REST]
    return sum(cells[row][column] or 0 for row in named for column in named if column >= row)


def _said(pairs: Sequence[PairFacts], names: tuple[str, ...], cells: Cells, places: str) -> Said:
    headline = _headline(pairs)
    if not names or names == (REST,):
        return nothing(NAME, TITLE, f"{headline} No two {places} share {FEWEST} partnerships or more.")
    found = [
        (names[row], names[column], count)
        for row in range(len(names))
        for column in range(row, len(names))
        if (count := cells[row][column]) is not None
    ]
    found.sort(key=lambda one: (-one[2], one[0], one[1]))
    items = [f"{one} and {other}: {count:,}" for one, other, count in found]
    caption = (
        f"Each square counts how often partners of two {places} were brought together; a group of three counts three "
        f"times. What is fewer than {FEWEST} meetings is left out, since that is fewer than {LEAST} people."
    )
    if places != "countries":
        caption += " Countries stand together by regions of the United Nations, since few of them meet often."
    rows = tuple((one, other, f"{count:,}") for one, other, count in found)
    table = Table(("Place", "Place", "Meetings"), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)


def _headline(pairs: Sequence[PairFacts]) -> str:
    countries = {code for pair in pairs for code in pair.countries if is_land(code)}
    known = [pair for pair in pairs if all(map(is_land, pair.countries))]
    headline = f"{counted(len(pairs), 'partnership')} join {counted(len(countries), 'country', 'countries')}"
    if shown(2 * len(known)):
        across = sum(1 for pair in known if len(set(pair.countries)) > 1)
        part = "all" if across == len(known) else percent(across / len(known))
        of = "of them" if len(known) == len(pairs) else f"of the {len(known):,} in which all are known"
        headline += f"; in {part} {of} partners live in different ones"
    return f"{headline}."
