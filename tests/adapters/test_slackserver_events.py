"""The Slack server for tests: what it tells the app, by sockets and by signed requests."""

import asyncio
import json
from urllib.parse import parse_qs

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from tests.slackserver.bench import client_of, got, listening, open_house, receiving, refused, until
from tests.slackserver.faults import slow
from tests.slackserver.spec import SCOPES_OF_EVENTS

ALL = frozenset(SCOPES_OF_EVENTS)


async def test_what_is_said_reaches_the_app() -> None:
    async with open_house() as house, listening(house.server) as app:
        ana = house.workspace.person("U1")
        hall = house.workspace.add_channel("hall", ["U1"], bot=True)
        message = await ana.say(ana.direct, "1 < 2")
        await ana.edit(message, "2 > 1")
        await ana.delete(message)
        await ana.say(hall, "@counterpart hello")
        seen = [(each["type"], each.get("subtype"), each.get("channel_type")) for each in app.events()]
        assert seen == [
            ("message", None, "im"),
            ("message", "message_changed", "im"),
            ("message", "message_deleted", "im"),
            ("app_mention", None, None),
            ("message", None, "channel"),
        ]
        assert app.events()[0]["text"] == "1 &lt; 2"
        assert app.events()[1]["message"]["edited"]["user"] == "U1"
        assert app.events()[4]["text"] == f"<@{house.workspace.bot}> hello"


async def test_what_the_bot_does_comes_back() -> None:
    async with open_house() as house, listening(house.server) as app:
        made = await got(house.client.conversations_create(name="r-1", is_private=True))
        channel = made["channel"]["id"]
        await house.client.conversations_invite(channel=channel, users="U1")
        await house.client.chat_postMessage(channel=channel, text="hello")
        await house.client.conversations_archive(channel=channel)
        await house.server.settled()
        names = [each.get("subtype") or each["type"] for each in app.events()]
        assert names == [
            *["channel_join", "member_joined_channel"] * 2,
            "message",
            "channel_archive",
            "group_archive",
        ]
        joined = [(each["user"], each.get("inviter")) for each in app.events() if "member" in each["type"]]
        assert joined == [(house.workspace.bot, None), ("U1", house.workspace.bot)]
        assert app.events()[4]["bot_id"] == house.workspace.installation.bot_id


async def test_what_happens_in_a_workspace() -> None:
    async with open_house(subscriptions=ALL - {"message.groups"}) as house, listening(house.server) as app:
        workspace = house.workspace
        room = workspace.add_channel("room", ["U1", "U2"], private=True, bot=True)
        other = workspace.add_channel("other", ["U1"], private=True, bot=True)
        await workspace.person("U1").open_home()
        await workspace.person("U1").leave(room)
        await workspace.rename(room, "renamed", "U2")
        await workspace.archive(room, "U2")
        await workspace.unarchive(room, "U2")
        await workspace.delete(room, "U2")
        await workspace.remove_from(other, workspace.bot, "U1")
        await workspace.deactivate("U2")
        await workspace.welcome("U3", "cy")
        await workspace.uninstall()
        assert [each["type"] for each in app.events()] == [
            "app_home_opened",
            "member_left_channel",
            "group_rename",
            "group_archive",
            "group_unarchive",
            "group_deleted",
            "group_left",
            "user_change",
            "team_join",
            "app_uninstalled",
            "tokens_revoked",
        ]
        assert app.events()[7]["user"]["deleted"] is True
        assert (await refused(house.client.auth_test()))["error"] == "account_inactive"


async def test_the_app_hears_only_what_its_scopes_allow() -> None:
    async with open_house(scopes={"chat:write", "groups:read"}) as house, listening(house.server) as app:
        room = house.workspace.add_channel("room", ["U1"], private=True, bot=True)
        await house.workspace.person("U1").say(room, "secret")
        await house.workspace.person("U1").leave(room)
        assert [each["type"] for each in app.events()] == ["member_left_channel"]


