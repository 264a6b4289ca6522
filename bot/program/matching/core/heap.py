"""The events that a search waits for, soonest first: a binary heap (Williams 1964) of (time, kind, two nodes)."""

from typing import Any

import numpy as np

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.state import (
    LABEL,
    LOOSE,
    N_HEAP,
    State,
    top,
)
from bot.program.matching.core.values import Value, Whole, at, less, put

REACH, MEET, OPEN = np.int64(0), np.int64(1), np.int64(2)
"""The tree reaches a loose vertex; two plus nodes meet; a minus blossom has no price left and must be opened."""


@compiled
def _set(s: State, place: Whole, key: Value, kind: Any, a: Any, b: Any) -> None:
    put(s.heap, place, key)
    s.heap[place, 4], s.heap[place, 5], s.heap[place, 6] = kind, a, b


@compiled
def _sift_up(s: State, place: Whole, key: Value, kind: Any, a: Any, b: Any) -> None:
    while place > 0:
        above = (place - 1) >> 1
        over = at(s.heap, above)
        if not less(key, over):
            break
        _set(s, place, over, s.heap[above, 4], s.heap[above, 5], s.heap[above, 6])
        place = above
    _set(s, place, key, kind, a, b)


@compiled
def push(s: State, key: Value, kind: Any, a: Any, b: Any) -> None:
    """Wait for an event."""
    if s.counts[N_HEAP] == len(s.heap):
        _thin_out(s)
    place = s.counts[N_HEAP]
    s.counts[N_HEAP] = place + 1
    _sift_up(s, place, key, kind, a, b)


@compiled
def pop(s: State) -> None:
    """Take the first event away."""
    last = s.counts[N_HEAP] - 1
    s.counts[N_HEAP] = last
    key, kind, a, b = at(s.heap, last), s.heap[last, 4], s.heap[last, 5], s.heap[last, 6]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= last:
            break
        under = at(s.heap, below)
        if below + 1 < last and less(at(s.heap, below + 1), under):
            below += 1
            under = at(s.heap, below)
        if not less(under, key):
            break
        _set(s, place, under, s.heap[below, 4], s.heap[below, 5], s.heap[below, 6])
        place = below
    _set(s, place, key, kind, a, b)


@compiled
def _thin_out(s: State) -> None:
    """Forget events that can no longer happen, which makes room: what is left is fewer than arcs and nodes."""
    held = s.counts[N_HEAP]
    s.counts[N_HEAP] = 0
    for place in range(held):
        key, kind, a, b = at(s.heap, place), s.heap[place, 4], s.heap[place, 5], s.heap[place, 6]
        if kind == REACH:
            known = at(s.best, a)
            alive = s.node[top(s, a), LABEL] == LOOSE and not less(known, key) and not less(key, known)
        else:
            alive = kind == OPEN or top(s, a) != top(s, b)
        if alive:
            kept = s.counts[N_HEAP]
            s.counts[N_HEAP] = kept + 1
            _sift_up(s, kept, key, kind, a, b)
