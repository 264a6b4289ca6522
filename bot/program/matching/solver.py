"""Finding the best pairing: as many people placed as can be, then one wish of the kit after another.

Up to 300 people every pair is looked at and the result is the best there is (a blossom algorithm on exact integers).
Larger pools start from the best few partners of everybody, and prices tell which omitted pairs to add, until that
gains nothing; the result is then near the best in the lower tiers, and nothing is proved. The trio of an odd pool is
tried among those that prices say are worth most, until no other can be better or enough have been tried: in pools of up
to 50 people that is nearly always the best there is, above it is near it.
"""

from dataclasses import dataclass

import numpy as np

from bot.program.matching.blossom import matched
from bot.program.matching.candidates import (
    NOBODY,
    Edges,
    all_edges,
    best_edges,
    covering_prices,
    edges_with,
    opening_prices,
    settled_prices,
    stray_edges,
    united,
)
from bot.program.matching.exchange import exchanged
from bot.program.matching.pairing import Group, Pairing, Progress, Wait, Waiting
from bot.program.matching.problem import Candidate, Problem, lot
from bot.program.matching.tiers import Ints, Tiers, barred_pairs, measure_of
from bot.program.matching.trios import likely_trios
from bot.program.matching.weights import TIE_BITS, Weights, weights_of

DENSE_SIZE = 300
EVERY_PAIR_SIZE = 100
"""Up to this size each trio is tried with every pair of the others, above with the likely ones first."""
FIRST_EACH = 12
STRAY_EACH = 2
ADDED_EACH = 6
NEAR_EACH = 12
ROUNDS = 5
ROUNDS_LARGE = 3
ROUNDS_BESIDE_TRIO = 2
LARGE_SIZE = 2_000
EXCHANGES = 40
MOST_TRIOS = 400
TRIO_WORK = 20_000
"""Trios tried in a pool are at most this many divided by its size."""
TRIO_WORK_LARGE = 6_000
"""The same where not every pair is looked at."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Everybody's partner, the pairs that were looked at, and the prices they led to."""

    partner: Ints
    edges: Edges
    prices: Ints


def solve(problem: Problem, progress: Progress | None = None) -> Pairing:
    """The best pairing found. The same people, wishes and seed give the same groups in any order of rows.

    `progress` is told the step and the share of the work that is behind. At most one trio is made besides locked ones,
    and only where the number of people outside locks is odd; locked groups stand and take nobody in.
    """
    tell = progress or _silent
    tell("Comparing answers", 0.0)
    people = problem.shuffled()
    weights = weights_of(_tiers(problem, people))
    index = {person.id: place for place, person in enumerate(people)}
    locked = [tuple(sorted(index[key] for key in group)) for group in problem.locked]
    held = {place for group in locked for place in group}
    active = np.array([place for place in range(len(people)) if place not in held], dtype=np.int64)
    found = _searched(weights, active, problem.seed, tell)
    trio: tuple[int, ...] = ()
    if problem.odd == "trio" and len(active) % 2:
        tell("Choosing the trio", 0.7)
        trio, found = _with_trio(weights, active, found, tell)
    tell("Done", 1.0)
    free = [(one, int(other)) for one, other in enumerate(found.partner) if one < other]
    groups = sorted(locked) + sorted([*free, trio] if trio else free)
    placed = {place for group in groups for place in group}
    waiting = [place for place in range(len(people)) if place not in placed]
    return Pairing(
        groups=tuple(Group(tuple(people[i].id for i in group), group in locked) for group in groups),
        waiting=tuple(Waiting(people[i].id, _why(problem, people, held, i, len(waiting))) for i in waiting),
        totals=_totals(weights, groups)[:-1],
    )


def _silent(step: str, share: float) -> None:
    """Tells nobody."""


def _within(tell: Progress, start: float, end: float) -> Progress:
    """Tells the shares of a part of the work that runs from `start` to `end` of the whole."""
    return lambda step, share: tell(step, start + (end - start) * share)


def _tiers(problem: Problem, people: tuple[Candidate, ...]) -> Tiers:
    return Tiers(
        size=len(people),
        measures=tuple(measure_of(wish, people, problem.on) for wish in problem.wishes),
        barred=barred_pairs(people, problem.forbidden),
        lots=np.array([lot(problem.seed, person.id) for person in people], dtype=np.uint64),
    )


def _searched(weights: Weights, active: Ints, seed: int, tell: Progress) -> _Found:
    """The best pairs among `active`."""
    if len(active) <= DENSE_SIZE:
        edges = all_edges(weights, active)
        partner = matched(weights, edges)
        return _Found(partner, edges, settled_prices(weights, edges, partner))
    prices = opening_prices(weights, active)
    edges = united(
        best_edges(weights, active, prices, FIRST_EACH),
        stray_edges(weights, active, STRAY_EACH, seed),
        weights.tiers.size,
    )
    rounds = ROUNDS if len(active) <= LARGE_SIZE else ROUNDS_LARGE
    return _priced(weights, active, edges, rounds, _within(tell, 0.1, 0.7))


