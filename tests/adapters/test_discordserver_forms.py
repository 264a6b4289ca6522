"""The small Discord for tests: forms, opened by the real discord.py and filled in by people."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import discord
import pytest

from tests.discordserver.errors import Impossible
from tests.discordserver.houses import House, ask, button, open_house
from tests.discordserver.listener import connected
from tests.discordserver.reading import words

Interaction = discord.Interaction[Any]


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with open_house() as house:
        yield house


async def open_form(interaction: Interaction) -> None:
    modal = discord.ui.Modal(title="About you", custom_id="form")
    modal.add_item(discord.ui.TextDisplay("Please tell us."))
    short = discord.ui.TextInput[Any](custom_id="name", max_length=10)
    modal.add_item(discord.ui.Label(text="Name", description="As you like", component=short))
    options = [discord.RadioGroupOption(label=each, value=each.lower()) for each in ("Often", "Seldom")]
    often = discord.ui.RadioGroup[Any](custom_id="often", options=options)
    modal.add_item(discord.ui.Label(text="How often", component=often))
    boxes = [discord.CheckboxGroupOption(label=each, value=each.lower()) for each in ("Mon", "Tue", "Wed")]
    group = discord.ui.CheckboxGroup[Any](custom_id="days", options=boxes, required=False)
    modal.add_item(discord.ui.Label(text="Days", component=group))
    partner = discord.ui.UserSelect[Any](custom_id="partner", required=False)
    modal.add_item(discord.ui.Label(text="With", component=partner))
    await interaction.response.send_modal(modal)


def form_bot(answer: Callable[[Interaction], Awaitable[object]]) -> Callable[[Interaction], Awaitable[object]]:
    """Opens the form for a button, and answers as told when it is sent."""

    async def respond(interaction: Interaction) -> None:
        await (answer if interaction.type is discord.InteractionType.modal_submit else open_form)(interaction)

    return respond


async def test_a_form_is_filled_in_and_sent(house: House) -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.edit_message(content="Thank you.")

    async with connected(house.server, respond=form_bot(answer)) as client:
        message = ask(house, button("Form"))
        pressed = await house.ana.press(message, "Form")
        modal = house.ana.modal()
        assert pressed.type == 9 and modal is pressed.modal and modal
        assert words(modal) == "About you\nPlease tell us.\nName\nAs you like\nHow often\nDays\nWith"
        for wrong in (
            {},
            {"Name": "Ana"},
            {"Name": "far too long a name", "often": "Often"},
            {"Name": "A", "often": "x"},
        ):
            with pytest.raises(Impossible):
                await house.ana.submit(modal, wrong)
        done = await house.ana.submit(
            modal, {"Name": "Ana", "often": "Seldom", "Days": ["Mon", "Wed"], "With": house.bo.id}
        )
        assert done.type == 7 and words(message) == "Thank you." and house.ana.modal() is None
        data: Any = client.interactions[-1].data
        assert data["custom_id"] == "form"
        labels = [each["component"] for each in data["components"][1:]]
        assert [each.get("value", each.get("values")) for each in labels] == [
            "Ana", "seldom", ["mon", "wed"], [house.bo.id],
        ]  # fmt: skip
        assert data["resolved"]["users"][house.bo.id]["username"] == "bo"
        with pytest.raises(Impossible):
            await house.ana.submit(modal)


async def test_the_library_finds_its_own_form_again(house: House) -> None:
    """`discord.ui.Modal` gets the values, while its process lives."""
    got: list[Any] = []

    class Old(discord.ui.Modal, title="Old"):
        name = discord.ui.TextInput["Old"](label="Name", custom_id="name", default="Bo")

        async def on_submit(self, interaction: Interaction, /) -> None:
            got.append(self.name.value)
            await interaction.response.send_message("ok", ephemeral=True)

    async def respond(interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_modal(Old())

    async with connected(house.server, respond=respond):
        await house.bo.press(ask(house, button("Form")), "Form")
        modal = house.bo.modal()
        assert modal
        done = await house.bo.submit(modal, {})
        assert done.acknowledged and got == ["Bo"]


async def test_a_form_that_fails_stays_open_and_one_that_is_closed_does_not(house: House) -> None:
    async def answer(interaction: Interaction) -> None:
        house.server.interactions.expire()

    async with connected(house.server, respond=form_bot(answer)):
        message = ask(house, button("Form"))
        await house.ana.press(message, "Form")
        modal = house.ana.modal()
        assert modal
        done = await house.ana.submit(modal, {"Name": "Ana", "often": "Often"})
        assert not done.acknowledged and house.ana.modal() is modal
        await house.ana.press(message, "Form")
        assert not modal.open and house.ana.modal() is not modal
        newer = house.ana.modal()
        assert newer
        await house.ana.close(newer)
        assert house.ana.modal() is None
        with pytest.raises(Impossible):
            await house.ana.submit(newer)
