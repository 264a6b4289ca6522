"""The bell rings when something is due, and is replaced when it falls silent."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession
from structlog.typing import EventDict

from bot.engine.bell import Bell
from bot.engine.calendar import Watch
from bot.engine.clock import SystemClock
from bot.engine.meter import Meter
from bot.engine.work import Work, unit_of_work
from bot.language.acts import Act
from storage.database import Database
from storage.scratch import ScratchDatabase
from tests.engine.office import Office, Pigeons, post, said

SHORT = timedelta(milliseconds=60)
HOUR = timedelta(hours=1)


class Watched(Office):
    """An office in real time, whose pigeons say when they have flown."""

    def __init__(self, *watches: Watch) -> None:
        super().__init__(ScratchDatabase(), Pigeons(SystemClock()), watches)  # type: ignore[arg-type] - an office knows virtual time only; this one runs in real time
        self.flown: asyncio.Queue[str] = asyncio.Queue()
        self.pigeons.meanwhile = self._note

    def _note(self, act: Act) -> None:
        self.flown.put_nowait(act.key)

    async def next(self) -> str:
        async with asyncio.timeout(20):
            return await self.flown.get()


@asynccontextmanager
async def running(office: Watched, bell: Bell) -> AsyncIterator[None]:
    """Let the bell run, and stop it in the end."""
    await office.database.create_tables()
    task = asyncio.create_task(bell.run())
    yield
    bell.stop()
    async with asyncio.timeout(20):
        await task
    await office.database.close()


async def test_it_rings_when_an_act_is_due(logs: list[EventDict]) -> None:
    office = Watched()
    bell = Bell(office.engine, office.clock, net=HOUR, late=HOUR)
    async with running(office, bell):
        for key, after in (("1", timedelta()), ("2", SHORT)):
            await office.enqueue(post(key), after=after)
            bell.wake()
            assert await office.next() == key
        due = (await office.acts())["2"].due_at
    (first, _), (second, _) = office.pigeons.done
    assert first < due <= second
    assert logs == []


async def test_it_can_be_woken(logs: list[EventDict]) -> None:
    office = Watched()
    bell = Bell(office.engine, office.clock, net=HOUR, late=HOUR)
    async with running(office, bell):
        for number in range(3):
            await office.inbox.receive([said(str(number))])
            bell.wake()
            assert await office.next() == f"answer:{number}"
    assert logs == []


async def test_its_net_finds_what_another_process_stored(logs: list[EventDict]) -> None:
    office = Watched()
    bell = Bell(office.engine, office.clock, net=SHORT, late=HOUR)
    async with running(office, bell):
        async with unit_of_work(office.database, office.clock) as work:
            work.enqueue(post("1"))
        assert await office.next() == "1"
    assert logs == []


class Asked:
    """A watch that has nothing planned, and counts how often it was asked."""

    name = "asked"
    rows = ()

    def __init__(self) -> None:
        self.times = 0

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        self.times += 1
        return None

    async def ring(self, work: Work) -> None:
        raise AssertionError("nothing was planned")


class Rounds(Meter):
    """Tells when the bell comes round."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[None] = asyncio.Queue()

    def beat(self) -> None:
        self.begun.put_nowait(None)


async def test_for_an_event_of_our_own_nobody_else_is_asked(logs: list[EventDict]) -> None:
    watch, rounds = Asked(), Rounds()
    office = Watched(watch)
    bell = Bell(office.engine, office.clock, net=HOUR, late=HOUR, meter=rounds)
    async with running(office, bell), asyncio.timeout(20):
        for number in range(3):
            await rounds.begun.get()
            await office.inbox.receive([said(str(number))])
            bell.wake(elsewhere=False)
        await rounds.begun.get()
        assert watch.times == 1
        bell.wake()
        await rounds.begun.get()
        bell.wake(elsewhere=False)
        await rounds.begun.get()
    assert watch.times == 2
    assert sorted(office.pigeons.keys) == [f"answer:{number}" for number in range(3)]
    assert logs == []


async def test_its_net_holds_while_there_is_always_something_to_do(logs: list[EventDict]) -> None:
    office = Watched()
    bell = Bell(office.engine, office.clock, net=SHORT, late=HOUR)
    async with running(office, bell):
        async with unit_of_work(office.database, office.clock) as work:
            work.enqueue(post("stored elsewhere"))
        flown, number = set[str](), 0
        async with asyncio.timeout(20):
            while "stored elsewhere" not in flown:
                await office.inbox.receive([said(str(number))])
                bell.wake(elsewhere=False)
                flown.add(await office.next())
                number += 1
    assert logs == []


async def test_it_is_replaced_when_it_falls_silent(logs: list[EventDict]) -> None:
    office = Watched()
    bell = Bell(office.engine, office.clock, net=HOUR, late=SHORT)
    async with running(office, bell):
        await office.enqueue(post("1"))
        bell.wake()
        assert await office.next() == "1"
        silent = bell.scheduler
        silent.shutdown(wait=False)
        await office.enqueue(post("2"), after=SHORT)
        bell.wake()
        assert await office.next() == "2"
        assert bell.scheduler is not silent
    assert [entry["event"] for entry in logs] == ["bell_silent"]


class Away(Database):
    """A database that cannot be reached."""

    def __init__(self) -> None:
        super().__init__("sqlite+aiosqlite://")
        self.tried = asyncio.Event()

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection]:
        self.tried.set()
        raise ConnectionError("the database is away")
        yield


async def test_it_goes_on_after_a_failure(logs: list[EventDict]) -> None:
    office = Watched()
    bell = Bell(office.engine, office.clock, net=SHORT, late=HOUR)
    async with running(office, bell):
        there, away = office.courier._database, Away()  # pyright: ignore[reportPrivateUsage] - a database that is lost in the middle
        office.courier._database = away  # pyright: ignore[reportPrivateUsage] - a database that is lost in the middle
        await office.enqueue(post("1"))
        bell.wake()
        async with asyncio.timeout(20):
            await away.tried.wait()
        office.courier._database = there  # pyright: ignore[reportPrivateUsage] - and that comes back
        assert await office.next() == "1"
    # Told once, and once more when it was over.
    assert [entry["event"] for entry in logs][:1] == ["settle_failed"]
    assert {entry["event"] for entry in logs} <= {"settle_failed", "settle_failed_over"}


async def test_it_stops_at_once_even_before_it_has_begun() -> None:
    office = Watched()
    bell = Bell(office.engine, office.clock, net=HOUR, late=HOUR)
    bell.stop()
    async with running(office, bell):
        pass
    assert not bell.scheduler.running
