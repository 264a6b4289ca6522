"""Who the simulated people are: what they will answer, when they apply, and of what temper they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random
from types import MappingProxyType


class Temper(StrEnum):
    """How somebody takes part."""

    KEEN = "keen"
    STEADY = "steady"
    SLOW = "slow"
    NEVER_ARRIVES = "never_arrives"
    """Applies, and is never heard of again."""
    SILENT_WEEK_6 = "silent_week_6"
    """Takes part like others at first, and falls silent in the sixth week."""
    LEAVES = "leaves"
    """Leaves the community in one of the middle weeks."""
    AWAY_FORTNIGHT = "away_fortnight"
    """Tells the bot about a fortnight's absence, and is away then."""
    WANTS_ANOTHER = "wants_another"
    """Wants another partner from the third week on."""
    ELSEWHERE = "elsewhere"
    """Writes once in the room and talks with the partner elsewhere after that; says so when asked."""


DEFAULT_SHARES: Mapping[Temper, float] = MappingProxyType(
    {
        Temper.KEEN: 0.30,
        Temper.STEADY: 0.46,
        Temper.SLOW: 0.10,
        Temper.NEVER_ARRIVES: 0.03,
        Temper.SILENT_WEEK_6: 0.04,
        Temper.LEAVES: 0.01,
        Temper.AWAY_FORTNIGHT: 0.03,
        Temper.WANTS_ANOTHER: 0.01,
        Temper.ELSEWHERE: 0.02,
    }
)
"""How often each temper occurs; the shares need not add up to 1."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One simulated person.

    `zone` is an IANA name and decides when they sit down; without one it is guessed from the country. `answers` are the
    words they type or choose, by the name of the question; an empty answer is a blank cell of a form. `country` is what
    they type where `answers` says nothing about it. `applies_at` (aware) is when they submit; None: never. Who is
    `again` applied before from another account: they sit down at that very moment, when the first one has been sent.
    """

    account: str
    name: str
    email: str = ""
    zone: str = ""
    country: str = ""
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    temper: Temper = Temper.STEADY
    applies_at: datetime | None = None
    again: bool = False

    @property
    def starts_at(self) -> datetime | None:
        """When they sit down to apply, if they have heard of it by then: the last midnight (UTC) before."""
        at = self.applies_at
        if at is None or self.again:
            return at
        return at.replace(hour=0, minute=0, second=0, microsecond=0)

    def wanted(self, question: str) -> str | None:
        """What they will answer to the question of that name; None where nothing is said, empty for a blank."""
        said = self.answers.get(question)
        if said is None and question == "country" and self.country:
            return self.country
        return None if said is None else said.strip()


def tempers(seed: int, ids: Iterable[str], shares: Mapping[Temper, float] = DEFAULT_SHARES) -> Mapping[str, Temper]:
    """The temper of each account. One account's never depends on which others there are.

    Raises ValueError when a share is negative or all are nothing.
    """
    total = sum(shares.values())
    if total <= 0 or min(shares.values()) < 0:
        raise ValueError("the shares of tempers must not be negative, nor all be nothing")
    return {identity: _temper(Random(f"{seed}/temper/{identity}").random() * total, shares) for identity in ids}


def _temper(point: float, shares: Mapping[Temper, float]) -> Temper:
    last = Temper.STEADY
    for temper, share in shares.items():
        if share > 0:
            last = temper
            if point < share:
                return temper
        point -= share
    return last
