"""Where each tier is kept: several consecutive ones share a limb, each outweighing what all later ones can add up to.

Tiers are: people placed, one for each wish, and last the lots, which break ties. Within a limb a tier's factor is more
than the later ones of the limb can reach in a whole pairing, so that sums of weights, read as mixed-radix numbers, give
the tiers' totals back. Limbs are compared one after another and never carried over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.program.matching.core.state import Ints
from bot.program.matching.core.values import LIMBS

LIMIT = 1 << 62
"""No limb of any price or sum may reach this."""
LOT_BITS = (24, 16, 8)
"""How fine the lots are, at best; coarser where the tiers need the room."""


@dataclass(frozen=True, slots=True)
class Scale:
    """For each tier its limb, its factor in it, the most of one pair, and the most of a whole pairing."""

    limbs: tuple[int, ...]
    factors: tuple[int, ...]
    tops: tuple[int, ...]
    most: tuple[int, ...]
    lot_bits: int

    def packed(self, values: Sequence[Ints]) -> Ints:
        """Weights of shape (…, LIMBS) of one array of values per tier."""
        total = np.zeros((*np.shape(values[0]), LIMBS), dtype=np.int64)
        for limb, factor, value in zip(self.limbs, self.factors, values, strict=True):
            total[..., limb] += factor * value
        return total

    def bound(self, total: Sequence[int]) -> tuple[int, ...]:
        """The tiers that no pairing can exceed in order if its doubled weight cannot exceed `total`."""
        left = list(total)
        tiers: list[int] = []
        free = False
        for limb, factor, most in zip(self.limbs, self.factors, self.most, strict=True):
            value = left[limb] // (2 * factor)
            # A higher tier that stays below its bound leaves the later ones free.
            free = free or value > most
            value = most if free else value
            left[limb] -= 2 * factor * value
            tiers.append(value)
        return tuple(tiers)


def scale_of(tops: Sequence[int], size: int) -> Scale:
    """The scale of a pool of `size` people. `tops` are the highest values of a pair: people placed, then each wish."""
    for bits in LOT_BITS:
        scale = _scale([*tops, (1 << bits) - 1], size, bits)
        if scale is not None:
            return scale
    raise OverflowError("too many wishes for a pool of this size")


def _scale(tops: Sequence[int], size: int, bits: int) -> Scale | None:
    # One trio, of three pairs' worth, may be among the groups.
    groups = size // 2 + 3
    # No price and no sum of nested ones is more than a pair's weight in the first limb, which is compared first. In the
    # others they add up along paths through the whole pool.
    rooms = (LIMIT // 64, *([LIMIT // (16 * max(size, 4))] * (LIMBS - 1)))
    limbs: list[int] = []
    factors: list[int] = []
    start = 0
    while start < len(tops):
        # The first limbs decide most comparisons, so they take as many tiers as they can hold.
        limb = limbs[-1] + 1 if limbs else 0
        if limb == LIMBS:
            return None
        room = rooms[limb]
        end = next((end for end in range(len(tops), start, -1) if _weight(tops[start:end], groups) <= room), start)
        if end == start:
            return None
        limbs += [limb] * (end - start)
        factors += _factors(tops[start:end], groups)
        start = end
    return Scale(
        limbs=tuple(limbs),
        factors=tuple(factors),
        tops=tuple(tops),
        most=tuple(groups * top for top in tops),
        lot_bits=bits,
    )


def _factors(tops: Sequence[int], groups: int) -> list[int]:
    factors = [1]
    for top in reversed(tops[1:]):
        factors.append(factors[-1] * (groups * top + 1))
    return factors[::-1]


def _weight(tops: Sequence[int], groups: int) -> int:
    """The most that these tiers of a pair come to in one limb."""
    return sum(factor * top for factor, top in zip(_factors(tops, groups), tops, strict=True))
