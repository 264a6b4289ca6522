"""Scratch databases: SQLite in the caller's own thread, made to be thrown away. For rehearsals and tests.

A rehearsal makes a hundred thousand tiny statements, each of which takes SQLite microseconds. The way there over an
asynchronous driver (a greenlet for each call, and a thread) would take longer than all of them, and there is nobody
who would have to wait meanwhile. The program in earnest keeps the driver: see `storage.database`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Database, begin_immediately, insert_together, sessions

Result = TypeVar("Result")


class ScratchDatabase(Database):
    """A database in memory, or in `file`, that a power cut may spoil. It is used by one process at a time.

    Transactions wait for each other in the event loop, first come first served, as those of `Database` do.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.url = f"sqlite:///{file}" if file else "sqlite://"
        self._plain = create_engine(self.url, poolclass=StaticPool, connect_args={"check_same_thread": False})
        insert_together(self._plain.dialect)
        event.listen(self._plain, "connect", _on_connect)
        event.listen(self._plain, "begin", begin_immediately)
        self._made = sessions()
        self._free = _OneAtATime()

    @property
    def is_sqlite(self) -> bool:
        """Always."""
        return True

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A session whose changes are committed together at the end, or not at all."""
        async with self._free:
            session = self._made.class_(self._plain, expire_on_commit=False)
            try:
                with session.begin():
                    yield _AtOnceSession(session)
            finally:
                session.close()

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction without a session."""
        async with self._free:
            with self._plain.begin() as connection:
                yield _at_once(connection)

    async def with_connection(self, work: Callable[[Connection], Result]) -> Result:
        """What `work` returns, done in a transaction."""
        async with self._free:
            with self._plain.begin() as connection:
                return work(connection)

    async def close(self) -> None:
        """Let go of the connection; what was in memory is gone."""
        self._plain.dispose()


class _OneAtATime:
    """A lock that says so where it would be waited for in vain."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if self._holder is not None and self._holder is task:
            raise RuntimeError("a transaction within another of the same task never comes to its turn")
        await self._lock.acquire()
        self._holder = task

    async def __aexit__(self, *_: object) -> None:
        self._holder = None
        self._lock.release()


class _AtOnceSession(AsyncSession):
    """An `AsyncSession` whose calls are made at once: only what the program calls, so that nothing else slips in."""

    def __init__(self, session: Session) -> None:
        # Not the parent's: it would make an asynchronous session.
        self.sync_session = self._proxied = session

    async def exec(self, statement: Any, *, params: Any = None, **_: Any) -> Any:
        return cast(Any, self.sync_session).exec(statement, params=params)

    async def flush(self, objects: Any = None) -> None:
        self.sync_session.flush(objects)

    async def get(self, entity: Any, ident: Any, **_: Any) -> Any:
        return self.sync_session.get(entity, ident)

    async def get_one(self, entity: Any, ident: Any, **_: Any) -> Any:
        return self.sync_session.get_one(entity, ident)

    async def delete(self, instance: object) -> None:
        self.sync_session.delete(instance)

    async def connection(self, bind_arguments: Any = None, execution_options: Any = None, **_: Any) -> AsyncConnection:
        return _at_once(self.sync_session.connection())


class _AtOnceConnection:
    """The part of `AsyncConnection` that the engine's statements need."""

    __slots__ = ("_plain", "dialect")

    def __init__(self, connection: Connection) -> None:
        self._plain = connection
        self.dialect = connection.dialect

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        return self._plain.execute(statement, parameters)


def _at_once(connection: Connection) -> AsyncConnection:
    return cast(AsyncConnection, _AtOnceConnection(connection))


def _on_connect(connection: Any, _: ConnectionPoolEntry) -> None:
    # As in `storage.database`: transactions are begun by hand.
    connection.isolation_level = None
    for setting in (
        "journal_mode=MEMORY",
        "synchronous=OFF",
        # Nobody else has this file: no locks to take and give back at each transaction, no cache to doubt.
        "locking_mode=EXCLUSIVE",
        "cache_size=-65536",
        "temp_store=MEMORY",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {setting}")
