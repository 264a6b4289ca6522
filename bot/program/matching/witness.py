"""Writing down what proves a solution."""

from collections.abc import Sequence

import numpy as np

from bot.program.matching.core.state import Ints
from bot.program.matching.matcher import Matched
from bot.program.matching.proof import NOBODY, Beside, Certificate, OddSet, Price
from bot.program.matching.solution import Solution
from bot.program.matching.worth import blossoms

Sets = dict[tuple[int, ...], Price]


class _Ids:
    """The ids of all places, and their alphabetical order: a certificate does not depend on the order of rows."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._in_order = sorted(ids)
        rank = {key: number for number, key in enumerate(self._in_order)}
        self._rank: Ints = np.array([rank[key] for key in ids], dtype=np.int64)

    def __getitem__(self, place: int) -> str:
        return self._ids[place]

    def odd_set(self, members: Sequence[int], price: Price) -> OddSet:
        """The set of these places."""
        ranks: list[int] = np.sort(self._rank[list(members)]).tolist()
        return OddSet(tuple(self._in_order[rank] for rank in ranks), price)


def witness(solution: Solution) -> Certificate:
    """The certificate of a solution."""
    ids = [person.id for person in solution.people]
    if solution.with_nobody:
        ids.append(NOBODY)
    names, prices, sets = _Ids(ids), _prices(solution.found), _sets(solution.found)
    beside: list[Beside] = []
    if solution.choice is not None:
        # A trio that the prices of the whole rule out needs no proof of its own.
        beside = [
            _beside(names, prices, sets, tried.trio, tried.rest)
            for tried in solution.choice.tried
            if tried.bound > solution.worth or tried is solution.best_trio
        ]
    return Certificate(
        limbs=solution.weighing.scale.limbs,
        factors=solution.weighing.scale.factors,
        lot_bits=solution.weighing.scale.lot_bits,
        prices=dict(zip(ids, prices, strict=True)),
        sets=tuple(names.odd_set(members, price) for members, price in sets.items()),
        beside=tuple(beside),
    )


def _beside(ids: _Ids, prices: Sequence[Price], sets: Sets, trio: tuple[int, ...], rest: Matched) -> Beside:
    theirs, others = _prices(rest), _sets(rest)
    out = set(rest.out.tolist())
    changed = [place for place in range(len(prices)) if place not in out and theirs[place] != prices[place]]
    return Beside(
        trio=tuple(ids[place] for place in trio),
        prices={ids[place]: theirs[place] for place in changed},
        dropped=tuple(number for number, (members, price) in enumerate(sets.items()) if others.get(members) != price),
        sets=tuple(ids.odd_set(members, price) for members, price in others.items() if sets.get(members) != price),
    )


def _prices(found: Matched) -> list[Price]:
    return [tuple(price) for price in found.prices().tolist()]


def _sets(found: Matched) -> Sets:
    """Members and price of each blossom, smaller ones first."""
    held = [(tuple(np.sort(members).tolist()), blossom) for blossom, members in blossoms(found.state)]
    held.sort(key=lambda one: (len(one[0]), one[0]))
    return {members: tuple(found.state.price[blossom].tolist()) for members, blossom in held}
