"""Messages in Slack: posted once and only once, found again, changed, and shown to whom they are for."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.language.adapter import Gone, Lost, Refused, Retry, Unknown
from bot.language.markup import escape
from bot.language.messages import Choices, Option
from bot.language.places import Place
from tests.adapters.slack_outward import Bench, open_bench
from tests.slackserver.faults import RESET_AFTER, Kind, ratelimited, slow, status
from tests.slackserver.reading import buttons, links, mentions, words
from tests.slackserver.state import Channel

YES_NO = Choices("ask:1", (Option("yes", "Yes", "primary"), Option("no", "No")))


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


def room(bench: Bench, *members: str) -> Channel:
    return bench.house.workspace.add_channel("room", members or ("U1", "U2"), private=True, bot=True)


# Posting


async def test_a_message_to_a_person(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.post("U1", "**Hello**", YES_NO))
    (message,) = bench.house.workspace.person("U1").dm()
    assert (receipt.reference, receipt.at) == (message.ts, bench.house.clock())
    assert (words(message), buttons(message), message.text) == ("*Hello*", ["Yes", "No"], "Hello")
    assert message.metadata == {"event_type": "counterpart_act", "event_payload": {"key": "k1"}}
    sent = bench.calls("chat.postMessage")[0].args
    assert [sent[each] for each in ("unfurl_links", "unfurl_media", "link_names", "parse")] == [
        False,
        False,
        False,
        "none",
    ]


async def test_the_time_is_slacks(bench: Bench) -> None:
    first = await bench.outbound.perform(bench.post("U1"))
    second = await bench.outbound.perform(bench.post("U1", key="k2"))
    assert (second.at - first.at).total_seconds() == pytest.approx(0.000001)


@pytest.mark.parametrize(
    "name", ["<!channel>", "<@U1>", "@here", "*Ana*", "<https://evil.example.org|x>", "&lt;!here&gt;"]
)
async def test_a_hostile_name_calls_nobody(bench: Bench, name: str) -> None:
    place = room(bench)
    await bench.outbound.perform(bench.post(place.id, f"**{escape(name)}** says", place=Place.ROOM))
    message = place.messages[-1]
    assert (mentions(message), links(message)) == ([], [])


async def test_places_that_are_gone(bench: Bench) -> None:
    place = room(bench)
    await bench.outbound.perform(bench.post(place.id, place=Place.ROOM))
    await bench.house.workspace.archive(place, "U1")
    with pytest.raises(Gone, match="is_archived"):
        await bench.outbound.perform(bench.post(place.id, place=Place.ROOM, key="k2"))
    await bench.house.workspace.delete(place)
    with pytest.raises(Gone, match="channel_not_found"):
        await bench.restarted().perform(bench.post(place.id, place=Place.ROOM, key="k3"))


async def test_places_that_are_closed_to_the_bot(bench: Bench) -> None:
    hall = bench.house.workspace.add_channel("hall", ["U1"])
    with pytest.raises(Refused, match="/invite @Counterpart"):
        await bench.outbound.perform(bench.post(hall.id, place=Place.HALL))
    with pytest.raises(Refused, match="/mentoring setup"):
        await bench.outbound.perform(bench.post("", place=Place.HALL))
    news = bench.house.workspace.add_channel("news", ["U1"], bot=True)
    bench.house.workspace.team.rules.posting.add(news.id)
    with pytest.raises(Refused, match=r"may not post in this channel \(restricted_action\)"):
        await bench.outbound.perform(bench.post(news.id, place=Place.HALL))


async def test_a_workspace_that_took_the_app_out(bench: Bench) -> None:
    await bench.house.workspace.uninstall()
    for deed in (bench.outbound.perform, bench.outbound.find):
        with pytest.raises(Retry) as caught:
            await deed(bench.post("U1"))
        assert caught.value.seconds == 600
    assert bench.calls() == []


async def test_a_message_that_is_empty(bench: Bench) -> None:
    with pytest.raises(Refused):
        await bench.outbound.perform(bench.post("U1", " "))
    assert bench.calls() == []


# Only for one


async def test_what_only_one_sees(bench: Bench) -> None:
    place = room(bench)
    receipt = await bench.outbound.perform(bench.post(place.id, "psst", YES_NO, place=Place.ROOM, only_for="U1"))
    (seen,) = bench.house.workspace.person("U1").ephemerals(place)
    assert (words(seen), buttons(seen), seen.ts) == ("psst", ["Yes", "No"], receipt.reference)
    assert bench.house.workspace.person("U2").ephemerals(place) == []
    assert place.messages == []


async def test_in_their_own_conversation_it_is_a_message(bench: Bench) -> None:
    act = bench.post("U1", "psst", only_for="U1")
    receipt = await bench.outbound.perform(act)
    assert bench.house.workspace.person("U1").dm()[-1].ts == receipt.reference
    assert await bench.outbound.find(act) == receipt


async def test_where_the_bot_is_not_the_answer_comes_in_private(bench: Bench) -> None:
    other = bench.house.workspace.add_channel("other", ["U1"])
    secret = bench.house.workspace.add_channel("secret", ["U1"], private=True)
    for number, place in enumerate((other, secret)):
        act = bench.post(place.id, "help", key=f"k{number}", place=Place.HALL, only_for="U1")
        receipt = await bench.outbound.perform(act)
        assert bench.house.workspace.person("U1").dm()[-1].ts == receipt.reference
        assert await bench.restarted().find(act) == receipt


async def test_what_only_one_saw_cannot_be_looked_up(bench: Bench) -> None:
    place = room(bench)
    bench.server.faults.add("chat.postEphemeral", RESET_AFTER)
    act = bench.post(place.id, place=Place.ROOM, only_for="U1")
    with pytest.raises(Unknown):
        await bench.outbound.perform(act)
    with pytest.raises(Lost):
        await bench.outbound.find(act)


# Changing


async def test_a_changed_message_loses_its_buttons(bench: Bench) -> None:
    asked = await bench.outbound.perform(bench.post("U1", "Well?", YES_NO))
    receipt = await bench.restarted().perform(bench.edit("U1", asked.reference, "You said **yes**."))
    (message,) = bench.house.workspace.person("U1").dm()
    assert (words(message), buttons(message), message.text) == ("You said *yes*.", [], "You said yes.")
    assert receipt.reference == asked.reference
    assert message.metadata is not None, "it is still found by its key"


async def test_a_changed_message_in_a_room(bench: Bench) -> None:
    place = room(bench)
    posted = await bench.outbound.perform(bench.post(place.id, "one", place=Place.ROOM))
    for _ in range(2):
        await bench.outbound.perform(bench.edit(place.id, posted.reference, "two", place=Place.ROOM))
    assert [words(each) for each in place.messages] == ["two"]
    assert bench.calls("conversations.open") == []


async def test_where_a_conversation_is_needs_to_be_asked_once(bench: Bench) -> None:
    asked = await bench.outbound.perform(bench.post("U1", "Well?"))
    await bench.outbound.perform(bench.edit("U1", asked.reference, "one"))
    assert bench.calls("conversations.open") == [], "the answer to the message has told it"
    again = bench.restarted()
    for text in ("two", "three"):
        await again.perform(bench.edit("U1", asked.reference, text))
    assert len(bench.calls("conversations.open")) == 1


async def test_messages_that_cannot_be_changed(bench: Bench) -> None:
    place, ana = room(bench), bench.house.workspace.person("U1")
    with pytest.raises(Gone, match="message_not_found"):
        await bench.outbound.perform(bench.edit(place.id, "1.000000", "x", place=Place.ROOM))
    said = await ana.say(place, "mine")
    with pytest.raises(Refused, match="cant_update_message"):
        await bench.outbound.perform(bench.edit(place.id, said.ts, "x", place=Place.ROOM))
    posted = await bench.outbound.perform(bench.post(place.id, place=Place.ROOM))
    await bench.house.workspace.archive(place, "U1")
    with pytest.raises(Gone, match="is_inactive"):
        await bench.outbound.perform(bench.edit(place.id, posted.reference, "x", place=Place.ROOM))
    asked = await bench.outbound.perform(bench.post("U2"))
    await bench.house.workspace.deactivate("U2")
    with pytest.raises(Gone, match="user_disabled"):
        await bench.restarted().perform(bench.edit("U2", asked.reference, "x"))


@pytest.mark.parametrize("kind", [RESET_AFTER, status(500), ratelimited(7)])
async def test_a_change_is_simply_made_again(bench: Bench, kind: Kind) -> None:
    asked = await bench.outbound.perform(bench.post("U1", "Well?", YES_NO))
    bench.server.faults.add("chat.update", kind, times=1)
    act = bench.edit("U1", asked.reference, "Thanks")
    with pytest.raises(Retry):
        await bench.outbound.perform(act)
    await bench.restarted().perform(act)
    assert [words(each) for each in bench.house.workspace.person("U1").dm()] == ["Thanks"]


# The home page


async def test_a_home_page(bench: Bench) -> None:
    for text in ("# Your partnership", "# Your round"):
        receipt = await bench.outbound.perform(bench.home("U1", text, YES_NO))
        view = bench.house.workspace.person("U1").home()
        assert view is not None and (words(view).splitlines()[0], view.id) == (text[2:], receipt.reference)
        assert buttons(view) == ["Yes", "No"]
    bench.server.app.home_enabled = False
    with pytest.raises(Refused, match="under App Home"):
        await bench.outbound.perform(bench.home("U1", "x"))


# Patience


@pytest.mark.parametrize("limit", ["patience", "deadline"])
async def test_an_act_that_takes_too_long(bench: Bench, limit: str) -> None:
    """Whether one call is slow or all of them together: it ends, and only a message must be looked up."""
    release = asyncio.Event()
    bench.server.faults.add("*", slow(release))
    outbound = bench.restarted(**{limit: 0.1})
    with pytest.raises(Unknown):
        await outbound.perform(bench.post("U1"))
    for act in (bench.edit("U1", "1.0"), bench.home("U1"), bench.room(), bench.close("C1")):
        with pytest.raises(Retry):
            await outbound.perform(act)
    with pytest.raises(Retry):
        await outbound.find(bench.post("U1"))
    release.set()
