"""`counterpart doctor discord` and `counterpart discord …`: what is wrong, and where it is put right."""

import asyncio
from collections.abc import Sequence

import pytest
from typer.testing import CliRunner

from adapters.discord import permissions
from adapters.discord.cli import command_line
from adapters.discord.doctor import BOT, COMMANDS, INTENT, SERVERS, SETTINGS, STARTS, check, examine
from adapters.discord.settings import DiscordSettings, variable
from bot.language.adapter import Finding, Ground
from tests.adapters import discord_inward as inward
from tests.adapters.discord_inward import Inbox, Known, Now, a_server, connected, settings
from tests.discordserver.faults import status
from tests.discordserver.server import DiscordServer
from tests.slackserver.bench import Clock

NEEDED = permissions.ALL


async def looked(server: DiscordServer, clock: Clock, **more: str) -> Sequence[Finding]:
    return await examine(settings(server, **more), Ground(Now(clock), inward.COMMANDS))


def about(found: Sequence[Finding], what: str) -> list[Finding]:
    return [finding for finding in found if finding.what == what]


async def test_all_is_well() -> None:
    async with a_server() as (server, clock):
        server.add_guild("Librarians", allowed=NEEDED)
        async with connected(server, clock, Inbox(), Known()):
            pass
        sent = len(server.requests)
        found = await looked(server, clock)
        assert [finding for finding in found if not finding.good] == []
        assert [finding.what for finding in found] == [SETTINGS, BOT, INTENT, STARTS, COMMANDS, SERVERS]
        assert about(found, COMMANDS)[0].text == "/mentoring is there"
        assert "999 connections can be opened" in about(found, STARTS)[0].text
        assert {request.method.split()[0] for request in server.requests[sent:]} == {"GET"}, "nothing is changed"


async def test_permissions_that_are_missing() -> None:
    async with a_server() as (server, clock):
        server.add_guild("Librarians", allowed=NEEDED & ~permissions.MANAGE_ROLES)
        server.add_guild("Archivists", allowed=permissions.ADMINISTRATOR)
        first, second = sorted(about(await looked(server, clock), SERVERS), key=lambda finding: finding.good)
        assert not first.good
        for word in (
            "“Librarians”",
            "“Manage Roles”",
            "to let just the members of a pair",
            "oauth2/authorize?client_id=",
        ):
            assert word in first.text
        assert "“View Channels”" not in first.text
        assert second.good
        assert "administrator, which it need not be" in second.text


async def test_nothing_is_there_yet() -> None:
    async with a_server(privileged=1 << 15) as (server, clock):
        found = await looked(server, clock)
        assert all(finding.good for finding in found)
        assert "not there yet" in about(found, COMMANDS)[0].text
        assert "none yet" in about(found, SERVERS)[0].text
        assert "Message Content could be switched off" in about(found, INTENT)[0].text


async def test_a_token_that_is_not_accepted() -> None:
    async with a_server() as (server, clock):
        found = await looked(server, clock, token="another.token")
        assert [finding.what for finding in found] == [SETTINGS, BOT]
        assert "COUNTERPART_DISCORD_TOKEN is not accepted" in found[1].text


async def test_no_more_connections_today() -> None:
    async with a_server() as (server, clock):
        server.gateway.starts.used, server.gateway.starts.since = 1000, clock()
        [finding] = about(await looked(server, clock), STARTS)
        assert not finding.good
        assert "24.0 hours" in finding.text


async def test_commands_that_are_old_and_a_discord_in_trouble() -> None:
    async with a_server() as (server, clock):
        async with connected(server, clock, Inbox(), Known()):
            pass
        [command] = server.app.commands.values()
        command.content["options"].pop()
        assert "brings it up to date" in about(await looked(server, clock), COMMANDS)[0].text
        server.faults.add("GET /users/@me/guilds", status(503))
        [finding] = about(await looked(server, clock), SERVERS)
        assert not finding.good
        assert "503" in finding.text


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> pytest.MonkeyPatch:
    """Neither the environment nor a file of this machine has a say."""
    monkeypatch.chdir(str(tmp_path))
    for name in DiscordSettings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    return monkeypatch


async def test_settings_that_are_missing(bare: pytest.MonkeyPatch) -> None:
    [finding] = await check(Ground(Now(Clock()), inward.COMMANDS))
    assert (finding.what, finding.good) == (SETTINGS, False)
    assert "Discord is not set up" in finding.text


# The command line


def test_the_link_asks_for_what_is_explained() -> None:
    shown = CliRunner().invoke(command_line(inward.COMMANDS), ["invite", "--application-id", "123456"])
    assert shown.exit_code == 0
    link = shown.output.splitlines()[0]
    assert link.startswith("https://discord.com/oauth2/authorize?client_id=123456&scope=bot+applications.commands&")
    assert f"permissions={NEEDED}" in link
    for need in permissions.NEEDS:
        assert f"{need.name}: {need.purpose}" in shown.output
    assert NEEDED & (permissions.ADMINISTRATOR | permissions.MANAGE_GUILD) == 0


def test_what_is_wrong_with_an_id_or_a_token(bare: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(command_line(inward.COMMANDS), ["invite", "--application-id", "my app"]).exit_code == 2
    shown = CliRunner().invoke(command_line(inward.COMMANDS), ["invite"])
    assert shown.exit_code == 1
    assert "Discord is not set up" in shown.output


async def test_the_id_by_the_token(bare: pytest.MonkeyPatch) -> None:
    async with a_server() as (server, _):
        bare.setenv(variable("token"), server.app.token)
        bare.setenv(variable("api_url"), server.api_url)
        shown = await asyncio.to_thread(CliRunner().invoke, command_line(inward.COMMANDS), ["invite"])
        assert shown.exit_code == 0, shown.output
        assert f"client_id={server.app.id}" in shown.output


def test_the_commands_as_discord_shows_them() -> None:
    shown = CliRunner().invoke(command_line(inward.COMMANDS), ["commands"])
    assert "/mentoring round open pairs [starts] [odd]: Opens a round." in shown.output
    assert "/mentoring round show: Shows the round." in shown.output
