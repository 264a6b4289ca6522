"""The keys of a TOML table: which there are, what each may hold, and reading them all at once."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, cast

from topics.lines import Path
from topics.problems import listed, suggestion
from topics.sheet import Sheet

Parse = Callable[[object], Any]
"""Turns a TOML value into what the kit holds. Raises Wrong."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Wrong(ValueError):
    """A value that cannot stay; `inside` is the way from the value to the part of it that is meant."""

    def __init__(self, text: str, *inside: str | int) -> None:
        super().__init__(text)
        self.inside = inside


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. A key that is neither required nor given takes the default of the kit's dataclass.

    `blank` stands for a required value that is missing or wrong, so that the rest can still be checked.
    """

    name: str
    parse: Parse
    required: bool = False
    blank: Any = ""


def read_table(sheet: Sheet, where: Path, raw: object, keys: Collection[Key]) -> dict[str, Any]:
    """The table's values by key; every unknown, missing or wrong one becomes a finding."""
    if not isinstance(raw, Mapping):
        sheet.wrong(where, f"`{name_of(where)}` must be a table of keys")
        return {key.name: key.blank for key in keys if key.required}
    table = cast("Mapping[str, object]", raw)
    by_name = {key.name: key for key in keys}
    for name in table:
        if name not in by_name:
            hint = suggestion(name, by_name.keys() - table.keys()) or f": the keys here are {listed(by_name)}"
            sheet.wrong((*where, name), f"unknown key `{name}`{hint}")
    values: dict[str, Any] = {}
    for key in keys:
        if key.required:
            values[key.name] = key.blank
        if key.name not in table:
            if key.required:
                sheet.wrong(where, f"the key `{key.name}` is missing in {header(where)}")
            continue
        try:
            values[key.name] = key.parse(table[key.name])
        except Wrong as wrong:
            sheet.wrong((*where, key.name, *wrong.inside), f"`{key.name}` {wrong}")
    return values


def rows(sheet: Sheet, where: Path, raw: object) -> Sequence[object]:
    """The tables of a `[[row]]`; a finding and none where it is something else."""
    if isinstance(raw, list):
        return cast("list[object]", raw)
    sheet.wrong(where, f"write each of these as a table of its own that begins with [[{name_of(where)}]]")
    return ()


def name_of(where: Path) -> str:
    """The dotted name of a table, without positions."""
    return ".".join(part for part in where if isinstance(part, str))


def header(where: Path) -> str:
    """A table's name as it is written above it."""
    return f"[[{name_of(where)}]]" if where and isinstance(where[-1], int) else f"[{name_of(where)}]"


def line(raw: object) -> str:
    """One line of words, not empty."""
    text = words(raw)
    if not text or "\n" in text:
        raise Wrong("must be one line of words" if text else "must not be empty")
    return text


def words(raw: object) -> str:
    """Any words, without the white space around them."""
    if not isinstance(raw, str):
        raise Wrong(f"must be text in quotes, not {_called(raw)}")
    return raw.strip()


def verbatim(raw: object) -> str:
    """Characters just as they are written, not empty."""
    if not isinstance(raw, str) or not raw:
        raise Wrong("must be text in quotes, and not empty")
    return raw


def full(raw: object) -> str:
    """Words, at least one."""
    if not words(raw):
        raise Wrong("must not be empty")
    return words(raw)


def name(raw: object) -> str:
    """A name for something, as it is stored."""
    text = words(raw)
    if not _NAME.fullmatch(text):
        raise Wrong(f"must be small letters, digits and _, beginning with a letter, not `{text}`")
    return text


def flag(raw: object) -> bool:
    """true or false."""
    if not isinstance(raw, bool):
        raise Wrong(f"must be true or false, not {_called(raw)}")
    return raw


def whole(minimum: int | None = None, maximum: int | None = None) -> Parse:
    """A whole number within these bounds."""

    def parse(raw: object) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise Wrong(f"must be a whole number, not {_called(raw)}")
        if (minimum is not None and raw < minimum) or (maximum is not None and raw > maximum):
            low = "" if minimum is None else f"{minimum} or more"
            raise Wrong(f"must be {low if maximum is None else f'from {minimum} to {maximum}'}, not {raw}")
        return raw

    return parse


def share(raw: object) -> float:
    """A part of the whole, 0 to 1."""
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        raise Wrong(f"must be a number from 0 to 1, not {_called(raw)}")
    if not 0 <= raw <= 1:
        raise Wrong(f"must be from 0 to 1 (0.2 is one in five), not {raw}")
    return float(raw)


def one_of(allowed: Iterable[str]) -> Parse:
    """One of these words."""
    known = tuple(allowed)

    def parse(raw: object) -> str:
        text = words(raw)
        if text not in known:
            raise Wrong(f"must be one of {listed(known)}, not `{text}`{suggestion(text, known)}")
        return text

    return parse


def weekday(raw: object) -> int:
    """A day of the week by its English name; Monday is 0."""
    text = words(raw).lower()
    if text not in WEEKDAYS:
        raise Wrong(f"must be a day of the week such as `monday`, not `{text}`{suggestion(text, WEEKDAYS)}")
    return WEEKDAYS.index(text)


def clock(raw: object) -> time:
    """A time of day: "09:30" in quotes, or TOML's own 09:30:00."""
    if isinstance(raw, time):
        return raw
    found = _CLOCK.fullmatch(raw) if isinstance(raw, str) else None
    if not found:
        raise Wrong(f'must be a time of day such as "09:30", not {_called(raw)}')
    return time(int(found.group(1)), int(found.group(2)))


def hours(raw: object) -> tuple[time, time]:
    """Two times of one day, the earlier first."""
    pair = sequence(raw)
    if len(pair) != 2:
        raise Wrong('must be two times of day such as ["09:00", "17:00"]')
    begin, end = each(clock)(raw)
    if begin >= end:
        raise Wrong(f"must begin before they end, not {begin:%H:%M} to {end:%H:%M}")
    return begin, end


def each(parse: Parse) -> Parse:
    """A list, every element of it of one sort."""

    def parse_all(raw: object) -> tuple[Any, ...]:
        parsed: list[Any] = []
        for position, element in enumerate(sequence(raw)):
            try:
                parsed.append(parse(element))
            except Wrong as wrong:
                raise Wrong(str(wrong), position, *wrong.inside) from None
        return tuple(parsed)

    return parse_all


def sequence(raw: object) -> Sequence[object]:
    """A list of anything."""
    if not isinstance(raw, list):
        raise Wrong(f"must be a list in square brackets, not {_called(raw)}")
    return cast("list[object]", raw)


def _called(raw: object) -> str:
    names = {
        "bool": "true or false",
        "str": "text",
        "int": "a number",
        "float": "a number",
        "list": "a list",
        "dict": "a table",
    }
    shown = f" (`{raw}`)" if isinstance(raw, bool | int | float | str) else ""
    return names.get(type(raw).__name__, "a date or time") + shown
