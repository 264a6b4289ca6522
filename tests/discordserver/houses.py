"""What the server's own tests live in: a clock that stands until it is turned, and a guild with two people."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.discordserver.community import Community
from tests.discordserver.components import shown
from tests.discordserver.deeds_messages import Draft
from tests.discordserver.person import Person
from tests.discordserver.server import DiscordServer
from tests.discordserver.state import Channel, Guild, Json, Message
from tests.discordserver.world import World


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    time: datetime = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def turn(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class House:
    """A server, in it a guild with a channel, and who is there."""

    server: DiscordServer
    clock: Clock
    community: Community
    hall: Channel
    ana: Person
    """Reads Spanish."""
    bo: Person

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def guild(self) -> Guild:
        return self.community.guild

    @property
    def bot(self) -> str:
        """The bot's id."""
        return self.world.app.bot


@asynccontextmanager
async def open_house(**settings: Any) -> AsyncGenerator[House]:
    """A house; at the end nothing may have been done that Discord does not document."""
    clock = Clock()
    async with DiscordServer(clock, **settings) as server:
        community = server.add_guild("Libraries")
        ana, bo = community.add_member("ana"), community.add_member("bo")
        ana.user.locale = "es-ES"
        yield House(server, clock, community, community.add_channel("hall"), ana, bo)
        assert not server.violations, server.violations


def button(label: str, **more: Any) -> Json:
    """A button; its custom id is `id-` and the label."""
    return {"type": 2, "style": 1, "label": label, "custom_id": f"id-{label}", **more}


def ask(house: House, *parts: Json) -> Message:
    """A message of the bot with a row of components."""
    rows = shown([{"type": 1, "components": list(parts)}])
    return house.world.post(house.hall, house.bot, Draft("Will you?", components=rows))
