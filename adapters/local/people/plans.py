"""What a simulated person has in mind, and what the crowd knows of each of its members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from adapters.local.crowd import Action, Command, Press, Say, Seen
from adapters.local.people.answering import SAID_SKIP, Chosen, Reply
from adapters.local.people.questions import Question
from bot.language.places import Address


@dataclass(frozen=True, slots=True)
class Plan:
    """An action somebody will do. A later plan of the same `key` takes its place, unless the key is empty.

    `message` is what it answers: should the bot edit the question away, the plan is dropped. What is `last` ends a
    conversation: nobody waits for what follows, so that it may be handed in a little later, with the time at which it
    was done.
    """

    action: Action
    key: str = ""
    message: str = ""
    last: bool = False


class Member(Protocol):
    """One of the crowd. What it plans follows from its seed and from what it has seen and done."""

    @property
    def account(self) -> str:
        """The id of its account."""
        ...

    def begin(self) -> Sequence[Plan]:
        """What it has in mind from the beginning."""
        ...

    def see(self, seen: Seen) -> Sequence[Plan]:
        """What it will do about a message of the bot."""
        ...

    def acted(self, action: Action, at: datetime) -> None:
        """One of its plans has been carried out."""
        ...


def give(
    account: str,
    direct: Address,
    seen: Seen,
    question: Question,
    reply: Reply,
    at: datetime,
    says: bool,
    *,
    last: bool = False,
) -> Plan:
    """The plan to answer so: typed words go into the input, or (with `says`, or where there is none) are said."""
    if isinstance(reply, Chosen):
        action: Action = Press(account, seen.address, question.token, reply.values, at, seen.reference)
    elif says or not question.typed or reply.text == SAID_SKIP:
        action = Say(account, direct, reply.text, at)
    else:
        action = Press(account, seen.address, question.token, (reply.text,), at, seen.reference)
    return Plan(action, question.key, seen.reference, last)


def command(account: str, direct: Address, text: str, at: datetime) -> Plan:
    """The plan to give a slash command in the direct conversation."""
    return Plan(Command(account, direct, text, at))
