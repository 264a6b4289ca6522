"""What a group is worth, wish by wish, counted plainly from the answers (it shares no arithmetic with the solver)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from bot.program.matching.hours import overlap_minutes
from bot.program.matching.problem import Candidate, Problem
from bot.program.matching.tiers import asks_similar, different_answer, wanted, zone_of
from topics.model import Rule, Wish


@dataclass(frozen=True, slots=True)
class PairScore:
    """Figures of a pair for coordinators; wishes of the same rule add up.

    country_different    whether every `different` wish is met, in a trio by all three
    type_wishes          how often one of them asks something of the other (`wished`), type_wishes_met: and gets it
    interest_wishes      how often one of them asks for a similar partner (`similar`)
    interest_similarity  the sum of the Jaccard indices over those who ask, to 4 decimals
    overlap_minutes      common minutes of the `overlap` wishes

    In a trio all but the first are sums over its three pairs: everybody's wish counts towards each of the other two.
    """

    country_different: bool
    type_wishes: int
    type_wishes_met: int
    interest_wishes: int
    interest_similarity: float
    overlap_minutes: int


def score_group(problem: Problem, ids: Sequence[str]) -> PairScore:
    """The figures of a pair or a trio. Raises KeyError for an id that is not in the problem."""
    people = problem.by_id()
    pairs = list(combinations([people[key] for key in ids], 2))
    different, wishes, met, asked, overlap = True, 0, 0, 0, 0
    similarity = Fraction(0)
    for wish in problem.wishes:
        for one, other in pairs:
            match wish.rule:
                case Rule.DIFFERENT:
                    different &= different_answer(wish, one) != different_answer(wish, other)
                case Rule.WISHED:
                    wishes += bool(wanted(wish, one)) + bool(wanted(wish, other))
                    met += gets(wish, one, other) + gets(wish, other, one)
                case Rule.SIMILAR:
                    askers = asks_similar(wish, one) + asks_similar(wish, other)
                    asked += askers
                    similarity += askers * jaccard(wish, one, other)
                case Rule.OVERLAP:
                    zones = zone_of(one, wish.question), zone_of(other, wish.question)
                    overlap += overlap_minutes(*zones, problem.on, wish.hours)
    return PairScore(different, wishes, met, asked, round(float(similarity), 4), overlap)


def gets(wish: Wish, asker: Candidate, other: Candidate) -> bool:
    """Whether the asker finds in the other what a `wished` wish asks for."""
    asked = wanted(wish, asker)
    return bool(asked) and asked == other.one(wish.of)


def jaccard(wish: Wish, one: Candidate, other: Candidate) -> Fraction:
    """Common answers as a share of all answers of the two; 0 where neither has any."""
    first, second = set(one.many(wish.question)), set(other.many(wish.question))
    return Fraction(len(first & second), max(1, len(first | second)))
