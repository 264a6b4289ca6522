"""Real processes of `counterpart run`, on one database and one platform, and ways to be rough with them."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bot.app import Setup, build, kit_of, set_up
from bot.engine.clock import SystemClock
from bot.engine.work import unit_of_work
from bot.language.acts import Post
from bot.language.messages import say
from bot.language.places import Address, Place
from storage.database import Database
from tests.processes import pigeon_platform
from tests.processes.platform import Platform
from tests.source import ROOT

PATIENCE = 90.0
"""Seconds that anything may take on a machine that is busy."""


class Crew:
    """Processes, by the order in which they were started."""

    def __init__(self, folder: Path, address: str, platform: Platform, *, apart: bool = True) -> None:
        self.address = address
        self.platform = platform
        self.apart = apart
        self.folder = folder
        self.processes: list[asyncio.subprocess.Process] = []
        info = folder / "pigeon_platform-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon-platform\nVersion: 1.0\n", encoding="utf-8")
        entry = f"[counterpart.adapters]\npigeon = {pigeon_platform.__name__}:build\n"
        (info / "entry_points.txt").write_text(entry, encoding="utf-8")

    async def start(self, roles: str = "") -> asyncio.subprocess.Process:
        """Start a process; its log goes into a file of its own."""
        number = len(self.processes)
        paths = [str(self.folder), str(ROOT), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "PIGEON_PORT": str(self.platform.port),
            "PIGEON_APART": str(int(self.apart)),
            "COUNTERPART_ADAPTERS": "pigeon",
            "COUNTERPART_DATABASE_URL": self.address,
            "COUNTERPART_LOG_FORMAT": "json",
        }
        words = ["run", *(["--roles", roles] if roles else [])]
        with (self.folder / f"log{number}.txt").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *words, env=environment, cwd=self.folder, stderr=log, stdout=log
            )
        self.processes.append(process)
        return process

    async def stop(self) -> None:
        """End all that still run, whatever they do."""
        for process in self.processes:
            with suppress(ProcessLookupError):  # it has ended already
                process.send_signal(signal.SIGKILL)
            await process.wait()

    def log(self, number: int) -> str:
        """What a process has logged."""
        return (self.folder / f"log{number}.txt").read_text(encoding="utf-8")

    async def prepare(self, communities: Sequence[str]) -> None:
        """Make the communities known, each with a program."""
        database = Database(self.address)
        house = build(database, SystemClock(), [pigeon_platform.Pigeons()], kit_of("librarians"))
        for community in communities:
            await set_up(house, Setup("pigeon", community, "librarians"))
        await database.close()

    async def enqueue(self, communities: Sequence[str], people: int, each: int) -> list[str]:
        """Store acts: so many for each person of each community. Returns their keys."""
        database = Database(self.address)
        keys: list[str] = []
        async with unit_of_work(database, SystemClock()) as work:
            for number in range(each):
                for community in communities:
                    for person in range(people):
                        key = f"{community}:{person}:{number}"
                        keys.append(key)
                        address = Address("pigeon", community, Place.DIRECT, f"u{person}")
                        work.enqueue(Post(key, "notice", address, say("Hello")), due_at=work.now - timedelta(minutes=1))
        if not database.is_sqlite:
            async with database.connection() as connection:
                await connection.execute(text("SELECT pg_notify('counterpart', 'test outbox')"))
        await database.close()
        return keys

    async def states(self) -> dict[str, str]:
        """The state of each act by its key."""
        database = Database(self.address)
        try:
            async with database.connection() as connection:
                rows = await connection.execute(text("SELECT key, state FROM outbox_act"))
                return {row.key: row.state for row in rows}
        finally:
            await database.close()


def in_order(platform: Platform) -> bool:
    """Whether each address got its numbered acts in their order."""
    last: dict[str, int] = {}
    for key, to, _ in platform.ledger:
        number = key.rpartition(":")[2]
        if number.isdecimal():
            if int(number) < last.get(to, -1):
                return False
            last[to] = int(number)
    return True
