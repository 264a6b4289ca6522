"""The database engine and its transactions: the one way in which rows are read and written."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy import Connection, Table, event, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlmodel import Session, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import inline

_TURN = text("SELECT pg_advisory_xact_lock(hashtext(:name))")


class Database:
    """A database and its transactions.

    On SQLite every transaction takes the write lock at its beginning (`BEGIN IMMEDIATE`), so that none can fail halfway
    for want of it, and all go through one connection: whoever wants it waits in the event loop, first come first
    served. A transaction within another of the same task therefore never comes to its turn. `durable=False` is for
    rehearsals: a power cut may lose the last commits, and no thread stands between the program and SQLite.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self.engine: AsyncEngine = _engine(url, durable)
        self._sessions = sessionmaker(class_=Session)
        event.listen(self._sessions, "before_flush", _note_changes)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite (otherwise PostgreSQL)."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A session whose changes are committed together at the end, or not at all."""
        session = AsyncSession(self.engine, expire_on_commit=False, sync_session_class=self._sessions.class_)
        try:
            async with session.begin():
                yield session
        finally:
            await session.close()

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction without a session, for statements that need no row objects: it costs a third."""
        connection = await self.engine.connect()
        try:
            async with connection.begin():
                yield connection
        finally:
            await connection.close()

    async def take_turn(self, connection: AsyncConnection, name: str) -> None:
        """Wait until no other transaction on this database is at `name`; ours is until it ends.

        SQLite has a single writer anyway.
        """
        if not self.is_sqlite:
            await connection.execute(_TURN, {"name": name})

    async def create_tables(self) -> None:
        """Make every table at once, without migrations: for tests and rehearsals only."""
        async with self.engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()


def changed_rows(session: AsyncSession | Session) -> set[type[SQLModel]]:
    """The tables whose rows were changed by way of this session; bulk statements are not noticed."""
    changed: set[type[SQLModel]] = session.info.setdefault("changed", set())
    return changed


def _note_changes(session: Session, _context: object, _instances: object) -> None:
    rows = (*session.new, *session.dirty, *session.deleted)
    changed_rows(session).update(type(row) for row in rows if isinstance(row, SQLModel))


def table_of(row: type[SQLModel]) -> Table:
    """The table that holds such rows, for statements that need no row objects."""
    return cast(Table, inspect(row).local_table)


def _engine(url: str, durable: bool) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True)
    options: dict[str, Any] = {} if durable else {"connect_args": {"async_creator_fn": inline.connect}}
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        # Every use is a transaction that ends by itself.
        pool_reset_on_return=None,
        **options,
    )

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
        # Straight to the driver: it is the statement that is sent most often.
        cursor = connection.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        cursor.close()

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    return engine
