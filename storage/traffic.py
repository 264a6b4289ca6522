"""What comes in, what goes out, what is due, and the conversations between."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import key, long_text, maybe_moment, maybe_ref, moment, ref


class InboxEvent(SQLModel, table=True):
    """An event as it came, stored before it was acknowledged. `state`: new, done, parked (its handler failed)."""

    __tablename__ = "inbox_event"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor
    __table_args__ = (
        UniqueConstraint("platform", "community", "event_id"),
        Index("ix_inbox_event_waiting", "state", "id"),
    )

    id: int | None = key()
    platform: str
    community: str
    event_id: str
    payload: str = long_text()
    received_at: datetime = moment()
    state: str = "new"
    attempts: int = 0
    retry_at: datetime | None = maybe_moment()
    error: str = ""


class OutboxAct(SQLModel, table=True):
    """An outward deed, stored with the change that caused it.

    `state`: waiting, claimed, sent, dead (it can never succeed), cancelled (no longer wanted), unknown (nobody knows
    yet whether it was done). `lane` is the address it goes to: acts of one lane go out in order of `id`. `subject`
    names what it is about (`partnership:12`), so that it can be cancelled with it; `then` the program's continuation;
    `cause` the event that it follows from, or what was due.
    """

    __tablename__ = "outbox_act"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor
    __table_args__ = (
        Index("ix_outbox_act_waiting", "state", "due_at"),
        Index("ix_outbox_act_lane", "lane", "state"),
    )

    id: int | None = key()
    key: str = Field(unique=True)
    platform: str
    community: str
    lane: str
    kind: str
    subject: str = Field(default="", index=True)
    payload: str = long_text()
    then: str = ""
    due_at: datetime = moment()
    state: str = "waiting"
    attempts: int = 0
    retry_at: datetime | None = maybe_moment()
    lease_until: datetime | None = maybe_moment()
    fence: int = 0
    receipt: str = long_text()
    reference: str = ""
    sent_at: datetime | None = maybe_moment()
    reason: str = ""
    cause: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Occurrence(SQLModel, table=True):
    """A due moment that has become a row: it is handled, or was skipped for a reason."""

    __table_args__ = (UniqueConstraint("round_id", "kind", "subject"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    kind: str
    subject: str = ""
    due_at: datetime = moment()
    handled_at: datetime = moment()
    outcome: str = "done"
    reason: str = ""


class FlowRun(SQLModel, table=True):
    """One conversation of one person with the bot. `status`: open, done, stopped, over (its question no longer counts).

    `state` is the flow engine's own; `step` and `revision` repeat what a button's token must bear.
    """

    __tablename__ = "flow_run"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor
    __table_args__ = (Index("ix_flow_run_person_status", "person_id", "status"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int | None = maybe_ref("round.id", index=False)
    person_id: int = ref("person.id", index=False)
    account_id: int = ref("account.id", index=False)
    flow: str
    subject: str = ""
    status: str = "open"
    step: str = ""
    revision: int = 0
    state: str = long_text()
    started_at: datetime = moment()
    changed_at: datetime = moment()
