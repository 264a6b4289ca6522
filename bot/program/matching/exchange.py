"""Improving pairs by exchange: two pairs swap partners wherever that is better, tier by tier."""

from collections.abc import Iterator

import numpy as np

from bot.program.matching.candidates import NOBODY
from bot.program.matching.tiers import Ints
from bot.program.matching.weights import BLOCK, Weights


def exchanged(weights: Weights, partner: Ints, passes: int) -> Ints:
    """`partner` (index or NOBODY) after swaps between two pairs, until none is better or the passes are used up."""
    partner = partner.copy()
    for _ in range(passes):
        swaps = sorted(_swaps(weights, partner), reverse=True)
        if not swaps:
            break
        touched: set[int] = set()
        for _, a, b, c, d in swaps:
            if touched.isdisjoint((a, b, c, d)):
                touched.update((a, b, c, d))
                partner[[a, c, b, d]] = [c, a, d, b]
    return partner


def _swaps(weights: Weights, partner: Ints) -> Iterator[tuple[int, int, int, int, int]]:
    """For each pair the best swap that gains: (gain, a, b, c, d) turns the pairs ab and cd into ac and bd."""
    first = np.flatnonzero((partner != NOBODY) & (np.arange(len(partner)) < partner))
    second = partner[first]
    own = weights.narrow(first, second)
    step = max(1, BLOCK // max(1, len(first)))
    for start in range(0, len(first), step):
        rows = slice(start, start + step)
        a, b = first[rows, None], second[rows, None]
        before = own[rows, None] + own[None, :]
        for c, d in ((first, second), (second, first)):
            gain = weights.narrow(a, c[None, :]) + weights.narrow(b, d[None, :]) - before
            best = gain.argmax(axis=1)
            for row in np.flatnonzero(gain[np.arange(len(best)), best] > 0).tolist():
                other = int(best[row])
                yield int(gain[row, other]), int(a[row, 0]), int(b[row, 0]), int(c[other]), int(d[other])
