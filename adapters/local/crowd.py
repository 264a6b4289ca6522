"""What the platform and its simulated people say to each other.

A crowd is a deterministic machine: what its people do follows from its seed and from the calls it got, in their order.
The platform journals those calls (each post that is seen, each `take_due`) and repeats them in the same order after a
restart, so that the crowd is where it was without storing anything. Actions of the last `take_due` that had not been
performed yet are performed then; none is performed twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.language.events import SentFile
from bot.language.messages import Message
from bot.language.places import Address


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the bot as one simulated account sees it. `reference` is the platform's id of it.

    `edited` says that this replaces the message which was seen earlier under the same reference.
    """

    account: str
    address: Address
    message: Message
    kind: str
    key: str
    at: datetime
    only_for: str = ""
    reference: str = ""
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """An account writes a text. One that begins with `/mentoring` is a command, wherever it is typed.

    What is in its `files` was brought to the platform before (`Platform.bring`), under their references.
    """

    account: str
    address: Address
    text: str
    at: datetime
    files: tuple[SentFile, ...] = ()
    type: Literal["say"] = "say"


@dataclass(frozen=True, slots=True)
class Press:
    """An account presses a button, sends its choices or fills an input: `values` under the `token` it carried.

    `message` is the reference of the message that bore the token (`Seen.reference`); empty means the newest there.
    """

    account: str
    address: Address
    token: str
    values: tuple[str, ...]
    at: datetime
    message: str = ""
    type: Literal["press"] = "press"


@dataclass(frozen=True, slots=True)
class Command:
    """An account gives a slash command: `text` is what follows `/mentoring`."""

    account: str
    address: Address
    text: str
    at: datetime
    type: Literal["command"] = "command"


@dataclass(frozen=True, slots=True)
class Leave:
    """An account leaves the room at `address`, or the whole community where there is no address (or the hall's)."""

    account: str
    at: datetime
    address: Address | None = None
    type: Literal["leave"] = "leave"


@dataclass(frozen=True, slots=True)
class Enter:
    """An account comes (back) into the community, or into the room at `address`."""

    account: str
    at: datetime
    address: Address | None = None
    type: Literal["enter"] = "enter"


@dataclass(frozen=True, slots=True)
class Delete:
    """An account deletes the room at `address`, without the bot having been asked."""

    account: str
    address: Address
    at: datetime
    type: Literal["delete"] = "delete"


Action = Say | Press | Command | Leave | Enter | Delete


class Crowd(Protocol):
    """The simulated people. All calls are quick and do no I/O; none may read a clock or unseeded chance."""

    def on_post(self, seen: Seen) -> None:
        """A message of the bot has reached this simulated account (one call for each account that can see it)."""
        ...

    def next_due(self) -> datetime | None:
        """When the clock has to stop for the next action (aware UTC), None when nobody has anything in mind."""
        ...

    def take_due(self, now: datetime) -> Sequence[Action]:
        """Take out all actions with `at` <= `now`, in the order in which they are to be performed.

        Some may be a little older than `now`: they were done at their `at`, and count so.
        """
        ...
