"""Whom to recruit: what one more person of each kind would bring to a pool, by the same search as the pairing.

Imaginary people of every kind join the pool, and the best pairs of all of them are found once. For each kind, all
others are taken out of that solved matching, which is mended: so the answer for a kind is exact, and much less work
than solving anew. A pool with an even number of people gets two of a kind, so that nobody is the odd one out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from bot.program.matching.lowering import weighing_of
from bot.program.matching.matcher import matched, without
from bot.program.matching.problem import Candidate, Problem
from bot.program.matching.solver import tiers_of, totals_of
from bot.program.matching.tiers import different_answer, wanted
from topics.model import Rule, Wish

ELSEWHERE = ""
"""The value of a kind that nobody in the pool has: another country than all of theirs, say."""
MOST_VALUES = 8
_IMAGINED = "\x00imagined"
"""What imaginary people's ids, and answers that nobody else gave, begin with. No stored answer holds this sign."""


@dataclass(frozen=True, slots=True)
class Kind:
    """People who answer `value` to a question that the wish compares; `ELSEWHERE` is an answer nobody gave yet."""

    wish: Wish
    value: str

    @property
    def question(self) -> str:
        """The question of the application that tells the kind."""
        return question_of(self.wish)


@dataclass(frozen=True, slots=True)
class Gain:
    """What `count` more people of a kind bring, more than anybody at all would: people placed, then each wish.

    Only wishes about what somebody is are counted; others (interests, hours) depend on more, and are 0 here.
    """

    kind: Kind
    count: int
    more: tuple[int, ...]


def question_of(wish: Wish) -> str:
    """The question whose answers the wish compares with what others want."""
    return wish.of or wish.question


def gains(problem: Problem) -> tuple[Gain, ...]:
    """What each kind of people would bring to the pool, in the order of the kit's wishes, the most helpful first."""
    held = {key for group in problem.locked for key in group}
    people = tuple(person for person in problem.people if person.id not in held)
    kinds = [kind for wish in problem.wishes for kind in _kinds(wish, people)]
    if not people or not kinds:
        return ()
    count = 1 if len(people) % 2 else 2
    totals = _totals(problem, people, kinds, count)
    found: list[Gain] = []
    for wish in problem.wishes:
        here = [(kind, total) for kind, total in zip(kinds, totals, strict=True) if kind.wish is wish]
        least = min((total for _, total in here), default=())
        found += sorted(
            (Gain(kind, count, tuple(a - b for a, b in zip(total, least, strict=True))) for kind, total in here),
            key=lambda gain: gain.more,
            reverse=True,
        )
    return tuple(found)


def _kinds(wish: Wish, people: Sequence[Candidate]) -> list[Kind]:
    """The kinds worth a try: whoever many are, whatever somebody wishes for, and somebody unlike all."""
    match wish.rule:
        case Rule.DIFFERENT:
            common = Counter(different_answer(wish, person) for person in people)
        case Rule.WISHED:
            common = Counter(wish_for for person in people if (wish_for := wanted(wish, person)))
        case _:
            return []
    return [Kind(wish, value) for value, _ in common.most_common(MOST_VALUES)] + [Kind(wish, ELSEWHERE)]


def _totals(
    problem: Problem, people: tuple[Candidate, ...], kinds: Sequence[Kind], count: int
) -> list[tuple[int, ...]]:
    """The totals of the pool with `count` more people of each kind, 0 in tiers that depend on more than the kind."""
    imagined = [_imagined(problem.wishes, kind, number) for kind in kinds for number in range(count)]
    if (len(people) + len(imagined)) % 2:
        # Somebody who is always taken out.
        imagined.append(_imagined(problem.wishes, kinds[0], count))
    everybody = (*people, *imagined)
    barred = {frozenset((one.id, other.id)) for one, other in combinations(imagined, 2)}
    pool = replace(problem, people=everybody, forbidden=problem.forbidden | barred, locked=())
    tiers = tiers_of(pool, everybody)
    weighing = weighing_of(tiers)
    all_in = matched(weighing, problem.seed, lambda: False, lambda share: None)
    first = len(people)
    counted = [True, *(wish.rule in (Rule.DIFFERENT, Rule.WISHED) for wish in problem.wishes)]
    found: list[tuple[int, ...]] = []
    for place in range(len(kinds)):
        stay = range(first + place * count, first + (place + 1) * count)
        gone = tuple(each for each in range(first, len(everybody)) if each not in stay)
        rest = without(weighing, all_in, gone, lambda: False) if gone else all_in
        pairs = [(one, other) for one, other in enumerate(np.asarray(rest.partner).tolist()) if one < other]
        totals = totals_of(tiers, list(pairs))
        found.append(tuple(total if counts else 0 for total, counts in zip(totals, counted, strict=True)))
    return found


def _imagined(wishes: Sequence[Wish], kind: Kind, number: int) -> Candidate:
    """Somebody of a kind who asks for nothing. In all else they are like nobody else."""
    answers: dict[str, str] = {wish.question: _IMAGINED for wish in wishes if wish.rule is Rule.DIFFERENT}
    answers[kind.question] = kind.value or _IMAGINED
    # Ids differ by kind and number, and are those of nobody in the pool.
    return Candidate(f"{_IMAGINED} {kind.wish.name} {kind.value} {number}", answers)
