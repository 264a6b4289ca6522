"""A full disk: the fault is told in clear words, nothing that was acknowledged is lost, and it goes on with room."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.database import Database, is_away
from storage.migrate import migrate
from tests.engine.office import Office, said


async def room(database: Database, pages: int) -> None:
    """Let the file have so many pages more than it has, and no more."""
    async with database.connection() as connection:
        has = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count = {has + pages}"))


async def test_it_waits_for_room(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/full.db")
    await migrate(database)
    office = Office(database)
    try:
        await room(database, 3)
        stored: list[str] = []
        with pytest.raises(OperationalError, match="database or disk is full") as full:
            for number in range(10_000):
                await office.inbox.receive([said(f"e{number}")])
                stored.append(f"e{number}")
        assert is_away(full.value)
        assert 0 < len(stored) == len(await office.events())
        with pytest.raises(OperationalError, match="database or disk is full"):
            await office.engine.settle()
        assert office.sorry == office.pigeons.done == []
        await room(database, 10_000)
        await office.engine.settle()
        assert sorted(office.pigeons.keys) == sorted(f"answer:{event}" for event in stored)
        assert office.sorry == []
    finally:
        await database.close()
