"""Modals: what an application may show, and what becomes of one on somebody's screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from tests.discordserver.errors import Invalid
from tests.discordserver.fields import (
    CHECKBOX,
    CHECKBOX_GROUP,
    FILE_UPLOAD,
    LABEL,
    RADIO_GROUP,
    ROW,
    SELECTS,
    STRING_SELECT,
    TEXT,
    TEXT_INPUT,
)
from tests.discordserver.state import Channel, Json, Message

TOP_LEVEL = 5
"""Items that a modal may have."""
_IN_LABEL = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX}
_OPTIONS = {STRING_SELECT: (1, 25), RADIO_GROUP: (2, 10), CHECKBOX_GROUP: (1, 10)}
_MOST_VALUES = {FILE_UPLOAD: 10, CHECKBOX_GROUP: 10}


@dataclass(eq=False)
class Modal:
    """A form on somebody's screen. `entered` is what they have put in so far; a form that is closed cannot be sent."""

    custom_id: str
    title: str
    components: list[Json]
    user: str
    channel: Channel
    message: Message | None = None
    """The message whose component opened it."""
    source: Json | None = None
    """The metadata of the interaction that opened it."""
    open: bool = True
    entered: dict[str, list[str] | str | bool] = field(default_factory=dict[str, list[str] | str | bool])


def check_modal(data: Any) -> Json:
    """The modal, with numbered components, or 50035."""
    wrong = Invalid()
    modal: Json = cast(Json, data) if isinstance(data, dict) else {}
    _text(wrong, modal, "custom_id", 1, 100, "data")
    _text(wrong, modal, "title", 1, 45, "data")
    items = cast(list[Any], modal.get("components") or [])
    if not 1 <= len(items) <= TOP_LEVEL:
        wrong.length(1, TOP_LEVEL, "data", "components")
    for number, each in enumerate(items):
        _check_item(wrong, each if isinstance(each, dict) else {}, ("data", "components", number))
    if not wrong.errors:
        ids = [str(each["custom_id"]) for each in _inputs(items)]
        for each in sorted({each for each in ids if ids.count(each) > 1}):
            wrong.add("COMPONENT_CUSTOM_ID_DUPLICATED", f"{each} is used twice", "data", "components")
    wrong.check()
    return {**modal, "components": _numbered(items)}


def _check_item(wrong: Invalid, item: Json, path: tuple[str | int, ...]) -> None:
    kind = item.get("type")
    if kind == ROW:
        inside = cast(list[Json], item.get("components") or [])
        if len(inside) != 1 or inside[0].get("type") != TEXT_INPUT:
            wrong.length(1, 1, *path, "components")
        else:
            _text(wrong, inside[0], "label", 1, 45, *path, "components", 0)
            _check_input(wrong, inside[0], (*path, "components", 0))
    elif kind == LABEL:
        _text(wrong, item, "label", 1, 45, *path)
        if item.get("description") is not None:
            _text(wrong, item, "description", 1, 100, *path)
        inner: Json = item.get("component") or {}
        if inner.get("type") not in _IN_LABEL:
            wrong.choice(sorted(_IN_LABEL), *path, "component", "type")
        else:
            if inner.get("label") is not None:
                wrong.add("BASE_TYPE_BAD", "label is not allowed inside of a Label", *path, "component", "label")
            _check_input(wrong, inner, (*path, "component"))
    elif kind == TEXT:
        _text(wrong, item, "content", 1, 4000, *path)
    else:
        wrong.choice((ROW, TEXT, LABEL), *path, "type")


def _check_input(wrong: Invalid, item: Json, path: tuple[str | int, ...]) -> None:
    kind = int(item["type"])
    _text(wrong, item, "custom_id", 1, 100, *path)
    if item.get("disabled"):
        wrong.add("COMPONENT_DISABLED_IN_MODAL", "Components in modals cannot be disabled", *path, "disabled")
    if item.get("placeholder") is not None:
        _text(wrong, item, "placeholder", 0, 100 if kind == TEXT_INPUT else 150, *path)
    if kind == TEXT_INPUT:
        if item.get("style") not in (1, 2):
            wrong.choice((1, 2), *path, "style")
        if item.get("value") is not None:
            _text(wrong, item, "value", 0, int(item.get("max_length") or 4000), *path)
        _number(wrong, item, "min_length", 0, 4000, path)
        _number(wrong, item, "max_length", 1, 4000, path)
    elif kind in _OPTIONS:
        _check_options(wrong, item, kind, path)
    if kind in SELECTS or kind in _MOST_VALUES:
        most = _MOST_VALUES.get(kind, 25)
        _number(wrong, item, "min_values", 0, most, path)
        _number(wrong, item, "max_values", 1, most, path)
        if item.get("min_values") == 0 and item.get("required") is not False:
            wrong.add("BASE_TYPE_BAD", "Required components must have at least one value", *path, "min_values")


def _check_options(wrong: Invalid, item: Json, kind: int, path: tuple[str | int, ...]) -> None:
    options = cast(list[Json], item.get("options") or [])
    least, most = _OPTIONS[kind]
    if not least <= len(options) <= most:
        wrong.length(least, most, *path, "options")
    for number, option in enumerate(options):
        _text(wrong, option, "label", 1, 100, *path, "options", number)
        _text(wrong, option, "value", 1, 100, *path, "options", number)
        if option.get("description") is not None:
            _text(wrong, option, "description", 1, 100, *path, "options", number)
    values = [option.get("value") for option in options]
    for number, value in enumerate(values):
        if value in values[:number]:
            code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
            wrong.add(code, "The specified option value is already used", *path, "options", number)
    if kind == RADIO_GROUP and sum(bool(option.get("default")) for option in options) > 1:
        wrong.add("BASE_TYPE_BAD", "Only one option may be the default", *path, "options")


def _text(wrong: Invalid, item: Json, name: str, least: int, most: int, *path: str | int) -> None:
    value = item.get(name)
    if not isinstance(value, str):
        wrong.required(*path, name)
    elif not least <= len(value) <= most:
        wrong.length(least, most, *path, name)


def _number(wrong: Invalid, item: Json, name: str, least: int, most: int, path: tuple[str | int, ...]) -> None:
    value = item.get(name)
    if value is not None and not (isinstance(value, int) and least <= value <= most):
        wrong.add("NUMBER_TYPE_MAX", f"int value should be from {least} to {most}.", *path, name)


def _inputs(items: Sequence[Json]) -> list[Json]:
    found: list[Json] = []
    for each in items:
        found += each["components"] if each["type"] == ROW else [each["component"]] if each["type"] == LABEL else []
    return found


def _numbered(items: Sequence[Json]) -> list[Json]:
    """Copies with ids: those that were given, and unused numbers for the others, in order."""
    used = {each["id"] for each in [*items, *_inputs(items)] if each.get("id")}
    free = (number for number in range(1, 1000) if number not in used)

    def named(item: Json) -> Json:
        copied = {**item, "id": item.get("id") or next(free)}
        if item["type"] == ROW:
            copied["components"] = [named(each) for each in item["components"]]
        elif item["type"] == LABEL:
            copied["component"] = named(item["component"])
        return copied

    return [named(each) for each in items]
