"""Forms: to write an answer in, and to give a command with its arguments."""

import pytest

from adapters.slack import forms, marks
from adapters.slack.forms import Origin
from bot.language.commands import Argument, CommandSpec
from bot.language.events import Answered, Commanded
from bot.language.places import Actor, Address, Place
from tests.adapters.slack_inward import (
    COMMANDS,
    WAYS,
    Inbox,
    Way,
    a_house,
    actions,
    button,
    connected,
    open_way,
    post,
)
from tests.slackserver.bench import got
from tests.slackserver.faults import error
from tests.slackserver.person import Person
from tests.slackserver.state import Json, View

ACTOR = Actor("slack", "T0A00000001", "U1")
DIRECT = ACTOR.direct


def shown(person: Person) -> View:
    modal = person.modal()
    assert modal is not None
    return modal


def write(label: str, kind: str, value: str = "") -> Json:
    return button("Write …", "write", marks.Field(label, kind, value).to_json())


# Answers


@pytest.mark.parametrize("way", WAYS)
async def test_writing_an_answer(way: Way) -> None:
    async with open_way(way) as slack:
        ana = slack.person()
        question = await post(slack.house.client, ana, actions("flow:12:about:3", write("About you", "long", "Hm.")))
        assert (await ana.press(question, "Write …")).acknowledged
        assert slack.inbox.news == []
        modal = shown(ana)
        assert modal.callback_id == marks.ANSWER_FORM
        assert modal.blocks[0]["label"]["text"] == "About you"
        assert modal.blocks[0]["element"]["multiline"]
        assert modal.blocks[0]["element"]["initial_value"] == "Hm."
        await ana.submit(modal, {"About you": "  I read *books* & <maps>.\nAnd more.  "})
        assert ana.modal() is None
        (event,) = slack.inbox.of(Answered)
        assert event.token == "flow:12:about:3"
        assert event.values == ("I read *books* & <maps>.\nAnd more.",)
        assert (event.message, event.address, event.actor.name) == (question.ts, DIRECT, "Ana Ruiz")


async def test_numbers_and_days() -> None:
    async with open_way() as slack:
        ana = slack.person()
        question = await post(
            slack.house.client,
            ana,
            actions("flow:1:hours:0", {**write("Hours", "number", "3"), "action_id": "write:0"}),
            actions("flow:1:day:0", {**write("Day", "date", "2026-10-01"), "action_id": "write:1"}, number=1),
        )
        await ana.press(question, "write:0")
        number = shown(ana)
        assert number.blocks[0]["element"]["type"] == "number_input"
        await ana.submit(number, {"Hours": "4"})
        await ana.press(question, "write:1")
        day = shown(ana)
        assert day.blocks[0]["element"]["initial_date"] == "2026-10-01"
        await ana.submit(day, {"Day": "2026-11-02"})
        assert [(each.token, each.values) for each in slack.inbox.of(Answered)] == [
            ("flow:1:hours:0", ("4",)),
            ("flow:1:day:0", ("2026-11-02",)),
        ]


async def test_an_earlier_answer_of_another_kind_is_left_out() -> None:
    for kind, value in (("number", "three"), ("date", "soon"), ("number", "٣")):
        element = forms.answer_form(marks.Field("?", kind, value), Origin(DIRECT, "t"))["blocks"][0]["element"]
        assert not {"initial_value", "initial_date"} & set(element)
    element = forms.answer_form(marks.Field("?", "text", "x" * 9_000), Origin(DIRECT, "t"))["blocks"][0]["element"]
    assert len(element["initial_value"]) == 3_000


async def test_a_form_in_a_room_knows_where_it_was_asked_for() -> None:
    async with open_way() as slack:
        room = slack.house.workspace.add_channel("mentoring-1", ["U1"], private=True, bot=True)
        ana = slack.person()
        block = actions("note:1", write("Note", "text"))
        await got(slack.house.client.chat_postMessage(channel=room.id, text="?", blocks=[block]))
        await ana.press(ana.messages(room)[-1], "Write …")
        await ana.submit(shown(ana), {"Note": "all is well"})
        (event,) = slack.inbox.of(Answered)
        assert event.address == Address("slack", ACTOR.community, Place.ROOM, room.id)
        assert event.message == ana.messages(room)[-1].ts


@pytest.mark.parametrize("way", WAYS)
async def test_a_restart_while_a_form_is_open(way: Way) -> None:
    async with a_house() as house:
        ana, first, second = house.workspace.person("U1"), Inbox(), Inbox()
        async with connected(house, way, first):
            question = await post(house.client, ana, actions("flow:12:about:3", write("About you", "text")))
            await ana.press(question, "Write …")
            await ana.command("/mentoring", "note")
            command = shown(ana)
            await ana.press(question, "Write …")
            answer = shown(ana)
        async with connected(house, way, second):
            await ana.submit(answer, {"About you": "reader"})
            house.workspace.team.modals["U1"] = [command]
            await ana.submit(command, {"Text": "two words"})
        assert [each.values for each in second.of(Answered)] == [("reader",)]
        assert [each.text for each in second.of(Commanded)] == ["note two words"]
        assert first.news == []


