"""Which blossoms hold two vertices both, found in a few steps however deeply they are nested.

The vertices stand in a line in which each blossom is a stretch. Between neighbours stands the innermost blossom that
holds both; of all blossoms between two vertices, the one that is nested least is the innermost that holds both (Bender
and Farach-Colton, "The LCA problem revisited", 2000).
"""

from typing import NamedTuple

import numpy as np

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.state import HEAD_VERTEX, LAST_VERTEX, NEXT_VERTEX, NONE, PARENT, Ints, State
from bot.program.matching.core.values import ZERO, Value, Whole, at, plus, put


class Nest(NamedTuple):
    """Where each vertex stands; for each power of two and place, the blossom nested least from there on."""

    place: Ints
    least: Ints
    depth: Ints
    """How many blossoms are around a node; -1 for none (the node -1, which is the last)."""
    sums: Ints
    """The prices of a blossom and of all that are around it."""


def nest_of(s: State) -> Nest:
    """The nest of a state between searches."""
    size, nodes = len(s.start) - 1, len(s.node)
    levels = max(1, int(size).bit_length())
    nest = Nest(
        place=np.zeros(size, dtype=np.int64),
        least=np.full((levels, size), NONE, dtype=np.int64),
        depth=np.full(nodes + 1, NONE, dtype=np.int64),
        sums=np.zeros((nodes + 1, s.price.shape[1]), dtype=np.int64),
    )
    _lay_out(s, nest)
    return nest


@compiled
def _measure(s: State, nest: Nest, node: Whole) -> None:
    """Depth and sums of a node and of all around it."""
    while nest.depth[node] == NONE:
        # Find the outermost that is not known yet, and go on from it.
        outer = node
        while s.node[outer, PARENT] != NONE and nest.depth[s.node[outer, PARENT]] == NONE:
            outer = s.node[outer, PARENT]
        around = s.node[outer, PARENT]
        nest.depth[outer] = nest.depth[around] + 1
        put(nest.sums, outer, plus(at(nest.sums, around), at(s.price, outer)))


@compiled
def _between(s: State, nest: Nest, one: Whole, other: Whole) -> Whole:
    """The innermost blossom that holds both vertices, or NONE."""
    one, other = s.node[one, PARENT], s.node[other, PARENT]
    while one != other:
        if nest.depth[one] >= nest.depth[other]:
            one = s.node[one, PARENT]
        else:
            other = s.node[other, PARENT]
    return one


@compiled
def _lay_out(s: State, nest: Nest) -> None:
    size, count, before = len(s.start) - 1, 0, NONE
    for vertex in range(size):
        if s.node[vertex, PARENT] != NONE:
            _measure(s, nest, s.node[vertex, PARENT])
    for node in range(len(s.node)):
        # Top nodes, each with its vertices; a number that no blossom bears has no vertex that leads up to it.
        if s.node[node, PARENT] != NONE or (node >= size and nest.depth[node] == NONE):
            continue
        vertex = s.node[node, HEAD_VERTEX]
        while True:
            nest.place[vertex] = count
            if before != NONE:
                nest.least[0, count - 1] = _between(s, nest, before, vertex)
            before, count = vertex, count + 1
            if vertex == s.node[node, LAST_VERTEX]:
                break
            vertex = s.node[vertex, NEXT_VERTEX]
    for level in range(1, len(nest.least)):
        for place in range(size - (1 << level) + 1):
            one, other = nest.least[level - 1, place], nest.least[level - 1, place + (1 << (level - 1))]
            nest.least[level, place] = one if nest.depth[one] <= nest.depth[other] else other


@compiled
def shared(nest: Nest, u: Whole, v: Whole) -> Value:
    """The prices of all blossoms that hold both of two different vertices."""
    one, other = nest.place[u], nest.place[v]
    if one > other:
        one, other = other, one
    length, level = other - one, 0
    while (2 << level) <= length:
        level += 1
    left, right = nest.least[level, one], nest.least[level, other - (1 << level)]
    inner = left if nest.depth[left] <= nest.depth[right] else right
    return at(nest.sums, inner) if inner != NONE else ZERO
