"""The small Discord for tests: people's hands and eyes, with an application of the real discord.py behind."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.discordserver import permissions
from tests.discordserver.components import shown
from tests.discordserver.deeds_messages import Draft
from tests.discordserver.errors import Impossible
from tests.discordserver.houses import House, open_house
from tests.discordserver.listener import Listener, connected
from tests.discordserver.reading import buttons, disabled, links, mentions, times, words
from tests.discordserver.state import PUBLIC_THREAD, Json, Message

Interaction = discord.Interaction[Any]


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with open_house() as house:
        yield house


def post(house: House, content: str, *components: Json) -> Message:
    return house.world.post(house.hall, house.bot, Draft(content, components=shown(list(components))))


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def button(label: str, **more: Any) -> Json:
    return {"type": 2, "style": 1, "label": label, "custom_id": f"id-{label}", **more}


# Commands


def tree_of(client: Listener) -> app_commands.CommandTree[Listener]:
    """`/mentoring round open`, `/mentoring topics`, `/manage` for managers in guilds, and `/me` in private."""
    tree = app_commands.CommandTree(client)
    mentoring = app_commands.Group(name="mentoring", description="All of it")
    rounds = app_commands.Group(name="round", description="Rounds", parent=mentoring)

    @rounds.command(name="open", description="Open a round")
    @app_commands.choices(
        kind=[app_commands.Choice(name="Pairs", value="p"), app_commands.Choice(name="Trios", value="t")]
    )
    async def open_round(
        interaction: Interaction, name: app_commands.Range[str, 2, 10], kind: str,
        weeks: app_commands.Range[int, 1, 52] = 4, lead: discord.Member | None = None,
        hall: discord.TextChannel | None = None,
    ) -> None:  # fmt: skip
        told = [name, kind, weeks, lead.name if lead else None, hall.name if hall else None]
        await interaction.response.send_message(str(told))

    async def complete(interaction: Interaction, text: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{text}{n}", value=str(n)) for n in range(3)]

    @mentoring.command(name="topics", description="Topics")
    @app_commands.autocomplete(topic=complete)
    async def topics(interaction: Interaction, topic: str, most: int = 1) -> None:
        await interaction.response.send_message(topic, ephemeral=True)

    @tree.command(name="manage", description="For some")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_contexts(guilds=True)
    async def manage(interaction: Interaction) -> None:
        await interaction.response.send_message("done")

    @tree.command(name="me", description="In private")
    @app_commands.allowed_contexts(dms=True)
    async def me(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content=f"you are {interaction.user.name}")

    tree.add_command(mentoring)
    return tree


@asynccontextmanager
async def commanded(house: House) -> AsyncGenerator[Listener]:
    async with connected(house.server) as client:
        await tree_of(client).sync()
        yield client


async def test_a_command_reaches_its_function_with_its_options(house: House) -> None:
    async with commanded(house):
        assert house.ana.commands("hall") == ["mentoring"] and house.ana.commands() == ["me", "mentoring"]
        done = await house.ana.command(
            "mentoring round open", "hall", name="Spring", kind="Trios", weeks=8, lead=house.bo, hall="hall"
        )
        assert done.acknowledged
        assert words(house.bo.messages("hall")[-1]) == "['Spring', 't', 8, 'bo', 'hall']"
        await house.ana.command("/mentoring round open", "hall", name="Autumn", kind="p")
        assert words(house.bo.messages("hall")[-1]) == "['Autumn', 'p', 4, None, None]"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mentor", {}),
        ("mentoring", {}),
        ("mentoring round", {}),
        ("mentoring round close", {}),
        ("mentoring round open", {"name": "Spring"}),
        ("mentoring round open", {"name": "S", "kind": "Pairs"}),
        ("mentoring round open", {"name": "Spring", "kind": "Quartets"}),
        ("mentoring round open", {"name": "Spring", "kind": "Pairs", "weeks": 53}),
        ("mentoring round open", {"name": "Spring", "kind": "Pairs", "weeks": "four"}),
        ("mentoring round open", {"name": "Spring", "kind": "Pairs", "lead": "nobody"}),
        ("mentoring round open", {"name": "Spring", "kind": "Pairs", "colour": "red"}),
        ("manage", {}),
        ("me", {}),
    ],
)
async def test_commands_that_cannot_be_given_so(house: House, name: str, options: Json) -> None:
    async with commanded(house):
        with pytest.raises(Impossible):
            await house.ana.command(name, "hall", **options)
        assert house.server.interactions.all == []


async def test_commands_for_those_with_permissions_and_for_private_places(house: House) -> None:
    async with commanded(house):
        managers = house.community.add_role("managers", permissions.MANAGE_GUILD)
        house.community.give(house.ana, managers)
        assert (await house.ana.command("manage", "hall")).acknowledged
        await house.ana.command("me")
        await house.server.settled()
        assert [words(each) for each in house.ana.ephemerals(house.ana.direct)] == ["you are ana"]
        house.community.take(house.ana, managers)
        with pytest.raises(Impossible):
            await house.ana.command("manage", "hall")
        house.community.remove_bot()
        with pytest.raises(Impossible):
            await house.ana.command("mentoring topics", "hall", topic="x")


async def test_options_complete_themselves(house: House) -> None:
    async with commanded(house):
        assert await house.ana.autocomplete("mentoring topics", "topic", "ab", "hall", most=2) == ["ab0", "ab1", "ab2"]
        with pytest.raises(Impossible):
            await house.ana.autocomplete("mentoring topics", "most", "1", "hall")
        await house.ana.command("mentoring topics", "hall", topic="0")
        assert words(house.ana.ephemerals("hall")[-1]) == "0"


# Hands


async def test_what_cannot_be_pressed(house: House) -> None:
    async with connected(house.server):
        message = post(
            house,
            "?",
            row(
                button("No", disabled=True),
                button("Yes"),
                {"type": 2, "style": 5, "label": "Site", "url": "https://example.org"},
            ),
        )
        assert buttons(message) == ["Yes", "Site"] and disabled(message) == ["No"]
        for label in ("No", "Maybe", "Site"):
            with pytest.raises(Impossible):
                await house.ana.press(message, label)
        house.world.delete(message)
        with pytest.raises(Impossible):
            await house.ana.press(message, "Yes")
        thread = house.world.create_thread(house.hall, "talk", house.bot, kind=PUBLIC_THREAD)
        inside = house.world.post(thread, house.bot, Draft("?", components=shown([row(button("Yes"))])))
        house.community.archive(thread, locked=True)
        for deed in (house.ana.press(inside, "Yes"), house.ana.say(thread, "hello")):
            with pytest.raises(Impossible):
                await deed
        house.community.deny("hall", house.ana, permissions.VIEW_CHANNEL)
        other = post(house, "?", row(button("Yes")))
        for deed in (house.ana.press(other, "Yes"), house.ana.say("hall", "hello")):
            with pytest.raises(Impossible):
                await deed
        assert house.ana.channels() == []


async def test_who_may_only_read_cannot_write(house: House) -> None:
    house.community.deny("hall", house.ana, permissions.SEND_MESSAGES)
    assert house.ana.messages("hall") == []
    with pytest.raises(Impossible):
        await house.ana.say("hall", "hello")
    with pytest.raises(Impossible):
        await house.bo.say("hall", "x" * 2001)


async def test_a_message_wakes_a_thread_that_is_only_archived(house: House) -> None:
    thread = house.world.create_thread(house.hall, "talk", house.bot, members=[house.ana.id])
    house.community.archive(thread)
    await house.ana.say("talk", "still there?")
    assert thread.thread and not thread.thread.archived
    assert [each.name for each in house.ana.threads()] == ["talk"] and house.bo.threads() == []
    await house.ana.leave_thread("talk")
    with pytest.raises(Impossible):
        house.ana.channel("talk")


async def test_what_somebody_wrote_is_theirs_alone_to_change(house: House) -> None:
    async with connected(house.server) as client:
        said = await house.ana.say(house.ana.direct, "helo")
        await house.ana.edit(said, "hello @counterpart")
        await house.ana.delete(said)
        await house.server.settled()
        assert client.heard[-3:] == ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"]
        theirs = await house.bo.say("hall", "mine")
        with pytest.raises(Impossible):
            await house.ana.edit(theirs, "yours")


async def test_direct_messages_can_be_closed(house: House) -> None:
    async with connected(house.server) as client:
        user = await client.fetch_user(int(house.ana.id))
        house.ana.close_dms()
        with pytest.raises(discord.Forbidden) as refused:
            await user.send("hello")
        assert refused.value.code == 50007
        house.ana.open_dms()
        await user.send("hello")
        assert [words(each) for each in house.ana.dm()] == ["hello"]


async def test_going_and_coming(house: House) -> None:
    await house.ana.leave(house.guild)
    assert house.ana.channels() == []
    with pytest.raises(Impossible):
        await house.ana.leave(house.guild)
    await house.ana.join(house.guild)
    assert [each.name for each in house.ana.channels()] == ["hall"]


async def test_files_are_handed_in_with_a_form(house: House) -> None:
    got: list[bytes] = []

    async def respond(interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            modal = discord.ui.Modal(title="Files", custom_id="files")
            upload = discord.ui.FileUpload[Any](custom_id="upload", max_values=2)
            modal.add_item(discord.ui.Label(text="A list", component=upload))
            await interaction.response.send_modal(modal)
        else:
            data: Any = interaction.data
            (found,) = data["resolved"]["attachments"].values()
            got.append(await interaction.client.http.get_from_cdn(found["url"]))
            await interaction.response.send_message("thanks")

    async with connected(house.server, respond=respond):
        await house.ana.press(post(house, "?", row(button("Files"))), "Files")
        modal = house.ana.modal()
        assert modal
        done = await house.ana.submit(modal, {"A list": [("people.csv", b"name\nana")]})
        assert done.acknowledged and got == [b"name\nana"]


# Eyes


def test_words_are_read_from_top_to_bottom() -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    embed: Json = {
        "title": "Topic",
        "description": "Copyright",
        "fields": [{"name": "Until", "value": "<t:1788253200:R>"}],
    }
    content = "Hello <@5>, <@&6> and @everyone in <#7>: https://example.org/a <t:1788253200:F>"
    parts = [row(button("Yes")), row({"type": 3, "custom_id": "x", "placeholder": "Which?", "options": []})]
    message = Message("1", "2", "3", now, content, embeds=[embed], components=parts)
    assert words(message).splitlines()[1:] == ["Topic", "Copyright", "Until", "2026-09-01 09:00 UTC", "Which?"]
    assert words(message).splitlines()[0].endswith("2026-09-01 09:00 UTC")
    assert mentions(message) == ["@5", "@&6", "@everyone", "#7"]
    assert times(message) == [datetime(2026, 9, 1, 9, tzinfo=UTC)] * 2
    assert links(message) == ["https://example.org/a"]


def test_new_components_are_read_too() -> None:
    section: Json = {"type": 9, "components": [{"type": 10, "content": "One"}], "accessory": button("Go")}
    box: Json = {"type": 17, "components": [section, {"type": 14}, {"type": 10, "content": "Two <@5>"}]}
    message = Message("1", "2", "3", datetime(2026, 9, 1, tzinfo=UTC), components=[box])
    assert words(message) == "One\nTwo <@5>"
    assert buttons(message) == ["Go"] and mentions(message) == ["@5"]
