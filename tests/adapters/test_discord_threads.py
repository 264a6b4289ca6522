"""Rooms that are private threads: for many pairs, or where it is wished."""

from collections.abc import AsyncGenerator

import pytest

from bot.language.acts import Receipt
from bot.language.adapter import Gone, Refused, Retry
from bot.language.places import Place
from tests.adapters.discord_outward import NAME, THREADS, Bench, open_bench
from tests.discordserver import permissions as may
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, status
from tests.discordserver.server import BOT
from tests.discordserver.state import PRIVATE_THREAD, Channel, ThreadInfo

ADD = "PUT /channels/{channel_id}/thread-members/{user_id}"


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench(rooms="threads") as bench:
        yield bench


def info(thread: Channel) -> ThreadInfo:
    assert thread.thread is not None
    return thread.thread


def whole(bench: Bench, receipt: Receipt) -> None:
    """The one thread is as it should be."""
    (thread,) = bench.guild.threads
    members = (bench.person("ana"), bench.person("bo"))
    assert receipt.room == bench.at(Place.ROOM, thread.id) and receipt.present == members
    assert (thread.type, thread.parent, thread.owner) == (PRIVATE_THREAD, bench.hall.id, bench.line.user)
    assert thread.name == f"Ana and Bo · {NAME}"
    assert (info(thread).invitable, info(thread).auto_archive_duration) == (False, 10_080)
    assert set(info(thread).members) == {*members, bench.line.user}


async def test_a_thread_is_opened(bench: Bench) -> None:
    whole(bench, await bench.outbound.perform(bench.room()))
    whole(bench, await bench.outbound.perform(bench.room()))
    whole(bench, await bench.restarted(rooms="threads").perform(bench.room()))


@pytest.mark.parametrize(("beside", "threads"), [(0, 0), (400, 0), (401, 1)])
async def test_by_how_many_there_will_be(bench: Bench, beside: int, threads: int) -> None:
    await bench.restarted(rooms="auto", threshold=400).perform(bench.room(beside=beside))
    assert len(bench.guild.threads) == threads
    # What is there is found, whatever would be chosen now.
    await bench.restarted(rooms="channels" if threads else "threads").perform(bench.room())
    assert len(bench.guild.threads) == threads


@pytest.mark.parametrize("step", [THREADS, ADD])
@pytest.mark.parametrize("kind", [RESET_BEFORE, RESET_AFTER, status(503), ratelimited(30)])
async def test_trouble_at_any_step(bench: Bench, step: str, kind: Kind) -> None:
    bench.server.faults.add(step, kind, times=2 if step == ADD and kind.name.startswith("reset") else 1)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.room())
    whole(bench, await bench.patiently(lambda: bench.outbound.perform(bench.room())))
    whole(bench, await bench.restarted(rooms="threads").perform(bench.room()))


async def test_an_archived_thread_is_brought_back(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room(bench.person("ana")))
    bench.clock.forward(days=8)
    again = bench.restarted(rooms="threads")
    assert (await again.perform(bench.room())).reference == receipt.reference
    whole(bench, await again.perform(bench.room()))
    assert not info(bench.guild.threads[0]).archived


async def test_many_archived_threads_are_looked_through(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    for number in range(230):
        made = bench.server.world.create_thread(bench.hall, f"Others · {number}", bench.line.user)
        bench.server.world.archive(made)
    bench.guild.archive(receipt.reference)
    assert (await bench.restarted(rooms="threads").perform(bench.room())).reference == receipt.reference


async def test_a_thread_of_that_name_that_is_somebody_elses(bench: Bench) -> None:
    theirs = bench.server.world.create_thread(bench.hall, f"x · {NAME}", bench.person("ana"))
    assert (await bench.outbound.perform(bench.room())).reference != theirs.id


async def test_a_deleted_thread_is_opened_anew(bench: Bench) -> None:
    first = await bench.outbound.perform(bench.room())
    bench.guild.delete_channel(first.reference)
    whole(bench, await bench.outbound.perform(bench.room()))


async def test_a_locked_thread_is_left_locked(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.guild.archive(receipt.reference, locked=True)
    with pytest.raises(Gone, match="locked"):
        await bench.outbound.perform(bench.room())


async def test_whoever_cannot_come(bench: Bench) -> None:
    """One has left, one does not see the public channel: the others come, and coordinators are told."""
    blind, gone = bench.guild.add_member("cleo"), bench.guild.add_member("dan")
    bench.guild.deny(bench.hall, blind, may.VIEW_CHANNEL)
    bench.guild.leave(gone)
    receipt = await bench.outbound.perform(bench.room(bench.person("ana"), blind.id, gone.id))
    assert receipt.present == (bench.person("ana"),)
    assert f"{blind.id}) could not be brought into the thread. They cannot see the public" in receipt.note
    assert f"{gone.id}) is not in the server any more" in receipt.note
    assert bench.line.suspects == [(bench.guild.id, gone.id)]


async def test_what_stands_in_the_way(bench: Bench) -> None:
    bench.server.faults.add(THREADS, error(160006), times=1)
    with pytest.raises(Refused, match="active threads"):
        await bench.outbound.perform(bench.room())
    bench.guild.allow_bot(BOT & ~may.CREATE_PRIVATE_THREADS)
    with pytest.raises(Refused, match="Create Private Threads"):
        await bench.outbound.perform(bench.room())
    bench.guild.delete_channel(bench.hall)
    with pytest.raises(Gone):
        await bench.outbound.perform(bench.room())


async def test_six_hundred_pairs(bench: Bench) -> None:
    """Channels would not fit. The public channel's threads are listed once, and twenty are made in a minute."""
    outbound = bench.restarted(rooms="auto")
    for number in range(600):
        act = bench.room(name=f"r-{number}", beside=600)
        await bench.patiently(lambda act=act: outbound.perform(act))
    assert len(bench.guild.threads) == 600
    assert len(bench.asked("GET /guilds/{guild_id}/threads/active")) == 1
    assert not bench.server.limited


# Closing


async def test_closing(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    for _ in range(2):
        assert (await bench.outbound.perform(bench.close(receipt.reference))).note == ""
    (thread,) = bench.guild.threads
    assert (info(thread).archived, info(thread).locked) == (True, True)
    assert len(bench.asked("PATCH /channels/{channel_id}")) == 1
    bench.guild.delete_channel(thread)
    with pytest.raises(Gone):
        await bench.outbound.perform(bench.close(receipt.reference))


async def test_closing_what_is_in_the_archive(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.clock.forward(days=8)
    await bench.outbound.perform(bench.close(receipt.reference))
    (thread,) = bench.guild.threads
    assert (info(thread).archived, info(thread).locked) == (True, True)


async def test_closing_without_the_right_to_lock(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.guild.allow_bot(BOT & ~may.MANAGE_THREADS)
    closed = await bench.outbound.perform(bench.close(receipt.reference))
    assert "Manage Threads" in closed.note
    assert info(bench.guild.threads[0]).archived


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(500)])
async def test_closing_is_simply_done_again(bench: Bench, kind: Kind) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.server.faults.add("PATCH /channels/{channel_id}", kind, times=1)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.close(receipt.reference))
    await bench.outbound.perform(bench.close(receipt.reference))
    assert info(bench.guild.threads[0]).locked
