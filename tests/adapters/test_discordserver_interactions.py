"""The small Discord for tests: interactions, answered by the real discord.py in every way that it has."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import discord
import pytest

from tests.discordserver.components import shown
from tests.discordserver.deeds_messages import Draft
from tests.discordserver.errors import Impossible
from tests.discordserver.houses import House, ask, button, open_house
from tests.discordserver.listener import connected
from tests.discordserver.reading import buttons, words
from tests.discordserver.state import EPHEMERAL, LOADING, Json

Interaction = discord.Interaction[Any]


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with open_house() as house:
        yield house


# Answers


async def test_a_press_is_answered_with_a_message(house: House) -> None:
    async def respond(interaction: Interaction) -> None:
        await interaction.response.send_message(f"hello {interaction.user.name}")

    async with connected(house.server, respond=respond) as client:
        pressed = await house.ana.press(ask(house, button("Yes")), "Yes")
        assert pressed.acknowledged and pressed.type == 4
        await house.server.settled()
        heard = client.interactions[0]
        assert (heard.locale.value, heard.context.guild, heard.filesize_limit) == ("es-ES", True, 10 * 1024 * 1024)
        assert heard.message and heard.message.content == "Will you?"
        assert heard.permissions.send_messages and heard.app_permissions.manage_channels
        assert isinstance(heard.channel, discord.TextChannel) and heard.channel.name == "hall"
        assert words(house.bo.messages("hall")[-1]) == "hello ana"
        assert client.messages[-1].content == "hello ana"
        metadata = client.messages[-1].interaction_metadata
        assert metadata and metadata.user.name == "ana"


async def test_an_ephemeral_answer_is_seen_by_one_and_by_no_channel_route(house: House) -> None:
    async def respond(interaction: Interaction) -> None:
        answer = await interaction.response.send_message("only you", ephemeral=True)
        assert answer.is_ephemeral() and isinstance(answer.resource, discord.InteractionMessage)
        await interaction.followup.send("and this", ephemeral=True)
        await interaction.edit_original_response(content="only you, ana")
        assert (await interaction.original_response()).content == "only you, ana"

    async with connected(house.server, respond=respond) as client:
        pressed = await house.ana.press(ask(house, button("Yes")), "Yes")
        await client.until(lambda: client.interactions and house.ana.ephemerals("hall")[0].edited)
        assert [words(each) for each in house.ana.ephemerals("hall")] == ["only you, ana", "and this"]
        assert house.bo.ephemerals("hall") == [] and len(house.bo.messages("hall")) == 1
        assert pressed.original and pressed.original.flags & EPHEMERAL
        channel = client.get_partial_messageable(int(house.hall.id))
        with pytest.raises(discord.NotFound):
            await channel.fetch_message(int(pressed.original.id))
        with pytest.raises(discord.NotFound):
            await channel.get_partial_message(int(pressed.original.id)).edit(content="no")
        await house.ana.delete(house.ana.ephemerals("hall")[0])
        with pytest.raises(discord.NotFound):
            await client.interactions[0].edit_original_response(content="gone")
        await client.interactions[0].followup.send("still there", ephemeral=True)
        assert [words(each) for each in house.ana.ephemerals("hall")] == ["and this", "still there"]


async def test_what_is_put_off_comes_by_editing_or_as_the_first_follow_up(house: House) -> None:
    async def respond(interaction: Interaction) -> None:
        assert interaction.data
        await interaction.response.defer(ephemeral=True, thinking=True)
        assert house.ana.ephemerals("hall")[-1].flags & LOADING
        assert len(house.server.interactions.thinking) == 1
        if interaction.data.get("custom_id") == "id-Edit":
            await interaction.edit_original_response(content="edited")
        else:
            await interaction.followup.send("followed")
        await interaction.followup.send("second, for all")

    async with connected(house.server, respond=respond) as client:
        message = ask(house, button("Edit"), button("Follow"))
        for label in ("Edit", "Follow"):
            pressed = await house.ana.press(message, label)
            assert pressed.type == 5
        await client.until(lambda: len(client.interactions) == 2 and len(house.bo.messages("hall")) == 3)
        assert [words(each) for each in house.ana.ephemerals("hall")] == ["edited", "followed"]
        assert not any(each.flags & LOADING for each in house.ana.ephemerals("hall"))
        assert house.server.interactions.thinking == [] and client.problems == []


async def test_the_message_itself_is_changed(house: House) -> None:
    async def respond(interaction: Interaction) -> None:
        assert interaction.data
        if interaction.data.get("custom_id") == "id-Later":
            await interaction.response.defer()
            await interaction.edit_original_response(content="Later, then.")
        else:
            await interaction.response.edit_message(content="Done.", view=None)

    async with connected(house.server, respond=respond) as client:
        message = ask(house, button("Later"), button("Now"))
        assert (await house.ana.press(message, "Later")).type == 6
        await client.until(lambda: "MESSAGE_UPDATE" in client.heard)
        assert words(message) == "Later, then." and buttons(message) == ["Later", "Now"]
        assert (await house.ana.press(message, "Now")).type == 7
        assert words(message) == "Done." and buttons(message) == []
        with pytest.raises(Impossible):
            await house.ana.press(message, "Now")


async def test_an_ephemeral_message_has_buttons_too(house: House) -> None:
    class Sure(discord.ui.View):
        @discord.ui.button(label="Sure", custom_id="sure")
        async def sure(self, interaction: Interaction, _: discord.ui.Button["Sure"]) -> None:
            await interaction.response.edit_message(content="So be it.", view=None)

    async def respond(interaction: Interaction) -> None:
        if interaction.data and interaction.data.get("custom_id") == "id-Yes":
            await interaction.response.send_message("Really?", view=Sure(), ephemeral=True)

    async with connected(house.server, respond=respond):
        await house.ana.press(ask(house, button("Yes")), "Yes")
        (private,) = house.ana.ephemerals("hall")
        assert (await house.ana.press(private, "Sure")).type == 7
        assert words(private) == "So be it."
        with pytest.raises(Impossible):
            await house.bo.press(private, "Sure")


async def test_what_is_pressed_in_private_and_in_a_thread(house: House) -> None:
    async def respond(interaction: Interaction) -> None:
        channel = interaction.channel
        assert channel
        await interaction.response.send_message(f"{channel.type} {interaction.guild_id} {interaction.user.name}")

    async with connected(house.server, respond=respond):
        thread = house.world.create_thread(house.hall, "talk", house.bo.id, members=[house.ana.id])
        for place in (house.ana.direct, thread):
            message = house.world.post(
                place, house.bot, Draft("?", components=shown([{"type": 1, "components": [button("Yes")]}]))
            )
            assert (await house.ana.press(message, "Yes")).acknowledged
        assert words(house.ana.dm()[-1]) == "private None ana"
        assert words(house.ana.messages("talk")[-1]) == f"private_thread {house.guild.id} ana"


async def test_lists_tell_what_was_chosen(house: House) -> None:
    options = [{"label": each, "value": each.lower()} for each in ("Reading", "Walking", "Tea")]

    async def respond(interaction: Interaction) -> None:
        await interaction.response.send_message(str(interaction.data and interaction.data.get("values")))

    async with connected(house.server, respond=respond) as client:
        one = ask(house, {"type": 3, "custom_id": "one", "options": options})
        assert buttons(one) == ["Reading", "Walking", "Tea"]
        await house.ana.press(one, "Tea")
        many = ask(house, {"type": 3, "custom_id": "many", "options": options, "min_values": 2, "max_values": 3})
        await house.ana.choose(many, "many", ["Walking", "Reading"])
        with pytest.raises(Impossible):
            await house.ana.choose(many, "many", ["Walking"])
        with pytest.raises(Impossible):
            await house.ana.press(many, "Tea")
        people = ask(house, {"type": 5, "custom_id": "who", "placeholder": "Who?"})
        await house.ana.choose(people, "Who?", "bo")
        assert [words(each) for each in house.ana.messages("hall") if each.type == 19] == [
            "['tea']", "['walking', 'reading']", f"['{house.bo.id}']",
        ]  # fmt: skip
        assert client.interactions[-1].data and "resolved" in client.interactions[-1].data


# What is refused


async def test_a_second_answer_is_refused(house: House) -> None:
    async def respond(interaction: Interaction) -> None:
        again = f"{house.server.api_url}/interactions/{interaction.id}/{interaction.token}/callback"
        await interaction.response.send_message("one")
        async with aiohttp.ClientSession() as session, session.post(again, json={"type": 6}) as response:
            codes.append((response.status, (await response.json())["code"]))
        late.set()

    codes: list[tuple[int, int]] = []
    late = asyncio.Event()
    async with connected(house.server, respond=respond):
        await house.ana.press(ask(house, button("Yes")), "Yes")
        await late.wait()
        assert codes == [(400, 40060)]


async def test_after_three_seconds_it_is_too_late(house: House) -> None:
    async def by_the_clock(interaction: Interaction) -> None:
        house.clock.turn(4)
        await interaction.response.send_message("late")

    async def on_demand(interaction: Interaction) -> None:
        house.server.interactions.expire()
        await interaction.response.defer()

    for respond in (by_the_clock, on_demand):
        async with connected(house.server, respond=respond) as client:
            pressed = await house.ana.press(ask(house, button("Yes")), "Yes")
            await client.until(lambda client=client: client.problems)
            assert not pressed.acknowledged and pressed in house.server.interactions.lost
            problem = client.problems[0]
            assert isinstance(problem, discord.NotFound) and problem.code == 10062


async def test_after_a_quarter_of_an_hour_the_token_is_dead(house: House) -> None:
    async def respond(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)

    async with connected(house.server, respond=respond) as client:
        await house.ana.press(ask(house, button("Yes")), "Yes")
        house.clock.turn(15 * 60 + 1)
        with pytest.raises(discord.HTTPException) as refused:
            await client.interactions[0].followup.send("too late")
        assert (refused.value.status, refused.value.code) == (401, 50027)
        assert house.server.interactions.thinking == []


async def test_nobody_hears_where_the_bot_is_not(house: House) -> None:
    async with connected(house.server):
        message = ask(house, button("Yes"))
        house.community.remove_bot()
        assert not (await house.ana.press(message, "Yes")).acknowledged


async def test_nobody_hears_when_no_session_is_there(house: House) -> None:
    pressed = await house.ana.press(ask(house, button("Yes")), "Yes")
    assert not pressed.acknowledged


async def test_an_interaction_in_a_gap_arrives_with_the_resume(house: House) -> None:
    async def respond(interaction: Interaction) -> None:
        await interaction.response.send_message("there you are")

    async with connected(house.server, respond=respond):
        house.server.gateway.drop()
        assert (await house.ana.press(ask(house, button("Yes")), "Yes")).acknowledged


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ({"type": 8, "data": {"choices": []}}, "type"),
        ({"type": 4, "data": {"content": "x" * 2001}}, "content"),
        ({"type": 9, "data": {"title": "x" * 46, "custom_id": "a", "components": []}}, "title"),
        (
            {"type": 9, "data": {"title": "x", "custom_id": "a", "components": [{"type": 10, "content": "x"}] * 6}},
            "components",
        ),
        (
            {
                "type": 9,
                "data": {"title": "x", "custom_id": "a", "components": [{"type": 1, "components": [{"type": 2}]}]},
            },
            "components",
        ),
    ],
)
async def test_an_answer_that_is_no_good_is_refused_and_may_be_mended(house: House, answer: Json, place: str) -> None:
    """Without a library, for discord.py does not send such things."""
    async with connected(house.server) as client:
        pressing = asyncio.create_task(house.ana.press(ask(house, button("Yes")), "Yes"))
        await client.until(lambda: client.interactions)
        interaction = client.interactions[0]
        url = f"{house.server.api_url}/interactions/{interaction.id}/{interaction.token}/callback"
        async with aiohttp.ClientSession() as session:
            async with session.post(url, json=answer) as response:
                told = await response.json()
                assert (response.status, told["code"]) == (400, 50035)
                assert place in str(told["errors"])
            async with session.post(url, json={"type": 6}) as response:
                assert response.status == 204
        assert (await pressing).type == 6
    house.server.violations.clear()
