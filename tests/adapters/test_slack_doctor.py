"""`counterpart doctor slack`: what it finds, and where it sends the operator."""

from pathlib import Path

import pytest

from adapters.slack.doctor import BOT, INSTALLED, SCOPE, SETTINGS, SOCKETS, check, examine
from adapters.slack.settings import SlackSettings, variable
from bot.language.adapter import Finding, Ground
from tests.adapters.slack_inward import Now, a_house, for_many, new_key, settings
from tests.adapters.test_slack_installs import NORTH, running
from tests.slackserver.bench import House
from tests.slackserver.faults import HTML, RESET_BEFORE, ratelimited


async def looked(house: House, given: SlackSettings, database: str = "") -> dict[str, Finding]:
    found = await examine(given, Ground(Now(house.clock), (), database))
    return {finding.what: finding for finding in found}


async def test_all_is_well() -> None:
    async with a_house() as house:
        by_sockets = await looked(house, settings(house.server, "sockets"))
        assert all(finding.good for finding in by_sockets.values())
        assert set(by_sockets) == {SETTINGS, BOT, SCOPE, SOCKETS}
        assert "Libraries of the North" in by_sockets[BOT].text
        by_http = await looked(house, settings(house.server, "http"))
        assert set(by_http) == {SETTINGS, BOT, SCOPE}
        assert all(finding.good for finding in by_http.values())
        assert house.server.sockets.connections == []


async def test_tokens() -> None:
    async with a_house() as house:
        wrong = await looked(house, settings(house.server, "sockets", bot_token="xoxb-wrong", app_token="xapp-wrong"))
        assert not wrong[BOT].good
        assert "“Install App”" in wrong[BOT].text
        assert "api.slack.com/apps" in wrong[BOT].text
        assert not wrong[SOCKETS].good
        assert "“App-Level Tokens”" in wrong[SOCKETS].text
        assert not any("wrong" in finding.text for finding in wrong.values()), "no secret is shown"
        house.server.app.socket_mode = False
        off = await looked(house, settings(house.server, "sockets"))
        assert off[BOT].good
        assert "“Enable Socket Mode”" in off[SOCKETS].text
        given = settings(house.server, "sockets")
        await house.workspace.revoke_tokens()
        revoked = await looked(house, given)
        assert "token was revoked" in revoked[BOT].text


async def test_a_missing_scope() -> None:
    async with a_house() as house:
        house.workspace.installation.scopes -= {"users:read.email", "groups:write"}
        found = await looked(house, settings(house.server, "http"))
        assert not found[SCOPE].good
        assert "The bot lacks groups:write, users:read.email." in found[SCOPE].text
        assert "“OAuth & Permissions”" in found[SCOPE].text


@pytest.mark.parametrize("fault", [HTML, RESET_BEFORE, ratelimited(5)])
async def test_slack_does_not_answer(fault: object) -> None:
    async with a_house() as house:
        house.server.faults.add("*", fault)  # pyright: ignore[reportArgumentType] - of any kind of fault
        found = await looked(house, settings(house.server, "sockets"))
        assert not found[BOT].good
        assert not found[SOCKETS].good
        assert "status.slack.com" in found[BOT].text


async def test_many_workspaces(tmp_path: Path) -> None:
    file, key = tmp_path / "bot.db", new_key()
    database = f"sqlite+aiosqlite:///{file}"
    async with a_house() as house:
        given = for_many(house.server, key)
        nobody = await looked(house, given, database)
        assert "https://mentoring.example.org/slack/install" in nobody[INSTALLED].text
        assert not file.exists(), "to look makes nothing"
        async with running(house, file, key) as slack:
            empty = await looked(house, given, database)
            assert empty[INSTALLED].good
            await slack.consent(NORTH)
        found = await looked(house, given, database)
        assert (found[INSTALLED].good, found[INSTALLED].text[:24]) == (True, "“Libraries of the North”")
        house.workspace.installation.scopes.discard("commands")
        assert "lacks commands" in (await looked(house, given, database))[INSTALLED].text
        await house.workspace.revoke_tokens()
        gone = await looked(house, given, database)
        assert not gone[INSTALLED].good
        assert "token_revoked" in gone[INSTALLED].text
        other = await looked(house, for_many(house.server, new_key()), database)
        assert variable("encryption_key") in other[INSTALLED].text
        file.write_bytes(b"this is no database" * 100)
        assert not (await looked(house, given, database))[INSTALLED].good


async def test_settings_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SlackSettings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    async with a_house() as house:
        ground = Ground(Now(house.clock))
        (missing,) = await check(ground)
        assert not missing.good
        assert "Slack is not set up" in missing.text
        monkeypatch.setenv(variable("bot_token"), house.workspace.token)
        monkeypatch.setenv(variable("app_token"), house.server.app.app_token)
        monkeypatch.setenv(variable("api_url"), house.server.api_url)
        assert all(finding.good for finding in await check(ground))
