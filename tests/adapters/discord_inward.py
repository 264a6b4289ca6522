"""The way in from Discord for tests: the small Discord, a real way in connected to it, an inbox that can break down."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from discord.http import Route

from adapters.discord.inward import Inward, Tempo
from adapters.discord.marks import Mark
from adapters.discord.settings import DiscordSettings
from bot.language.adapter import Ground, KnownRoom, NothingKnown, Offer
from bot.language.commands import Argument, CommandSpec
from bot.language.events import Event, Installed
from bot.language.places import Actor
from tests.discordserver.community import Community
from tests.discordserver.listener import addressed
from tests.discordserver.person import Person
from tests.discordserver.server import DiscordServer
from tests.discordserver.state import Channel, Json, Message
from tests.slackserver.bench import Clock, until

Kind = TypeVar("Kind", bound=Event)
BEGINNING = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TEMPO = Tempo(storing=0.2, pauses=(0.0, 0.0), reading=(0.0, 0.0), opening=5.0, breather=0.0, grace=0.0, looking=60.0)
"""Tests are in a hurry, and look after things themselves."""

COMMANDS = (
    CommandSpec("help", "Shows what can be done.", (Argument("command", "Which.", required=False, rest=True),)),
    CommandSpec("status", "Shows where you stand."),
    CommandSpec(
        "round open",
        "Opens a round.",
        (
            Argument("starts", "The day on which it begins.", required=False, kind="day"),
            Argument("pairs", "How many pairs at most.", kind="number"),
            Argument("odd", "What becomes of the odd one out.", required=False, options=("trio", "waitlist")),
        ),
        coordinators=True,
    ),
    CommandSpec("round", "Shows the round."),
    CommandSpec(
        "match pair",
        "Pairs two people.",
        (Argument("first", "One.", names="participant"), Argument("second", "The other.", names="participant")),
    ),
    CommandSpec("case", "Shows a case.", (Argument("number", "Its number.", kind="number", names="case"),)),
)


@dataclass
class Now:
    """The server's clock, as the adapter reads it."""

    clock: Clock

    def now(self) -> datetime:
        return self.clock()


@dataclass
class Inbox:
    """Takes events as the core does: each once, by its id. It breaks down as often as `breaks` says."""

    events: list[Event] = field(default_factory=list[Event])
    breaks: int = 0
    received: int = 0
    broken: int = 0
    gate: asyncio.Event | None = None
    """Storing waits for it."""
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, events: Sequence[Event]) -> None:
        self.came.set()
        if self.gate:
            await self.gate.wait()
        if self.breaks:
            self.breaks -= 1
            self.broken += 1
            raise ConnectionError("the database is away, and here stands a secret word")
        self.received += len(events)
        known = {(event.actor.community, event.event_id) for event in self.events}
        self.events += [event for event in events if (event.actor.community, event.event_id) not in known]

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def news(self) -> list[Event]:
        """Everything but that the bot is in a server."""
        return [event for event in self.events if not isinstance(event, Installed)]


@dataclass
class Known(NothingKnown):
    """What the core knows, as a test says."""

    halls: dict[str, str] = field(default_factory=dict[str, str])
    active: dict[str, str] = field(default_factory=dict[str, str])
    """The community in which an account was active last."""
    servers: list[str] = field(default_factory=list[str])
    open_rooms: list[KnownRoom] = field(default_factory=list[KnownRoom])
    taking_part: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    waiting: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    offered: list[Offer] = field(default_factory=list[Offer])
    asked_for: list[tuple[Actor, str, str, Mapping[str, str]]] = field(
        default_factory=list[tuple[Actor, str, str, Mapping[str, str]]]
    )
    asked_in: list[str] = field(default_factory=list[str])
    trouble: BaseException | None = None

    async def hall(self, platform: str, community: str) -> str:
        return self.halls.get(community, "")

    async def community_of(self, platform: str, user: str) -> str:
        return self.active.get(user, "")

    async def communities(self, platform: str) -> Sequence[str]:
        return self.servers

    async def rooms(self, platform: str, community: str) -> Sequence[KnownRoom]:
        return [room for room in self.open_rooms if room.address.community == community]

    async def accounts(self, platform: str, community: str) -> Sequence[str]:
        return self.taking_part.get(community, [])

    async def asked(self, platform: str, community: str) -> Sequence[str]:
        return self.waiting.get(community, [])

    async def offers(
        self, actor: Actor, command: str, argument: str, given: Mapping[str, str], channel: str = ""
    ) -> Sequence[Offer]:
        if self.trouble is not None:
            raise self.trouble
        self.asked_for.append((actor, command, argument, dict(given)))
        self.asked_in.append(channel)
        return self.offered


