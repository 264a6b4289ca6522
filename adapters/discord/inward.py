"""The way in, put together: a connection that is looked after, and what sees to everything that comes over it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import structlog
from discord.http import HTTPClient

from adapters.discord import commands
from adapters.discord.answering import Answering
from adapters.discord.asking import NoAnswer, ask
from adapters.discord.client import BREATHER, GRACE, Ears
from adapters.discord.connection import OPENING
from adapters.discord.door import Door
from adapters.discord.inside import Inside
from adapters.discord.interactions import PATIENCE, Interactions
from adapters.discord.keeping import PAUSES, Keeping
from adapters.discord.lanes import Lanes
from adapters.discord.members import Members
from adapters.discord.messages import Messages
from adapters.discord.people import Communities, People
from adapters.discord.places import Places
from adapters.discord.reconcile import PAUSE, SLOWLY, Reconciling
from adapters.discord.replies import KnownReplies
from adapters.discord.settings import DiscordSettings
from adapters.discord.supervisor import Supervisor
from adapters.discord.watch import EVERY, Watch
from bot.language.adapter import Ground, NotConnected, Receive
from bot.language.payload import Json, as_object, parts, word

DRAINING = 3.0
"""Seconds that whatever is being stored may take at the end."""
SYNC_AGAIN = timedelta(minutes=1)
_COMMANDS = "/applications/{application_id}/commands"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long things take in real time; tests are in a hurry."""

    storing: float = PATIENCE
    """Until Discord is told to wait."""
    pauses: Sequence[float] = field(default=PAUSES)
    """Between attempts to store what is told once."""
    reading: tuple[float, float] = (PAUSE, SLOWLY)
    """Between questions when what was missed is read."""
    opening: float = OPENING
    breather: float = BREATHER
    grace: float = GRACE
    looking: float = EVERY


class Inward:
    """Everything that hands events in. It is the `Line` and the `Replies` of the way out, too."""

    def __init__(
        self, settings: DiscordSettings, ground: Ground, trace: Callable[[], aiohttp.TraceConfig] | None = None,
        tempo: Tempo | None = None,
    ) -> None:  # fmt: skip
        self._tempo = tempo or Tempo()
        self._ground = ground
        self._tree = commands.tree(ground.commands)
        self._watch = Watch(self.tick, self._tempo.looking)
        ears = Ears(self._hear, trace() if trace is not None else None, self._tempo.breather, self._tempo.grace)
        self.supervisor = Supervisor(settings, ground.clock, ears, self._watch.wake, self._tempo.opening)
        self.lanes = Lanes()
        self.replies = KnownReplies(ground.clock)
        self._answering = Answering()
        self._places = Places(lambda: self.supervisor.client)
        self._people = People(ground.clock, self._places, self._http)
        self._looking = asyncio.Lock()
        self._door: Door | None = None
        self._members: Members | None = None
        self._reconciling: Reconciling | None = None
        self._sync_at: datetime | None = None
        """When the commands are to be told again; None where Discord knows them."""

    # The line

    @property
    def http(self) -> HTTPClient:
        """The library's client, logged in. Raises Retry while there is none."""
        return self.supervisor.http

    @property
    def user(self) -> str:
        """The bot's own account id."""
        return self._places.bot

    @property
    def application(self) -> str:
        """The application's id."""
        client = self.supervisor.client
        return str(client.application_id or "") if client is not None else ""

    def suspect(self, guild: str, user: str) -> None:
        """Something that was sent says that this account may have left: it is looked at soon."""
        if self._members is not None:
            self._members.suspect(guild, user)

    # From the beginning to the end

    async def start(self, receive: Receive) -> None:
        """Connect, tell where the bot is, and hand in what happens. Raises NotConnected."""
        self._furnish(receive)
        try:
            await self.supervisor.start()
            await self._sync(at_start=True)
        except BaseException:  # whatever it was, nothing half begun may stay
            await self.stop()
            raise
        self._watch.start()

    async def stop(self) -> None:
        """Take no more events and let go of Discord."""
        await self._watch.stop()
        self._door = None
        await self.lanes.stop(DRAINING)
        await self._people.stop()
        await self.supervisor.stop()
        await self._answering.stop()

    async def tick(self) -> None:
        """Look after everything that takes time, once: decided by the program's clock."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        await self.supervisor.tick()
        for reply in self.replies.overdue():
            self.lanes.aside(self._answering.take_away(reply))
        if self.supervisor.connected and self._members is not None and self._reconciling is not None:
            if self._sync_at is not None and self._ground.clock.now() >= self._sync_at:
                await self._sync(at_start=False)
            self._reconciling.tick()
            await self._members.tick()

    def _furnish(self, receive: Receive) -> None:
        ground = self._ground
        communities = Communities(self._places, self._people, ground.knowledge)
        places, people, lanes = self._places, self._people, self.lanes
        inside = Inside(ground.clock, ground.knowledge, ground.commands, places, people, communities, lanes, receive)
        keeping = Keeping(receive, self._tempo.pauses)
        messages = Messages(inside, keeping, self._http)
        self._members = Members(inside, keeping, self._http)
        self._reconciling = Reconciling(inside, messages, keeping, self._http, self._tempo.reading)
        interactions = Interactions(inside, self._answering, self.replies, self._tempo.storing)
        self._door = Door(inside, interactions, messages, keeping, self._reconciling.begin, self._reconciling.compare)

    def _hear(self, event: str, told: Json) -> None:
        if self._door is not None:
            self._door.hear(event, told)

    def _http(self) -> HTTPClient:
        return self.supervisor.http

    async def _sync(self, *, at_start: bool) -> None:
        """Have Discord know the commands as they are. Raises NotConnected, at the start only."""
        try:
            there: object = await ask(self.http, "GET", _COMMANDS, application_id=self.application)
            known = parts({"all": there}, "all")
            if len(known) != 1 or not commands.same(self._tree, as_object(known[0])):
                await ask(self.http, "PUT", _COMMANDS, body=[self._tree], application_id=self.application)
                log.info("commands_synced", platform="discord", before=[word(each, "name") for each in known])
            self._sync_at = None
        except NoAnswer as problem:
            if at_start and problem.status in (400, 401, 403):
                raise NotConnected(
                    f"Discord does not take the slash command /{self._tree['name']} ({problem.reason}). Start again; if"
                    " it stays so, `counterpart doctor discord` looks at everything."
                ) from None
            self._sync_at = self._ground.clock.now() + SYNC_AGAIN
            log.warning("commands_not_synced", platform="discord", reason=problem.reason)
