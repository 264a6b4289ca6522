"""What somebody does in the room of their partnership, and in which week."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from adapters.local.crowd import Leave, Press, Say, Seen
from adapters.local.people.answering import pick
from adapters.local.people.habits import HABITS, HELLOS, REMARKS, Habits, within
from adapters.local.people.hours import Sittings
from adapters.local.people.milestones import Milestones, milestones
from adapters.local.people.plans import Plan, command
from adapters.local.people.profile import Temper
from adapters.local.people.questions import Question
from bot.language.places import Address

AWAY, ANOTHER = "away", "another-partner"
"""Commands that people give of their own accord."""
PACE = "pace"
"""The first word of the tokens with which partners say how often they want to be in touch."""
_HALF_DAY = 0.5
_SAYS_HOW_OFTEN = 0.3


class Partnership:
    """One person's life with a partner: the room they are in now and what comes in which week."""

    __slots__ = ("_account", "_chance", "_direct", "_habits", "_hello_at", "_sittings", "_temper", "marks", "room")

    def __init__(self, account: str, direct: Address, temper: Temper, sittings: Sittings, chance: Random) -> None:
        self._account = account
        self._direct = direct
        self._temper = temper
        self._habits: Habits = HABITS[temper]
        self._sittings = sittings
        self._chance = chance
        self._hello_at: datetime | None = None
        self.marks: Milestones | None = None
        """What happens when; None before the first introduction."""
        self.room: Address | None = None

    def introduced(self, seen: Seen, questions: Sequence[Question]) -> Sequence[Plan]:
        """A room has been opened: say hello in the manner of the temper. The first one sets the weeks going."""
        if self.room == seen.address:
            return ()
        self.room = seen.address
        plans: list[Plan] = []
        if self.marks is None:
            self.marks = milestones(self._temper, seen.at, self._sittings, self._chance)
            plans += self._weeks(self.marks)
        if self._habits.hello is None:
            return plans
        self._hello_at = self._sittings.after(seen.at, within(self._chance, self._habits.hello))
        plans += self.say(self._hello_at, HELLOS)
        if self._temper is Temper.KEEN and self._chance.random() < 0.5:
            plans += self.say(self._sittings.after(self._hello_at, _HALF_DAY), REMARKS)
        for question in questions:
            if question.head == PACE and self._chance.random() < _SAYS_HOW_OFTEN:
                value, at = self._chance.choice(question.values), self._hello_at
                press = Press(self._account, seen.address, question.token, (value,), at, seen.reference)
                plans.append(Plan(press, question.key, seen.reference))
        return plans

    def topic(self, seen: Seen, questions: Sequence[Question]) -> Sequence[Plan]:
        """A topic has been put: some remarks at the next sittings, and sometimes "we talked about it"."""
        if self._habits.hello is None:
            return ()
        at = max(seen.at, self._hello_at or seen.at)
        at = self._sittings.after(at, within(self._chance, self._habits.delay))
        plans: list[Plan] = []
        cool = self.marks is not None and self.marks.cools is not None and at >= self.marks.cools
        for _ in range(0 if cool else self._chance.randint(*self._habits.remarks)):
            plans += self.say(at, REMARKS)
            at = self._sittings.after(at, within(self._chance, (0, _HALF_DAY)))
        if questions and not cool and self._chance.random() < self._habits.talked:
            plans += self._talked(seen, questions, at)
        return plans

    def say(self, at: datetime, words: Sequence[str]) -> Sequence[Plan]:
        """Write something in the room at that sitting, if nothing is in the way."""
        due = self.allowed(at)
        if due is None or self.room is None:
            return ()
        return (Plan(Say(self._account, self.room, self._chance.choice(words), due)),)

    def allowed(self, at: datetime) -> datetime | None:
        """When what was meant for `at` is really done: after an absence, or never."""
        return at if self.marks is None else self.marks.allowed(at, self._sittings)

    def intent(self, at: datetime) -> str:
        """What somebody would say who is asked how it goes at that moment (as in `answering.pick`)."""
        marks = self.marks
        if marks is None:
            return "fine"
        if marks.silent is not None and at >= marks.silent:
            return "busy"
        if self._temper is Temper.ELSEWHERE:
            return "elsewhere"
        if marks.cools is not None and at >= marks.cools:
            return "another"
        if marks.away_hours is not None and marks.announces is not None and marks.announces <= at < marks.away_hours[1]:
            return "away"
        return "fine"

    def asked_for_another(self) -> None:
        """The wish has been told: from now on like anybody else."""
        if self.marks is not None and self.marks.cools is not None:
            self.marks = Milestones()

    def _weeks(self, marks: Milestones) -> Sequence[Plan]:
        if marks.leaves is not None:
            return (Plan(Leave(self._account, marks.leaves)),)
        if marks.announces is not None and marks.away is not None:
            first, last = marks.away
            return (command(self._account, self._direct, f"{AWAY} {first} {last}", marks.announces),)
        if marks.asks_another is not None:
            return (command(self._account, self._direct, ANOTHER, marks.asks_another),)
        return ()

    def _talked(self, seen: Seen, questions: Sequence[Question], at: datetime) -> Sequence[Plan]:
        due = self.allowed(at)
        for question in questions:
            value = pick(question, "talked")
            if value is not None and due is not None:
                press = Press(self._account, seen.address, question.token, (value,), due, seen.reference)
                return (Plan(press, question.key, seen.reference),)
        return ()
