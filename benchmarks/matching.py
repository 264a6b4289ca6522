"""Pairing beside the graph of all pairs: seconds, memory and proof in one run. Prints ratios, asserts nothing.

    python -m benchmarks.matching [SIZE …]

Without sizes: 200, 500 and 1,500 beside rustworkx on the dense graph (which takes a minute at 1,500), then 5,000 and
10,000 alone. 100000 is there for whoever has an hour. People are synthetic and the same in every run. Our seconds
include the check of the certificate, but not compiling, which happens once. Compare ratios, not seconds.
"""

import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from random import Random

import numpy as np
import rustworkx as rx

from bot.program.matching import Candidate, Pairing, Problem, Verdict, check, solve
from bot.program.matching.solver import tiers_of
from topics.model import Rule, Wish

SIZES = (200, 500, 1_500, 5_000, 10_000)
DENSE_UP_TO = 1_500
RUNS = 5
LONG = 20.0
"""Seconds after which one run is enough."""
LIMIT = 3_000.0
"""Seconds after which the best so far is taken."""
LOT_BITS = 20
WISHES = (
    Wish("country", Rule.DIFFERENT, "country"),
    Wish("type", Rule.WISHED, "wanted", of="type", same="same", anything="any"),
    Wish("interests", Rule.SIMILAR, "interests", asked_by="similar"),
    Wish("hours", Rule.OVERLAP, "zone"),
)
LARGE = ("America/Chicago", "Europe/London", "Asia/Kolkata", "Australia/Sydney", "America/Toronto")
SMALL = ("Africa/Lagos", "Asia/Tokyo", "America/Lima", "Europe/Paris", "Asia/Dubai", "Pacific/Auckland", "Asia/Manila")
TYPES = ("academic", "public", "school", "special", "health", "government", "national", "archive")
TYPE_SHARES = (30, 27, 12, 10, 7, 5, 5, 4)


def cohort(count: int, seed: int = 1) -> Problem:
    """People of whom 60 % come from five countries and the others from a hundred, as such programs see."""
    draw = Random(seed)
    ids = [f"p{number}@example.org" for number in range(count)]
    people: list[Candidate] = []
    for key in ids:
        place = draw.randrange(5) if draw.random() < 0.6 else draw.randrange(5, 105)
        interests = draw.sample(range(24), draw.randint(1, 5))
        answers: dict[str, str | tuple[str, ...]] = {
            "country": f"country {place}",
            "zone": LARGE[place] if place < len(LARGE) else SMALL[place % len(SMALL)],
            "type": draw.choices(TYPES, TYPE_SHARES)[0],
            "wanted": draw.choices(("any", "same", draw.choice(TYPES)), (60, 28, 12))[0],
            "interests": tuple(f"interest {number}" for number in interests),
            "similar": draw.choices(("yes", "no"), (65, 35))[0],
        }
        people.append(Candidate(key, answers))
    former = frozenset(frozenset(draw.sample(ids, 2)) for _ in range(count // 10))
    return Problem(tuple(people), WISHES, date(2026, 9, 7), former, seed=seed)


def dense(problem: Problem) -> tuple[int, ...]:
    """The totals of the best pairing, found by rustworkx on the graph of all pairs."""
    tiers = tiers_of(problem, problem.shuffled())
    a, b = np.triu_indices(tiers.size, k=1)
    keep = ~tiers.forbidden(a, b)
    a, b = a[keep], b[keep]
    weight = np.zeros(len(a), dtype=object)
    tops = [*(measure.top for measure in tiers.measures), 1 << LOT_BITS]
    for column, top in zip([*tiers.values(a, b), tiers.ties(a, b, LOT_BITS)], tops, strict=True):
        weight = weight * (tiers.size // 2 * top + 1) + column.astype(object)
    graph: rx.PyGraph[None, int] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * tiers.size)
    graph.add_edges_from(list(zip(a.tolist(), b.tolist(), (int(w) for w in weight), strict=True)))
    pairs = np.array(sorted(rx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)), dtype=np.int64)
    values = tiers.values(pairs[:, 0], pairs[:, 1])
    return (2 * len(pairs), *(int(value.sum()) for value in values))


def proved(problem: Problem) -> tuple[Pairing, Verdict]:
    """Our pairing, checked."""
    pairing = solve(problem, time_limit=LIMIT)
    return pairing, check(problem, pairing)


def timed(work: Callable[[], object]) -> float:
    """The median of the seconds of several runs, or of one that takes long."""
    seconds: list[float] = []
    while len(seconds) < RUNS and sum(seconds) < LONG:
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def main(sizes: tuple[int, ...]) -> None:
    """Run each size and print a block for it."""
    begun = time.perf_counter()
    for size in (130, 131, 132):
        proved(cohort(size))
    print(f"made ready in {time.perf_counter() - begun:.1f} s (compiling, the first time)")  # noqa: T201 - a benchmark talks to whoever starts it
    for size in sizes:
        problem = cohort(size)
        results: list[tuple[Pairing, Verdict]] = []
        ours = timed(lambda problem=problem, results=results: results.append(proved(problem)))
        pairing, verdict = results[0]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        words = verdict.words(tuple(wish.name for wish in WISHES))
        print(f"{size} people: {ours:.2f} s, peak so far {peak} MB, totals {pairing.totals}. {words}")  # noqa: T201 - a benchmark talks to whoever starts it
        if size > DENSE_UP_TO:
            continue
        best: list[tuple[int, ...]] = []
        beside = timed(lambda problem=problem, best=best: best.append(dense(problem)))
        same = "the same totals" if best[0] == pairing.totals else f"other totals: {best[0]}"
        print(f"    all pairs in rustworkx: {beside:.2f} s, {beside / ours:.1f} times as long, {same}")  # noqa: T201 - a benchmark talks to whoever starts it


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
