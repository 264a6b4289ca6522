"""Messages that were perhaps posted: they are found by their marks or their words, or certainly were not."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from bot.language.acts import Post
from bot.language.adapter import Lost, Retry, Unknown
from bot.language.messages import Choices, Option
from bot.language.places import Place
from tests.adapters.discord_outward import FOLLOW_UP, MESSAGES, THREADS, Bench, open_bench
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, ratelimited, status
from tests.discordserver.state import Message

HISTORY = "GET /channels/{channel_id}/messages"
YES = Choices("flow:1:sure:2", (Option("yes", "Yes"), Option("no", "No")))
LOST = [RESET_AFTER, RESET_BEFORE, status(500), status(503)]


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


def act_for(bench: Bench, place: Place, *parts: object, key: str = "k1") -> Post:
    to = bench.hall.id if place is Place.HALL else bench.person("ana")
    return bench.post(to, *parts, key=key, place=place)  # type: ignore[arg-type]  # texts and elements


def shown(bench: Bench, place: Place) -> list[Message]:
    return bench.guild.messages(bench.hall) if place is Place.HALL else bench.dm(bench.person("ana"))


@pytest.mark.parametrize("place", [Place.HALL, Place.DIRECT])
@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("parts", [("the one",), ("the one", YES)])
async def test_an_answer_that_got_lost(bench: Bench, place: Place, kind: Kind, parts: tuple[object, ...]) -> None:
    """With and without a restart, long after Discord has forgotten the nonce."""
    for number in range(2):
        await bench.outbound.perform(act_for(bench, place, "before", YES, key=f"before:{number}"))
        bench.clock.forward(seconds=5)
    bench.server.faults.add(MESSAGES, kind, times=1)
    act, since = act_for(bench, place, *parts), bench.clock()
    with pytest.raises(Unknown):
        await bench.outbound.perform(act)
    bench.clock.forward(hours=1)
    for outbound in (bench.outbound, bench.restarted()):
        found = await outbound.find(act, since)
        assert (found is not None) == (kind is RESET_AFTER)
    receipt = found or await bench.outbound.perform(act)
    assert [f"{each.channel}/{each.id}" for each in shown(bench, place) if each.content == "the one"] == [
        receipt.reference
    ]
    assert found is None or found.at == since


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE])
async def test_whoever_does_not_look_is_saved_by_the_nonce(bench: Bench, kind: Kind) -> None:
    bench.server.faults.add(MESSAGES, kind, times=1)
    with pytest.raises(Unknown):
        await bench.outbound.perform(act_for(bench, Place.HALL))
    bench.clock.forward(minutes=2)
    receipt = await bench.restarted().perform(act_for(bench, Place.HALL))
    assert [f"{each.channel}/{each.id}" for each in shown(bench, Place.HALL)] == [receipt.reference]


async def test_the_same_words_of_another_act(bench: Bench) -> None:
    """What this process knows to be another's is not taken for it; nor is what was said before it was first tried."""
    place = Place.DIRECT
    await bench.outbound.perform(act_for(bench, place, "Hello", key="old"))
    bench.clock.forward(minutes=5)
    since = bench.clock()
    await bench.outbound.perform(act_for(bench, place, "Hello", key="other"))
    assert await bench.outbound.find(act_for(bench, place, "Hello", key="mine"), since) is None
    bench.clock.forward(minutes=5)
    assert await bench.restarted().find(act_for(bench, place, "Hello", key="mine"), bench.clock()) is None


async def test_what_people_write_is_not_taken_for_it(bench: Bench) -> None:
    ana = bench.guild.person(bench.person("ana"))
    await ana.say(bench.hall, "Hello")
    assert await bench.outbound.find(act_for(bench, Place.HALL), bench.clock()) is None


async def test_long_texts_are_found(bench: Bench) -> None:
    act = act_for(bench, Place.HALL, "This is a **sentence**. " * 200)
    receipt = await bench.outbound.perform(act)
    assert await bench.restarted().find(act, bench.clock()) == receipt


