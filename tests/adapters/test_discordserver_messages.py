"""The small Discord: messages over REST."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.adapters.discord_rest import Stage, open_stage
from tests.discordserver import permissions as may
from tests.discordserver.server import BOT

CONTENT = 1 << 15


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with open_stage() as stage:
        yield stage
        assert stage.server.violations == []


def button(custom_id: str = "yes", **more: object) -> dict[str, object]:
    return {"type": 2, "style": 1, "label": "Yes", "custom_id": custom_id, **more}


def rows(*inside: dict[str, object]) -> list[dict[str, object]]:
    return [{"type": 1, "components": list(inside)}]


async def test_messages_are_written_read_changed_and_deleted(stage: Stage) -> None:
    made = await stage.send("  hello  ")
    assert (made["content"], made["author"]["id"], made["type"]) == ("hello", stage.server.app.bot, 0)
    at = f"{stage.path}/{made['id']}"
    assert await stage.rest.ok("GET", at) == made
    changed = await stage.rest.ok("PATCH", at, {"content": "bye", "components": rows(button())})
    assert (changed["content"], changed["edited_timestamp"] is not None) == ("bye", True)
    assert changed["components"][0]["components"][0] == {**button(), "id": 2}
    assert (await stage.rest.ok("PATCH", at, {"components": []}))["content"] == "bye"
    await stage.rest.ok("DELETE", at)
    assert await stage.rest.fails("GET", at) == 10008
    assert stage.hall.last_message == made["id"]


async def test_history_is_read_in_pages(stage: Stage) -> None:
    ids = [(await stage.send(str(number)))["id"] for number in range(10)]

    async def page(**query: object) -> list[int]:
        found = await stage.rest.ok("GET", stage.path, params=query)
        return [ids.index(each["id"]) for each in found]

    assert await page(limit=3) == [9, 8, 7]
    assert await page(limit=3, before=ids[3]) == [2, 1, 0]
    assert await page(limit=3, after=ids[3]) == [6, 5, 4]
    assert await page(limit=4, around=ids[5]) == [6, 5, 4, 3]
    assert await page() == list(reversed(range(10)))
    answer = await stage.rest.call("GET", stage.path, params={"limit": 101})
    assert answer.json()["errors"]["limit"]["_errors"][0]["code"] == "NUMBER_TYPE_MAX"
    stage.server.violations.clear()


async def test_a_nonce_that_is_enforced_makes_a_message_once(stage: Stage) -> None:
    first = await stage.send(nonce="a1", enforce_nonce=True)
    assert first["nonce"] == "a1"
    stage.clock.turn(4 * 60)
    assert (await stage.send("other words", nonce="a1", enforce_nonce=True))["id"] == first["id"]
    assert (await stage.send(nonce="a1"))["id"] != first["id"]
    stage.clock.turn(2 * 60)
    assert (await stage.send(nonce="a1", enforce_nonce=True))["id"] != first["id"]
    assert len(stage.hall.messages) == 3
    assert await stage.rest.wrong("POST", stage.path, {"content": "x", "nonce": "n" * 26}, "nonce") == (
        "NONCE_TYPE_TOO_LONG"
    )


async def test_mentions_are_those_that_are_allowed(stage: Stage) -> None:
    ana = stage.ana.id
    role = stage.guild.add_role("mentors")
    text = f"<@{ana}> <@&{role.id}> @everyone"
    told = await stage.send(text)
    assert ([each["id"] for each in told["mentions"]], told["mention_roles"], told["mention_everyone"]) == (
        [ana],
        [role.id],
        True,
    )
    silent = await stage.send(text, allowed_mentions={"parse": []})
    assert (silent["mentions"], silent["mention_roles"], silent["mention_everyone"]) == ([], [], False)
    one = await stage.send(text, allowed_mentions={"parse": ["roles"], "users": [ana]})
    assert ([each["id"] for each in one["mentions"]], one["mention_everyone"]) == ([ana], False)
    stage.guild.allow_bot(BOT & ~may.MENTION_EVERYONE)
    assert (await stage.send(text))["mention_roles"] == []
    both = {"content": text, "allowed_mentions": {"parse": ["users"], "users": [ana]}}
    assert await stage.rest.wrong("POST", stage.path, both, "allowed_mentions") == (
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
    )


async def test_replies_call_whom_they_answer(stage: Stage) -> None:
    said = await stage.ana.say(stage.hall, "hello there")
    made = await stage.send("hello ana", message_reference={"message_id": said.id})
    assert (made["type"], made["referenced_message"]["id"]) == (19, said.id)
    assert [each["id"] for each in made["mentions"]] == [stage.ana.id]
    quiet = {"parse": [], "replied_user": False}
    made = await stage.send("hello", message_reference={"message_id": said.id}, allowed_mentions=quiet)
    assert made["mentions"] == []
    gone = {"content": "x", "message_reference": {"message_id": "12"}}
    assert await stage.rest.wrong("POST", stage.path, gone, "message_reference") == "REPLIES_UNKNOWN_MESSAGE"


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        ({"content": "x" * 2001}, ["content"], "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4000}] * 2}, ["embeds"], "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"title": "x" * 257}]}, ["embeds", 0, "title"], "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"title": str(each)} for each in range(11)]}, ["embeds"], "BASE_TYPE_BAD_LENGTH"),
        (
            {"components": rows(button("a"), button("a"))},
            ["components", 0, "components", 1, "custom_id"],
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            {"components": rows(button("x" * 101))},
            ["components", 0, "components", 0, "custom_id"],
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"components": rows(button(label="x" * 81))},
            ["components", 0, "components", 0, "label"],
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"components": rows({"type": 2, "style": 1, "custom_id": "a"})},
            ["components", 0, "components", 0],
            "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED",
        ),
        (
            {"components": rows({"type": 2, "style": 5, "label": "a"})},
            ["components", 0, "components", 0, "url"],
            "BASE_TYPE_REQUIRED",
        ),
        (
            {"components": rows(*(button(str(each)) for each in range(6)))},
            ["components", 0, "components"],
            "BASE_TYPE_BAD_LENGTH",
        ),
        ({"components": rows(button("a")) * 6}, ["components"], "BASE_TYPE_BAD_LENGTH"),
        ({"components": [{"type": 10, "content": "a"}]}, ["components", 0, "type"], "BASE_TYPE_CHOICES"),
        (
            {"flags": 1 << 15, "content": "x", "components": [{"type": 10, "content": "a"}]},
            ["content"],
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (
            {"flags": 1 << 15, "components": [{"type": 10, "content": "a"}] * 41},
            ["components"],
            "BASE_TYPE_BAD_LENGTH",
        ),
    ],
)
async def test_invalid_messages_are_refused(stage: Stage, body: dict[str, Any], place: list[Any], code: str) -> None:
    assert await stage.rest.wrong("POST", stage.path, body, *place) == code
    assert stage.hall.messages == {}


async def test_lists_have_limits_of_their_own(stage: Stage) -> None:
    def choosing(count: int, **more: object) -> dict[str, Any]:
        options = [{"label": str(each), "value": str(each)} for each in range(count)]
        return {"content": "x", "components": rows({"type": 3, "custom_id": "s", "options": options, **more})}

    made = await stage.rest.ok("POST", stage.path, choosing(25, max_values=2))
    assert made["components"][0]["components"][0]["min_values"] == 1
    inside = "components", 0, "components", 0
    assert await stage.rest.wrong("POST", stage.path, choosing(26), *inside, "options") == "BASE_TYPE_BAD_LENGTH"
    assert await stage.rest.wrong("POST", stage.path, choosing(2, placeholder="x" * 151), *inside, "placeholder")
    assert await stage.rest.wrong("POST", stage.path, choosing(2, max_values=26), *inside, "max_values")
    twice = choosing(1)
    twice["components"][0]["components"][0]["options"] *= 2
    found = await stage.rest.wrong("POST", stage.path, twice, *inside, "options", 1, "value")
    assert found == "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
    await stage.rest.wrong(
        "POST", stage.path, {"components": rows({"type": 5, "custom_id": "a"}, button())}, *inside[:3]
    )


async def test_new_components_are_taken_with_their_flag(stage: Stage) -> None:
    section = {
        "type": 9,
        "components": [{"type": 10, "content": f"<@{stage.ana.id}>"}],
        "accessory": button(),
    }
    inside = [section, {"type": 14}, *rows(button("other"))]
    body = {"flags": 1 << 15, "components": [{"type": 17, "components": inside}]}
    made = await stage.rest.ok("POST", stage.path, body)
    assert [each["id"] for each in made["mentions"]] == [stage.ana.id]
    assert made["components"][0]["components"][0]["accessory"]["custom_id"] == "yes"


async def test_empty_messages_are_refused(stage: Stage) -> None:
    for body in ({}, {"content": " \n "}, {"content": "", "embeds": []}):
        assert await stage.rest.fails("POST", stage.path, body) == 50006
    made = await stage.send()
    assert await stage.rest.fails("PATCH", f"{stage.path}/{made['id']}", {"content": ""}) == 50006


async def test_files_come_in_forms(stage: Stage) -> None:
    about = '{"content": "read this", "attachments": [{"id": "0", "description": "a list"}]}'
    files = {"files[0]": ("pairs.csv", b"a,b", "text/csv")}
    made = await stage.rest.ok("POST", stage.path, data={"payload_json": about}, files=files)
    attachment = made["attachments"][0]
    assert (attachment["filename"], attachment["size"], attachment["description"]) == ("pairs.csv", 3, "a list")
    assert (await stage.rest.call("GET", "", headers={})).status_code == 404
    stage.server.violations.clear()
    kept = await stage.rest.ok("PATCH", f"{stage.path}/{made['id']}", {"content": "x", "attachments": []})
    assert kept["attachments"] == []


async def test_what_others_wrote_is_blank_without_the_intent(stage: Stage) -> None:
    said = await stage.ana.say(stage.hall, "a secret")
    called = await stage.ana.say(stage.hall, f"<@{stage.server.app.bot}> help")
    path = f"{stage.path}/{said.id}"
    assert (await stage.rest.ok("GET", path))["content"] == ""
    assert (await stage.rest.ok("GET", f"{stage.path}/{called.id}"))["content"] == called.content
    stage.server.app.privileged = CONTENT
    assert (await stage.rest.ok("GET", path))["content"] == "a secret"


async def test_messages_of_others_can_be_deleted_but_not_changed(stage: Stage) -> None:
    said = await stage.ana.say(stage.hall, "hello")
    path = f"{stage.path}/{said.id}"
    assert await stage.rest.fails("PATCH", path, {"content": "x"}) == 50005
    assert await stage.rest.fails("DELETE", path) == 50013
    stage.guild.allow_bot(BOT | may.MANAGE_MESSAGES)
    await stage.rest.ok("DELETE", path)


async def test_pins(stage: Stage) -> None:
    first, second = await stage.send("one"), await stage.send("two")
    for each in (first, second):
        stage.clock.turn(1)
        await stage.rest.ok("PUT", f"{stage.path}/pins/{each['id']}")
    found = await stage.rest.ok("GET", f"{stage.path}/pins")
    assert [each["message"]["id"] for each in found["items"]] == [second["id"], first["id"]]
    assert [each.type for each in stage.hall.messages.values()] == [0, 0, 6, 6]
    await stage.rest.ok("DELETE", f"{stage.path}/pins/{first['id']}")
    assert [each["id"] for each in await stage.rest.ok("GET", f"/channels/{stage.hall.id}/pins")] == [second["id"]]
    stage.guild.allow_bot(BOT & ~may.PIN_MESSAGES | may.MANAGE_MESSAGES)
    assert await stage.rest.fails("PUT", f"{stage.path}/pins/{first['id']}") == 50013


async def test_direct_messages_can_fail_in_four_ways(stage: Stage) -> None:
    ana = stage.ana
    opened = await stage.rest.ok("POST", "/users/@me/channels", {"recipient_id": ana.id})
    path = f"/channels/{opened['id']}/messages"
    assert (await stage.rest.ok("POST", path, {"content": "hi"}))["channel_id"] == opened["id"]
    ana.user.takes_dms = False
    assert await stage.rest.fails("POST", path, {"content": "hi"}) == 50007
    ana.user.takes_dms, ana.user.blocks_bot = True, True
    assert await stage.rest.fails("POST", path, {"content": "hi"}) == 50007
    ana.user.blocks_bot = False
    stage.guild.leave(ana)
    assert await stage.rest.fails("POST", path, {"content": "hi"}) == 50278
    assert await stage.rest.fails("POST", "/users/@me/channels", {"recipient_id": "12"}) == 10013


async def test_opening_many_direct_conversations_is_refused(stage: Stage) -> None:
    stage.server.limits.enabled = True
    people = [stage.guild.add_member(f"person{number}") for number in range(11)]
    for each in people[:10]:
        await stage.rest.ok("POST", "/users/@me/channels", {"recipient_id": each.id})
    body = {"recipient_id": people[10].id}
    assert await stage.rest.fails("POST", "/users/@me/channels", body) == 40003
    await stage.rest.ok("POST", "/users/@me/channels", {"recipient_id": people[0].id})
    stage.clock.turn(11 * 60)
    await stage.rest.ok("POST", "/users/@me/channels", body)
