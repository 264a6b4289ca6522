"""The server itself: a small Discord on 127.0.0.1, for the time of a test."""

from collections import Counter
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.discordserver import permissions
from tests.discordserver.answering import Answering
from tests.discordserver.calls import Route
from tests.discordserver.community import Community
from tests.discordserver.faults import Faults
from tests.discordserver.gateway import Gateway
from tests.discordserver.limits import Limits
from tests.discordserver.person import Person
from tests.discordserver.pressed import Interactions
from tests.discordserver.records import Records, Request
from tests.discordserver.routes import channels, commands, events, guilds, messages, threads, users
from tests.discordserver.spec import Spec
from tests.discordserver.state import App, Clock, User
from tests.discordserver.web import BASE, Rest
from tests.discordserver.world import World

BOT = (
    permissions.VIEW_CHANNEL | permissions.SEND_MESSAGES | permissions.EMBED_LINKS | permissions.ATTACH_FILES
    | permissions.READ_MESSAGE_HISTORY | permissions.MANAGE_CHANNELS | permissions.MANAGE_ROLES
    | permissions.MANAGE_THREADS | permissions.CREATE_PUBLIC_THREADS | permissions.CREATE_PRIVATE_THREADS
    | permissions.SEND_MESSAGES_IN_THREADS | permissions.PIN_MESSAGES | permissions.MENTION_EVERYONE
)  # fmt: skip
"""What the bot may do in a guild unless a test says otherwise."""
OWNER = "100000000000000002"
APP = "100000000000000001"


def _now() -> datetime:
    return datetime.now(UTC)


class DiscordServer:
    """Use it as an async context manager; see the README beside this file.

    There is an application with a bot, and no guild yet: `add_guild` makes one. `privileged` are the privileged intents
    that are switched on for the application, as bits.
    """

    def __init__(
        self, clock: Clock = _now, *, limits: bool = True, privileged: int = 0, heartbeat: float = 41.25
    ) -> None:
        app = App(APP, "Counterpart", f"{APP}.token-of-a-test", APP, OWNER, privileged=privileged)
        self.world = World(app, clock)
        self.world.add_user("counterpart", user_id=APP, bot=True)
        self.owner: User = self.world.add_user("olivia", "Olivia Owner", user_id=OWNER)
        """Who owns the application, and each guild for which nobody else is named."""
        self.faults = Faults()
        self.limits = Limits(clock, limits)
        self.records = Records()
        self.gateway = Gateway(self.world, heartbeat=heartbeat)
        self.world.listeners.append(self.gateway.emit)
        self.interactions = Interactions(self.world, self.gateway)
        self._runner = web.AppRunner(self._web(), access_log=None, shutdown_timeout=0.2)

    # What a test asks for

    @property
    def app(self) -> App:
        """The application: `token`, `id`, `commands` …"""
        return self.world.app

    @property
    def url(self) -> str:
        """Where the server is."""
        return self.world.url

    @property
    def api_url(self) -> str:
        """The base URL of the REST API, for `Route.BASE`."""
        return f"{self.world.url}{BASE}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is, for `DiscordWebSocket.DEFAULT_GATEWAY`."""
        return self.gateway.address

    @property
    def violations(self) -> list[str]:
        """What the app did that Discord does not document; empty at the end of a good test."""
        return self.world.violations

    @property
    def requests(self) -> list[Request]:
        """Every request so far."""
        return self.records.requests

    @property
    def limited(self) -> Counter[str]:
        """How many requests of each operation came too fast."""
        return self.limits.limited

    def add_guild(self, name: str, *, owner: str = "", allowed: int | None = BOT) -> Community:
        """Another guild, with the bot in it and allowed so much there; None: without the bot."""
        guild = self.world.add_guild(name, owner or self.owner.id)
        if allowed is not None:
            self.world.invite_bot(guild, allowed)
        return Community(self.world, self.interactions, guild)

    def person(self, user_id: str) -> Person:
        """The hands of somebody, in whatever guild they are, or in none."""
        return Person(self.world, self.interactions, self.world.users[user_id])

    async def settled(self) -> None:
        """Wait until all interactions are answered or have failed, and the app has read all that it was sent.

        What it goes on to do by itself shows only in its requests: as long as there are new ones, this waits, too.
        """
        before = None
        while before != (now := (self.gateway.sent, len(self.records.requests))):
            before = now
            await self.interactions.settled()
            await self.gateway.confirmed()

    # Its life

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.world.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.interactions.close()
        await self.gateway.stop()
        await self._runner.cleanup()

    def _web(self) -> web.Application:
        application = web.Application(client_max_size=100 * 1024 * 1024)
        rest = Rest(self.world, self.faults, self.limits, self.records, Spec())
        rest.add_to(application, self._routes())
        application.router.add_get("/attachments/{channel_id}/{attachment_id}/{name}", rest.attachment)
        self.gateway.add_to(application)
        Answering(self.interactions).add_to(application)
        return application

    def _routes(self) -> list[Route]:
        return [
            *users.ROUTES,
            *guilds.ROUTES,
            *channels.ROUTES,
            *messages.ROUTES,
            *threads.ROUTES,
            *commands.ROUTES,
            *events.ROUTES,
            *self.gateway.routes(),
            *Answering(self.interactions).routes(),
        ]
