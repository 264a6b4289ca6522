"""One cell of a form export as the answer to its question."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Literal

from bot.language.markup import tidy
from bot.world.countries import UNLISTED, Ambiguous, Found, fold, resolve_country
from bot.world.names import clean_email
from bot.world.zones import guess_zone, load_zone, resolve_zone, zones_of
from topics.model import Choice, Question, QuestionKind

Answer = str | tuple[str, ...]
Order = Literal["day", "month", ""]
"""What comes first in a date such as 07/01/2026; empty where nobody can tell."""

_TEXT_MAXIMUM = 4_000
_SHOWN = 60
_STRANGE_SHOWN = 3
_PLACE_MAXIMUM = 300
"""Characters looked at where a country or a zone should stand: more than any of them has."""
_YES = frozenset({"yes", "y", "true", "t", "1", "x", "ok", "agree", "i agree", "oui", "si", "ja", "sim", "да"})
_NO = frozenset({"no", "n", "false", "f", "0", "non", "nein", "nao", "nej", "nee", "нет", "i do not agree"})
_NUMERIC = re.compile(
    r"(?P<a>\d{1,4})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})"
    r"(?:(?:T|\s*,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*(?P<zone>Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?"
)
_YEAR_DIGITS = 4
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says: the answer, None where it gives none, and what was odd about it."""

    answer: Answer | None
    problems: tuple[str, ...] = ()


def shown(text: str) -> str:
    """Outside text in quotation marks for a report: one line, without control characters, at most 60 characters."""
    line = " ".join(tidy(text[: _SHOWN * 4]).split())
    return f'"{line[:_SHOWN]}…"' if len(line) > _SHOWN else f'"{line}"'


def cell_reader(question: Question, separator: str) -> Callable[[str], Cell]:
    """What reads the cells of a question (a row's first country and time zone are read together, by `read_place`)."""
    read: Mapping[QuestionKind, Callable[[str], Cell]] = {
        QuestionKind.TEXT: partial(_text, question),
        QuestionKind.NUMBER: partial(_number, question),
        QuestionKind.CHOICE: partial(_choice, question, _values(question.options)),
        QuestionKind.MANY: partial(_many, question, _values(question.options), separator.strip() or separator),
        QuestionKind.YES_NO: partial(_yes_no, question),
        QuestionKind.DATE: partial(_date, question),
        QuestionKind.PEOPLE: partial(_people, question),
        # A form cannot bring one; what it says in its place is left out.
        QuestionKind.PICTURE: lambda text: Cell(None),
        QuestionKind.COUNTRY: lambda text: read_place(text, "")[0],
        QuestionKind.ZONE: lambda text: read_place("", text)[1],
    }
    missing = Cell(None, (f'no answer to "{label(question)}"',) if question.required else ())
    reader = read[question.kind]
    return lambda text: reader(text.strip()) if text.strip() else missing


def label(question: Question) -> str:
    """How a report calls a question."""
    return question.short or question.column or question.name


def read_place(country: str, zone: str) -> tuple[Cell, Cell]:
    """Country and time zone from their two cells.

    A zone that only one of several countries of the same name has tells which is meant. Where the zone's cell is
    blank or tells nothing, it is the country's likeliest.
    """
    return _place(country[:_PLACE_MAXIMUM], zone[:_PLACE_MAXIMUM])


@lru_cache(maxsize=4096)
def _place(country: str, zone: str) -> tuple[Cell, Cell]:
    given = resolve_zone(zone) if zone.strip() else None
    code, odd = _country(country, given)
    here = (resolve_zone(zone, code) if zone.strip() else None) or guess_zone(code)
    invalid = zone.strip() and resolve_zone(zone, code) is None
    reason = (f"time zone {shown(zone)} is not known, {here} is taken instead",) if invalid else ()
    return Cell(code, (odd,) if odd else ()), Cell(here, reason)


def _country(text: str, zone: str | None) -> tuple[str, str]:
    if not text.strip():
        return UNLISTED, "no country given"
    match resolve_country(text):
        case Found(code=code):
            return code, ""
        case Ambiguous(codes=codes):
            at_zone = [code for code, _ in codes if zone and zone in zones_of(code)]
            names = " or ".join(name for _, name in codes)
            return (at_zone[0], "") if len(at_zone) == 1 else (UNLISTED, f"country {shown(text)} may be {names}")
        case found:
            names = " or ".join(name for _, name in found.suggestions[:2])
            return UNLISTED, f"country {shown(text)} is not known" + (f" ({names}?)" if names else "")


def _text(question: Question, text: str) -> Cell:
    maximum = question.maximum or _TEXT_MAXIMUM
    whole = tidy(text, maximum + 1)
    if len(whole) > maximum:
        return Cell(whole[:maximum].rstrip(), (f'"{label(question)}" is cut to {maximum:,} characters',))
    return Cell(whole or None)


def _number(question: Question, text: str) -> Cell:
    least, most = question.minimum, question.maximum
    number = int(text) if re.fullmatch(r"[-+]?\d{1,9}", text, re.ASCII) else None
    if number is None or (least is not None and number < least) or (most is not None and number > most):
        return Cell(None, (f'{shown(text)} is no possible answer to "{label(question)}"',))
    return Cell(str(number))


def _choice(question: Question, values: Mapping[str, str], text: str) -> Cell:
    value = values.get(fold(text))
    return Cell(value) if value else Cell(None, (f'{shown(text)} is no option of "{label(question)}"',))


