"""What the outbox hands out, and what comes back: the right to perform one act, and what became of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to perform one act, until the lease runs out; `fence` proves it when the result is written."""

    id: int
    fence: int
    lane: str
    payload: str
    subject: str
    then: str
    attempts: int
    """How often it was tried, this time included."""
    look_up: bool
    """An earlier attempt may have succeeded: find out before repeating it."""
    due_at: datetime
    """When it was planned to go out."""
    cause: str = ""
    """The event that it follows from."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one claim. `tried` is false when it was given back without an attempt."""

    claim: Claim
    state: str
    receipt: str = ""
    reference: str = ""
    sent_at: datetime | None = None
    retry_at: datetime | None = None
    reason: str = ""
    tried: bool = True
    due_at: datetime | None = None
    """When it is planned to go out instead; those behind it do not wait for it then."""
