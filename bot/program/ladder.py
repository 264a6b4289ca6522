"""The ladder of check-ins: what to do about silence, decided from times alone. Pure.

A private ask comes first, a word to whoever waits next, then a case for the coordinators, with another partner offered
to whoever waits, and in the end a kind goodbye. No step follows one that was not proved to have reached its reader.

Each partner has a clock of their own. It stands still on their own away days; and while all the others are away, for
whoever wrote last and so waits for them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from topics.model import Checkins

FAIR = timedelta(hours=12)
"""The least time between an ask that arrived and a word to the coordinators about it."""
UNPROVED = timedelta(hours=6)
"""How long to leave an ask alone of which nobody knows yet whether it arrived."""
LATER = timedelta(days=7)
"""When to look again where nothing is due."""
_HOUR = timedelta(hours=1)
_ASKS = 2


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """Time that does not count: from `start` until just before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """One of the partners: when they last wrote, how often they were asked since, and when the last ask arrived.

    `asked_at` is None while that is not proved. `pauses` is when they are away. `waits`: they said that another one
    does not answer, who was asked.
    """

    person: int
    wrote_at: datetime | None = None
    asks: int = 0
    asked_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    waits: bool = False

    def away_until(self, now: datetime) -> datetime | None:
        """When they are back, if they are away now."""
        return max((pause.end for pause in self.pauses if pause.start <= now < pause.end), default=None)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision needs.

    `anchor` is the last sign of life that is no message: nothing before it counts as silence. `quiet` is how long a
    silence may be. `case_at` is when a case was opened that is not closed; `settles` whether it is of a kind that the
    program settles itself; `offered_at` when whoever waits was offered another partner, and `offered` who was;
    `held_until` until when a coordinator has put it off, and `held` whether one has it in hand: then the program leaves
    it alone.
    """

    now: datetime
    began_at: datetime
    live: bool
    parties: tuple[Party, ...]
    quiet: timedelta
    rules: Checkins
    anchor: datetime | None = None
    elsewhere: bool = False
    case_at: datetime | None = None
    settles: bool = False
    offered_at: datetime | None = None
    offered: frozenset[int] = frozenset()
    held: bool = False
    held_until: datetime | None = None

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """When any of them is away."""
        return tuple(pause for party in self.parties for pause in party.pauses)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now, by person, and when to look again.

    `ask`: ask in private. `light`: ask in passing, since they talk elsewhere. `reassure`: tell that somebody was asked.
    `case` names those who are silent, for the coordinators. `offer`: those who wait are offered another partner, which
    reassures them too; empty where nobody waits, None where it is not time. `settle`: nobody decided in time, so the
    program does. `update`: tell those who wait that it is being looked at.
    """

    check_at: datetime
    ask: tuple[int, ...] = ()
    light: tuple[int, ...] = ()
    reassure: tuple[int, ...] = ()
    case: tuple[int, ...] = ()
    update: tuple[int, ...] = ()
    offer: tuple[int, ...] | None = None
    settle: bool = False


@dataclass(slots=True)
class _Steps:
    """The steps found so far."""

    ask: list[int] = field(default_factory=list[int])
    again: list[int] = field(default_factory=list[int])
    case: list[int] = field(default_factory=list[int])
    silent: list[int] = field(default_factory=list[int])
    later: list[datetime] = field(default_factory=list[datetime])


def reach(start: datetime, length: timedelta, pauses: Iterable[Pause]) -> datetime:
    """When `length` of counted time has gone by since `start`, the pauses left out. They may overlap."""
    at, left = start, length
    for pause in sorted(pauses):
        if pause.end <= at:
            continue
        if pause.start > at:
            if pause.start - at >= left:
                return at + left
            left -= pause.start - at
        at = pause.end
    return at + left


def decide(facts: Facts) -> Decision:
    """What to do about a partnership at this moment. `check_at` is always later than now."""
    if facts.case_at is not None:
        return _while_open(facts, facts.case_at)
    if len(facts.parties) <= 1:
        return Decision(facts.now + LATER)
    if facts.elsewhere:
        return _elsewhere(facts)
    steps = _Steps()
    for party in facts.parties:
        if party.waits:
            # It is not their turn.
            continue
        back = party.away_until(facts.now)
        if back is not None:
            steps.later.append(back)
        elif facts.live:
            _silence(facts, party, steps)
        elif party.wrote_at is None:
            _arrival(facts, party, steps)
    waiting = tuple(person for person in _here(facts) if person not in steps.silent)
    if steps.case:
        silent = tuple(person for person in steps.silent if person not in steps.ask)
        if not facts.rules.offer_days:
            by = reach(facts.now, timedelta(days=facts.rules.settle_days), facts.pauses)
            return Decision(by, ask=tuple(steps.ask), reassure=waiting, case=silent, offer=waiting)
        by = facts.now + timedelta(days=min(facts.rules.offer_days, facts.rules.answer_days))
        return Decision(by, ask=tuple(steps.ask), reassure=waiting, case=silent)
    return Decision(
        _next(facts, steps.later),
        ask=tuple(steps.ask + steps.again),
        reassure=waiting if steps.again else (),
    )


