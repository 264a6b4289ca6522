"""The people of the simulation: what they do follows from the plot's seed and from what they see, not from chance.

Whatever somebody does about a message depends on its key, on who they are, and on the hour in which they see it. A
message that comes some minutes later, or after others, changes nothing: so two runs of one plot can be compared.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from adapters.local.crowd import Action, Command, Delete, Leave, Press, Say, Seen
from adapters.local.people.answering import Asked, Chosen, answer, pick
from adapters.local.people.questions import Question, questions_in
from adapters.local.records import Account
from bot.app import kit_of
from bot.language.places import Address, Place
from tests.simulation.town import COMMUNITY, PLATFORM
from topics.model import Kit

BEGIN = datetime(2027, 1, 25, tzinfo=UTC)
STARTS = date(2027, 2, 1)
WEEKS = 3
LAST = datetime(2027, 2, 20, tzinfo=UTC)
"""Nobody does anything after that: what is due in the very moment in which the round ends may be called off or not."""
END = datetime(2027, 2, 25, tzinfo=UTC)
DESK = "desk"
PLOTS = 24
_HALF_PAST = timedelta(minutes=30)
_HOUR = timedelta(hours=1)
_TURNS = 8
_SOON = timedelta(seconds=15)
_WHERE = (
    ("Kenya", "Africa/Nairobi"),
    ("Japan", "Asia/Tokyo"),
    ("Peru", "America/Lima"),
    ("Norway", "Europe/Oslo"),
    ("India", "Asia/Kolkata"),
    ("Fiji", "Pacific/Fiji"),
)
_NUMBER = re.compile(r"\d+")
_TOPIC = re.compile(r"topic:\d+")


def bare(key: str) -> str:
    """A key without the numbers that rows get in the order in which things happen to be handled."""
    topic = _TOPIC.match(key)
    return f"{topic.group()}{_NUMBER.sub('#', key[topic.end() :])}" if topic else _NUMBER.sub("#", key)


@cache
def kit() -> Kit:
    """The short kit with a short form."""
    whole = kit_of("teachers")["teachers"]
    plan = replace(
        whole.plan, applications_open_days_before=7, applications_close_days_before=3, closing_reminder_days=1
    )
    questions = tuple(q for q in whole.questions if q.name in ("country", "zone", "level", "consent"))
    wishes = tuple(wish for wish in whole.wishes if wish.question in ("country",))
    rhythm = replace(whole.rhythm, every_days=7, first_after_days=3)
    return replace(whole, plan=replace(plan, weeks=WEEKS), questions=questions, wishes=wishes, rhythm=rhythm)


@dataclass
class Villager:
    """Somebody who takes part. Chances are drawn anew for each decision, from what it is about."""

    seed: int
    user: str
    zone: str
    country: str
    applies_at: datetime
    cares: float
    """How likely they are to answer what they are asked."""
    turn: int
    """They act in every so-manieth hour of eight, and nobody else does: what two do at once has no order."""
    runs: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    tokens: set[str] = field(default_factory=set[str])
    engaged: set[str] = field(default_factory=set[str])
    taken: set[datetime] = field(default_factory=set[datetime])
    """The sittings for which they have something in mind already."""

    @property
    def direct(self) -> Address:
        return Address(PLATFORM, COMMUNITY, Place.DIRECT, self.user)

    def chance(self, *about: object) -> Random:
        return Random(f"{self.seed}/{self.user}/{'/'.join(map(str, about))}")

    def sitting(self, at: datetime, hours: int) -> datetime:
        """Half past an hour of their day, at least so many hours after the hour of that moment."""
        moment = at.replace(minute=0, second=0, microsecond=0) + hours * _HOUR + _HALF_PAST
        while moment.hour % _TURNS != self.turn or not 8 <= moment.astimezone(ZoneInfo(self.zone)).hour <= 19:
            moment += _HOUR
        return moment

    def free_sitting(self, at: datetime, hours: int) -> datetime:
        """A sitting for this alone: what somebody does in private at once with other things has no order either."""
        moment = self.sitting(at, hours)
        while moment in self.taken:
            moment = self.sitting(moment, 1)
        self.taken.add(moment)
        return moment

    def see(self, seen: Seen) -> Sequence[Action]:
        if seen.address.place is Place.ROOM and seen.kind in ("introduction", "topic") and not seen.edited:
            return self._in_room(seen)
        actions: list[Action] = []
        for question in questions_in(seen.message):
            if question.token in self.tokens:
                continue
            self.tokens.add(question.token)
            if question.head == "apply":
                at = max(self.applies_at, seen.at)
                actions.append(Press(self.user, seen.address, question.token, question.values[:1], at, seen.reference))
            elif question.step and seen.address.place is Place.DIRECT:
                actions += self._converse(seen, question)
            elif not question.step and seen.kind in ("nudge", "case", "question"):
                actions += self._press(seen, question)
        return actions

    def _in_room(self, seen: Seen) -> Sequence[Action]:
        chance = self.chance(bare(seen.key))
        if chance.random() > self.cares:
            return ()
        at = self.sitting(seen.at, chance.randint(2, 40))
        return (Say(self.user, seen.address, "Hello!", at),)

    def _converse(self, seen: Seen, question: Question) -> Sequence[Action]:
        tries = self.runs.setdefault(question.key, Counter())
        going_on = seen.kind == "question" or question.key in self.engaged
        chance = self.chance(seen.kind, question.step, tries[question.step])
        if not going_on and chance.random() > self.cares:
            return ()
        self.engaged.add(question.key)
        wanted = {"country": self.country, "zone": self.zone, "level": "primary", "consent": "yes"}.get(question.step)
        asked = Asked(question, wanted, tries[question.step], self.zone, seen.at.date())
        tries[question.step] += 1
        reply = answer(asked, chance)
        if reply is None:
            return ()
        at = seen.at + _SOON if going_on else self.free_sitting(seen.at, chance.randint(2, 30))
        values = reply.values if isinstance(reply, Chosen) else (reply.text,)
        if not isinstance(reply, Chosen) and not question.typed:
            return (Say(self.user, self.direct, reply.text, at),)
        return (Press(self.user, seen.address, question.token, values, at, seen.reference),)

    def _press(self, seen: Seen, question: Question) -> Sequence[Action]:
        chance = self.chance(bare(seen.key), question.head)
        value = pick(question, chance.choice(("fine", "busy", "elsewhere", "fine")))
        if value is None or chance.random() > self.cares:
            return ()
        at = self.free_sitting(seen.at, chance.randint(2, 30))
        return (Press(self.user, seen.address, question.token, (value,), at, seen.reference),)


@dataclass
class Clerk:
    """The coordinator: approves what is proposed, and does what stands out about a case, once."""

    villager: Villager
    decided: Counter[str] = field(default_factory=Counter[str])

    def see(self, seen: Seen) -> Sequence[Action]:
        actions: list[Action] = []
        for question in questions_in(seen.message):
            if question.head not in ("match", "case") or question.token in self.villager.tokens or not question.options:
                continue
            self.villager.tokens.add(question.token)
            times = self.decided[question.key]
            self.decided[question.key] += 1
            primary = [option.value for option in question.options if option.style == "primary"]
            if question.head == "match" and "approve" not in question.values:
                continue
            value = "approve" if question.head == "match" else primary[0] if primary and not times else ""
            if value:
                at = self.villager.free_sitting(seen.at, 3)
                press = Press(self.villager.user, seen.address, question.token, (value,), at, seen.reference)
                actions.append(press)
        return actions


class Plot:
    """One play: its people, as many as told or as its number says, and what they do unasked."""

    def __init__(self, number: int, people: int = 0) -> None:
        chance = Random(f"plot/{number}")
        self.number = number
        many = people or chance.choice((4, 4, 5))
        self.members: dict[str, Villager] = {}
        for index, (country, zone) in enumerate(chance.sample(_WHERE, many)):
            # Hours apart, even where one has to wait for their morning: who comes first decides who gets a place.
            at = BEGIN + timedelta(hours=20 * index)
            user = f"v{'abcdef'[index]}"
            villager = Villager(number, user, zone, country, at, chance.choice((0.9, 0.9, 0.7, 0.1)), index)
            villager.applies_at = villager.sitting(at, chance.randint(1, 3))
            self.members[user] = villager
        self.clerk = Clerk(Villager(number, DESK, "Europe/London", "", BEGIN, 1.0, _TURNS - 2))

    @property
    def accounts(self) -> dict[str, Account]:
        """Everybody who is there at the beginning."""
        people = {
            user: Account(user=user, name=f"Villager {user}", email=f"{user}@example.org", zone=villager.zone)
            for user, villager in self.members.items()
        }
        coordinator = Account(
            user=DESK, name="Coordinator", email="desk@example.org", zone="Europe/London", role="coordinator"
        )
        return {**people, DESK: coordinator}

    @property
    def zones(self) -> dict[str, ZoneInfo]:
        """Where everybody lives."""
        return {user: ZoneInfo(villager.zone) for user, villager in self.members.items()} | {
            DESK: ZoneInfo("Europe/London")
        }

    def see(self, seen: Seen) -> Sequence[Action]:
        """What the reader of a message does about it."""
        reader = self.clerk if seen.account == DESK else self.members[seen.account]
        return [action for action in reader.see(seen) if action.at < LAST]

    def unasked(self) -> Sequence[Action]:
        """What people do of their own accord: some leave, some close a room, some ask for things."""
        chance = Random(f"unasked/{self.number}")
        actions: list[Action] = []
        for _ in range(chance.randint(0, 3)):
            who = chance.choice(list(self.members.values()))
            day = BEGIN + timedelta(days=chance.randint(8, 24))
            at = replace(who, turn=_TURNS - 1).sitting(day, chance.randint(0, 20))
            words = chance.choice(("another-partner", "status", "help", "away", "withdraw"))
            actions.append(
                chance.choice(
                    (
                        Leave(who.user, at),
                        Command(who.user, who.direct, words, at),
                        Say(who.user, who.direct, "hello?", at),
                        Delete(who.user, Address(PLATFORM, COMMUNITY, Place.ROOM, ""), at),
                    )
                )
            )
        return actions
