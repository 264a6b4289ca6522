"""What an evaluation says: findings with their intervals, and topics in the order in which people liked them. Frozen.

Nothing here computes, so that whoever only shows findings needs no statistics library.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What went well or not, and the unit in which its differences are told."""

    PARTNER = "partner"
    """Satisfaction with the partnership, in points of the closing survey's scale."""
    PROGRAM = "program"
    """Satisfaction with the program, in points of the closing survey's scale."""
    COMPLETION = "completion"
    """Whether somebody completed the round in this partnership, in percentage points."""
    CONTACT = "contact"
    """Messages a week that somebody wrote in the room."""
    USEFUL = "useful"
    """Whether somebody named the topic among the most useful ones, against the other topics, in percentage points."""


class Kind(StrEnum):
    """What may have gone together with an outcome, and what is compared."""

    WISH = "wish"
    """A wish of the kit: met for all who had it, against met for nobody."""
    SIMILAR = "similar"
    """A quarter or more of all interests of the pair in common, against less."""
    SIMILARITY = "similarity"
    """Each tenth more of their interests in common."""
    FAR = "far"
    """Clocks 8 hours or more apart, against less."""
    ZONE = "zone"
    """Each 4 hours more between their clocks."""
    PACE = "pace"
    """An agreed rhythm, against the one that the kit starts with."""
    TOPIC = "topic"
    """Having talked about a topic, against not, among pairs who were together when it came."""


class Verdict(StrEnum):
    """What can be said."""

    FOUND = "found"
    """The two went together, also after correcting for how often was looked."""
    NOT_SHOWN = "not_shown"
    """The data neither shows it nor rules it out beyond the interval."""
    NOT_ENOUGH = "not_enough"
    """Too little data to look at all; `Finding.why` says what is missing."""


class Lack(StrEnum):
    """Why there is not enough data."""

    FEW = "few"
    """Too few people or pairs on one of the two sides, or too few who answered otherwise."""
    ALIKE = "alike"
    """All are alike in it, so that there is nothing to compare."""
    TANGLED = "tangled"
    """It always came together with something else, so that the two cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is compared. `name` is the wish, the rhythm or the topic's slug; `title` is what people call it."""

    kind: Kind
    name: str = ""
    title: str = ""
    against: str = ""
    """Of a rhythm: what people call the one that it is compared with."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How an outcome and an exposure went together: an association, which shows no cause.

    `effect` is the difference in `unit`, `low` and `high` its 95 % interval (of this one look). `p` is of this look
    alone, `adjusted` corrected for all looks of the evaluation (Holm). `people` and `pairs` are those that were
    compared. Where there is not enough data, effect and interval are None, and `why` says what is missing.
    """

    outcome: Outcome
    exposure: Exposure
    unit: str
    people: int
    pairs: int
    verdict: Verdict
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    adjusted: float | None = None
    why: Lack | None = None

    @property
    def raised(self) -> bool:
        """Whether it was found to go together with more of the outcome."""
        return self.verdict is Verdict.FOUND and (self.effect or 0.0) > 0

    @property
    def lowered(self) -> bool:
        """Whether it was found to go together with less of the outcome."""
        return self.verdict is Verdict.FOUND and (self.effect or 0.0) < 0


@dataclass(frozen=True, slots=True)
class TopicRank:
    """How many of those who chose most useful topics chose this one.

    `share` is 0 to 1 with its Wilson interval. `rank` is shared by topics with the same share (`tied`). `talked` of
    `together` pairs who were together when the topic came said that they talked about it.
    """

    slug: str
    title: str
    rank: int
    tied: bool
    named: int
    answered: int
    share: float
    low: float
    high: float
    talked: int
    together: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Of how many people an outcome is known, out of those of whom it could be."""

    known: int
    of: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that the data of some rounds suggests. `looks` is how many comparisons were made and corrected for."""

    rounds: tuple[str, ...]
    findings: tuple[Finding, ...]
    ranking: tuple[TopicRank, ...]
    answered: Mapping[Outcome, Answered]
    looks: int

    @property
    def found(self) -> tuple[Finding, ...]:
        """The findings that were found, the surest first."""
        found = [finding for finding in self.findings if finding.verdict is Verdict.FOUND]
        return tuple(sorted(found, key=lambda finding: finding.p or 0.0))

    @property
    def lacking(self) -> tuple[Finding, ...]:
        """What there is not enough data for."""
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.NOT_ENOUGH)
