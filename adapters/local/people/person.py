"""One simulated participant: applies, answers the bot, and lives in a room with a partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from adapters.local.crowd import Action, Seen
from adapters.local.people.answering import LATER, Asked, Chosen, Reply, answer, fold, pick
from adapters.local.people.applying import Applying
from adapters.local.people.habits import HABITS, REMARKS, within
from adapters.local.people.hours import EVERY_HOUR, Sittings, some_slots, zone_name
from adapters.local.people.partnership import Partnership
from adapters.local.people.plans import Plan, give
from adapters.local.people.profile import Profile, Temper
from adapters.local.people.questions import REVIEW, Question, questions_in
from bot.language.places import Address, Place

SURVEY = "survey"
_ASKS = frozenset({"nudge", "case", "question"})
"""Kinds of messages whose plain buttons are pressed for an answer."""
_STILL_THERE = timedelta(minutes=30)
"""For how long somebody who did something stays and answers what follows at once."""
_MOST_ANSWERS = 100
"""Answers in one conversation after which somebody has had enough."""
_RARELY = 0.1
_REMINDED = 0.5
"""The part of their likelihood to answer with which people answer what they left unanswered before."""


@dataclass(slots=True)
class _Run:
    """Where this person is in one conversation. `engaged`: they are answering."""

    token: str = ""
    step: str = ""
    tries: int = 0
    count: int = 0
    engaged: bool = False


class Person:
    """A participant. With `prompt`, they sit down in every hour of their day instead of two or three."""

    __slots__ = (
        *("_acted_at", "_applying", "_chance", "_direct", "_life"),
        *("_profile", "_runs", "_sittings", "_types", "_zone"),
    )

    def __init__(self, seed: int, profile: Profile, direct: Address, opens: datetime | None, prompt: bool) -> None:
        chance = Random(f"{seed}/{profile.account}")
        self._profile = profile
        self._direct = direct
        self._chance = chance
        hours = some_slots(chance)
        self._zone = zone_name(profile.zone, profile.wanted("country") or "")
        self._sittings = Sittings(self._zone, EVERY_HOUR if prompt else hours)
        self._applying = Applying(profile, direct, opens, chance)
        self._types = chance.random() < 0.4
        self._life = Partnership(profile.account, direct, profile.temper, self._sittings, chance)
        self._runs: dict[str, _Run] = {}
        self._acted_at: datetime | None = None

    @property
    def account(self) -> str:
        """The id of their account."""
        return self._profile.account

    def begin(self) -> Sequence[Plan]:
        """They will apply, if they mean to."""
        return self._applying.begin()

    def acted(self, action: Action, at: datetime) -> None:
        """They have done something, and stay for a moment."""
        self._acted_at = at
        self._applying.acted(action)

    def see(self, seen: Seen) -> Sequence[Plan]:
        """What they will do about a message of the bot."""
        if seen.address.place is Place.ROOM:
            return self._in_room(seen)
        plans: list[Plan] = []
        for question in questions_in(seen.message):
            if question.head == "apply":
                plans += self._applying.invited(seen, question)
            elif seen.address.place is not Place.DIRECT:
                continue
            elif question.step:
                plans += self._converse(seen, question)
            else:
                plans += self._press(seen, question)
        return plans

    def _in_room(self, seen: Seen) -> Sequence[Plan]:
        if seen.edited:
            return ()
        if seen.kind == "introduction":
            return self._life.introduced(seen, questions_in(seen.message))
        if seen.kind == "topic":
            return self._life.topic(seen, questions_in(seen.message))
        return [plan for question in questions_in(seen.message) for plan in self._press(seen, question)]

    # Conversations

    def _converse(self, seen: Seen, question: Question) -> Sequence[Plan]:
        run = self._runs.setdefault(question.key, _Run())
        if run.engaged and run.token == question.token:
            return ()
        application = self._applying.takes(question, seen.kind)
        near = self._acted_at is not None and seen.at - self._acted_at <= _STILL_THERE
        going_on = application or (run.engaged and near)
        if not going_on and not self._cares(seen, reminded=run.token != ""):
            run.token, run.engaged = question.token, False
            return ()
        run.tries = run.tries + 1 if going_on and run.step == question.step else 0
        run.token, run.step, run.count, run.engaged = question.token, question.step, run.count + 1, True
        reply = self._reply(seen, question, run.tries) if run.count <= _MOST_ANSWERS else None
        if application:
            due: datetime | None = self._applying.moment(question, seen.at)
        else:
            due = seen.at if going_on else self._next_sitting(seen)
        if reply is None or due is None:
            run.engaged = False
            return ()
        says = application and self._types and self._chance.random() < 0.5
        last = application and question.step == REVIEW
        return (give(self.account, self._direct, seen, question, reply, due, says, last=last),)

    def _reply(self, seen: Seen, question: Question, tries: int) -> Reply | None:
        if seen.kind != "question" and seen.kind != SURVEY and tries == 0 and question.options and not question.many:
            value = pick(question, self._tell(seen))
            if value is not None and set(question.values) != {"yes", "no"}:
                return Chosen((value,))
        content = HABITS[self._profile.temper].content if seen.kind == SURVEY else None
        today = self._sittings.day(seen.at)
        # A survey may ask "country" or "internet" in its own sense: what the form says is for the application.
        wanted = None if seen.kind == SURVEY else self._profile.wanted(question.step)
        if wanted is None:
            wanted = self._absence(question)
        return answer(Asked(question, wanted, tries, self._zone, today, content), self._chance)

    def _absence(self, question: Question) -> str | None:
        """The first or last day of their absence, where a date is asked for."""
        away = self._life.marks.away if self._life.marks else None
        if away is None or question.typed != "date":
            return None
        return str(away[1] if LATER & set(fold(question.step).split()) else away[0])

    # Buttons outside of conversations

    def _press(self, seen: Seen, question: Question) -> Sequence[Plan]:
        """Answer a plain question. Buttons that only offer something stay unpressed, unless one stands out."""
        urgent = any(option.style == "primary" for option in question.options)
        if seen.kind not in _ASKS and not (seen.kind == "notice" and urgent):
            return ()
        if not self._cares(seen, reminded=False):
            return ()
        value, due = pick(question, self._tell(seen)), self._next_sitting(seen)
        if value is None or due is None:
            return ()
        plans = [give(self.account, self._direct, seen, question, Chosen((value,)), due, says=False)]
        if self._profile.temper is not Temper.ELSEWHERE and self._chance.random() < 0.8:
            plans += self._life.say(due, REMARKS)
        return plans

    def _cares(self, seen: Seen, reminded: bool) -> bool:
        """Whether they answer something that they were not in the middle of."""
        habits = HABITS[self._profile.temper]
        likely = habits.surveys if seen.kind == SURVEY else habits.asks
        if self._life.intent(seen.at) == "busy":
            likely = min(likely, _RARELY)
        return self._chance.random() < (likely * _REMINDED if reminded else likely)

    def _tell(self, seen: Seen) -> str:
        intent = self._life.intent(seen.at)
        if intent == "another":
            self._life.asked_for_another()
        return intent

    def _next_sitting(self, seen: Seen) -> datetime | None:
        due = self._sittings.after(seen.at, within(self._chance, HABITS[self._profile.temper].delay) / 2)
        return due if self._life.intent(seen.at) == "busy" else self._life.allowed(due)