def _arrival(facts: Facts, party: Party, steps: _Steps) -> None:
    """Somebody who has not written at all since the introduction."""
    rules, since = facts.rules, _latest(facts.began_at, facts.anchor)
    ask_at = reach(since, timedelta(hours=rules.arrival_ask_hours), party.pauses)
    if not party.asks:
        _ask(facts, party, ask_at, steps)
        return
    steps.silent.append(party.person)
    if party.asked_at is None:
        steps.later.append(facts.now + UNPROVED)
        return
    case_at = reach(since, timedelta(hours=rules.arrival_case_hours), party.pauses)
    case_at = max(case_at, reach(party.asked_at, FAIR, party.pauses))
    if case_at > facts.now:
        steps.later.append(case_at)
    else:
        steps.case.append(party.person)


def _silence(facts: Facts, party: Party, steps: _Steps) -> None:
    """Somebody who wrote once, and may have fallen silent."""
    since, pauses = _latest(party.wrote_at or facts.began_at, facts.anchor), _excused(facts, party)
    if not party.asks:
        _ask(facts, party, reach(since, facts.quiet, pauses), steps)
        return
    steps.silent.append(party.person)
    if party.asked_at is None:
        steps.later.append(facts.now + UNPROVED)
        return
    due = reach(party.asked_at, timedelta(days=facts.rules.answer_days), pauses)
    if due > facts.now:
        steps.later.append(due)
    elif party.asks < _ASKS:
        steps.again.append(party.person)
        steps.later.append(facts.now + UNPROVED)
    else:
        steps.case.append(party.person)


def _ask(facts: Facts, party: Party, ask_at: datetime, steps: _Steps) -> None:
    if ask_at > facts.now:
        steps.later.append(ask_at)
        return
    steps.ask.append(party.person)
    steps.silent.append(party.person)
    steps.later.append(facts.now + UNPROVED)


def _excused(facts: Facts, party: Party) -> tuple[Pause, ...]:
    """The time that does not count for them: their own away days, and where they wrote last, so that it is for others
    to answer, the time for which all of these are away."""
    others = [other for other in facts.parties if other is not party]
    wrote_last = party.wrote_at is not None and all(
        other.wrote_at is None or other.wrote_at <= party.wrote_at for other in others
    )
    if not wrote_last:
        return party.pauses
    nobody: tuple[Pause, ...] = others[0].pauses
    for other in others[1:]:
        nobody = tuple(
            Pause(max(one.start, two.start), min(one.end, two.end))
            for one in nobody
            for two in other.pauses
            if max(one.start, two.start) < min(one.end, two.end)
        )
    return (*party.pauses, *nobody)


def _here(facts: Facts) -> tuple[int, ...]:
    """Those who are not away now. Whoever is gets no word about others' silence until they are back."""
    return tuple(party.person for party in facts.parties if party.away_until(facts.now) is None)


def _elsewhere(facts: Facts) -> Decision:
    """They talk where nobody counts: a light word now and then, not while one is away, and never more than that."""
    back = [until for party in facts.parties if (until := party.away_until(facts.now)) is not None]
    if back:
        return Decision(_next(facts, [max(back)]))
    days = timedelta(days=facts.rules.elsewhere_days)
    signs = [sign for party in facts.parties for sign in (party.wrote_at, party.asked_at) if sign is not None]
    due = reach(max([_latest(facts.began_at, facts.anchor), *signs]), days, facts.pauses)
    if due > facts.now:
        return Decision(_next(facts, [due]))
    return Decision(facts.now + days, light=tuple(party.person for party in facts.parties))


def _while_open(facts: Facts, case_at: datetime) -> Decision:
    """A case is open: whoever waits is offered another partner, and in the end the program does it unasked.

    While a coordinator has it in hand, or where it is not for the program to settle, those who wait are told once that
    it takes longer.
    """
    rules, here = facts.rules, _here(facts)
    waiting = tuple(party.person for party in facts.parties if not party.asks and party.person in here)
    if facts.held_until is not None:
        return Decision(_next(facts, [facts.held_until]))
    if facts.settles and facts.offered_at is None:
        due = case_at + timedelta(days=rules.offer_days)
        by = reach(facts.now, timedelta(days=rules.settle_days), facts.pauses)
        return Decision(_next(facts, [due])) if due > facts.now else Decision(by, offer=waiting)
    if facts.settles and facts.offered_at is not None and not facts.held:
        due = reach(facts.offered_at, timedelta(days=rules.settle_days), facts.pauses)
        late = tuple(person for person in waiting if person not in facts.offered)
        if late:
            # Somebody came when the case was open already: now they wait too, and hear so.
            return Decision(reach(facts.now, timedelta(days=rules.settle_days), facts.pauses), offer=late)
        return Decision(_next(facts, [due])) if due > facts.now else Decision(facts.now + UNPROVED, settle=True)
    due = case_at + timedelta(days=rules.answer_days)
    if due > facts.now:
        return Decision(_next(facts, [due]))
    return Decision(facts.now + LATER, update=waiting)


def _latest(at: datetime, other: datetime | None) -> datetime:
    return at if other is None else max(at, other)


def _next(facts: Facts, later: Sequence[datetime]) -> datetime:
    """When to look again, and never at once."""
    return max(min(later, default=facts.now + LATER), facts.now + _HOUR)
