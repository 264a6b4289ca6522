"""A pairing problem in the form that compiled code reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.program.matching.core.pool import DIFFERENT, LOTS, NARROW_LOT_BITS, OVERLAP, PLACED, SIMILAR, WISHED, Pool
from bot.program.matching.core.state import Ints
from bot.program.matching.core.values import LIMBS
from bot.program.matching.scale import Scale, scale_of
from bot.program.matching.tiers import Different, Measure, Overlap, Similar, Tiers, Wished

NARROW_BITS = 52
REACH = (64, 32, 16, 8, 4, 2)
"""A narrow weight never trades a tier for lower ones in exchanges of so many pairs; the most that fits is taken."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """How the pairs of a pool are weighed: plainly (`tiers`, `scale`) and for compiled code (`pool`)."""

    tiers: Tiers
    scale: Scale
    pool: Pool

    @property
    def size(self) -> int:
        """How many people there are."""
        return self.tiers.size


def weighing_of(tiers: Tiers) -> Weighing:
    """The weighing of a pool."""
    scale = scale_of([2, *(measure.top for measure in tiers.measures)], tiers.size)
    columns = _Columns()
    factors = narrow_factors([1, *(measure.top for measure in tiers.measures)])
    table = np.zeros((len(scale.factors), 10), dtype=np.int64)
    table[0, 0] = PLACED
    for row, measure in enumerate(tiers.measures, 1):
        table[row, :6] = columns.add(measure)
    table[-1, :2] = LOTS, len(columns.people)
    columns.people.append(tiers.lots.view(np.int64))
    table[:, 6] = scale.factors
    # Two people are placed by a pair, which the narrow weights count as one.
    table[1:-1, 7] = [factor << NARROW_LOT_BITS for factor in factors[1:]]
    table[0, 7] = factors[0] << (NARROW_LOT_BITS - 1)
    for row in range(len(table)):
        later = [other for other in range(row + 1, len(table)) if scale.limbs[other] == scale.limbs[row]]
        table[row, 8] = sum(2 * scale.factors[other] * scale.tops[other] for other in later)
    table[:, 9] = scale.lot_bits
    barred = tiers.barred
    pool = Pool(
        tiers=table,
        cuts=np.searchsorted(scale.limbs, np.arange(LIMBS + 1)).astype(np.int64),
        people=np.stack(columns.people),
        table=np.concatenate([np.zeros(1, dtype=np.int64), *columns.tables]),
        barred=np.ascontiguousarray(barred[:, 1]),
        barred_from=np.searchsorted(barred[:, 0], np.arange(tiers.size + 1)).astype(np.int64),
    )
    return Weighing(tiers, scale, pool)


class _Columns:
    """Columns of figures about people, and tables for two of them."""

    def __init__(self) -> None:
        self.people: list[Ints] = []
        self.tables: list[Ints] = []

    def add(self, measure: Measure) -> tuple[int, int, int, int, int, int]:
        """Keep the columns of a measure, and say where they are."""
        column = len(self.people)
        match measure:
            case Different():
                self.people += [measure.codes]
                return DIFFERENT, column, 0, 0, 0, 0
            case Wished():
                self.people += [measure.wants, measure.has]
                return WISHED, column, 0, 0, 0, 0
            case Similar():
                self.people += [measure.sizes, measure.asks, *(row.view(np.int64) for row in measure.bits)]
                return SIMILAR, column, column + 2, len(self.people), 0, 0
            case Overlap():
                self.people += [measure.zones]
                offset = 1 + sum(len(table) for table in self.tables)
                self.tables += [measure.minutes.ravel()]
                return OVERLAP, column, 0, 0, offset, measure.minutes.shape[1]
            case _:
                raise TypeError(f"{type(measure).__name__} is not known to compiled code")


def narrow_factors(tops: Sequence[int]) -> tuple[int, ...]:
    """Factors for the widest reach that fits; where even the shortest does not, the last tiers count nothing."""
    for kept in range(len(tops), 0, -1):
        for reach in REACH:
            factors = [1]
            for top in reversed(tops[1:kept]):
                factors.append(factors[-1] * (2 * reach * top + 1))
            if (factors[-1] * (tops[0] + 1)).bit_length() <= NARROW_BITS:
                return (*reversed(factors), *([0] * (len(tops) - kept)))
    return (1, *([0] * (len(tops) - 1)))
