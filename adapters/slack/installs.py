"""In which workspaces the bot is installed: the one whose token is in the settings, or all that installed it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.slack.asking import NoAnswer, ask
from adapters.slack.errors import why_no_bot
from adapters.slack.marks import PLATFORM
from adapters.slack.people import People
from adapters.slack.quiet import client_for
from adapters.slack.store import Installations, Kept
from adapters.slack.workspaces import Workspace
from bot.language.adapter import Clock, NotConnected
from bot.language.events import Installed
from bot.language.payload import word
from bot.language.places import Actor, Address, Place


class OneWorkspace:
    """The workspace that the bot's token is for."""

    def __init__(self, token: str, api_url: str, clock: Clock) -> None:
        self.client = client_for(token, api_url)
        self._mark = hashlib.sha256(token.encode()).hexdigest()[:12]
        self._clock = clock
        self._workspace: Workspace | None = None

    async def start(self) -> Sequence[Installed]:
        """Ask Slack which workspace it is. Raises NotConnected where the token is not accepted."""
        try:
            told = (await ask(self.client, "auth.test")).body
        except NoAnswer as problem:
            raise NotConnected(why_no_bot(problem.code)) from None
        team, bot_user = word(told, "team_id"), word(told, "user_id")
        self._workspace = Workspace(team, self.client, bot_user, word(told, "bot_id"), word(told, "app_id"))
        # The same at each start, and another when the app was installed anew: that gives another token.
        identity = f"install:{team}:{bot_user}:{self._mark}"
        return [_installed(identity, self._clock.now(), Actor(PLATFORM, team, ""), word(told, "team"))]

    async def stop(self) -> None:
        """Nothing is held."""

    async def workspace(self, team: str) -> Workspace | None:
        """The workspace, None where the bot is not installed (any more)."""
        found = self._workspace
        return found if found is not None and found.team == team else None

    async def teams(self) -> tuple[str, ...]:
        """The team id of the workspace."""
        return (self._workspace.team,) if self._workspace is not None else ()

    async def outlived(self, team: str, at: datetime) -> bool:
        """Whether the bot is installed although it was taken out at that time: then its present token is good."""
        try:
            await ask(self.client, "auth.test")
        except NoAnswer:
            # What Slack has told is believed unless it says otherwise.
            return False
        return True

    async def forget(self, team: str) -> None:
        """The token is void: only another one in the settings makes the bot reachable again."""
        self._workspace = None


class ManyWorkspaces:
    """The workspaces whose people have installed the app, as the database has them."""

    def __init__(self, store: Installations, api_url: str) -> None:
        self.store = store
        self._api_url = api_url
        self._known: dict[str, tuple[Workspace, Kept]] = {}

    async def start(self) -> Sequence[Installed]:
        """Make the tables where they are missing, and tell of every workspace. Raises NotConnected."""
        await self.store.create_tables()
        await self.store.seal_anew()
        kept = [await self.store.latest(team) for team in await self.store.teams()]
        return [installed_by(each, Actor(PLATFORM, each.team, each.installer)) for each in kept if each is not None]

    async def stop(self) -> None:
        """Let go of the database."""
        await self.store.engine.dispose()

    async def workspace(self, team: str) -> Workspace | None:
        """The workspace, None where the bot is not installed (any more)."""
        found = await self._found(team)
        return found[0] if found is not None else None

    async def teams(self) -> tuple[str, ...]:
        """The team ids of all workspaces in which the bot is installed."""
        return await self.store.teams()

    async def outlived(self, team: str, at: datetime) -> bool:
        """Whether the bot was installed in this workspace after that time."""
        found = await self._found(team)
        # Slack tells whole seconds.
        return found is not None and found[1].at >= at + timedelta(seconds=1)

    async def forget(self, team: str) -> None:
        """The bot was taken out of this workspace, or its token is void."""
        await self.store.forget(team)
        self._known.pop(team, None)

    async def renew(self, team: str) -> tuple[Workspace, Kept] | None:
        """What the database has of a workspace now."""
        self._known.pop(team, None)
        return await self._found(team)

    async def _found(self, team: str) -> tuple[Workspace, Kept] | None:
        if team not in self._known and team:
            kept = await self.store.latest(team)
            if kept is None:
                return None
            client = client_for(kept.token, self._api_url)
            self._known[team] = Workspace(team, client, kept.bot_user, kept.bot_id, kept.app_id), kept
        return self._known.get(team)


def installed_by(kept: Kept, actor: Actor) -> Installed:
    """The event for an installation: the same however often it is told, another when the app is installed anew."""
    identity = f"install:{kept.team}:{kept.bot_user}:{int(kept.at.timestamp())}"
    return _installed(identity, kept.at, actor, kept.name)


async def told_by(workspaces: ManyWorkspaces, people: People, team: str) -> Installed | None:
    """The event for the installation that is in the database now, with what Slack tells of the installer."""
    found = await workspaces.renew(team)
    if found is None:
        return None
    workspace, kept = found
    facts = await people.known(workspace, kept.installer)
    return installed_by(kept, facts.put_on(Actor(PLATFORM, team, kept.installer)))


def _installed(identity: str, at: datetime, actor: Actor, name: str) -> Installed:
    return Installed(identity, at, actor, Address(PLATFORM, actor.community, Place.HALL, ""), name)
