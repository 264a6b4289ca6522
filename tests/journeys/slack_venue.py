"""A Slack workspace as a venue for the journeys: the real adapter, over real HTTP and sockets, on Slack for tests."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime, timedelta
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from adapters.slack.manifest import SCOPES
from adapters.slack.settings import SlackSettings
from adapters.slack.wiring import SlackAdapter
from bot.app import House, build, command_table
from bot.engine.clock import VirtualClock
from bot.language.adapter import Ground
from bot.language.commands import NAME, spec_of
from bot.testing import BEGINS, BOSS, CAST, KIT, Seat, Shown, Where, heard
from storage.database import Database
from tests.journeys.ground import kits_of, migrated
from tests.slackserver import reading
from tests.slackserver.errors import Impossible
from tests.slackserver.faults import Rule, error, ratelimited
from tests.slackserver.person import Person
from tests.slackserver.server import SlackServer
from tests.slackserver.state import Channel, Message
from topics.model import Kit

HALL, DESK = "reading-room", "mentoring-desk"
HALF_AN_HOUR = 1800


class SlackVenue:
    """`bot.testing.Venue` on Slack."""

    def __init__(self, server: SlackServer, clock: VirtualClock, settings: SlackSettings, database: Database) -> None:
        self.server = server
        self.hall, self.desk = HALL, DESK
        self.kits = kits_of(KIT)
        self.patience = timedelta(minutes=1)
        """For how long a deed waits for what follows from it: paces take seconds, faults longer."""
        self._clock = clock
        self._settings = settings
        self._database = database
        self._rules: dict[str, Rule] = {}
        self._ids = {seat.key: f"U{number:03d}" for number, seat in enumerate(CAST, start=1)}
        self.house: House
        self.adapter: SlackAdapter

    async def open(self) -> "SlackVenue":
        """The cast, the public channel with the bot in it, and the bot itself."""
        workspace = self.server.workspace
        for seat in CAST:
            user = workspace.add_user(self._ids[seat.key], seat.key, seat.name, tz=seat.zone, is_admin=seat.owner)
            user.email = seat.email
        workspace.add_channel(HALL, list(self._ids.values()), bot=True)
        await self._begin()
        return self

    async def close(self) -> None:
        """End the bot's process for good."""
        await self.adapter.stop()
        await self._database.close()

    async def _begin(self) -> None:
        self.adapter = SlackAdapter(self._settings, Ground(self._clock, command_table(), self._database.url))
        self.house = build(self._database, self._clock, [self.adapter], self.kits)
        await self.house.engine.courier.recover()
        await self.adapter.start(self.house.engine.inbox.receive)
        if self.adapter.inward.web is not None:
            await self.server.use_http(f"http://127.0.0.1:{self.adapter.inward.web.port}/slack/events")
        await self.settle()

    async def restart(self) -> None:
        """End the bot's process, and begin a new one on another connection."""
        await self.adapter.stop()
        await self._begin()

    async def settle(self) -> None:
        """Let the bot do all that it can now, and hear what comes of it, for as long as `patience`."""
        until = self._clock.now() + self.patience
        while True:
            self.server.delivery.flush()
            await self.server.settled()
            done = await self.house.engine.settle()
            await self.server.settled()
            due = await self.house.engine.next_due()
            if not done and (due is None or due > until):
                return
            if not done and due is not None:
                self._clock.set(max(due, self._clock.now()))

    def beside(self, hall: str, desk: str) -> "SlackVenue":
        """The same place and people, seen from the channels of another program; the public one is made."""
        self.server.workspace.add_channel(hall, list(self._ids.values()), bot=True)
        other = copy(self)
        other.hall, other.desk = hall, desk
        return other

    # What people do

    def person(self, who: Seat) -> Person:
        """Somebody's hands and eyes in Slack."""
        return self.server.workspace.person(self._ids[who.key])

    async def say(self, who: Seat, text: str, where: Where = Where.PRIVATE) -> None:
        await self.person(who).say(self._channel(who, where), text)
        await self.settle()

    async def send_picture(self, who: Seat, name: str, content: bytes) -> None:
        sent = (name, guess_type(name)[0] or "application/octet-stream", content)
        await self.person(who).say(self._channel(who, Where.PRIVATE), "", files=[sent])
        await self.settle()

    async def press(self, who: Seat, label: str, where: Where = Where.PRIVATE) -> None:
        person = self.person(who)
        for message in reversed(self._messages(who, where)):
            if label in reading.buttons(message):
                await person.press(message, label)
                await self.settle()
                return
        raise LookupError(f"{who.key} has no {label!r}")

    async def fill(self, who: Seat, command: str, values: Mapping[str, str], where: Where = Where.PRIVATE) -> None:
        person, place = self.person(who), self._channel(who, where)
        found = spec_of(command_table(), command)
        if found is not None and values and [each.rest and not each.required for each in found[0].arguments] == [True]:
            # Without a word, it is given at once: no form asks for the one that may follow.
            command, values = " ".join([command, *values.values()]), {}
        await person.command(f"/{NAME}", command, place)
        view = person.modal()
        if view is not None:
            await person.submit(view, dict(values))
            assert person.modal() is None, view.errors
        elif values:
            # The form did not open, and the bot told how the command is typed.
            await self.settle()
            await heard(self, who, f"/{NAME} {command}", where)
            await person.command(f"/{NAME}", " ".join([command, *(f"{n}:{v}" for n, v in values.items())]), place)
        await self.settle()

    # What goes wrong

    async def leave(self, who: Seat) -> None:
        await self.server.workspace.deactivate(self._ids[who.key])
        await self.settle()

    async def lose_room(self, who: Seat) -> None:
        room = self._room(who)
        assert room is not None
        await self.server.workspace.delete(room, by=self._ids[BOSS.key])
        await self.settle()

    def shut_out(self, who: Seat, *, out: bool = True) -> None:
        user, plan = self._ids[who.key], self.server.faults
        if rule := self._rules.pop(who.key, None):
            plan.rules.remove(rule)
        if out:
            invited = lambda args: user in str(args["users"]).split(",")  # noqa: E731 - said in one place
            self._rules[who.key] = plan.add("conversations.invite", error("user_is_restricted"), when=invited)

    def outage(self, *, over: bool = False) -> None:
        if over:
            self.server.faults.rules.remove(self._rules.pop("outage"))
        else:
            self._rules["outage"] = self.server.faults.add("*", ratelimited(HALF_AN_HOUR))

    def double(self) -> None:
        self.server.delivery.double_every(1)

    def events(self) -> None:
        return None

    # What they see

    async def shown(self, who: Seat, where: Where = Where.PRIVATE) -> Sequence[Shown]:
        return [
            Shown(reading.words(each), tuple(reading.buttons(each)), reading.files(each))
            for each in self._messages(who, where)
        ]

    async def members(self, who: Seat) -> frozenset[str]:
        room = self._room(who)
        return frozenset(key for key, user in self._ids.items() if room is not None and user in room.members)

    async def is_open(self, who: Seat) -> bool:
        room = self._room(who)
        return room is not None and not room.archived

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
        try:
            channel = self._channel(who, where)
        except Impossible:
            return []
        person = self.person(who)
        bot = self.server.workspace.bot
        every = [each for each in person.messages(channel) if each.user == bot] + person.ephemerals(channel)
        return sorted(every, key=lambda message: float(message.ts))

    def rooms(self) -> list[Channel]:
        """The rooms that the bot opened, closed ones included."""
        channels = self.server.workspace.team.channels.values()
        return [
            channel for channel in channels if channel.kind == "private_channel" and not channel.name.startswith(DESK)
        ]

    def _room(self, who: Seat) -> Channel | None:
        user = self._ids[who.key]
        return next((room for room in reversed(self.rooms()) if user in room.members), None)

    def _channel(self, who: Seat, where: Where) -> Channel:
        match where:
            case Where.PRIVATE:
                return self.person(who).direct
            case Where.ROOM:
                room = self._room(who)
                if room is None:
                    raise Impossible(f"{who.key} has no room")
                return room
            case Where.DESK:
                return self.person(who).channel(self.desk)
            case Where.HALL:
                return self.person(who).channel(self.hall)


def settings_for(server: SlackServer, way: str) -> SlackSettings:
    """What an operator sets for one workspace, by sockets or by HTTP."""
    key = {"app_token": server.app.app_token} if way == "sockets" else {"signing_secret": server.app.signing_secret}
    given: dict[str, Any] = {"api_url": server.api_url, "port": 0, "bot_token": server.workspace.token, **key}
    return SlackSettings(_env_file=None, **given)  # pyright: ignore[reportCallIssue] - it does not declare `_env_file`


@asynccontextmanager
async def slack_venue(
    folder: Path, way: str = "sockets", kits: str | Mapping[str, Kit] = KIT
) -> AsyncIterator[SlackVenue]:
    """A workspace with the cast in it, and its bot. Whatever the bot asked of Slack is right by Slack's reference."""
    clock = VirtualClock(BEGINS)
    async with SlackServer(clock.now, scopes=SCOPES) as server:
        database = await migrated(folder / "slack.db")
        venue = SlackVenue(server, clock, settings_for(server, way), database)
        venue.kits = kits_of(kits) if isinstance(kits, str) else kits
        await venue.open()
        try:
            yield venue
        finally:
            await venue.close()
        assert server.violations == []
