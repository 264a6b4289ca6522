"""Growing an alternating tree: labels, scanning, and making and opening blossoms on the way.

Prices move without being touched: `clock[NOW]` tells how far the tree has moved, and each labelled node keeps its price
as it would have been at time 0 (after Galil, Micali and Gabow, "An O(EV log V) algorithm for finding a maximal weighted
matching in general graphs", 1986, for a single tree, as in Cook and Rohe, "Computing minimum-weight perfect matchings", 1999).
"""

from bot.program.matching.core.blossoms import close, link, open_up, part_with
from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.heap import MEET, OPEN, REACH, push
from bot.program.matching.core.state import (
    FLOOR,
    GONE,
    LOOSE,
    LOWEST,
    MINUS,
    NONE,
    NOW,
    PLUS,
    SEARCH,
    SEEN,
    WAITING,
    State,
    top,
)
from bot.program.matching.core.values import Value, at, half, less, minus, plus, put


@compiled
def move(s: State, node: int, by: Value, twice: Value) -> None:
    """Add `by` to the prices of a node's vertices and `twice` to its own, if it is a blossom."""
    vertex = s.head_vertex[node]
    while True:
        put(s.y, vertex, plus(at(s.y, vertex), by))
        if vertex == s.last_vertex[node]:
            break
        vertex = s.next_vertex[vertex]
    if s.first[node] != NONE:
        put(s.z, node, plus(at(s.z, node), twice))


@compiled
def mark(s: State, node: int, label: int) -> None:
    """Label a top node, and remember that it was."""
    s.label[node] = label
    s.seen[s.count[SEEN]] = node
    s.count[SEEN] += 1


@compiled
def await_scan(s: State, node: int) -> None:
    """Queue the vertices of a new plus node; the first of them that will ask nothing ends the search."""
    vertex = s.head_vertex[node]
    while True:
        s.waiting[s.count[WAITING]] = vertex
        s.count[WAITING] += 1
        if s.count[LOWEST] == NONE or less(at(s.y, vertex), at(s.clock, FLOOR)):
            put(s.clock, FLOOR, at(s.y, vertex))
            s.count[LOWEST] = vertex
        if vertex == s.last_vertex[node]:
            break
        vertex = s.next_vertex[vertex]


@compiled
def label_plus(s: State, node: int) -> None:
    """Take a loose top node into the tree at an even distance."""
    now = at(s.clock, NOW)
    zero = minus(now, now)
    move(s, node, now, minus(zero, plus(now, now)))
    mark(s, node, PLUS)
    await_scan(s, node)


@compiled
def label_minus(s: State, node: int, source: int, entry: int) -> None:
    """Take a loose top node into the tree at an odd distance, reached from `source` at `entry`."""
    now = at(s.clock, NOW)
    zero = minus(now, now)
    move(s, node, minus(zero, now), plus(now, now))
    s.from_vertex[node], s.to_vertex[node] = source, entry
    mark(s, node, MINUS)
    if s.first[node] != NONE:
        push(s, half(at(s.z, node)), OPEN, node, 0)


@compiled
def scan(s: State, u: int) -> None:
    """Look along the arcs of a plus vertex: when will the tree reach a loose vertex, or meet another plus node?"""
    own, price, search = top(s, u), at(s.y, u), s.count[SEARCH]
    for arc in range(s.start[u], s.start[u + 1]):
        v = s.head[arc]
        node = top(s, v)
        label = s.label[node]
        if node == own or label in (MINUS, GONE):
            continue
        slack = minus(plus(price, at(s.y, v)), at(s.weight, arc))
        if label == PLUS:
            push(s, half(slack), MEET, u, v)
        elif s.best_in[v] != search or less(slack, at(s.best, v)):
            s.best_in[v], s.best_from[v] = search, u
            put(s.best, v, slack)
            push(s, slack, REACH, v, 0)


@compiled
def _look_back(s: State, v: int) -> None:
    """Find anew when the tree will reach a vertex that has become loose."""
    s.best_in[v], found = 0, False
    for arc in range(s.start[v], s.start[v + 1]):
        u = s.head[arc]
        if s.label[top(s, u)] == PLUS:
            slack = minus(plus(at(s.y, u), at(s.y, v)), at(s.weight, arc))
            if not found or less(slack, at(s.best, v)):
                found = True
                s.best_in[v], s.best_from[v] = s.count[SEARCH], u
                put(s.best, v, slack)
    if found:
        push(s, at(s.best, v), REACH, v, 0)