async def test_among_many_other_messages(bench: Bench) -> None:
    ana, act = bench.guild.person(bench.person("ana")), act_for(bench, Place.HALL)
    since = bench.clock()
    receipt = await bench.outbound.perform(act)
    for number in range(250):
        await ana.say(bench.hall, f"word {number}")
    assert await bench.restarted().find(act, since) == receipt
    assert len(bench.asked(HISTORY)) == 3
    bench.clock.forward(seconds=10)
    assert await bench.restarted().find(act, since + timedelta(days=1)) is None
    assert len(bench.asked(HISTORY)) == 4, "what is older is not looked through"


@pytest.mark.parametrize("kind", [status(500), RESET_BEFORE, ratelimited(20)])
async def test_a_lookup_that_fails(bench: Bench, kind: Kind) -> None:
    bench.server.faults.add(HISTORY, kind)
    with pytest.raises(Retry):
        await bench.outbound.find(act_for(bench, Place.HALL), bench.clock())


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(500)])
async def test_an_answer_that_got_lost_in_a_private_thread(bench: Bench, kind: Kind) -> None:
    ana = bench.guild.person(bench.person("ana"))
    ana.close_dms()
    bench.server.faults.add(MESSAGES, kind, nth=2)
    act = bench.direct(ana.id, "the one")
    with pytest.raises(Unknown):
        await bench.outbound.perform(act)
    bench.clock.forward(hours=1)
    again = bench.restarted()
    found = await again.find(act, bench.clock() - timedelta(hours=1))
    assert (found is not None) == (kind is RESET_AFTER)
    receipt = found or await again.perform(act)
    (thread,) = bench.guild.threads
    assert [f"{thread.id}/{each.id}" for each in bench.guild.messages(thread)] == [receipt.reference]


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(500)])
async def test_a_thread_is_not_made_twice(bench: Bench, kind: Kind) -> None:
    ana = bench.guild.person(bench.person("ana"))
    ana.close_dms()
    bench.server.faults.add(THREADS, kind, times=1)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.direct(ana.id))
    await bench.patiently(lambda: bench.outbound.perform(bench.direct(ana.id)))
    assert len(bench.guild.threads) == 1 and bench.dm(ana.id) == []


async def test_what_one_person_was_shown_is_lost(bench: Bench) -> None:
    ana = bench.person("ana")
    await bench.command(ana, bench.hall)
    await bench.outbound.perform(bench.post(bench.hall.id, "one", only_for=ana))
    bench.server.faults.add(FOLLOW_UP, RESET_BEFORE, times=1)
    act = bench.post(bench.hall.id, "two", only_for=ana, key="k2")
    with pytest.raises(Unknown):
        await bench.outbound.perform(act)
    for outbound in (bench.outbound, bench.restarted()):
        with pytest.raises(Lost):
            await outbound.find(act, bench.clock())


async def test_what_came_in_private_instead_is_found(bench: Bench) -> None:
    ana = bench.person("ana")
    bench.server.faults.add(MESSAGES, RESET_AFTER, times=1)
    act = bench.post(bench.hall.id, "psst", only_for=ana)
    with pytest.raises(Unknown):
        await bench.outbound.perform(act)
    assert await bench.outbound.find(act, bench.clock()) is not None
    assert await bench.restarted().find(act, bench.clock()) is not None
    bench.server.faults.add(MESSAGES, RESET_BEFORE, times=1)
    never = bench.post(bench.hall.id, "never", only_for=ana, key="k2")
    with pytest.raises(Unknown):
        await bench.outbound.perform(never)
    assert await bench.outbound.find(never, bench.clock()) is None


async def test_where_nothing_is_left(bench: Bench) -> None:
    ana = bench.guild.person(bench.person("ana"))
    bench.guild.leave(ana)
    assert await bench.outbound.find(bench.direct(ana.id), bench.clock()) is None
    bench.guild.delete_channel(bench.hall)
    assert await bench.outbound.find(act_for(bench, Place.HALL), bench.clock()) is None


async def test_what_can_simply_be_done_again(bench: Bench) -> None:
    assert await bench.outbound.find(bench.edit("1/2")) is None
    assert await bench.outbound.find(bench.close("1")) is None
    assert bench.asked() == []
