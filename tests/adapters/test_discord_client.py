"""Staying connected: what keeps the bot out is said in words, and whatever breaks is put right."""

from typing import Any

import pytest
import yarl
from structlog.testing import capture_logs

from bot.language.adapter import NotConnected, Retry
from bot.language.events import Installed, Said
from tests.adapters.discord_inward import Bench, Inbox, Known, a_server, connected, open_bench
from tests.discordserver.faults import error, status
from tests.slackserver.bench import until


async def hears(bench: Bench, text: str) -> bool:
    """Whether something that Ana says is heard, once."""
    await until(lambda: bench.server.gateway.ready)
    await bench.ana.say(bench.ana.direct, text)
    await bench.settled()
    return [event.text for event in bench.inbox.of(Said)].count(text) == 1


async def test_no_intent_is_asked_for_that_discord_must_allow() -> None:
    async with open_bench() as bench:
        [session] = bench.server.gateway.sessions
        assert session.intents == 1 << 0 | 1 << 9 | 1 << 12
        assert bench.inward.user == bench.inward.application == bench.server.app.bot


async def refused(code: int = 0, **more: Any) -> str:
    async with a_server() as (server, clock):
        if code:
            server.gateway.next_identify_fails(code=code)
        with pytest.raises(NotConnected) as told:
            async with connected(server, clock, Inbox(), Known(), **more):
                pass
        assert server.app.token not in str(told.value)
        return str(told.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4004, ["COUNTERPART_DISCORD_TOKEN", "4004", "Reset Token"]),
        (4014, ["4014", "GUILD_MESSAGES", "Privileged Gateway Intents"]),
        (4013, ["4013", "COUNTERPART_DISCORD_GATEWAY_URL"]),
        (4011, ["COUNTERPART_DISCORD_SHARDS=auto"]),
        (4012, ["version 10"]),
    ],
)
async def test_a_gateway_that_lets_nobody_in(code: int, words: list[str]) -> None:
    text = await refused(code)
    for word in words:
        assert word in text


async def test_a_token_that_is_not_accepted() -> None:
    text = await refused(token="another.token")
    assert "COUNTERPART_DISCORD_TOKEN is not accepted" in text
    assert "another" not in text


async def test_a_discord_that_is_not_there() -> None:
    assert "Check the connection" in await refused(api_url="http://127.0.0.1:9/api/v10")
    assert "Check the connection" in await refused(gateway_url="ws://127.0.0.1:9")


async def test_a_broken_connection_goes_on() -> None:
    """RESUME brings what was missed."""
    async with open_bench() as bench:
        old = bench.server.gateway.sessions[-1]
        bench.server.gateway.drop()
        await until(lambda: not bench.server.gateway.ready)
        await bench.ana.say(bench.ana.direct, "meanwhile")
        assert await hears(bench, "afterwards")
        assert [event.text for event in bench.inbox.of(Said)] == ["meanwhile", "afterwards"]
        assert bench.server.gateway.sessions == [old], "it is the same session"
        assert bench.inbox.received == 3, "nothing was read anew"


async def test_discord_asks_to_connect_anew() -> None:
    async with open_bench() as bench:
        bench.server.gateway.reconnect()
        await until(lambda: not bench.server.gateway.ready)
        assert await hears(bench, "hello")
        assert len(bench.server.gateway.sessions) == 1


async def test_a_session_that_is_invalid() -> None:
    """Op 9: a new session begins, and tells anew in which servers the bot is."""
    async with open_bench() as bench:
        bench.server.gateway.invalidate()
        await until(lambda: len(bench.server.gateway.sessions) == 2)
        assert await hears(bench, "hello")
        assert len(bench.inbox.of(Installed)) == 1


async def test_a_client_that_gives_up_is_replaced() -> None:
    async with open_bench() as bench:
        with capture_logs() as logs:
            bench.server.gateway.next_identify_fails(2, code=4004)
            bench.server.gateway.close(4004)
            await until(lambda: not bench.inward.supervisor.connected)
            with pytest.raises(Retry):
                _ = bench.inward.http
            await bench.pass_by(0)
            await bench.pass_by(10)
        assert len(bench.server.gateway.sessions) == 1, "trying again at once would be in vain"
        assert [entry["event"] for entry in logs].count("gateway_closed") == 1
        assert "4004" in str(logs)
        bench.server.gateway.next_identify_fails(1, code=4004)
        await bench.pass_by(300)
        assert not bench.inward.supervisor.connected
        await bench.live(300)
        assert await hears(bench, "I am back")


async def test_discord_is_away_for_a_while() -> None:
    async with open_bench() as bench:
        bench.server.faults.add("GET /users/@me", status(503), times=2)
        bench.server.gateway.close(4011)
        await until(lambda: not bench.inward.supervisor.connected)
        await bench.pass_by(1)
        for _ in range(4):
            await bench.live(300)
        assert bench.inward.supervisor.connected
        assert await hears(bench, "I am back")


