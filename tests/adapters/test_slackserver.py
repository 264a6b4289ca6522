"""The Slack server for tests: its Web API, driven by the real client."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.slackserver.bench import House, client_of, got, open_house, refused
from tests.slackserver.server import SCOPES
from tests.slackserver.spec import methods


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with open_house(subscriptions=()) as house:
        yield house


async def room(house: House, name: str = "r-1") -> str:
    created = await got(house.client.conversations_create(name=name, is_private=True))
    await house.client.conversations_invite(channel=created["channel"]["id"], users="U1")
    return created["channel"]["id"]


async def test_who_the_app_is(house: House) -> None:
    answer = await house.client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (house.workspace.bot, house.workspace.id)
    assert answer.headers["X-OAuth-Scopes"] == ",".join(sorted(SCOPES))
    bot = await got(house.client.bots_info(bot=answer["bot_id"]))
    assert bot["bot"]["user_id"] == house.workspace.bot
    assert (await got(house.client.team_info()))["team"]["name"] == "Libraries of the North"
    assert (await got(house.client.api_test(foo="bar")))["args"] == {"foo": "bar"}


async def test_tokens(house: House) -> None:
    server = house.server
    assert (await refused(client_of(server, "").auth_test()))["error"] == "not_authed"
    assert (await refused(client_of(server, "xoxb-other").auth_test()))["error"] == "invalid_auth"
    assert (await refused(client_of(server, server.app.app_token).auth_test()))["error"] == "not_allowed_token_type"
    assert (await got(house.client.auth_revoke()))["revoked"] is True
    assert (await refused(house.client.auth_test()))["error"] == "token_revoked"


async def test_token_in_the_body(house: House) -> None:
    async with httpx.AsyncClient() as browser:
        form = {"token": house.workspace.token}
        assert (await browser.post(f"{house.server.api_url}auth.test", data=form)).json()["ok"] is True
    assert house.server.requests[-1].args == {"token": "xoxb-…"}


async def test_uninstalled(house: House) -> None:
    app = house.server.app
    wrong = await refused(house.client.apps_uninstall(client_id=app.client_id, client_secret="x"))
    assert wrong["error"] == "bad_client_secret"
    house.clock.turn(60)
    await house.client.apps_uninstall(client_id=app.client_id, client_secret=app.client_secret)
    assert (await refused(house.client.auth_test()))["error"] == "account_inactive"


async def test_scopes(house: House) -> None:
    house.workspace.installation.scopes = {"groups:write", "groups:read", "chat:write", "users:read"}
    answer = await refused(house.client.bookmarks_list(channel_id="C1"))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "bookmarks:read")
    assert answer["provided"] == "chat:write,groups:read,groups:write,users:read"
    public = await refused(house.client.conversations_create(name="public"))
    assert (public["error"], public["needed"]) == ("missing_scope", "channels:manage")
    found = await refused(house.client.users_conversations(types="private_channel,im"))
    assert found["needed"] == "im:read"
    assert "email" not in (await got(house.client.users_info(user="U1")))["user"]["profile"]
    disguised = await refused(house.client.chat_postMessage(channel="U1", text="x", username="Somebody"))
    assert disguised["needed"] == "chat:write.customize"


async def test_arguments(house: House) -> None:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {house.workspace.token}"}) as browser:
        url = house.server.api_url
        lacking = (await browser.post(f"{url}conversations.create")).json()
        assert lacking["error"] == "invalid_arguments"
        assert lacking["response_metadata"]["messages"] == ["[ERROR] missing required field: name"]
        await browser.post(f"{url}users.info", json={"user": "U1"})
        await browser.get(f"{url}chat.postMessage", params={"channel": "U1", "text": "x", "loud": "1"})
        unknown = (await browser.post(f"{url}chat.shout")).json()
        assert unknown["error"] == "unknown_method"
    assert house.server.violations == [
        "users.info: called with JSON, which it does not read",
        "chat.postMessage: called with GET, specified as POST",
        "chat.postMessage: the reference knows no argument 'loud'",
        "chat.shout: no such method here",
    ]
    house.server.violations.clear()


async def test_metadata_is_shown_when_it_is_asked_for(house: House) -> None:
    channel = await room(house)
    metadata = {"event_type": "act", "event_payload": {"key": "k1"}}
    sent = await got(house.client.chat_postMessage(channel=channel, text="hello", metadata=metadata))
    plain = await got(house.client.conversations_history(channel=channel, limit=1))
    assert "metadata" not in plain["messages"][0]
    full = await got(
        house.client.conversations_history(
            channel=channel, oldest=sent["ts"], inclusive=True, include_all_metadata=True
        )
    )
    assert [each["metadata"]["event_payload"] for each in full["messages"]] == [{"key": "k1"}]
    later = await got(house.client.conversations_history(channel=channel, oldest=sent["ts"], include_all_metadata=True))
    assert later["messages"] == []
    wrong = await refused(house.client.chat_postMessage(channel=channel, text="x", metadata={"event_type": "act"}))
    assert wrong["error"] == "invalid_metadata_schema"


async def test_threads_and_pages_of_history(house: House) -> None:
    channel = await room(house)
    first = await got(house.client.chat_postMessage(channel=channel, text="first"))
    for number in range(2):
        await house.client.chat_postMessage(channel=channel, text=f"answer {number}", thread_ts=first["ts"])
    thread = await got(house.client.conversations_replies(channel=channel, ts=first["ts"]))
    assert [each["text"] for each in thread["messages"]] == ["first", "answer 0", "answer 1"]
    page = await got(house.client.conversations_history(channel=channel, limit=1))
    assert [each["text"] for each in page["messages"]] == ["first"]
    rest = await got(
        house.client.conversations_history(channel=channel, cursor=page["response_metadata"]["next_cursor"])
    )
    assert {each["subtype"] for each in rest["messages"]} == {"channel_join"}
    missing = await refused(house.client.conversations_replies(channel=channel, ts="1.0"))
    assert missing["error"] == "thread_not_found"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("Big", "invalid_name_specials"),
        ("a b", "invalid_name_specials"),
        ("--", "invalid_name_punctuation"),
        ("taken", "name_taken"),
    ],
)
async def test_names(house: House, name: str, error: str) -> None:
    old = house.workspace.add_channel("taken", ["U1"], private=True)
    old.archived = True
    assert (await refused(house.client.conversations_create(name=name, is_private=True)))["error"] == error


async def test_private_channels_forbidden(house: House) -> None:
    house.workspace.forbid_private_channels()
    answer = await refused(house.client.conversations_create(name="r", is_private=True))
    assert answer["error"] == "restricted_action"


async def test_inviting(house: House) -> None:
    channel = await room(house)
    again = await refused(house.client.conversations_invite(channel=channel, users="U1"))
    assert again["error"] == "already_in_channel"
    bot = await refused(house.client.conversations_invite(channel=channel, users=house.workspace.bot))
    assert bot["error"] == "cant_invite_self"
    mixed = await refused(house.client.conversations_invite(channel=channel, users="U2,U9"))
    assert mixed["errors"] == [{"user": "U9", "ok": False, "error": "user_not_found"}]
    some = await got(house.client.conversations_invite(channel=channel, users="U2,U9", force=True))
    assert some["errors"] == mixed["errors"]
    members = await got(house.client.conversations_members(channel=channel, limit=2))
    assert members["members"] == [house.workspace.bot, "U1"]
    rest = await got(
        house.client.conversations_members(channel=channel, cursor=members["response_metadata"]["next_cursor"])
    )
    assert rest["members"] == ["U2"]
    await house.client.conversations_kick(channel=channel, user="U2")
    gone = await refused(house.client.conversations_kick(channel=channel, user="U2"))
    assert gone["error"] == "not_in_channel"


async def test_archiving(house: House) -> None:
    channel = await room(house)
    sent = await got(house.client.chat_postMessage(channel=channel, text="x"))
    await house.client.conversations_archive(channel=channel)
    assert (await refused(house.client.conversations_archive(channel=channel)))["error"] == "already_archived"
    assert (await refused(house.client.chat_postMessage(channel=channel, text="x")))["error"] == "is_archived"
    assert (await refused(house.client.chat_update(channel=channel, ts=sent["ts"], text="y")))["error"] == "is_inactive"
    assert (await refused(house.client.conversations_invite(channel=channel, users="U2")))["error"] == "is_archived"
    listed = await got(house.client.users_conversations(types="private_channel", exclude_archived=True))
    assert listed["channels"] == []
    listed = await got(house.client.users_conversations(types="private_channel"))
    assert [each["is_archived"] for each in listed["channels"]] == [True]


async def test_channels_are_changed_and_left(house: House) -> None:
    channel = await room(house)
    await house.client.conversations_rename(channel=channel, name="other")
    await house.client.conversations_setTopic(channel=channel, topic="Books")
    await house.client.conversations_setPurpose(channel=channel, purpose="To talk")
    shown = (await got(house.client.conversations_info(channel=channel, include_num_members=True)))["channel"]
    assert (shown["name"], shown["topic"]["value"], shown["num_members"]) == ("other", "Books", 2)
    await house.client.conversations_leave(channel=channel)
    assert (await refused(house.client.conversations_info(channel=channel)))["error"] == "channel_not_found"
    hall = house.workspace.add_channel("hall", ["U1"])
    assert (await refused(house.client.chat_postMessage(channel=hall.id, text="x")))["error"] == "not_in_channel"
    await house.client.conversations_join(channel=hall.id)
    await house.client.chat_postMessage(channel="#hall", text="x")
    listed = await got(house.client.conversations_list(types="public_channel,private_channel"))
    assert [each["name"] for each in listed["channels"]] == ["hall"]


async def test_direct_conversations(house: House) -> None:
    opened = await got(house.client.conversations_open(users="U1"))
    again = await got(house.client.conversations_open(users="U1", return_im=True))
    assert (again["already_open"], again["channel"]["id"]) == (True, opened["channel"]["id"])
    sent = await got(house.client.chat_postMessage(channel="U1", text="hello"))
    assert sent["channel"] == opened["channel"]["id"]
    assert [each.text for each in house.workspace.person("U1").dm()] == ["hello"]
    several = await got(house.client.conversations_open(users="U1,U2", return_im=True))
    assert several["channel"]["is_mpim"] is True
    house.workspace.team.users["U2"].deleted = True
    assert (await refused(house.client.conversations_open(users="U2")))["error"] == "user_disabled"
    await house.client.chat_postMessage(channel="U2", text="nobody reads this")
    bot = await refused(house.client.chat_postMessage(channel=house.workspace.bot, text="x"))
    assert bot["error"] == "cannot_dm_bot"
    await house.client.conversations_close(channel=sent["channel"])


async def test_users(house: House) -> None:
    ana = (await got(house.client.users_info(user="U1", include_locale=True)))["user"]
    assert (ana["tz"], ana["locale"], ana["profile"]["email"]) == ("Europe/Madrid", "es-ES", "ana@example.org")
    found = await got(house.client.users_lookupByEmail(email="ANA@example.org"))
    assert found["user"]["id"] == "U1"
    assert (await refused(house.client.users_lookupByEmail(email="x@example.org")))["error"] == "users_not_found"
    names: list[str] = []
    async for page in await house.client.users_list(limit=1):
        names += [each["name"] for each in page["members"] or []]
    assert names == ["slackbot", "counterpart", "ana", "bo"]
    wrong = await refused(house.client.users_list(cursor="x"))
    assert wrong["error"] == "invalid_cursor"


async def test_changing_and_deleting(house: House) -> None:
    channel = await room(house)
    sent = await got(house.client.chat_postMessage(channel=channel, text="x"))
    changed = await got(house.client.chat_update(channel=channel, ts=sent["ts"], text="y"))
    assert changed["text"] == "y"
    link = await got(house.client.chat_getPermalink(channel=channel, message_ts=sent["ts"]))
    assert link["permalink"].endswith(f"/archives/{channel}/p{sent['ts'].replace('.', '')}")
    theirs = await house.workspace.person("U1").say(channel, "mine")
    wrong = await refused(house.client.chat_update(channel=channel, ts=theirs.ts, text="z"))
    assert wrong["error"] == "cant_update_message"
    await house.client.chat_delete(channel=channel, ts=sent["ts"])
    assert (await refused(house.client.chat_delete(channel=channel, ts=sent["ts"])))["error"] == "message_not_found"


async def test_texts(house: House) -> None:
    assert (await refused(house.client.chat_postMessage(channel="U1", text="x" * 40_001)))["error"] == "msg_too_long"
    assert (await refused(house.client.api_call("chat.postMessage", json={"channel": "U1"})))["error"] == "no_text"
    assert (await refused(house.client.chat_postMessage(channel="C9", text="x")))["error"] == "channel_not_found"
    channel = await room(house)
    house.workspace.team.rules.posting.add(channel)
    assert (await refused(house.client.chat_postMessage(channel=channel, text="x")))["error"] == "restricted_action"


async def test_ephemerals(house: House) -> None:
    channel = await room(house)
    await house.client.chat_postEphemeral(channel=channel, user="U1", text="only you")
    assert [each.text for each in house.workspace.person("U1").ephemerals(channel)] == ["only you"]
    assert house.workspace.messages(channel) == []
    absent = await refused(house.client.chat_postEphemeral(channel=channel, user="U2", text="x"))
    assert absent["error"] == "user_not_in_channel"


async def test_wrong_blocks_are_named(house: House) -> None:
    answer = await refused(
        house.client.chat_postMessage(
            channel="U1", text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
        )
    )
    assert answer["error"] == "invalid_blocks"
    message = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["response_metadata"]["messages"] == [message]


def test_specification_is_complete() -> None:
    assert {"chat.postMessage", "views.open", "apps.connections.open"} <= set(methods())
    assert methods()["conversations.create"].tier == 2
    assert methods()["chat.postMessage"].scopes == ("chat:write",)
