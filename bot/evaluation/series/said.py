"""What is said of a picture: title, message, alternative text, how to read it, and its numbers as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_ALT = 1_000
"""Characters of an alternative text that every platform takes whole."""
_DASH = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a picture. The first cell of a row names it."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one picture. `title` names what it is about, `headline` is what it says, `alt` says it with the
    numbers, `caption` how to read it and what is left out. `table` is None where there is nothing to show: then
    `headline` says why.
    """

    name: str
    title: str
    headline: str
    alt: str
    caption: str
    table: Table | None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.table is None


def nothing(name: str, title: str, why: str) -> Said:
    """The words where there is nothing to show yet; `why` is a sentence."""
    return Said(name, title, why, why, "", None)


def percent(share: float) -> str:
    """A share in whole per cent. What is little but something, and much but not all, says so."""
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{round(100 * share)} %"


def counted(count: int, one: str, many: str = "") -> str:
    """`1 person`, `1,200 people`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def decimal(value: float) -> str:
    """One decimal place."""
    return f"{value:.1f}"


def span(low: float, high: float) -> str:
    """An interval, one decimal place each."""
    return f"{decimal(low)}{_DASH}{decimal(high)}"


def percent_span(low: float, high: float) -> str:
    """An interval of shares in whole per cent: outwards, so that it claims no more than is known."""
    return f"{int(100 * low)}{_DASH}{-int(-100 * high // 1)} %"


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def alternative(headline: str, items: Iterable[str], after: str = "") -> str:
    """An alternative text that fits: the message, then as many numbers as there is room for, and what must follow."""
    found, every = headline, list(items)
    room = MOST_ALT - len(after) - 40
    told: list[str] = []
    for place, item in enumerate(every):
        if len(found) + sum(len(each) + 2 for each in told) + len(item) > room:
            told.append(f"and {len(every) - place} more")
            break
        told.append(item)
    if told:
        found += f" {'; '.join(told)}."
    return f"{found} {after}".strip()


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
