"""The odd one out's partner: in a pool of an odd number, somebody is paired with nobody.

"Nobody" is one person more, whom everybody may be paired with and who is worth the same to all, but for the lot. So
everybody has a partner, and prices tell what each one's waiting would cost the others.
"""

from dataclasses import replace

import numpy as np

from bot.program.matching.core.state import Ints
from bot.program.matching.tiers import Different, Measure, Overlap, Similar, Tiers, Wished


def with_nobody(tiers: Tiers, its_lot: int) -> Tiers:
    """The tiers of the same people and of nobody, who comes last."""
    return Tiers(
        size=tiers.size + 1,
        measures=tuple(_longer(measure) for measure in tiers.measures),
        barred=tiers.barred,
        lots=np.append(tiers.lots, np.uint64(its_lot)),
    )


def worth_of_nobody(tiers: Tiers) -> tuple[int, ...]:
    """What a pair of anybody and nobody counts, by tier: two people placed, and as many wishes as nobody answers."""
    return (2, *(int(isinstance(measure, Different)) for measure in tiers.measures))


def _longer(measure: Measure) -> Measure:
    match measure:
        case Different():
            return replace(measure, codes=_and(measure.codes, -1))
        case Wished():
            return replace(measure, wants=_and(measure.wants, -1), has=_and(measure.has, -2))
        case Similar():
            bits = np.concatenate((measure.bits, np.zeros((len(measure.bits), 1), dtype=np.uint64)), axis=1)
            return replace(measure, bits=bits, sizes=_and(measure.sizes, 0), asks=_and(measure.asks, 0))
        case Overlap():
            minutes = np.pad(measure.minutes, ((0, 1), (0, 1)))
            return replace(measure, minutes=minutes, zones=_and(measure.zones, len(measure.minutes)))
        case _:
            raise TypeError(f"{type(measure).__name__} has no value for nobody")


def _and(values: Ints, last: int) -> Ints:
    return np.append(values, np.int64(last))
