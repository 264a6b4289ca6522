"""Many workspaces: people install the app, its tokens are kept encrypted, and it is taken out again."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from adapters.slack.inward import Inward
from adapters.slack.manifest import SCOPES
from bot.language.adapter import Ground, NotConnected
from bot.language.events import Installed, Said, Uninstalled
from bot.language.places import Address, Place
from tests.adapters.slack_inward import COMMANDS, Inbox, Now, a_house, for_many, new_key, settings
from tests.slackserver.bench import House
from tests.slackserver.faults import error, status
from tests.slackserver.installing import install
from tests.slackserver.workspace import Workspace

PUBLIC = "https://mentoring.example.org"
NORTH = "T0A00000001"


@dataclass
class Many:
    """An adapter for many workspaces, and a browser that somebody installs it with."""

    house: House
    inbox: Inbox
    inward: Inward
    browser: httpx.AsyncClient
    file: Path

    async def consent(self, team: str, user: str = "U1") -> httpx.Response:
        """Begin to install, agree at Slack's page, and come back as far as the bot's own page."""
        begun = await self.browser.get("/slack/install", params={"team": team})
        assert begun.status_code == 302
        async with httpx.AsyncClient(trust_env=False) as elsewhere:
            agreed = await elsewhere.get(f"{begun.headers['location']}&user={user}")
        back = urlsplit(agreed.headers["location"])
        assert f"{back.scheme}://{back.netloc}" == PUBLIC
        # The cookie is for https, which a reverse proxy would speak.
        cookie = begun.headers["set-cookie"].partition(";")[0]
        return await self.browser.get(f"{back.path}?{back.query}", headers={"Cookie": cookie})

    @property
    def installed(self) -> list[Installed]:
        return self.inbox.of(Installed)


@asynccontextmanager
async def running(house: House, file: Path, keys: str, inbox: Inbox | None = None) -> AsyncGenerator[Many]:
    found = inbox or Inbox()
    ground = Ground(Now(house.clock), COMMANDS, f"sqlite+aiosqlite:///{file}")
    inward = Inward(for_many(house.server, keys), ground)
    await inward.start(found.receive)
    try:
        assert inward.web is not None
        base = f"http://127.0.0.1:{inward.web.port}"
        await house.server.use_http(f"{base}/slack/events")
        async with httpx.AsyncClient(base_url=base, trust_env=False) as browser:
            yield Many(house, found, inward, browser, file)
    finally:
        await house.server.use_sockets()
        await inward.stop()


@asynccontextmanager
async def many(tmp_path: Path) -> AsyncGenerator[Many]:
    async with a_house() as house, running(house, tmp_path / "bot.db", new_key()) as found:
        yield found


def add(house: House, team: str, name: str, user: str, enterprise: str = "") -> Workspace:
    workspace = house.server.add_workspace(team, name, enterprise=enterprise, installed=False)
    workspace.add_user(user, "dee", "Dee Okoro", tz="Africa/Lagos")
    return workspace


async def test_installing(tmp_path: Path) -> None:
    async with many(tmp_path) as slack:
        south = add(slack.house, "T0A00000002", "Libraries of the South", "U7")
        page = await slack.consent(south.id, "U7")
        assert page.status_code == 200
        (event,) = slack.installed
        assert event.name == "Libraries of the South"
        assert event.at - slack.house.clock() < timedelta(seconds=1)
        assert event.address == Address("slack", south.id, Place.HALL, "")
        assert (event.actor.user, event.actor.name, event.actor.zone) == ("U7", "Dee Okoro", "Africa/Lagos")
        assert south.installation.scopes == set(SCOPES)
        workspace = await slack.inward.workspaces.workspace(south.id)
        assert workspace is not None
        assert (workspace.bot_user, workspace.app_id) == (south.bot, slack.house.server.app.id)
        assert workspace.bot_id == south.installation.bot_id
        assert workspace.client.retry_handlers == []
        assert await slack.inward.workspaces.teams() == (south.id,)
        dee = south.person("U7")
        await dee.say(dee.direct, "hello")
        assert [(each.text, each.actor.community) for each in slack.inbox.of(Said)] == [("hello", south.id)]


async def test_workspaces_are_kept_apart(tmp_path: Path) -> None:
    async with many(tmp_path) as slack:
        south = add(slack.house, "T0A00000002", "Libraries of the South", "U7", enterprise="E1")
        await slack.consent(south.id, "U7")
        await slack.consent(NORTH)
        assert {event.address.community for event in slack.installed} == {NORTH, south.id}
        ana, dee = slack.house.workspace.person("U1"), south.person("U7")
        await ana.say(ana.direct, "from the north")
        await dee.say(dee.direct, "from the south")
        said = {each.actor.community: (each.text, each.actor.name) for each in slack.inbox.of(Said)}
        assert said == {NORTH: ("from the north", "Ana Ruiz"), south.id: ("from the south", "Dee Okoro")}
        await south.uninstall()
        assert await slack.inward.workspaces.teams() == (NORTH,)
        await ana.say(ana.direct, "still there")
        assert slack.inbox.of(Said)[-1].text == "still there"


async def test_tokens_are_encrypted_at_rest(tmp_path: Path) -> None:
    async with many(tmp_path) as slack:
        await slack.consent(NORTH)
        token = slack.house.workspace.token
        written = _written(tmp_path)
        assert NORTH.encode() in written
        assert token.encode() not in written
        assert token.removeprefix("xoxb-").encode() not in written
        found = await slack.inward.workspaces.workspace(NORTH)
        assert found is not None
        assert found.client.token == token


async def test_a_restart(tmp_path: Path) -> None:
    key, file, inbox = new_key(), tmp_path / "bot.db", Inbox()
    async with a_house() as house:
        async with running(house, file, key, inbox) as slack:
            await slack.consent(NORTH)
        async with running(house, file, key, inbox) as slack:
            assert len(slack.installed) == 1, "what is told again is known"
            assert inbox.received == 2
            ana = house.workspace.person("U1")
            await ana.say(ana.direct, "hello")
            assert inbox.of(Said)[0].actor.name == "Ana Ruiz"


async def test_keys_can_be_changed(tmp_path: Path) -> None:
    old, new, file = new_key(), new_key(), tmp_path / "bot.db"
    async with a_house() as house:
        async with running(house, file, old) as slack:
            await slack.consent(NORTH)
        with pytest.raises(NotConnected, match="COUNTERPART_SLACK_ENCRYPTION_KEY"):
            async with running(house, file, new):
                pass
        async with running(house, file, f"{new}, {old}") as slack:
            assert await slack.inward.workspaces.workspace(NORTH)
        # After one start with both, the old one can be thrown away.
        async with running(house, file, new) as slack:
            found = await slack.inward.workspaces.workspace(NORTH)
            assert found is not None
            assert found.client.token == house.workspace.token


@pytest.mark.parametrize("how", ["uninstalled", "revoked"])
async def test_the_app_is_taken_out(tmp_path: Path, how: str) -> None:
    async with many(tmp_path) as slack:
        await slack.consent(NORTH)
        workspace = slack.house.workspace
        slack.house.clock.turn(60)
        await (workspace.uninstall() if how == "uninstalled" else workspace.revoke_tokens())
        assert slack.inbox.of(Uninstalled)[0].address == Address("slack", NORTH, Place.HALL, "")
        assert await slack.inward.workspaces.workspace(NORTH) is None
        with sqlite3.connect(slack.file) as database:
            assert database.execute("SELECT count(*) FROM slack_bots").fetchone() == (0,)
            assert database.execute("SELECT count(*) FROM slack_installations").fetchone() == (0,)
        database.close()
        slack.house.clock.turn(60)
        await slack.consent(NORTH)
        first, second = slack.installed
        assert first.event_id != second.event_id
        assert await slack.inward.workspaces.workspace(NORTH) is not None


async def test_late_news_of_an_earlier_end(tmp_path: Path) -> None:
    """Slack tries again for minutes: by then the app may have been installed anew."""
    async with many(tmp_path) as slack:
        await slack.consent(NORTH)
        slack.house.clock.turn(60)
        slack.inbox.breaks = 4
        await slack.house.workspace.uninstall()
        assert slack.inbox.of(Uninstalled) == []
        slack.house.clock.turn(30)
        await slack.consent(NORTH)
        slack.house.server.expire_acks()
        await slack.house.server.settled()
        assert all(parcel.acknowledged for parcel in slack.house.server.delivery.parcels)
        assert slack.inbox.of(Uninstalled) == []
        assert await slack.inward.workspaces.workspace(NORTH) is not None


async def test_an_end_that_cannot_be_stored_is_told_again(tmp_path: Path) -> None:
    async with many(tmp_path) as slack:
        await slack.consent(NORTH)
        slack.house.clock.turn(60)
        slack.inbox.breaks = 2
        await slack.house.workspace.revoke_tokens()
        assert slack.inbox.of(Uninstalled) == []
        assert await slack.inward.workspaces.workspace(NORTH) is not None
        slack.house.server.expire_acks()
        await slack.house.server.settled()
        assert len(slack.inbox.of(Uninstalled)) == 1
        assert await slack.inward.workspaces.workspace(NORTH) is None


async def test_what_hinders_an_installation(tmp_path: Path) -> None:
    async with many(tmp_path) as slack:
        server = slack.house.server
        server.pages.refuses = True
        refused = await slack.consent(NORTH)
        assert "access_denied" in refused.text
        server.pages.refuses = False
        for fault in (error("invalid_code"), status(503)):
            rule = server.faults.add("oauth.v2.access", fault, times=1)
            page = await slack.consent(NORTH)
            assert (page.status_code, rule.struck) == (401, 1)
        begun = await slack.browser.get("/slack/install")
        cookie = begun.headers["set-cookie"].partition(";")[0]
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        forged = await slack.browser.get("/slack/oauth_redirect", params={"code": "x", "state": state})
        assert forged.status_code == 400, "it is another browser"
        made_up = await slack.browser.get(
            "/slack/oauth_redirect",
            params={"code": "x", "state": "y"},
            headers={"Cookie": f"{cookie.partition('=')[0]}=y"},
        )
        assert made_up.status_code == 401
        assert slack.installed == []
        assert await slack.inward.workspaces.teams() == ()


async def test_an_installation_that_the_core_cannot_store(tmp_path: Path) -> None:
    async with many(tmp_path) as slack:
        slack.inbox.breaks = 1
        page = await slack.consent(NORTH)
        assert page.status_code == 500
        assert slack.installed == []
        assert (await slack.consent(NORTH)).status_code == 200
        assert len(slack.installed) == 1


async def test_where_slack_is_asked_for_consent(tmp_path: Path) -> None:
    async with many(tmp_path) as slack:
        begun = await slack.browser.get("/slack/install")
        where = urlsplit(begun.headers["location"])
        query = parse_qs(where.query)
        assert f"{where.scheme}://{where.netloc}{where.path}" == f"{slack.house.server.url}/oauth/v2/authorize"
        assert query["redirect_uri"] == [f"{PUBLIC}/slack/oauth_redirect"]
        assert set(query["scope"][0].split(",")) == set(SCOPES)
        assert "HttpOnly" in begun.headers["set-cookie"]
        assert "Secure" in begun.headers["set-cookie"]


async def test_one_workspace_is_told_at_each_start() -> None:
    async with a_house() as house:
        inbox = Inbox()
        for _ in range(2):
            inward = Inward(settings(house.server, "sockets"), Ground(Now(house.clock)))
            await inward.start(inbox.receive)
            await inward.stop()
        (event,) = inbox.of(Installed)
        assert inbox.received == 2
        assert (event.name, event.actor.user) == ("Libraries of the North", "")
        assert event.event_id.startswith(f"install:{NORTH}:{house.workspace.bot}")
        await house.workspace.uninstall()
        from_new_token = Inward(settings(house.server, "sockets", bot_token=_again(house)), Ground(Now(house.clock)))
        await from_new_token.start(inbox.receive)
        await from_new_token.stop()
        assert len(inbox.of(Installed)) == 2, "it is installed anew, and that is news"


def _written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def _again(house: House) -> str:
    return install(house.server.world, house.workspace.team, set(SCOPES)).token
