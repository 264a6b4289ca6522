"""One search after another, until everybody who has no partner asks for nothing."""

from bot.program.matching.core.blossoms import dissolve, rebase
from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.heap import MEET, REACH, pop
from bot.program.matching.core.state import (
    FLOOR,
    GONE,
    HEAP,
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
from bot.program.matching.core.tree import expand, label_minus, label_plus, scan, settle, shrink
from bot.program.matching.core.values import ZERO, Value, at, half, less, minus, plus, positive, put


@compiled
def _flip(s: State, vertex: int, partner: int) -> None:
    """Give a plus vertex a partner (or none), and exchange matched and other edges on the way to the root."""
    while True:
        node = top(s, vertex)
        freed = s.mate[s.base[node]]
        rebase(s, node, vertex)
        s.mate[vertex] = partner
        if freed == NONE:
            break
        between = top(s, freed)
        entry, source = s.to_vertex[between], s.from_vertex[between]
        rebase(s, between, entry)
        s.mate[entry] = source
        vertex, partner = source, entry


@compiled
def _reach(s: State, v: int) -> bool:
    """The tree takes in a loose vertex's node and its partner's. True where there is no partner: the search is over."""
    node, u = top(s, v), s.best_from[v]
    partner = s.mate[s.base[node]]
    if partner == NONE:
        rebase(s, node, v)
        s.mate[v] = u
        _flip(s, u, v)
        return True
    label_minus(s, node, u, v)
    label_plus(s, top(s, partner))
    return False


@compiled
def _happen(s: State) -> bool:
    """Let the first event happen, if it still can. True when the search is over."""
    key, kind = at(s.keys, 0), s.events[0, 0]
    a, b = s.events[0, 1], s.events[0, 2]
    pop(s)
    if kind == REACH:
        known = at(s.best, a)
        if s.label[top(s, a)] != LOOSE or less(known, key) or less(key, known):
            return False
        put(s.clock, NOW, key)
        return _reach(s, a)
    if kind == MEET:
        if top(s, a) != top(s, b):
            put(s.clock, NOW, key)
            shrink(s, a, b)
        return False
    if s.label[a] == MINUS and s.parent[a] == NONE:
        due = half(at(s.z, a))
        if not less(due, key) and not less(key, due):
            put(s.clock, NOW, key)
            expand(s, a)
    return False


@compiled
def search(s: State, root: int) -> None:
    """Find a partner for a vertex without one, or somebody who can be left without at no loss. Prices stay a cover."""
    s.count[HEAP], s.count[SEEN], s.count[WAITING], s.count[LOWEST] = 0, 0, 0, NONE
    s.count[SEARCH] += 1
    put(s.clock, NOW, ZERO)
    label_plus(s, top(s, root))
    scanned = 0
    while True:
        while scanned < s.count[WAITING]:
            scan(s, s.waiting[scanned])
            scanned += 1
        floor = at(s.clock, FLOOR)
        if s.count[HEAP] == 0 or not less(at(s.keys, 0), floor):
            put(s.clock, NOW, floor)
            _flip(s, s.count[LOWEST], NONE)
            break
        if _happen(s):
            break
    for place in range(s.count[SEEN]):
        node = s.seen[place]
        if s.parent[node] == NONE and s.label[node] in (PLUS, MINUS):
            settle(s, node)


@compiled
def finish(s: State, queue: int, most: int) -> int:
    """Search from each vertex that needs it, from `queue` on, `most` times at most. Returns where to go on."""
    done = 0
    size = len(s.mate)
    while queue < size and done < most:
        if s.mate[queue] == NONE and s.label[top(s, queue)] != GONE and positive(at(s.y, queue)):
            search(s, queue)
            done += 1
        queue += 1
    return queue


@compiled
def free_from_blossoms(s: State, vertex: int) -> None:
    """Dissolve every blossom around a vertex."""
    while top(s, vertex) != vertex:
        dissolve(s, top(s, vertex))


@compiled
def take_out(s: State, vertex: int) -> None:
    """Remove a vertex from the graph; its partner is left without one."""
    free_from_blossoms(s, vertex)
    if s.mate[vertex] != NONE:
        s.mate[s.mate[vertex]] = NONE
        s.mate[vertex] = NONE
    s.label[vertex] = GONE


@compiled
def raise_price(s: State, vertex: int, by: Value) -> None:
    """Let a vertex ask for more, which parts it from its partner."""
    free_from_blossoms(s, vertex)
    if s.mate[vertex] != NONE:
        s.mate[s.mate[vertex]] = NONE
        s.mate[vertex] = NONE
    put(s.y, vertex, plus(at(s.y, vertex), by))


@compiled
def start_greedily(s: State) -> None:
    """Lower each price as far as the arcs allow, and match along the arcs that are then tight."""
    for v in range(len(s.mate)):
        need = ZERO
        choice = NONE
        for arc in range(s.start[v], s.start[v + 1]):
            u = s.head[arc]
            left = minus(at(s.weight, arc), at(s.y, u))
            if less(need, left):
                need, choice = left, u
            elif choice != NONE and s.mate[choice] != NONE and s.mate[u] == NONE and not less(left, need):
                choice = u
        if s.mate[v] == NONE:
            put(s.y, v, need)
            if choice != NONE and s.mate[choice] == NONE:
                s.mate[v], s.mate[choice] = choice, v
