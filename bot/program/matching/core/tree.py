"""Growing an alternating tree: labels, scanning, and making and opening blossoms on the way.

Prices move without being touched: `price[NOW]` tells how far the tree has moved, and each labelled node keeps its price
as it would have been at time 0 (after Galil, Micali and Gabow, "An O(EV log V) algorithm for finding a maximal weighted
matching in general graphs", 1986), here for a single tree (Cook and Rohe, "Computing minimum-weight perfect matchings",
1999).
"""

from bot.program.matching.core.blossoms import close, link, open_up, part_with
from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.heap import MEET, OPEN, REACH, push
from bot.program.matching.core.state import (
    AFTER,
    BASE,
    BEFORE,
    BEST_FROM,
    BEST_IN,
    ENTERS,
    ENTRY,
    FIRST,
    FLOOR,
    GONE,
    HEAD_VERTEX,
    LABEL,
    LAST_VERTEX,
    LEAVES,
    LOOSE,
    MARK,
    MATE,
    MINUS,
    N_LOWEST,
    N_MARK,
    N_SEARCH,
    N_SEEN,
    N_WAITING,
    NEXT_VERTEX,
    NONE,
    NOW,
    PLUS,
    SEEN,
    SEEN_IN,
    SOURCE,
    WAITING,
    State,
    top,
)
from bot.program.matching.core.values import Value, Whole, at, half, less, minus, plus, put


@compiled
def move(s: State, node: Whole, by: Value, twice: Value) -> None:
    """Add `by` to the prices of a node's vertices and `twice` to its own, if it is a blossom."""
    vertex = s.node[node, HEAD_VERTEX]
    while True:
        put(s.price, vertex, plus(at(s.price, vertex), by))
        if vertex == s.node[node, LAST_VERTEX]:
            break
        vertex = s.node[vertex, NEXT_VERTEX]
    if s.node[node, FIRST] != NONE:
        put(s.price, node, plus(at(s.price, node), twice))


@compiled
def mark(s: State, node: Whole, label: Whole) -> None:
    """Label a top node, and remember that it was."""
    s.node[node, LABEL] = label
    if s.node[node, SEEN_IN] != s.counts[N_SEARCH]:
        s.node[node, SEEN_IN] = s.counts[N_SEARCH]
        s.node[s.counts[N_SEEN], SEEN] = node
        s.counts[N_SEEN] += 1


@compiled
def await_scan(s: State, node: Whole) -> None:
    """Queue the vertices of a new plus node; the first of them that will ask nothing ends the search."""
    vertex = s.node[node, HEAD_VERTEX]
    while True:
        s.node[s.counts[N_WAITING], WAITING] = vertex
        s.counts[N_WAITING] += 1
        if s.counts[N_LOWEST] == NONE or less(at(s.price, vertex), at(s.price, FLOOR)):
            put(s.price, FLOOR, at(s.price, vertex))
            s.counts[N_LOWEST] = vertex
        if vertex == s.node[node, LAST_VERTEX]:
            break
        vertex = s.node[vertex, NEXT_VERTEX]


@compiled
def label_plus(s: State, node: Whole) -> None:
    """Take a loose top node into the tree at an even distance."""
    now = at(s.price, NOW)
    zero = minus(now, now)
    move(s, node, now, minus(zero, plus(now, now)))
    mark(s, node, PLUS)
    await_scan(s, node)


@compiled
def label_minus(s: State, node: Whole, source: Whole, entry: Whole) -> None:
    """Take a loose top node into the tree at an odd distance, reached from `source` at `entry`."""
    now = at(s.price, NOW)
    zero = minus(now, now)
    move(s, node, minus(zero, now), plus(now, now))
    s.node[node, SOURCE], s.node[node, ENTRY] = source, entry
    mark(s, node, MINUS)
    if s.node[node, FIRST] != NONE:
        push(s, half(at(s.price, node)), OPEN, node, node)


@compiled
def scan(s: State, u: Whole) -> None:
    """Look along the arcs of a plus vertex: when will the tree reach a loose vertex, or meet another plus node?"""
    own, price, search = top(s, u), at(s.price, u), s.counts[N_SEARCH]
    for arc in range(s.start[u], s.start[u + 1]):
        v = s.head[arc]
        node = top(s, v)
        label = s.node[node, LABEL]
        if node == own or label in (MINUS, GONE):
            continue
        slack = minus(plus(price, at(s.price, v)), at(s.weight, arc))
        if label == PLUS:
            push(s, half(slack), MEET, u, v)
        elif s.node[v, BEST_IN] != search or less(slack, at(s.best, v)):
            s.node[v, BEST_IN], s.node[v, BEST_FROM] = search, u
            put(s.best, v, slack)
            push(s, slack, REACH, v, v)


