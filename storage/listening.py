"""Word from process to process, by PostgreSQL's LISTEN and NOTIFY: only hints, since what is missed is lost."""

from collections.abc import AsyncGenerator
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.database import PATIENT, Database

_TELL = text("SELECT pg_notify(:channel, :word)")


async def tell(database: Database, channel: str, word: str) -> None:
    """Let everybody who listens hear a word. Raises what the database raises."""
    async with database.connection() as connection:
        await connection.execute(_TELL, {"channel": channel, "word": word})


async def listen(database: Database, channel: str) -> AsyncGenerator[str]:
    """What is told, over a connection of its own; first an empty word, once it listens.

    Raises what the database raises when it is away, or the connection breaks.
    """
    engine = create_async_engine(database.url, poolclass=NullPool, connect_args=PATIENT)
    try:
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            # The driver's own connection: SQLAlchemy knows no notifications.
            own = cast(Any, raw.driver_connection)
            await own.set_autocommit(True)
            await own.execute(f'LISTEN "{channel}"')
            yield ""
            async for notice in own.notifies():
                yield str(notice.payload)
    finally:
        await engine.dispose()
