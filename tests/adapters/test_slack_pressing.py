"""Buttons, lists and days: what is pressed and chosen in Slack, and what the core hears of it."""

from datetime import UTC, datetime

import pytest

from adapters.slack.inbound import event_of
from bot.language.events import (
    Answered,
    Event,
    Opened,
    event_from_json,
    event_to_json,
)
from bot.language.places import Address, Place
from tests.adapters.slack_inward import WAYS, Connected, Way, actions, button, input_block, open_way, options, post
from tests.slackserver.bench import got
from tests.slackserver.state import Channel, Json

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TEAM = "T0A00000001"
DIRECT = Address("slack", TEAM, Place.DIRECT, "U1")


def room_at(channel: Channel | str) -> Address:
    return Address("slack", TEAM, Place.ROOM, channel if isinstance(channel, str) else channel.id)


def a_room(slack: Connected, *members: str) -> Channel:
    return slack.house.workspace.add_channel("mentoring-1", members or ("U1", "U2"), private=True, bot=True)


def heard(payload: Json) -> Event | None:
    event = event_of(payload, "UBOT", NOW)
    if event is not None:
        assert event_from_json(event_to_json(event)) == event
    return event


# What is pressed and chosen


@pytest.mark.parametrize("way", WAYS)
async def test_a_button(way: Way) -> None:
    async with open_way(way) as slack:
        ana = slack.person()
        shown = await post(
            slack.house.client,
            ana,
            actions("flow:1:a:2", button("Yes", "press:0", "yes"), button("No", "press:1", "no")),
        )
        parcel = await ana.press(shown, "No")
        assert parcel.acknowledged
        (event,) = slack.inbox.of(Answered)
        assert (event.token, event.values, event.message, event.address) == ("flow:1:a:2", ("no",), shown.ts, DIRECT)
        assert event.actor.name == "Ana Ruiz"


async def test_lists_days_and_boxes() -> None:
    async with open_way() as slack:
        ana = slack.person()
        one = {"type": "static_select", "action_id": "pick", "options": options("se", "no")}
        day = {"type": "datepicker", "action_id": "day"}
        many = {"type": "multi_static_select", "action_id": "many:0", "options": options("a", "b", "c")}
        more = {
            "type": "checkboxes",
            "action_id": "many:1",
            "options": options("d", "e"),
            "initial_options": options("e"),
        }
        other = {"type": "multi_static_select", "action_id": "many:0", "options": options("z")}
        shown = await post(
            slack.house.client,
            ana,
            actions("flow:1:land:0", one),
            actions("flow:1:day:0", day, number=1),
            input_block("flow:1:tea:0|10", more),
            input_block("flow:1:tea:0|9", many),
            input_block("flow:1:else:0|3", other),
            actions("flow:1:tea:0", button("Done", "done"), button("More", "link", "x"), number=11),
        )
        await ana.press(shown, "No")
        await ana.choose(shown, "day", "2026-10-02")
        await ana.choose(shown, "flow:1:tea:0|9", ["C", "A"])
        await ana.choose(shown, "flow:1:else:0|3", ["Z"])
        await ana.press(shown, "More")
        assert [(each.token, each.values) for each in slack.inbox.of(Answered)] == [
            ("flow:1:land:0", ("no",)),
            ("flow:1:day:0", ("2026-10-02",)),
        ]
        await ana.press(shown, "Done")
        assert slack.inbox.of(Answered)[-1].values == ("c", "a", "e")
        assert slack.inbox.of(Answered)[-1].token == "flow:1:tea:0"


async def test_a_button_in_a_room_and_on_the_home_page() -> None:
    async with open_way() as slack:
        ana, room, client = slack.person(), a_room(slack), slack.house.client
        block = actions("topic:1", button("Fine", "press:0", "fine"))
        await got(client.chat_postMessage(channel=room.id, text="?", blocks=[block]))
        await ana.press(ana.messages(room)[-1], "Fine")
        await got(client.chat_postEphemeral(channel=room.id, user="U1", text="?", blocks=[block]))
        await ana.press(ana.ephemerals(room)[-1], "Fine")
        await got(client.views_publish(user_id="U1", view={"type": "home", "blocks": [block]}))
        home = await ana.open_home()
        assert home
        await ana.press(home, "Fine")
        first, alone, at_home = slack.inbox.of(Answered)
        assert (first.address, first.message) == (room_at(room), ana.messages(room)[-1].ts)
        # What one person sees cannot be named later.
        assert (alone.address, alone.message) == (room_at(room), "")
        assert (at_home.address, at_home.message) == (DIRECT, "")
        assert len({first.event_id, alone.event_id, at_home.event_id}) == 3
        assert len(slack.inbox.of(Opened)) == 1
        await ana.open_home("messages")
        assert len(slack.inbox.of(Opened)) == 1


def test_pressing_what_is_none_of_ours() -> None:
    for action in (
        {"action_id": "press:0", "block_id": "odd", "value": "x"},
        {"action_id": "other", "block_id": "t|0", "value": "x"},
        {"action_id": "many:0", "block_id": "t|0"},
        {"action_id": "pick", "block_id": "t|0", "selected_option": None},
        {"action_id": "day", "block_id": "t|0", "selected_date": None},
    ):
        payload = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U1"}, "actions": [action]}
        assert heard(payload) is None
    for payload in ({}, {"type": "view_closed"}, {"type": "shortcut"}, {"type": "event_callback"}, {"type": 7}):
        assert heard(payload) is None
