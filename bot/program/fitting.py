"""Who fits whom among those who wait while a round runs. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations

from bot.program.matching import Candidate, Problem
from bot.program.matching.hours import overlap_minutes
from bot.program.matching.problem import lot
from bot.program.matching.score import gets, jaccard
from bot.program.matching.tiers import asks_similar, different_answer, wanted, zone_of
from topics.model import Pool, Rule, Wish


def alike(problem: Problem) -> frozenset[frozenset[str]]:
    """The pairs of people who answer alike where the kit wants difference.

    In a small pool waiting a little brings somebody from another country; being paired at once may not.
    """
    wishes = [wish for wish in problem.wishes if wish.rule is Rule.DIFFERENT]
    return _pairs(problem, lambda one, other: any(not met(wish, one, other, problem.on) for wish in wishes))


def too_early(problem: Problem, pool: Pool, waited: Mapping[str, timedelta | None]) -> frozenset[frozenset[str]]:
    """The pairs who do not meet in each other what the kit says they must, and of whom neither has waited long.

    `waited` tells for how long, by id; None where nobody knows, which counts as long.
    """
    wishes = [wish for wish in problem.wishes if wish.name in pool.must_meet]
    patience = timedelta(days=pool.patience_days)
    patient = {key for key, time in waited.items() if time is not None and time < patience}
    return _pairs(
        problem,
        lambda one, other: (
            {one.id, other.id} <= patient and any(not met(wish, one, other, problem.on) for wish in wishes)
        ),
    )


def met(wish: Wish, one: Candidate, other: Candidate, on: date) -> bool:
    """Whether two people meet a wish in each other; who wishes nothing is content."""
    match wish.rule:
        case Rule.DIFFERENT:
            return different_answer(wish, one) != different_answer(wish, other)
        case Rule.WISHED:
            asking = [(a, b) for a, b in ((one, other), (other, one)) if wanted(wish, a)]
            return all(gets(wish, a, b) for a, b in asking)
        case Rule.SIMILAR:
            asked = asks_similar(wish, one) or asks_similar(wish, other)
            return not asked or jaccard(wish, one, other) > 0
        case Rule.OVERLAP:
            zones = zone_of(one, wish.question), zone_of(other, wish.question)
            return overlap_minutes(*zones, on, wish.hours) > 0


def pairs_for(problem: Problem, person: str, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs that may take this person in, the best first: by what each wish gains, in the kit's order.

    Nobody joins those whom they must not meet, or who answer alike where the kit wants difference. Ties are broken by
    the round's seed.
    """
    people = problem.by_id()
    here, differ = people[person], [wish for wish in problem.wishes if wish.rule is Rule.DIFFERENT]

    def may(other: str) -> bool:
        return problem.allowed(person, other) and all(met(wish, here, people[other], problem.on) for wish in differ)

    def gain(pair: tuple[str, str]) -> tuple[Fraction, ...]:
        both = [people[key] for key in pair]
        return tuple(sum((_gain(wish, here, each, problem.on) for each in both), Fraction()) for wish in problem.wishes)

    open_to = [pair for pair in pairs if all(may(other) for other in pair)]
    ranked = sorted(open_to, key=lambda pair: lot(problem.seed, "/".join(sorted(pair))))
    return sorted(ranked, key=gain, reverse=True)


def _gain(wish: Wish, one: Candidate, other: Candidate, on: date) -> Fraction:
    match wish.rule:
        case Rule.DIFFERENT:
            return Fraction(met(wish, one, other, on))
        case Rule.WISHED:
            return Fraction(gets(wish, one, other) + gets(wish, other, one))
        case Rule.SIMILAR:
            return (asks_similar(wish, one) + asks_similar(wish, other)) * jaccard(wish, one, other)
        case Rule.OVERLAP:
            return Fraction(overlap_minutes(zone_of(one, wish.question), zone_of(other, wish.question), on, wish.hours))


def _pairs(problem: Problem, chosen: Callable[[Candidate, Candidate], bool]) -> frozenset[frozenset[str]]:
    both = combinations(problem.people, 2)
    return frozenset(frozenset((one.id, other.id)) for one, other in both if chosen(one, other))
