"""Who makes the trio where the number of people is odd."""

from itertools import combinations

import numpy as np

from bot.program.matching.candidates import NOBODY, Edges
from bot.program.matching.tiers import Ints
from bot.program.matching.weights import Weights

NEIGHBOURS = 24
EVERY_TRIO_SIZE = 120


def every_trio(weights: Weights, active: Ints) -> Ints:
    """All allowed trios among `active`; shape (m, 3)."""
    trios = np.array(list(combinations(active.tolist(), 3)), dtype=np.int64).reshape(-1, 3)
    return trios[_allowed(weights, trios)]


def likely_trios(weights: Weights, active: Ints, near: Edges, prices: Ints, count: int) -> tuple[Ints, Ints]:
    """The `count` allowed trios worth most after the prices of their three people, best first.

    Returns the trios, shape (m, 3), and what each is worth after prices. Up to 120 people it looks at every trio, above
    at everybody with each two of those who suit them best among `near`.
    """
    trios = every_trio(weights, active) if len(active) <= EVERY_TRIO_SIZE else _near_trios(weights, near, prices)
    worth = weights.trios(trios[:, 0], trios[:, 1], trios[:, 2]) - prices[trios].sum(axis=1)
    order = np.argsort(-worth, kind="stable")[:count]
    return trios[order], worth[order]


def _near_trios(weights: Weights, near: Edges, prices: Ints) -> Ints:
    table = _neighbours(weights, near, prices)
    first, second = np.triu_indices(table.shape[1], k=1)
    rows = np.repeat(np.arange(len(table)), len(first))
    trios = np.stack((rows, table[:, first].ravel(), table[:, second].ravel()), axis=1)
    trios = np.sort(trios[(trios[:, 1] != NOBODY) & (trios[:, 2] != NOBODY)], axis=1)
    size = len(table)
    trios = trios[np.unique((trios[:, 0] * size + trios[:, 1]) * size + trios[:, 2], return_index=True)[1]]
    return trios[_allowed(weights, trios)]


def _allowed(weights: Weights, trios: Ints) -> Ints:
    """Places of the trios in which nobody must be kept from anybody."""
    a, b, c = trios.T
    forbidden = weights.tiers.forbidden
    return np.flatnonzero(~(forbidden(a, b) | forbidden(a, c) | forbidden(b, c)))


def _neighbours(weights: Weights, near: Edges, prices: Ints) -> Ints:
    """For everybody those of `near` who leave most after half their price, best first; NOBODY where there are fewer.

    Half, since each person of a trio is in two of its three pairs.
    """
    tail, head = np.concatenate((near.a, near.b)), np.concatenate((near.b, near.a))
    left = 2 * weights.narrow(tail, head) - prices[head]
    order = np.lexsort((head, -left, tail))
    tail, head = tail[order], head[order]
    starts = np.searchsorted(tail, tail, side="left")
    rank = np.arange(len(tail)) - starts
    keep = rank < NEIGHBOURS
    table = np.full((weights.tiers.size, NEIGHBOURS), NOBODY, dtype=np.int64)
    table[tail[keep], rank[keep]] = head[keep]
    return table
