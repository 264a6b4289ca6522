"""What the solver hands back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.program.matching.proof import Certificate

Progress = Callable[[str, float], None]
"""Told what is being done and which share (0 to 1) of the whole work is behind."""


class Wait(StrEnum):
    """Why somebody is not placed."""

    ALONE = "alone"
    """There is nobody else."""
    APART = "apart"
    """Everybody else is a former or blocked partner."""
    LOCKED = "locked"
    """Everybody they could be paired with is in a locked group."""
    ODD = "odd"
    """The number of people is odd, and this is the one whose waiting costs the others least."""
    TAKEN = "taken"
    """Whoever they could be paired with is the only choice of somebody else, or no trio was allowed."""


@dataclass(frozen=True, slots=True)
class Group:
    """Partners: two people, or three. `locked` groups were given, not found."""

    ids: tuple[str, ...]
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is not placed, and why."""

    id: str
    reason: Wait


@dataclass(frozen=True, slots=True)
class Pairing:
    """The groups, locked ones first; who waits; and the totals by tier: people placed, then one for each wish.

    Totals count in the units of `tiers` (pairs, wishes, 1/27,720, minutes), locked groups included. `bounds` are what
    no pairing can exceed, tier after tier: equal to the totals where the pairing is proved to be the best. The
    certificate lets `certificate.check` prove that.
    """

    groups: tuple[Group, ...]
    waiting: tuple[Waiting, ...]
    totals: tuple[int, ...]
    bounds: tuple[int, ...] = field(default=(), compare=False)
    certificate: Certificate | None = field(default=None, compare=False)

    @property
    def optimal(self) -> bool:
        """Whether no pairing can be better in any tier."""
        return self.totals == self.bounds
