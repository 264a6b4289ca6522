"""Files in Slack: each comes once, after its message, whatever gets lost on the way; without files, its words come."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from adapters.slack.manifest import SCOPES
from bot.language.acts import Post
from bot.language.adapter import Retry, Unknown
from bot.language.files import MOST_BYTES
from bot.language.messages import Document, Picture
from bot.language.places import Place
from tests.adapters.slack_outward import Bench, open_bench
from tests.slackserver import reading
from tests.slackserver.faults import RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, status
from tests.slackserver.state import Channel

FILE = Document("meetings.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Zoë\r\nEND:VCALENDAR\r\n")


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


def room(bench: Bench) -> Channel:
    return bench.house.workspace.add_channel("room", ["U1", "U2"], private=True, bot=True)


def act(bench: Bench, channel: Channel, key: str = "k1", text: str = "Your time") -> Post:
    return bench.post(channel.id, text, FILE, key=key, place=Place.ROOM)


def contents(bench: Bench, channel: Channel) -> list[str]:
    """What stands in a channel: the words of messages, the bytes of files."""
    uploads = bench.house.workspace.team.uploads
    return [
        (uploads[message.extra["files"][0]["id"]].content or b"").decode()
        if message.extra.get("files")
        else message.text.split("\n")[0]
        for message in bench.house.workspace.messages(channel.id)
    ]


def test_the_app_may_bring_files() -> None:
    assert "files:write" in SCOPES


async def test_a_file_comes_after_its_message(bench: Bench) -> None:
    channel = room(bench)
    receipt = await bench.outbound.perform(act(bench, channel))
    assert contents(bench, channel) == ["Your time", FILE.text]
    assert receipt.reference == bench.house.workspace.messages(channel.id)[0].ts
    (call,) = bench.calls("files.completeUploadExternal")
    assert call.args["files"][0]["title"] == "meetings.ics"
    assert await bench.restarted().find(act(bench, channel)) == receipt


async def test_a_file_comes_to_a_person_in_private(bench: Bench) -> None:
    await bench.outbound.perform(bench.post("U1", "Your data", FILE))
    message, file = bench.house.workspace.person("U1").dm()
    assert message.text == "Your data" and file.extra["files"][0]["name"] == "meetings.ics"


METHODS = ("files.getUploadURLExternal", "upload", "chat.postMessage", "files.completeUploadExternal")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(503), ratelimited(2)], ids=str)
async def test_whatever_gets_lost_both_come_once_and_in_order(bench: Bench, method: str, kind: Kind) -> None:
    channel = room(bench)
    await bench.outbound.perform(act(bench, channel, "before", "An earlier time"))
    bench.house.clock.turn(2)
    bench.server.faults.add(method, kind, times=1)
    wanted, outbound = act(bench, channel), bench.outbound
    try:
        await outbound.perform(wanted)
    except (Unknown, Retry) as problem:
        bench.house.clock.turn(5)
        outbound = bench.restarted()
        if isinstance(problem, Retry) or await outbound.find(wanted) is None:
            await outbound.perform(wanted)
    assert contents(bench, channel) == ["An earlier time", FILE.text, "Your time", FILE.text]
    assert await outbound.find(wanted) is not None


@pytest.mark.parametrize("code", ["file_uploads_disabled", "missing_scope", "storage_limit_reached"])
async def test_where_no_file_is_taken_its_words_stand_in_the_message(bench: Bench, code: str) -> None:
    channel = room(bench)
    bench.server.faults.add("files.getUploadURLExternal", error(code), times=5)
    receipt = await bench.outbound.perform(act(bench, channel))
    (message,) = bench.house.workspace.messages(channel.id)
    assert "SUMMARY:Zoë" in reading.words(message) and receipt.note
    again = bench.restarted()
    assert await again.find(act(bench, channel)) is None, "its file is not there"
    assert (await again.perform(act(bench, channel))).reference == receipt.reference
    assert len(bench.house.workspace.messages(channel.id)) == 1


async def test_a_long_file_stands_in_several_blocks(bench: Bench) -> None:
    channel = room(bench)
    lines = "\n".join(f'"line {number}": "{"x" * 60}",' for number in range(400))
    bench.server.faults.add("files.getUploadURLExternal", error("file_uploads_disabled"), times=1)
    await bench.outbound.perform(
        bench.post(channel.id, "Data", Document("my-data.json", "application/json", lines), place=Place.ROOM)
    )
    (message,) = bench.house.workspace.messages(channel.id)
    assert all(f'"line {number}"' in reading.words(message) for number in range(400))


async def test_what_only_one_person_sees_has_words_and_no_file(bench: Bench) -> None:
    channel = room(bench)
    await bench.outbound.perform(bench.post(channel.id, "Look", FILE, place=Place.ROOM, only_for="U1"))
    assert bench.calls("files.getUploadURLExternal") == [] and bench.house.workspace.messages(channel.id) == []
    (call,) = bench.calls("chat.postEphemeral")
    assert "SUMMARY:Zoë" in str(call.args["blocks"])


CHART = Picture("report:1:map", "A map: 3 people in <!channel> & France", "map.png", content=b"\x89PNG\r\n\x1a\n\xff")


async def test_pictures_come_as_files_that_bear_their_alternative_text(bench: Bench) -> None:
    channel = room(bench)
    wanted = bench.post(
        channel.id, "Look", CHART, replace(CHART, file="report:1:two", alt="Another"), FILE, place=Place.ROOM
    )
    receipt = await bench.outbound.perform(wanted)
    message, files = bench.house.workspace.messages(channel.id)
    assert reading.words(message).split("\n") == ["Look", "[map.png]", "[map.png]", "[meetings.ics]"]
    assert [(each["name"], each["alt_txt"]) for each in files.extra["files"]] == [
        ("map.png", "A map: 3 people in <\u2060!channel> & France"),
        ("map.png", "Another"),
        ("meetings.ics", ""),
    ]
    uploads = bench.house.workspace.team.uploads
    assert uploads[files.extra["files"][0]["id"]].content == CHART.content
    assert await bench.restarted().find(wanted) == receipt


async def test_of_a_picture_that_was_dropped_and_where_no_file_is_taken_the_words_are_shown(bench: Bench) -> None:
    channel = room(bench)
    await bench.outbound.perform(
        bench.post(channel.id, replace(CHART, content=b"", alt="A map"), key="k1", place=Place.ROOM)
    )
    bench.server.faults.add("files.getUploadURLExternal", error("file_uploads_disabled"), times=1)
    await bench.outbound.perform(bench.post(channel.id, replace(CHART, alt="A map"), key="k2", place=Place.ROOM))
    messages = bench.house.workspace.messages(channel.id)
    assert [reading.words(message) for message in messages] == ["[A map]", "[A map]"]


async def test_a_large_file_is_uploaded(bench: Bench) -> None:
    paper = Document("report.pdf", "application/pdf", file="f1", content=bytes(MOST_BYTES))
    await bench.outbound.perform(bench.post("U1", "Here", paper))
    assert [len(each.content or b"") for each in bench.house.workspace.team.uploads.values()] == [MOST_BYTES]
