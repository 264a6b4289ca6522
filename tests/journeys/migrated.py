"""A database for a venue: migrated once, and copied for each that follows."""

import asyncio
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.database import Database
from storage.migrate import migrate


async def migrated(file: Path) -> Database:
    """A new SQLite database in this file, as `migrate` makes it."""
    await asyncio.to_thread(lambda: file.write_bytes(_form()))
    return _database(file)


@cache
def _form() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "form.db"
        asyncio.run(_made(file))
        return file.read_bytes()


async def _made(file: Path) -> None:
    database = _database(file)
    await migrate(database)
    await database.close()


def _database(file: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{file}")
