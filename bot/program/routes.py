"""What reaches the program, and in what shape its parts are handed over to the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.engine.courier import Outcome
from bot.language.places import Actor, Address
from bot.program.access import Standing
from bot.program.turn import Turn
from storage.people import Account, Person, Program
from storage.rounds import Round


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button (or chose from a list) whose token began with the name of its handler.

    `parts` are the token's further parts: of `case:12:1` the handler `case` sees `("12", "1")`.
    """

    key: str
    """Unique to this press: the business keys of its answers begin with it."""
    at: datetime
    actor: Actor
    account: Account
    person: Person
    program: Program
    standing: Standing
    address: Address
    parts: tuple[str, ...]
    values: tuple[str, ...]
    message: str


Pressed = Callable[[Turn, Press], Awaitable[None]]
"""Handles one kind of button."""

Continuation = Callable[[Turn, Outcome], Awaitable[None]]
"""Goes on when an act of its name has been performed, or can never be (then without a receipt)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something due in a round. Later than `grace` after `at` it makes no sense any more and is skipped.

    `kind` and `subject` make it unique in its round.
    """

    kind: str
    at: datetime
    subject: str = ""
    grace: timedelta = timedelta(days=3)


Due = Callable[[Turn, Program, Round, Moment], Awaitable[None]]
"""Handles one kind of moment."""
