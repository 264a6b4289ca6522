"""Odd sets that are nested or apart, and what two people share of them, for the check of a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.program.matching.tiers import Ints

ROOM = 1 << 60


@dataclass(frozen=True, slots=True)
class Laminar:
    """People in a line in which each set is a stretch; `least[k, i]` is the set of least depth among those around two
    neighbours from place i on, 2**k of them. The last set is that of all, which has no price."""

    place: Ints
    least: Ints
    depth: Ints
    sums: Ints

    def shared(self, a: Ints, b: Ints) -> Ints:
        """The prices of all sets that hold both of two different people, a row for each pair."""
        if not len(a) or len(self.sums) == 1:
            return np.zeros((len(a), self.sums.shape[1]), dtype=np.int64)
        one, other = np.minimum(self.place[a], self.place[b]), np.maximum(self.place[a], self.place[b])
        level = np.frexp((other - one).astype(np.float64))[1] - 1
        left, right = self.least[level, one], self.least[level, other - (1 << level)]
        return self.sums[np.where(self.depth[left] <= self.depth[right], left, right)]


def laminar_of(sets: Sequence[Sequence[int]], prices: Ints, size: int) -> Laminar | None:
    """The nest of these sets (of people below `size`) with their prices; None where two of them cross,
    or where sums of prices could overflow."""
    count = len(sets)
    depth, parent = np.zeros(count + 1, dtype=np.int64), np.full(count + 1, count, dtype=np.int64)
    sums = np.concatenate((prices, np.zeros((1, prices.shape[1]), dtype=np.int64)))
    inner = np.full(size, count, dtype=np.int64)
    depth[count] = 0
    children: list[list[int]] = [[] for _ in range(count + 1)]
    for one in sorted(range(count), key=lambda one: -len(sets[one])):
        members = np.array(sets[one], dtype=np.int64)
        around = int(inner[members[0]])
        if (inner[members] != around).any():
            return None
        parent[one], depth[one] = around, depth[around] + 1
        sums[one] += sums[around]
        if (np.abs(sums[one]) >= ROOM).any():
            return None
        children[around].append(one)
        inner[members] = one
    rank = np.zeros(count + 1, dtype=np.int64)
    todo, number = [count], 0
    while todo:
        one = todo.pop()
        rank[one], number = number, number + 1
        todo += children[one]
    order = np.argsort(rank[inner], kind="stable")
    place = np.empty(size, dtype=np.int64)
    place[order] = np.arange(size)
    neighbours = [
        _around(int(a), int(b), parent, depth) for a, b in zip(inner[order[:-1]], inner[order[1:]], strict=True)
    ]
    least = [np.array([*neighbours, count], dtype=np.int64)[:size]]
    while 2 << (len(least) - 1) < size:
        below, span = least[-1], 1 << (len(least) - 1)
        ahead = np.concatenate((below[span:], np.full(min(span, size), count, dtype=np.int64)))[:size]
        least.append(np.where(depth[below] <= depth[ahead], below, ahead))
    return Laminar(place, np.array(least), depth, sums)


def _around(one: int, other: int, parent: Ints, depth: Ints) -> int:
    while one != other:
        if depth[one] >= depth[other]:
            one = int(parent[one])
        else:
            other = int(parent[other])
    return one
