"""The kit guide tells the truth about defaults and about what is needed."""

import dataclasses
import json
import re
from datetime import time
from pathlib import Path

import pytest

from topics.keys import WEEKDAYS, Key
from topics.model import (
    Checkins,
    Pace,
    Pool,
    Question,
    QuestionKind,
    Rhythm,
    RoundPlan,
    Rule,
    Survey,
    Wish,
)
from topics.outside import ImportColumns, Site
from topics.recognition import Certificates
from topics.schema import SCHEMA

GUIDE = (Path(__file__).parents[2] / "docs" / "kits.md").read_text(encoding="utf-8")
MADE_OF: dict[str, type] = {
    "[round]": RoundPlan,
    "[rhythm]": Rhythm,
    "[checkins]": Checkins,
    "[[checkins.paces]]": Pace,
    "[pool]": Pool,
    "[[questions]]": Question,
    "[[wishes]]": Wish,
    "[import]": ImportColumns,
    "[certificates]": Certificates,
    "[site]": Site,
    "[[surveys]]": Survey,
    "[[surveys.questions]]": Question,
    "[[story]]": Question,
}
APPLICATIONS = {"column", "must", "otherwise", "shared"}
SCALES = {"lowest", "highest", "rows"}
NOT_ASKED = {
    "[[questions]]": SCALES,
    "[[surveys.questions]]": APPLICATIONS,
    "[[story]]": {*APPLICATIONS, *SCALES, "kind", "options", "minimum", "only_if"},
}
"""What questions have that others need, by table."""
CALLED = {"from": "lowest", "to": "highest"}
"""What the ends of a scale are called in code: `from` cannot be a name there."""
IN_WORDS = {"only_if": "always asked", "paces": "every week, every two weeks, once a month"}
EVERY_KEY = [(table, key) for table, keys in SCHEMA.items() for key in keys]


def row(table: str, name: str) -> list[str]:
    """The cells of a key's row in the part of the guide that is headed by its table."""
    part = next(part for part in re.split(r"^#+ ", GUIDE, flags=re.MULTILINE) if f"`{table}`" in part.split("\n")[0])
    found = next(line for line in part.splitlines() if line.startswith(f"| `{name}` |"))
    return [cell.strip() for cell in found.strip("| ").split(" | ")]


def written(name: str, value: object) -> str:
    """A default as a kit's author would write it."""
    if name == "weekday" and isinstance(value, int):
        return json.dumps(WEEKDAYS[value])
    return json.dumps(value, default=lambda other: f"{other:%H:%M}" if isinstance(other, time) else str(other))


@pytest.mark.parametrize(("table", "key"), EVERY_KEY, ids=lambda part: getattr(part, "name", part))
def test_the_guide_gives_each_default(table: str, key: Key) -> None:
    default = row(table, key.name)[-1]
    if key.required:
        assert default == "needed"
        return
    if table == "[program]":
        assert default.startswith('`""`')
        return
    name = CALLED.get(key.name, key.name) if table == "[[surveys.questions]]" else key.name
    field = next(field for field in dataclasses.fields(MADE_OF[table]) if field.name == name)
    expected = IN_WORDS.get(key.name) or ("none" if field.default is None else f"`{written(key.name, field.default)}`")
    assert default.startswith(expected)


@pytest.mark.parametrize("word", [*QuestionKind, *Rule])
def test_the_guide_explains_each_kind_and_rule(word: str) -> None:
    assert f"\n| `{word}` |" in GUIDE


@pytest.mark.parametrize("table", MADE_OF)
def test_a_kit_can_set_everything_that_code_knows(table: str) -> None:
    known = {CALLED.get(key.name, key.name) for key in SCHEMA[table]}
    fields = {field.name for field in dataclasses.fields(MADE_OF[table])}
    assert fields - known == NOT_ASKED.get(table, set[str]())
    assert known <= fields
