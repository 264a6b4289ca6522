"""Slash commands as somebody's client offers them: which there are for them, and what may be put into their options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from tests.discordserver import permissions
from tests.discordserver.core import Core
from tests.discordserver.errors import Impossible
from tests.discordserver.payloads import IN_DM, IN_GUILD
from tests.discordserver.picking import IN_OPTIONS, Picker
from tests.discordserver.state import Channel, Command, Json

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
"""Types of options."""
_TYPES: Mapping[int, tuple[type, ...]] = {STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,), NUMBER: (int, float)}


@dataclass
class Line:
    """A command being typed: the registered one, the names of its subcommands, and the options that are asked for."""

    command: Command
    path: list[Json]
    options: list[Json]

    @property
    def name(self) -> str:
        return " ".join([self.command.name, *(str(each["name"]) for each in self.path)])

    def data(self, options: list[Json], guild: str) -> Json:
        """The interaction's data, with the options nested under the subcommands."""
        nested = options
        for each in reversed(self.path):
            nested = [{"name": each["name"], "type": each["type"], "options": nested}]
        found: Json = {"id": self.command.id, "name": self.command.name, "type": self.command.type, "options": nested}
        return {**found, "guild_id": guild} if self.command.guild else found


def offered(core: Core, user: str, channel: Channel) -> list[Command]:
    """The slash commands that somebody is offered in a channel."""
    return [each for each in core.app.commands.values() if each.type == 1 and _offered(core, user, channel, each)]


def typed(core: Core, user: str, channel: Channel, text: str) -> Line:
    """The command of this name (`mentoring round open`), or `Impossible`."""
    first, *rest = text.removeprefix("/").split()
    mine = offered(core, user, channel)
    # A guild's own command hides a global one of the same name.
    found = sorted((each for each in mine if each.name == first), key=lambda each: not each.guild)
    if not found:
        only = sorted(each.name for each in mine)
        raise Impossible(f"{core.users[user].name} is offered no /{first} here, only {only}")
    options, path = _options(found[0].content), list[Json]()
    for name in rest:
        step = next((each for each in options if each["type"] in (SUBCOMMAND, GROUP) and each["name"] == name), None)
        if step is None:
            raise Impossible(f"/{text}: there is no {name}, only {[each['name'] for each in options]}")
        path.append(step)
        options = _options(step)
    if any(each["type"] in (SUBCOMMAND, GROUP) for each in options):
        raise Impossible(f"/{text}: one of {[each['name'] for each in options]} must follow")
    return Line(found[0], path, options)


def filled(core: Core, picker: Picker, line: Line, channel: Channel, given: Mapping[str, Any]) -> list[Json]:
    """The options with what is given for them, checked as the client checks it."""
    if unknown := set(given) - {str(each["name"]) for each in line.options}:
        raise Impossible(f"/{line.name} has no options {sorted(unknown)}")
    done: list[Json] = []
    for option in line.options:
        name = str(option["name"])
        if given.get(name) is not None:
            value = _value(core, picker, line, channel, option, given[name])
            done.append({"name": name, "type": option["type"], "value": value})
        elif option.get("required"):
            raise Impossible(f"/{line.name}: {name} is required")
    return done


def focused(
    core: Core, picker: Picker, line: Line, channel: Channel, name: str, text: str, given: Mapping[str, Any]
) -> list[Json]:
    """The options while somebody types into one of them that completes itself."""
    option = next((each for each in line.options if each["name"] == name), None)
    if option is None or not option.get("autocomplete"):
        raise Impossible(f"/{line.name}: {name} completes nothing")
    others = {key: value for key, value in given.items() if key != name}
    rest = Line(line.command, line.path, [{**each, "required": False} for each in line.options])
    begun: Json = {"name": name, "type": option["type"], "value": text, "focused": True}
    return [*filled(core, picker, rest, channel, others), begun]


def _options(of: Json) -> list[Json]:
    return list(of.get("options") or [])


def _offered(core: Core, user: str, channel: Channel, command: Command) -> bool:
    guild = core.guild_of(channel)
    content = command.content
    contexts = content.get("contexts")
    if contexts is None:
        contexts = [IN_GUILD] if content.get("dm_permission") is False else [IN_GUILD, IN_DM]
    if guild is None:
        return not command.guild and IN_DM in contexts
    if command.guild not in ("", guild.id) or IN_GUILD not in contexts or core.app.bot not in guild.members:
        return False
    granted = permissions.in_channel(guild, channel, user)
    needed = content.get("default_member_permissions")
    if granted & permissions.ADMINISTRATOR:
        return True
    if not granted & permissions.USE_COMMANDS or needed == "0":
        return False
    return needed is None or granted & int(needed) == int(needed)


def _value(core: Core, picker: Picker, line: Line, channel: Channel, option: Json, given: Any) -> Any:
    kind, name = int(option["type"]), f"/{line.name} {option['name']}"
    if choices := cast(list[Json], option.get("choices") or []):
        for choice in choices:
            if given in (choice["name"], choice["value"]):
                return choice["value"]
        raise Impossible(f"{name}: {given} is no choice, only {[choice['name'] for choice in choices]}")
    if kind in _TYPES:
        if not isinstance(given, _TYPES[kind]) or (kind != BOOLEAN and isinstance(given, bool)):
            raise Impossible(f"{name} cannot be {given!r}")
        _check_bounds(option, name, given)
        return given
    identity = picker.pick(channel, IN_OPTIONS[kind], given)
    if kind == CHANNEL and (allowed := option.get("channel_types")) and core.channels[identity].type not in allowed:
        raise Impossible(f"{name}: no channel of that kind")
    return identity


def _check_bounds(option: Json, name: str, given: Any) -> None:
    size = len(given) if isinstance(given, str) else given
    suffix = "length" if isinstance(given, str) else "value"
    least, most = option.get(f"min_{suffix}"), option.get(f"max_{suffix}")
    if isinstance(given, str) and (not given or len(given) > 6000):
        raise Impossible(f"{name} needs some words")
    if (least is not None and size < least) or (most is not None and size > most):
        raise Impossible(f"{name}: {given!r} is out of bounds")
