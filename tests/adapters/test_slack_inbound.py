"""What happens in Slack, and what the core hears of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.inbound import event_of
from adapters.slack.payload import words_of
from bot.language.events import MOST_FILES, TEXT_LIMIT, Commanded, Event, Said, SentFile, event_from_json, event_to_json
from bot.language.places import Address, Place
from tests.adapters.slack_inward import WAYS, Connected, Way, open_way
from tests.slackserver.bench import got
from tests.slackserver.state import Channel, Json

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TEAM = "T0A00000001"
DIRECT = Address("slack", TEAM, Place.DIRECT, "U1")


def room_at(channel: Channel | str) -> Address:
    return Address("slack", TEAM, Place.ROOM, channel if isinstance(channel, str) else channel.id)


def a_room(slack: Connected, *members: str) -> Channel:
    return slack.house.workspace.add_channel("mentoring-1", members or ("U1", "U2"), private=True, bot=True)


def message(text: str, **more: Any) -> Json:
    event = {
        "type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "ts": "1788249600.000100", "text": text,
        **more,
    }  # fmt: skip
    return {"type": "event_callback", "event_id": "Ev1", "team_id": TEAM, "event": event}


def heard(payload: Json) -> Event | None:
    event = event_of(payload, "UBOT", NOW)
    if event is not None:
        assert event_from_json(event_to_json(event)) == event
    return event


# What is said


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_said_to_the_bot(way: Way) -> None:
    async with open_way(way) as slack:
        ana = slack.person()
        said = await ana.say(ana.direct, "I like <books> & tea, @bo: example.org")
        (event,) = slack.inbox.news
        assert isinstance(event, Said)
        assert event.text == "I like <books> & tea, @U2: example.org"
        assert event.address == DIRECT
        assert (event.at.timestamp(), event.cut) == (float(said.ts), False)
        actor = event.actor
        assert (actor.user, actor.name, actor.email) == ("U1", "Ana Ruiz", "ana@example.org")
        assert (actor.zone, actor.locale, actor.owner) == ("Europe/Madrid", "es-ES", False)


async def test_edited_deleted_and_threaded_messages_are_no_news() -> None:
    async with open_way() as slack:
        ana = slack.person()
        first = await ana.say(ana.direct, "first")
        await ana.edit(first, "second")
        await ana.say(ana.direct, "in a thread", thread=first)
        await ana.delete(first)
        await got(slack.house.client.chat_postMessage(channel=ana.direct.id, text="from the bot"))
        await slack.server.settled()
        assert [event.text for event in slack.inbox.of(Said)] == ["first"]


@pytest.mark.parametrize("way", WAYS)
async def test_words_in_a_room_stay_there(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with open_way(way) as slack:
        room, ana = a_room(slack), slack.person()
        first = await ana.say(room, "a very private word")
        slack.house.clock.turn(2)
        await slack.person("U2").say(room, "another very private word", thread=first)
        direct = await got(slack.house.client.conversations_open(users="U1,U2"))
        await ana.say(str(direct["channel"]["id"]), "a third very private word")
        events = slack.inbox.of(Said)
        assert [(event.actor.user, event.text, event.address) for event in events] == [
            ("U1", "", room_at(room)),
            ("U2", "", room_at(room)),
            ("U1", "", room_at(direct["channel"]["id"])),
        ]
        assert "private word" not in "".join(map(event_to_json, slack.inbox.events))
        assert not any("private word" in record.getMessage() for record in caplog.records)


async def test_public_channels_are_not_heard() -> None:
    async with open_way() as slack:
        hall = slack.house.workspace.add_channel("hall", ["U1"], bot=True)
        await slack.person().say(hall, "hello, everybody")
        assert slack.inbox.news == []
    assert heard(message("hello", channel="C1", channel_type="channel")) is None


async def test_a_command_typed_as_text() -> None:
    async with open_way() as slack:
        ana, room = slack.person(), a_room(slack)
        await ana.say(ana.direct, "  /mentoring  pause until:2026-10-01 ")
        await ana.say(room, "/mentoring help")
        await ana.say(ana.direct, "/mentoringhelp")
        commands = slack.inbox.of(Commanded)
        assert [(each.text, each.address) for each in commands] == [
            ("pause until:2026-10-01", DIRECT),
            ("help", room_at(room)),
        ]
        assert [each.text for each in slack.inbox.of(Said)] == ["/mentoringhelp"]


@pytest.mark.parametrize(
    ("event", "kept"),
    [
        (message("hello", subtype="file_share"), True),
        (message("hello", subtype="me_message"), True),
        (message("hello", subtype="channel_topic"), False),
        (message("hello", subtype="message_changed", hidden=True), False),
        (message("hello", bot_id="B1"), False),
        (message("hello", user="UBOT"), False),
        (message("hello", user="USLACKBOT"), False),
        (message("hello", user=None), False),
        (message("hello", thread_ts="1788249600.000100"), True),
        (message("hello", thread_ts="1788249500.000100"), False),
        (message("hello", thread_ts="1788249500.000100", channel="C1", channel_type="group"), True),
        (message("hello", channel="G1", channel_type="mpim"), True),
    ],
)
def test_which_messages_count(event: Json, kept: bool) -> None:
    assert (heard(event) is not None) is kept


def test_dirty_text() -> None:
    """Ten megabytes, control characters and odd letters come in as clean events."""
    said = heard(message("x" * 10_000_000))
    assert isinstance(said, Said)
    assert (len(said.text), said.cut, said.length) == (TEXT_LIMIT, True, 10_000_000)
    said = heard(message("a\x00b\u202ec\ud800 \r\n d&lt;!channel&gt;"))
    assert isinstance(said, Said)
    assert said.text == "abc \n d<!channel>"
    assert not said.cut


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<@U1> <@U2|ana>", "@U1 @ana"),
        ("<#C1|general> <#C2>", "#general #C2"),
        ("<http://example.org|example.org>", "example.org"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<mailto:ana@example.org|ana@example.org> <mailto:bo@example.org>", "ana@example.org bo@example.org"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@mentors> <!date^1788249600^{date}|1 September>", "@mentors 1 September"),
        ("&lt;b&gt; &amp;lt; 1 < 2 > 0", "<b> &lt; 1 < 2 > 0"),
    ],
)
def test_slacks_own_writing(text: str, plain: str) -> None:
    assert words_of(text) == plain


# Commands


@pytest.mark.parametrize("way", WAYS)
async def test_where_a_command_is_given(way: Way) -> None:
    async with open_way(way) as slack:
        ana, room = slack.person(), a_room(slack)
        hall = slack.house.workspace.add_channel("hall", ["U1"], bot=True)
        for place in (None, room, hall):
            parcel = await ana.command("/mentoring", "help &lt;me&gt;", place)
            assert parcel.acknowledged
        events = slack.inbox.of(Commanded)
        assert [event.text for event in events] == ["help <me>"] * 3
        assert [event.address for event in events] == [
            DIRECT,
            room_at(room),
            Address("slack", TEAM, Place.HALL, hall.id),
        ]
        assert len({event.event_id for event in events}) == 3
        assert events[0].actor.zone == "Europe/Madrid"


# Files


FILE = {"id": "F1", "name": " my\u202e desk.png ", "mimetype": "image/png", "size": 1234, "url_private": "https://x/y"}


def test_files_are_told_of_in_the_direct_conversation_alone() -> None:
    said = heard(message("Look", subtype="file_share", files=[FILE, {"id": "F2"}, {"mode": "tombstone"}, "?"]))
    assert isinstance(said, Said) and said.text == "Look"
    assert said.files == (SentFile("F1", "my desk.png", "image/png", 1234), SentFile("F2"))
    in_room = heard(message("Look", subtype="file_share", files=[FILE], channel="C1", channel_type="group"))
    assert isinstance(in_room, Said) and (in_room.text, in_room.files) == ("", ())


def test_many_files_are_cut() -> None:
    said = heard(message("", subtype="file_share", files=[FILE] * 50))
    assert isinstance(said, Said) and len(said.files) == MOST_FILES