@dataclass
class Bench:
    """A server with a guild and two people in it, and a way in that is connected to it."""

    server: DiscordServer
    clock: Clock
    home: Community
    ana: Person
    bo: Person
    hall: Channel
    inbox: Inbox
    known: Known
    inward: Inward

    async def settled(self) -> None:
        """Wait until all that happened is heard, and seen to."""
        await self.server.settled()
        await settled(self.inward)
        await self.server.settled()

    async def pass_by(self, seconds: float) -> None:
        """Some time, and a look at everything."""
        self.clock.turn(seconds)
        await self.inward.tick()
        await settled(self.inward)

    async def live(self, seconds: float) -> None:
        """Some time, in which heartbeats are answered as quickly as they are."""
        await self.pass_by(seconds)
        await until(lambda: not self.inward.supervisor.awaiting)

    async def post(self, channel: Channel, *rows: list[Json], content: str = "A question") -> Message:
        """Have the bot write, with rows of components."""
        components = [{"type": 1, "components": row} for row in rows]
        body: Json = {"content": content, "components": components}
        return await send(self.inward, channel, body)

    def asked(self, what: str) -> int:
        """How often Discord was asked so."""
        return sum(request.method == what for request in self.server.requests)


async def send(inward: Inward, channel: Channel, body: Json) -> Message:
    """Have the bot write."""
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
    sent = await inward.http.request(route, json=body)
    return channel.messages[str(sent["id"])]


def settings(server: DiscordServer, **more: Any) -> DiscordSettings:
    """What the operator sets, and nothing from the environment's file."""
    given: dict[str, Any] = {"token": server.app.token, "api_url": server.api_url, **more}
    return DiscordSettings(_env_file=None, **given)  # pyright: ignore[reportCallIssue] - pydantic-settings takes it, and its types do not say so


@asynccontextmanager
async def a_server(**more: Any) -> AsyncGenerator[tuple[DiscordServer, Clock]]:
    """A server; at the end nothing may have been done that Discord does not document."""
    clock = Clock(BEGINNING)
    async with DiscordServer(clock, **more) as server:
        with addressed(server):
            yield server, clock
        assert server.violations == [], "\n".join(server.violations)


@asynccontextmanager
async def connected(
    server: DiscordServer, clock: Clock, inbox: Inbox, known: Known, tempo: Tempo = TEMPO, **more: Any
) -> AsyncGenerator[Inward]:
    """A way in, connected for as long as it takes."""
    inward = Inward(settings(server, **more), Ground(Now(clock), COMMANDS, "", known), tempo=tempo)
    await inward.start(inbox.receive)
    try:
        yield inward
    finally:
        await inward.stop()


@asynccontextmanager
async def open_bench(
    inbox: Inbox | None = None, known: Known | None = None, tempo: Tempo = TEMPO, **more: Any
) -> AsyncGenerator[Bench]:
    """A server with Ana and Bo in it, and a way in connected to it."""
    async with a_server(**more) as (server, clock):
        home = server.add_guild("Librarians")
        hall = home.add_channel("mentoring")
        ana, bo = home.add_member("ana", "Ana Ruiz"), home.add_member("bo", "Bo Lund")
        inbox, known = inbox or Inbox(), known or Known()
        async with connected(server, clock, inbox, known, tempo) as inward:
            bench = Bench(server, clock, home, ana, bo, hall, inbox, known, inward)
            await bench.settled()
            await until(lambda: bool(bench.inbox.of(Installed)) or bool(inbox.breaks) or bool(inbox.gate))
            yield bench


def button(label: str, mark: Mark) -> Json:
    return {"type": 2, "style": 2, "label": label, "custom_id": str(mark)}


def pick(mark: Mark, *values: str, many: bool = False) -> Json:
    options = [{"label": value.title(), "value": value} for value in values]
    most = {"min_values": 0, "max_values": len(values)} if many else {}
    return {"type": 3, "custom_id": str(mark), "options": options, **most}


async def settled(inward: Inward) -> None:
    """Wait until everything that has come so far is seen to."""
    await inward.lanes.settled()
    await asyncio.sleep(0)
