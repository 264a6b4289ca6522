"""Threads between a person and the coordinators, and announcements."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import key, long_text, maybe_moment, maybe_ref, moment, ref


class Contact(SQLModel, table=True):
    """A thread: a person and the coordinators, who write to each other through the bot. No word of it is kept here.

    `keeper_id` is the ambassador who leads it; None where answers come to the coordinators' desk.
    """

    id: int | None = key()
    program_id: int = ref("program.id")
    person_id: int = ref("person.id")
    keeper_id: int | None = maybe_ref("person.id")
    opened_at: datetime = moment()
    written_at: datetime | None = maybe_moment()
    """When the person was last written to."""
    answered_at: datetime | None = maybe_moment()
    """When the person last answered."""


class Announcement(SQLModel, table=True):
    """What coordinators want many to know. `state`: draft, sent, called_off, dropped.

    `audience`: everybody, pairs, country (of `country`, a code). `person_id` is who wrote it.
    """

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    person_id: int = ref("person.id")
    audience: str
    country: str = ""
    text: str = long_text()
    state: str = Field(default="draft")
    made_at: datetime = moment()
    sent_at: datetime | None = maybe_moment()
    reach: int = 0
    """To how many people, or rooms, it was given to be sent."""
