"""The small Discord: threads, who is in them, and how they come to rest."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.adapters.discord_rest import Stage, open_stage
from tests.discordserver import permissions as may
from tests.discordserver.server import BOT
from tests.discordserver.state import PUBLIC_THREAD


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with open_stage() as stage:
        yield stage
        assert stage.server.violations == []


async def make(stage: Stage, name: str = "ana and ben", **more: object) -> str:
    body = {"name": name, "type": 12, "invitable": False, "auto_archive_duration": 1440, **more}
    made = await stage.rest.ok("POST", f"/channels/{stage.hall.id}/threads", body)
    return str(made["id"])


async def test_a_private_thread_is_for_those_who_are_in_it(stage: Stage) -> None:
    ben = stage.guild.add_member("ben")
    thread = await make(stage)
    made = stage.server.gateway.of("THREAD_CREATE")[0]
    assert (made["newly_created"], made["thread_metadata"]["invitable"], made["member"]["user_id"]) == (
        True,
        False,
        stage.server.app.bot,
    )
    await stage.rest.ok("PUT", f"/channels/{thread}/thread-members/{stage.ana.id}")
    told = stage.server.gateway.of("THREAD_MEMBERS_UPDATE")[0]
    assert ([each["user_id"] for each in told["added_members"]], told["member_count"]) == ([stage.ana.id], 2)
    assert [each.name for each in stage.ana.channels()] == ["hall", "ana and ben"]
    assert [each.name for each in ben.channels()] == ["hall"]
    moderator = stage.guild.add_role("moderators", may.MANAGE_THREADS)
    stage.guild.give(ben, moderator)
    assert [each.name for each in ben.channels()] == ["hall", "ana and ben"]


async def test_members_come_and_go(stage: Stage) -> None:
    thread = await make(stage)
    path = f"/channels/{thread}/thread-members"
    await stage.rest.ok("PUT", f"{path}/{stage.ana.id}")
    assert (await stage.rest.ok("GET", f"{path}/{stage.ana.id}"))["id"] == thread
    assert await stage.rest.fails("GET", path) == 50001
    stage.server.app.privileged = 1 << 1
    assert len(await stage.rest.ok("GET", path, params={"with_member": "true"})) == 2
    assert [each.type for each in stage.guild.channel(thread).messages.values()] == [1]
    await stage.rest.ok("DELETE", f"{path}/{stage.ana.id}")
    assert await stage.rest.fails("GET", f"{path}/{stage.ana.id}") == 10007
    stage.guild.leave(stage.ana)
    assert await stage.rest.fails("PUT", f"{path}/{stage.ana.id}") == 10007
    stage.guild.join(stage.ana)
    stage.guild.deny("hall", stage.ana.user, may.VIEW_CHANNEL)
    assert await stage.rest.fails("PUT", f"{path}/{stage.ana.id}") == 50001
    await stage.rest.ok("DELETE", f"{path}/@me")
    stage.guild.allow_bot(BOT & ~may.MANAGE_THREADS)
    assert await stage.rest.fails("GET", f"/channels/{thread}") == 50001


async def test_a_message_brings_a_thread_back(stage: Stage) -> None:
    thread = await make(stage)
    path = f"/channels/{thread}"
    made = await stage.rest.ok("POST", f"{path}/messages", {"content": "hello"})
    await stage.rest.ok("PATCH", path, {"archived": True})
    assert await stage.rest.fails("PATCH", f"{path}/messages/{made['id']}", {"content": "x"}) == 50083
    assert await stage.rest.fails("PUT", f"{path}/thread-members/{stage.ana.id}") == 50083
    assert await stage.rest.fails("PATCH", path, {"name": "other"}) == 50083
    await stage.rest.ok("POST", f"{path}/messages", {"content": "back"})
    assert (await stage.rest.ok("GET", path))["thread_metadata"]["archived"] is False
    assert [each["thread_metadata"]["archived"] for each in stage.server.gateway.of("THREAD_UPDATE")] == [True, False]


async def test_a_locked_thread_needs_a_moderator(stage: Stage) -> None:
    thread = await make(stage)
    await stage.rest.ok("PATCH", f"/channels/{thread}", {"archived": True, "locked": True})
    stage.guild.allow_bot(BOT & ~may.MANAGE_THREADS)
    assert await stage.rest.fails("POST", f"/channels/{thread}/messages", {"content": "x"}) == 160005
    assert await stage.rest.fails("PATCH", f"/channels/{thread}", {"archived": False}) == 50013


async def test_threads_rest_when_nothing_is_said(stage: Stage) -> None:
    thread = await make(stage, auto_archive_duration=60)
    stage.clock.turn(59 * 60)
    await stage.rest.ok("POST", f"/channels/{thread}/messages", {"content": "still here"})
    stage.clock.turn(59 * 60)
    assert (await stage.rest.ok("GET", f"/channels/{thread}"))["thread_metadata"]["archived"] is False
    stage.clock.turn(60)
    assert (await stage.rest.ok("GET", f"/channels/{thread}"))["thread_metadata"]["archived"] is True


async def test_lists_of_threads(stage: Stage) -> None:
    ids = [await make(stage, f"t{number}") for number in range(4)]
    public = await make(stage, "open", type=PUBLIC_THREAD)
    guild, hall = f"/guilds/{stage.guild.id}", f"/channels/{stage.hall.id}"

    async def listed(path: str, **query: object) -> list[str]:
        found = await stage.rest.ok("GET", path, params=query)
        return [each["name"] for each in found["threads"]]

    assert await listed(f"{guild}/threads/active") == ["open", "t3", "t2", "t1", "t0"]
    for each in [*ids[:3], public]:
        stage.clock.turn(1)
        await stage.rest.ok("PATCH", f"/channels/{each}", {"archived": True})
    assert await listed(f"{guild}/threads/active") == ["t3"]
    assert await listed(f"{hall}/threads/archived/public") == ["open"]
    assert await listed(f"{hall}/threads/archived/private", limit=2) == ["t2", "t1"]
    changed = (await stage.rest.ok("GET", f"/channels/{ids[1]}"))["thread_metadata"]["archive_timestamp"]
    assert await listed(f"{hall}/threads/archived/private", before=changed) == ["t0"]
    await stage.rest.ok("POST", f"/channels/{ids[0]}/messages", {"content": "x"})
    joined = f"{hall}/users/@me/threads/archived/private"
    assert await listed(joined) == ["t2", "t1"]
    assert await listed(joined, before=ids[2]) == ["t1"]
    answer: Any = await stage.rest.ok("GET", joined)
    assert {each["user_id"] for each in answer["members"]} == {stage.server.app.bot}


async def test_there_is_room_for_a_thousand_active_threads(stage: Stage) -> None:
    first = await make(stage)
    await stage.rest.ok("PATCH", f"/channels/{first}", {"archived": True})
    for number in range(1000):
        stage.server.world.create_thread(stage.hall, f"t{number}", stage.server.app.bot)
    path = f"/channels/{stage.hall.id}/threads"
    assert await stage.rest.fails("POST", path, {"name": "x", "type": 12}) == 160006
    assert await stage.rest.fails("POST", f"/channels/{first}/messages", {"content": "x"}) == 160006
    assert await stage.rest.fails("PATCH", f"/channels/{first}", {"archived": False}) == 160006


async def test_invalid_threads_are_refused(stage: Stage) -> None:
    path = f"/channels/{stage.hall.id}/threads"
    assert await stage.rest.wrong("POST", path, {"name": "x" * 101}, "name") == "BASE_TYPE_BAD_LENGTH"
    assert await stage.rest.wrong("POST", path, {"name": "x", "type": 10}, "type") == "BASE_TYPE_CHOICES"
    category = stage.guild.add_category("Pairs")
    assert await stage.rest.fails("POST", f"/channels/{category.id}/threads", {"name": "x"}) == 50024
    thread = await make(stage)
    assert await stage.rest.fails("POST", f"/channels/{thread}/threads", {"name": "x"}) == 50024
    assert await stage.rest.fails("PUT", f"/channels/{stage.hall.id}/thread-members/@me") == 50024


async def test_a_public_thread_is_told_in_its_channel(stage: Stage) -> None:
    thread = await make(stage, "open", type=PUBLIC_THREAD)
    assert [(each.type, each.content) for each in stage.hall.messages.values()] == [(18, "open")]
    await stage.ana.say(thread, "hello")
    assert stage.ana.id in (stage.guild.channel(thread).thread or pytest.fail()).members
    await stage.rest.ok("PATCH", f"/channels/{thread}", {"name": "closed"})
    assert [each.type for each in stage.guild.channel(thread).messages.values()] == [0, 4]


async def test_whom_a_message_calls_comes_into_the_thread(stage: Stage) -> None:
    thread = await make(stage, invitable=True)
    await stage.rest.ok("POST", f"/channels/{thread}/messages", {"content": f"<@{stage.ana.id}>"})
    assert "ana and ben" in [each.name for each in stage.ana.channels()]