def _priced(weights: Weights, active: Ints, edges: Edges, rounds: int, tell: Progress) -> _Found:
    """Pairs found on a few listed ones, with those added that the prices call for, until that gains nothing."""
    size = weights.tiers.size
    best: tuple[int, ...] = ()
    partner = np.full(size, NOBODY, dtype=np.int64)
    prices = np.zeros(size, dtype=np.int64)
    for turn in range(rounds):
        tell("Pairing", turn / rounds)
        trial = matched(weights, edges)
        value = _totals(weights, _pairs(trial))
        if best and value[:-1] <= best[:-1]:
            break
        best, partner = value, trial
        prices = settled_prices(weights, edges, partner)
        more = best_edges(weights, active, prices, ADDED_EACH)
        stranded = active[partner[active] == NOBODY]
        if len(stranded) > len(active) % 2:
            more = united(more, edges_with(weights, active, stranded), size)
        wider = united(edges, more, size)
        if len(wider.a) == len(edges.a):
            break
        edges = wider
    return _Found(exchanged(weights, partner, EXCHANGES), edges, prices)


def _with_trio(weights: Weights, active: Ints, found: _Found, tell: Progress) -> tuple[tuple[int, ...], _Found]:
    """The trio and the pairs beside it that are best together; no trio, and `found`, where none places more people."""
    size = weights.tiers.size
    near, prices = found.edges, found.prices
    if len(active) <= DENSE_SIZE:
        prices = covering_prices(weights, near, prices)
    if len(active) > EVERY_PAIR_SIZE:
        paired = np.flatnonzero(np.arange(size) < found.partner)
        standing = Edges(paired, found.partner[paired])
        near = united(best_edges(weights, active, prices // 2, NEAR_EACH), standing, size)
        near = united(near, best_edges(weights, active, prices, NEAR_EACH), size)
    work = TRIO_WORK if len(active) <= DENSE_SIZE else TRIO_WORK_LARGE
    count = min(MOST_TRIOS, max(1, work // len(active)))
    trios, worth = likely_trios(weights, active, near, prices, count)
    best, chosen, beside = _totals(weights, _pairs(found.partner)), (), found
    enough = 0
    for done, members in enumerate(trios.tolist()):
        if len(active) <= DENSE_SIZE and worth[done] + prices[active].sum() < enough:
            break
        tell("Choosing the trio", 0.7 + 0.2 * done / len(trios))
        rest = np.setdiff1d(active, members)
        partner = matched(weights, near.among(rest, size))
        if (partner[rest] == NOBODY).any():
            partner = matched(weights, found.edges.among(rest, size))
        value = _totals(weights, [*_pairs(partner), tuple(members)])
        if value > best:
            best, chosen, beside = value, tuple(members), _Found(partner, near, found.prices)
            enough = _narrow_sum(weights, partner, trios[done])
    if not chosen or len(active) <= EVERY_PAIR_SIZE:
        return chosen, beside
    rest = np.setdiff1d(active, chosen)
    edges = found.edges.among(rest, size)
    if len(active) <= DENSE_SIZE:
        return chosen, _Found(matched(weights, edges), edges, found.prices)
    edges = united(edges, near.among(rest, size), size)
    return chosen, _priced(weights, rest, edges, ROUNDS_BESIDE_TRIO, _within(tell, 0.9, 1.0))


def _narrow_sum(weights: Weights, partner: Ints, trio: Ints) -> int:
    first = np.flatnonzero(np.arange(weights.tiers.size) < partner)
    a, b, c = trio[:, None]
    return int(weights.narrow(first, partner[first]).sum() + weights.trios(a, b, c).sum())


def _pairs(partner: Ints) -> list[tuple[int, ...]]:
    return [(one, other) for one, other in enumerate(partner.tolist()) if one < other]


def _totals(weights: Weights, groups: list[tuple[int, ...]]) -> tuple[int, ...]:
    """People placed, each wish's total, and the lots: what whole pairings are compared by."""
    tiers = weights.tiers
    a, b = np.array([group for group in groups if len(group) == 2], dtype=np.int64).reshape(-1, 2).T
    trio = np.array([group for group in groups if len(group) == 3], dtype=np.int64).reshape(-1, 3)
    x, y, z = trio.T
    values = zip(tiers.values(a, b), weights.trio_values(x, y, z), strict=True)
    ties = tiers.ties(a, b, TIE_BITS).sum() + sum(tiers.ties(u, v, TIE_BITS).sum() for u, v in ((x, y), (x, z), (y, z)))
    return (2 * len(a) + 3 * len(x), *(int(two.sum() + three.sum()) for two, three in values), int(ties))


def _why(problem: Problem, people: tuple[Candidate, ...], held: set[int], one: int, waiting: int) -> Wait:
    if len(people) == 1:
        return Wait.ALONE
    open_to = [
        place for place, other in enumerate(people) if place != one and problem.allowed(people[one].id, other.id)
    ]
    if not open_to:
        return Wait.APART
    if all(place in held for place in open_to):
        return Wait.LOCKED
    odd = (len(people) - len(held)) % 2 == 1
    return Wait.ODD if odd and waiting == 1 and problem.odd == "waitlist" else Wait.TAKEN
