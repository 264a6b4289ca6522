"""What a command is: declared once, read by the help, the docs, the platforms and the parser."""

import re
import shlex
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.errors import Problem
from bot.language.markup import Markdown
from bot.language.messages import Element
from bot.language.places import Actor, Address
from bot.program.access import Standing, Who
from bot.program.turn import Turn
from storage.people import Account, Person, Program

NAME = "mentoring"
_KEYED = re.compile(r"^([a-z_]+):(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command. `rest` takes all remaining words as they are."""

    name: str
    help: str
    required: bool = True
    rest: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody gave a command, and may: who, in which program, with what."""

    key: str
    """Unique to this call: the business keys of its answers begin with it."""
    actor: Actor
    account: Account
    person: Person
    program: Program
    standing: Standing
    address: Address
    arguments: Mapping[str, str]

    def reply(self, turn: Turn, *parts: str | Element, kind: str = "reply", part: str = "") -> None:
        """Answer, so that only the one who asked sees it."""
        turn.post(self.actor.direct, kind, f"{self.key}:reply{part}", *parts, prompted=True)


Handler = Callable[[Turn, Call], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """One slash command: `/mentoring <name> <arguments>`. `help` is one sentence, `example` a full line."""

    name: str
    who: Who
    help: str
    handler: Handler
    arguments: tuple[Argument, ...] = field(default=())
    example: Markdown | str = ""

    @property
    def usage(self) -> Markdown:
        """How it is written: `/mentoring match lock a@example.org b@example.org`."""
        words = [f"<{a.name}>" if a.required else f"[{a.name}]" for a in self.arguments]
        return Markdown(" ".join([f"/{NAME}", self.name, *words]))


def find(commands: tuple[Command, ...], text: str) -> tuple[Command, str]:
    """The command that `text` begins with (the longest name wins), and the rest of the text.

    Raises Problem where there is none.
    """
    words = " ".join(text.split())
    for command in sorted(commands, key=lambda c: -len(c.name)):
        if re.match(re.escape(command.name) + r"(?:\s|$)", words, re.IGNORECASE):
            pattern = r"\s*" + r"\s+".join(map(re.escape, command.name.split())) + r"\s*"
            return command, re.sub("^" + pattern, "", text, count=1, flags=re.IGNORECASE)
    raise Problem("command.unknown", command=words[:60])


def parse(command: Command, text: str) -> dict[str, str]:
    """The arguments by name, from words in order or written `name:value`. Raises Problem for what does not fit."""
    if len(command.arguments) == 1 and command.arguments[0].rest:
        given = {command.arguments[0].name: text.strip()} if text.strip() else {}
    else:
        given = _split(command, text)
    for argument in command.arguments:
        if argument.required and not given.get(argument.name):
            raise Problem("command.missing", argument=argument.name, usage=command.usage, example=command.example)
        if argument.options and given.get(argument.name, "").lower() not in ("", *argument.options):
            raise Problem("command.option", argument=argument.name, options=", ".join(argument.options))
    return given


def _split(command: Command, text: str) -> dict[str, str]:
    try:
        words = shlex.split(text.replace("'", "\\'"))
    except ValueError:
        raise Problem("command.quotes", usage=command.usage) from None
    names = {argument.name for argument in command.arguments}
    given: dict[str, str] = {}
    loose: list[str] = []
    for word in words:
        keyed = _KEYED.match(word)
        if keyed and keyed.group(1) in names:
            given[keyed.group(1)] = keyed.group(2)
        else:
            loose.append(word)
    for argument in command.arguments:
        if argument.name in given or not loose:
            continue
        if argument.rest:
            given[argument.name] = " ".join(loose)
            loose = []
        else:
            given[argument.name] = loose.pop(0)
    if loose:
        raise Problem("command.extra", word=loose[0][:60], usage=command.usage)
    return given
