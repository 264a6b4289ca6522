"""`counterpart copy`: everything from one database into another, empty one, and the proof that it is the same."""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, MetaData, Row, Table, event, func, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from bot.addresses import file_in_use, file_of, full, shown
from storage.database import Database
from storage.migrate import NewerDatabase, migrate, newest, revision

BATCH, FEW = 500, 4
"""Rows that are held at once; fewer of those that bear files."""
OWN = ("alembic_version", "schema_form", "lease")
"""What each database says of itself and of the processes that work on it now: it is not copied."""
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)

Tell = Callable[[str, float], None]
"""Hears which table is being copied, and which share of the tables is behind."""


class CannotCopy(Exception):
    """Nothing was copied. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: rows by table, and for each table the same sum over both databases."""

    rows: Mapping[str, int]
    sums: Mapping[str, str]


@dataclass(slots=True)
class _Sum:
    """A sum over rows that does not depend on their order, nor on how a database keeps a value."""

    rows: int = 0
    total: int = 0

    def add(self, row: Row[Any]) -> None:
        line = json.dumps([_plain(value) for value in row], sort_keys=True, ensure_ascii=True)
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line.encode()).digest())) % (1 << 256)

    @property
    def text(self) -> str:
        return f"{self.total:064x}"


def _plain(value: Any) -> Any:
    """A value as both databases know it."""
    if isinstance(value, datetime):
        naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return naive.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes | memoryview) else value


async def in_use(url: URL) -> bool:
    """Whether others are connected to this database, as far as can be seen."""
    if file := file_of(url):
        return await asyncio.to_thread(file_in_use, file)
    database = _open(url)
    try:
        async with database.connection() as connection:
            return bool((await connection.execute(_OTHERS)).scalar_one())
    except DBAPIError:
        return False
    finally:
        await database.close()


async def copy(source: URL, target: URL, tell: Tell = lambda table, share: None) -> Copied:
    """Copy everything from `source` into `target`, which must be empty, and compare. Raises CannotCopy.

    The source is read as it is at one moment. The target is written in one transaction: it holds all in the end, or
    nothing.
    """
    await _check_source(source)
    into = _open(target)
    try:
        await _prepare(into, target)
        async with _snapshot(source) as reading, into.connection() as writing:
            return await _copy_all(reading, writing, tell)
    except NewerDatabase as problem:
        raise CannotCopy(f"{shown(target)} cannot be used: {problem}.") from None
    except DBAPIError as problem:
        reason = (str(problem.orig).strip().splitlines() or ["no reason given"])[0]
        raise CannotCopy(f"{reason.rstrip('.')}. Nothing was copied: {shown(target)} holds no rows.") from None
    finally:
        await into.close()


def _open(url: URL) -> Database:
    try:
        return Database(full(url))
    except ImportError:
        raise CannotCopy(
            'The library for PostgreSQL is missing: install it with pip install "counterpart[postgresql]"'
        ) from None


async def _check_source(source: URL) -> None:
    file = file_of(source)
    if file is not None and not await asyncio.to_thread(file.is_file):
        raise CannotCopy(f"There is no database {file} to copy from.")
    database = _open(source)
    try:
        form = await revision(database)
    except DBAPIError as problem:
        raise CannotCopy(f"{shown(source)} cannot be read: {str(problem.orig).strip().splitlines()[0]}.") from None
    finally:
        await database.close()
    if form != newest():
        raise CannotCopy(
            f"{shown(source)} is {f'in the form {form}' if form else 'no database of Counterpart'}, and this version"
            f" needs {newest()}. Run `counterpart migrate` on it first."
        )


async def _prepare(into: Database, target: URL) -> None:
    """Make the tables, unless somebody has put something there already."""
    file = file_of(target)
    if file is not None and not await asyncio.to_thread(file.absolute().parent.is_dir):
        raise CannotCopy(f"There is no folder {file.absolute().parent} to copy to.")
    try:
        filled = await into.with_connection(_filled)
    except OperationalError as problem:
        raise CannotCopy(f"{shown(target)} cannot be used: {str(problem.orig).strip().splitlines()[0]}.") from None
    if filled:
        raise CannotCopy(
            f"{shown(target)} is not empty: there are rows in {', '.join(filled)}. Copy into a new database; nothing"
            " is ever overwritten."
        )
    await migrate(into)


