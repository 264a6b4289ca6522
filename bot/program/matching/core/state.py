"""What a matching in the making consists of: the graph, who is with whom, prices, and the nested odd sets.

A *node* is a vertex (0 to size-1) or a blossom (size and above), an odd set of vertices made of an odd cycle of smaller
nodes. `top` nodes are in no blossom. Vertices of a node are a stretch of one linked list, so that taking a blossom apart
cuts the list where its parts meet.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.values import LIMBS

Ints = NDArray[np.int64]

NONE = -1
LOOSE, PLUS, MINUS, GONE = 0, 1, 2, 3
"""Labels of top nodes: outside the tree; in it at an even or an odd distance from the root; taken out of the graph."""
HEAP, FREE, SEEN, WAITING, SEARCH, LOWEST = range(6)
"""Places in `count`: events, free blossoms, labelled nodes, vertices to scan, the search's number, who asks least."""
NOW, FLOOR = 0, 1
"""Rows of `clock`: how far the search has moved prices, and when the first plus vertex will ask nothing."""


class State(NamedTuple):
    """Arrays over vertices, nodes, arcs and events; see the module. Values are rows of LIMBS numbers."""

    start: Ints
    """The arcs of vertex v are start[v] to start[v + 1]."""
    head: Ints
    weight: Ints
    y: Ints
    """The price of each vertex. During a search that of a plus vertex is `y - NOW`, that of a minus vertex `y + NOW`."""
    z: Ints
    """The price of each blossom. During a search that of a plus node is `z + 2 NOW`, of a minus node `z - 2 NOW`."""
    mate: Ints
    parent: Ints
    up: Ints
    """Towards the top node, by short cuts (union-find; Tarjan 1975)."""
    base: Ints
    """The one vertex of a node that is not matched within it."""
    first: Ints
    """The part of a blossom that holds its base; the others follow around the cycle by `after`, or `before`."""
    after: Ints
    before: Ints
    leaves: Ints
    """The edge from a part to the next one leaves it at this vertex …"""
    enters: Ints
    """… and enters the next one at this."""
    head_vertex: Ints
    last_vertex: Ints
    next_vertex: Ints
    label: Ints
    from_vertex: Ints
    """A minus node was reached from this plus vertex …"""
    to_vertex: Ints
    """… at this vertex of its own."""
    best: Ints
    """For a loose vertex: when the tree will reach it, from `best_from`; known in search number `best_in`."""
    best_from: Ints
    best_in: Ints
    keys: Ints
    events: Ints
    free: Ints
    seen: Ints
    waiting: Ints
    count: Ints
    clock: Ints


def new_state(start: Ints, head: Ints, weight: Ints, y: Ints) -> State:
    """Nobody matched, at the prices `y`, which must cover every arc: y_u + y_v >= weight."""
    size = len(start) - 1
    nodes = size + size // 2 + 1
    room = 2 * len(head) + 2 * nodes + 16

    def ints(count: int, value: int = NONE) -> Ints:
        return np.full(count, value, dtype=np.int64)

    def rows(count: int) -> Ints:
        return np.zeros((count, LIMBS), dtype=np.int64)

    spare = np.arange(nodes - 1, size - 1, -1, dtype=np.int64)
    count = np.zeros(6, dtype=np.int64)
    count[FREE] = len(spare)
    own = np.arange(nodes, dtype=np.int64)
    return State(
        start=start,
        head=head,
        weight=weight,
        y=y.copy(),
        z=rows(nodes),
        mate=ints(size),
        parent=ints(nodes),
        up=own.copy(),
        base=own.copy(),
        first=ints(nodes),
        after=ints(nodes),
        before=ints(nodes),
        leaves=ints(nodes),
        enters=ints(nodes),
        head_vertex=own.copy(),
        last_vertex=own.copy(),
        next_vertex=ints(size),
        label=ints(nodes, LOOSE),
        from_vertex=ints(nodes),
        to_vertex=ints(nodes),
        best=rows(size),
        best_from=ints(size),
        best_in=ints(size, 0),
        keys=rows(room),
        events=np.zeros((room, 3), dtype=np.int64),
        free=spare,
        seen=ints(2 * nodes + 16),
        waiting=ints(size + 1),
        count=count,
        clock=rows(2),
    )


def copied(s: State) -> State:
    """A copy that can go another way. The graph and what only a search in progress needs are shared."""
    shared = ("start", "head", "weight", "keys", "events", "seen", "waiting", "best", "best_from")
    fresh: dict[str, Any] = {name: getattr(s, name).copy() for name in State._fields if name not in shared}
    return s._replace(**fresh)


@compiled
def top(s: State, vertex: int) -> int:
    """The top node that a vertex is in."""
    up = s.up
    node = vertex
    while up[node] != node:
        up[node] = up[up[node]]
        node = up[node]
    return node
