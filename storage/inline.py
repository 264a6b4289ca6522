"""SQLite without a thread in between: for rehearsals, where hundreds of thousands of tiny statements follow each other.

aiosqlite hands every call to a thread, so that a slow disk never holds up the event loop. A rehearsal's database is a
scratch file without fsync, each statement takes microseconds, and nothing else waits on the loop: there the handing
over is most of the time. Production keeps the thread.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from typing import Any

import aiosqlite


class _AtOnce:
    """Stands in the place of the thread's queue: what is put in is done before `put_nowait` returns."""

    def put_nowait(self, item: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, call = item
        try:
            result = call()
        except BaseException as problem:
            if future is None:
                raise
            future.set_exception(problem)
        else:
            if future is not None:
                future.set_result(result)


class InlineConnection(aiosqlite.Connection):
    """An aiosqlite connection whose calls are made at once, in the caller's own thread."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        # SQLAlchemy reaches for this queue when it sets the isolation level.
        self._tx: Any = _AtOnce()

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    async def _connect(self) -> aiosqlite.Connection:
        if self._connection is None:
            self._connection = self._connector()
        return self

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        return self._connect().__await__()

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def stop(self) -> asyncio.Future[Any] | None:
        """Close the connection without waiting: nothing runs that would have to be stopped."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return None


def connect(database: str, **options: Any) -> InlineConnection:
    """A connection like aiosqlite's own, inline."""
    return InlineConnection(lambda: sqlite3.connect(database, **options))
