"""What can be pressed, chosen and filled in: the interactive components of messages and modals, and their values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from tests.discordserver.errors import Impossible
from tests.discordserver.state import Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 9, 10, 18, 19, 21, 22, 23
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
CHOOSING = frozenset({STRING_SELECT, RADIO_GROUP, CHECKBOX_GROUP})
"""Kinds whose options are written in them."""
LINK, PREMIUM = 5, 6
"""Styles of buttons of which the application hears nothing."""

Given = str | bool | Sequence[Any]
"""What somebody enters: words, a tick, the label of an option or several, ids of users, roles or channels."""


@dataclass(frozen=True)
class Field:
    """One interactive component and the words beside it."""

    component: Json
    label: str
    described: str = ""
    parents: tuple[Json, ...] = field(default=(), repr=False)

    @property
    def kind(self) -> int:
        return int(self.component["type"])

    @property
    def custom_id(self) -> str:
        return str(self.component.get("custom_id") or "")

    @property
    def disabled(self) -> bool:
        return bool(self.component.get("disabled"))

    @property
    def options(self) -> list[Json]:
        return list(self.component.get("options") or []) if self.kind in CHOOSING else []

    @property
    def required(self) -> bool:
        """In modals: whether it must be filled in."""
        return self.component.get("required") is not False

    @property
    def bounds(self) -> tuple[int, int]:
        """How many may be chosen."""
        if self.kind == RADIO_GROUP:
            return 1, 1
        least, most = self.component.get("min_values"), self.component.get("max_values")
        # In a group of boxes all may be ticked unless something else is said.
        usual = len(self.options) if self.kind == CHECKBOX_GROUP else 1
        return 1 if least is None else int(least), int(most or usual)

    def begun(self) -> list[str] | str | bool:
        """What stands in it before anybody touches it."""
        if self.kind == TEXT_INPUT:
            return str(self.component.get("value") or "")
        if self.kind == CHECKBOX:
            return bool(self.component.get("default"))
        if self.kind in CHOOSING:
            return [str(each["value"]) for each in self.options if each.get("default")]
        return [str(each["id"]) for each in self.component.get("default_values") or []]

    def option(self, what: str) -> str | None:
        """The value of the option with this label or value."""
        for name in ("label", "value"):
            for each in self.options:
                if each.get(name) == what:
                    return str(each["value"])
        return None


def fields(components: Sequence[Json]) -> list[Field]:
    """All interactive components, from top to bottom."""
    return list(_walk(components, "", "", ()))


def labels(components: Sequence[Json]) -> list[str]:
    """What can be pressed or chosen now, by its label."""
    found: list[str] = []
    for each in fields(components):
        if not each.disabled:
            found += [each.label] if each.kind == BUTTON else [str(option["label"]) for option in each.options]
    return found


def pressed(components: Sequence[Json], what: str) -> tuple[Field, list[str]]:
    """The button with this label or custom id, or the list with this option, and the value that is chosen in it."""
    known = fields(components)
    for each in known:
        if each.kind == BUTTON and what in (each.label, each.custom_id):
            if each.component.get("style") in (LINK, PREMIUM):
                raise Impossible(f"“{what}” is a link; the application hears nothing of it")
            return usable(each), []
    for each in known:
        if each.kind in SELECTS and (value := each.option(what)) is not None:
            if each.bounds[0] > 1:
                raise Impossible(f"in the list of “{what}”, at least {each.bounds[0]} must be chosen")
            return usable(each), [value]
    raise Impossible(f"there is no “{what}”, only {labels(components)}")


def sought(components: Sequence[Json], what: str) -> Field:
    """The field with this label, custom id or placeholder; a list is also found by the label of any of its options."""
    known = [each for each in fields(components) if each.kind != BUTTON]
    for each in known:
        if what in (each.label, each.custom_id, each.component.get("placeholder")):
            return each
    for each in known:
        if any(option.get("label") == what for option in each.options):
            return each
    raise Impossible(f"there is no field “{what}”, only {[each.label or each.custom_id for each in known]}")


def usable(shown: Field) -> Field:
    """The field, if it is not disabled."""
    if shown.disabled:
        raise Impossible(f"“{shown.label or shown.custom_id}” is disabled")
    return shown


def chosen(shown: Field, given: Given) -> list[str]:
    """The values of what is chosen in a list or group."""
    wanted = [given] if isinstance(given, str) else [str(each) for each in cast(Sequence[str], given)]
    values: list[str] = []
    for each in wanted:
        value = shown.option(each) if shown.kind in CHOOSING else str(getattr(each, "id", each))
        if value is None:
            raise Impossible(f"“{each}” is no option, only {[option['label'] for option in shown.options]}")
        values.append(value)
    least, most = shown.bounds
    if len(values) > most or (len(values) < least and (values or shown.required)):
        raise Impossible(f"{least} to {most} must be chosen in “{shown.label or shown.custom_id}”, not {len(values)}")
    if len(set(values)) != len(values):
        raise Impossible("nothing can be chosen twice")
    return values


def entered(shown: Field, given: Given) -> list[str] | str | bool:
    """What is put into a field of a modal, checked as the client checks it."""
    if shown.kind == CHECKBOX:
        return bool(given)
    if shown.kind != TEXT_INPUT:
        return chosen(shown, cast(Given, given))
    text = str(given)
    least, most = int(shown.component.get("min_length") or 0), int(shown.component.get("max_length") or 4000)
    if len(text) > most or ((text or shown.required) and len(text) < max(least, shown.required)):
        raise Impossible(f"“{shown.label}” takes {max(least, shown.required)} to {most} characters, not {len(text)}")
    if shown.component.get("style") == 1 and "\n" in text:
        raise Impossible(f"“{shown.label}” takes one line")
    return text


def submitted(components: Sequence[Json], values: Mapping[str, list[str] | str | bool]) -> list[Json]:
    """The components of a modal as they are sent back, with the values by custom id."""
    sent: list[Json] = []
    for each in components:
        bare: Json = {"type": each["type"], "id": each.get("id", 0)}
        if each["type"] == ROW:
            bare["components"] = [_filled(part, values) for part in each["components"]]
        elif each["type"] == LABEL:
            bare["component"] = _filled(each["component"], values)
        sent.append(bare)
    return sent


def _filled(component: Json, values: Mapping[str, list[str] | str | bool]) -> Json:
    value: Any = values[component["custom_id"]]
    bare: Json = {"type": component["type"], "id": component.get("id", 0), "custom_id": component["custom_id"]}
    if component["type"] == RADIO_GROUP:
        return {**bare, "value": value[0] if value else None}
    return {**bare, "values" if isinstance(value, list) else "value": value}


def _walk(components: Sequence[Json], label: str, described: str, parents: tuple[Json, ...]) -> Iterator[Field]:
    for each in components:
        kind, inside = int(each["type"]), (*parents, each)
        if kind == BUTTON:
            emoji: Json = each.get("emoji") or {}
            yield Field(each, str(each.get("label") or emoji.get("name") or ""), described, parents)
        elif kind in SELECTS or kind in (TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX):
            yield Field(each, label or str(each.get("label") or ""), described, parents)
        elif kind == LABEL:
            beside = str(each.get("label") or ""), str(each.get("description") or "")
            yield from _walk([each["component"]], *beside, inside)
        else:
            accessory = [each["accessory"]] if each.get("accessory") else []
            yield from _walk([*(each.get("components") or []), *accessory], label, described, inside)
