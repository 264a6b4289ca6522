"""A Discord server as a venue for the journeys: the real adapter, over real HTTP and a gateway, on a test Discord."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime, timedelta
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from adapters.discord.commands import path
from adapters.discord.inward import Tempo
from adapters.discord.permissions import ALL
from adapters.discord.problems import MISSING_ACCESS
from adapters.discord.settings import DiscordSettings
from adapters.discord.wiring import DiscordAdapter
from bot.app import House, build, command_table, knowledge
from bot.engine.clock import VirtualClock
from bot.language.adapter import Ground
from bot.language.commands import NAME, spec_of
from bot.testing import BEGINS, CAST, KIT, Seat, Shown, Where
from storage.database import Database
from tests.discordserver import permissions, reading
from tests.discordserver.community import Community
from tests.discordserver.errors import Impossible
from tests.discordserver.faults import Rule, error, ratelimited
from tests.discordserver.person import Person
from tests.discordserver.server import DiscordServer
from tests.discordserver.state import DM, PRIVATE_THREAD, TEXT, Channel, Message
from tests.journeys.ground import kits_of, migrated
from topics.model import Kit

HALL, DESK = "reading-room", "mentoring-desk"
HALF_AN_HOUR = 1800
TALK = "Counterpart and "
"""How the thread begins in which the bot talks with somebody whose direct messages are closed."""
TEMPO = Tempo(storing=1.5, pauses=(0.0, 0.0), reading=(0.0, 0.0), opening=10.0, breather=0.0, looking=60.0)


class DiscordVenue:
    """`bot.testing.Venue` on Discord."""

    def __init__(
        self, server: DiscordServer, clock: VirtualClock, settings: DiscordSettings, database: Database
    ) -> None:
        self.server = server
        self.hall, self.desk = HALL, DESK
        self.kits = kits_of(KIT)
        self.community: Community
        self.patience = timedelta(minutes=1)
        """For how long a deed waits for what follows from it: paces take seconds, faults longer."""
        self._clock = clock
        self._settings = settings
        self._database = database
        self._people: dict[str, str] = {}
        self._rules: dict[str, Rule] = {}
        self.house: House
        self.adapter: DiscordAdapter

    async def open(self) -> "DiscordVenue":
        """The cast, the public channel, and the bot itself."""
        boss = next(seat for seat in CAST if seat.owner)
        owner = self.server.world.add_user(boss.key, boss.name)
        self.community = self.server.add_guild("Counterpart Libraries", owner=owner.id, allowed=ALL)
        self._people[boss.key] = owner.id
        for seat in CAST:
            if seat is not boss:
                self._people[seat.key] = self.community.add_member(seat.key, seat.name).id
        self.community.add_channel(HALL)
        await self._begin()
        return self

    async def close(self) -> None:
        """End the bot's process for good."""
        await self.adapter.stop()
        await self._database.close()

    async def _begin(self) -> None:
        known = knowledge(self._database, self._clock, self.kits)
        ground = Ground(self._clock, command_table(), self._database.url, known)
        self.adapter = DiscordAdapter(self._settings, ground, TEMPO)
        self.house = build(self._database, self._clock, [self.adapter], self.kits)
        await self.house.engine.courier.recover()
        await self.adapter.start(self.house.engine.inbox.receive)
        await self.settle()

    async def restart(self) -> None:
        """End the bot's process, and begin a new one on another connection."""
        await self.adapter.stop()
        await self._begin()

    async def settle(self) -> None:
        """Let the bot do all that it can now, and hear what comes of it, for as long as `patience`."""
        until = self._clock.now() + self.patience
        while True:
            await self._hear()
            done = await self.house.engine.settle()
            await self._hear()
            due = await self.house.engine.next_due()
            if not done and (due is None or due > until):
                return
            if not done and due is not None:
                self._clock.set(max(due, self._clock.now()))

    async def _hear(self) -> None:
        """Everything that the server has told is stored, and what the adapter looks after was looked at."""
        self.server.gateway.flush()
        await self.server.settled()
        await self.adapter.inward.tick()
        await self.adapter.inward.lanes.settled()

    def beside(self, hall: str, desk: str) -> "DiscordVenue":
        """The same place and people, seen from the channels of another program; the public one is made."""
        self.community.add_channel(hall)
        other = copy(self)
        other.hall, other.desk = hall, desk
        return other

    # What people do

    def person(self, who: Seat) -> Person:
        """Somebody's hands and eyes in Discord."""
        return self.community.person(self._people[who.key])

    async def say(self, who: Seat, text: str, where: Where = Where.PRIVATE) -> None:
        place, person = self._channel(who, where), self.person(who)
        if where is Where.PRIVATE and place.type != DM:
            # In a thread the bot reads only what is meant for it.
            text = f"@{self.server.world.users[self.server.app.bot].name} {text}"
        await person.say(place, text)
        await self.settle()

    async def send_picture(self, who: Seat, name: str, content: bytes) -> None:
        place, person = self._channel(who, Where.PRIVATE), self.person(who)
        text = "" if place.type == DM else f"@{self.server.world.users[self.server.app.bot].name}"
        sent = (name, guess_type(name)[0] or "application/octet-stream", content)
        await person.say(place, text, files=[sent])
        await self.settle()

    async def press(self, who: Seat, label: str, where: Where = Where.PRIVATE) -> None:
        person = self.person(who)
        for message in reversed(self._messages(who, where)):
            if label in reading.buttons(message):
                assert (await person.press(message, label)).acknowledged
                await self.settle()
                return
        raise LookupError(f"{who.key} has no {label!r}")

    async def fill(self, who: Seat, command: str, values: Mapping[str, str], where: Where = Where.PRIVATE) -> None:
        person, place = self.person(who), self._channel(who, where)
        found = spec_of(command_table(), command)
        numbers = {each.name for each in found[0].arguments if each.kind == "number"} if found else set[str]()
        options: dict[str, Any] = {name: int(each) if name in numbers else each for name, each in values.items()}
        words = path(found[0], command_table()) if found else [command]
        given = await person.command(" ".join([NAME, *words]), place, **options)
        assert given.acknowledged
        await self.settle()

    # What goes wrong

    async def leave(self, who: Seat) -> None:
        self.community.leave(self.person(who))
        await self.settle()

    async def lose_room(self, who: Seat) -> None:
        room = self._room(who)
        assert room is not None
        self.community.delete_channel(room)
        await self.settle()

    def shut_out(self, who: Seat, *, out: bool = True) -> None:
        user, plan = self._people[who.key], self.server.faults
        if rule := self._rules.pop(who.key, None):
            plan.rules.remove(rule)
        if out:
            # Into a channel, everybody comes with the one request that makes it; into a thread, one by one.
            bring = "PUT /channels/{channel_id}/thread-members/{user_id}"
            self._rules[who.key] = plan.add(bring, error(MISSING_ACCESS), when=lambda args: args["user_id"] == user)

    def outage(self, *, over: bool = False) -> None:
        if over:
            self.server.faults.rules.remove(self._rules.pop("outage"))
        else:
            self._rules["outage"] = self.server.faults.add("*", ratelimited(HALF_AN_HOUR))

    def double(self) -> None:
        self.server.gateway.double_every(1)

    def events(self) -> Sequence[str]:
        return [str(event["name"]) for event in self.community.guild.events.values()]

    # What they see

    async def shown(self, who: Seat, where: Where = Where.PRIVATE) -> Sequence[Shown]:
        return [
            Shown(reading.words(each), tuple(reading.buttons(each)), tuple(file.name for file in each.attachments))
            for each in self._messages(who, where)
        ]

    async def members(self, who: Seat) -> frozenset[str]:
        room = self._room(who)
        return frozenset(key for key, user in self._people.items() if room is not None and self._is_in(room, user))

    async def is_open(self, who: Seat) -> bool:
        room, user = self._room(who), self._people[who.key]
        if room is None or not permissions.sees(self.community.guild, room, user):
            return False
        if room.thread is not None and room.thread.locked:
            return False
        return bool(permissions.in_channel(self.community.guild, room, user) & permissions.SEND_MESSAGES)

    def now(self) -> datetime:
        return self._clock.now()

    async def until(self, at: datetime) -> None:
        await self.settle()
        while (due := await self.house.engine.next_due()) is not None and due <= at:
            self._clock.set(max(due, self._clock.now()))
            await self.settle()
        self._clock.set(at)
        await self.settle()

    def _messages(self, who: Seat, where: Where) -> list[Message]:
        """What the bot put at a place that this person can read, in order; also what only they see there."""
        person, bot = self.person(who), self.server.app.bot
        found: list[Message] = []
        for channel in self._channels(who, where):
            found += [each for each in person.messages(channel) if each.author == bot] + person.ephemerals(channel)
        return sorted(found, key=lambda message: int(message.id))

    def rooms(self) -> list[Channel]:
        """The rooms that the bot opened, closed ones included."""
        guild = self.community.guild
        channels = [each for each in guild.channels.values() if each.type == TEXT and each.name not in (HALL, DESK)]
        threads = [each for each in guild.threads.values() if each.type == PRIVATE_THREAD and not _is_talk(each)]
        return sorted(channels + threads, key=lambda channel: int(channel.id))

    def talk(self, who: Seat) -> Channel | None:
        """The thread in which the bot talks with somebody whose direct messages are closed, if there is one."""
        user, guild = self._people[who.key], self.community.guild
        return next((each for each in guild.threads.values() if _is_talk(each) and self._is_in(each, user)), None)

    def _is_in(self, room: Channel, user: str) -> bool:
        if room.thread is not None:
            return user in room.thread.members
        return user in room.overwrites and bool(room.overwrites[user].allow & permissions.VIEW_CHANNEL)

    def _room(self, who: Seat) -> Channel | None:
        user = self._people[who.key]
        return next((room for room in reversed(self.rooms()) if self._is_in(room, user)), None)

    def _channels(self, who: Seat, where: Where) -> list[Channel]:
        try:
            channel = self._channel(who, where)
        except Impossible:
            return []
        direct = self.person(who).direct
        return [direct, channel] if where is Where.PRIVATE and channel is not direct else [channel]

    def _channel(self, who: Seat, where: Where) -> Channel:
        person = self.person(who)
        match where:
            case Where.PRIVATE:
                return self.talk(who) or person.direct
            case Where.ROOM:
                room = self._room(who)
                if room is None:
                    raise Impossible(f"{who.key} has no room")
                return person.channel(room)
            case Where.DESK:
                return person.channel(self.desk)
            case Where.HALL:
                return person.channel(self.hall)


def _is_talk(thread: Channel) -> bool:
    return thread.name.startswith(TALK)


def settings_for(server: DiscordServer, **more: Any) -> DiscordSettings:
    """What an operator sets."""
    given = {"token": server.app.token, "api_url": server.api_url, "gateway_url": server.gateway_url, **more}
    return DiscordSettings(_env_file=None, **given)  # pyright: ignore[reportCallIssue] - it does not declare `_env_file`


@asynccontextmanager
async def discord_venue(folder: Path, kits: str | Mapping[str, Kit] = KIT, **more: Any) -> AsyncIterator[DiscordVenue]:
    """A server with the cast in it, and its bot. Whatever the bot asked of Discord is right by Discord's reference."""
    clock = VirtualClock(BEGINS)
    async with DiscordServer(clock.now) as server:
        database = await migrated(folder / "discord.db")
        venue = DiscordVenue(server, clock, settings_for(server, **more), database)
        venue.kits = kits_of(kits) if isinstance(kits, str) else kits
        await venue.open()
        try:
            yield venue
        finally:
            await venue.close()
        assert server.violations == []
