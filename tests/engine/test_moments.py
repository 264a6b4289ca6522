"""Moments come back from every database as they went in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.database import Database
from storage.people import Person

ODD = datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=45)))


async def test_a_moment_is_the_same_after_storing(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Person(name="Ana", created_at=ODD))
    async with database.transaction() as session:
        read = (await session.get_one(Person, 1)).created_at
    assert read == ODD
    assert read.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        async with database.transaction() as session:
            session.add(Person(name="Ana", created_at=datetime(2026, 3, 29)))  # noqa: DTZ001 - that is the point
