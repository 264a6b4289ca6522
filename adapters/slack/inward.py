"""The way in, put together as the settings say: by sockets or by HTTP, for one workspace or for many."""

from adapters.slack.flow import Installing
from adapters.slack.installs import ManyWorkspaces, OneWorkspace, told_by
from adapters.slack.listeners import Door, bolt_app
from adapters.slack.people import People
from adapters.slack.settings import SlackSettings, Way
from adapters.slack.sockets import Sockets
from adapters.slack.store import Installations, engine_for, states_in
from adapters.slack.web import WebServer, web_app
from bot.language.adapter import Ground, Receive
from bot.language.settings import shown


class Inward:
    """Everything that hands events in, and the workspaces that they come from."""

    def __init__(self, settings: SlackSettings, ground: Ground) -> None:
        self._settings = settings
        self._ground = ground
        self._people = People(ground.clock)
        self.workspaces: OneWorkspace | ManyWorkspaces
        """Where the bot is installed."""
        if settings.way is Way.OAUTH:
            store = Installations(settings.client_id or "", engine_for(ground.database_url), settings.keys)
            self.workspaces = ManyWorkspaces(store, settings.api_url)
        else:
            self.workspaces = OneWorkspace(shown(settings.bot_token), settings.api_url, ground.clock)
        self.sockets: Sockets | None = None
        """The connections of Socket Mode, while they are open."""
        self.web: WebServer | None = None
        """The web server of HTTP mode, while it serves."""

    async def start(self, receive: Receive) -> None:
        """Connect, tell where the bot is installed, and hand in what happens. Raises NotConnected."""
        try:
            await receive(await self.workspaces.start())
            await self._connect(receive)
        except BaseException:  # whatever it was, nothing half begun may stay
            await self.stop()
            raise

    async def stop(self) -> None:
        """Take no more events and let go of Slack."""
        if self.sockets is not None:
            await self.sockets.stop()
        if self.web is not None:
            await self.web.stop()
        self.sockets = self.web = None
        await self._people.stop()
        await self.workspaces.stop()

    async def _connect(self, receive: Receive) -> None:
        settings, clock, workspaces = self._settings, self._ground.clock, self.workspaces
        secret = shown(settings.signing_secret)
        app = bolt_app(Door(workspaces, self._people, self._ground.commands, clock, receive), secret)
        if isinstance(workspaces, OneWorkspace) and settings.way is Way.SOCKETS:
            self.sockets = Sockets(app, shown(settings.app_token), workspaces.client, clock)
            await self.sockets.start()
            return
        installing = await self._installing(workspaces, receive) if isinstance(workspaces, ManyWorkspaces) else None
        self.web = WebServer(web_app(app, secret, installing), settings.host, settings.port)
        await self.web.start()

    async def _installing(self, workspaces: ManyWorkspaces, receive: Receive) -> Installing:
        states = states_in(workspaces.store.engine)
        await states.create_tables()

        async def announce(team: str) -> None:
            event = await told_by(workspaces, self._people, team)
            if event is not None:
                await receive([event])

        return Installing(self._settings, workspaces.store, states, self._ground.clock, announce)
