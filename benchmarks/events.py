"""Events through the whole path, beside a bare listener on the same database. Prints ratios, asserts nothing.

    python -m benchmarks.events [--events 3000] [--database sqlite|postgresql] [--runs 3]

Each side is a process of its own that Slack's events reach over HTTP, signed, 64 at once. The bare one is Bolt with a
listener that does one INSERT. Ours is `counterpart run`: stored, acknowledged, handled, what follows from it stored,
and sent to a Slack for tests; an event counts when it has been handled. Two kinds: messages in the rooms of partners,
and commands in private, each of which is answered. At last the time until an event is acknowledged, at 500 a second;
on PostgreSQL also with a gateway of its own, beside a process that does the rest.
Compare ratios, not seconds: whoever sends the events needs a core, too.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from adapters.slack.manifest import SCOPES
from benchmarks.databases import Databases, say
from storage.database import Database
from storage.partnerships import Member, Partnership
from storage.people import Account, Person
from storage.rounds import Round
from tests.slackserver.push import signature
from tests.slackserver.server import SlackServer

ROOMS = 200
AT_ONCE = 64
RATE, SECONDS = 500, 10
PATIENCE = 300.0
EVENTS_PATH = "/slack/events"


@dataclass(frozen=True, slots=True)
class Side:
    """One process under load: how it is started, and how many events it has dealt with."""

    name: str
    command: Callable[[str, int], Sequence[str]]
    dealt_with: str
    beside: Sequence[str] = ()
    """Another process of it on the same database."""


OURS = Side(
    "counterpart run",
    lambda database, port: ("-m", "bot", "run"),
    "SELECT count(*) FROM inbox_event WHERE state = 'done' AND event_id LIKE 'EvB%'",
)

APART = Side(
    "counterpart run, the gateway apart",
    lambda database, port: ("-m", "bot", "run", "--roles", "gateway"),
    OURS.dealt_with,
    ("-m", "bot", "run", "--roles", "worker,calendar"),
)


def bare(secret: str) -> Side:
    """Bolt, and one INSERT."""
    command = ("-m", "benchmarks.listening")
    return Side(
        "one INSERT", lambda database, port: (*command, database, secret, str(port)), "SELECT count(*) FROM heard"
    )


def message(number: int, kind: str) -> dict[str, Any]:
    """An event of Slack: somebody writes in a room, or types a command to the bot in private."""
    user = f"U{number % (2 * ROOMS):03d}"
    private = kind == "commands"
    event = {
        "type": "message",
        "user": user,
        "text": "/mentoring help" if private else "What a good question! I shall think about it.",
        "ts": f"{time.time():.6f}",
        "channel": f"D{user}" if private else f"C{number % (2 * ROOMS) // 2:03d}",
        "channel_type": "im" if private else "group",
    }
    return {"type": "event_callback", "team_id": "T0A00000001", "event_id": f"EvB{kind}{number}", "event": event}


class Load:
    """Sends signed events, and notes how long each acknowledgement took."""

    def __init__(self, url: str, secret: str, session: aiohttp.ClientSession) -> None:
        self._url, self._secret, self._session = url, secret, session
        self.taken: list[float] = []
        self.refused = 0

    async def send(self, payload: dict[str, Any]) -> None:
        """Send one, and again while it is not taken, as Slack does."""
        body = json.dumps(payload)
        while True:
            stamp, began = str(int(time.time())), time.perf_counter()
            signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(self._secret, stamp, body)}
            headers = {"Content-Type": "application/json", **signed}
            async with self._session.post(self._url, data=body, headers=headers) as answer:
                await answer.read()
            self.taken.append(time.perf_counter() - began)
            if answer.status == 200:
                return
            self.refused += 1

    async def all(self, payloads: Sequence[dict[str, Any]]) -> None:
        """As fast as they are taken, 64 at once."""
        waiting = iter(payloads)

        async def sender() -> None:
            for payload in waiting:
                await self.send(payload)

        await asyncio.gather(*(sender() for _ in range(AT_ONCE)))

    async def steadily(self, payloads: Sequence[dict[str, Any]], rate: float) -> None:
        """So many in each second, whether the earlier ones were taken or not."""
        began, tasks = time.perf_counter(), []
        for number, payload in enumerate(payloads):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(self.send(payload)))
        await asyncio.gather(*tasks)


@asynccontextmanager
async def running(side: Side, address: str, slack: SlackServer) -> AsyncIterator[tuple[Load, Database]]:
    """A side at work on that database, and the load for it."""
    secret = slack.app.signing_secret
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "COUNTERPART_DATABASE_URL": address,
        "COUNTERPART_ADAPTERS": "slack",
        "COUNTERPART_LOG_LEVEL": "error",
        "COUNTERPART_SLACK_BOT_TOKEN": slack.workspace.token,
        "COUNTERPART_SLACK_SIGNING_SECRET": secret,
        "COUNTERPART_SLACK_API_URL": slack.api_url,
        "COUNTERPART_SLACK_PORT": str(port),
    }
    commands = [each for each in (side.beside, side.command(address, port)) if each]
    processes = [await asyncio.create_subprocess_exec(sys.executable, *each, env=environment) for each in commands]
    database = Database(address)
    try:
        await listening(port)
        if side in (OURS, APART):
            await fill(database)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2 * AT_ONCE)) as session:
            yield Load(f"http://127.0.0.1:{port}{EVENTS_PATH}", secret, session), database
    finally:
        for process in processes:
            process.terminate()
            await process.wait()
        await database.close()


async def listening(port: int) -> None:
    """Wait until something listens at that port. Raises TimeoutError."""
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return


async def fill(database: Database) -> None:
    """A round that runs, with rooms of two."""
    await until(database, "SELECT count(*) FROM program", 1)
    now = datetime.now(UTC)
    day = timedelta(days=1)
    starts, ends = (now + day).date(), (now + 120 * day).date()
    round_row = Round(program_id=1, name="Autumn", state="running", starts_on=starts, ends_on=ends)
    round_row.opens_at, round_row.closes_at = now - 60 * day, now - 30 * day
    people = range(1, 2 * ROOMS + 1)
    async with database.transaction() as session:
        rows: list[SQLModel] = [round_row]
        rows += [Person(name=f"Person {n}", zone="Europe/Paris", created_at=now) for n in people]
        session.add_all(rows)
    async with database.transaction() as session:
        session.add_all([Account(community_id=1, person_id=n, external_id=f"U{n - 1:03d}") for n in people])
        session.add_all([partnership(n, now) for n in range(ROOMS)])
    async with database.transaction() as session:
        session.add_all(
            [Member(program_id=1, partnership_id=(n + 1) // 2, person_id=n, account_id=n, present=True) for n in people]
        )


def partnership(number: int, now: datetime) -> Partnership:
    """A pair that talks already."""
    room = f"slack/T0A00000001/room/C{number:03d}"
    made = Partnership(program_id=1, round_id=1, number=number + 1, state="live", room=room, made_at=now)
    made.announced_at = made.live_at = now
    return made


async def until(database: Database, question: str, count: int) -> None:
    """Wait until the answer is that high. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(SQLAlchemyError):  # at first the table is not there yet
                async with database.connection() as connection:
                    if (await connection.execute(text(question))).scalar_one() >= count:
                        return
            await asyncio.sleep(0.05)


