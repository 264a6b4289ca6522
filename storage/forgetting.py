"""People who asked to be forgotten, and the little that stays of them; what the house keeps for itself."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import key, maybe_moment, maybe_ref, moment, ref


class Erasure(SQLModel, table=True):
    """Somebody is to be forgotten. `state`: asked, done.

    `address` is where they are told that it is done, `told` where the coordinator is who asked for it (empty: the
    person did). Both are emptied when it is done; what stays says only that it happened.
    """

    id: int | None = key()
    program_id: int = ref("program.id")
    person_id: int = ref("person.id")
    state: str = Field(default="asked", index=True)
    address: str = ""
    told: str = ""
    asked_at: datetime = moment()
    due_at: datetime = moment()
    done_at: datetime | None = maybe_moment()


class NoRepeat(SQLModel, table=True):
    """Two people who must not be paired, of whom at least one was forgotten.

    `mark` is a keyed digest of an identity of the one who was forgotten; the other is `other_id`, or an `other_mark`
    once they were forgotten too. `why` is as in `Apart`: `former`, or the name of the question by which the other
    asked for it.
    """

    __tablename__ = "no_repeat"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor

    id: int | None = key()
    program_id: int = ref("program.id")
    mark: str = Field(index=True)
    other_id: int | None = maybe_ref("person.id")
    other_mark: str = ""
    why: str = ""


class Keepsake(SQLModel, table=True):
    """What the house keeps for itself, by name: the key of the marks, when it last cleared up."""

    name: str = Field(primary_key=True)
    value: str
