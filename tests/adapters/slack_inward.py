"""The way in from Slack for tests: the small Slack, a real adapter connected to it, an inbox that can break down."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from cryptography.fernet import Fernet
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import marks
from adapters.slack.inward import Inward
from adapters.slack.manifest import EVENTS, SCOPES
from adapters.slack.settings import SlackSettings
from bot.language.adapter import Ground
from bot.language.commands import Argument, CommandSpec
from bot.language.events import Event, Installed
from tests.slackserver.bench import Clock, House, got, open_house
from tests.slackserver.person import Person
from tests.slackserver.server import SlackServer
from tests.slackserver.state import Json, Message

Way = Literal["sockets", "http"]
WAYS: tuple[Way, ...] = ("sockets", "http")
Kind = TypeVar("Kind", bound=Event)

COMMANDS = (
    CommandSpec("help", "Shows what can be done."),
    CommandSpec(
        "round open",
        "Opens a round.",
        (
            Argument("name", "How the round is called."),
            Argument("starts", "The day on which it begins.", kind="day"),
            Argument("pairs", "How many pairs at most.", required=False, kind="number"),
            Argument("kit", "What is asked and said.", options=("librarians", "nurses")),
            Argument("contact", "Whom to ask.", required=False, kind="email"),
        ),
        coordinators=True,
    ),
    CommandSpec("note", "Leaves a note.", (Argument("text", "The note.", rest=True),)),
    CommandSpec("pause", "Pauses.", (Argument("until", "The last day.", required=False, kind="day"),)),
)


@dataclass
class Now:
    """The server's clock, as the adapter reads it: it moves on a little with each look, as a real one does."""

    clock: Clock
    looks: int = 0

    def now(self) -> datetime:
        self.looks += 1
        return self.clock() + timedelta(microseconds=self.looks)


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
        known = {event.event_id for event in self.events}
        self.events += [event for event in events if event.event_id not in known]

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def news(self) -> list[Event]:
        """Everything but that the bot is installed."""
        return [event for event in self.events if not isinstance(event, Installed)]


@dataclass
class Connected:
    """A house, and an adapter's way in that is connected to it."""

    house: House
    inbox: Inbox
    inward: Inward

    @property
    def server(self) -> SlackServer:
        return self.house.server

    def person(self, user: str = "U1") -> Person:
        return self.house.workspace.person(user)


def settings(server: SlackServer, way: Way, **more: Any) -> SlackSettings:
    """What the operator of an app in one workspace sets."""
    key = {"app_token": server.app.app_token} if way == "sockets" else {"signing_secret": server.app.signing_secret}
    given: dict[str, Any] = {"api_url": server.api_url, "port": 0, **key, **more}
    given.setdefault("bot_token", "" if "bot_token" in given else server.workspace.token)
    return made(given)


def for_many(server: SlackServer, keys: str, **more: Any) -> SlackSettings:
    """What the operator of an app that many workspaces install sets."""
    app = server.app
    given: dict[str, Any] = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "encryption_key": keys,
        "signing_secret": app.signing_secret,
        "public_url": "https://mentoring.example.org",
        "api_url": server.api_url,
        "port": 0,
        **more,
    }
    return made(given)


def made(given: Mapping[str, Any]) -> SlackSettings:
    """Settings as given, and nothing from the environment's file."""
    return SlackSettings(_env_file=None, **given)  # pyright: ignore[reportCallIssue] - pydantic-settings takes it, and its types do not say so


def new_key() -> str:
    return Fernet.generate_key().decode()


@asynccontextmanager
async def a_house(**more: Any) -> AsyncGenerator[House]:
    """A house in which the app has just what its manifest asks for."""
    async with open_house(**{"scopes": SCOPES, "subscriptions": EVENTS, **more}) as house:
        yield house


@asynccontextmanager
async def connected(
    house: House, way: Way = "sockets", inbox: Inbox | None = None, commands: tuple[CommandSpec, ...] = COMMANDS
) -> AsyncGenerator[Connected]:
    """The way in, connected to a house for as long as it takes."""
    inward = Inward(settings(house.server, way), Ground(Now(house.clock), commands))
    found = Connected(house, inbox or Inbox(), inward)
    await inward.start(found.inbox.receive)
    try:
        if inward.web is not None:
            await house.server.use_http(f"http://127.0.0.1:{inward.web.port}/slack/events")
        yield found
    finally:
        if inward.web is not None:
            await house.server.use_sockets()
        await inward.stop()


@asynccontextmanager
async def open_way(way: Way = "sockets", inbox: Inbox | None = None) -> AsyncGenerator[Connected]:
    """A house with a way in connected to it."""
    async with a_house() as house, connected(house, way, inbox) as found:
        yield found


async def turns(count: int = 300) -> None:
    """Give everything else ample occasion to do what it should not."""
    for _ in range(count):
        await asyncio.sleep(0)


async def post(client: AsyncWebClient, person: Person, *blocks: Json) -> Message:
    """Have the bot write to somebody, with blocks."""
    await got(client.chat_postMessage(channel=person.direct.id, text="A question", blocks=list(blocks)))
    return person.dm()[-1]


def button(label: str, action: str, value: str = "") -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, "value": value}


def options(*values: str) -> list[Json]:
    return [{"text": {"type": "plain_text", "text": value.title()}, "value": value} for value in values]


def actions(token: str, *elements: Json, number: int = 0) -> Json:
    return {"type": "actions", "block_id": marks.block_id(token, number), "elements": list(elements)}


def input_block(block: str, element: Json) -> Json:
    return {"type": "input", "block_id": block, "label": {"type": "plain_text", "text": block}, "element": element}
