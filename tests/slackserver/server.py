"""The server itself: a small Slack on 127.0.0.1, for the time of a test."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.slackserver.calls import Handler
from tests.slackserver.delivery import Delivery
from tests.slackserver.faults import Faults
from tests.slackserver.guarding import Guard
from tests.slackserver.installing import install
from tests.slackserver.limits import Limits
from tests.slackserver.methods import channels, chat, extras, identity, members, people, reading, views
from tests.slackserver.pages import Pages
from tests.slackserver.push import Push, Urls
from tests.slackserver.records import Records, Request
from tests.slackserver.responding import NAME as RESPONSE_URL
from tests.slackserver.responding import Responses
from tests.slackserver.sockets import Sockets
from tests.slackserver.spec import SCOPES_OF_EVENTS
from tests.slackserver.state import App, Clock, Team, User
from tests.slackserver.web import WebApi
from tests.slackserver.workspace import Workspace
from tests.slackserver.world import World

SCOPES = frozenset(
    {
        "app_mentions:read", "bookmarks:read", "bookmarks:write", "channels:history", "channels:join",
        "channels:manage", "channels:read", "chat:write", "commands", "files:read", "files:write", "groups:history",
        "groups:read", "groups:write", "im:history", "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write",
        "pins:write", "team:read", "users:read", "users:read.email",
    }
)  # fmt: skip
"""What the app may do unless a test says otherwise."""


def _now() -> datetime:
    return datetime.now(UTC)


class SlackServer:
    """Use it as an async context manager; see the README beside this file.

    The app is installed in one workspace, `workspace`, in which there are no people yet. `add_workspace` makes more.
    """

    def __init__(
        self,
        clock: Clock = _now,
        *,
        scopes: Iterable[str] = SCOPES,
        subscriptions: Iterable[str] = SCOPES_OF_EVENTS,
        limits: bool = True,
    ) -> None:
        self.app = App(
            id="A0A00000001",
            name="Counterpart",
            client_id="1000.2000",
            client_secret="client-secret-of-a-test",
            signing_secret="signing-secret-of-a-test",
            app_token="xapp-1-A0A00000001-of-a-test",
            verification_token="verification-of-a-test",
            scopes=set(scopes),
            subscriptions=set(subscriptions),
        )
        self.delivery = Delivery(clock)
        self.faults = Faults()
        self.limits = Limits(clock, limits)
        self.records = Records()
        self.world = World(self.app, clock, self.delivery)
        self.sockets = Sockets(self.world)
        self.pages = Pages(self.world)
        self.workspaces: dict[str, Workspace] = {}
        self.workspace = self.add_workspace("T0A00000001", "Libraries of the North")
        self._push: Push | None = None
        self._runner = web.AppRunner(self._web(), access_log=None, shutdown_timeout=0.2)

    # What a test asks for

    @property
    def url(self) -> str:
        """Where the server is; the Web API stands at `api_url`."""
        return self.world.url

    @property
    def api_url(self) -> str:
        """The base URL for a client of the Web API."""
        return f"{self.world.url}/api/"

    @property
    def violations(self) -> list[str]:
        """What the app did that Slack does not document; empty at the end of a good test."""
        return self.world.violations

    @property
    def requests(self) -> list[Request]:
        """Every request so far."""
        return self.records.requests

    @property
    def limited(self) -> Counter[str]:
        """How many requests of each method came too fast."""
        return self.limits.limited

    def add_workspace(
        self, team_id: str, name: str, domain: str = "", *, enterprise: str = "", installed: bool = True
    ) -> Workspace:
        """Another workspace, with the app in it or not."""
        team = Team(team_id, name, domain or name.lower().replace(" ", "-"), enterprise)
        self.world.teams[team_id] = team
        team.users["USLACKBOT"] = User("USLACKBOT", "slackbot", "Slackbot")
        if installed:
            install(self.world, team, self.app.scopes)
        self.workspaces[team_id] = Workspace(self.world, team)
        return self.workspaces[team_id]

    async def use_http(self, events: str, interactions: str = "", commands: str = "") -> Push:
        """Deliver by HTTP from now on, after the URL for events has answered the challenge.

        Interactions and commands go to the same URL unless others are given.
        """
        await self.use_sockets()
        self._push = Push(self.world, Urls(events, interactions or events, commands or events))
        await self._push.challenge()
        self.delivery.carrier = self._push
        return self._push

    async def use_sockets(self) -> None:
        """Deliver by Socket Mode from now on, as at the beginning."""
        if self._push:
            await self._push.close()
            self._push = None
        self.delivery.carrier = self.sockets

    def expire_acks(self) -> None:
        """Treat all that is unacknowledged as timed out at this moment, and deliver again what can be."""
        self.delivery.expire()

    async def settled(self) -> None:
        """Wait until nothing is on its way to the app."""
        await self.delivery.settled()

    # Its life

    async def __aenter__(self) -> Self:
        self.delivery.carrier = self.sockets
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.world.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.delivery.close()
        if self._push:
            await self._push.close()
        await self.sockets.close()
        await self._runner.cleanup()

    def _web(self) -> web.Application:
        guard = Guard(self.world, self.faults, self.records)
        api = WebApi(self.world, self._handlers(), guard, self.limits)
        responses = guard.around(RESPONSE_URL, Responses(self.world).serve)
        application = web.Application(client_max_size=20 * 1024 * 1024)
        application.router.add_route("*", "/api/{method}", api.serve)
        application.router.add_get("/link/", self.sockets.serve)
        application.router.add_post("/response/{team}/{id}", responses)
        application.router.add_get("/oauth/v2/authorize", guard.around("authorize", self.pages.authorize))
        application.router.add_post("/upload/{team}/{id}", guard.around("upload", self.pages.upload))
        download = guard.around("download", self.pages.download)
        application.router.add_get("/files-pri/{team}/{id}/download/{name}", download)
        return application

    def _handlers(self) -> Mapping[str, Handler]:
        return {
            **identity.handlers(self.sockets),
            **channels.HANDLERS,
            **members.HANDLERS,
            **reading.HANDLERS,
            **people.HANDLERS,
            **chat.HANDLERS,
            **views.HANDLERS,
            **extras.HANDLERS,
        }