async def test_two_workspaces_over_one_socket() -> None:
    async with open_house() as house, listening(house.server) as app:
        other = house.server.add_workspace("T2", "Others", enterprise="E1")
        other.add_user("U9", "olga")
        olga, ana = other.person("U9"), house.workspace.person("U1")
        await olga.say(olga.direct, "from there")
        await ana.say(ana.direct, "from here")
        teams = [(each.payload["team_id"], each.payload["authorizations"][0]["user_id"]) for each in app.got]
        assert teams == [("T2", other.bot), (house.workspace.id, house.workspace.bot)]


async def test_unacknowledged_events_come_again() -> None:
    async with open_house() as house, listening(house.server) as app:
        ana = house.workspace.person("U1")
        app.answers = False
        saying = asyncio.create_task(ana.say(ana.direct, "hello"))
        await app.until(1)
        app.answers = True
        house.server.expire_acks()
        await saying
        first, second = (json.loads(json.dumps(each.payload)) for each in app.got)
        assert first["event_id"] == second["event_id"]
        assert (app.got[1].retry_attempt, app.got[1].retry_reason) == (1, "timeout")
        assert app.got[0].envelope_id != app.got[1].envelope_id


async def test_an_event_is_given_up_after_three_retries() -> None:
    async with open_house() as house, receiving() as app:
        await house.server.use_http(app.url)
        app.answers = [(500, "")]
        ana = house.workspace.person("U1")
        await ana.say(ana.direct, "hello")
        assert len(app.got) == 2
        for seconds in (59, 1, 300, 300):
            house.clock.turn(seconds)
            house.server.delivery.redeliver()
            await house.server.settled()
        assert [each.headers.get("x-slack-retry-num") for each in app.got] == [None, "1", "2", "3"]
        assert app.got[1].headers["x-slack-retry-reason"] == "http_error"
        assert len(house.server.delivery.lost) == 1


async def test_what_had_no_socket_waits_for_one() -> None:
    async with open_house() as house:
        ana = house.workspace.person("U1")
        await ana.say(ana.direct, "hello")
        assert not (await ana.command("/mentoring", "help")).acknowledged
        async with listening(house.server) as app:
            await app.until(1)
            await house.server.settled()
            assert [each["text"] for each in app.events()] == ["hello"]
            app.answers = False
            saying = asyncio.create_task(ana.say(ana.direct, "and again"))
            await app.until(2)
            app.answers = True
            house.server.sockets.drop()
            await saying
            await app.until(3)
            await house.server.settled()
            assert app.events()[1] == app.events()[2]
            assert house.server.delivery.open == []


async def test_each_envelope_goes_to_one_of_the_connections() -> None:
    async with open_house() as house, listening(house.server) as one, listening(house.server) as two:
        ana = house.workspace.person("U1")
        for number in range(4):
            await ana.say(ana.direct, str(number))
        assert (len(one.got), len(two.got)) == (2, 2)


async def test_disconnect_frames_bring_a_new_connection() -> None:
    async with open_house() as house, listening(house.server) as app:
        old = house.server.sockets.connections[0]
        house.server.sockets.disconnect("refresh_requested")
        await until(lambda: house.server.sockets.connections not in ([], [old]))
        ana = house.workspace.person("U1")
        await ana.say(ana.direct, "hello")
        assert len(app.got) == 1


async def test_a_zombie_delivers_nothing_but_answers_pings() -> None:
    async with open_house() as house, listening(house.server) as app:
        house.server.sockets.haunt()
        ana = house.workspace.person("U1")
        saying = asyncio.create_task(ana.say(ana.direct, "hello"))
        zombie = house.server.sockets.connections[0]
        before = len(zombie.pings)
        await until(lambda: len(zombie.pings) > before)
        assert zombie.pings[-1].startswith("sdk-ping-pong:")
        assert app.got == []
        house.server.sockets.drop()
        await saying
        await app.until(1)


