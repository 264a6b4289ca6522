"""What a matching in the making consists of: the graph, who is with whom, prices, and the nested odd sets.

A *node* is a vertex (0 to size-1) or a blossom (size and above), an odd set of vertices made of an odd cycle of smaller
nodes. *Top* nodes are in no blossom. The vertices of a node are a stretch of one linked list, so that taking a blossom
apart cuts the list where its parts meet.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.program.matching.core.compiled import compiled
from bot.program.matching.core.values import LIMBS, Whole

Ints = NDArray[np.int64]

NONE = np.int64(-1)
LOOSE, PLUS, MINUS, GONE = np.int64(0), np.int64(1), np.int64(2), np.int64(3)
"""Labels of top nodes: outside the tree; in it at an even or an odd distance from the root; taken out of the graph."""

(
    UP,  # towards the top node, by short cuts (union-find; Tarjan 1975)
    LABEL,
    BEST_IN,  # of a loose vertex: the number of the search that knows when the tree will reach it …
    BEST_FROM,  # … from this vertex; the time is in `best`
    MATE,  # of a vertex: its partner
    PARENT,  # the blossom it is a part of
    BASE,  # the one vertex of a node that is not matched within it
    FIRST,  # the part of a blossom that holds its base; the others follow around the cycle
    AFTER,
    BEFORE,
    LEAVES,  # the edge from a part to the next one leaves it at this vertex …
    ENTERS,  # … and enters the next one at this
    SOURCE,  # a minus node was reached from this plus vertex …
    ENTRY,  # … at this vertex of its own
    HEAD_VERTEX,
    LAST_VERTEX,
    NEXT_VERTEX,
    SEEN_IN,  # the number of the last search that labelled a node
    FREE,  # three lists that have nothing to do with the row: numbers for new blossoms,
    SEEN,  # nodes that this search labelled,
    WAITING,  # vertices that it has still to scan,
    TODO,  # and nodes whose base is to become …
    TODO_BASE,  # … this vertex
    MARK,  # the number of the last walk that passed a node
) = range(24)
"""Columns of `node`."""

N_HEAP, N_FREE, N_SEEN, N_WAITING, N_SEARCH, N_LOWEST, N_MARK = range(7)
"""Places in `counts`: how many there are in the heap and in three lists, the numbers of the search, of
the vertex of FLOOR and of the last walk."""
NOW, FLOOR = np.int64(-2), np.int64(-1)
"""The last rows of `price`: how far the search has moved prices; when the first plus vertex will ask for nothing."""


class State(NamedTuple):
    """Few tables, since each one costs compiled functions nine parameters. Values are rows of LIMBS numbers."""

    start: Ints
    """The arcs of vertex v are start[v] to start[v + 1]."""
    head: Ints
    weight: Ints
    price: Ints
    """Of vertices and blossoms. During a search those of plus nodes are `price - NOW` for a vertex, `price + 2 NOW` for
    the top blossom; of minus nodes `price + NOW` and `price - 2 NOW`."""
    best: Ints
    node: Ints
    heap: Ints
    """Events: a time of LIMBS numbers, the kind, and two nodes."""
    counts: Ints


def new_state(start: Ints, head: Ints, weight: Ints, price: Ints) -> State:
    """Nobody matched, at prices that cover every arc: the sum of the two ends' is its weight or more."""
    size = len(start) - 1
    nodes = size + size // 2 + 1
    prices = np.zeros((nodes + 2, LIMBS), dtype=np.int64)
    prices[:size] = price
    node = np.full((nodes, 24), NONE, dtype=np.int64)
    node[:, [UP, BASE, HEAD_VERTEX, LAST_VERTEX]] = np.arange(nodes)[:, None]
    node[:, [LABEL, BEST_IN, SEEN_IN]] = 0
    node[: nodes - size, FREE] = np.arange(nodes - 1, size - 1, -1)
    counts = np.zeros(7, dtype=np.int64)
    counts[N_FREE] = nodes - size
    return State(
        start=start,
        head=head,
        weight=weight,
        price=prices,
        best=np.zeros((size, LIMBS), dtype=np.int64),
        node=node,
        heap=_heap(len(head), nodes),
        counts=counts,
    )


def _heap(arcs: int, nodes: int) -> Ints:
    return np.zeros((arcs + 4 * nodes + 16, LIMBS + 3), dtype=np.int64)


def with_graph(s: State, start: Ints, head: Ints, weight: Ints) -> State:
    """The same matching and prices on other arcs, which may need to be covered still."""
    return s._replace(start=start, head=head, weight=weight, heap=_heap(len(head), len(s.node)))


def copied(s: State) -> State:
    """A copy that can go another way; it shares the graph and what only a search in progress needs."""
    return s._replace(price=s.price.copy(), node=s.node.copy(), counts=s.counts.copy())


@compiled
def top(s: State, vertex: Whole) -> Whole:
    """The top node that a vertex is in."""
    node = s.node
    here = vertex
    while node[here, UP] != here:
        node[here, UP] = node[node[here, UP], UP]
        here = node[here, UP]
    return here
