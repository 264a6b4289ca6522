"""The database engine and its transactions: the one way in which rows are read and written."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import inline


class Database:
    """A database and its transactions.

    On SQLite every transaction takes the write lock at its beginning (`BEGIN IMMEDIATE`), so that none can fail halfway
    for want of it. `durable=False` is for rehearsals: a power cut may lose the last commits, and no thread stands
    between the program and SQLite.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self.engine: AsyncEngine = _engine(url, durable)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite (otherwise PostgreSQL)."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A session whose changes are committed together at the end, or not at all."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def create_tables(self) -> None:
        """Make every table at once, without migrations: for tests and rehearsals only."""
        async with self.engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()


def _engine(url: str, durable: bool) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True)
    options: dict[str, Any] = {} if durable else {"connect_args": {"async_creator_fn": inline.connect}}
    if url.endswith((":memory:", "sqlite+aiosqlite://")):
        options["poolclass"] = StaticPool
    engine = create_async_engine(url, **options)

    def on_connect(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: `on_begin` does, with the write lock.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    return engine
