"""Odd sets: making one of an odd cycle, taking it apart, and moving the place where it is left.

After Edmonds, "Paths, trees, and flowers" (1965), and Galil, "Efficient algorithms for finding maximum matching in
graphs" (1986).
"""

from typing import Any

import numpy as np

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.state import (
    AFTER,
    BASE,
    BEFORE,
    ENTERS,
    FIRST,
    FREE,
    HEAD_VERTEX,
    LABEL,
    LAST_VERTEX,
    LEAVES,
    LOOSE,
    MATE,
    N_FREE,
    NEXT_VERTEX,
    NONE,
    PARENT,
    TODO,
    TODO_BASE,
    UP,
    State,
)
from bot.program.matching.core.values import ZERO, Whole, at, half, plus, positive, put


@compiled
def part_with(s: State, blossom: Whole, vertex: Whole) -> Whole:
    """The part of a blossom that a vertex is in."""
    node = vertex
    while s.node[node, PARENT] != blossom:
        node = s.node[node, PARENT]
    return node


@compiled
def link(s: State, part: Whole, other: Whole, leaves: Whole, enters: Whole) -> None:
    """Let `other` follow `part` around a cycle, by the edge between two vertices of theirs."""
    s.node[part, AFTER], s.node[other, BEFORE] = other, part
    s.node[part, LEAVES], s.node[part, ENTERS] = leaves, enters


@compiled
def close(s: State, first: Whole) -> Whole:
    """Make a blossom of a linked cycle that starts at the part with the base; its price is 0."""
    s.counts[N_FREE] -= 1
    blossom = s.node[s.counts[N_FREE], FREE]
    s.node[blossom, PARENT], s.node[blossom, UP] = NONE, blossom
    s.node[blossom, FIRST], s.node[blossom, BASE] = first, s.node[first, BASE]
    s.node[blossom, HEAD_VERTEX], s.node[blossom, LAST_VERTEX] = s.node[first, HEAD_VERTEX], s.node[first, LAST_VERTEX]
    put(s.price, blossom, ZERO)
    part = first
    while True:
        s.node[part, PARENT], s.node[part, UP] = blossom, blossom
        part = s.node[part, AFTER]
        if part == first:
            break
        s.node[s.node[blossom, LAST_VERTEX], NEXT_VERTEX] = s.node[part, HEAD_VERTEX]
        s.node[blossom, LAST_VERTEX] = s.node[part, LAST_VERTEX]
    return blossom


@compiled
def open_up(s: State, blossom: Whole) -> None:
    """Make the parts of a top blossom top nodes, and free its number. The links around the cycle stay."""
    first = s.node[blossom, FIRST]
    part = first
    while True:
        s.node[part, PARENT], s.node[part, UP], s.node[part, LABEL] = NONE, part, LOOSE
        vertex = s.node[part, HEAD_VERTEX]
        while True:
            s.node[vertex, UP] = part
            if vertex == s.node[part, LAST_VERTEX]:
                break
            vertex = s.node[vertex, NEXT_VERTEX]
        part = s.node[part, AFTER]
        if part == first:
            break
    s.node[blossom, LABEL] = LOOSE
    s.node[s.counts[N_FREE], FREE] = blossom
    s.counts[N_FREE] += 1


@compiled
def _plan(s: State, left: Any, node: Whole, base: Whole) -> Whole:
    """Put a node on the list of those to be given another base. Returns how many there are."""
    s.node[left, TODO], s.node[left, TODO_BASE] = node, base
    return left + 1


@compiled
def rebase(s: State, node: Whole, vertex: Whole) -> None:
    """Match the vertices of a node among each other so that `vertex` alone is left."""
    left = _plan(s, np.int64(0), node, vertex)
    while left > 0:
        left -= 1
        here, wanted = s.node[left, TODO], s.node[left, TODO_BASE]
        if s.node[here, BASE] == wanted or s.node[here, FIRST] == NONE:
            continue
        target = part_with(s, here, wanted)
        steps, part = 0, s.node[here, FIRST]
        while part != target:
            part, steps = s.node[part, AFTER], steps + 1
        left = _plan(s, left, target, wanted)
        # From the part to be left, go round on the side that takes an even number of steps to the old base.
        part = target
        while part != s.node[here, FIRST]:
            if steps % 2 == 1:
                one, other = s.node[part, AFTER], s.node[s.node[part, AFTER], AFTER]
                inner, outer = s.node[one, LEAVES], s.node[one, ENTERS]
            else:
                one, other = s.node[part, BEFORE], s.node[s.node[part, BEFORE], BEFORE]
                inner, outer = s.node[other, ENTERS], s.node[other, LEAVES]
            s.node[inner, MATE], s.node[outer, MATE] = outer, inner
            left = _plan(s, _plan(s, left, one, inner), other, outer)
            part = other
        s.node[here, FIRST], s.node[here, BASE] = target, wanted


@compiled
def dissolve(s: State, blossom: Whole) -> None:
    """Take a top blossom apart between searches; its price goes to its vertices in halves.

    No edge within it gets looser or tighter; one that leaves it gets looser, so the pair that does is parted.
    """
    z, base = at(s.price, blossom), s.node[blossom, BASE]
    if positive(z):
        share = half(z)
        vertex = s.node[blossom, HEAD_VERTEX]
        while True:
            put(s.price, vertex, plus(at(s.price, vertex), share))
            if vertex == s.node[blossom, LAST_VERTEX]:
                break
            vertex = s.node[vertex, NEXT_VERTEX]
        if s.node[base, MATE] != NONE:
            s.node[s.node[base, MATE], MATE] = NONE
            s.node[base, MATE] = NONE
    open_up(s, blossom)
