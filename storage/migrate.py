"""Brings a database to the form that this version needs: Alembic's migrations, run by the program itself."""

import asyncio
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, String, inspect, text
from sqlalchemy.exc import OperationalError
from sqlmodel.sql.sqltypes import AutoString

from storage import (
    certificates,
    communications,
    evaluation,
    files,
    forgetting,
    leases,
    partnerships,
    people,
    rounds,
    stories,
    traffic,
)
from storage.columns import UtcDateTime
from storage.database import Database

FOLDER = Path(__file__).parent / "migrations"
TABLES = (
    people,
    rounds,
    partnerships,
    traffic,
    leases,
    forgetting,
    communications,
    stories,
    files,
    evaluation,
    certificates,
)
"""The modules whose rows the migrations follow: importing them makes their tables known."""
_LOCK = 6_236_431_270_519
"""The advisory lock under which one process migrates a PostgreSQL database: any number that nothing else uses."""
_WAITS = tuple(0.05 * 1.3**n for n in range(20))
"""Seconds between tries to come by the write lock: half a minute in all."""

_COMPATIBLE = text("INSERT INTO schema_form (id, compatible_from) VALUES (1, :oldest)")


class NewerDatabase(Exception):
    """The database was changed by a later version of Counterpart, and this one cannot work with it any more."""


async def migrate(database: Database) -> None:
    """Bring the database to this version's form, or make it; when there is nothing to do, nothing changes.

    It happens in one transaction, so that a failure leaves the database as it was. Processes that start at once wait
    for each other: SQLite begins with its write lock, on PostgreSQL an advisory lock is taken first.

    A database that a later version has only expanded is left as it is, so that versions can run side by side while one
    is put in the place of the other. Raises NewerDatabase where the later version says that this one is too old for it.
    """
    for wait in (*_WAITS, None):
        try:
            await database.with_connection(_upgrade)
            return
        except OperationalError as problem:
            # Several processes that make one SQLite file at once can be in each other's way before any holds its lock.
            if wait is None or "database is locked" not in str(problem):
                raise
            await asyncio.sleep(wait)


async def revision(database: Database) -> str | None:
    """The form the database is in; None for one that was never migrated."""
    return await database.with_connection(_revision)


def newest() -> str:
    """The form that this version needs."""
    head = ScriptDirectory(str(FOLDER)).get_current_head()
    if head is None:
        raise LookupError("there is no migration")
    return head


async def write_migration(database: Database, message: str) -> None:
    """For developers: write the next migration file, from what the rows have become since the database was migrated."""
    await database.with_connection(lambda sync: command.revision(_config(sync), message, autogenerate=True))


def rendered(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """How a column's type is written in a migration: in SQLAlchemy's own words, so that old steps need none of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return repr(String(item.length)).replace("String", "sa.String", 1)
    return False


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    known = {script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()}
    current = _revision(connection)
    if current is None or current in known:
        command.upgrade(_config(connection), "head")
        if current != newest():
            connection.execute(text("DELETE FROM schema_form"))
            connection.execute(_COMPATIBLE, {"oldest": compatible_from()})
    elif _compatible_with(connection) not in known:
        raise NewerDatabase(f"the database is in the form {current}, which this version does not know")


def compatible_from() -> str:
    """The oldest form whose programs work with the newest one: from there on, every step only expanded it."""
    for script in ScriptDirectory(str(FOLDER)).walk_revisions():
        if not getattr(script.module, "expands", False):
            return script.revision
    raise LookupError("the first migration cannot expand anything")


def _compatible_with(connection: Connection) -> str | None:
    """What the later version that changed the database says of this; None if it says nothing."""
    if not inspect(connection).has_table("schema_form"):
        return None
    return connection.execute(text("SELECT compatible_from FROM schema_form")).scalar()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
