"""One search after another, until everybody who has no partner asks for nothing."""

from bot.program.matching.core.blossoms import dissolve, rebase
from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.heap import MEET, REACH, pop
from bot.program.matching.core.nest import Nest, shared
from bot.program.matching.core.state import (
    BASE,
    BEST_FROM,
    ENTRY,
    FLOOR,
    GONE,
    LABEL,
    LOOSE,
    MATE,
    MINUS,
    N_HEAP,
    N_LOWEST,
    N_SEARCH,
    N_SEEN,
    N_WAITING,
    NONE,
    NOW,
    PARENT,
    PLUS,
    SEEN,
    SOURCE,
    WAITING,
    State,
    top,
)
from bot.program.matching.core.tree import expand, label_minus, label_plus, scan, settle, shrink
from bot.program.matching.core.values import ZERO, Value, Whole, at, half, less, minus, plus, positive, put


@compiled
def _flip(s: State, vertex: Whole, partner: Whole) -> None:
    """Give a plus vertex a partner (or none), and exchange matched and other edges on the way to the root."""
    while True:
        node = top(s, vertex)
        freed = s.node[s.node[node, BASE], MATE]
        rebase(s, node, vertex)
        s.node[vertex, MATE] = partner
        if freed == NONE:
            break
        between = top(s, freed)
        entry, source = s.node[between, ENTRY], s.node[between, SOURCE]
        rebase(s, between, entry)
        s.node[entry, MATE] = source
        vertex, partner = source, entry


@compiled
def _reach(s: State, v: Whole) -> bool:
    """The tree takes in a loose vertex's node and its partner's. True where there is no partner: the search is over."""
    node, u = top(s, v), s.node[v, BEST_FROM]
    partner = s.node[s.node[node, BASE], MATE]
    if partner == NONE:
        rebase(s, node, v)
        s.node[v, MATE] = u
        _flip(s, u, v)
        return True
    label_minus(s, node, u, v)
    label_plus(s, top(s, partner))
    return False


@compiled
def _happen(s: State) -> bool:
    """Let the first event happen, if it still can. True when the search is over."""
    key, kind = at(s.heap, 0), s.heap[0, 4]
    a, b = s.heap[0, 5], s.heap[0, 6]
    pop(s)
    if kind == REACH:
        known = at(s.best, a)
        if s.node[top(s, a), LABEL] != LOOSE or less(known, key) or less(key, known):
            return False
        put(s.price, NOW, key)
        return _reach(s, a)
    if kind == MEET:
        if top(s, a) != top(s, b):
            put(s.price, NOW, key)
            shrink(s, a, b)
        return False
    if s.node[a, LABEL] == MINUS and s.node[a, PARENT] == NONE:
        due = half(at(s.price, a))
        if not less(due, key) and not less(key, due):
            put(s.price, NOW, key)
            expand(s, a)
    return False


@compiled
def search(s: State, root: Whole) -> None:
    """Find a partner for a vertex without one, or somebody who can be left without at no loss. Prices stay a cover."""
    s.counts[N_HEAP], s.counts[N_SEEN], s.counts[N_WAITING], s.counts[N_LOWEST] = 0, 0, 0, NONE
    s.counts[N_SEARCH] += 1
    put(s.price, NOW, ZERO)
    label_plus(s, top(s, root))
    scanned = 0
    while True:
        while scanned < s.counts[N_WAITING]:
            scan(s, s.node[scanned, WAITING])
            scanned += 1
        floor = at(s.price, FLOOR)
        if s.counts[N_HEAP] == 0 or not less(at(s.heap, 0), floor):
            put(s.price, NOW, floor)
            _flip(s, s.counts[N_LOWEST], NONE)
            break
        if _happen(s):
            break
    for place in range(s.counts[N_SEEN]):
        node = s.node[place, SEEN]
        if s.node[node, PARENT] == NONE and s.node[node, LABEL] in (PLUS, MINUS):
            settle(s, node)


@compiled
def finish(s: State, queue: Whole, most: Whole) -> Whole:
    """Search from each vertex that needs it, from `queue` on, `most` times at most. Returns where to go on."""
    done = 0
    size = len(s.start) - 1
    while queue < size and done < most:
        if s.node[queue, MATE] == NONE and s.node[top(s, queue), LABEL] != GONE and positive(at(s.price, queue)):
            search(s, queue)
            done += 1
        queue += 1
    return queue


@compiled
def free_from_blossoms(s: State, vertex: Whole) -> None:
    """Dissolve every blossom around a vertex."""
    while top(s, vertex) != vertex:
        dissolve(s, top(s, vertex))


@compiled
def take_out(s: State, vertex: Whole) -> None:
    """Remove a vertex from the graph; its partner is left without one."""
    free_from_blossoms(s, vertex)
    if s.node[vertex, MATE] != NONE:
        s.node[s.node[vertex, MATE], MATE] = NONE
        s.node[vertex, MATE] = NONE
    s.node[vertex, LABEL] = GONE


@compiled
def raise_price(s: State, vertex: Whole, by: Value) -> None:
    """Let a vertex ask for more, which parts it from its partner."""
    free_from_blossoms(s, vertex)
    if s.node[vertex, MATE] != NONE:
        s.node[s.node[vertex, MATE], MATE] = NONE
        s.node[vertex, MATE] = NONE
    put(s.price, vertex, plus(at(s.price, vertex), by))


@compiled
def restore(s: State, nest: Nest) -> None:
    """After arcs were added: raise the price of one end of each that is not covered. The nest is that of the state."""
    size = len(s.start) - 1
    for v in range(size):
        need = ZERO
        for arc in range(s.start[v], s.start[v + 1]):
            u = s.head[arc]
            if s.node[u, LABEL] == GONE or s.node[v, LABEL] == GONE:
                continue
            gap = minus(at(s.weight, arc), plus(at(s.price, u), at(s.price, v)))
            if u < v:
                gap = minus(gap, at(s.best, u))
            if less(need, gap):
                gap = minus(gap, shared(nest, u, v))
                if less(need, gap):
                    need = gap
        put(s.best, v, need)
    # Raising one takes the blossoms around it apart, which leaves no arc less covered than before.
    for v in range(size):
        if positive(at(s.best, v)):
            raise_price(s, v, at(s.best, v))
