"""What a command is: declared once, read by the help, the docs, the platforms and the parser."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from bot.errors import Problem
from bot.language.commands import NAME, Argument, CommandSpec
from bot.language.markup import Markdown
from bot.language.messages import Element
from bot.language.places import Actor, Address
from bot.program.access import Standing, Who
from bot.program.turn import Turn
from storage.people import Account, Person, Program

__all__ = ("NAME", "Argument", "Call", "Command", "find", "parse")

_KEYED = re.compile(r"^([a-z_]+):(.*)$", re.DOTALL | re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
"""Quotation marks as telephones and other languages type them."""
_WORD = re.compile(r'(?:[^\s"]|"[^"]*")+')
_ALIKE = 60.0
"""The likeness (0 to 100, rapidfuzz `ratio`) from which a command is suggested for one that does not exist."""


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
        turn.reply(self.actor, self.address, kind, f"{self.key}:reply{part}", *parts)


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
    def spec(self) -> CommandSpec:
        """What the platforms are told of it."""
        coordinators = self.who in (Who.COORDINATOR, Who.AMBASSADOR)
        return CommandSpec(self.name, self.help, self.arguments, str(self.example), coordinators)

    @property
    def usage(self) -> Markdown:
        """How it is written: `/mentoring match lock <first> <second>`."""
        return Markdown(self.spec.usage)


def find(commands: tuple[Command, ...], text: str) -> tuple[Command, str]:
    """The command that `text` begins with (the longest name wins), and the rest of the text.

    Raises Problem where there is none; it suggests the one that is most like it.
    """
    words = " ".join(text.split())
    for command in sorted(commands, key=lambda c: -len(c.name)):
        if re.match(re.escape(command.name) + r"(?:\s|$)", words, re.IGNORECASE):
            pattern = r"\s*" + r"\s+".join(map(re.escape, command.name.split())) + r"\s*"
            return command, re.sub("^" + pattern, "", text, count=1, flags=re.IGNORECASE)
    raise Problem("command.unknown", command=words[:60], meant=Markdown(_meant(commands, words.lower()[:60])))


def _meant(commands: tuple[Command, ...], text: str) -> str:
    """The name of the command that somebody may have meant; empty when none is like it."""
    best, name = max(
        ((fuzz.ratio(" ".join(text.split()[: len(c.name.split())]), c.name), c.name) for c in commands),
        default=(0.0, ""),
    )
    begun = next((c.name for c in commands if text and c.name.startswith(f"{text} ")), "")
    return begun or (name if best >= _ALIKE else "")


def parse(command: Command, text: str) -> dict[str, str]:
    """The arguments by name, from words in order or written `name:value`. Raises Problem for what does not fit."""
    if len(command.arguments) == 1 and command.arguments[0].rest:
        given = {command.arguments[0].name: text.strip()} if text.strip() else {}
    else:
        given = _split(command, text)
    for argument in command.arguments:
        if argument.required and not given.get(argument.name):
            example = Markdown(command.example)
            raise Problem("command.missing", argument=argument.name, usage=command.usage, example=example)
        if argument.options and given.get(argument.name):
            given[argument.name] = given[argument.name].lower()
            if given[argument.name] not in argument.options:
                raise Problem("command.option", argument=argument.name, options=", ".join(argument.options))
    return given


def _split(command: Command, text: str) -> dict[str, str]:
    text = text.translate(_QUOTES)
    if text.count('"') % 2:
        raise Problem("command.quotes", usage=command.usage)
    names = {argument.name for argument in command.arguments}
    given: dict[str, str] = {}
    loose: list[str] = []
    wanted = ""
    for word in (found.replace('"', "") for found in _WORD.findall(text)):
        keyed = _KEYED.match(word)
        if keyed and keyed.group(1).lower() in names:
            name, value = keyed.group(1).lower(), keyed.group(2)
            given[name] = value
            # Some leave a space after the colon.
            wanted = "" if value else name
        elif wanted:
            given[wanted], wanted = word, ""
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
