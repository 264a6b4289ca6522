"""Buttons, lists and forms: what was pressed, chosen or written. Everything stands in what Discord tells of it."""

import copy
from collections.abc import Iterator
from typing import Any, cast

from adapters.discord.answering import EPHEMERAL
from adapters.discord.marks import DONE, FORM, MANY, PICK, PRESS, Mark, reference
from bot.language.events import TEXT_LIMIT
from bot.language.markup import tidy
from bot.language.payload import Json, as_object, flag, number, part, parts, word

BUTTON, LIST = 2, 3
"""Types of components."""
_MODERN = 1 << 15
"""The flag of messages that are made of components alone."""


def mark_of(interaction: Json) -> Mark | None:
    """What the thing bears that was pressed or sent; None where it is none of ours."""
    return Mark.parse(word(interaction, "data", "custom_id"))


def values_of(interaction: Json, mark: Mark) -> tuple[str, ...] | None:
    """What was answered; None where that is no answer."""
    match mark.kind:
        case kind if kind == PRESS:
            return (mark.value,)
        case kind if kind == PICK:
            return _clean(chosen(interaction)[:1]) or None
        case kind if kind == DONE:
            return _clean(kept(part(interaction, "message"), mark.token))
        case kind if kind == FORM:
            return _clean(written(interaction)) or None
        case _:
            return None


def chosen(interaction: Json) -> tuple[str, ...]:
    """What is chosen in the list that was used."""
    return _words(part(interaction, "data").get("values"))


def kept(message: Json, token: str) -> tuple[str, ...]:
    """What the lists of a question keep as chosen, in their order."""
    found: list[tuple[int, Json]] = []
    for component in _within(message.get("components")):
        mark = Mark.parse(word(component, "custom_id"))
        if number(component, "type") == LIST and mark is not None and (mark.kind, mark.token) == (MANY, token):
            found.append((int(mark.value) if mark.value.isdecimal() else 0, component))
    found.sort(key=lambda each: each[0])
    values = [word(o, "value") for _, each in found for o in parts(each, "options") if flag(o, "default")]
    return tuple(dict.fromkeys(values))


def with_chosen(interaction: Json) -> Json:
    """The message as it is shown from now on: what was just chosen in its list is kept there."""
    message, values = part(interaction, "message"), chosen(interaction)
    components: Any = copy.deepcopy(message.get("components"))
    for component in _within(components):
        if word(component, "custom_id") == word(interaction, "data", "custom_id"):
            for option in parts(component, "options"):
                option["default"] = word(option, "value") in values
    shown: Json = {"components": components or []}
    if modern := number(message, "flags") & _MODERN:
        shown["flags"] = modern
    return shown


def written(interaction: Json) -> tuple[str, ...]:
    """What was entered in the fields of a form."""
    values: list[str] = []
    for component in _within(part(interaction, "data").get("components")):
        if "value" in component:
            values.append(word(component, "value"))
        values += _words(component.get("values"))
    return tuple(values)


def message_in(interaction: Json) -> str:
    """How the core calls the message that bore it; empty where only one person sees that, since it cannot be named."""
    message = part(interaction, "message")
    if not word(message, "id") or number(message, "flags") & EPHEMERAL:
        return ""
    channel = word(message, "channel_id") or word(interaction, "channel_id")
    return reference(channel, word(message, "id"))


def _within(components: object) -> Iterator[Json]:
    """All components, those within others too."""
    if not isinstance(components, list):
        return
    for each in cast(list[object], components):
        component = as_object(each)
        yield component
        yield from _within(component.get("components"))
        for inner in ("component", "accessory"):
            if component.get(inner):
                yield from _within([component[inner]])


def _words(found: object) -> tuple[str, ...]:
    values = cast(list[object], found) if isinstance(found, list) else []
    return tuple(value for value in values if isinstance(value, str))


def _clean(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tidy(value[: 4 * TEXT_LIMIT], TEXT_LIMIT) for value in values)
