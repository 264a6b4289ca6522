"""A watch for tests: people whose name is `due` are rung for at the time they were created."""

from datetime import datetime

from sqlmodel import SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work, unit_of_work
from storage.people import Person
from tests.engine.office import Office, post


class PlanWatch:
    """Rings for each person that is due. It can be told to fail."""

    def __init__(self, name: str = "due", *, fails: bool = False) -> None:
        self.name = name
        self.rows: tuple[type[SQLModel], ...] = (Person,)
        self.fails = fails
        self.asked = 0

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        self.asked += 1
        return (await session.exec(select(func.min(Person.created_at)).where(Person.name == self.name))).one()

    async def ring(self, work: Work) -> None:
        if self.fails:
            raise RuntimeError("a fault of ours")
        rows = await work.session.exec(
            select(Person).where(Person.name == self.name, Person.created_at <= work.now).order_by(col(Person.id))
        )
        for person in rows:
            person.name = "rung"
            work.enqueue(post(f"rung:{person.id}", "desk"))


async def plan(office: Office, at: datetime, name: str = "due") -> None:
    """Something is to be rung for at that time."""
    async with unit_of_work(office.database, office.clock, office.pulse) as work:
        work.session.add(Person(name=name, created_at=at))