@compiled
def settle(s: State, node: int) -> None:
    """Write the prices of a labelled top node as they are now, and take it out of the tree."""
    now = at(s.clock, NOW)
    zero = minus(now, now)
    twice = plus(now, now)
    if s.label[node] == PLUS:
        move(s, node, minus(zero, now), twice)
    elif s.label[node] == MINUS:
        move(s, node, now, minus(zero, twice))
    s.label[node] = LOOSE


@compiled
def _absorb(s: State, node: int) -> None:
    """Prepare a top node for becoming part of a plus blossom: its price rests, its vertices go on as plus ones."""
    now = at(s.clock, NOW)
    zero = minus(now, now)
    twice = plus(now, now)
    if s.label[node] == PLUS:
        move(s, node, zero, twice)
    else:
        move(s, node, twice, minus(zero, twice))
        await_scan(s, node)
    s.label[node] = LOOSE


@compiled
def _above(s: State, node: int) -> int:
    """The plus node two steps nearer to the root; NONE at the root."""
    mate = s.mate[s.base[node]]
    return NONE if mate == NONE else top(s, s.from_vertex[top(s, mate)])


@compiled
def _meeting(s: State, x: int, y: int) -> int:
    """The plus node where the ways of two plus nodes to the root meet."""
    steps_x, steps_y, node = 0, 0, x
    while node != NONE:
        node, steps_x = _above(s, node), steps_x + 1
    node = y
    while node != NONE:
        node, steps_y = _above(s, node), steps_y + 1
    while steps_x > steps_y:
        x, steps_x = _above(s, x), steps_x - 1
    while steps_y > steps_x:
        y, steps_y = _above(s, y), steps_y - 1
    while x != y:
        x, y = _above(s, x), _above(s, y)
    return x


@compiled
def shrink(s: State, u: int, v: int) -> None:
    """Make a plus blossom of the cycle that the edge between two plus vertices closes."""
    x, y = top(s, u), top(s, v)
    root = _meeting(s, x, y)
    link(s, x, y, u, v)
    node = x
    while node != root:
        base = s.base[node]
        between = top(s, s.mate[base])
        above = top(s, s.from_vertex[between])
        link(s, between, node, s.mate[base], base)
        link(s, above, between, s.from_vertex[between], s.to_vertex[between])
        node = above
    node = y
    while node != root:
        base = s.base[node]
        between = top(s, s.mate[base])
        above = top(s, s.from_vertex[between])
        link(s, node, between, base, s.mate[base])
        link(s, between, above, s.to_vertex[between], s.from_vertex[between])
        node = above
    _absorb(s, root)
    part = s.after[root]
    while part != root:
        _absorb(s, part)
        part = s.after[part]
    blossom = close(s, root)
    now = at(s.clock, NOW)
    zero = minus(now, now)
    put(s.z, blossom, minus(zero, plus(now, now)))
    mark(s, blossom, PLUS)


@compiled
def expand(s: State, blossom: int) -> None:
    """Take a minus blossom without a price apart: the way from where it was reached to its base stays in the tree."""
    entry, root = s.to_vertex[blossom], s.first[blossom]
    source = s.from_vertex[blossom]
    part = part_with(s, blossom, entry)
    settle(s, blossom)
    open_up(s, blossom)
    steps, node = 0, root
    while node != part:
        node, steps = s.after[node], steps + 1
    onward = steps % 2 == 1
    label_minus(s, part, source, entry)
    while part != root:
        middle = s.after[part] if onward else s.before[part]
        label_plus(s, middle)
        part = s.after[middle] if onward else s.before[middle]
        leaving = s.leaves[middle] if onward else s.enters[part]
        entering = s.enters[middle] if onward else s.leaves[part]
        label_minus(s, part, leaving, entering)
    node = s.after[root]
    while node != root:
        if s.label[node] == LOOSE:
            vertex = s.head_vertex[node]
            while True:
                _look_back(s, vertex)
                if vertex == s.last_vertex[node]:
                    break
                vertex = s.next_vertex[vertex]
        node = s.after[node]
