"""A simulated coordinator: approves what is proposed and decides about cases, at the next sitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from adapters.local.crowd import Action, Press, Seen
from adapters.local.people.answering import Chosen, fold
from adapters.local.people.hours import EVERY_HOUR, Sittings, some_slots, zone_name
from adapters.local.people.plans import Plan, give
from adapters.local.people.questions import Question, key_of, questions_in
from bot.language.messages import Option
from bot.language.places import Address

_STEPS: tuple[frozenset[str], ...] = (
    frozenset({"write", "remind", "ask"}),
    frozenset({"another", "rematch", "partner"}),
    frozenset({"end", "close"}),
)
"""What is done about a case at first, when it comes back, and after that."""


@dataclass(frozen=True, slots=True)
class Coordinator:
    """Who coordinates. `zone` is an IANA name (anything else counts as UTC)."""

    account: str
    zone: str = "UTC"


def coordinator(account: str, zone: str = "UTC") -> Coordinator:
    """A simulated coordinator of that account."""
    return Coordinator(account, zone)


class Clerk:
    """The coordinator at work. With `prompt`, they sit down in every hour of their day."""

    __slots__ = ("_account", "_decided", "_direct", "_sittings", "_tokens")

    def __init__(self, seed: int, who: Coordinator, direct: Address, prompt: bool) -> None:
        hours = some_slots(Random(f"{seed}/{who.account}"))
        self._account = who.account
        self._direct = direct
        self._sittings = Sittings(zone_name(who.zone, ""), EVERY_HOUR if prompt else hours)
        self._decided: dict[str, int] = {}
        """How often each case was decided about."""
        self._tokens: dict[str, str] = {}
        """The token under which each case was seen last."""

    @property
    def account(self) -> str:
        """The id of the account."""
        return self._account

    def begin(self) -> Sequence[Plan]:
        """Nothing: a coordinator waits for what comes."""
        return ()

    def acted(self, action: Action, at: datetime) -> None:
        """A case about which was decided comes back only because that did not help."""
        if isinstance(action, Press) and action.token.startswith("case:"):
            key = key_of(action.token)
            self._decided[key] = self._decided.get(key, 0) + 1

    def see(self, seen: Seen) -> Sequence[Plan]:
        """Decide about a proposal or a case; everything else is left alone."""
        plans: list[Plan] = []
        for question in questions_in(seen.message):
            if question.head == "look":
                plans += self._look(seen, question)
                continue
            value = self._decide(question)
            if value is not None:
                at = self._sittings.after(seen.at)
                plans.append(give(self._account, self._direct, seen, question, Chosen((value,)), at, says=False))
        return plans

    def _look(self, seen: Seen, question: Question) -> Sequence[Plan]:
        """Choose every case of a list, one after the other, to decide about it."""
        at = self._sittings.after(seen.at)
        return [
            Plan(
                Press(self._account, seen.address, question.token, (value,), at, seen.reference),
                f"look:{seen.reference}:{value}",
                seen.reference,
            )
            for value in question.values
        ]

    def _decide(self, question: Question) -> str | None:
        if question.head == "match":
            return "approve" if "approve" in question.values else None
        if question.head != "case" or not question.options:
            return None
        if self._tokens.get(question.key) == question.token:
            return None
        self._tokens[question.key] = question.token
        return _decision(question.options, self._decided.get(question.key, 0))


def _decision(options: Sequence[Option], times: int) -> str:
    """The option that stands out, unless that has not helped; else what fits the case's age; else what does no harm."""
    for option in options if times < len(_STEPS) - 1 else ():
        if option.style == "primary":
            return option.value
    for words in _STEPS[min(times, len(_STEPS) - 1) :]:
        for option in options:
            if words & set(fold(f"{option.value} {option.label}").split()):
                return option.value
    harmless = [option for option in options if option.style != "danger"] or list(options)
    return harmless[0].value
