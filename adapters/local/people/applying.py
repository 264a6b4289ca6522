"""How somebody applies: sits down some time before, answers everything at once, and submits at their exact moment."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from adapters.local.crowd import Action, Press, Say, Seen
from adapters.local.people.plans import Plan
from adapters.local.people.profile import Profile
from adapters.local.people.questions import REVIEW, Question
from bot.language.places import Address

KEY = "apply"
"""The key of the plan to apply, and the word that says so."""


class Applying:
    """One person's application. `opens` is the first moment at which anybody applies, if it is known."""

    __slots__ = ("_asked", "_direct", "_invited", "_opens", "_profile", "_run", "_writes")

    def __init__(self, profile: Profile, direct: Address, opens: datetime | None, chance: Random) -> None:
        self._profile = profile
        self._direct = direct
        self._opens = opens
        self._writes = chance.random() < 0.25
        self._invited = self._asked = False
        self._run = ""

    def begin(self) -> Sequence[Plan]:
        """Whoever hears of no invitation tells the bot at their moment that they want to apply."""
        at = self._profile.applies_at
        return () if at is None else (Plan(Say(self._profile.account, self._direct, KEY, at), KEY),)

    def invited(self, seen: Seen, question: Question) -> Sequence[Plan]:
        """An invitation has been seen. The first that is followed decides; once asked, further ones change nothing."""
        at, start = self._profile.applies_at, self._profile.starts_at
        in_vain = not self._invited and not self._run
        if at is None or start is None or (self._asked and not in_vain) or not question.options:
            return ()
        start = max(start, seen.at)
        if self._opens is not None and start < self._opens:
            start = max(at, seen.at)
        self._invited = True
        account, direct = self._profile.account, self._direct
        action: Action = Press(account, seen.address, question.token, question.values[:1], start, seen.reference)
        return (Plan(Say(account, direct, KEY, start) if self._writes else action, KEY),)

    def acted(self, action: Action) -> None:
        """Something has been done: perhaps the application has begun."""
        if (isinstance(action, Press) and action.token.startswith("apply:")) or (
            isinstance(action, Say) and action.text == KEY
        ):
            self._asked = True

    def takes(self, question: Question, kind: str) -> bool:
        """Whether this question belongs to the application."""
        if self._asked and not self._run and kind == "question":
            self._run = question.key
        return self._run == question.key

    def moment(self, question: Question, at: datetime) -> datetime:
        """When a question of the application that is seen at `at` is answered: at once, but submitted at the moment."""
        applies_at = self._profile.applies_at
        return at if question.step != REVIEW or applies_at is None else max(at, applies_at)
