"""Who does what only one process may do at a time, and until when."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import moment


class Lease(SQLModel, table=True):
    """The right of one process (`owner`) to something, until a moment by the clock of the database.

    `fence` grows whenever the lease changes hands, so that an earlier owner can be told from the present one.
    """

    name: str = Field(primary_key=True)
    owner: str
    fence: int
    until: datetime = moment()


class SchemaForm(SQLModel, table=True):
    """The oldest form whose programs can work with the database as it is now: a single row, numbered 1."""

    __tablename__ = "schema_form"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor

    id: int = Field(primary_key=True)
    compatible_from: str
