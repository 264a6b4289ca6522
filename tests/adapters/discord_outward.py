"""What tests of the outward half of the Discord adapter work with: a small Discord, and the adapter on its clock."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from discord.http import HTTPClient, Route

from adapters.discord import calls
from adapters.discord.line import Reply
from adapters.discord.marks import message_of
from adapters.discord.outbound import Outbound
from adapters.discord.quiet import speak_to
from adapters.discord.replies import KnownReplies
from bot.language.acts import CloseRoom, Edit, OpenRoom, Post, Receipt
from bot.language.adapter import NothingKnown, Retry
from bot.language.messages import Element, Message, say
from bot.language.places import Address, Place
from tests.discordserver.community import Community
from tests.discordserver.payloads import begin
from tests.discordserver.pressed import COMMAND, DEFER, Pressed
from tests.discordserver.records import Request
from tests.discordserver.server import DiscordServer
from tests.discordserver.state import Channel
from tests.discordserver.state import Message as Posted

NAME = "autumn-001-ab12"
MESSAGES = "POST /channels/{channel_id}/messages"
CHANNELS = "POST /guilds/{guild_id}/channels"
THREADS = "POST /channels/{channel_id}/threads"
DIRECT = "POST /users/@me/channels"
FOLLOW_UP = "POST /webhooks/{webhook_id}/{webhook_token}"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"


@dataclass
class Clock:
    """A clock that stands until it is put forward."""

    time: datetime = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> None:
        self.time += timedelta(**span)


@dataclass
class Time:
    """The clock of the server, as the adapter reads it."""

    clock: Clock

    def now(self) -> datetime:
        return self.clock()


@dataclass
class Line:
    """The connection, as the outward half sees it."""

    client: HTTPClient
    user: str
    application: str
    suspects: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def http(self) -> HTTPClient:
        return self.client

    def suspect(self, guild: str, user: str) -> None:
        self.suspects.append((guild, user))


@dataclass
class Knowing(NothingKnown):
    """Knows the hall of each guild, and the message that was put last before each person."""

    halls: dict[str, str] = field(default_factory=dict[str, str])
    references: dict[str, str] = field(default_factory=dict[str, str])

    async def hall(self, platform: str, community: str) -> str:
        return self.halls.get(community, "") if platform == "discord" else ""

    async def reference(self, address: Address) -> str:
        return self.references.get(address.id, "")


@dataclass
class Bench:
    """A server with a hall, two people and the bot, and the outward half of the adapter before it."""

    server: DiscordServer
    clock: Clock
    guild: Community
    hall: Channel
    line: Line
    knowing: Knowing
    replies: KnownReplies
    outbound: Outbound

    def restarted(self, **settings: Any) -> Outbound:
        """The adapter as it is after a restart, or in another process."""
        return Outbound(self.line, self.replies, Time(self.clock), self.knowing, **settings)

    def at(self, place: Place, identity: str) -> Address:
        return Address("discord", self.guild.id, place, identity)

    def post(
        self, to: str, *parts: str | Element, key: str = "k1", place: Place = Place.HALL, only_for: str = "",
        prompted: bool = False,
    ) -> Post:  # fmt: skip
        message = say(*(parts or ("Hello",)))
        return Post(key, "notice", self.at(place, to), message, only_for=only_for, prompted=prompted)

    def direct(self, user: str, *parts: str | Element, key: str = "k1") -> Post:
        return self.post(user, *parts, key=key, place=Place.DIRECT)

    def edit(self, target: str, *parts: str | Element, key: str = "e1") -> Edit:
        address = self.at(Place.ROOM, message_of(target)[0])
        return Edit(key, "notice", address, target, Message(say(*(parts or ("x",))).elements))

    def room(
        self, *members: str, name: str = NAME, title: str = "Ana and Bo", beside: int = 0, kind: str = "room"
    ) -> OpenRoom:
        users = members or (self.person("ana"), self.person("bo"))
        address = self.at(Place.HALL, self.hall.id)
        return OpenRoom(f"room:{name}", kind, address, name, title, users, beside)

    def close(self, channel: str) -> CloseRoom:
        return CloseRoom("close:1", "room", self.at(Place.ROOM, channel))

    def person(self, name: str) -> str:
        """The id of somebody by name."""
        return next(user.id for user in self.server.world.users.values() if user.name == name)

    def dm(self, user: str) -> list[Posted]:
        """The messages in the bot's direct conversation with somebody."""
        return list(self.server.world.direct(user).messages.values())

    def asked(self, operation: str = "") -> list[Request]:
        """The requests so far, of one operation or of all, without the login's."""
        return [each for each in self.server.requests[1:] if operation in ("", each.method)]

    async def patiently(self, perform: Callable[[], Any], attempts: int = 60) -> Receipt:
        """Perform as the courier does: come again when it is said to."""
        for _ in range(attempts):
            try:
                return await perform()
            except Retry as problem:
                self.clock.forward(seconds=problem.seconds)
        raise AssertionError("it is put off again and again")

    async def command(self, user: str, channel: Channel, *, private: bool = False, hidden: bool = True) -> Pressed:
        """Somebody gives a command, and the inward half puts off its answer and keeps the way to give it."""
        pressed = begin(self.server.world, COMMAND, user, channel, {"name": "mentoring"}, name="mentoring")
        self.server.interactions.all.append(pressed)
        path = "/interactions/{interaction}/{token}/callback"
        body = {"type": DEFER, "data": {"flags": 64 if hidden else 0}}
        await self.line.client.request(Route("POST", path, interaction=pressed.id, token=pressed.token), json=body)
        self.replies.put(user, channel.id, Reply(self.line.application, pressed.token, True), private=private)
        return pressed


@asynccontextmanager
async def open_bench(*, limits: bool = True, **settings: Any) -> AsyncGenerator[Bench]:
    """A bench; at the end nothing may have been asked for that Discord does not document."""
    clock = Clock()
    async with DiscordServer(clock, limits=limits) as server:
        guild = server.add_guild("Libraries of the North")
        hall = guild.add_channel("hall")
        guild.add_member("ana", "Ana Ruiz")
        guild.add_member("bo", "Bo Lind")
        speak_to(server.api_url)
        client = HTTPClient(asyncio.get_running_loop(), http_trace=calls.trace())
        try:
            await client.static_login(server.app.token)
            line = Line(client, server.app.bot, server.app.id)
            knowing, replies = Knowing({guild.id: hall.id}), KnownReplies(Time(clock))
            outbound = Outbound(line, replies, Time(clock), knowing, **settings)
            yield Bench(server, clock, guild, hall, line, knowing, replies, outbound)
        finally:
            await client.close()
        assert server.violations == []
