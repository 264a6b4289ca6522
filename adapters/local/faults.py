"""Trouble to order: the local platform fails where it is told to, the same way each time."""

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bot.language.acts import Act


class Trouble(StrEnum):
    """What goes wrong with one act."""

    DROP = "drop"
    """The connection is refused: not done (Retry)."""
    LOST = "lost"
    """It is done, but the answer gets lost on the way back (Unknown)."""
    DELAY = "delay"
    """It is done after `seconds` of real waiting."""
    REFUSE = "refuse"
    """The platform does not want it (Refused)."""
    LATE = "late"
    """No answer (Unknown); it is done `seconds` later by the platform's clock, and cannot be looked up before."""
    LIMIT = "limit"
    """Too many: come back in `seconds` (Retry)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Trouble for the `nth` to the (`nth` + `times` - 1)th act of those that fit; `times` 0 means for ever.

    An act fits when `kind` is its kind or empty, `type` its type or empty, and `key` occurs in its key. `on` says
    whether performing or looking up goes wrong (looking up knows `drop` and `limit`, anything else is Unknown).
    """

    trouble: Trouble
    kind: str = ""
    type: str = ""
    key: str = ""
    nth: int = 1
    times: int = 1
    seconds: float = 1.0
    on: Literal["perform", "find"] = "perform"

    def fits(self, act: Act, on: str) -> bool:
        """Whether this fault is meant for such an act."""
        return self.on == on and self.kind in ("", act.kind) and self.type in ("", act.type) and self.key in act.key


@dataclass(frozen=True, slots=True)
class Faults:
    """A plan of trouble: listed faults first, then one of `troubles` with `probability`, by `seed`.

    The same plan meets the same acts with the same trouble.
    """

    listed: tuple[Fault, ...] = ()
    probability: float = 0.0
    seed: int = 0
    troubles: tuple[Trouble, ...] = (Trouble.DROP, Trouble.LOST, Trouble.LATE, Trouble.LIMIT)
    seconds: float = 1.0


@dataclass(slots=True)
class FaultPlan:
    """A plan being carried out: it counts the acts that come by."""

    plan: Faults = field(default_factory=Faults)
    _counts: dict[int, int] = field(default_factory=dict[int, int])
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.plan.seed)

    def strike(self, act: Act, on: Literal["perform", "find"] = "perform") -> Fault | None:
        """The trouble that meets this act now, None when all goes well."""
        struck: Fault | None = None
        for index, fault in enumerate(self.plan.listed):
            if not fault.fits(act, on):
                continue
            count = self._counts[index] = self._counts.get(index, 0) + 1
            inside = count >= fault.nth and (fault.times == 0 or count < fault.nth + fault.times)
            if inside and struck is None:
                struck = fault
        if struck or on == "find" or not self.plan.probability:
            return struck
        if self._chance.random() >= self.plan.probability:
            return None
        return Fault(self._chance.choice(self.plan.troubles), seconds=self.plan.seconds)
