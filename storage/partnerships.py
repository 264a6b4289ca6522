"""Partnerships, their members, cases, surveys."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import json_dict, json_list, key, long_text, maybe_moment, maybe_ref, moment, ref


class Partnership(SQLModel, table=True):
    """Two people, or three, for one round.

    `state`: opening (the room is being made), arriving (announced, not all have written), live, ended.
    `room` is the address as text. `check_at` is when to look at it next. `pace` is the agreed rhythm.
    """

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    number: int
    state: str = "opening"
    room: str = Field(default="", index=True)
    score: dict[str, Any] = json_dict()
    made_at: datetime = moment()
    announced_at: datetime | None = maybe_moment()
    live_at: datetime | None = maybe_moment()
    ended_at: datetime | None = maybe_moment()
    end_reason: str = ""
    pace: str = ""
    elsewhere: bool = False
    quiet_until: datetime | None = maybe_moment()
    check_at: datetime | None = maybe_moment(index=True)
    step: str = ""
    """Where the ladder of check-ins stands: empty, asked, waiting (a case is open)."""
    talked: list[int] = json_list()
    """Numbers of topics that the partners said they talked about."""
    extra: list[int] = json_list()
    """Numbers of topics posted on request, beside the calendar."""
    meeting: dict[str, Any] = json_dict()
    """The time that the partners chose to meet (see `bot.program.meeting.kept`); empty where they chose none."""


class Member(SQLModel, table=True):
    """One person in a partnership, with the times that tell how it goes; never what was written."""

    __table_args__ = (UniqueConstraint("partnership_id", "person_id"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    partnership_id: int = ref("partnership.id")
    person_id: int = ref("person.id")
    account_id: int = ref("account.id")
    present: bool = False
    first_wrote_at: datetime | None = maybe_moment()
    last_wrote_at: datetime | None = maybe_moment()
    messages: int = 0
    asked_at: datetime | None = maybe_moment()
    asks: int = 0
    """Private asks since the last sign of life."""
    asked: list[str] = json_list()
    """When private asks reached the person, each of them (ISO, UTC), oldest first."""
    behaviour: dict[str, Any] = json_dict()
    """What stays of the times at which they wrote (see `bot.evaluation.behaviour.Kept`) once those are cleared up."""
    answer: str = ""
    """What the person last answered to an ask: fine, elsewhere, busy, partner_silent, other_partner, leave."""
    left_at: datetime | None = maybe_moment()


class Case(SQLModel, table=True):
    """What a coordinator must look at. `state`: open, snoozed, closed."""

    __tablename__ = "coordinator_case"  # pyright: ignore[reportAssignmentType] - `case` is a word of SQL

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int | None = maybe_ref("round.id")
    partnership_id: int | None = maybe_ref("partnership.id")
    person_id: int | None = maybe_ref("person.id")
    kind: str
    state: str = "open"
    detail: str = long_text()
    opened_at: datetime = moment()
    wake_at: datetime | None = maybe_moment(index=True)
    closed_at: datetime | None = maybe_moment()
    closed_by: str = ""
    outcome: str = ""
    posts: int = 0
    """How often it was put before the coordinators."""
    holder_id: int | None = maybe_ref("person.id")
    """Who has it in hand: a coordinator, or an ambassador. None where nobody has taken it."""
    held_at: datetime | None = maybe_moment()
    offered_at: datetime | None = maybe_moment()
    """When whoever waits was offered another partner."""
    history: list[dict[str, Any]] = json_list()
    """What was done about it, oldest first: `at` (ISO, UTC), `by` (a name, empty for the program), `text`."""


class ThirdAsk(SQLModel, table=True):
    """A pair is asked whether they take in somebody who waits. `state`: asked, joined, declined, over.

    `answers` has `yes` or `no` by the id of a partner. What each said is told to nobody.
    """

    __tablename__ = "third_ask"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor
    __table_args__ = (UniqueConstraint("person_id", "partnership_id"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    person_id: int = ref("person.id")
    partnership_id: int = ref("partnership.id")
    asked_at: datetime = moment()
    until: datetime = moment()
    state: str = "asked"
    answers: dict[str, Any] = json_dict()


class SurveyAnswer(SQLModel, table=True):
    """One person's part in one survey of a round. `state`: sent, partial, done."""

    __tablename__ = "survey_answer"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor
    __table_args__ = (UniqueConstraint("round_id", "person_id", "survey"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    person_id: int = ref("person.id")
    survey: str
    state: str = "sent"
    answers: dict[str, Any] = json_dict()
    sent_at: datetime = moment()
    answered_at: datetime | None = maybe_moment()
