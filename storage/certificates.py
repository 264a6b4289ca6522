"""Certificates of those who completed a round."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import key, maybe_moment, moment, ref


class Certificate(SQLModel, table=True):
    """That somebody completed a round, and the code by which anybody can have that confirmed.

    `state`: asked (whether the name is right), issued. `name` is what is printed. `due_at` is when it is made if nobody
    answers; None once it was. Whoever is forgotten has none any more.
    """

    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    person_id: int = ref("person.id")
    code: str = Field(unique=True)
    name: str
    state: str = "asked"
    made_at: datetime = moment()
    due_at: datetime | None = maybe_moment(index=True)
    issued_at: datetime | None = maybe_moment()
    edition: int = 0
    """How often its paper was made: each has a file of its own."""
