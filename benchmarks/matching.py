"""Pairing beside the graph of all pairs: seconds, memory and totals in one run. Prints ratios, asserts nothing.

    python -m benchmarks.matching [SIZE …]

Without sizes: 200 and 500 beside the dense graph, and 1,500 alone (the dense graph of 1,500 takes minutes). People are
synthetic and the same in every run. Compare ratios, not seconds: machines differ.
"""

import resource
import sys
import time
from datetime import date
from random import Random

import numpy as np

from bot.program.matching import Candidate, Problem, solve
from bot.program.matching.blossom import matched
from bot.program.matching.candidates import all_edges
from bot.program.matching.problem import lot
from bot.program.matching.tiers import Tiers, barred_pairs, measure_of
from bot.program.matching.weights import weights_of
from topics.model import Rule, Wish

SIZES = (200, 500, 1_500)
DENSE_UP_TO = 500
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
    """The totals of the best pairing, found on the graph of all pairs."""
    people = problem.shuffled()
    lots = np.array([lot(problem.seed, person.id) for person in people], dtype=np.uint64)
    measures = tuple(measure_of(wish, people, problem.on) for wish in problem.wishes)
    weights = weights_of(Tiers(len(people), measures, barred_pairs(people, problem.forbidden), lots))
    partner = matched(weights, all_edges(weights, np.arange(len(people))))
    first = np.flatnonzero(np.arange(len(people)) < partner)
    return (2 * len(first), *(int(values.sum()) for values in weights.tiers.values(first, partner[first])))


def main(sizes: tuple[int, ...]) -> None:
    """Run each size and print a block for it."""
    for size in sizes:
        problem = cohort(size)
        begun = time.perf_counter()
        totals = solve(problem).totals
        seconds = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{size} people: solve {seconds:.2f} s, peak so far {peak} MB, totals {totals}")  # noqa: T201
        if size > DENSE_UP_TO:
            continue
        begun = time.perf_counter()
        best = dense(problem)
        beside = time.perf_counter() - begun
        shares = ", ".join(f"{found / most:.4f}" if most else "–" for found, most in zip(totals, best, strict=True))
        print(f"    all pairs {beside:.2f} s, {beside / seconds:.1f} times as long; shares of the best: {shares}")  # noqa: T201


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