def _filled(connection: Connection) -> list[str]:
    """The tables that hold rows."""
    known = MetaData()
    known.reflect(connection)
    tables = [table for table in known.sorted_tables if table.name not in OWN]
    return [table.name for table in tables if connection.execute(select(table).limit(1)).first() is not None]


@asynccontextmanager
async def _snapshot(source: URL) -> AsyncGenerator[AsyncConnection]:
    """A connection that sees the source as it is at one moment, and keeps nobody from writing to it."""
    engine = create_async_engine(full(source), poolclass=NullPool)
    if engine.dialect.name == "sqlite":

        def on_connect(connection: Any, _: object) -> None:
            connection.isolation_level = None

        event.listen(engine.sync_engine, "connect", on_connect)
        event.listen(engine.sync_engine, "begin", _begin_reading)
    else:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        async with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        await engine.dispose()


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


async def _copy_all(reading: AsyncConnection, writing: AsyncConnection, tell: Tell) -> Copied:
    tables = [*_own_tables(), *await reading.run_sync(_further_tables)]
    further = [table for table in tables if table.metadata is not SQLModel.metadata]
    if further:
        await writing.run_sync(lambda sync: further[0].metadata.create_all(sync, further))
    rows: dict[str, int] = {}
    sums: dict[str, str] = {}
    for place, table in enumerate(tables):
        tell(table.name, place / len(tables))
        read, written = await _copy_table(reading, writing, table), await _sum_of(writing, table)
        if read != written:
            raise CannotCopy(
                f"The copy of the table {table.name} is not the same ({read.rows} rows were read, {written.rows} are"
                " there). Nothing was kept."
            )
        rows[table.name], sums[table.name] = read.rows, read.text
    if writing.dialect.name == "postgresql":
        await _set_sequences(writing, tables)
    tell("done", 1.0)
    return Copied(rows, sums)


def _own_tables() -> Sequence[Table]:
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in OWN]


def _further_tables(connection: Connection) -> list[Table]:
    """Tables of the libraries of platforms (installations), which no migration of ours makes."""
    known = {*SQLModel.metadata.tables, *OWN}
    names = [name for name in inspect(connection).get_table_names() if name not in known]
    found = MetaData()

    def generic(_inspector: object, _table: object, column: dict[str, Any]) -> None:
        # In words that every database knows. What gives numbers is the other database's own.
        column["default"] = None
        try:
            column["type"] = column["type"].as_generic()
        except NotImplementedError:
            return

    event.listen(found, "column_reflect", generic)
    found.reflect(connection, only=names)
    return list(found.sorted_tables)


def _at_once(table: Table) -> int:
    return FEW if any(isinstance(column.type, LargeBinary) for column in table.columns) else BATCH


async def _copy_table(reading: AsyncConnection, writing: AsyncConnection, table: Table) -> _Sum:
    found = _Sum()
    many = _at_once(table)
    every = select(table).order_by(*table.primary_key.columns)
    result = await reading.stream(every, execution_options={"max_row_buffer": many})
    async for batch in result.partitions(many):
        for row in batch:
            found.add(row)
        await writing.execute(table.insert(), [dict(row._mapping) for row in batch])  # pyright: ignore[reportPrivateUsage] - its public name, in spite of the underscore
    return found


async def _sum_of(connection: AsyncConnection, table: Table) -> _Sum:
    found = _Sum()
    many = _at_once(table)
    result = await connection.stream(select(table), execution_options={"max_row_buffer": many})
    async for batch in result.partitions(many):
        for row in batch:
            found.add(row)
    return found


async def _set_sequences(connection: AsyncConnection, tables: Sequence[Table]) -> None:
    """New rows get numbers above those that were copied."""
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        quoted = connection.dialect.identifier_preparer.format_table(table)
        sequence = func.pg_get_serial_sequence(quoted, column.name)
        highest = select(func.max(column)).scalar_subquery()
        await connection.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))
