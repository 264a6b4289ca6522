"""A start: the best matching in halves, in which an odd cycle may have half of each of its edges.

It takes no blossoms, comes close to the best whole matching, and leaves prices that cover every arc. Each odd cycle
then keeps every other edge, and one of its vertices looks for a partner (Derigs and Metz, "On the use of optimal
fractional matchings for solving the (integer) matching problem", 1986; Applegate and Cook 1993).
"""

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.heap import REACH, pop
from bot.program.matching.core.state import (
    AFTER,
    BEFORE,
    BEST_FROM,
    FLOOR,
    LABEL,
    LOOSE,
    MATE,
    N_HEAP,
    N_LOWEST,
    N_SEARCH,
    N_SEEN,
    N_WAITING,
    NONE,
    NOW,
    SEEN,
    SOURCE,
    WAITING,
    State,
)
from bot.program.matching.core.tree import label_minus, label_plus, scan, settle
from bot.program.matching.core.values import ZERO, Whole, at, half, less, minus, plus, positive, put


@compiled
def balance(s: State, sweeps: Whole) -> None:
    """Bring prices near each other's best offers, then down as far as the arcs allow; match what is then tight."""
    size = len(s.start) - 1
    for turn in range(sweeps):
        for v in range(size):
            offer = ZERO
            for arc in range(s.start[v], s.start[v + 1]):
                left = minus(at(s.weight, arc), at(s.price, s.head[arc]))
                if less(offer, left):
                    offer = left
            # Only the last sweep must cover every arc exactly; halves that are rounded down do no harm before.
            put(s.price, v, offer if turn == sweeps - 1 else half(plus(offer, at(s.price, v))))
    for v in range(size):
        _cover(s, v)
    for v in range(size):
        for arc in range(s.start[v], s.start[v + 1]):
            u = s.head[arc]
            if s.node[v, MATE] == NONE and s.node[u, MATE] == NONE:
                slack = minus(plus(at(s.price, v), at(s.price, u)), at(s.weight, arc))
                if not positive(slack):
                    s.node[v, MATE], s.node[u, MATE] = u, v


@compiled
def _cover(s: State, v: Whole) -> None:
    need = ZERO
    for arc in range(s.start[v], s.start[v + 1]):
        left = minus(at(s.weight, arc), at(s.price, s.head[arc]))
        if less(need, left):
            need = left
    put(s.price, v, need)


@compiled
def _break(s: State, vertex: Whole) -> None:
    """Let an odd cycle keep every other edge, so that `vertex` is left."""
    one = s.node[vertex, AFTER]
    s.node[vertex, AFTER], s.node[vertex, BEFORE] = NONE, NONE
    while one != vertex:
        other = s.node[one, AFTER]
        following = s.node[other, AFTER]
        s.node[one, MATE], s.node[other, MATE] = other, one
        for end in (one, other):
            s.node[end, AFTER], s.node[end, BEFORE] = NONE, NONE
        one = following


@compiled
def _flip(s: State, vertex: Whole, partner: Whole) -> None:
    """Give a plus vertex a partner (or none), and exchange matched and other edges on the way to the root."""
    while True:
        freed = s.node[vertex, MATE]
        s.node[vertex, MATE] = partner
        if freed == NONE:
            break
        source = s.node[freed, SOURCE]
        s.node[freed, MATE] = source
        vertex, partner = source, freed


@compiled
def _above(s: State, vertex: Whole) -> Whole:
    mate = s.node[vertex, MATE]
    return NONE if mate == NONE else s.node[mate, SOURCE]


@compiled
def _depth(s: State, vertex: Whole) -> Whole:
    steps = 0
    while vertex != NONE:
        vertex, steps = _above(s, vertex), steps + 1
    return steps


