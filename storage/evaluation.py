"""What is kept so that a round can be evaluated."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from storage.columns import json_dict, key, moment, ref


class Writing(SQLModel, table=True):
    """Somebody wrote in the room of their partnership: who, where and when, never what.

    Messages that are edited or deleted later change nothing here. Rows go some time after the partnership has ended;
    what stays is in `Member.behaviour`.
    """

    id: int | None = key()
    program_id: int = ref("program.id", index=False)
    partnership_id: int = ref("partnership.id")
    member_id: int = ref("member.id", index=False)
    at: datetime = moment()


class AnonymousAnswer(SQLModel, table=True):
    """What somebody answered to an anonymous survey: nothing here says who, or when. `state`: partial, done.

    The id is random, and SQLite keeps the rows in its order, so that theirs tells nothing.
    """

    __tablename__ = "anonymous_answer"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor
    __table_args__ = {"sqlite_with_rowid": False}

    id: str = Field(primary_key=True)
    program_id: int = ref("program.id", index=False)
    round_id: int = ref("round.id")
    survey: str
    state: str = "done"
    answers: dict[str, Any] = json_dict()
