"""Where people come from: the countries with most applicants, the rest together."""

from collections import Counter
from dataclasses import dataclass

from bot.evaluation.disclosure import LEAST
from bot.evaluation.history import RoundHistory
from bot.evaluation.series.groups import ranked
from bot.evaluation.series.names import UNKNOWN, land
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing, percent

NAME, TITLE = "countries", "Where people come from"
MOST = 20


@dataclass(frozen=True, slots=True)
class CountrySeries:
    """People who applied by country: the largest groups first, then all others as one (`rest` of `rest_countries`)."""

    bars: tuple[tuple[str, int], ...]
    rest_countries: int
    rest: int
    countries: int
    said: Said


def country_series(history: RoundHistory) -> CountrySeries:
    """Count those who applied by country. Countries with fewer than five are only shown together."""
    counts = Counter(land(person.country) for person in history.people)
    groups = ranked(counts, MOST)
    countries = sum(1 for name in counts if name != UNKNOWN)
    said = _said(len(history.people), countries, groups.shown, groups.rest_groups, groups.rest)
    return CountrySeries(groups.shown, groups.rest_groups, groups.rest, countries, said)


def rest_name(countries: int) -> str:
    """How all other countries are called."""
    return counted(countries, "other country", "other countries")


def _said(people: int, countries: int, bars: tuple[tuple[str, int], ...], others: int, rest: int) -> Said:
    if not people:
        return nothing(NAME, TITLE, "Nobody has applied yet.")
    if people < LEAST:
        return nothing(NAME, TITLE, f"Fewer than {LEAST} people applied, so their countries are not shown.")
    headline = f"{counted(people, 'person', 'people')} from {counted(countries, 'country', 'countries')} applied."
    if not bars:
        return nothing(NAME, TITLE, f"{headline} Each of them has too few to be shown by itself.")
    most = next(((name, count) for name, count in bars if name != UNKNOWN), None)
    if most is not None:
        headline = f"{headline[:-1]}, most from {most[0]} ({most[1]:,})."
    every = [*bars, *([(rest_name(others), rest)] if rest else [])]
    items = [f"{name}: {count:,}" for name, count in every]
    caption = f"People who applied, by the country that they gave. Those with fewer than {LEAST} are shown together"
    caption += f", and so are all after the first {MOST}." if len(bars) == MOST else "."
    rows = [(name, f"{count:,}", percent(count / people)) for name, count in every]
    table = Table(("Country", "People", "Share"), tuple(rows))
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)
