"""The database engine and its transactions: the one way in which rows are read and written."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Dialect, Table, event, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.sql.compiler import InsertmanyvaluesSentinelOpts
from sqlmodel import Session, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

Result = TypeVar("Result")
PATIENT: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c idle_in_transaction_session_timeout=15000",
}
"""A server that is gone is noticed; and a process that stands still in a transaction, with others waiting for it, loses
its transaction."""
_AWAY_STATES = frozenset({"08", "40", "53", "57", "58"})
"""Classes of PostgreSQL's error codes: connections, deadlocks, resources, an operator's hand, the system."""
_AWAY_WORDS = ("disk is full", "disk I/O", "readonly", "is locked", "unable to open")
_TURN = text("SELECT pg_advisory_xact_lock(hashtext(:name))")


class Database:
    """A database and its transactions.

    On SQLite every transaction takes the write lock at its beginning (`BEGIN IMMEDIATE`), so that none can fail halfway
    for want of it, and all go through one connection: whoever wants it waits in the event loop, first come first
    served. A transaction within another of the same task therefore never comes to its turn.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine: AsyncEngine = _engine(url)
        self._sessions = sessions()

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

    async def with_connection(self, work: Callable[[Connection], Result]) -> Result:
        """What `work` returns, done in a transaction on a connection of the kind that Alembic and the tables know."""
        async with self.engine.begin() as connection:
            return await connection.run_sync(work)

    async def create_tables(self) -> None:
        """Make every table at once, without migrations: for tests and rehearsals only."""
        await self.with_connection(SQLModel.metadata.create_all)

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()


def is_away(problem: BaseException | None) -> bool:
    """Whether the database itself is in trouble (away, full, too busy), whatever was asked of it."""
    if not isinstance(problem, DBAPIError):
        return isinstance(problem, ConnectionError | PoolTimeout)
    if problem.connection_invalidated:
        return True
    state = getattr(problem.orig, "sqlstate", None)
    if state:
        return str(state)[:2] in _AWAY_STATES
    told = str(problem.orig)
    return isinstance(problem, OperationalError) and (
        type(problem.orig).__module__ != "sqlite3" or any(words in told for words in _AWAY_WORDS)
    )


def changed_rows(session: AsyncSession | Session) -> set[type[SQLModel]]:
    """The tables whose rows were changed by way of this session; bulk statements are not noticed."""
    changed: set[type[SQLModel]] = session.info.setdefault("changed", set())
    return changed


def sessions() -> sessionmaker[Session]:
    """What makes sessions that note which tables they change."""
    made = sessionmaker(class_=Session)
    event.listen(made, "before_flush", _note_changes)
    return made


def insert_together(dialect: Dialect) -> None:
    """Let SQLite insert many new rows by one statement.

    It gives the rows of a statement growing ids, in their order; by these the library finds out which is whose. It does
    not do so unasked, since other ways to choose an id do not keep that order, and would insert them one by one.
    """
    dialect.insertmanyvalues_implicit_sentinel = InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT


def begin_immediately(connection: Connection) -> None:
    """Take SQLite's write lock at the beginning of a transaction."""
    # Straight to the driver: it is the statement that is sent most often.
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    cursor.close()


def _note_changes(session: Session, _context: object, _instances: object) -> None:
    rows = (*session.new, *session.dirty, *session.deleted)
    changed_rows(session).update(type(row) for row in rows if isinstance(row, SQLModel))


def table_of(row: type[SQLModel]) -> Table:
    """The table that holds such rows, for statements that need no row objects."""
    return cast(Table, inspect(row).local_table)


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, connect_args=PATIENT)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        # Every use is a transaction that ends by itself.
        pool_reset_on_return=None,
    )

    def on_connect(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: `begin_immediately` does.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()

    insert_together(engine.sync_engine.dialect)
    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", begin_immediately)
    return engine
