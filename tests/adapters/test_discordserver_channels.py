"""The small Discord: channels, who may see and change them, and how many there may be."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.adapters.discord_rest import Stage, open_stage
from tests.discordserver import permissions as may
from tests.discordserver.server import BOT
from tests.discordserver.state import Overwrite


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with open_stage() as stage:
        yield stage
        assert stage.server.violations == []


def events(stage: Stage, name: str) -> list[dict[str, Any]]:
    return stage.server.gateway.of(name)


async def make(stage: Stage, name: str, **more: object) -> dict[str, Any]:
    return await stage.rest.ok("POST", f"/guilds/{stage.guild.id}/channels", {"name": name, **more})


async def test_channels_are_made_changed_and_deleted(stage: Stage) -> None:
    category = await make(stage, "Mentor Pairs", type=4)
    made = await make(stage, "Ana and Ben", type=0, topic="Spring", parent_id=category["id"])
    assert (made["name"], made["topic"], made["parent_id"]) == ("ana-and-ben", "Spring", category["id"])
    assert events(stage, "CHANNEL_CREATE")[-1]["id"] == made["id"]
    path = f"/channels/{made['id']}"
    assert (await stage.rest.ok("PATCH", path, {"name": "Other"}))["name"] == "other"
    assert events(stage, "CHANNEL_UPDATE")[-1]["name"] == "other"
    assert await stage.rest.ok("GET", path) == await stage.rest.ok("DELETE", path)
    assert await stage.rest.fails("GET", path) == 10003
    names = [each["name"] for each in await stage.rest.ok("GET", f"/guilds/{stage.guild.id}/channels")]
    assert names == ["hall", "Mentor Pairs"]


async def test_children_stay_when_their_category_goes(stage: Stage) -> None:
    category = await make(stage, "Pairs", type=4)
    child = await make(stage, "one", parent_id=category["id"])
    await stage.rest.ok("DELETE", f"/channels/{category['id']}")
    assert (await stage.rest.ok("GET", f"/channels/{child['id']}"))["parent_id"] is None


async def test_a_channel_has_the_overwrites_of_its_category(stage: Stage) -> None:
    hidden = {"id": stage.guild.id, "type": 0, "allow": "0", "deny": str(may.SEND_MESSAGES)}
    category = await make(stage, "Pairs", type=4, permission_overwrites=[hidden])
    assert (await make(stage, "one", parent_id=category["id"]))["permission_overwrites"] == [hidden]
    assert (await make(stage, "two", parent_id=category["id"], permission_overwrites=[]))["permission_overwrites"] == []


async def test_there_is_room_for_so_many(stage: Stage) -> None:
    category = stage.guild.add_category("Full")
    for number in range(50):
        stage.guild.add_channel(f"c{number}", category=category)
    path = f"/guilds/{stage.guild.id}/channels"
    body = {"name": "one", "parent_id": category.id}
    assert await stage.rest.wrong("POST", path, body, "parent_id") == "CHANNEL_PARENT_MAX_CHANNELS"
    assert await stage.rest.wrong("PATCH", f"/channels/{stage.hall.id}", {"parent_id": category.id}, "parent_id")
    for number in range(500 - len(stage.guild.guild.channels)):
        stage.guild.add_channel(f"d{number}")
    assert await stage.rest.fails("POST", path, {"name": "one"}) == 30013


async def test_overwrites(stage: Stage) -> None:
    path = f"/channels/{stage.hall.id}/permissions/{stage.ana.id}"
    await stage.rest.ok("PUT", path, {"type": 1, "allow": str(may.SEND_MESSAGES), "deny": "0"})
    shown = await stage.rest.ok("GET", f"/channels/{stage.hall.id}")
    assert shown["permission_overwrites"] == [
        {"id": stage.ana.id, "type": 1, "allow": str(may.SEND_MESSAGES), "deny": "0"}
    ]
    await stage.rest.ok("DELETE", path)
    assert await stage.rest.fails("DELETE", path) == 10009
    assert await stage.rest.fails("PUT", f"/channels/{stage.hall.id}/permissions/12", {"type": 1}) == 10009
    # What the bot may not do itself it cannot allow to others.
    assert await stage.rest.fails("PUT", path, {"type": 1, "allow": str(may.BAN_MEMBERS)}) == 50013
    assert await stage.rest.fails("PUT", path, {"type": 1, "allow": str(may.MANAGE_ROLES)}) == 50013
    # What only the channel denies, it can.
    stage.guild.deny(stage.hall, stage.guild.bot_role, may.ATTACH_FILES)
    await stage.rest.ok("PUT", path, {"type": 1, "allow": str(may.ATTACH_FILES)})
    await stage.rest.ok("DELETE", path)
    for number in range(1000):
        stage.hall.overwrites[str(number)] = Overwrite(str(number), 1)
    assert await stage.rest.fails("PUT", path, {"type": 1}) == 30060


async def test_channels_are_moved(stage: Stage) -> None:
    category = stage.guild.add_category("Pairs")
    stage.guild.deny(category, stage.ana.user, may.VIEW_CHANNEL)
    moves = [{"id": stage.hall.id, "position": 3, "parent_id": category.id, "lock_permissions": True}]
    await stage.rest.ok("PATCH", f"/guilds/{stage.guild.id}/channels", moves)
    assert (stage.hall.position, stage.hall.parent) == (3, category.id)
    assert stage.hall.overwrites == category.overwrites


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"type": 0}, ["name"]),
        ({"name": ""}, ["name"]),
        ({"name": "x" * 101}, ["name"]),
        ({"name": "x", "topic": "y" * 1025}, ["topic"]),
        ({"name": "x", "parent_id": "12"}, ["parent_id"]),
        ({"name": "x", "default_auto_archive_duration": 61}, ["default_auto_archive_duration"]),
    ],
)
async def test_invalid_channels_are_refused(stage: Stage, body: dict[str, object], place: list[str]) -> None:
    await stage.rest.wrong("POST", f"/guilds/{stage.guild.id}/channels", body, *place)
    stage.server.violations.clear()


async def test_what_is_hidden_from_the_bot(stage: Stage) -> None:
    secret = stage.guild.add_channel("secret", only=[stage.ana])
    messages = f"/channels/{secret.id}/messages"
    assert await stage.rest.fails("GET", f"/channels/{secret.id}") == 50001
    assert await stage.rest.fails("POST", messages, {"content": "x"}) == 50001
    assert await stage.rest.fails("DELETE", f"/channels/{secret.id}") == 50001
    shown = stage.guild.add_channel("shown", only=[stage.ana, stage.guild.bot_role])
    await stage.rest.ok("GET", f"/channels/{shown.id}")


async def test_each_deed_needs_its_permission(stage: Stage) -> None:
    made = await stage.send()
    hall, guild = f"/channels/{stage.hall.id}", f"/guilds/{stage.guild.id}"
    needs: list[tuple[int, str, str, Any]] = [
        (may.MANAGE_CHANNELS, "POST", f"{guild}/channels", {"name": "x"}),
        (may.MANAGE_CHANNELS, "PATCH", f"{guild}/channels", [{"id": stage.hall.id, "position": 1}]),
        (may.MANAGE_CHANNELS, "PATCH", hall, {"topic": "x"}),
        (may.MANAGE_CHANNELS, "DELETE", hall, None),
        (may.MANAGE_ROLES, "PUT", f"{hall}/permissions/{stage.ana.id}", {"type": 1}),
        (may.MANAGE_ROLES, "DELETE", f"{hall}/permissions/{stage.ana.id}", None),
        (may.MANAGE_ROLES, "PATCH", hall, {"permission_overwrites": []}),
        (may.SEND_MESSAGES, "POST", f"{hall}/messages", {"content": "x"}),
        (may.EMBED_LINKS, "POST", f"{hall}/messages", {"embeds": [{"title": "x"}]}),
        (may.READ_MESSAGE_HISTORY, "GET", f"{hall}/messages/{made['id']}", None),
        (may.PIN_MESSAGES, "PUT", f"{hall}/messages/pins/{made['id']}", None),
        (may.CREATE_PRIVATE_THREADS, "POST", f"{hall}/threads", {"name": "x", "type": 12}),
        (may.CREATE_PUBLIC_THREADS, "POST", f"{hall}/threads", {"name": "x", "type": 11}),
        (may.MANAGE_THREADS, "GET", f"{hall}/threads/archived/private", None),
    ]
    for needed, method, path, body in needs:
        # @everyone may much: it is taken away from the bot in the channel, and in the guild.
        stage.guild.guild.roles[stage.guild.id].permissions = may.VIEW_CHANNEL
        stage.guild.allow_bot(BOT & ~needed)
        assert await stage.rest.fails(method, path, body) == 50013, (method, path)
    stage.guild.allow_bot(BOT & ~may.READ_MESSAGE_HISTORY)
    assert await stage.rest.ok("GET", f"{hall}/messages") == []


async def test_a_guild_without_the_bot(stage: Stage) -> None:
    other = stage.server.add_guild("Others", allowed=None)
    assert await stage.rest.fails("GET", f"/guilds/{other.id}") == 50001
    assert await stage.rest.fails("GET", "/guilds/12") == 10004
    stage.guild.remove_bot()
    assert await stage.rest.fails("GET", f"/channels/{stage.hall.id}") == 50001
    assert events(stage, "GUILD_DELETE") == [{"id": stage.guild.id}]


async def test_members_and_roles(stage: Stage) -> None:
    guild = f"/guilds/{stage.guild.id}"
    shown = await stage.rest.ok("GET", f"{guild}/members/{stage.ana.id}")
    assert (shown["user"]["username"], shown["roles"]) == ("ana", [])
    assert await stage.rest.fails("GET", f"{guild}/members/12") == 10013
    outsider = stage.server.world.add_user("eve")
    assert await stage.rest.fails("GET", f"{guild}/members/{outsider.id}") == 10007
    assert await stage.rest.fails("GET", f"{guild}/members") == 50001
    stage.server.app.privileged = 1 << 1
    everybody = await stage.rest.ok("GET", f"{guild}/members", params={"limit": 1000})
    assert [each["user"]["username"] for each in everybody] == ["counterpart", "olivia", "ana"]
    found = await stage.rest.ok("GET", f"{guild}/members/search", params={"query": "AN", "limit": 5})
    assert [each["user"]["id"] for each in found] == [stage.ana.id]
    role = stage.guild.add_role("mentors")
    await stage.rest.ok("PUT", f"{guild}/members/{stage.ana.id}/roles/{role.id}")
    assert events(stage, "GUILD_MEMBER_UPDATE")[-1]["roles"] == [role.id]
    assert await stage.rest.fails("PUT", f"{guild}/members/{stage.ana.id}/roles/{stage.guild.bot_role.id}") == 50013
    assert {each["name"] for each in await stage.rest.ok("GET", f"{guild}/roles")} == {
        "@everyone",
        "Counterpart",
        "mentors",
    }
    assert (await stage.rest.ok("GET", guild, params={"with_counts": "true"}))["approximate_member_count"] == 3
    assert [each["id"] for each in await stage.rest.ok("GET", "/users/@me/guilds")] == [stage.guild.id]


async def test_what_is_said_of_members_outweighs_roles(stage: Stage) -> None:
    """@everyone gives way to roles, roles to what is said of the member; nothing binds administrators and the owner."""
    guild, hall, ana = stage.guild.guild, stage.hall, stage.ana

    def sees(user: str) -> bool:
        return may.sees(guild, hall, user)

    role, other = stage.guild.add_role("mentors"), stage.guild.add_role("others")
    stage.guild.give(ana, role, other)
    stage.guild.deny(hall, guild.roles[guild.id], may.VIEW_CHANNEL)
    assert (sees(ana.id), sees(guild.owner)) == (False, True)
    stage.guild.deny(hall, other, may.VIEW_CHANNEL)
    stage.guild.allow(hall, role, may.VIEW_CHANNEL)
    assert sees(ana.id)
    stage.guild.deny(hall, ana.user, may.VIEW_CHANNEL)
    assert not sees(ana.id)
    stage.server.world.update_role(guild, role, allowed=may.ADMINISTRATOR)
    assert may.in_channel(guild, hall, ana.id) == may.ALL
    stage.guild.take(ana, role)
    stage.server.world.delete_overwrite(hall, ana.id)
    stage.server.world.delete_overwrite(hall, other.id)
    stage.server.world.delete_overwrite(hall, guild.id)
    assert may.in_channel(guild, hall, ana.id) & may.SEND_MESSAGES
    stage.guild.leave(ana)
    assert may.in_channel(guild, hall, ana.id) == 0


async def test_threads_have_the_permissions_of_their_channel(stage: Stage) -> None:
    guild, ana = stage.guild.guild, stage.ana
    thread = stage.server.world.create_thread(stage.hall, "pair", stage.server.app.bot, members=[ana.id])
    stage.guild.deny(stage.hall, ana.user, may.SEND_MESSAGES)
    assert may.in_channel(guild, thread, ana.id) & may.SEND_MESSAGES
    stage.guild.deny(stage.hall, ana.user, may.SEND_MESSAGES_IN_THREADS)
    assert not may.in_channel(guild, thread, ana.id) & may.SEND_MESSAGES
    stage.guild.deny(stage.hall, ana.user, may.VIEW_CHANNEL)
    assert may.in_channel(guild, thread, ana.id) == 0
