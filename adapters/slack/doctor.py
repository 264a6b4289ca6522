"""`counterpart doctor slack`: looks at the tokens and what they may do, and says where it is put right."""

from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from adapters.slack.asking import NoAnswer, ask
from adapters.slack.errors import APPS, why_no_bot, why_no_socket
from adapters.slack.installs import ManyWorkspaces
from adapters.slack.manifest import SCOPES
from adapters.slack.quiet import client_for
from adapters.slack.settings import SlackSettings, Way, read_settings
from adapters.slack.store import Installations, engine_for, lacks_file
from adapters.slack.workspaces import Workspace
from bot.language.adapter import Finding, Ground, NotConnected
from bot.language.payload import word
from bot.language.settings import shown

SETTINGS, BOT, SCOPE, SOCKETS, INSTALLED = (
    "slack settings",
    "slack bot token",
    "slack scopes",
    "slack socket mode",
    "slack installations",
)


async def check(ground: Ground) -> Sequence[Finding]:
    """Look at everything that connecting needs. Nothing is sent to anybody."""
    try:
        settings = read_settings()
    except NotConnected as wrong:
        return [Finding(SETTINGS, False, line) for line in str(wrong).splitlines()]
    return await examine(settings, ground)


async def examine(settings: SlackSettings, ground: Ground) -> Sequence[Finding]:
    """Look at what these settings lead to."""
    settled = Finding(SETTINGS, True, _WAYS[settings.way])
    if settings.way is Way.OAUTH:
        return [settled, *await _installations(settings, ground)]
    found = [settled, *await _bot(settings)]
    return [*found, await _sockets(settings)] if settings.way is Way.SOCKETS else found


_WAYS = {
    Way.SOCKETS: "one workspace, by Socket Mode",
    Way.HTTP: "one workspace, which calls by HTTP",
    Way.OAUTH: "the workspaces whose people install the app, by HTTP",
}


async def _bot(settings: SlackSettings) -> Sequence[Finding]:
    client = client_for(shown(settings.bot_token), settings.api_url)
    try:
        answer = await ask(client, "auth.test")
    except NoAnswer as problem:
        return [Finding(BOT, False, why_no_bot(problem.code))]
    team, user = word(answer.body, "team"), word(answer.body, "user")
    return [Finding(BOT, True, f"@{user} in “{team}”"), _scopes(answer.headers.get("x-oauth-scopes", ""))]


def _scopes(granted: str) -> Finding:
    has = {scope.strip() for scope in granted.split(",")}
    lacking = [scope for scope in SCOPES if scope not in has]
    if not lacking:
        return Finding(SCOPE, True, "all that are needed are granted")
    return Finding(
        SCOPE,
        False,
        f"The bot lacks {', '.join(lacking)}. Open {APPS}, choose your app, then “OAuth & Permissions”, “Bot Token "
        "Scopes”: add them. Then “Install App”: install it to your workspace once more.",
    )


async def _sockets(settings: SlackSettings) -> Finding:
    client = client_for("", settings.api_url)
    try:
        await ask(client, "apps.connections.open", token=shown(settings.app_token))
    except NoAnswer as problem:
        return Finding(SOCKETS, False, why_no_socket(problem.code))
    return Finding(SOCKETS, True, "connections can be opened")


async def _installations(settings: SlackSettings, ground: Ground) -> Sequence[Finding]:
    engine = engine_for(ground.database_url)
    store = Installations(settings.client_id or "", engine, settings.keys)
    workspaces = ManyWorkspaces(store, settings.api_url)
    try:
        # Connecting would make a database that is not there yet.
        if lacks_file(ground.database_url) or not await store.exists():
            return [_nobody(settings)]
        found = [await workspaces.workspace(team) for team in await workspaces.teams()]
    except NotConnected as wrong:
        return [Finding(INSTALLED, False, str(wrong))]
    except (SQLAlchemyError, OSError) as problem:
        return [Finding(INSTALLED, False, f"The database cannot be read ({type(problem).__name__}).")]
    finally:
        await workspaces.stop()
    return [await _installation(each, settings) for each in found if each is not None] or [_nobody(settings)]


def _nobody(settings: SlackSettings) -> Finding:
    return Finding(INSTALLED, True, f"none yet; people install the app at {settings.public_url}/slack/install")


async def _installation(workspace: Workspace, settings: SlackSettings) -> Finding:
    try:
        answer = await ask(workspace.client, "auth.test")
    except NoAnswer as problem:
        again = f"Somebody there can install the app once more: {settings.public_url}/slack/install"
        return Finding(INSTALLED, False, f"Workspace {workspace.team} cannot be reached ({problem.code}). {again}")
    scopes = _scopes(answer.headers.get("x-oauth-scopes", ""))
    name = word(answer.body, "team")
    return Finding(INSTALLED, scopes.good, f"“{name}”: {scopes.text}")
