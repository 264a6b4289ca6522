"""What was found for the people outside locked groups, with all that proves it."""

from dataclasses import dataclass

import numpy as np

from bot.program.matching.core.values import LIMBS
from bot.program.matching.lowering import Weighing
from bot.program.matching.matcher import Matched
from bot.program.matching.nobody import worth_of_nobody
from bot.program.matching.problem import Candidate
from bot.program.matching.tiers import Tiers
from bot.program.matching.trios import Choice, Tried
from bot.program.matching.worth import Worth, bound_of, less_by, worth_of

Places = tuple[tuple[int, ...], ...]
"""Groups of people, by index."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The people outside locked groups (the last may be nobody), how they are weighed, and what was found for them."""

    people: tuple[Candidate, ...]
    tiers: Tiers
    """Those of the people, without nobody."""
    weighing: Weighing
    found: Matched
    choice: Choice | None
    with_nobody: bool

    @property
    def groups(self) -> Places:
        """Pairs, and the trio if there is one."""
        best = self.best_trio
        partner = (best.rest if best else self.found).partner
        pairs = [(one, other) for one, other in enumerate(partner.tolist()) if one < other < len(self.people)]
        return (*pairs, best.trio) if best else tuple(pairs)

    @property
    def best_trio(self) -> Tried | None:
        """The trio, if it is better than that somebody waits."""
        if self.choice is None or not self.choice.tried or self.choice.tried[0].worth <= self.worth_without_trio:
            return None
        return self.choice.tried[0]

    @property
    def worth(self) -> Worth:
        """What the groups are worth."""
        best = self.best_trio
        return best.worth if best else self.worth_without_trio

    @property
    def worth_without_trio(self) -> Worth:
        """What the pairs are worth where no trio is made."""
        return less_by(worth_of(self.weighing, self.found.partner), self._nobody)

    @property
    def most(self) -> Worth:
        """What no pairing of these people can exceed."""
        bounds = [less_by(bound_of(self.found), self._nobody)]
        if self.choice is not None:
            bounds += [one.most for one in self.choice.tried]
            bounds += [self.choice.others] if self.choice.others else []
        return max(bounds)

    @property
    def _nobody(self) -> Worth:
        if not self.with_nobody:
            return (0,) * LIMBS
        counted = (*worth_of_nobody(self.weighing.tiers), 0)
        return tuple(2 * limb for limb in self.weighing.scale.packed([np.array(value) for value in counted]).tolist())
