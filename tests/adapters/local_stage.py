"""A small local platform for the tests: a clock, a few accounts, an inbox that remembers, and a scripted control."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.local.control import Overview
from adapters.local.crowd import Crowd
from adapters.local.outbound import LocalAdapter, Watch
from adapters.local.records import Account
from adapters.local.web import PageServer, page_server, web_app
from adapters.local.wiring import build
from bot.language.acts import OpenRoom, Post
from bot.language.events import Event
from bot.language.messages import Element, say
from bot.language.places import Address, Place

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
HALL = Address("local", "playground", Place.HALL, "hall")
DESK = Address("local", "playground", Place.DESK, "desk")

PEOPLE = (
    Account("cora", "Cora (you)", "cora@example.org", "Europe/London", role="coordinator"),
    Account("alex", "Alex (you)", "alex@example.org", "America/Toronto"),
    Account("amina", "Amina Diallo", "amina@example.org", "Africa/Dakar", simulated=True),
    Account("bruno", "Bruno Keller", "bruno@example.org", "Europe/Zurich", simulated=True),
)


@dataclass
class TurnedClock:
    """A clock that stands until it is turned."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time

    def set(self, now: datetime) -> None:
        self.time = now

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Inbox:
    """Takes events as the core does, or breaks down where `broken` is set."""

    events: list[Event] = field(default_factory=list[Event])
    broken: bool = False

    async def receive(self, events: Sequence[Event]) -> None:
        if self.broken:
            raise ConnectionError("the database is away")
        self.events.extend(events)


def direct(user: str) -> Address:
    return Address("local", "playground", Place.DIRECT, user)


def room_act(key: str = "room:1", name: str = "autumn-1", members: tuple[str, ...] = ("alex", "amina")) -> OpenRoom:
    return OpenRoom(key, "room", HALL, name, "Alex & Amina", members)


def post(key: str, address: Address, *parts: str | Element, kind: str = "notice", only_for: str = "") -> Post:
    return Post(key, kind, address, say(*parts), only_for)


def stage(
    clock: TurnedClock | None = None,
    journal: Path | None = None,
    crowd: Crowd | None = None,
    watch: Watch | None = None,
    keep_texts: bool = True,
) -> LocalAdapter:
    """The local platform with the four people above."""
    return build(
        clock or TurnedClock(), journal=journal, accounts=PEOPLE, crowd=crowd, watch=watch, keep_texts=keep_texts
    )


class ScriptedControl:
    """Stands in for the composition root: each step is a day on which a topic comes."""

    def __init__(self, adapter: LocalAdapter) -> None:
        self.adapter = adapter
        self.steps = 0
        self.settled = 0

    async def step(self) -> None:
        platform = self.adapter.platform
        platform.move_clock(platform.clock.now() + timedelta(days=1))
        self.steps += 1
        await self.adapter.perform(post(f"topic:{self.steps}", direct("alex"), f"Topic {self.steps} is here."))

    async def run(self, speed: float) -> None:
        self.adapter.platform.move_clock(self.adapter.platform.clock.now(), speed)

    async def pause(self) -> None:
        self.adapter.platform.move_clock(self.adapter.platform.clock.now())

    async def settle(self) -> None:
        self.settled += 1

    def overview(self) -> Overview:
        return Overview(
            round="Autumn 2026",
            state="Topics",
            dates="1 Sep to 31 Dec 2026",
            hint="Say hello to your partner.",
            progress=self.steps / 10,
            stages=[{"name": "topics", "title": "Topics", "state": "now", "detail": ""}],
            counters=[{"label": "Steps", "value": self.steps, "total": 10}],
            calendar=[{"at": START.isoformat(), "title": "The next topic", "detail": ""}],
            happened=[],
            commands=[{"text": "/mentoring status", "help": "Where the round stands", "role": "anyone"}],
        )


@asynccontextmanager
async def served(adapter: LocalAdapter, port: int = 0) -> AsyncGenerator[tuple[PageServer, int]]:
    """The page on a real server, and the port it listens on."""
    server = page_server(web_app(adapter, ScriptedControl(adapter)), port)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait({serving}, timeout=0.01)
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving
