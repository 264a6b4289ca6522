"""What tests of the command line share: running it, and a database with a program in a round."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel, col, select
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.program.wording import Kits
from storage.database import Database
from storage.migrate import migrate
from storage.people import Account, Community, Person, Program
from storage.rounds import Round
from tests.form_samples import KIT

URL = "sqlite+aiosqlite:///counterpart.db"
OPENS, CLOSES = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC)
KITS = Kits({KIT.slug: KIT})


def counterpart(*words: str | Path) -> Result:
    """Run `counterpart` with these words."""
    return CliRunner().invoke(app, [str(word) for word in words])


async def town(url: str = URL, **changes: Any) -> Database:
    """A database with a community, a program and a round that takes applications; some of the round's facts changed."""
    database = Database(url)
    await migrate(database)
    facts: dict[str, Any] = {
        "name": "Autumn 2026",
        "state": "open",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2026, 12, 29),
    }
    await add(database, Community(platform="paper", external_id="town", hall="hall", desk="desk"))
    await add(database, Program(community_id=1, kit=KIT.slug, name="Librarians"))
    await add(database, Round(program_id=1, **(facts | changes)))
    return database


async def add(database: Database, row: SQLModel) -> None:
    async with database.transaction() as session:
        session.add(row)


async def member(database: Database, email: str) -> None:
    """Somebody who is in the community already."""
    async with database.transaction() as session:
        person = Person(email=email, name="Somebody", created_at=OPENS)
        session.add(person)
        await session.flush()
        session.add(Account(community_id=1, person_id=person.id or 0, external_id=email.partition("@")[0]))


async def rows(database: Database, row: type[SQLModel]) -> list[Any]:
    """All rows of a table."""
    async with database.transaction() as session:
        return list(await session.exec(select(row).order_by(col(row.id))))  # type: ignore[attr-defined] - every table has an id, their base has none
