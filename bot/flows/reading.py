"""What reading an answer can come to, and what a reader is told about the question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.flows.spec import Step
from bot.language.markup import tidy_line

SHOWN = 80
"""Characters of somebody's own words that are said back when they are not understood."""


@dataclass(frozen=True, slots=True)
class Question:
    """A step as it stands before one person.

    `offered` and `misses` as in `State`; `country` is the code of the person's country, if known; `today` is
    the person's day.
    """

    step: Step
    today: date
    offered: tuple[str, ...] = ()
    misses: int = 0
    country: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to store; None passes an optional question over."""

    value: str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Several answers may be meant: ask which of `offered`, with the text of key `note`."""

    offered: tuple[str, ...]
    note: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Refused:
    """No answer, for the `reason` (key of a text, with `values`). `offered` may help the next time."""

    reason: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    offered: tuple[str, ...] = ()


Reading = Accepted | Unclear | Refused


def shown(text: str) -> str:
    """Somebody's words as they are said back: one line, shortened."""
    line = tidy_line(text[: SHOWN * 4], SHOWN + 1)
    return line if len(line) <= SHOWN else line[:SHOWN].rstrip() + "…"


def shown_list(texts: tuple[str, ...], most: int = 5) -> str:
    """Several of somebody's words as they are said back: at most `most` of them, with commas."""
    return ", ".join(shown(text) for text in texts[:most]) + (" …" if len(texts) > most else "")
