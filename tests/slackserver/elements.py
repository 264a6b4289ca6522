"""The limits of Block Kit for what stands inside blocks: texts, buttons, lists, inputs."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from tests.slackserver.state import Json

Fault = tuple[str, str]
"""Where something is wrong, and what."""

MOST_OPTIONS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5}
"""Others hold a hundred."""


def length(holder: Json, name: str, most: int, pointer: str, *, required: bool = False) -> Iterator[Fault]:
    """A plain string of at most so many characters."""
    value = holder.get(name)
    if value is None or value == "":
        if required:
            yield pointer, f"missing required field: {name}"
    elif not isinstance(value, str):
        yield f"{pointer}/{name}", "must be a string"
    elif len(value) > most:
        yield f"{pointer}/{name}", f"must be less than {most + 1} characters"


def text_object(
    value: Any, most: int, pointer: str, kinds: Sequence[str] = ("plain_text", "mrkdwn")
) -> Iterator[Fault]:
    """A text object of one of these kinds, which is neither empty nor too long."""
    if not isinstance(value, dict):
        yield pointer, "missing required field: text"
        return
    found = cast(Json, value)
    if found.get("type") not in kinds:
        yield f"{pointer}/type", f"must be {' or '.join(kinds)}"
    if "emoji" in found and found.get("type") == "mrkdwn":
        yield f"{pointer}/emoji", "additional property"
    text = found.get("text")
    if not isinstance(text, str):
        yield f"{pointer}/text", "must be a string"
    elif not text:
        yield f"{pointer}/text", "must be more than 0 characters"
    elif len(text) > most:
        yield f"{pointer}/text", f"must be less than {most + 1} characters"


def plain(value: Any, most: int, pointer: str) -> Iterator[Fault]:
    """A text object that must be plain."""
    yield from text_object(value, most, pointer, ("plain_text",))


def element_faults(element: Any, pointer: str, allowed: frozenset[str]) -> Iterator[Fault]:
    """What is wrong with an element."""
    if not isinstance(element, dict):
        yield pointer, "must be an object"
        return
    found = cast(Json, element)
    kind = str(found.get("type"))
    if kind not in allowed:
        yield f"{pointer}/type", f"unsupported type: {kind}"
        return
    yield from length(found, "action_id", 255, pointer)
    if found.get("placeholder"):
        yield from plain(found["placeholder"], 150, f"{pointer}/placeholder")
    if found.get("confirm"):
        yield from _confirm(found["confirm"], f"{pointer}/confirm")
    if kind == "button":
        yield from _button(found, pointer)
    elif kind == "image":
        yield from length(found, "image_url", 3000, pointer, required=True)
        yield from length(found, "alt_text", 2000, pointer, required=True)
    elif kind in MOST_OPTIONS or kind in ("static_select", "multi_static_select"):
        yield from _options(found, kind, pointer)
    elif kind == "plain_text_input":
        yield from length(found, "initial_value", 3000, pointer)
    elif kind == "number_input" and "is_decimal_allowed" not in found:
        yield pointer, "missing required field: is_decimal_allowed"


def _button(button: Json, pointer: str) -> Iterator[Fault]:
    yield from plain(button.get("text"), 75, f"{pointer}/text")
    yield from length(button, "value", 2000, pointer)
    yield from length(button, "url", 3000, pointer)
    yield from length(button, "accessibility_label", 75, pointer)
    if button.get("style") not in (None, "primary", "danger"):
        yield f"{pointer}/style", "must be primary or danger"


def _confirm(value: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield pointer, "must be an object"
        return
    found = cast(Json, value)
    yield from plain(found.get("title"), 100, f"{pointer}/title")
    yield from text_object(found.get("text"), 300, f"{pointer}/text")
    yield from plain(found.get("confirm"), 30, f"{pointer}/confirm")
    yield from plain(found.get("deny"), 30, f"{pointer}/deny")


def _options(element: Json, kind: str, pointer: str) -> Iterator[Fault]:
    groups = cast(Sequence[Json], element.get("option_groups") or [])
    if not groups:
        yield from _option_list(element.get("options"), kind, f"{pointer}/options")
    for number, group in enumerate(groups):
        yield from plain(group.get("label"), 75, f"{pointer}/option_groups/{number}/label")
        yield from _option_list(group.get("options"), kind, f"{pointer}/option_groups/{number}/options")
    if len(groups) > 100:
        yield f"{pointer}/option_groups", "no more than 100 items allowed"
    yield from _initial(element, pointer)


def _option_list(value: Any, kind: str, pointer: str) -> Iterator[Fault]:
    most = MOST_OPTIONS.get(kind, 100)
    if not isinstance(value, list) or not value:
        yield pointer, "no fewer than 1 items allowed"
        return
    options = cast(list[Json], value)
    if len(options) > most:
        yield pointer, f"no more than {most} items allowed"
    texts = ("plain_text", "mrkdwn") if kind in ("checkboxes", "radio_buttons") else ("plain_text",)
    for number, option in enumerate(options):
        yield from text_object(option.get("text"), 75, f"{pointer}/{number}/text", texts)
        yield from length(option, "value", 150, f"{pointer}/{number}", required=True)
        if option.get("description"):
            yield from text_object(option["description"], 75, f"{pointer}/{number}/description", texts)
    values = [option.get("value") for option in options]
    if len(values) != len(set(values)):
        yield pointer, "values must be unique"


def _initial(element: Json, pointer: str) -> Iterator[Fault]:
    """What is chosen at first must be one of the options, exactly as it stands there."""
    options = options_of(element)
    chosen = [element["initial_option"]] if element.get("initial_option") else []
    chosen += cast(list[Json], element.get("initial_options") or [])
    name = "initial_option" if element.get("initial_option") else "initial_options"
    if any(each not in options for each in chosen):
        yield f"{pointer}/{name}", "must be one of the provided options"
    if element.get("initial_options") == []:
        yield f"{pointer}/initial_options", "no fewer than 1 items allowed"


def options_of(element: Json) -> list[Json]:
    """All options of a list, in groups or not."""
    groups = cast(Sequence[Json], element.get("option_groups") or [{"options": element.get("options")}])
    return [option for group in groups for option in cast(Sequence[Json], group.get("options") or [])]
