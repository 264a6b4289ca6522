"""Forms: to write an answer in, and to give a command with its arguments.

What a form is for stands in the form itself, so that it can be sent after a restart.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from adapters.slack.marks import ANSWER_FORM, COMMAND_FORM, PLATFORM, Field
from bot.language import commands
from bot.language.commands import Argument, CommandSpec
from bot.language.payload import Json, as_object, part, word
from bot.language.places import Actor, Address, Place

ANSWER = "answer"
"""The block in which an answer is written."""
_TYPED = "typed"
"""The action id of every field."""
_TITLE, _LABEL, _OPTION, _TEXT = 24, 150, 75, 3_000
_CHANGED = "This command has changed meanwhile. Close this form and give the command again."


@dataclass(frozen=True, slots=True)
class Origin:
    """What a form is for: the question's token or the command's name, and where it was asked for."""

    address: Address
    token: str
    message: str = ""

    def to_json(self) -> str:
        """As a form's private metadata."""
        return json.dumps([self.token, self.address.place, self.address.id, self.message])

    @classmethod
    def from_json(cls, text: str, actor: Actor) -> "Origin | None":
        """Read back what `to_json` wrote; None for anything else."""
        try:
            token, place, channel, message = (str(each) for each in json.loads(text))
            return cls(Address(PLATFORM, actor.community, Place(place), channel), token, message)
        except (ValueError, TypeError):
            return None


def answer_form(field: Field, origin: Origin) -> Json:
    """A form with one field for the answer to a question."""
    element: Json = {"type": "plain_text_input", "multiline": field.kind == "long", "max_length": _TEXT}
    if field.kind == "number":
        # Whether a fraction makes sense is for the question to say.
        element = {"type": "number_input", "is_decimal_allowed": True}
    if field.kind == "date":
        element = {"type": "datepicker", **_first_day(field.value)}
    elif field.value and (field.kind != "number" or _is_number(field.value)):
        element["initial_value"] = field.value[:_TEXT]
    block = _input(ANSWER, field.label or "Your answer", element)
    return _modal(ANSWER_FORM, "Your answer", [block], origin)


def command_form(command: CommandSpec, origin: Origin) -> Json:
    """A form with a field for each argument of a command. The origin's token is the command's name."""
    blocks = [_argument(argument) for argument in command.arguments]
    title = f"{command.name[:1].upper()}{command.name[1:]}"
    return _modal(COMMAND_FORM, title, blocks, origin)


def typed(view: Json) -> dict[str, str]:
    """What was entered in a form's fields, by their blocks; empty where nothing was."""
    state = part(view, "state", "values")
    return {block: _value(part(state, block, _TYPED)) for block in state if _TYPED in as_object(state.get(block))}


def given(view: Json, known: tuple[CommandSpec, ...]) -> tuple[str, dict[str, str]]:
    """What follows `/mentoring` when this form is sent, and what is wrong with it by block (then it is not given)."""
    values, origin = typed(view), Origin.from_json(word(view, "private_metadata"), Actor(PLATFORM, "", ""))
    command = next((each for each in known if origin is not None and each.name == origin.token), None)
    if command is None or any(argument.name not in values for argument in command.arguments):
        return "", {next(iter(values), ANSWER): _CHANGED}
    found = {argument.name: commands.wrong(argument, values[argument.name]) for argument in command.arguments}
    errors = {name: sentence for name, sentence in found.items() if sentence}
    return ("" if errors else command.line(values)), errors


def digest(view: Json) -> str:
    """What makes the sending of a form one event: the form and what was entered, whenever it comes again."""
    entered = json.dumps(sorted(typed(view).items()))
    return f"form:{word(view, 'id')}:{hashlib.sha256(entered.encode()).hexdigest()[:16]}"


def _argument(argument: Argument) -> Json:
    element: Json
    match argument.kind:
        case _ if argument.options:
            options = [{"text": _plain(each[:_OPTION]), "value": each} for each in argument.options[:100]]
            element = {"type": "static_select", "options": options}
        case "number":
            element = {"type": "number_input", "is_decimal_allowed": False, "min_value": "0"}
        case "day":
            element = {"type": "datepicker"}
        case "email":
            element = {"type": "email_text_input"}
        case _:
            element = {"type": "plain_text_input", "multiline": False, "max_length": _TEXT}
    label = argument.name.replace("_", " ").replace("-", " ")
    block = _input(argument.name, f"{label[:1].upper()}{label[1:]}", element)
    if argument.help:
        block["hint"] = _plain(argument.help[:_LABEL])
    return {**block, "optional": not argument.required}


def _input(block: str, label: str, element: Json) -> Json:
    field = {**element, "action_id": _TYPED}
    return {"type": "input", "block_id": block, "label": _plain(label[:_LABEL]), "element": field}


def _modal(callback: str, title: str, blocks: list[Json], origin: Origin) -> Json:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title[:_TITLE]),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "private_metadata": origin.to_json(),
        "blocks": blocks,
    }


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def _value(entered: Json) -> str:
    return word(entered, "value") or word(entered, "selected_date") or word(entered, "selected_option", "value")


def _first_day(value: str) -> Json:
    try:
        return {"initial_date": date.fromisoformat(value).isoformat()}
    except ValueError:
        return {}


def _is_number(value: str) -> bool:
    return value.isascii() and value.replace(".", "", 1).isdecimal()
