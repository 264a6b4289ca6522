"""What a person can press, choose and type in blocks, and how Slack writes it down in `state.values` and `actions`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tests.slackserver.blocks import elements_of
from tests.slackserver.elements import options_of
from tests.slackserver.errors import Impossible
from tests.slackserver.state import Json

Given = str | Sequence[str]
"""What a person enters: words, a date, the label of an option, or several labels."""

_PLAIN: Mapping[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
"""Elements whose value is plain: where it stands in the state, and where the app puts the first one."""
_ONE_OPTION = ("static_select", "radio_buttons", "external_select", "overflow")
_MANY_OPTIONS = ("multi_static_select", "checkboxes", "multi_external_select")


@dataclass(frozen=True, slots=True)
class Field:
    """An element, the block in which it stands, and the option that was meant, if one was."""

    block: Json
    element: Json
    option: Json | None = None

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def dispatches(self) -> bool:
        """Whether the app hears at once of what is chosen here, and not only with the whole form."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))


def fields(blocks: Sequence[Json]) -> Iterator[Field]:
    """Everything in these blocks that can be pressed, chosen or typed into."""
    for block in blocks:
        yield from (Field(block, element) for element in elements_of(block))


def initial_state(blocks: Sequence[Json]) -> dict[str, Json]:
    """`state.values` before anybody has touched anything. Buttons have no state."""
    state: dict[str, Json] = {}
    for field in fields(blocks):
        if field.kind not in ("button", "overflow"):
            state.setdefault(field.block_id, {})[field.action_id] = _initial(field.element)
    return state


def _initial(element: Json) -> Json:
    kind = str(element["type"])
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options") or []}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": element.get("initial_value")}
    name, first = _PLAIN[kind]
    return {"type": kind, name: element.get(first, [] if kind.startswith("multi_") else None)}


def entered(field: Field, given: Given) -> Json:
    """The value in the state after a person has entered this."""
    kind = field.kind
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": _option(field, _one(given))}
    if kind in _MANY_OPTIONS:
        wanted = [given] if isinstance(given, str) else given
        return {"type": kind, "selected_options": [_option(field, each) for each in wanted]}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": rich_text(_one(given))}
    if kind not in _PLAIN:
        raise Impossible(f"nothing can be entered into a {kind}")
    value: Any = list(given) if kind.startswith("multi_") else _one(given)
    longest = field.element.get("max_length")
    if isinstance(value, str) and longest and len(value) > int(longest):
        raise Impossible(f"only {longest} characters fit")
    return {"type": kind, _PLAIN[kind][0]: value}


def is_empty(value: Json) -> bool:
    """Whether nothing has been entered."""
    return not any(each for name, each in value.items() if name != "type")


def pressed(blocks: Sequence[Json], what: str) -> Field:
    """The button of this label, the option so labelled in a list of one choice, or else the element of this action."""
    found = [each for each in fields(blocks) if each.kind == "button" and _words(each.element.get("text")) == what]
    if not found:
        found = [
            Field(each.block, each.element, option)
            for each in fields(blocks)
            if each.kind in _ONE_OPTION
            for option in options_of(each.element)
            if _words(option.get("text")) == what
        ]
    if not found:
        found = [each for each in fields(blocks) if each.action_id == what]
    return _only(found, what, blocks)


def sought(blocks: Sequence[Json], what: str) -> Field:
    """The element in the block of this id or label, or of this action."""
    every = list(fields(blocks))
    found = [each for each in every if what in (each.block_id, each.action_id)]
    found = found or [each for each in every if what == _words(each.block.get("label"))]
    return _only(found, what, blocks)


def labels(blocks: Sequence[Json]) -> list[str]:
    """What can be pressed or chosen from, as a person reads it."""
    found: list[str] = []
    for field in fields(blocks):
        if field.kind == "button":
            found.append(_words(field.element.get("text")))
        else:
            found += [_words(option.get("text")) for option in options_of(field.element)]
    return found


def action(field: Field, value: Json, stamp: str) -> Json:
    """The entry in `actions` for what was pressed or chosen."""
    shown: Json = {"type": field.kind, "action_id": field.action_id, "block_id": field.block_id, "action_ts": stamp}
    if field.kind == "button":
        copied = ("text", "value", "style", "url")
        return {**shown, **{name: field.element[name] for name in copied if name in field.element}}
    if "placeholder" in field.element:
        shown["placeholder"] = field.element["placeholder"]
    return {**shown, **{name: each for name, each in value.items() if name != "type"}}


def rich_text(text: str) -> Json:
    """Typed words as the block that Slack's own clients send along."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _option(field: Field, label: str) -> Json:
    options = options_of(field.element)
    for option in options:
        if _words(option.get("text")) == label:
            return option
    for option in options:
        if option.get("value") == label:
            return option
    raise Impossible(f"there is no option {label!r}; there are {[_words(each.get('text')) for each in options]}")


def _only(found: Sequence[Field], what: str, blocks: Sequence[Json]) -> Field:
    if len(found) != 1:
        how_many = "nothing" if not found else "more than one thing"
        raise Impossible(f"there is {how_many} called {what!r}; there is {labels(blocks)}")
    return found[0]


def _one(given: Given) -> str:
    if not isinstance(given, str):
        raise Impossible(f"one thing is wanted here, not {list(given)}")
    return given


def _words(text: Any) -> str:
    return str(cast(Json, text).get("text", "")) if isinstance(text, dict) else ""