async def test_a_connection_that_only_seems_to_live() -> None:
    async with open_bench() as bench:
        await bench.live(1)
        [zombie] = bench.server.gateway.connections
        bench.server.gateway.haunt()
        await bench.pass_by(61)
        await bench.pass_by(20)
        assert bench.server.gateway.connections == [zombie], "there is still hope"
        await bench.pass_by(11)
        await until(lambda: zombie not in bench.server.gateway.connections)
        assert await hears(bench, "hello")


async def test_a_connection_that_answers_is_kept() -> None:
    async with open_bench() as bench:
        kept = list(bench.server.gateway.connections)
        for _ in range(5):
            await bench.live(61)
        assert bench.server.gateway.connections == kept


async def test_no_more_sessions_today() -> None:
    """The bot waits until it may connect; meanwhile it can still send."""
    async with a_server() as (server, clock):
        home = server.add_guild("Librarians")
        ana = home.add_member("ana")
        server.gateway.starts.used, server.gateway.starts.since = 1000, clock()
        inbox = Inbox()
        with capture_logs() as logs:
            async with connected(server, clock, inbox, Known()) as inward:
                [waits] = [entry for entry in logs if entry["event"] == "gateway_closed"]
                assert waits["again_at"] > clock().isoformat()
                assert inward.http
                assert server.gateway.sessions == []
                clock.turn(60)
                await inward.tick()
                assert server.gateway.sessions == []
                clock.turn(24 * 3600)
                await inward.tick()
                await until(lambda: server.gateway.ready)
                await ana.say(ana.direct, "hello")
                await server.settled()
                await inward.lanes.settled()
                assert [event.text for event in inbox.of(Said)] == ["hello"]


async def test_several_connections() -> None:
    async with a_server() as (server, clock):
        guilds = [server.add_guild(f"Server {number}") for number in range(4)]
        inbox = Inbox()
        async with connected(server, clock, inbox, Known(), shards="2") as inward:
            await until(lambda: len(server.gateway.connections) == 2)
            await until(lambda: len(inbox.of(Installed)) == 4)
            assert {event.name for event in inbox.of(Installed)} == {each.guild.name for each in guilds}
            for _ in range(3):
                clock.turn(61)
                await inward.tick()
                await until(lambda: not inward.supervisor.awaiting)
            assert len(server.gateway.connections) == 2


async def test_commands_are_told_only_when_they_differ() -> None:
    async with a_server() as (server, clock):
        put = "PUT /applications/{application_id}/commands"
        for expected in (1, 1):
            async with connected(server, clock, Inbox(), Known()):
                assert sum(request.method == put for request in server.requests) == expected
        [command] = server.app.commands.values()
        assert command.name == "mentoring"
        command.content["options"].pop()
        async with connected(server, clock, Inbox(), Known()):
            assert sum(request.method == put for request in server.requests) == 2


async def test_commands_that_discord_does_not_take() -> None:
    async with a_server() as (server, clock):
        server.faults.add("PUT /applications/*", error(50035), times=1)
        with pytest.raises(NotConnected, match="does not take the slash command"):
            async with connected(server, clock, Inbox(), Known()):
                pass
        server.faults.add("PUT /applications/*", error(10063), times=1)
        async with connected(server, clock, Inbox(), Known()) as inward:
            assert not server.app.commands
            clock.turn(61)
            await inward.tick()
            assert server.app.commands


async def test_a_session_that_is_refused_for_a_while() -> None:
    async with open_bench() as bench:
        bench.server.gateway.next_identify_fails(3)
        bench.server.gateway.invalidate()
        await until(lambda: len(bench.server.gateway.sessions) == 2)
        assert bench.inward.http, "what is to be sent can be sent all the while"
        assert await hears(bench, "hello")


async def test_a_gateway_that_is_away_for_long() -> None:
    """The library would wait ever longer between its attempts: after a while a new client takes over."""
    async with open_bench() as bench:
        client = bench.inward.supervisor.client
        assert client is not None
        client.ws.gateway = yarl.URL("ws://127.0.0.1:9")
        bench.server.gateway.drop()
        await until(lambda: not bench.server.gateway.ready)
        await until(lambda: not client.ws.open)
        await bench.pass_by(1)
        await bench.pass_by(80)
        assert bench.inward.supervisor.client is client
        await bench.pass_by(15)
        assert bench.inward.supervisor.client is not client
        assert await hears(bench, "hello")
        assert len(bench.inbox.of(Installed)) == 1


async def test_what_the_library_cannot_read_ends_nothing() -> None:
    async with open_bench() as bench:
        [connection] = bench.server.gateway.connections
        with capture_logs() as logs:
            for event in ("INTERACTION_CREATE", "MESSAGE_CREATE", "CHANNEL_UPDATE", "GUILD_ROLE_CREATE"):
                odd = {"id": [], "guild_id": bench.home.id, "type": {}, "channel": 5, "data": [1], "role": "x"}
                bench.server.world.emit(event, odd, guild=bench.home.id)
            assert await hears(bench, "hello")
        assert bench.server.gateway.connections == [connection]
        assert "not_understood" in str(logs)
