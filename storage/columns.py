"""Column types and shorthands that every table shares."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Every constraint has a name, so that a later migration can change it; set before the first table is declared.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC on every database. A naive one is refused: nobody knows when it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime may not be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def key() -> Any:
    """A primary key that the database gives."""
    return Field(default=None, primary_key=True)


def moment(*, index: bool = False) -> Any:
    """A required point in time."""
    return Field(sa_type=UtcDateTime, index=index)


def maybe_moment(*, index: bool = False) -> Any:
    """A point in time that may not have come."""
    return Field(default=None, sa_type=UtcDateTime, nullable=True, index=index)


def json_dict() -> Any:
    """A mapping of strings to plain JSON values."""
    return Field(default_factory=dict, sa_type=JSON)


def json_list() -> Any:
    """A list of plain JSON values."""
    return Field(default_factory=list, sa_type=JSON)


def long_text() -> Any:
    """Text of any length."""
    return Field(default="", sa_type=Text)


def ref(target: str, *, index: bool = True) -> Any:
    """A required reference to another row."""
    return Field(foreign_key=target, index=index)


def maybe_ref(target: str, *, index: bool = True) -> Any:
    """A reference to another row that may be missing."""
    return Field(default=None, foreign_key=target, nullable=True, index=index)