async def test_events_doubled_and_out_of_order() -> None:
    async with open_house() as house, listening(house.server) as app:
        ana = house.workspace.person("U1")
        house.server.delivery.double_every(2)
        for number in range(3):
            await ana.say(ana.direct, str(number))
        await house.server.settled()
        assert [each["text"] for each in app.events()] == ["0", "1", "1", "2"]
        ids = [each.payload["event_id"] for each in app.got]
        assert ids[1] == ids[2]
        house.server.delivery.double_every(0)
        house.server.delivery.reorder(3, seed=1)
        for number in range(4):
            await ana.say(ana.direct, f"later {number}")
        await house.server.settled()
        later = [each["text"] for each in app.events()[4:]]
        assert later != sorted(later)
        assert sorted(later) == ["later 0", "later 1", "later 2"]
        house.server.delivery.reorder(0)
        await house.server.settled()
        assert app.events()[-1]["text"] == "later 3"


async def test_signed_requests() -> None:
    async with open_house() as house, receiving() as app:
        await house.server.use_http(app.url)
        ana = house.workspace.person("U1")
        await ana.say(ana.direct, "hello")
        app.answers = [(200, "only you see this")]
        parcel = await ana.command("/mentoring", "help me")
        assert parcel.answer == {"text": "only you see this"}
        assert [each.text for each in ana.ephemerals(ana.direct)] == ["only you see this"]
        verifier = SignatureVerifier(house.server.app.signing_secret)
        assert all(verifier.is_valid_request(each.body, each.headers) for each in app.got)
        assert parse_qs(app.got[1].body)["text"] == ["help me"]


async def test_a_url_that_fails_the_challenge() -> None:
    async with open_house() as house, receiving() as app:
        with pytest.raises(ValueError, match="challenge"):
            await house.server.use_http(app.url + "/elsewhere")


async def test_at_most_ten_connections() -> None:
    async with open_house() as house, aiohttp.ClientSession() as session:
        sockets: list[aiohttp.ClientWebSocketResponse] = []
        for _ in range(11):
            token = house.server.app.app_token
            opened = await got(client_of(house.server).apps_connections_open(app_token=token))
            sockets.append(await session.ws_connect(opened["url"]))
        said = [await each.receive_json() for each in sockets]
        assert [each["num_connections"] for each in said[:10]] == list(range(1, 11))
        assert (said[10]["type"], said[10]["reason"]) == ("disconnect", "too_many_websockets")
        assert (await sockets[10].receive()).type == aiohttp.WSMsgType.CLOSE
        for each in sockets:
            await each.close()


async def test_new_connections_that_deliver_nothing() -> None:
    async with open_house() as house:
        house.server.sockets.next_are_zombies = True
        async with listening(house.server) as app:
            await until(lambda: bool(house.server.sockets.connections))
            ana = house.workspace.person("U1")
            saying = asyncio.create_task(ana.say(ana.direct, "hello"))
            house.server.sockets.next_are_zombies = False
            async with listening(house.server) as other:
                await until(lambda: len(house.server.sockets.connections) == 2)
                house.server.sockets.connections[0].drop()
                await saying
                assert (len(app.got), len(other.got)) == (0, 1)


async def test_socket_mode_ends_while_it_is_used() -> None:
    async with open_house() as house, aiohttp.ClientSession() as session:
        opened = await got(client_of(house.server).apps_connections_open(app_token=house.server.app.app_token))
        async with session.ws_connect(opened["url"]) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            house.server.sockets.disconnect("link_disabled")
            assert (await socket.receive_json())["reason"] == "link_disabled"
            assert (await socket.receive()).type == aiohttp.WSMsgType.CLOSE
        opening = client_of(house.server).apps_connections_open(app_token=house.server.app.app_token)
        assert (await refused(opening))["error"] == "forbidden_team"


async def test_the_server_ends_whatever_is_under_way() -> None:
    async with open_house() as house, listening(house.server) as app:
        app.answers = False
        ana = house.workspace.person("U1")
        saying = asyncio.create_task(ana.say(ana.direct, "hello"))
        held = house.server.faults.add("auth.test", slow(asyncio.Event()))
        asking = asyncio.create_task(house.client.auth_test())
        await until(lambda: bool(app.got and held.struck))
    await saying
    with pytest.raises(aiohttp.ClientError):
        await asking
