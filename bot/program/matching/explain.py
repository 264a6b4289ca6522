"""Why these people: which wishes a group meets and which it relaxes, as data and in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from bot.program.matching.hours import overlap_minutes
from bot.program.matching.pairing import Group, Waiting
from bot.program.matching.problem import Candidate, Problem
from bot.program.matching.score import gets
from bot.program.matching.tiers import UNIT, asks_similar, different_answer, wanted, zone_of
from bot.program.matching.whatif import Swap, WhatIf
from topics.model import Kit, Question, QuestionKind, Rule, Wish


class Why(StrEnum):
    """Why a wish was relaxed."""

    LOCKED = "locked"
    """The group was put together by hand."""
    NOBODY = "nobody"
    """Nobody whom the person may meet could have met it."""
    OTHERS = "others"
    """Those who could have met it are where an earlier wish, or more people, needed them."""
    HELD = "held"
    """Those who could have met it are in groups that were put together by hand."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One wish between two people of a group, met or relaxed.

    A `wished` reason is the asker's; the others hold for both alike. `wanted` is what was asked for, `shared` the
    common answers (values of the kit's options), `minutes` the common working time. `why` is None where `met`.
    `instead` is the best other partner who meets it, where `reasons` could ask (`WhatIf`) and there is one.
    """

    wish: str
    rule: Rule
    asker: str
    partner: str
    met: bool
    wanted: str = ""
    shared: tuple[str, ...] = ()
    minutes: int = 0
    why: Why | None = None
    instead: Swap | None = None

    @property
    def key(self) -> str:
        """The name of its phrase for the asker (a kit's text may bear it): `wished_met`, `overlap_relaxed` …"""
        return f"{self.rule}_{'met' if self.met else 'relaxed'}"


PHRASES: Mapping[str, str] = {
    "country_met": "You and {partner} live in different countries.",
    "country_relaxed": "You and {partner} live in the same country.",
    "different_met": "You and {partner} answered differently on {topic}.",
    "different_relaxed": "You and {partner} gave the same answer on {topic}.",
    "wished_met": "You asked for a partner with “{wanted}”: that is {partner}.",
    "wished_met_partner": "{partner} asked for a partner with “{wanted}”: that is you.",
    "wished_relaxed": "You asked for a partner with “{wanted}”. We are sorry that we could not do that this time.",
    "wished_relaxed_partner": "{partner} had asked for a partner with “{wanted}”. You bring another view.",
    "similar_met": "You both care about {shared}.",
    "similar_relaxed": "You and {partner} chose different interests: each can show the other something new.",
    "overlap_met": "On a working day you and {partner} share {time}.",
    "overlap_relaxed": "Your working hours and {partner}’s do not meet: write when it suits you, and agree on calls.",
    "why_locked": "The coordinators put you together by hand.",
    "why_nobody": "Nobody in this round could have met this wish.",
    "why_others": "Those who could have met it were needed elsewhere, so that earlier wishes are kept for all.",
    "why_held": "Those who could have met it are in groups that the coordinators put together by hand.",
    "wait_alone": "There is nobody else to pair with yet.",
    "wait_apart": "Everybody else is a former partner, or should not be paired with this person.",
    "wait_locked": "Everybody this person could be paired with is in a group that was set by hand.",
    "wait_odd": "The number of people is odd, so one has to wait: whoever lets the others be paired best.",
    "wait_taken": "The people this person could be paired with are needed by others who have nobody else.",
}
"""Plain words for each reason, with `{partner}`, `{wanted}`, `{shared}`, `{topic}` and `{time}` to fill in."""


def reasons(problem: Problem, group: Group, what_if: WhatIf | None = None) -> tuple[Reason, ...]:
    """Every wish between each two of a group, in the kit's order. Raises KeyError for an id not in the problem.

    With `what_if`, a relaxed wish names the best partner who would have met it, and what that would cost the others.
    """
    people = problem.by_id()
    found: list[Reason] = []
    for wish in problem.wishes:
        for one, other in combinations([people[key] for key in group.ids], 2):
            found.extend(_between(problem, wish, one, other, group.locked))
    if what_if is None:
        return tuple(found)
    return tuple(_with_instead(problem, reason, what_if) for reason in found)


def _with_instead(problem: Problem, reason: Reason, what_if: WhatIf) -> Reason:
    if reason.why is not Why.OTHERS:
        return reason
    people = problem.by_id()
    wish = next(wish for wish in problem.wishes if wish.name == reason.wish)
    asker = people[reason.asker]
    swaps = what_if.alternatives(reason.asker, 1, lambda other: _meets(problem, wish, asker, people[other]))
    if not swaps:
        # Whoever could have met it is in a group that was set by hand.
        return replace(reason, why=Why.HELD)
    return replace(reason, instead=swaps[0])


def change_in_words(problem: Problem, change: Sequence[int]) -> str:
    """What a change of the totals is, in figures for coordinators: “1 fewer of type, 0.35 less of interests”."""
    said: list[str] = []
    names = ("people placed", *(wish.name for wish in problem.wishes))
    rules = (None, *(wish.rule for wish in problem.wishes))
    for name, rule, amount in zip(names, rules, change, strict=True):
        if amount == 0:
            continue
        match rule:
            case Rule.SIMILAR:
                said.append(f"{abs(amount) / UNIT:.2f} {'more' if amount > 0 else 'less'} of {name}")
            case Rule.OVERLAP:
                said.append(f"{_duration(abs(amount))} {'more' if amount > 0 else 'less'} of {name}")
            case _:
                said.append(f"{abs(amount)} {'more' if amount > 0 else 'fewer'} of {name}")
    return ", ".join(said) or "no difference"


def sentence(
    kit: Kit, reason: Reason, reader: str, names: Mapping[str, str], phrases: Mapping[str, str] = PHRASES
) -> str:
    """The reason in words for `reader`, one of its two people; a relaxed wish of theirs says why.

    `names` gives people's names by id, `phrases` other words than the plain ones.
    """
    key = reason.key
    if reason.rule is Rule.DIFFERENT and _question(kit, reason).kind is QuestionKind.COUNTRY:
        key = key.replace(str(reason.rule), "country")
    theirs = reason.rule is Rule.WISHED and reader != reason.asker
    said = phrases[f"{key}_partner" if theirs else key].format(**facts(kit, reason, reader, names))
    if reason.why is None or theirs or reason.rule in (Rule.SIMILAR, Rule.OVERLAP):
        return said
    return f"{said} {phrases[f'why_{reason.why}']}"


def waiting_sentence(waiting: Waiting, phrases: Mapping[str, str] = PHRASES) -> str:
    """Why somebody waits, in words for coordinators."""
    return phrases[f"wait_{waiting.reason}"]


def facts(kit: Kit, reason: Reason, reader: str, names: Mapping[str, str]) -> dict[str, str]:
    """What a phrase is filled with: the other person's name, labels of answers, the question's short name, a time."""
    question = _question(kit, reason)
    other = reason.partner if reader == reason.asker else reason.asker
    return {
        "partner": names.get(other, other),
        "wanted": _label(question, reason.wanted),
        "shared": _listed([_label(question, value) for value in reason.shared]),
        "topic": (question.short or question.name).lower(),
        "time": _duration(reason.minutes),
    }


def _between(problem: Problem, wish: Wish, one: Candidate, other: Candidate, locked: bool) -> Iterator[Reason]:
    def reason(
        asker: Candidate,
        partner: Candidate,
        met: bool,
        wanted: str = "",
        shared: tuple[str, ...] = (),
        minutes: int = 0,
    ) -> Reason:
        why = None if met else Why.LOCKED if locked else _why(problem, wish, asker)
        return Reason(wish.name, wish.rule, asker.id, partner.id, met, wanted, shared, minutes, why)

    match wish.rule:
        case Rule.DIFFERENT:
            yield reason(one, other, different_answer(wish, one) != different_answer(wish, other))
        case Rule.WISHED:
            for asker, partner in ((one, other), (other, one)):
                if asked := wanted(wish, asker):
                    yield reason(asker, partner, gets(wish, asker, partner), wanted=asked)
        case Rule.SIMILAR:
            if asks_similar(wish, one) or asks_similar(wish, other):
                shared = tuple(word for word in one.many(wish.question) if word in other.many(wish.question))
                yield reason(one, other, bool(shared), shared=shared)
        case Rule.OVERLAP:
            minutes = _minutes(problem, wish, one, other)
            yield reason(one, other, minutes > 0, minutes=minutes)


def _why(problem: Problem, wish: Wish, asker: Candidate) -> Why:
    """Whether anybody whom the asker may meet could have met the wish."""
    could = any(problem.allowed(asker.id, other.id) and _meets(problem, wish, asker, other) for other in problem.people)
    return Why.OTHERS if could else Why.NOBODY


def _meets(problem: Problem, wish: Wish, seeker: Candidate, other: Candidate) -> bool:
    match wish.rule:
        case Rule.DIFFERENT:
            return different_answer(wish, seeker) != different_answer(wish, other)
        case Rule.WISHED:
            return gets(wish, seeker, other)
        case Rule.SIMILAR:
            return not set(seeker.many(wish.question)).isdisjoint(other.many(wish.question))
        case Rule.OVERLAP:
            return _minutes(problem, wish, seeker, other) > 0


def _minutes(problem: Problem, wish: Wish, one: Candidate, other: Candidate) -> int:
    zones = zone_of(one, wish.question), zone_of(other, wish.question)
    return overlap_minutes(*zones, problem.on, wish.hours)


def _question(kit: Kit, reason: Reason) -> Question:
    """The question whose options name the values of a reason."""
    wish = next(wish for wish in kit.wishes if wish.name == reason.wish)
    return kit.question(wish.of or wish.question)


def _label(question: Question, value: str) -> str:
    return next((option.label for option in question.options if option.value.casefold() == value), value)


def _listed(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = ((hours, "hour"), (rest, "minute"))
    return _listed([f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]) or "no time"
