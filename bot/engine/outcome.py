"""What became of acts: of each attempt, and what the program is told of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.engine.claims import Result
from bot.engine.work import Work
from bot.language.acts import Act, Receipt

UNKNOWN_TOLD = 6
"""After so many attempts, and again after as many, the program is told that it is unknown whether an act was done.

Not after the first so many alone: the process may have died just then, or the platform have said "later".
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an act ended. No receipt: it is dead, and `reason` says why."""

    act: Act
    subject: str
    then: str
    receipt: Receipt | None
    reason: str = ""
    unknown: bool = False
    """It did not end yet: after several look-ups nobody knows whether it was done, and it is looked up further."""
    cause: str = ""
    """The event that the act follows from, or what was due."""


Settled = Callable[[Work, Sequence[Outcome]], Awaitable[None]]
"""The program's continuations, run one after the other in the transaction that stores the results."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a claim, with what the continuation is told. `act` is None when it could not be read."""

    result: Result
    act: Act | None
    receipt: Receipt | None = None
    found: bool = False
    """An earlier attempt had succeeded already."""

    @property
    def outcome(self) -> Outcome | None:
        """What the program must be told, None when there is nothing to tell."""
        claim, result = self.result.claim, self.result
        unknown = result.state == "unknown" and result.tried and claim.attempts % UNKNOWN_TOLD == 0
        told = unknown or result.state == "dead" or (result.state == "sent" and bool(claim.then))
        if not told or self.act is None:
            return None
        return Outcome(self.act, claim.subject, claim.then, self.receipt, result.reason, unknown, claim.cause)
