"""Buttons, lists and forms, read: whatever comes, nothing breaks, and hostile words stay words."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import commands
from adapters.discord.forms import answer_form
from adapters.discord.inbound import moved, said
from adapters.discord.marks import CUSTOM_ID, DONE, FORM, MANY, PICK, PRESS, WRITE, Field, Mark
from adapters.discord.pressing import kept, mark_of, message_in, values_of, with_chosen, written
from bot.language.events import TEXT_LIMIT
from bot.language.payload import Json
from bot.language.places import Actor
from tests.adapters.discord_inward import BEGINNING, COMMANDS

ANA = Actor("discord", "1", "7")
TREE = commands.tree(COMMANDS)
NAMES = st.sampled_from(
    ["id", "type", "data", "custom_id", "values", "value", "message", "components", "component", "options", "default",
     "author", "content", "mentions", "name", "focused", "flags", "channel_id", "member", "accessory", "label"]
)  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.text(max_size=8) | st.sampled_from(["p|1|a|t|v", "m|1|a|t|0"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(NAMES, ODD, max_size=8), st.sampled_from([PRESS, PICK, MANY, DONE, WRITE, FORM]))
def test_whatever_comes_is_read(told: Json, kind: str) -> None:
    mark_of(told)
    values_of(told, Mark(kind, "1", "a", "t", "v"))
    with_chosen(told)
    message_in(told)
    commands.given(told, COMMANDS)
    said(told, ANA, ANA.direct, BEGINNING, "9")
    moved(told, ANA.direct, BEGINNING)
    assert isinstance(commands.same(TREE, told), bool)


@pytest.mark.parametrize("kind", ["text", "long", "number", "date"])
def test_forms_fit(kind: str) -> None:
    mark = Mark(WRITE, "1" * 19, "abcdefgh", "flow:123456:" + "x" * 20 + ":9", str(Field(kind, "What " * 20)))
    form = answer_form(mark)
    assert form is not None
    assert len(form["custom_id"]) <= CUSTOM_ID
    [label] = form["components"]
    assert len(label["label"]) <= 45
    assert label["component"]["max_length"] <= 4_000
    assert label["component"]["style"] == (2 if kind == "long" else 1)
    assert answer_form(Mark(WRITE, "1", "a", "")) is None
    assert answer_form(Mark(WRITE, "1", "a", "x" * 100)) is None


def test_hostile_words() -> None:
    entry = {"type": 4, "value": "\u202e@everyone\x00" + "a" * 40_000}
    values = values_of({"data": {"components": [{"type": 18, "component": entry}]}}, Mark(FORM, "1", "a", "t"))
    assert values is not None
    assert len(values) == 1
    assert values[0].startswith("@everyone"), "what it means is for those who show it"
    assert len(values[0]) == TEXT_LIMIT


def test_forms_of_all_kinds() -> None:
    fields: list[Any] = [
        {"type": 1, "components": [{"type": 4, "custom_id": "a", "value": "one"}]},
        {"type": 18, "component": {"type": 21, "custom_id": "b", "value": "two"}},
        {"type": 18, "component": {"type": 22, "custom_id": "c", "values": ["three", "four"]}},
        {"type": 10},
    ]
    assert written({"data": {"components": fields}}) == ("one", "two", "three", "four")


def test_lists_within_containers() -> None:
    def chosen(number: int, *values: str, token: str = "t") -> Json:
        options = [{"value": value, "default": True} for value in values] + [{"value": "no"}]
        return {"type": 3, "custom_id": str(Mark(MANY, "1", "a", token, str(number))), "options": options}

    inside = [{"type": 1, "components": [chosen(1, "c", "a")]}, {"type": 1, "components": [chosen(0, "b")]}]
    other = {"type": 1, "components": [chosen(2, "z", token="u")]}
    message: Json = {"flags": 1 << 15, "components": [{"type": 17, "components": [*inside, other]}]}
    assert kept(message, "t") == ("b", "c", "a")
    custom_id = str(Mark(MANY, "1", "a", "t", "1"))
    shown = with_chosen({"message": message, "data": {"custom_id": custom_id, "values": ["no"]}})
    assert shown["flags"] == 1 << 15
    assert kept(shown, "t") == ("b", "no")
    assert kept(message, "t") == ("b", "c", "a"), "what Discord told is left as it is"
