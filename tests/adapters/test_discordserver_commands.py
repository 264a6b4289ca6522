"""The small Discord: application commands over REST."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.adapters.discord_rest import Stage, open_stage


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with open_stage() as stage:
        yield stage
        assert stage.server.violations == []


def command(name: str = "mentoring", **more: object) -> dict[str, Any]:
    return {"name": name, "description": "Mentoring", **more}


def sub(name: str, *options: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "name": name, "description": "Does it", "options": list(options)}


def text(name: str, **more: object) -> dict[str, Any]:
    return {"type": 3, "name": name, "description": "Says it", **more}


def base(stage: Stage) -> str:
    return f"/applications/{stage.server.app.id}/commands"


async def test_commands_are_registered_and_keep_their_ids(stage: Stage) -> None:
    made = await stage.rest.ok("PUT", base(stage), [command(options=[sub("join"), sub("leave")]), command("other")])
    again = await stage.rest.ok("PUT", base(stage), [command(options=[sub("join")])])
    assert (again[0]["id"], again[0]["version"] != made[0]["version"]) == (made[0]["id"], True)
    assert await stage.rest.ok("GET", base(stage)) == again
    assert (await stage.rest.call("POST", base(stage), command("other"))).status_code == 201
    assert (await stage.rest.call("POST", base(stage), command("other"))).status_code == 200
    one = f"{base(stage)}/{made[0]['id']}"
    changed = await stage.rest.ok("PATCH", one, {"description": "Other words"})
    assert (changed["description"], changed["options"]) == ("Other words", again[0]["options"])
    await stage.rest.ok("DELETE", one)
    assert await stage.rest.fails("GET", one) == 10063


async def test_guilds_have_commands_of_their_own(stage: Stage) -> None:
    of_guild = f"/applications/{stage.server.app.id}/guilds/{stage.guild.id}/commands"
    needed = {"default_member_permissions": "32", "contexts": [0]}
    made = await stage.rest.ok("PUT", of_guild, [command(**needed)])
    assert (made[0]["guild_id"], made[0]["default_member_permissions"]) == (stage.guild.id, "32")
    assert await stage.rest.ok("GET", base(stage)) == []
    other = stage.server.add_guild("Others", allowed=None)
    assert await stage.rest.fails("GET", of_guild.replace(stage.guild.id, other.id)) == 50001


async def test_user_commands_have_no_description(stage: Stage) -> None:
    assert (await stage.rest.ok("POST", base(stage), {"type": 2, "name": "Pair With"}))["description"] == ""
    body = {"type": 2, "name": "Pair", "description": "x"}
    await stage.rest.wrong("POST", base(stage), body, "description")


@pytest.mark.parametrize(
    ("made", "place"),
    [
        (command("Mentoring"), ["name"]),
        (command("has space"), ["name"]),
        (command("x" * 33), ["name"]),
        ({"name": "mentoring", "description": "x" * 101}, ["description"]),
        ({"name": "mentoring", "description": ""}, ["description"]),
        (command(options=[sub(f"s{number}") for number in range(26)]), ["options"]),
        (command(options=[sub("a"), text("b")]), ["options"]),
        (command(options=[text("a"), text("a")]), ["options", 1, "name"]),
        (command(options=[text("a"), text("b", required=True)]), ["options", 1]),
        (command(options=[sub("a", sub("b"))]), ["options", 0, "options", 0, "type"]),
        (
            command(options=[text("a", choices=[{"name": str(each), "value": str(each)} for each in range(26)])]),
            ["options", 0, "choices"],
        ),
        (
            command(options=[text("a", choices=[{"name": "x" * 101, "value": "x"}])]),
            ["options", 0, "choices", 0, "name"],
        ),
        (command(description_localizations={"de": "x" * 101}), ["description_localizations", "de"]),
    ],
)
async def test_invalid_commands_are_refused(stage: Stage, made: dict[str, Any], place: list[Any]) -> None:
    await stage.rest.wrong("POST", base(stage), made, *place)
    await stage.rest.wrong("PUT", base(stage), [command("good"), made], 1, *place)
    assert stage.server.app.commands == {}
    stage.server.violations.clear()


async def test_there_is_room_for_a_hundred(stage: Stage) -> None:
    many = [command(f"c{number}") for number in range(101)]
    assert await stage.rest.fails("PUT", base(stage), many) == 30032
    await stage.rest.ok("PUT", base(stage), many[:100])
    assert await stage.rest.fails("POST", base(stage), many[100]) == 30032
    await stage.rest.wrong("PUT", base(stage), [command(), command()], 1, "name")
