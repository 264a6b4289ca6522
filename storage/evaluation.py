"""What is kept so that a round can be evaluated."""

from datetime import datetime

from sqlmodel import SQLModel

from storage.columns import key, moment, ref


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
