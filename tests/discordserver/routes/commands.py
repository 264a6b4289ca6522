"""Application commands: global ones, and those of one guild."""

import re
from collections.abc import Mapping

from tests.discordserver.calls import Answer, Call, Route, objects
from tests.discordserver.errors import ApiError, Invalid
from tests.discordserver.state import Command, Json

SLASH, USER, MESSAGE = 1, 2, 3
"""Types of commands."""
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
"""Types of options that matter here; there are eleven."""
MOST: Mapping[int, int] = {SLASH: 100, USER: 15, MESSAGE: 15}
"""Commands of each type, global and again in each guild."""
OPTIONS, CHOICES = 25, 25
CHARACTERS = 8000
"""Of names, descriptions and values in one command."""
_NAME = re.compile(r"^[-_'\w]{1,32}$")
Path = tuple[str | int, ...]


def listed(call: Call) -> Answer:
    """All commands, global or of the guild."""
    return Answer([_shape(call, each) for each in _commands(call)])


def read(call: Call) -> Answer:
    """One command."""
    return Answer(_shape(call, _command(call)))


def create(call: Call) -> Answer:
    """Register a command. One of the same name and type is replaced, and keeps its id."""
    _check(call.body, ())
    old = next((each for each in _commands(call) if _key(each.content) == _key(call.body)), None)
    if old is None:
        _check_room([*_commands(call)], call.body)
    return Answer(_shape(call, _register(call, call.body, old)), 200 if old else 201)


def replace(call: Call) -> Answer:
    """Register exactly these commands. Those that were there under the same name and type keep their ids."""
    wrong = Invalid()
    seen: set[tuple[str, int]] = set()
    for number, each in enumerate(call.listed):
        _check(each, (number,), wrong)
        if _key(each) in seen:
            words = "Application command names must be unique"
            wrong.add("APPLICATION_COMMANDS_DUPLICATE_NAME", words, number, "name")
        seen.add(_key(each))
    wrong.check()
    for kind, most in MOST.items():
        if sum(each.get("type", SLASH) == kind for each in call.listed) > most:
            raise ApiError(30032, message=f"Maximum number of application commands reached ({most})")
    old = {_key(each.content): each for each in _commands(call)}
    for each in old.values():
        if _key(each.content) not in seen:
            del call.world.app.commands[each.id]
    done = [_register(call, each, old.get(_key(each))) for each in call.listed]
    return Answer([_shape(call, each) for each in done])


def change(call: Call) -> Answer:
    """Change a command."""
    command = _command(call)
    content = {**command.content, **call.body}
    _check(content, ())
    return Answer(_shape(call, _register(call, content, command)))


def delete(call: Call) -> Answer:
    """A command is there no more."""
    del call.world.app.commands[_command(call).id]
    return Answer()


def _guild(call: Call) -> str:
    if call.path["application_id"] != call.world.app.id:
        raise ApiError(20012, status=403, message="You are not authorized to perform this action on this application")
    if "guild_id" not in call.path:
        return ""
    if (
        call.path["guild_id"] not in call.world.guilds
        or call.bot not in call.world.guilds[call.path["guild_id"]].members
    ):
        raise ApiError(50001)
    return call.path["guild_id"]


def _commands(call: Call) -> list[Command]:
    guild = _guild(call)
    return [each for each in call.world.app.commands.values() if each.guild == guild]


def _command(call: Call) -> Command:
    for each in _commands(call):
        if each.id == call.path["command_id"]:
            return each
    raise ApiError(10063)


def _key(content: Json) -> tuple[str, int]:
    return str(content.get("name")), int(content.get("type") or SLASH)


def _check_room(there: list[Command], new: Json) -> None:
    kind = int(new.get("type") or SLASH)
    if sum(each.type == kind for each in there) >= MOST[kind]:
        raise ApiError(30032, message=f"Maximum number of application commands reached ({MOST[kind]})")


def _register(call: Call, content: Json, old: Command | None) -> Command:
    world = call.world
    needed = content.get("default_member_permissions")
    completed: Json = {
        "default_member_permissions": None,
        "nsfw": False,
        **{name: value for name, value in content.items() if value is not None},
        "type": int(content.get("type") or SLASH),
        "description": content.get("description") or "",
    }
    if needed is not None:
        completed["default_member_permissions"] = str(needed)
    for name in ("id", "application_id", "guild_id", "version"):
        completed.pop(name, None)
    if old and old.content == completed:
        return old
    made = Command(
        id=old.id if old else world.new_id(),
        version=world.new_id(),
        type=completed["type"],
        name=str(completed["name"]),
        content=completed,
        guild=_guild(call),
    )
    world.app.commands[made.id] = made
    return made


def _shape(call: Call, command: Command) -> Json:
    shape: Json = {
        **command.content,
        "id": command.id,
        "application_id": call.world.app.id,
        "version": command.version,
    }
    if command.guild:
        return {**shape, "guild_id": command.guild}
    shape.setdefault("integration_types", [0])
    shape.setdefault("contexts", None)
    shape.setdefault("dm_permission", True)
    return shape


