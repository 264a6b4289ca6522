"""What the tests of the outward half of the Slack adapter work with: a small Slack, and the adapter on its clock."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.outbound import Outbound
from adapters.slack.workspaces import Workspace
from bot.language.acts import CloseRoom, Edit, OpenRoom, Post, ShowHome
from bot.language.messages import Element, say
from bot.language.places import Address, Place
from tests.slackserver.bench import Clock, House, open_house
from tests.slackserver.records import Request
from tests.slackserver.server import SlackServer
from tests.slackserver.state import Channel


@dataclass
class Time:
    """The clock of the server, as the adapter reads it."""

    clock: Clock

    def now(self) -> datetime:
        return self.clock()


@dataclass
class Installed:
    """The workspaces of a server, as the adapter sees them."""

    server: SlackServer
    api_url: str = ""
    """Where the client looks for Slack, if not at the server."""

    async def workspace(self, team: str) -> Workspace | None:
        found = self.server.workspaces.get(team)
        if found is None or found.team.installation is None:
            return None
        client = AsyncWebClient(found.token, base_url=self.api_url or self.server.api_url, retry_handlers=[])
        return Workspace(team, client, found.bot, found.installation.bot_id, self.server.app.id)

    async def teams(self) -> tuple[str, ...]:
        return tuple(self.server.workspaces)


@dataclass
class Bench:
    """A house, and the outward half of the adapter before it."""

    house: House
    installed: Installed
    outbound: Outbound

    @property
    def server(self) -> SlackServer:
        return self.house.server

    @property
    def team(self) -> str:
        return self.house.workspace.id

    def restarted(self, **settings: float) -> Outbound:
        """The adapter as it is after a restart, or in another process."""
        return Outbound(self.installed, Time(self.house.clock), **settings)

    def at(self, place: Place, identity: str) -> Address:
        return Address("slack", self.team, place, identity)

    def post(
        self, to: str, *parts: str | Element, key: str = "k1", place: Place = Place.DIRECT, only_for: str = ""
    ) -> Post:
        return Post(key, "notice", self.at(place, to), say(*(parts or ("Hello",))), only_for=only_for)

    def edit(self, to: str, target: str, *parts: str | Element, place: Place = Place.DIRECT) -> Edit:
        return Edit("e1", "notice", self.at(place, to), target, say(*(parts or ("x",))))

    def room(self, *members: str, name: str = "autumn-001-ab12", title: str = "Ana and Bo") -> OpenRoom:
        return OpenRoom("room:1", "room", self.at(Place.HALL, "C1"), name, title, members or ("U1", "U2"))

    def close(self, channel: str) -> CloseRoom:
        return CloseRoom("close:1", "room", self.at(Place.ROOM, channel))

    def home(self, user: str, *parts: str | Element) -> ShowHome:
        return ShowHome("home:1", "home", self.at(Place.DIRECT, user), say(*(parts or ("x",))))

    def calls(self, method: str = "") -> list[Request]:
        """The requests so far, of one method or of all."""
        return [each for each in self.server.requests if method in ("", each.method)]

    def channel(self, name: str = "autumn-001-ab12") -> Channel:
        return self.house.workspace.channel(name)


@asynccontextmanager
async def open_bench(**settings: Any) -> AsyncGenerator[Bench]:
    """A bench; at the end nothing may have been asked for that Slack does not document."""
    async with open_house(subscriptions=(), **settings) as house:
        installed = Installed(house.server)
        yield Bench(house, installed, Outbound(installed, Time(house.clock)))
