"""Odd sets: making one of an odd cycle, taking it apart, and moving the place where it is left.

After Edmonds, "Paths, trees, and flowers" (1965), and Galil, "Efficient algorithms for finding maximum matching in
graphs" (1986).
"""

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.state import FREE, LOOSE, NONE, State
from bot.program.matching.core.values import ZERO, at, half, plus, positive, put


@compiled
def part_with(s: State, blossom: int, vertex: int) -> int:
    """The part of a blossom that a vertex is in."""
    node = vertex
    while s.parent[node] != blossom:
        node = s.parent[node]
    return node


@compiled
def link(s: State, part: int, other: int, leaves: int, enters: int) -> None:
    """Let `other` follow `part` around a cycle, by the edge between two vertices of theirs."""
    s.after[part], s.before[other] = other, part
    s.leaves[part], s.enters[part] = leaves, enters


@compiled
def close(s: State, first: int) -> int:
    """Make a blossom of a linked cycle that starts at the part with the base; its price is 0."""
    s.count[FREE] -= 1
    blossom = s.free[s.count[FREE]]
    s.parent[blossom], s.up[blossom], s.first[blossom], s.base[blossom] = NONE, blossom, first, s.base[first]
    put(s.z, blossom, ZERO)
    s.head_vertex[blossom], s.last_vertex[blossom] = s.head_vertex[first], s.last_vertex[first]
    part = first
    while True:
        s.parent[part], s.up[part] = blossom, blossom
        part = s.after[part]
        if part == first:
            break
        s.next_vertex[s.last_vertex[blossom]] = s.head_vertex[part]
        s.last_vertex[blossom] = s.last_vertex[part]
    return blossom


@compiled
def open_up(s: State, blossom: int) -> None:
    """Make the parts of a top blossom top nodes, and free its number. The links around the cycle stay."""
    first = s.first[blossom]
    part = first
    while True:
        s.parent[part], s.up[part], s.label[part] = NONE, part, LOOSE
        vertex = s.head_vertex[part]
        while True:
            s.up[vertex] = part
            if vertex == s.last_vertex[part]:
                break
            vertex = s.next_vertex[vertex]
        part = s.after[part]
        if part == first:
            break
    s.label[blossom] = LOOSE
    s.free[s.count[FREE]] = blossom
    s.count[FREE] += 1


@compiled
def rebase(s: State, node: int, vertex: int) -> None:
    """Match the vertices of a node among each other so that `vertex` alone is left."""
    todo = [(node, vertex)]
    while len(todo) > 0:
        here, wanted = todo.pop()
        if s.base[here] == wanted or s.first[here] == NONE:
            continue
        target = part_with(s, here, wanted)
        steps, part = 0, s.first[here]
        while part != target:
            part, steps = s.after[part], steps + 1
        todo.append((target, wanted))
        # From the part to be left, go round on the side that takes an even number of steps to the old base.
        part = target
        while part != s.first[here]:
            if steps % 2 == 1:
                one, other = s.after[part], s.after[s.after[part]]
                inner, outer = s.leaves[one], s.enters[one]
            else:
                one, other = s.before[part], s.before[s.before[part]]
                inner, outer = s.enters[other], s.leaves[other]
            s.mate[inner], s.mate[outer] = outer, inner
            todo.append((one, inner))
            todo.append((other, outer))
            part = other
        s.first[here], s.base[here] = target, wanted


@compiled
def dissolve(s: State, blossom: int) -> None:
    """Take a top blossom apart between searches; its price goes to its vertices in halves.

    No edge within it gets looser or tighter; one that leaves it gets looser, so the pair that does is parted.
    """
    z, base = at(s.z, blossom), s.base[blossom]
    if positive(z):
        share = half(z)
        vertex = s.head_vertex[blossom]
        while True:
            put(s.y, vertex, plus(at(s.y, vertex), share))
            if vertex == s.last_vertex[blossom]:
                break
            vertex = s.next_vertex[vertex]
        if s.mate[base] != NONE:
            s.mate[s.mate[base]] = NONE
            s.mate[base] = NONE
    open_up(s, blossom)
