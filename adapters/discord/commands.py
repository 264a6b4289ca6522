"""The one slash command with its subcommands, from the one command table; and what somebody gave, as a line of text."""

from collections.abc import Sequence
from typing import Any, cast

from bot.language.adapter import NotConnected
from bot.language.commands import NAME, Argument, CommandSpec
from bot.language.payload import Json, flag, parts, word

SUBCOMMAND, GROUP, STRING, INTEGER = 1, 2, 3, 4
"""Types of options."""
SHOW = "show"
"""How a command is called within its own group: `round` beside `round open` is `round show`."""
DESK = "desk"
"""The group of what coordinators alone may do, as far as it is in no group of its own: without it, they and what
participants do would be more than the 25 that Discord has room for."""
_CHAT_INPUT, _IN_SERVERS, _IN_DMS, _INSTALLED_IN_SERVERS = 1, 0, 1, 0
_MOST, _NAME, _DESCRIPTION, _CHOICE, _IN_ALL = 25, 32, 100, 100, 8_000
_LARGEST = 9_999_999_999
_DAY = "2027-09-01"


def tree(commands: Sequence[CommandSpec]) -> Json:
    """The command as Discord is told of it. Raises NotConnected where Discord would not take the table."""
    options: dict[str, Json] = {}
    for command in commands:
        first, *rest = path(command, commands)
        if not rest:
            _add(options, _subcommand(first, command))
            continue
        description = "What else coordinators do." if first == DESK else f"What concerns the {first}."
        group = options.setdefault(first, {"type": GROUP, "name": first, "description": description, "options": []})
        within = {word(each, "name"): each for each in parts(group, "options")}
        _add(within, _subcommand(rest[0], command))
        group["options"] = list(within.values())
    made: Json = {
        "name": NAME,
        "type": _CHAT_INPUT,
        "description": "Peer mentoring: apply, see where you stand, and more.",
        "options": list(options.values()),
        "contexts": [_IN_SERVERS, _IN_DMS],
        "integration_types": [_INSTALLED_IN_SERVERS],
    }
    _check(made)
    return made


def given(data: Json, commands: Sequence[CommandSpec]) -> tuple[CommandSpec, dict[str, str], str] | None:
    """The command that somebody gives, its arguments, and the one that is being filled in; None for an unknown one."""
    words: list[str] = []
    options = parts(data, "options")
    while options and options[0].get("type") in (SUBCOMMAND, GROUP):
        words.append(word(options[0], "name"))
        options = parts(options[0], "options")
    found = next((command for command in commands if path(command, commands) == words), None)
    if found is None:
        return None
    names = {_valid(argument.name): argument.name for argument in found.arguments}
    values = {names[n]: _text(o.get("value")) for o in options if (n := word(o, "name")) in names}
    focused = next((names.get(word(option, "name"), "") for option in options if flag(option, "focused")), "")
    return found, values, focused


def path(command: CommandSpec, commands: Sequence[CommandSpec]) -> list[str]:
    """The words that follow `/mentoring` in Discord: a group, where it is in one, and a name."""
    first, *rest = (_valid(each) for each in command.name.split())
    if rest:
        return [first, "-".join(rest)]
    if any(each.name.startswith(f"{command.name} ") for each in commands):
        return [first, SHOW]
    return [DESK, first] if command.coordinators else [first]


def same(ours: Json, theirs: Json) -> bool:
    """Whether Discord has the command as it should be, whatever it adds of its own."""
    return _normal(ours) == _normal(theirs)


def takes_numbers(argument: Argument) -> bool:
    """Whether only a number can be given for it."""
    return argument.kind == "number" and not argument.options


def _valid(name: str) -> str:
    """A name as Discord takes it: lowercase letters, digits, hyphens, underscores."""
    kept = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name.lower())
    return kept[:_NAME]


def _subcommand(name: str, command: CommandSpec) -> Json:
    # Discord wants what is required to come first. Arguments are named, so that their order means nothing.
    ordered = sorted(command.arguments, key=lambda argument: not argument.required)
    made: Json = {"type": SUBCOMMAND, "name": name, "description": _short(command.help)}
    if ordered:
        made["options"] = [_option(argument) for argument in ordered]
    return made


def _option(argument: Argument) -> Json:
    text = argument.help
    if argument.kind == "day" and _DAY not in text:
        text = f"{text[: _DESCRIPTION - 25].rstrip()} For example: {_DAY}"
    made: Json = {
        "type": INTEGER if takes_numbers(argument) else STRING,
        "name": _valid(argument.name),
        "description": _short(text or argument.name),
    }
    if argument.required:
        made["required"] = True
    if argument.options:
        made["choices"] = [{"name": each[:_CHOICE], "value": each} for each in argument.options]
    elif argument.names:
        made["autocomplete"] = True
    if takes_numbers(argument):
        made |= {"min_value": 0, "max_value": _LARGEST}
    return made


def _add(to: dict[str, Json], option: Json) -> None:
    name = word(option, "name")
    if name in to:
        raise NotConnected(f"Two commands would both be called “{name}” in Discord: rename one of them.")
    to[name] = option


def _check(made: Json) -> None:
    """Whether Discord will take it. Raises NotConnected."""

    def look(option: Json, name: str) -> int:
        inner = parts(option, "options")
        if max(len(inner), len(parts(option, "choices"))) > _MOST:
            raise NotConnected(
                f"Discord takes at most {_MOST} commands, options or choices in one place; “{name}” has more."
            )
        texts = word(option, "name") + word(option, "description")
        texts += "".join(f"{word(choice, 'name')}{word(choice, 'value')}" for choice in parts(option, "choices"))
        return len(texts) + sum(look(each, f"{name} {word(each, 'name')}") for each in inner)

    if (length := look(made, NAME)) > _IN_ALL:
        raise NotConnected(f"The commands have {length} characters; Discord takes at most {_IN_ALL}.")


def _short(text: str) -> str:
    if len(text) <= _DESCRIPTION:
        return text
    first, dot, _ = text.partition(". ")
    if dot and len(first) < _DESCRIPTION:
        return f"{first}."
    return text[: _DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"


def _normal(of: Any) -> Any:
    """What matters of a command or option, with what is left out made the same as what it means."""
    option = cast(Json, of)
    kept: Json = {
        name: option.get(name)
        for name in ("name", "description", "min_value", "max_value", "required", "autocomplete")
        if option.get(name) not in (None, False)
    }
    kept["type"] = option.get("type", _CHAT_INPUT)
    kept["options"] = [_normal(each) for each in parts(option, "options")]
    kept["choices"] = [(choice.get("name"), choice.get("value")) for choice in parts(option, "choices")]
    for name in ("contexts", "integration_types"):
        kept[name] = sorted(cast(list[int], option.get(name) or []))
    kept["permissions"] = option.get("default_member_permissions")
    return kept


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
