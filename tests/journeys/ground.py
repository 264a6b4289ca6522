"""What venues stand on: kits that are read once, and a database that is migrated once and copied for each."""

import asyncio
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import kit_of
from storage.database import Database
from storage.migrate import migrate
from topics.model import Kit


@cache
def kits_of(names: str) -> Mapping[str, Kit]:
    """The kits of these names, as `kit_of` reads them."""
    return kit_of(names)


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
