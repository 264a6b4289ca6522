"""Files that the bot sends and that people send to it: pictures, papers to keep."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import LargeBinary, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from storage.columns import key, maybe_moment, maybe_ref, moment, ref
from storage.database import table_of


class StoredFile(SQLModel, table=True):
    """A file by its `key`, which messages name. Whole from the beginning: the bytes are never changed in place.

    `person_id` is whom it is of or about, None where it tells of nobody. It is dropped after `drop_after`; None: it
    stays until whatever it belongs to goes.
    """

    __tablename__ = "stored_file"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor

    id: int | None = key()
    program_id: int = ref("program.id")
    person_id: int | None = maybe_ref("person.id")
    key: str = Field(unique=True)
    name: str
    media_type: str
    content: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = moment()
    drop_after: datetime | None = maybe_moment(index=True)


_files = table_of(StoredFile)
_CONTENTS = select(_files.c.key, _files.c.content).where(_files.c.key.in_(bindparam("keys", expanding=True)))


async def contents_of(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, bytes]:
    """What is in the files with these keys; those that were dropped are missing."""
    rows = await connection.execute(_CONTENTS, {"keys": list(keys)})
    return {row.key: bytes(row.content) for row in rows}