async def throughput(side: Side, address: str, kind: str, count: int) -> float:
    """Events a second, from the first that is sent to the last that has been dealt with."""
    async with the_slack() as slack, running(side, address, slack) as (load, database):
        await load.all([message(number, kind) for number in range(-ROOMS, 0)])
        await until(database, side.dealt_with, ROOMS)
        began = time.perf_counter()
        await load.all([message(number, kind) for number in range(count)])
        await until(database, side.dealt_with, ROOMS + count)
        return count / (time.perf_counter() - began)


async def acknowledgements(side: Side, address: str, kind: str) -> tuple[float, float]:
    """The median and the 99th percentile of the milliseconds until an event is acknowledged, at a steady rate."""
    async with the_slack() as slack, running(side, address, slack) as (load, database):
        await load.all([message(number, kind) for number in range(-ROOMS, 0)])
        load.taken.clear()
        count = RATE * SECONDS
        await load.steadily([message(number, kind) for number in range(count)], RATE)
        await until(database, OURS.dealt_with, ROOMS + count)
        ordered = sorted(load.taken)
        return 1_000 * statistics.median(ordered), 1_000 * ordered[int(0.99 * len(ordered))]


@asynccontextmanager
async def the_slack() -> AsyncIterator[SlackServer]:
    """The Slack for tests, with as many people as rooms have places."""
    async with SlackServer(limits=False, scopes=SCOPES) as slack:
        for number in range(2 * ROOMS):
            slack.workspace.add_user(f"U{number:03d}", f"person{number}", f"Person {number}", tz="Europe/Paris")
        yield slack


async def main(events: int, kind: str, runs: int) -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(kind, Path(folder))
        try:
            for what in ("messages", "commands"):
                await compare(databases, what, events, runs)
            for side in (OURS, APART) if kind == "postgresql" else (OURS,):
                for what in ("messages", "commands"):
                    median, most = await acknowledgements(side, databases.fresh(), what)
                    found = f"within {median:.0f} ms (median), {most:.0f} ms (99 %)"
                    say(f"{what}: {side.name} acknowledges at {RATE}/s {found} (aim: below 100 ms)")
        finally:
            databases.close()


async def compare(databases: Databases, what: str, events: int, runs: int) -> None:
    """Both sides in turn, several times."""
    sides = (bare("signing-secret-of-a-test"), OURS)
    seen: dict[str, list[float]] = {side.name: [] for side in sides}
    for _ in range(runs):
        for side in sides:
            seen[side.name].append(await throughput(side, databases.fresh(), what, events))
    medians = {name: statistics.median(rates) for name, rates in seen.items()}
    for name, rate in medians.items():
        say(f"{what}: {name}: {rate:.0f} events a second")
    say(f"{what}: ratio {medians[OURS.name] / medians['one INSERT']:.2f} (aim: at least 0.60)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=3_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(main(given.events, given.database, given.runs))
