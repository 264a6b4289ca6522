"""Transactions are whole, wait for each other, and times are kept in UTC."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import select

from storage.columns import UtcDateTime
from storage.database import Database, changed_rows, table_of
from storage.migrate import migrate
from storage.people import Community, Person
from storage.scratch import ScratchDatabase

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["scratch", "scratch file", "file"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A SQLite database of each kind, with its tables."""
    file = tmp_path / "test.db"
    kinds = {
        "scratch": ScratchDatabase,
        "scratch file": lambda: ScratchDatabase(file),
        "file": lambda: Database(f"sqlite+aiosqlite:///{file}"),
    }
    made: Database = kinds[request.param]()
    await migrate(made)
    yield made
    await made.close()


async def names(database: Database) -> list[str]:
    async with database.transaction() as session:
        return [person.name for person in await session.exec(select(Person).order_by(Person.name))]


async def test_what_fails_halfway_has_not_happened(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as session:
            session.add(Person(name="Ana", created_at=NOON))
            await session.flush()
            raise RuntimeError("too late")
    with pytest.raises(RuntimeError):
        async with database.connection() as connection:
            await connection.execute(table_of(Person).insert(), {"name": "Ben", "created_at": NOON})
            raise RuntimeError("too late")
    assert await names(database) == []


async def test_transactions_at_the_same_time_wait_for_each_other(database: Database) -> None:
    async def add(number: int) -> None:
        async with database.transaction() as session:
            before = len(list(await session.exec(select(Person))))
            await asyncio.sleep(0)
            session.add(Person(name=f"{before:02}", created_at=NOON))

    await asyncio.gather(*(add(number) for number in range(12)))
    assert await names(database) == [f"{number:02}" for number in range(12)]


async def test_a_transaction_that_is_cancelled_leaves_the_way_free(database: Database) -> None:
    begun = asyncio.Event()

    async def dawdle() -> None:
        async with database.transaction() as session:
            session.add(Person(name="Ana", created_at=NOON))
            await session.flush()
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(dawdle())
    await begun.wait()
    task.cancel()
    assert isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)
    assert await names(database) == []


async def test_a_session_says_which_rows_it_changed(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Person(name="Ana", created_at=NOON))
        await session.flush()
        assert changed_rows(session) == {Person}
    async with database.transaction() as session:
        assert changed_rows(session) == set()
        (await session.get_one(Person, 1)).name = "Anna"
        session.add(Community(platform="p", external_id="c"))
        await session.flush()
        await session.delete(await session.get_one(Person, 1))
    assert changed_rows(session) == {Person, Community}


async def test_references_are_kept(database: Database) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"):
        async with database.connection() as connection:
            await connection.execute(text("INSERT INTO program (community_id, kit, name) VALUES (9, 'k', 'n')"))


MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - the zone is drawn apart
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(MOMENTS)
def test_a_moment_is_the_same_after_storing(moment: datetime) -> None:
    column = UtcDateTime()
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        read = column.process_result_value(column.process_bind_param(moment, dialect), dialect)
        assert read == moment
        assert read is not None and read.tzinfo is UTC
    assert column.process_bind_param(None, sqlite.dialect()) is None
    assert column.process_result_value(None, sqlite.dialect()) is None


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        async with database.transaction() as session:
            session.add(Person(name="Ana", created_at=datetime(2026, 9, 1)))  # noqa: DTZ001 - that is the point
    assert await names(database) == []


async def test_moments_are_compared_as_moments(database: Database) -> None:
    later = (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=-10)))
    async with database.transaction() as session:
        session.add(Person(name="later", created_at=later))
        session.add(Person(name="sooner", created_at=NOON.astimezone(timezone(timedelta(hours=13)))))
        session.add(Person(name="soonest", created_at=NOON - timedelta(microseconds=1)))
    async with database.transaction() as session:
        found = await session.exec(select(Person).order_by(Person.created_at))  # type: ignore[arg-type] - a column, which its type hides
        assert [(person.name, person.created_at) for person in found] == [
            ("soonest", NOON - timedelta(microseconds=1)),
            ("sooner", NOON),
            ("later", later),
        ]


async def test_many_rows_are_stored_together_each_with_its_own_id(database: Database) -> None:
    people = [Person(name=f"{number:04}", created_at=NOON) for number in range(2_500)]
    async with database.transaction() as session:
        session.add_all(people)
        await session.flush()
        ids = [person.id or 0 for person in people]
        assert ids == sorted(set(ids))
    async with database.transaction() as session:
        stored = {person.id: person.name for person in await session.exec(select(Person))}
    assert stored == {person.id: person.name for person in people}


async def test_a_scratch_database_says_when_a_transaction_would_wait_for_itself() -> None:
    database = ScratchDatabase()
    with pytest.raises(RuntimeError, match="never comes to its turn"):
        async with database.transaction(), database.connection():
            pass
    async with database.transaction():
        pass
    await database.close()
