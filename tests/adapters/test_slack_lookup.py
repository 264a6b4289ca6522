"""Messages that were perhaps posted: they are found by their marks, or certainly were not."""

from collections.abc import AsyncGenerator

import pytest

from bot.language.adapter import Refused, Retry, Unknown
from bot.language.places import Place
from tests.adapters.slack_outward import Bench, open_bench
from tests.slackserver.faults import HTML, RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, status
from tests.slackserver.state import Channel


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


def room(bench: Bench) -> Channel:
    return bench.house.workspace.add_channel("room", ["U1", "U2"], private=True, bot=True)


@pytest.mark.parametrize("place", [Place.DIRECT, Place.ROOM])
@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(503), HTML, error("fatal_error")])
async def test_an_answer_that_got_lost(bench: Bench, place: Place, kind: Kind) -> None:
    to = room(bench).id if place is Place.ROOM else "U1"
    for number in range(2):
        await bench.outbound.perform(bench.post(to, key=f"before:{number}", place=place))
        bench.house.clock.turn(1)
    bench.server.faults.add("chat.postMessage", kind, times=1)
    act = bench.post(to, "the one", place=place)
    with pytest.raises(Unknown):
        await bench.outbound.perform(act)
    again = bench.restarted()
    found = await again.find(act)
    if kind is RESET_AFTER:
        assert found is not None and found.at == bench.house.clock()
    else:
        assert found is None
        found = await again.perform(act)
    shown = bench.house.workspace.messages(to) if place is Place.ROOM else bench.house.workspace.person("U1").dm()
    assert [each.ts for each in shown if each.text == "the one"] == [found.reference]


async def test_among_many_other_messages(bench: Bench) -> None:
    bench.server.limits.enabled = False
    place, ana = room(bench), bench.house.workspace.person("U1")
    act = bench.post(place.id, place=Place.ROOM)
    receipt = await bench.outbound.perform(act)
    for number in range(450):
        await ana.say(place, f"word {number}")
    assert await bench.restarted().find(act) == receipt
    assert len(bench.calls("conversations.history")) == 3
    assert await bench.restarted().find(bench.post(place.id, key="never", place=Place.ROOM)) is None


async def test_it_is_looked_for_among_the_latest(bench: Bench) -> None:
    bench.server.limits.enabled = False
    place = room(bench)
    client = bench.house.client
    metadata = {"event_type": "counterpart_act", "event_payload": {"key": "other"}}
    for number in range(450):
        await client.chat_postMessage(channel=place.id, text=f"{number}", metadata=metadata)
    assert await bench.outbound.find(bench.post(place.id, place=Place.ROOM)) is None
    assert len(bench.calls("conversations.history")) == 1


async def test_a_lookup_that_proves_nothing(bench: Bench) -> None:
    """Somebody who cannot read the marks of messages must not conclude that there is none."""
    place = room(bench)
    await bench.house.client.chat_postMessage(channel=place.id, text="without a mark")
    with pytest.raises(Unknown, match="metadata"):
        await bench.outbound.find(bench.post(place.id, place=Place.ROOM))


@pytest.mark.parametrize("kind", [status(500), RESET_BEFORE, ratelimited(20)])
async def test_a_lookup_that_fails(bench: Bench, kind: Kind) -> None:
    await bench.outbound.perform(bench.post("U1"))
    bench.server.faults.add("conversations.history", kind)
    with pytest.raises(Retry):
        await bench.outbound.find(bench.post("U1"))


async def test_a_lookup_where_nothing_is_left(bench: Bench) -> None:
    place = room(bench)
    await bench.house.workspace.delete(place)
    assert await bench.outbound.find(bench.post(place.id, place=Place.ROOM)) is None
    await bench.house.workspace.deactivate("U1")
    assert await bench.outbound.find(bench.post("U1")) is None


async def test_a_lookup_that_is_not_allowed(bench: Bench) -> None:
    place = room(bench)
    bench.house.workspace.installation.scopes -= {"groups:history"}
    with pytest.raises(Refused, match="groups:history"):
        await bench.outbound.find(bench.post(place.id, place=Place.ROOM))


async def test_what_can_simply_be_done_again(bench: Bench) -> None:
    assert await bench.outbound.find(bench.edit("U1", "1.0")) is None
    assert await bench.outbound.find(bench.close("C1")) is None
    assert await bench.outbound.find(bench.home("U1")) is None
    assert bench.calls() == []
