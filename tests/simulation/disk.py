"""What outlives a process: its database. Whoever dies with a transaction open has written nothing of it."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import begin_immediately, insert_together, sessions
from storage.scratch import ScratchDatabase, _AtOnceSession, _on_connect, _OneAtATime
from tests.simulation.loop import Life, tick

BEFORE_COMMIT, AFTER_COMMIT = "before a commit", "after a commit"


class Disk:
    """A database in memory, or in a file, that processes find as the last one left it.

    All disks of this worker share one engine, which has learnt every statement, and have a connection each. That to a
    file is closed in the middle of whatever was being done when its process dies, and the next opens its own.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self.turn = _OneAtATime()
        self.raw = self._connect()
        _template().backup(self.raw)
        _shared().use(self.raw)

    def open(self, life: Life) -> "SimDatabase":
        """The database as this process has it."""
        if self._file is not None:
            self.raw.close()
            self.raw = self._connect()
            _shared().use(self.raw)
        return SimDatabase(self, life)

    def _connect(self) -> sqlite3.Connection:
        raw = sqlite3.connect(self._file or ":memory:", check_same_thread=False)
        if self._file is None:
            _on_connect(raw, cast(Any, None))
            return raw
        raw.isolation_level = None
        for setting in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {setting}")
        return raw

    def close(self) -> None:
        """It is thrown away."""
        self.raw.close()


class SimDatabase(ScratchDatabase):
    """A scratch database whose process may die, or somebody else may go on, at each statement and around commits."""

    def __init__(self, disk: Disk, life: Life) -> None:
        # Not the parent's: the engine is that of all disks.
        self.url = "sqlite://"
        self._plain = _shared().engine
        self._made = sessions()
        self._free = disk.turn
        self._life = life

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        await tick()
        async with self._taken():
            session = self._made.class_(self._plain, expire_on_commit=False)
            try:
                with session.begin():
                    yield _Session(session)
                    self._life.mark(BEFORE_COMMIT)
            finally:
                session.close()
        await self._committed()

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection]:
        await tick()
        async with self._taken():
            with self._plain.begin() as connection:
                yield _stepped(connection)
                self._life.mark(BEFORE_COMMIT)
        await self._committed()

    async def close(self) -> None:
        """The disk stays, and so does the engine."""

    @asynccontextmanager
    async def _taken(self) -> AsyncGenerator[None]:
        async with self._free:
            self._life.in_database += 1
            try:
                yield
            finally:
                self._life.in_database -= 1

    async def _committed(self) -> None:
        self._life.mark(AFTER_COMMIT)
        await tick()


class _Session(_AtOnceSession):
    async def exec(self, statement: Any, *, params: Any = None, **_: Any) -> Any:
        await tick()
        return await super().exec(statement, params=params)

    async def flush(self, objects: Any = None) -> None:
        await tick()
        await super().flush(objects)

    async def connection(self, bind_arguments: Any = None, execution_options: Any = None, **_: Any) -> AsyncConnection:
        return _stepped(self.sync_session.connection())


class _Connection:
    __slots__ = ("_plain", "dialect")

    def __init__(self, connection: Connection) -> None:
        self._plain = connection
        self.dialect = connection.dialect

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        await tick()
        return self._plain.execute(statement, parameters)


def _stepped(connection: Connection) -> AsyncConnection:
    return cast(AsyncConnection, _Connection(connection))


class _Shared:
    """The one engine, on whatever connection is in use now."""

    def __init__(self) -> None:
        self._raw: sqlite3.Connection | None = None
        self.engine: Engine = create_engine("sqlite://", poolclass=StaticPool, creator=self._connect)
        insert_together(self.engine.dialect)
        event.listen(self.engine, "begin", begin_immediately)

    def use(self, raw: sqlite3.Connection) -> None:
        """From now on that connection is used."""
        self._raw = raw
        self.engine.dispose()

    def _connect(self) -> sqlite3.Connection:
        assert self._raw is not None
        return self._raw


@cache
def _shared() -> _Shared:
    return _Shared()


@cache
def _template() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    engine = create_engine("sqlite://", poolclass=StaticPool, creator=lambda: made)
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
    return made
