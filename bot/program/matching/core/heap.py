"""The events that a search waits for, soonest first: a binary heap (Williams 1964) of (time, kind, two nodes)."""

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.state import HEAP, LOOSE, State, top
from bot.program.matching.core.values import Value, at, less, put

REACH, MEET, OPEN = 0, 1, 2
"""The tree reaches a loose vertex; two plus nodes meet; a minus blossom has no price left and must be opened."""


@compiled
def _set(s: State, place: int, key: Value, kind: int, a: int, b: int) -> None:
    put(s.keys, place, key)
    s.events[place, 0], s.events[place, 1], s.events[place, 2] = kind, a, b


@compiled
def _sift_up(s: State, place: int, key: Value, kind: int, a: int, b: int) -> None:
    while place > 0:
        above = (place - 1) >> 1
        over = at(s.keys, above)
        if not less(key, over):
            break
        _set(s, place, over, s.events[above, 0], s.events[above, 1], s.events[above, 2])
        place = above
    _set(s, place, key, kind, a, b)


@compiled
def push(s: State, key: Value, kind: int, a: int, b: int) -> None:
    """Wait for an event."""
    if s.count[HEAP] == len(s.keys):
        _thin_out(s)
    place = s.count[HEAP]
    s.count[HEAP] = place + 1
    _sift_up(s, place, key, kind, a, b)


@compiled
def pop(s: State) -> None:
    """Take the first event away."""
    last = s.count[HEAP] - 1
    s.count[HEAP] = last
    key, kind, a, b = at(s.keys, last), s.events[last, 0], s.events[last, 1], s.events[last, 2]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= last:
            break
        under = at(s.keys, below)
        if below + 1 < last and less(at(s.keys, below + 1), under):
            below += 1
            under = at(s.keys, below)
        if not less(under, key):
            break
        _set(s, place, under, s.events[below, 0], s.events[below, 1], s.events[below, 2])
        place = below
    _set(s, place, key, kind, a, b)


@compiled
def _thin_out(s: State) -> None:
    """Forget events that can no longer happen, which makes room: what is left is fewer than arcs and nodes."""
    held = s.count[HEAP]
    s.count[HEAP] = 0
    for place in range(held):
        key, kind, a, b = at(s.keys, place), s.events[place, 0], s.events[place, 1], s.events[place, 2]
        if kind == REACH:
            known = at(s.best, a)
            alive = s.label[top(s, a)] == LOOSE and not less(known, key) and not less(key, known)
        else:
            alive = kind == OPEN or top(s, a) != top(s, b)
        if alive:
            kept = s.count[HEAP]
            s.count[HEAP] = kept + 1
            _sift_up(s, kept, key, kind, a, b)
