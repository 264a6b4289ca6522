"""What one person alone is told: direct messages, a private thread where these are closed, answers to commands."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from adapters.discord.marks import reference
from bot.language.adapter import Gone, Refused, Retry, Unknown
from bot.language.messages import Choices, Option
from bot.language.places import Place
from tests.adapters.discord_outward import DIRECT, FOLLOW_UP, MESSAGES, ORIGINAL, THREADS, Bench, open_bench
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, error, status
from tests.discordserver.state import PRIVATE_THREAD

YES = Choices("flow:1:sure:2", (Option("yes", "Yes", "primary"), Option("no", "No")))


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


async def test_a_direct_message(bench: Bench) -> None:
    ana = bench.person("ana")
    await bench.outbound.perform(bench.direct(ana, "Hello 0"))
    receipt = await bench.outbound.perform(bench.direct(ana, "Hello 1", key="k2"))
    assert [each.content for each in bench.dm(ana)] == ["Hello 0", "Hello 1"]
    assert receipt.reference == reference(bench.dm(ana)[1].channel, bench.dm(ana)[1].id)
    assert len(bench.asked(DIRECT)) == 1, "the conversation is learned once"


async def test_closed_direct_messages_are_no_error(bench: Bench) -> None:
    """A private thread takes their place, and is found again after a restart."""
    ana = bench.guild.person(bench.person("ana"))
    ana.close_dms()
    first = await bench.outbound.perform(bench.direct(ana.id, "one", YES))
    await bench.outbound.perform(bench.direct(ana.id, "two", key="k2"))
    await bench.restarted().perform(bench.direct(ana.id, "three", key="k3"))
    (thread,) = bench.guild.threads
    assert thread.thread and thread.type == PRIVATE_THREAD and thread.parent == bench.hall.id
    assert thread.name.startswith("Counterpart and Ana Ruiz · ")
    assert set(thread.thread.members) == {ana.id, bench.line.user} and not thread.thread.invitable
    assert [each.content for each in bench.guild.messages(thread)] == ["one", "two", "three"]
    assert first.reference.startswith(f"{thread.id}/") and bench.dm(ana.id) == []
    assert len([each for each in bench.asked(MESSAGES) if each.error == "50007"]) == 2, "one in each process"


async def test_direct_messages_that_are_opened_again(bench: Bench) -> None:
    ana = bench.guild.person(bench.person("ana"))
    ana.close_dms()
    await bench.outbound.perform(bench.direct(ana.id, "one"))
    ana.open_dms()
    await bench.outbound.perform(bench.direct(ana.id, "two", key="k2"))
    assert bench.dm(ana.id) == [], "not tried each time"
    bench.clock.forward(days=1)
    await bench.outbound.perform(bench.direct(ana.id, "three", key="k3"))
    assert [each.content for each in bench.dm(ana.id)] == ["three"]


async def test_the_thread_is_archived_or_deleted(bench: Bench) -> None:
    ana = bench.guild.person(bench.person("ana"))
    ana.close_dms()
    await bench.outbound.perform(bench.direct(ana.id, "one"))
    bench.clock.forward(days=8)
    for outbound, key in ((bench.outbound, "k2"), (bench.restarted(), "k3")):
        bench.guild.archive(bench.guild.threads[0])
        await outbound.perform(bench.direct(ana.id, key, key=key))
    assert [each.content for each in bench.guild.messages(bench.guild.threads[0])] == ["one", "k2", "k3"]
    bench.guild.delete_channel(bench.guild.threads[0])
    await bench.outbound.perform(bench.direct(ana.id, "four", key="k4"))
    assert [each.content for each in bench.guild.messages(bench.guild.threads[0])] == ["four"]


async def test_whoever_went_out_of_the_thread_is_brought_back_at_the_next_start(bench: Bench) -> None:
    ana = bench.guild.person(bench.person("ana"))
    ana.close_dms()
    await bench.outbound.perform(bench.direct(ana.id, "one"))
    await ana.leave_thread(bench.guild.threads[0])
    await bench.restarted().perform(bench.direct(ana.id, "two", key="k2"))
    thread = bench.guild.threads[0].thread
    assert thread is not None and ana.id in thread.members


@pytest.mark.parametrize("closed", [True, False])
async def test_whoever_left_the_server(bench: Bench, closed: bool) -> None:
    ana = bench.guild.person(bench.person("ana"))
    await bench.outbound.perform(bench.direct(ana.id, "one"))
    ana.user.takes_dms = not closed
    bench.guild.leave(ana)
    with pytest.raises(Gone):
        await bench.outbound.perform(bench.direct(ana.id, "two", key="k2"))
    assert bench.line.suspects == [(bench.guild.id, ana.id)]
    assert not bench.asked(THREADS)


async def test_two_messages_at_once_make_one_thread(bench: Bench) -> None:
    ana = bench.guild.person(bench.person("ana"))
    ana.close_dms()
    acts = [bench.direct(ana.id, "one"), bench.post(bench.hall.id, "two", only_for=ana.id, key="k2")]
    await asyncio.gather(*(bench.outbound.perform(act) for act in acts))
    (thread,) = bench.guild.threads
    assert {each.content for each in bench.guild.messages(thread)} == {"one", "two"}


async def test_closed_and_no_hall(bench: Bench) -> None:
    ana = bench.guild.person(bench.person("ana"))
    ana.block_bot()
    bench.knowing.halls.clear()
    with pytest.raises(Refused, match="/mentoring setup"):
        await bench.outbound.perform(bench.direct(ana.id))


async def test_conversations_are_begun_slowly(bench: Bench) -> None:
    """Ten in a minute, of which Discord sees no more; what somebody waits for does not wait behind the others."""
    bench.server.limits.openings = 1_000
    people = [bench.guild.add_member(f"p{number}") for number in range(15)]
    waits: list[float] = []
    for person in people:
        try:
            await bench.outbound.perform(bench.direct(person.id))
        except Retry as problem:
            waits.append(problem.seconds)
        bench.clock.forward(seconds=1)
    assert len(waits) == 5 and all(40 < seconds <= 61 for seconds in waits)
    prompted = bench.post(people[-1].id, place=Place.DIRECT, prompted=True)
    await bench.outbound.perform(prompted)


async def test_discord_finds_conversations_begun_too_fast(bench: Bench) -> None:
    bench.server.faults.add(DIRECT, error(40003))
    with pytest.raises(Retry, match="more slowly") as caught:
        await bench.outbound.perform(bench.direct(bench.person("ana")))
    assert caught.value.seconds == 60


# For one person in a channel, and answers to commands


async def test_the_answer_to_a_command_comes_in_its_place(bench: Bench) -> None:
    ana = bench.person("ana")
    pressed = await bench.command(ana, bench.hall)
    receipt = await bench.outbound.perform(bench.post(bench.hall.id, "Only for you", YES, only_for=ana))
    (message,) = bench.hall.ephemerals
    assert (message.content, message.ephemeral_for, pressed.thinking) == ("Only for you", ana, False)
    assert receipt.reference == reference(bench.hall.id, message.id)
    await bench.outbound.perform(bench.post(bench.hall.id, "And this", only_for=ana, key="k2"))
    assert [(each.content, each.ephemeral_for) for each in bench.hall.ephemerals] == [
        ("Only for you", ana), ("And this", ana),
    ]  # fmt: skip
    assert not bench.asked(MESSAGES)
    await bench.outbound.perform(bench.edit(receipt.reference, "Changed"))
    assert (message.content, message.components) == ("Changed", [])


async def test_what_follows_up_can_be_edited_too(bench: Bench) -> None:
    ana = bench.person("ana")
    await bench.command(ana, bench.hall)
    await bench.outbound.perform(bench.post(bench.hall.id, "one", only_for=ana))
    receipt = await bench.outbound.perform(bench.post(bench.hall.id, "two", only_for=ana, key="k2"))
    await bench.outbound.perform(bench.edit(receipt.reference, "changed"))
    assert [each.content for each in bench.hall.ephemerals] == ["one", "changed"]
    bench.clock.forward(minutes=20)
    with pytest.raises(Gone):
        await bench.outbound.perform(bench.edit(receipt.reference, "too late"))


async def test_without_an_interaction_it_comes_in_private(bench: Bench) -> None:
    ana = bench.person("ana")
    await bench.outbound.perform(bench.post(bench.hall.id, "psst", only_for=ana))
    assert [each.content for each in bench.dm(ana)] == ["psst"]
    assert bench.hall.ephemerals == [] and bench.guild.messages(bench.hall) == []


async def test_an_interaction_that_is_over(bench: Bench) -> None:
    ana = bench.person("ana")
    pressed = await bench.command(ana, bench.hall)
    bench.server.interactions.all.remove(pressed)
    await bench.outbound.perform(bench.post(bench.hall.id, "psst", only_for=ana))
    assert [each.content for each in bench.dm(ana)] == ["psst"]


async def test_a_command_in_the_private_conversation(bench: Bench) -> None:
    ana = bench.person("ana")
    await bench.outbound.perform(bench.direct(ana, "before"))
    channel = bench.server.world.direct(ana)
    await bench.command(ana, channel, private=True, hidden=False)
    await bench.outbound.perform(bench.direct(ana, "a reminder", key="k2"))
    answer = bench.post(ana, "the answer", key="k3", place=Place.DIRECT, prompted=True)
    receipt = await bench.outbound.perform(answer)
    bench.clock.forward(seconds=5)
    await bench.outbound.perform(bench.direct(ana, "after", key="k4"))
    assert [each.content for each in bench.dm(ana)] == ["before", "the answer", "a reminder", "after"]
    await bench.outbound.perform(bench.edit(receipt.reference, "changed"))
    assert bench.dm(ana)[1].content == "changed"


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(502)])
async def test_an_awaited_answer_whose_outcome_is_unknown(bench: Bench, kind: Kind) -> None:
    """It is put in its place once more."""
    ana = bench.person("ana")
    await bench.command(ana, bench.hall)
    bench.server.faults.add(f"PATCH {ORIGINAL}", kind, times=1)
    act = bench.post(bench.hall.id, "once", only_for=ana)
    with pytest.raises(Retry):
        await bench.outbound.perform(act)
    found = await bench.outbound.find(act, bench.clock())
    assert (found is not None) == (kind is RESET_AFTER)
    again = await bench.outbound.perform(act)
    assert [each.content for each in bench.hall.ephemerals] == ["once"] and found in (None, again)


async def test_a_follow_up_whose_outcome_is_unknown(bench: Bench) -> None:
    ana = bench.person("ana")
    await bench.command(ana, bench.hall)
    await bench.outbound.perform(bench.post(bench.hall.id, "one", only_for=ana))
    bench.server.faults.add(FOLLOW_UP, RESET_AFTER, times=1)
    with pytest.raises(Unknown):
        await bench.outbound.perform(bench.post(bench.hall.id, "two", only_for=ana, key="k2"))


async def test_an_earlier_conversation_is_not_begun_anew_after_a_restart(bench: Bench) -> None:
    ana, ben = bench.person("ana"), bench.guild.person(bench.person("bo"))
    ben.close_dms()
    for user in (ana, ben.id):
        sent = await bench.outbound.perform(bench.direct(user, "one", key=f"first {user}"))
        bench.knowing.references[user] = sent.reference
    before, again = len(bench.asked(DIRECT)), bench.restarted()
    await again.perform(bench.direct(ana, "two", key="k2"))
    assert len(bench.asked(DIRECT)) == before, "it is found by the message that was put there"
    await again.perform(bench.direct(ben.id, "two", key="k3"))
    assert [each.content for each in bench.guild.messages(bench.guild.threads[0])] == ["one", "two"]
    assert len(bench.asked(DIRECT)) == before + 1, "a thread is no conversation"


async def test_an_earlier_conversation_that_is_gone_or_was_never_one(bench: Bench) -> None:
    ana = bench.person("ana")
    for number, known in enumerate(("1/2", "nonsense", "")):
        bench.knowing.references[ana] = known
        await bench.restarted().perform(bench.direct(ana, f"word {number}", key=f"k{number}"))
    assert [each.content for each in bench.dm(ana)] == ["word 0", "word 1", "word 2"]
