"""Rounds, applications, proposals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import json_dict, json_list, key, maybe_moment, moment, ref


class Round(SQLModel, table=True):
    """One run of a program. Applications count from `opens_at` until just before `closes_at`.

    `state`: planned, open, closed (to applications), running, ended.
    """

    id: int | None = key()
    program_id: int = ref("program.id")
    name: str
    state: str = "planned"
    opens_at: datetime = moment()
    closes_at: datetime = moment()
    starts_on: date
    ends_on: date
    capacity: int = 0
    country_cap: float = 0.0
    odd: str = "trio"
    seed: int = 0
    skipped: list[int] = json_list()
    """Numbers of topics that a coordinator left out."""
    topics: list[dict[str, Any]] = json_list()
    """The kit's topics when the pairs were made (see `bot.program.roundtopics`); empty until then."""


class Submission(SQLModel, table=True):
    """One sending of an application, whatever became of it: nothing that somebody sent is forgotten.

    `outcome`: counted (see the application), duplicate, late, early.
    """

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    person_id: int = ref("person.id")
    at: datetime = moment()
    outcome: str = "counted"
    reason: str = ""
    source: str = "conversation"
    name: str = ""
    country: str = ""


class Application(SQLModel, table=True):
    """What counts of a person's wish to take part in a round.

    `status`: received, accepted, waitlisted, ineligible, withdrawn. `answers` are as `QuestionKind` says.
    """

    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    person_id: int = ref("person.id")
    account_id: int | None = Field(default=None, foreign_key="account.id", nullable=True)
    status: str = "received"
    reason: str = ""
    answers: dict[str, Any] = json_dict()
    submitted_at: datetime = moment()
    seeking: bool = False
    """Waits for a partner after losing one (or none was found)."""
    seeking_since: datetime | None = maybe_moment()
    told: str = ""
    """The status that the person was last told."""
    accepted_at: datetime | None = maybe_moment()
    """When they first had a place; it stays when they withdraw."""

    def seek(self, since: datetime | None) -> None:
        """Wait for a partner from then on; whoever waits already has waited for longer. None: wait no more."""
        self.seeking = since is not None
        self.seeking_since = since and (self.seeking_since or since)


class Proposal(SQLModel, table=True):
    """A pairing shown to coordinators. `state`: draft, approved, replaced."""

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    number: int
    state: str = "draft"
    seed: int = 0
    totals: list[Any] = json_list()
    waiting: list[Any] = json_list()
    proof: dict[str, Any] = json_dict()
    """What is proved of it, tier by tier, with the certificate where that is not too large; empty if nothing is."""
    made_at: datetime = moment()
    approved_at: datetime | None = maybe_moment()


class ProposedGroup(SQLModel, table=True):
    """Two or three people that a proposal puts together, with the reasons. `people` holds person ids."""

    __tablename__ = "proposed_group"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor

    id: int | None = key()
    program_id: int = ref("program.id")
    proposal_id: int = ref("proposal.id")
    number: int
    people: list[int] = json_list()
    locked: bool = False
    score: dict[str, Any] = json_dict()


class Lock(SQLModel, table=True):
    """People whom a coordinator wants together in a round, whatever the pairing says."""

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    people: list[int] = json_list()
