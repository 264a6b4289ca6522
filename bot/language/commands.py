"""Slash commands as the platforms see them: the one command table without its handlers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

NAME = "mentoring"
FORM_FROM = 3
"""Arguments from which a platform that has forms offers one for a command that was given without any."""
Names = Literal["", "command", "participant", "pair", "proposed", "case", "topic", "wish", "kit", "program"]
"""What things an argument can name; a `proposed` one is a pair of the proposal."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command. `rest` takes all remaining words as they are.

    `kind` says what it holds, so that a platform can offer the right field: a `day` is written 2027-09-01, a `number`
    is whole and not negative. `names` says which things it tells apart, so that a platform can offer those there are.
    """

    name: str
    help: str
    required: bool = True
    rest: bool = False
    options: tuple[str, ...] = ()
    kind: Literal["text", "number", "day", "email"] = "text"
    names: Names = ""


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One slash command: `/mentoring <name> <arguments>`. `help` is one sentence, `example` a full line."""

    name: str
    help: str
    arguments: tuple[Argument, ...] = ()
    example: str = ""
    coordinators: bool = False
    """Whether only coordinators may give it, or ambassadors."""

    @property
    def usage(self) -> str:
        """How it is written: `/mentoring match lock <first> <second>`."""
        words = [f"<{a.name}>" if a.required else f"[{a.name}]" for a in self.arguments]
        return " ".join([f"/{NAME}", self.name, *words])

    def line(self, values: Mapping[str, str]) -> str:
        """What follows `/mentoring` when the command is given with these arguments; empty ones are left out."""
        given = {a.name: " ".join(values.get(a.name, "").split()) for a in self.arguments}
        if len(self.arguments) == 1 and self.arguments[0].rest:
            return f"{self.name} {given[self.arguments[0].name]}".rstrip()
        words = [f'{name}:"{_unquoted(value)}"' for name, value in given.items() if value]
        return " ".join([self.name, *words])


def spec_of(commands: tuple[CommandSpec, ...], text: str) -> tuple[CommandSpec, str] | None:
    """The command that `text` begins with (the longest name wins) and what follows it; None where there is none."""
    words = " ".join(text.split())
    for command in sorted(commands, key=lambda c: -len(c.name)):
        if re.match(re.escape(command.name) + r"(?:\s|$)", words, re.IGNORECASE):
            return command, words[len(command.name) :].strip()
    return None


def wants_form(command: CommandSpec, rest: str) -> bool:
    """Whether a form is better than an error: nothing was given, and something is needed or there is much to give."""
    return not rest and (any(a.required for a in command.arguments) or len(command.arguments) >= FORM_FROM)


def wrong(argument: Argument, value: str) -> str:
    """What is wrong with a value as it stands, as a sentence for whoever typed it; empty when nothing is.

    Whether it can be done is for the program to say: this only reads the form.
    """
    value = value.strip()
    if not value:
        return "This is needed." if argument.required else ""
    if argument.options and value.lower() not in argument.options:
        return f"Choose one of: {', '.join(argument.options)}."
    if argument.kind == "number" and not (value.isdecimal() and len(value) <= 10):
        return "Write a whole number, for example 17."
    if argument.kind == "email" and not _EMAIL.fullmatch(value):
        return "Write an e-mail address, for example amina@example.org."
    return _wrong_day(value) if argument.kind == "day" else ""


def _wrong_day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "Write a date as year-month-day, for example 2027-09-01."
    return ""


def _unquoted(value: str) -> str:
    # A double quotation mark would end the value.
    return value.replace('"', "\u2019")
