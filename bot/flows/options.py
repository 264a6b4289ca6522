"""Which options a person means by what they typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.flows.words import fold
from bot.language.messages import Option

SURE = 85.0
"""The likeness (0 to 100, rapidfuzz `ratio`) from which a typo is taken for the option."""
MARGIN = 8.0
"""By how much the best likeness must beat the second, so that nobody is misread."""

_NUMBER = re.compile(r"(?:option |number |no |nr )?(\d{1,3})")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_NUMBERS = re.compile(r"[\s#]*\d{1,3}(?:(?:\s*(?:[,;.&+)]|and\b)\s*|\s+)#?\d{1,3})*[\s.)]*", re.IGNORECASE)
_SPAN = re.compile(r"(?<![\w-])(\d{1,2})\s?[-\u2013]\s?(\d{1,2})(?![\w-])")
_PARTS = re.compile(r"\s*(?:[,;\n\u2022\u060c\uff0c\u3001&+]|\band\b)\s*", re.IGNORECASE)
_NEGATIONS = frozenset({"not", "no", "never", "none", "except", "without", "neither", "nor", "non"})
_EVERYTHING = frozenset({"all", "all of them", "everything", "all of these", "all of the above"})
_RUN = 6
"""How many parts, split at commas and 'and', one label may be made of."""
_MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class Understood:
    """The values that were understood (in the options' order), and the parts that were not."""

    values: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def exact(text: str, options: Sequence[Option]) -> str | None:
    """The value of the option whose label or value this is, in any case and punctuation."""
    folded = fold(text)
    if not folded:
        bare = text.strip()
        return next((option.value for option in options if bare and bare in (option.label, option.value)), None)
    for option in options:
        if folded == fold(option.label):
            return option.value
    return next((option.value for option in options if folded == fold(option.value)), None)


def one(text: str, options: Sequence[Option]) -> str | None:
    """The value of the one option that is meant, or None when none is or several may be.

    In this order: label or value, number in the list, unique beginning, unique words of a label, a label within the
    text, and last a typo that is very like one option and no other.
    """
    found = exact(text, options)
    if found is not None:
        return found
    folded = fold(text)
    if not folded:
        return None
    number = _position(folded, len(options))
    if number is not None:
        return options[number].value
    labels = [fold(option.label) for option in options]
    for matches in (_beginning(folded, labels), _words_of(folded, labels), _within(folded, labels)):
        if len(matches) == 1:
            return options[matches[0]].value
        if matches:
            return None
    return _typo(folded, labels, options)


def several(text: str, options: Sequence[Option]) -> Understood:
    """The options meant by a list that is separated by commas, semicolons, lines or 'and'.

    A label may itself bear commas and 'and': the longest run of parts that makes a label is taken first.
    """
    if fold(text) in _EVERYTHING and exact(text, options) is None:
        return Understood(tuple(option.value for option in options))
    if not any(any(char.isdigit() for char in option.label) for option in options):
        text = _SPAN.sub(_counted_out, text)
    if _NUMBERS.fullmatch(text) and exact(text, options) is None:
        return _ordered([(number, one(number, options)) for number in re.findall(r"\d+", text)], options)
    spans = _spans(text)
    if len(spans) > _MOST_PARTS:
        return Understood((), (text,))
    found: list[tuple[str, str | None]] = []
    start = 0
    while start < len(spans):
        value, used = _longest(text, spans[start : start + _RUN], options)
        part = text[spans[start][0] : spans[start][1]]
        found.append((part, value if value is not None else one(part, options)))
        start += used
    return _ordered(found, options)


def _counted_out(span: re.Match[str]) -> str:
    first, last = int(span[1]), int(span[2])
    return ",".join(str(number) for number in range(first, last + 1)) if first < last else span[0]


def _ordered(found: Sequence[tuple[str, str | None]], options: Sequence[Option]) -> Understood:
    chosen = {value for _, value in found if value is not None}
    unknown = tuple(dict.fromkeys(part for part, value in found if value is None))
    return Understood(tuple(option.value for option in options if option.value in chosen), unknown)


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for separator in _PARTS.finditer(text):
        spans.append((start, separator.start()))
        start = separator.end()
    spans.append((start, len(text)))
    return [(begin, end) for begin, end in spans if text[begin:end].strip(" \t.-*")]


def _longest(text: str, spans: Sequence[tuple[int, int]], options: Sequence[Option]) -> tuple[str | None, int]:
    for length in range(len(spans), 0, -1):
        value = exact(text[spans[0][0] : spans[length - 1][1]], options)
        if value is not None:
            return value, length
    return None, 1


def _position(folded: str, count: int) -> int | None:
    match = _NUMBER.fullmatch(folded)
    number = int(match.group(1)) if match else _ORDINALS.get(folded.removeprefix("the ").removesuffix(" one"), 0)
    if number == -1:
        return count - 1
    return number - 1 if 1 <= number <= count else None


def _beginning(folded: str, labels: Sequence[str]) -> list[int]:
    if len(folded) < 2:
        return []
    found = [n for n, label in enumerate(labels) if label.startswith(folded)]
    # "young adults" for "Young Adult Services"
    singular = folded.removesuffix("s")
    return found or [n for n, label in enumerate(labels) if len(singular) > 3 and label.startswith(f"{singular} ")]


def _words_of(folded: str, labels: Sequence[str]) -> list[int]:
    if len(folded) < 3 or folded.isdigit():
        return []
    return [n for n, label in enumerate(labels) if f" {folded} " in f" {label} "]


def _within(folded: str, labels: Sequence[str]) -> list[int]:
    if not _NEGATIONS.isdisjoint(folded.split()):
        return []
    return [n for n, label in enumerate(labels) if len(label) >= 3 and f" {label} " in f" {folded} "]


def _typo(folded: str, labels: Sequence[str], options: Sequence[Option]) -> str | None:
    if len(folded) < 4:
        return None
    digits = re.findall(r"\d+", folded)
    # "1 to 5 years" and "1 to 6 years" are nearly one text, and yet no typos of each other.
    alike = [fuzz.ratio(folded, label) if re.findall(r"\d+", label) == digits else 0.0 for label in labels]
    scores = sorted(((score, n) for n, score in enumerate(alike)), reverse=True)
    second = scores[1][0] if len(scores) > 1 else 0.0
    if scores and scores[0][0] >= SURE and scores[0][0] - second >= MARGIN:
        return options[scores[0][1]].value
    return None
