"""The small Discord: what it notices in requests, and the real library's own client at it."""

from collections.abc import AsyncGenerator

import discord
import pytest
from discord.http import HTTPClient, handle_message_parameters

from tests.adapters.discord_rest import Stage, open_stage
from tests.discordserver import permissions as may
from tests.discordserver.distil import wanted
from tests.discordserver.listener import addressed, connected
from tests.discordserver.spec import Spec
from tests.discordserver.state import TEXT

MESSAGE = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with open_stage() as stage:
        yield stage


async def test_what_is_not_documented_is_a_violation(stage: Stage) -> None:
    await stage.rest.call("POST", stage.path, {"content": "x", "colour": "red"})
    await stage.rest.call("POST", stage.path, {"content": 5})
    await stage.rest.call("GET", stage.path, params={"most": 5})
    await stage.rest.call("POST", f"/channels/{stage.hall.id}/threads", {"type": 12})
    await stage.rest.call("GET", "/nowhere")
    await stage.rest.call("DELETE", "/users/@me")
    button = {"type": 2, "style": 1, "labels": "Yes", "custom_id": "a"}
    await stage.rest.call("POST", stage.path, {"components": [{"type": 1, "components": [button]}]})
    assert [each.split(": ", 1)[1] for each in stage.server.violations] == [
        "body: as a whole: Additional properties are not allowed ('colour' was unexpected)",
        "body: content: 5 is not of type 'string', 'null'",
        "unknown in the query: most",
        "body: as a whole: 'name' is a required property",
        "no such route here",
        "no such route here",
        "body: components/0/components/0: Additional properties are not allowed ('labels' was unexpected)",
    ]


async def test_ids_that_are_none_and_json_that_is_none(stage: Stage) -> None:
    assert await stage.rest.wrong("GET", "/channels/hall", None, "channel_id") == "NUMBER_TYPE_COERCE"
    headers = {"Content-Type": "application/json"}
    answer = await stage.rest.call("POST", stage.path, content=b"{", headers=headers)
    assert answer.json()["code"] == 50109
    unknown = await stage.rest.call("GET", "/users/@me", headers={"Authorization": "Bot x"})
    assert (unknown.status_code, unknown.json()) == (401, {"message": "401: Unauthorized", "code": 0})


def test_operations_are_known_by_the_specification() -> None:
    spec = Spec()
    assert all(spec.knows(f"{method} {path}") for method, path in wanted())
    assert spec.answer(MESSAGE, 200, {"id": "1"}, given=True)
    assert spec.answer(MESSAGE, 201, {"id": "1"}, given=True) == [f"{MESSAGE}: no answer 201 is specified"]
    assert spec.answer("PUT /channels/{channel_id}/thread-members/@me", 204, None, given=False) == []


async def test_the_library_works_with_it(stage: Stage) -> None:
    server, hall = stage.server, int(stage.hall.id)
    with addressed(server):
        client = discord.Client(intents=discord.Intents.none())
        async with client:
            await client.login(server.app.token)
            http: HTTPClient = client.http
            made = await http.create_channel(int(stage.guild.id), TEXT, name="Ana and Ben", topic="Spring")
            await http.edit_channel(int(made["id"]), name="other")
            await http.edit_channel_permissions(int(made["id"]), int(stage.ana.id), str(may.SEND_MESSAGES), "0", 1)
            thread = await http.start_thread_without_message(
                hall, name="pair", auto_archive_duration=1440, type=12, invitable=False
            )
            await http.add_user_to_thread(int(thread["id"]), int(stage.ana.id))
            view = discord.ui.View()
            view.add_item(discord.ui.Button(label="Yes", custom_id="yes", emoji="👍"))
            view.add_item(discord.ui.Select(custom_id="s", options=[discord.SelectOption(label="Monday")]))
            with handle_message_parameters(
                content="hello",
                view=view,
                embed=discord.Embed(title="Pairs", description="of March").add_field(name="one", value="two"),
                allowed_mentions=discord.AllowedMentions.none(),
                nonce="a1",
            ) as params:
                sent = await http.send_message(int(thread["id"]), params=params)
                again = await http.send_message(int(thread["id"]), params=params)
            assert sent["id"] == again["id"]
            with handle_message_parameters(content="other", view=None) as params:
                await http.edit_message(int(thread["id"]), int(sent["id"]), params=params)
            with pytest.raises(discord.NotFound) as caught:
                await http.get_member(int(stage.guild.id), 12)
            assert caught.value.code == 10013
            assert (await client.application_info()).owner.name == "olivia"
    assert server.violations == []


async def test_what_the_library_sees_of_a_guild(stage: Stage) -> None:
    category = stage.guild.add_category("Pairs")
    stage.guild.add_channel("secret", category=category, only=[stage.ana])
    async with connected(stage.server) as client:
        guild = client.guilds[0]
        assert {each.name for each in guild.channels} == {"hall", "Pairs", "secret"}
        secret = discord.utils.get(guild.text_channels, name="secret")
        assert secret is not None
        assert not secret.permissions_for(guild.me).view_channel
        with pytest.raises(discord.Forbidden) as caught:
            await secret.send("x")
        assert caught.value.code == 50001
        hall = guild.get_channel(int(stage.hall.id))
        assert isinstance(hall, discord.TextChannel)
        thread = await hall.create_thread(name="pair", type=discord.ChannelType.private_thread, invitable=False)
        message = await thread.send("read this", file=discord.File(__file__, description="a test"))
        assert (await message.attachments[0].read()).startswith(b'"""The small Discord')
        await thread.edit(archived=True)
        assert [each.id async for each in hall.archived_threads(private=True, joined=True)] == [thread.id]
        await message.channel.send("back")
        assert [each.id for each in await guild.active_threads()] == [thread.id]
        direct = await client.create_dm(discord.Object(int(stage.ana.id)))
        await direct.send("hello")
        assert [each.content for each in stage.ana.messages(stage.ana.direct)] == ["hello"]
        await stage.server.settled()
    assert stage.server.violations == []