@compiled
def _close(s: State, u: Whole, v: Whole) -> None:
    """Make an odd cycle of the ways from two plus vertices to where they meet, and a partner for the root by a flip."""
    x, y = u, v
    deep_x, deep_y = _depth(s, x), _depth(s, y)
    s.node[u, AFTER], s.node[v, BEFORE] = v, u
    # One side runs down the tree to u, the other up from v.
    while x != y:
        if deep_x >= deep_y:
            mate = s.node[x, MATE]
            above = s.node[mate, SOURCE]
            s.node[x, BEFORE], s.node[mate, AFTER], s.node[mate, BEFORE], s.node[above, AFTER] = mate, x, above, mate
            x, deep_x = above, deep_x - 1
        else:
            mate = s.node[y, MATE]
            above = s.node[mate, SOURCE]
            s.node[y, AFTER], s.node[mate, BEFORE], s.node[mate, AFTER], s.node[above, BEFORE] = mate, y, above, mate
            y, deep_y = above, deep_y - 1
    _flip(s, x, NONE)
    vertex = s.node[x, AFTER]
    while vertex != x:
        s.node[vertex, MATE] = NONE
        vertex = s.node[vertex, AFTER]


@compiled
def _happen(s: State) -> bool:
    """Let the first event happen, if it still can. True when the search is over."""
    key, kind = at(s.heap, 0), s.heap[0, 4]
    a, b = s.heap[0, 5], s.heap[0, 6]
    pop(s)
    if kind != REACH:
        put(s.price, NOW, key)
        _close(s, a, b)
        return True
    known = at(s.best, a)
    if s.node[a, LABEL] != LOOSE or less(known, key) or less(key, known):
        return False
    put(s.price, NOW, key)
    source, partner = s.node[a, BEST_FROM], s.node[a, MATE]
    if partner != NONE:
        label_minus(s, a, source, a)
        label_plus(s, partner)
        return False
    if s.node[a, AFTER] != NONE:
        _break(s, a)
    s.node[a, MATE] = source
    _flip(s, source, a)
    return True


@compiled
def _search(s: State, root: Whole) -> None:
    s.counts[N_HEAP], s.counts[N_SEEN], s.counts[N_WAITING], s.counts[N_LOWEST] = 0, 0, 0, NONE
    s.counts[N_SEARCH] += 1
    put(s.price, NOW, ZERO)
    label_plus(s, root)
    scanned = 0
    while True:
        while scanned < s.counts[N_WAITING]:
            scan(s, s.node[scanned, WAITING])
            scanned += 1
        if s.counts[N_HEAP] == 0 or not less(at(s.heap, 0), at(s.price, FLOOR)):
            put(s.price, NOW, at(s.price, FLOOR))
            _flip(s, s.counts[N_LOWEST], NONE)
            break
        if _happen(s):
            break
    for place in range(s.counts[N_SEEN]):
        settle(s, s.node[place, SEEN])


@compiled
def start(s: State, root: Whole, most: Whole) -> Whole:
    """Match in halves from `root` on, at prices that cover every arc, `most` searches long. Returns where to go on."""
    while root < len(s.start) - 1 and most > 0:
        if s.node[root, MATE] == NONE and s.node[root, AFTER] == NONE and positive(at(s.price, root)):
            _search(s, root)
            most -= 1
        root += 1
    return root


@compiled
def make_whole(s: State) -> None:
    """Let each odd cycle keep every other edge."""
    for vertex in range(len(s.start) - 1):
        if s.node[vertex, AFTER] != NONE:
            _break(s, vertex)


@compiled
def restore(s: State) -> None:
    """After arcs were added, and before there are blossoms: raise the price of one end of each that is not covered."""
    for v in range(len(s.start) - 1):
        before = at(s.price, v)
        need = before
        for arc in range(s.start[v], s.start[v + 1]):
            left = minus(at(s.weight, arc), at(s.price, s.head[arc]))
            if less(need, left):
                need = left
        if less(before, need):
            put(s.price, v, need)
            if s.node[v, AFTER] != NONE:
                _break(s, v)
            elif s.node[v, MATE] != NONE:
                s.node[s.node[v, MATE], MATE] = NONE
                s.node[v, MATE] = NONE
