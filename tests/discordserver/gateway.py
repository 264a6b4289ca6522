"""The gateway: what an application hears of its guilds, over WebSockets that can be broken in every way.

`emit` is told of everything that happens; each session is sent what its intents, its shard and the bot's permissions
let it know. Tests may `drop`, `reconnect`, `invalidate`, `haunt` and `close` it, let logins fail, and have events come
twice or in disorder.
"""

import asyncio
import copy
from collections.abc import Collection
from random import Random

from aiohttp import web

from tests.discordserver import connection as frames
from tests.discordserver import dispatch, guild_shapes
from tests.discordserver.calls import Answer, Route
from tests.discordserver.core import Core
from tests.discordserver.doors import PATH, Door
from tests.discordserver.identify import shard_of
from tests.discordserver.session import Session
from tests.discordserver.state import Guild, Json

PATIENCE = 10.0
"""Seconds of real time within which a client is expected to read what it was sent."""


class Gateway(Door):
    """All sessions of the application and their connections.

    `heartbeat` is the interval in seconds that clients are told at the beginning (Discord says 41.25).
    """

    def __init__(self, core: Core, *, heartbeat: float = 41.25) -> None:
        super().__init__(core, heartbeat)
        self.events: list[tuple[str, Json]] = []
        """Everything that happened, by name, whether or not somebody was sent it."""
        self._double = 0
        self._counted = 0
        self._window = 0
        self._random = Random(0)
        self._held: list[tuple[Session, str, Json]] = []

    # What tests ask and do

    @property
    def sent(self) -> int:
        """How many events the sessions were sent so far, those that wait for a RESUME included."""
        return sum(each.seq for each in self.sessions)

    @property
    def seen(self) -> int:
        """How many of these the client is known to have read: its library has handed them to the application."""
        return sum(each.seen for each in self.sessions)

    @property
    def ready(self) -> bool:
        """Whether a session is connected, and hears what happens."""
        return any(each.connection and not each.connection.silent for each in self.sessions)

    def hears(self, guild: str) -> bool:
        """Whether a session, connected or resumable, hears of this guild (or of private conversations)."""
        if guild and self._core.app.bot not in self._core.guilds[guild].members:
            return False
        now = self._core.now()
        alive = [each.shard for each in self.sessions if each.resumable(now, each.seq)]
        return any(shard_of(guild, count) == number for number, count in alive)

    def of(self, event: str) -> list[Json]:
        """What happened under this name."""
        return [data for name, data in self.events if name == event]

    def routes(self) -> list[Route]:
        """The requests that tell where the gateway is."""
        return [
            Route("GET", "/gateway", lambda _: Answer({"url": self.address}), auth=False),
            Route("GET", "/gateway/bot", lambda _: Answer(self._for_bots())),
        ]

    def add_to(self, application: web.Application) -> None:
        """Let the application serve the WebSockets."""
        for path in (PATH, f"{PATH}/"):
            application.router.add_get(path, self.serve)

    def drop(self) -> None:
        """Break all connections without a word, as a network does. Sessions can be resumed."""
        for each in list(self.connections):
            each.drop()

    def reconnect(self) -> None:
        """Ask all clients to connect anew (operation 7)."""
        for each in list(self.connections):
            each.say(frames.RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell all clients that their session is invalid (operation 9), to be resumed or not."""
        for session in self.sessions:
            session.ended = session.ended or not resumable
            if session.connection:
                session.connection.say(frames.INVALID, resumable)

    def close(self, code: int, reason: str = "") -> None:
        """Close all connections with this code. After 4004 to 4014, 4007 and 4009 excepted, clients give up."""
        for each in list(self.connections):
            each.hang_up(code, reason)

    def haunt(self) -> None:
        """Let all connections stay open, and let nothing come over them from now on."""
        for each in self.connections:
            each.silent = True

    def next_identify_fails(self, times: int = 1, code: int = 0) -> None:
        """Refuse the next attempts to log in: with this close code, or, without one, by an invalid session."""
        self.failing, self.refusal = (0, (code, times)) if code else (times, (0, 0))

    def outage(self, guild: Guild) -> None:
        """Discord has trouble with a guild: it is told as unavailable, and until `recover` nothing is told of it."""
        self._core.emit("GUILD_DELETE", {"id": guild.id, "unavailable": True}, guild=guild.id)
        guild.unavailable = True

    def recover(self, guild: Guild) -> None:
        """The trouble is over. What happened meanwhile stays untold, but shows in the GUILD_CREATE that comes now."""
        guild.unavailable = False
        self._core.emit("GUILD_CREATE", guild_shapes.guild_create(self._core, guild), guild=guild.id)

    def double_every(self, number: int) -> None:
        """Send every `number`-th event twice, as happens around a RESUME; 0 ends it. Interactions come once."""
        self._double, self._counted = number, 0

    def reorder(self, window: int, seed: int = 0) -> None:
        """Hold events back until there are `window` of them, then send them shuffled; 0 ends it."""
        self._window, self._random = window, Random(seed)
        if not window:
            self.flush()

    def flush(self) -> None:
        """Send what is held back for reordering."""
        held, self._held = self._held, []
        self._random.shuffle(held)
        for session, event, data in held:
            session.tell(event, data)

    async def confirmed(self) -> None:
        """Wait until the clients have read all that they were sent so far, and so handed it to the application.

        Sessions without a connection, or with a silent one, are not waited for.
        """
        goals = {each: each.seq for each in self.sessions if each.seen < each.seq}
        for session, goal in goals.items():
            if session.connection:
                session.connection.ask(goal)
        try:
            async with asyncio.timeout(PATIENCE):
                while any(_awaited(session, goal) for session, goal in goals.items()):
                    self.beats.clear()
                    await self.beats.wait()
        except TimeoutError:
            late = [session.id for session, goal in goals.items() if _awaited(session, goal)]
            self._core.violations.append(f"gateway: {', '.join(late)} did not read what it was sent")

    # What happens

    def emit(self, event: str, data: Json, *, guild: str = "", channel: str = "", users: Collection[str] = ()) -> None:
        """Tell every session that may know it. `users` are those whom it is about, where that matters."""
        happened = copy.deepcopy(data)
        self.events.append((event, happened))
        about = set(users)
        for session in [each for each in self.sessions if not each.ended]:
            if shard_of(guild, session.shard[1]) != session.shard[0]:
                continue
            shown = dispatch.as_told(self._core, session, event, happened, guild, channel, about)
            if shown is not None:
                self._send(session, event, shown)

    def _send(self, session: Session, event: str, data: Json) -> None:
        if event == "INTERACTION_CREATE":
            session.tell(event, data)
            return
        self._counted += 1
        times = 2 if self._double and self._counted % self._double == 0 else 1
        for _ in range(times):
            if self._window:
                self._held.append((session, event, data))
            else:
                session.tell(event, data)
        if self._window and len(self._held) >= self._window:
            self.flush()

    def _for_bots(self) -> Json:
        guilds = sum(self._core.app.bot in each.members for each in self._core.guilds.values())
        return {"url": self.address, "shards": 1 + guilds // 1000, "session_start_limit": self.starts.shown()}

    async def stop(self) -> None:
        """Close all connections, as a gateway that goes away."""
        self.close(1001, "going away")


def _awaited(session: Session, goal: int) -> bool:
    heard = session.connection is not None and session.connection.open and not session.connection.silent
    return heard and session.seen < goal