async def test_a_form_that_is_sent_again() -> None:
    """What is lost on the way back to Slack is sent once more by the person: the same answer is one event."""
    inbox = Inbox()
    async with open_way("http", inbox) as slack:
        ana = slack.person()
        question = await post(slack.house.client, ana, actions("flow:1:a:0", write("Words", "text")))
        await ana.press(question, "Write …")
        modal = shown(ana)
        inbox.breaks = 1
        lost = await ana.submit(modal, {"Words": "first"})
        assert lost.state == "lost"
        assert ana.modal() is modal
        assert (await ana.submit(modal)).acknowledged
        house = slack.house
        house.workspace.team.modals["U1"] = [modal]
        await ana.submit(modal)
        house.workspace.team.modals["U1"] = [modal]
        await ana.submit(modal, {"Words": "second"})
        assert [each.values for each in inbox.of(Answered)] == [("first",), ("second",)]
        assert inbox.received == 4, "Installed, and three times the form"


# Commands


@pytest.mark.parametrize("way", WAYS)
async def test_a_command_with_a_form(way: Way) -> None:
    async with open_way(way) as slack:
        ana = slack.person()
        desk = slack.house.workspace.add_channel("desk", ["U1"], private=True, bot=True)
        assert (await ana.command("/mentoring", "Round  open", desk)).acknowledged
        assert slack.inbox.news == []
        modal = shown(ana)
        assert modal.title == "Round open"
        assert [block["element"]["type"] for block in modal.blocks] == [
            "plain_text_input", "datepicker", "number_input", "static_select", "email_text_input",
        ]  # fmt: skip
        assert [bool(block["optional"]) for block in modal.blocks] == [False, False, True, False, True]
        assert modal.blocks[0]["hint"]["text"] == "How the round is called."
        parcel = await ana.submit(
            modal, {"Name": 'Spring "26"', "Starts": "2026-10-01", "Pairs": "x", "Kit": "nurses", "Contact": "ana"}
        )
        assert parcel.answer["response_action"] == "errors"
        assert set(modal.errors) == {"pairs", "contact"}
        assert "whole number" in modal.errors["pairs"]
        assert slack.inbox.news == []
        await ana.submit(modal, {"Pairs": "20", "Contact": "ana@example.org"})
        assert ana.modal() is None
        (event,) = slack.inbox.of(Commanded)
        assert (
            event.text
            == 'round open name:"Spring ’26’" starts:"2026-10-01" pairs:"20" kit:"nurses" contact:"ana@example.org"'
        )
        assert event.address == Address("slack", ACTOR.community, Place.ROOM, desk.id)
        assert event.actor.email == "ana@example.org"


async def test_what_is_optional_may_be_left_out() -> None:
    async with open_way() as slack:
        ana = slack.person()
        await ana.command("/mentoring", "round open")
        await ana.submit(shown(ana), {"Name": "Spring", "Starts": "2026-10-01", "Kit": "nurses"})
        assert slack.inbox.of(Commanded)[0].text == 'round open name:"Spring" starts:"2026-10-01" kit:"nurses"'


async def test_which_commands_have_a_form() -> None:
    async with open_way() as slack:
        ana = slack.person()
        for text in ("help", "pause", "note hello", 'round open name:"x"', "dance", ""):
            await ana.command("/mentoring", text)
            assert ana.modal() is None
        assert len(slack.inbox.of(Commanded)) == 6


@pytest.mark.parametrize("problem", ["expired_trigger_id", "internal_error"])
async def test_an_expired_trigger(problem: str) -> None:
    """Where the form cannot be opened, the command is explained, and not given without what the form asks for."""
    async with open_way() as slack:
        slack.server.faults.add("views.open", error(problem))
        ana = slack.person()
        assert (await ana.command("/mentoring", "round open")).acknowledged
        assert [event.text for event in slack.inbox.of(Commanded)] == ["help round open"]
        question = await post(slack.house.client, ana, actions("flow:1:a:0", write("Words", "text")))
        assert (await ana.press(question, "Write …")).acknowledged
        assert slack.inbox.of(Answered) == []


async def test_a_command_that_has_changed_meanwhile() -> None:
    async with a_house() as house:
        ana, inbox = house.workspace.person("U1"), Inbox()
        async with connected(house, "sockets", inbox):
            await ana.command("/mentoring", "round open")
        newer = (CommandSpec("round open", "Opens a round.", (Argument("colour", "Which.", required=True),)),)
        modal = shown(ana)
        async with connected(house, "sockets", inbox, newer):
            await ana.submit(modal, {"Name": "Spring", "Starts": "2026-10-01", "Kit": "nurses"})
            assert set(modal.errors) == {"name"}
            assert "give the command again" in modal.errors["name"]
        async with connected(house, "sockets", inbox, ()):
            await ana.submit(modal)
            assert modal.errors
        assert inbox.of(Commanded) == []


def test_what_a_form_is_for_is_read_carefully() -> None:
    origin = Origin(Address("slack", ACTOR.community, Place.ROOM, "C1"), "flow:1:a:0", "17.1")
    assert Origin.from_json(origin.to_json(), ACTOR) == origin
    for text in ("", "{", "[]", "[1,2]", '["t","nowhere","C1","17.1"]', "7"):
        assert Origin.from_json(text, ACTOR) is None
    assert forms.given({}, COMMANDS)[1]


def test_long_names_fit() -> None:
    long = CommandSpec("x" * 60, "", (Argument("y" * 200, "z" * 300, options=("a" * 100, "b")),))
    view = forms.command_form(long, Origin(DIRECT, long.name))
    assert len(view["title"]["text"]) <= 24
    assert len(view["private_metadata"]) <= 3_000