def _check(content: Json, path: Path, wrong: Invalid | None = None) -> None:
    """Add what is wrong with a command to `wrong`; without one, raise it."""
    found = wrong or Invalid()
    kind = int(content.get("type") or SLASH)
    if kind not in MOST:
        found.choice(sorted(MOST), *path, "type")
    elif kind == SLASH:
        _check_named(found, content, path)
        _check_options(found, objects(content.get("options")), path, depth=0)
        if _size(content) > CHARACTERS:
            words = f"Command exceeds maximum size ({CHARACTERS})"
            found.add("APPLICATION_COMMAND_TOO_LARGE", words, *path)
    else:
        if not 1 <= len(str(content.get("name") or "")) <= 32:
            found.length(1, 32, *path, "name")
        if content.get("description"):
            words = "Context menu commands cannot have description"
            found.add("APPLICATION_COMMAND_INVALID_DESCRIPTION", words, *path, "description")
    needed = content.get("default_member_permissions")
    if needed is not None and not str(needed).isdecimal():
        found.add("NUMBER_TYPE_COERCE", f'Value "{needed}" is not int.', *path, "default_member_permissions")
    if wrong is None:
        found.check()


def _check_named(wrong: Invalid, item: Json, path: Path) -> None:
    name, description = str(item.get("name") or ""), str(item.get("description") or "")
    if not _NAME.match(name) or name != name.lower():
        wrong.add("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", *path, "name")
    if not 1 <= len(description) <= 100:
        wrong.length(1, 100, *path, "description")
    for field, most in (("name_localizations", 32), ("description_localizations", 100)):
        for locale, text in (item.get(field) or {}).items():
            if not 1 <= len(str(text)) <= most:
                wrong.length(1, most, *path, field, locale)


def _check_options(wrong: Invalid, options: list[Json], path: Path, *, depth: int) -> None:
    if len(options) > OPTIONS:
        wrong.length(0, OPTIONS, *path, "options")
    kinds = [each.get("type") for each in options]
    nested = [each in (SUBCOMMAND, GROUP) for each in kinds]
    if any(nested) and not all(nested):
        words = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        wrong.add("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words, *path, "options")
    names: set[object] = set()
    optional = False
    for number, each in enumerate(options):
        place = (*path, "options", number)
        _check_named(wrong, each, place)
        if each.get("name") in names:
            words = "Option name must be unique"
            wrong.add("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", words, *place, "name")
        names.add(each.get("name"))
        if each.get("required") and optional:
            words = "Required options must be placed before non-required options"
            wrong.add("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words, *place)
        optional = optional or not each.get("required")
        _check_option(wrong, each, place, depth)


def _check_option(wrong: Invalid, option: Json, path: Path, depth: int) -> None:
    kind = option.get("type")
    if (
        not isinstance(kind, int)
        or not 1 <= kind <= 11
        or (kind == GROUP and depth)
        or (kind == SUBCOMMAND and depth > 1)
    ):
        wrong.choice(tuple(range(1, 12)), *path, "type")
    elif kind == GROUP:
        if not option.get("options"):
            wrong.required(*path, "options")
        elif any(each.get("type") != SUBCOMMAND for each in objects(option["options"])):
            wrong.choice((SUBCOMMAND,), *path, "options")
        _check_options(wrong, objects(option.get("options")), path, depth=1)
    elif kind == SUBCOMMAND:
        _check_options(wrong, objects(option.get("options")), path, depth=2)
    elif choices := objects(option.get("choices")):
        _check_choices(wrong, kind, choices, path)
        if option.get("autocomplete"):
            words = "Autocomplete options cannot have choices"
            wrong.add("APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", words, *path, "choices")


def _check_choices(wrong: Invalid, kind: int, choices: list[Json], path: Path) -> None:
    if len(choices) > CHOICES or kind not in (STRING, INTEGER, NUMBER):
        wrong.length(0, CHOICES if kind in (STRING, INTEGER, NUMBER) else 0, *path, "choices")
    for name in ("name", "value"):
        texts = [each.get(name) for each in choices]
        for number, text in enumerate(texts):
            if text is None or (isinstance(text, str) and not 1 <= len(text) <= 100):
                wrong.length(1, 100, *path, "choices", number, name)
            if text in texts[:number]:
                words = f"Choice {name} must be unique"
                wrong.add(
                    f"APPLICATION_COMMAND_OPTIONS_CHOICE_{name.upper()}_ALREADY_EXISTS", words, *path, "choices", number
                )


def _size(item: Json) -> int:
    own = sum(len(str(item.get(name) or "")) for name in ("name", "description", "value"))
    return own + sum(_size(each) for name in ("options", "choices") for each in objects(item.get(name)))


_GLOBAL = "/applications/{application_id}/commands"
_OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"

ROUTES = [
    Route(method, f"{base}{rest}", handler)
    for base in (_GLOBAL, _OF_GUILD)
    for method, rest, handler in (
        ("GET", "", listed),
        ("POST", "", create),
        ("PUT", "", replace),
        ("GET", "/{command_id}", read),
        ("PATCH", "/{command_id}", change),
        ("DELETE", "/{command_id}", delete),
    )
]
