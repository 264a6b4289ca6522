"""What would be if: other partners for somebody, what they would cost the others, and what a priority costs.

Prices give a bound at once: to put two people together costs at least what their prices exceed their worth. What it
costs exactly is found by taking the two out of the solved matching and mending what is left, which is much less work
than solving anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bot.program.matching.core.nest import nest_of
from bot.program.matching.core.survey import excess_row
from bot.program.matching.core.values import LIMBS
from bot.program.matching.matcher import Matched, without
from bot.program.matching.pairing import Pairing, Wait
from bot.program.matching.problem import NEVER_AGAIN, PairingError, Problem
from bot.program.matching.solution import Places, Solution
from bot.program.matching.solver import pairing_of, silent, solved, totals_of
from bot.program.matching.trios import Tried


@dataclass(frozen=True, slots=True)
class Swap:
    """What changes if two people are put together: by tier, what the best pairing with them has more (or less).

    Tiers are people placed and one for each wish, in the units of the totals. `waiting` are those who then wait. Where
    a trio was kept as it is although another might cost less, the change is not `exact`.
    """

    one: str
    other: str
    change: tuple[int, ...]
    waiting: tuple[str, ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why somebody is not placed: the reason, the rule that stands in the way (empty where it is others' needs), and
    what it would change to place them all the same, where that can be."""

    id: str
    reason: Wait
    rule: str = ""
    instead: Swap | None = None


class WhatIf:
    """A solved problem that can be asked. It solves the problem once, and mends that for each question."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        held = {key for group in problem.locked for key in group}
        self.people = tuple(person for person in problem.shuffled() if person.id not in held)
        self.index = {person.id: place for place, person in enumerate(self.people)}
        self.solution: Solution = solved(problem, self.people, lambda: False, silent)
        self.pairing: Pairing = pairing_of(problem, self.solution)
        self._tiers = self.solution.tiers
        self._now = totals_of(self._tiers, list(self.solution.groups))
        self._found = self._base.rest if self._base else self.solution.found
        self._prices, self._nest = self._found.prices(), nest_of(self._found.state)

    def swap(self, one: str, other: str) -> Swap:
        """What it costs to put two people together. Raises PairingError when they must not be, or are locked."""
        for key in (one, other):
            if key not in self.index:
                raise PairingError(f"{key} is in a locked group, or not among the people to pair.")
        if not self.problem.allowed(one, other):
            raise PairingError(f"{one} and {other} must not be partners.")
        a, b = self.index[one], self.index[other]
        base = self._base
        if (base and {a, b} & set(base.trio)) or (base is None and self.solution.choice is not None):
            return self._anew(one, other)
        rest = without(self.solution.weighing, self._found, (a, b), lambda: False)
        groups = [*self._pairs(rest), (a, b), *([base.trio] if base else [])]
        return self._change(one, other, tuple(groups), exact=base is None)

    def alternatives(
        self, person: str, count: int = 3, fits: Callable[[str], bool] = lambda other: True
    ) -> tuple[Swap, ...]:
        """The next best partners of somebody, best first, among those whom `fits` lets pass."""
        if person not in self.index:
            return ()
        here = self.index[person]
        now = next((set(group) for group in self.solution.groups if here in group), {here})
        rows = np.zeros((self.solution.weighing.size, LIMBS), dtype=np.int64)
        excess_row(self.solution.weighing.pool, self._prices, self._nest, here, rows)
        ranked = sorted(
            (place for place in range(len(self.people)) if place not in now and fits(self.people[place].id)),
            key=lambda place: tuple(rows[place].tolist()),
            reverse=True,
        )
        open_to = [self.people[place].id for place in ranked if self.problem.allowed(person, self.people[place].id)]
        # The bound ranks them; a few more than asked for are looked at, since what it costs exactly may be more.
        swaps = [self.swap(person, other) for other in open_to[: count + 2]]
        return tuple(sorted(swaps, key=lambda swap: swap.change, reverse=True)[:count])

    def obstacles(self) -> tuple[Obstacle, ...]:
        """What stands in the way of everybody who is not placed."""
        found: list[Obstacle] = []
        for waiting in self.pairing.waiting:
            rule = NEVER_AGAIN if waiting.reason is Wait.APART else ""
            found.append(Obstacle(waiting.id, waiting.reason, rule, next(iter(self.alternatives(waiting.id, 1)), None)))
        return tuple(found)

    def without_wish(self, name: str) -> tuple[int, ...]:
        """What all tiers gain or lose if the kit did not have a wish: people placed, then each wish, this one too.

        Raises PairingError when there is no such wish.
        """
        if name not in [wish.name for wish in self.problem.wishes]:
            raise PairingError(f"There is no wish “{name}”.")
        fewer = replace(self.problem, wishes=tuple(wish for wish in self.problem.wishes if wish.name != name))
        groups = solved(fewer, self.people, lambda: False, silent).groups
        return self._difference(list(groups))

    @property
    def _base(self) -> Tried | None:
        return self.solution.best_trio

    def _pairs(self, found: Matched) -> Places:
        pairs = enumerate(found.partner.tolist())
        return tuple((one, other) for one, other in pairs if one < other < len(self.people))

    def _anew(self, one: str, other: str) -> Swap:
        """The same by solving anew, where the two are in the trio or the trio has to change."""
        left = tuple(person for person in self.people if person.id not in (one, other))
        groups = solved(self.problem, left, lambda: False, silent).groups
        ids = [tuple(self.index[left[place].id] for place in group) for group in groups]
        return self._change(one, other, (*ids, (self.index[one], self.index[other])), exact=True)

    def _change(self, one: str, other: str, groups: Places, exact: bool) -> Swap:
        placed = {place for group in groups for place in group}
        waiting = tuple(person.id for place, person in enumerate(self.people) if place not in placed)
        return Swap(one, other, self._difference(list(groups)), waiting, exact)

    def _difference(self, groups: list[tuple[int, ...]]) -> tuple[int, ...]:
        then = totals_of(self._tiers, groups)
        return tuple(after - before for after, before in zip(then, self._now, strict=True))
