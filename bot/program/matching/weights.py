"""Tiers folded into one whole number for each pair, so that a higher tier always outweighs the lower ones.

Two foldings: the *exact* one outweighs for the pool as a whole and needs Python's long integers; the *narrow* one fits
64 bits and outweighs for every exchange among up to `REACH[0]` pairs, which is what prices and exchanges look at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.program.matching.tiers import Different, Ints, Tiers

BARRED = -(1 << 54)
"""The narrow weight of a pair that must not be."""
NARROW_BITS = 52
EXACT_BITS = 122
"""rustworkx computes with 128 signed bits and doubles weights."""
TIE_BITS = 20
REACH = (64, 32, 16, 8, 4, 2)
CACHED_SIZE = 2_048
"""Pools up to this size keep their narrow weights in memory (33 MB), larger ones compute them block by block."""
BLOCK = 1_500_000
"""Pairs looked at in one go; each needs some 60 bytes while it is."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the pairs of one pool. `factors` are those of the narrow folding: people placed, then each wish."""

    tiers: Tiers
    factors: tuple[int, ...]
    matrix: Ints | None

    def narrow(self, a: Ints, b: Ints) -> Ints:
        """Narrow weights of the pairs (a, b) broadcast together; BARRED where they must not be."""
        if self.matrix is not None:
            return self.matrix[a, b]
        return _narrow(self.tiers, self.factors, a, b)

    def blocks(self) -> Iterator[tuple[Ints, Ints]]:
        """Everybody's narrow weights with everybody, in blocks: (rows, weights of shape (rows, people))."""
        everybody = np.arange(self.tiers.size)
        step = max(1, BLOCK // max(1, self.tiers.size))
        for start in range(0, self.tiers.size, step):
            rows = everybody[start : start + step]
            if self.matrix is not None:
                yield rows, self.matrix[start : start + step]
            else:
                yield rows, self.narrow(rows[:, None], everybody[None, :])

    def exact(self, a: Ints, b: Ints) -> list[int]:
        """Weights of the pairs (a, b), 1-d, whose sums order whole pairings by tier after tier and then by the lots.

        A kit with so many wishes that 122 bits do not hold them loses its last ones here.
        """
        groups = max(1, self.tiers.size // 2)
        columns = [*self.tiers.values(a, b), self.tiers.ties(a, b, TIE_BITS)]
        tops = [*(measure.top for measure in self.tiers.measures), 1 << TIE_BITS]
        total, bits = np.zeros(len(a), dtype=object), 0
        for column, top in zip(columns, tops, strict=True):
            bits += (groups * top).bit_length()
            if bits > EXACT_BITS:
                break
            total = total * (groups * top + 1) + column.astype(object)
        return [int(weight) for weight in total]

    def trio_values(self, a: Ints, b: Ints, c: Ints) -> list[Ints]:
        """Each wish's value of trios: the sum over its three pairs, but 1 for `different` only if all three differ."""
        sides = zip(self.tiers.values(a, b), self.tiers.values(a, c), self.tiers.values(b, c), strict=True)
        return [
            np.minimum(np.minimum(ab, ac), bc) if isinstance(measure, Different) else ab + ac + bc
            for measure, (ab, ac, bc) in zip(self.tiers.measures, sides, strict=True)
        ]

    def trios(self, a: Ints, b: Ints, c: Ints) -> Ints:
        """Narrow weights of trios, 1-d, all of which must be allowed."""
        total = np.full(a.shape, self.factors[0], dtype=np.int64)
        for factor, values in zip(self.factors[1:], self.trio_values(a, b, c), strict=True):
            total += factor * values
        return total


def weights_of(tiers: Tiers) -> Weights:
    """The weights of a pool."""
    factors = _factors([1, *(measure.top for measure in tiers.measures)])
    matrix: Ints | None = None
    if tiers.size <= CACHED_SIZE:
        matrix = np.empty((tiers.size, tiers.size), dtype=np.int64)
        for rows, block in Weights(tiers, factors, None).blocks():
            matrix[rows] = block
    return Weights(tiers, factors, matrix)


def _narrow(tiers: Tiers, factors: Sequence[int], a: Ints, b: Ints) -> Ints:
    total = np.full(np.broadcast_shapes(a.shape, b.shape), factors[0], dtype=np.int64)
    for factor, measure in zip(factors[1:], tiers.measures, strict=True):
        if factor:
            total += factor * measure.values(a, b)
    barred: NDArray[np.bool_] = tiers.forbidden(a, b)
    total[barred] = BARRED
    return total


def _factors(tops: Sequence[int]) -> tuple[int, ...]:
    """Factors for the widest reach that fits; where even the shortest does not, the last tiers count nothing."""
    for kept in range(len(tops), 0, -1):
        for reach in REACH:
            factors = [1]
            for top in reversed(tops[1:kept]):
                factors.append(factors[-1] * (2 * reach * top + 1))
            # A trio may hold three times a pair's value.
            if (3 * factors[-1] * (tops[0] + 1)).bit_length() <= NARROW_BITS:
                return (*reversed(factors), *([0] * (len(tops) - kept)))
    return (1, *([0] * (len(tops) - 1)))
