"""What pairings are worth, and at most can be, as vectors of limbs in halves of a weight."""

from collections.abc import Iterator

import numpy as np

from bot.program.matching.core.pool import weights
from bot.program.matching.core.state import HEAD_VERTEX, LAST_VERTEX, NEXT_VERTEX, NONE, PARENT, Ints, State
from bot.program.matching.core.values import LIMBS
from bot.program.matching.lowering import Weighing
from bot.program.matching.matcher import Matched

Worth = tuple[int, ...]


def more_by(one: Worth, other: Worth) -> Worth:
    """The sum."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


def less_by(one: Worth, other: Worth) -> Worth:
    """The difference."""
    return tuple(a - b for a, b in zip(one, other, strict=True))


def worth_of(weighing: Weighing, partner: Ints) -> Worth:
    """What pairs are worth together."""
    first = np.flatnonzero(np.arange(len(partner)) < partner)
    return summed(pair_weights(weighing, first, partner[first]))


def pair_weights(weighing: Weighing, a: Ints, b: Ints) -> Ints:
    """The doubled weights of pairs, a row each."""
    rows = np.empty((len(a), LIMBS), dtype=np.int64)
    weights(weighing.pool, np.ascontiguousarray(a), np.ascontiguousarray(b), rows)
    return rows


def bound_of(found: Matched) -> Worth:
    """What no matching of the people who are not out can exceed."""
    inside = np.ones(len(found.worst), dtype=np.bool_)
    inside[found.out] = False
    total = summed(found.prices()[inside])
    for blossom, members in blossoms(found.state):
        price = tuple(int(limb) for limb in found.state.price[blossom])
        total = more_by(total, tuple(limb * (len(members) // 2) for limb in price))
    return total


def blossoms(state: State) -> Iterator[tuple[int, Ints]]:
    """Every blossom that has a price, with its vertices: a stretch of all vertices in a row."""
    row, place = _in_a_row(state)
    for node in np.unique(state.node[:, PARENT][state.node[:, PARENT] != NONE]).tolist():
        if state.price[node].any():
            first, last = place[state.node[node, HEAD_VERTEX]], place[state.node[node, LAST_VERTEX]]
            yield node, row[first : last + 1]


def _in_a_row(state: State) -> tuple[Ints, Ints]:
    """All vertices, those of a node one after another, and the place of each."""
    size = len(state.start) - 1
    following = state.node[:, NEXT_VERTEX].tolist()
    parents = state.node[:, PARENT]
    held = np.unique(parents[parents != NONE])
    tops = [*np.flatnonzero(parents[:size] == NONE).tolist(), *held[parents[held] == NONE].tolist()]
    found: list[int] = []
    for top in tops:
        vertex, last = int(state.node[top, HEAD_VERTEX]), int(state.node[top, LAST_VERTEX])
        found.append(vertex)
        while vertex != last:
            vertex = following[vertex]
            found.append(vertex)
    row = np.array(found, dtype=np.int64)
    place = np.zeros(size, dtype=np.int64)
    place[row] = np.arange(size)
    return row, place


def summed(rows: Ints) -> Worth:
    """The sum of rows of limbs, which may be more than 64 bits hold."""
    # Halves of 32 bits each add up without overflow.
    high, low = rows >> 32, rows & 0xFFFFFFFF
    return tuple((int(a) << 32) + int(b) for a, b in zip(high.sum(axis=0), low.sum(axis=0), strict=True))
