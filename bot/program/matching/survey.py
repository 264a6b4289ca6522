"""Which pairs are worth the solver's time, and which of the others still speak against its result.

After Applegate and Cook, "Solving large-scale matching problems" (1993): solve on few pairs, price the omitted ones by
the duals, add those that violate them, repeat.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from bot.program.matching.core import survey
from bot.program.matching.core.nest import nest_of
from bot.program.matching.core.pool import Pool
from bot.program.matching.core.state import GONE, LABEL, NONE, Ints, State
from bot.program.matching.core.values import LIMBS
from bot.program.matching.lowering import Weighing

MATRIX_SIZE = 3_000
"""Pools up to this size keep their narrow weights in memory while prices settle (72 MB)."""
SWEEPS = 16
SWEEPS_UNKEPT = 10
SAMPLED_SIZE = 12_000
"""In pools above this size prices settle among a sample of half as many people, whom the others are held against."""
FAR = 1 << 60
"""A price that nobody pays."""
CHUNK = 4_000_000
"""Pairs looked at in one go."""

Pairs = Ints
"""Pairs of people by index, each once with the smaller first, sorted; shape (m, 2)."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Whom each person should rather be paired with, by the prices (index, or -1), and by how much prices must be
    raised so that all pairs are covered."""

    found: Ints
    worst: Ints


def pairs_of(a: Ints, b: Ints, size: int) -> Pairs:
    """Pairs put in order, doubles dropped."""
    keys = np.unique(np.minimum(a, b) * size + np.maximum(a, b))
    return np.stack((keys // size, keys % size), axis=1)


def all_pairs(weighing: Weighing) -> Pairs:
    """Every allowed pair."""
    a, b = np.triu_indices(weighing.size, k=1)
    keep = ~weighing.tiers.forbidden(a, b)
    return np.stack((a[keep], b[keep]), axis=1)


def likely_pairs(weighing: Weighing, each: int, strays: int, seed: int) -> Pairs:
    """For everybody the `each` partners that leave most after their price, and a few drawn by lot.

    Prices are such that everybody asks the mean of what they asked before and what the best partner would leave them,
    a few times over. So people whom many want cost much, and somebody is left for those whom nobody wants first.
    """
    size = weighing.size
    keep = size <= MATRIX_SIZE
    matrix = np.empty((size if keep else 0, size), dtype=np.int64)
    if keep:
        in_threads(size, lambda rows, line: survey.fill(weighing.pool, rows, matrix))
    if size > SAMPLED_SIZE:
        prices = _sampled_prices(weighing.pool, size, seed)
    else:
        prices = _prices(weighing.pool, size, matrix, SWEEPS if keep else SWEEPS_UNKEPT)
    chosen = np.full((size, min(each, max(size - 1, 1))), NONE, dtype=np.int64)
    values = np.empty_like(chosen)
    in_threads(size, lambda rows, line: survey.choose(weighing.pool, rows, matrix, line, prices, chosen, values))
    a, place = np.nonzero(chosen != NONE)
    draw = np.random.default_rng(seed)
    c = np.repeat(np.arange(size), strays)
    d = draw.integers(size, size=len(c))
    allowed = ~weighing.tiers.forbidden(c, d)
    return pairs_of(np.concatenate((a, c[allowed])), np.concatenate((chosen[a, place], d[allowed])), size)


def _prices(pool: Pool, size: int, matrix: Ints, sweeps: int) -> Ints:
    prices, asked = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    for _ in range(sweeps):
        asked[:] = prices
        in_threads(size, lambda rows, line: survey.ask(pool, rows, matrix, line, asked, prices))
    return prices


def _sampled_prices(pool: Pool, size: int, seed: int) -> Ints:
    count = SAMPLED_SIZE // 2
    order = np.random.default_rng(seed).permutation(size)
    unkept = np.empty((0, count), dtype=np.int64)
    known = _prices(_some(pool, order[:count]), count, unkept, SWEEPS_UNKEPT)
    prices = np.zeros(size, dtype=np.int64)
    prices[order[:count]] = known
    for start in range(count, size, count):
        others = order[start : start + count]
        both = _some(pool, np.concatenate((order[:count], others)))
        asked = np.concatenate((known, np.full(len(others), FAR, dtype=np.int64)))
        found = np.zeros(len(asked), dtype=np.int64)

        def look(rows: Ints, line: Ints, both: Pool = both, asked: Ints = asked, found: Ints = found) -> None:
            survey.ask(both, rows[rows >= count], unkept, line, asked, found)

        in_threads(len(asked), look)
        # What was found is the mean of FAR and of what the best of the sample leaves.
        prices[others] = 2 * found[count:] - FAR
    return prices


def _some(pool: Pool, people: Ints) -> Pool:
    """A pool of some of the people, in which everybody may meet."""
    return pool._replace(
        people=np.ascontiguousarray(pool.people[:, people]),
        barred=np.zeros(0, dtype=np.int64),
        barred_from=np.zeros(len(people) + 1, dtype=np.int64),
    )


def audited(weighing: Weighing, s: State, each: int, stop: Callable[[], bool] = lambda: False) -> Audit | None:
    """Everybody's worst violations of the prices; None if `stop` said so before all were looked at."""
    size, nest = weighing.size, nest_of(s)
    found = np.full((size, each), NONE, dtype=np.int64)
    worst = np.zeros((size, LIMBS), dtype=np.int64)
    out = (s.node[:size, LABEL] == GONE).astype(np.int64)
    asked = np.ascontiguousarray(s.price[:size, :2].T)
    asked[0, out == 1] = FAR

    def look(rows: Ints, line: Ints) -> None:
        lists = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
        desk = survey.Desk(line, *lists, np.zeros((each, LIMBS), dtype=np.int64))
        survey.audit(weighing.pool, rows, s.price, asked, nest, found, worst, desk, out)

    whole = in_threads(size, look, stop)
    return Audit(found, worst) if whole else None


def in_threads(size: int, work: Callable[[Ints, Ints], None], stop: Callable[[], bool] = lambda: False) -> bool:
    """Work on chunks of rows in as many threads as there are processors. False if it was stopped before the end.

    `work` is given the rows and a line to write on that has a place for each person.
    """
    step = max(1, min(CHUNK // max(1, size), -(-size // 4)))
    chunks = [np.arange(start, min(start + step, size)) for start in range(0, size, step)]

    def one(chunk: Ints) -> bool:
        if stop():
            return False
        work(chunk, np.empty(size, dtype=np.int64))
        return True

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 16, max(1, len(chunks)))) as threads:
        return all(list(threads.map(one, chunks)))