@compiled
def _look_back(s: State, v: Whole) -> None:
    """Find anew when the tree will reach a vertex that has become loose."""
    s.node[v, BEST_IN], found = 0, False
    for arc in range(s.start[v], s.start[v + 1]):
        u = s.head[arc]
        if s.node[top(s, u), LABEL] == PLUS:
            slack = minus(plus(at(s.price, u), at(s.price, v)), at(s.weight, arc))
            if not found or less(slack, at(s.best, v)):
                found = True
                s.node[v, BEST_IN], s.node[v, BEST_FROM] = s.counts[N_SEARCH], u
                put(s.best, v, slack)
    if found:
        push(s, at(s.best, v), REACH, v, v)


@compiled
def settle(s: State, node: Whole) -> None:
    """Write the prices of a labelled top node as they are now, and take it out of the tree."""
    now = at(s.price, NOW)
    zero = minus(now, now)
    twice = plus(now, now)
    if s.node[node, LABEL] == PLUS:
        move(s, node, minus(zero, now), twice)
    elif s.node[node, LABEL] == MINUS:
        move(s, node, now, minus(zero, twice))
    s.node[node, LABEL] = LOOSE


@compiled
def _absorb(s: State, node: Whole) -> None:
    """Prepare a top node for becoming part of a plus blossom: its price rests, its vertices go on as plus ones."""
    now = at(s.price, NOW)
    zero = minus(now, now)
    twice = plus(now, now)
    if s.node[node, LABEL] == MINUS:
        move(s, node, twice, minus(zero, twice))
        await_scan(s, node)
    elif s.node[node, FIRST] != NONE:
        # Its vertices go on as they were, and there may be many.
        put(s.price, node, plus(at(s.price, node), twice))
    s.node[node, LABEL] = LOOSE


@compiled
def _above(s: State, node: Whole) -> Whole:
    """The plus node two steps nearer to the root; NONE at the root."""
    mate = s.node[s.node[node, BASE], MATE]
    return NONE if mate == NONE else top(s, s.node[top(s, mate), SOURCE])


@compiled
def _meeting(s: State, x: Whole, y: Whole) -> Whole:
    """The plus node where the ways of two plus nodes to the root meet.

    Both ways are walked in turn, with a mark on each node, so that no more is walked than the cycle is long.
    """
    s.counts[N_MARK] += 1
    mark = s.counts[N_MARK]
    while True:
        if x != NONE:
            if s.node[x, MARK] == mark:
                return x
            s.node[x, MARK] = mark
            x = _above(s, x)
        x, y = y, x


@compiled
def shrink(s: State, u: Whole, v: Whole) -> None:
    """Make a plus blossom of the cycle that the edge between two plus vertices closes."""
    x, y = top(s, u), top(s, v)
    root = _meeting(s, x, y)
    link(s, x, y, u, v)
    node = x
    while node != root:
        base = s.node[node, BASE]
        between = top(s, s.node[base, MATE])
        above = top(s, s.node[between, SOURCE])
        link(s, between, node, s.node[base, MATE], base)
        link(s, above, between, s.node[between, SOURCE], s.node[between, ENTRY])
        node = above
    node = y
    while node != root:
        base = s.node[node, BASE]
        between = top(s, s.node[base, MATE])
        above = top(s, s.node[between, SOURCE])
        link(s, node, between, base, s.node[base, MATE])
        link(s, between, above, s.node[between, ENTRY], s.node[between, SOURCE])
        node = above
    _absorb(s, root)
    part = s.node[root, AFTER]
    while part != root:
        _absorb(s, part)
        part = s.node[part, AFTER]
    blossom = close(s, root)
    now = at(s.price, NOW)
    zero = minus(now, now)
    put(s.price, blossom, minus(zero, plus(now, now)))
    mark(s, blossom, PLUS)


@compiled
def expand(s: State, blossom: Whole) -> None:
    """Take a minus blossom without a price apart: the way from where it was reached to its base stays in the tree."""
    entry, root = s.node[blossom, ENTRY], s.node[blossom, FIRST]
    source = s.node[blossom, SOURCE]
    part = part_with(s, blossom, entry)
    settle(s, blossom)
    open_up(s, blossom)
    steps, node = 0, root
    while node != part:
        node, steps = s.node[node, AFTER], steps + 1
    onward = steps % 2 == 1
    label_minus(s, part, source, entry)
    while part != root:
        middle = s.node[part, AFTER] if onward else s.node[part, BEFORE]
        label_plus(s, middle)
        part = s.node[middle, AFTER] if onward else s.node[middle, BEFORE]
        leaving = s.node[middle, LEAVES] if onward else s.node[part, ENTERS]
        entering = s.node[middle, ENTERS] if onward else s.node[part, LEAVES]
        label_minus(s, part, leaving, entering)
    node = s.node[root, AFTER]
    while node != root:
        if s.node[node, LABEL] == LOOSE:
            vertex = s.node[node, HEAD_VERTEX]
            while True:
                _look_back(s, vertex)
                if vertex == s.node[node, LAST_VERTEX]:
                    break
                vertex = s.node[vertex, NEXT_VERTEX]
        node = s.node[node, AFTER]
