"""The maximum-weight matching of a listed set of pairs (Galil 1986, as rustworkx has it)."""

import numpy as np
import rustworkx as rx

from bot.program.matching.candidates import NOBODY, Edges
from bot.program.matching.tiers import Ints
from bot.program.matching.weights import Weights


def matched(weights: Weights, edges: Edges) -> Ints:
    """Everybody's partner (index or NOBODY): as many people as the listed pairs can place, then the best by tiers."""
    graph: rx.PyGraph[None, int] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * weights.tiers.size)
    graph.add_edges_from(list(zip(edges.a.tolist(), edges.b.tolist(), weights.exact(edges.a, edges.b), strict=True)))
    partner = np.full(weights.tiers.size, NOBODY, dtype=np.int64)
    for one, other in rx.max_weight_matching(graph, max_cardinality=True, weight_fn=int):
        partner[one], partner[other] = other, one
    return partner
