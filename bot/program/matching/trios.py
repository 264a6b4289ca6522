"""Who makes the trio where the number of people is odd: the one that costs least over all, and the proof of that.

Whoever is taken out of a matching saves at most their price. So a trio, with the best pairs of all others, is worth at
most the whole, plus what it is worth itself, less the prices of its three people and of nobody (whom the odd one out
would have). Trios are tried in the order of that bound, each by mending the solved matching without its people, until
no other can be better.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.program.matching.core import triangles
from bot.program.matching.core.nest import nest_of
from bot.program.matching.core.state import NONE, Ints
from bot.program.matching.core.values import LIMBS
from bot.program.matching.lowering import Weighing
from bot.program.matching.matcher import Matched, Stop, without
from bot.program.matching.survey import in_threads
from bot.program.matching.worth import Worth, blossoms, bound_of, less_by, more_by, worth_of

NEAR = 12
FIRST_TRIED = 4
MOST_TRIED = 200
MOST_TRIOS = 1_000_000_000
"""Third people of strong sides that are looked at; where there are more, the best trio found is not proved."""

Trio = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tried:
    """A trio, the best pairs of the others, what both are worth together, what the prices of the whole allowed
    (`bound`), and what they are worth at most by the prices of the others (`most`)."""

    trio: Trio
    rest: Matched
    worth: Worth
    bound: Worth
    most: Worth


@dataclass(frozen=True, slots=True)
class Choice:
    """The trios that were tried, best first, and what any other is worth at most, with the pairs beside it."""

    tried: tuple[Tried, ...]
    others: Worth | None


def choose_trio(weighing: Weighing, found: Matched, stop: Stop) -> Choice:
    """The best trio for a matching that includes nobody, the last of the people."""
    search = _Search(weighing, found)
    tried: dict[Trio, Tried] = {}

    def try_all(ranked: list[tuple[Trio, Worth]]) -> Worth | None:
        """Try trios in order while they can still be the best. What the first that was not tried is worth at most."""
        for trio, bound in ranked:
            if tried and bound <= max(one.worth for one in tried.values()):
                return None
            if tried and stop():
                return bound
            if trio not in tried:
                tried[trio] = search.tried(trio, bound, stop)
        return None

    try_all(search.near(FIRST_TRIED))
    least = max((one.worth for one in tried.values()), default=None)
    ranked, count = search.promising(least, MOST_TRIED)
    left = try_all(ranked)
    if left is None and count > len(ranked):
        left = ranked[-1][1] if ranked else search.most()
    return Choice(tuple(sorted(tried.values(), key=lambda one: one.worth, reverse=True)), left)


class _Search:
    """Trios of the people of a solved pool, the last of whom is nobody."""

    def __init__(self, weighing: Weighing, found: Matched) -> None:
        self.weighing, self.found = weighing, found
        self.size = weighing.size - 1
        self.price, self.nest, self.whole = found.prices(), nest_of(found.state), bound_of(found)
        self.asked = _asked(found, self.price)
        each = max(1, min(NEAR, self.size))
        self.best = np.full((self.size, each), NONE, dtype=np.int64)
        self.sides = np.full((self.size, each), -(1 << 60), dtype=np.int64)
        in_threads(weighing.size, self._look)

    def _look(self, rows: Ints, line: Ints) -> None:
        mine = rows[rows < self.size]
        triangles.best_sides(self.weighing.pool, self.asked, mine, self.size, self.best, self.sides, line)

    def near(self, count: int) -> list[tuple[Trio, Worth]]:
        """Good trios among everybody's best sides, best first, with what the whole is worth at most with each."""
        rows, place = np.nonzero(self.best != NONE)
        other = self.best[rows, place]
        keys = np.unique(np.minimum(rows, other) * self.size + np.maximum(rows, other))
        start = np.searchsorted(keys // self.size, np.arange(self.size + 1)).astype(np.int64)
        heads, marks = keys % self.size, np.full(self.size, NONE, dtype=np.int64)

        def walk(floor: Ints, best: Ints, excess: Ints) -> int:
            whole = (self.weighing.pool, self.price, self.nest, start, heads, floor, best, excess, marks)
            return int(triangles.triangles(*whole))

        return self._ranked(walk, None, count)[0]

    def promising(self, least: Worth | None, count: int) -> tuple[list[tuple[Trio, Worth]], int]:
        """The best trios with which the whole can be worth more than `least`, best first, and how many there are."""
        limit = -(1 << 61)
        if least is not None:
            limit = 6 * (least[0] - self.whole[0] + int(self.asked[self.size]))
        counts, none = np.zeros(self.size, dtype=np.int64), np.zeros(0, dtype=np.int64)
        pool, asked, size = self.weighing.pool, self.asked, self.size

        def note(rows: Ints, line: Ints, counts: Ints, heads: Ints) -> None:
            triangles.strong_sides(pool, asked, rows[rows < size], size, limit, counts, heads, line)

        in_threads(self.weighing.size, lambda rows, line: note(rows, line, counts, none))
        start = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
        if int(start[-1]) * size > MOST_TRIOS:
            return [], 1
        heads = np.zeros(int(start[-1]), dtype=np.int64)
        if len(heads):
            in_threads(self.weighing.size, lambda rows, line: note(rows, line, start, heads))
        lines = np.zeros((2, self.weighing.size), dtype=np.int64)

        def walk(floor: Ints, best: Ints, excess: Ints) -> int:
            whole = (pool, asked, self.price, self.nest, start, heads, limit, floor, best, excess, lines)
            return int(triangles.along_sides(*whole))

        return self._ranked(walk, least, count)

    def _ranked(
        self, walk: Callable[[Ints, Ints, Ints], int], least: Worth | None, count: int
    ) -> tuple[list[tuple[Trio, Worth]], int]:
        floor = np.full((1, LIMBS), -(1 << 61), dtype=np.int64)
        if least is not None:
            floor[0] = less_by(least, self.whole)
        best, excess = np.zeros((count, 3), dtype=np.int64), np.zeros((count, LIMBS), dtype=np.int64)
        number = walk(floor, best, excess)
        held = min(number, count)
        ranked: dict[Trio, Worth] = {}
        for trio, over in zip(np.sort(best[:held], axis=1).tolist(), excess[:held].tolist(), strict=True):
            ranked.setdefault((trio[0], trio[1], trio[2]), more_by(self.whole, tuple(over)))
        return list(ranked.items()), number - held + len(ranked)

    def most(self) -> Worth:
        """What the whole is worth at most with any trio: three best sides, in the first limb."""
        side = int(self.sides.max(initial=0)) // 2 + 1
        return (self.whole[0] - int(self.asked[self.size]) + side, *([1 << 61] * (LIMBS - 1)))

    def tried(self, trio: Trio, bound: Worth, stop: Stop) -> Tried:
        """A trio with the best pairs of all others."""
        rest = without(self.weighing, self.found, (*trio, self.size), stop)
        own = tuple(triangles.trio_weight(self.weighing.pool, *trio))
        return Tried(
            trio=trio,
            rest=rest,
            worth=more_by(own, worth_of(self.weighing, rest.partner)),
            bound=bound,
            most=min(bound, more_by(own, bound_of(rest))),
        )


def _asked(found: Matched, prices: Ints) -> Ints:
    """The first limbs of what people of a trio ask for at least, blossoms that hold most people among it.

    Whoever is in such a blossom asks for half of its price, and whoever is not gives half of it back. With nobody there
    are four, and of those the blossom takes no less than what they ask for so.
    """
    asked = prices[:, 0].copy()
    for blossom, members in blossoms(found.state):
        if 2 * len(members) > len(asked):
            half = int(found.state.price[blossom, 0]) // 2
            asked -= half
            asked[members] += 2 * half
    return asked
