"""Whom a search that was stopped left without a partner: each is placed by pairing a part of the pool anew.

A part holds some of them, those whom they would like most at the prices that are known, and the partners of these. It
is solved like a pool of its own, so that no wish of a higher place is given up where the part has a way to keep it.
"""

from dataclasses import replace
from typing import Protocol

import numpy as np

from bot.program.matching.core.pool import weights
from bot.program.matching.core.state import NONE, Ints, State
from bot.program.matching.core.values import LIMBS
from bot.program.matching.lowering import Weighing
from bot.program.matching.tiers import Different, Measure, Overlap, Similar, Tiers, Wished

PART = 300
"""So many without a partner are put in one part, at most."""
LIKED = 8
"""So many of those whom each likes most are in the part."""


class Solve(Protocol):
    """Pairs a pool, and gives everybody's partner, or -1."""

    def __call__(self, tiers: Tiers) -> Ints: ...


def placed_in_parts(weighing: Weighing, state: State, partner: Ints, alone: Ints, solve: Solve) -> Ints:
    """Everybody's partner, when those who are `alone` have been placed as well as it goes."""
    partner = partner.copy()
    for start in range(0, len(alone), PART):
        some = alone[start : start + PART]
        liked = np.unique([one for person in some.tolist() for one in _liked(weighing, state, person)])
        liked = liked[(partner[liked] != NONE)] if len(liked) else liked.astype(np.int64)
        people = np.unique(np.concatenate((some, liked, partner[liked])))
        found = solve(some_of(weighing.tiers, people))
        partner[people] = np.where(found == NONE, NONE, people[found])
    return partner


def _liked(weighing: Weighing, state: State, person: int) -> list[int]:
    """Whom a person would be worth most with, less their prices, among those who were looked at."""
    others = state.head[state.start[person] : state.start[person + 1]]
    rows = np.empty((len(others), LIMBS), dtype=np.int64)
    weights(weighing.pool, np.full(len(others), person, dtype=np.int64), np.ascontiguousarray(others), rows)
    left = rows - state.price[others]
    return others[np.lexsort(left.T[::-1])[::-1][:LIKED]].tolist()


def some_of(tiers: Tiers, people: Ints) -> Tiers:
    """The tiers of some of the people, whose places are given in order."""
    place = np.full(tiers.size, NONE, dtype=np.int64)
    place[people] = np.arange(len(people))
    barred = place[tiers.barred]
    return Tiers(
        size=len(people),
        measures=tuple(_some(measure, people) for measure in tiers.measures),
        barred=barred[(barred != NONE).all(axis=1)],
        lots=tiers.lots[people],
    )


def _some(measure: Measure, people: Ints) -> Measure:
    match measure:
        case Different():
            return replace(measure, codes=measure.codes[people])
        case Wished():
            return replace(measure, wants=measure.wants[people], has=measure.has[people])
        case Similar():
            bits = np.ascontiguousarray(measure.bits[:, people])
            return replace(measure, bits=bits, sizes=measure.sizes[people], asks=measure.asks[people])
        case Overlap():
            return replace(measure, zones=measure.zones[people])
        case _:
            raise TypeError(f"{type(measure).__name__} cannot be cut to some people")