def _many(question: Question, values: Mapping[str, str], separator: str, text: str) -> Cell:
    """The values of the options listed in the cell. A label may contain the separator: the longest one counts."""
    parts = [part.strip() for part in text.split(separator)]
    longest = 1 + max((option.label.count(separator) for option in question.options), default=0)
    chosen: dict[str, None] = {}
    strange: list[str] = []
    at = 0
    while at < len(parts):
        spans = [(n, values.get(fold(" ".join(parts[at : at + n])))) for n in range(longest, 0, -1)]
        taken, value = next(((n, value) for n, value in spans if value), (1, None))
        if value:
            chosen[value] = None
        elif parts[at]:
            strange.append(parts[at])
        at += taken
    problems = _no_options(question, strange)
    kept = tuple(chosen)[: question.maximum]
    if len(kept) < len(chosen):
        problems.append(f'only the first {question.maximum} of {len(chosen)} answers to "{label(question)}" are kept')
    if len(kept) < (question.minimum or 0):
        problems.append(f'too few answers to "{label(question)}"')
    return Cell(kept or None, tuple(problems))


def _no_options(question: Question, texts: Sequence[str]) -> list[str]:
    """What to say about answers that no option has: each of the first few, and how many more there are."""
    problems = [f'{shown(text)} is no option of "{label(question)}"' for text in texts[:_STRANGE_SHOWN]]
    if len(texts) > _STRANGE_SHOWN:
        more = len(texts) - _STRANGE_SHOWN
        problems.append(f'{more:,} more {"are no options" if more > 1 else "is no option"} of "{label(question)}"')
    return problems


def _values(options: tuple[Choice, ...]) -> dict[str, str]:
    """The value of each option by its label and by its value, both folded; the value counts where they collide."""
    return {fold(o.label): o.value for o in options} | {fold(o.value): o.value for o in options}


def _yes_no(question: Question, text: str) -> Cell:
    words = fold(text)
    for known, answer in ((_NO, "no"), (_YES, "yes")):
        if words in known or words.split(" ", 1)[0] in known & {"yes", "no"}:
            return Cell(answer)
    return Cell(None, (f'{shown(text)} is neither yes nor no ("{label(question)}")',))


def _date(question: Question, text: str) -> Cell:
    try:
        return Cell(date.fromisoformat(text).isoformat())
    except ValueError:
        return Cell(None, (f'{shown(text)} is no date such as 2026-09-01 ("{label(question)}")',))


def _people(question: Question, text: str) -> Cell:
    people: dict[str, None] = {}
    problems: list[str] = []
    for part in re.split(r"[,;\n]+", text):
        address = clean_email(part)
        if address:
            people[address] = None
        elif part.strip():
            problems.append(f'{shown(part)} is no e-mail address ("{label(question)}")')
    return Cell(tuple(people) or None, tuple(problems))


def first_in_dates(texts: list[str]) -> Order:
    """Whether the day or the month comes first in the dates of one column: a number above 12 tells it."""
    firsts: set[Order] = set()
    for text in texts:
        found = _NUMERIC.fullmatch(text.strip())
        if found and found["sep"] == "/" and len(found["c"]) == _YEAR_DIGITS:
            firsts |= {"day"} if int(found["a"]) > _MONTHS else {"month"} if int(found["b"]) > _MONTHS else set()
    return firsts.pop() if len(firsts) == 1 else ""


def read_timestamp(text: str, zone: str, order: Order) -> datetime | None:
    """A moment in UTC as form tools write it: ISO 8601, "2026/07/01 1:23:45 PM GMT+2", "01.07.2026 13:23".

    A time without a distance from UTC is one of `zone`. None for anything else, and for a date such as 07/01/2026
    of which `order` does not tell what comes first.
    """
    found = _NUMERIC.fullmatch(text.strip())
    if not found:
        return None
    first, middle, last = int(found["a"]), int(found["b"]), int(found["c"])
    if len(found["a"]) == _YEAR_DIGITS:
        year, month, day = first, middle, last
    elif len(found["c"]) != _YEAR_DIGITS or (found["sep"] == "/" and not order and first != middle):
        return None
    else:
        year, day, month = last, *((middle, first) if found["sep"] == "/" and order == "month" else (first, middle))
    hour, half = int(found["hour"] or 0), (found["half"] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        naive = datetime(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0))  # noqa: DTZ001 - its zone is found and added below
        return _placed(naive, found["zone"] or "", zone)
    except (ValueError, OverflowError):
        return None


def _placed(naive: datetime, distance: str, zone: str) -> datetime:
    """A local time in UTC, by its own distance from UTC if it has one, else by the zone."""
    bare = distance.upper().removeprefix("UTC").removeprefix("GMT").removeprefix("Z")
    if not bare:
        return naive.replace(tzinfo=UTC if distance else load_zone(zone)).astimezone(UTC)
    # The caller has matched this form already, so there is always a match.
    hours, minutes = re.fullmatch(r"(\d{1,2}):?(\d{2})?", bare[1:]).groups()  # pyright: ignore[reportOptionalMemberAccess] - the caller has matched it
    sign = "-" if bare[0] == "-" else "+"
    return datetime.fromisoformat(f"{naive.isoformat()}{sign}{int(hours):02}:{minutes or '00'}").astimezone(UTC)
