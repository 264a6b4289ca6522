"""The playground as a process of its own, driven over HTTP as its page does, and killed without a warning."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from adapters.local.journal import load
from adapters.local.records import ClockMoved, Posted, Record
from bot.settings import PREFIX

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds until a process that does not answer counts as stuck."""


@dataclass(frozen=True, slots=True)
class Playground:
    """A playground that runs."""

    folder: Path
    address: str
    process: asyncio.subprocess.Process
    client: httpx.AsyncClient

    async def do(self, work: str, **asked: Any) -> httpx.Response:
        """Ask for something as the page does."""
        answer = await self.client.post(f"/{work}", json=asked)
        assert answer.status_code == 200, answer.text
        return answer

    async def step(self) -> None:
        """Press Next."""
        await self.do("clock", do="step")

    async def command(self, text: str) -> None:
        """The visiting coordinator gives a command at the desk."""
        await self.do("command", account="desk", place="desk/desk", text=text)

    async def kill(self) -> None:
        """SIGKILL: no word of farewell, no file closed."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


def journal(folder: Path) -> list[Record]:
    """What the platform has kept so far. Only while no process writes it."""
    return list(load(folder / "playground" / "journal.jsonl"))


def posts(records: Sequence[Record]) -> list[Posted]:
    """The bot's messages among them."""
    return [record for record in records if isinstance(record, Posted)]


def latest(records: Sequence[Record]) -> datetime:
    """The last moment of the clock."""
    return max(record.now if isinstance(record, ClockMoved) else record.at for record in records)


@asynccontextmanager
async def playground(folder: Path, kit: str = "librarians") -> AsyncGenerator[Playground]:
    """`counterpart demo` with its data in `folder`, once its page answers. It is killed in the end."""
    port = _free_port()
    settings = {"DATA_DIR": str(folder), "KIT": kit, "LOG_LEVEL": "info"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", str(port), "--no-browser"),
        cwd=ROOT,
        env={**kept, **{f"{PREFIX}{name}": value for name, value in settings.items()}},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    address = f"http://127.0.0.1:{port}"
    said: list[str] = []
    reading = asyncio.create_task(_read(process.stdout, said))
    try:
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
            await _answers(client, process, said)
            yield Playground(folder, address, process, client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading
    assert not [line for line in said if "Traceback" in line or "[error" in line], "".join(said)


async def _read(stream: asyncio.StreamReader, said: list[str]) -> None:
    while line := await stream.readline():
        said.append(line.decode(errors="replace"))


async def _answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process, said: Sequence[str]) -> None:
    """Wait until the page is served. Raises TimeoutError, or AssertionError where the process has ended."""
    ended = asyncio.create_task(process.wait())
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                assert not ended.done(), "".join(said)
                try:
                    await client.get("/")
                except httpx.TransportError:
                    await asyncio.wait({ended}, timeout=0.05)
                else:
                    return
    finally:
        ended.cancel()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
