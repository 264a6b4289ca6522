"""Which pairs are worth the solver's time: the best few of everybody, by weights less the price of the partner.

After Applegate and Cook, "Solving large-scale matching problems" (1993): solve on few pairs, let prices (duals) tell
which of the omitted ones would pay, add them, repeat. Prices here are those of the assignment relaxation, in which odd
sets have none; they choose well but prove nothing.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot.program.matching.tiers import Ints
from bot.program.matching.weights import BARRED, Weights

SWEEPS = 20
SWEEPS_UNCACHED = 3
"""Where weights are computed anew for each sweep."""
SETTLING = 30
TIE_BITS = 7
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of people by index, 1-d, each once with a < b, sorted."""

    a: Ints
    b: Ints

    def among(self, active: Ints, size: int) -> "Edges":
        """Those within `active`, in a pool of `size` people."""
        inside = np.zeros(size, dtype=np.bool_)
        inside[active] = True
        keep = inside[self.a] & inside[self.b]
        return Edges(self.a[keep], self.b[keep])


def edges_of(a: Ints, b: Ints, size: int) -> Edges:
    """Pairs put in order, doubles dropped."""
    keys = np.unique(np.minimum(a, b) * size + np.maximum(a, b))
    return Edges(keys // size, keys % size)


def all_edges(weights: Weights, active: Ints) -> Edges:
    """Every allowed pair among `active` (sorted indices)."""
    first, second = np.triu_indices(len(active), k=1)
    a, b = active[first], active[second]
    keep = ~weights.tiers.forbidden(a, b)
    return Edges(a[keep], b[keep])


def opening_prices(weights: Weights, active: Ints) -> Ints:
    """Prices to start with: everybody asks the mean of what they asked and what the best partner would leave them."""
    size = weights.tiers.size
    outside = np.ones(size, dtype=np.bool_)
    outside[active] = False
    prices = np.zeros(size, dtype=np.int64)
    for _ in range(SWEEPS if weights.matrix is not None else SWEEPS_UNCACHED):
        asked = prices.copy()
        for rows, block in weights.blocks():
            left = block - asked[None, :]
            left[:, outside] = BARRED
            prices[rows] = np.maximum(0, (asked[rows] + left.max(axis=1)) // 2)
    return prices


def best_edges(weights: Weights, active: Ints, prices: Ints, each: int) -> Edges:
    """For everybody in `active` the `each` partners that leave most after their price; equal ones by lot."""
    size = weights.tiers.size
    outside = np.ones(size, dtype=np.bool_)
    outside[active] = False
    everybody = np.arange(size)
    found_a: list[Ints] = []
    found_b: list[Ints] = []
    each = min(each, size - 1)
    for rows, block in weights.blocks():
        inside = rows[~outside[rows]]
        own = block[~outside[rows]]
        barred = (own == BARRED) | outside[None, :]
        left = (own - prices[None, :]) << TIE_BITS
        left += weights.tiers.ties(inside[:, None], everybody[None, :], TIE_BITS)
        left[barred] = BARRED << TIE_BITS
        chosen = np.argpartition(left, size - each, axis=1)[:, size - each :]
        good = ~np.take_along_axis(barred, chosen, axis=1)
        found_a.append(np.broadcast_to(inside[:, None], chosen.shape)[good])
        found_b.append(chosen[good])
    return edges_of(np.concatenate(found_a), np.concatenate(found_b), size)


def stray_edges(weights: Weights, active: Ints, each: int, seed: int) -> Edges:
    """A few allowed pairs drawn by lot for everybody, so that no corner of the pool is cut off."""
    draw = np.random.default_rng(seed)
    a = np.repeat(active, each)
    b = draw.choice(active, size=len(a))
    keep = ~weights.tiers.forbidden(a, b)
    return edges_of(a[keep], b[keep], weights.tiers.size)


def edges_with(weights: Weights, active: Ints, people: Ints) -> Edges:
    """Every allowed pair of the given people."""
    a = np.repeat(people, len(active))
    b = np.tile(active, len(people))
    keep = ~weights.tiers.forbidden(a, b)
    return edges_of(a[keep], b[keep], weights.tiers.size)


def united(one: Edges, other: Edges, size: int) -> Edges:
    """Pairs that are in either."""
    return edges_of(np.concatenate((one.a, other.a)), np.concatenate((one.b, other.b)), size)


def settled_prices(weights: Weights, edges: Edges, partner: Ints) -> Ints:
    """Prices under which the pairs of `partner` (index or NOBODY) are as good as any of `edges`, as nearly as can be.

    Longest paths in the doubled graph (Bellman and Ford): a person's price rises until no listed partner leaves more
    than their own does; the partner's falls by as much. Both halves of a person are then averaged. People without a
    partner take no part in that: they ask what the best one would leave them.
    """
    tail, head, weight = _both_ways(weights, edges)
    inner = (partner[tail] != NOBODY) & (partner[head] != NOBODY)
    placed = np.flatnonzero(partner != NOBODY)
    own = np.zeros(weights.tiers.size, dtype=np.int64)
    own[placed] = weights.narrow(placed, partner[placed])
    rising, falling = own // 2, own - own // 2
    who, starts = np.unique(tail[inner], return_index=True)
    for _ in range(SETTLING if len(who) else 0):
        best = np.maximum.reduceat((weight - falling[head])[inner], starts)
        better = np.maximum(rising[who], best)
        if np.array_equal(better, rising[who]):
            break
        rising[who] = better
        falling[partner[who]] = own[who] - better
    prices = (rising + falling) // 2
    outer = (partner[tail] == NOBODY) & (partner[head] != NOBODY)
    np.maximum.at(prices, tail[outer], (weight - prices[head])[outer])
    return prices


def covering_prices(weights: Weights, edges: Edges, prices: Ints) -> Ints:
    """`prices` raised, one person after another, until each pair of `edges` asks for at least its weight.

    Their sum over any set of people then bounds what pairs within that set can be worth, whoever is paired with whom.
    """
    prices = prices.copy()
    tail, head, weight = _both_ways(weights, edges)
    bounds = np.searchsorted(tail, np.arange(weights.tiers.size + 1))
    for person, (start, end) in enumerate(pairwise(bounds.tolist())):
        if start < end:
            prices[person] = max(prices[person], int((weight[start:end] - prices[head[start:end]]).max()))
    return np.maximum(prices, 0)


def _both_ways(weights: Weights, edges: Edges) -> tuple[Ints, Ints, Ints]:
    """Each pair twice, from either person: (tail, head, narrow weight), sorted by tail."""
    order = np.argsort(np.concatenate((edges.a, edges.b)), kind="stable")
    tail = np.concatenate((edges.a, edges.b))[order]
    head = np.concatenate((edges.b, edges.a))[order]
    return tail, head, weights.narrow(tail, head)
