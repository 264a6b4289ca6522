"""Many processes on one PostgreSQL: nothing is lost or doubled, whatever happens to them."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from tests.engine.conftest import clone
from tests.processes.crew import PATIENCE, Crew, in_order
from tests.processes.platform import Platform

COMMUNITIES = ("loft", "tower", "barn", "mill")
EVENTS = 60
IN_THE_ACT = 3


@pytest.fixture
async def crew(tmp_path: Path, postgresql_server: str, platform: Platform) -> AsyncIterator[Crew]:
    """Processes on a PostgreSQL database of their own."""
    made = Crew(tmp_path, clone(postgresql_server), platform)
    await made.prepare(COMMUNITIES)
    yield made
    await made.stop()


async def test_workers_that_are_killed_lose_nothing_and_do_nothing_twice(crew: Crew, platform: Platform) -> None:
    chance = Random(3)
    for number in range(EVENTS):
        platform.say(f"e{number}", f"u{number % 9}", COMMUNITIES[number % 4])
    keys = await crew.enqueue(COMMUNITIES, people=10, each=6)
    running = [await crew.start() for _ in range(3)]
    expected = {*keys, *(f"event:pigeon:{COMMUNITIES[n % 4]}:e{n}:reply" for n in range(EVENTS))}
    for share in (0.2, 0.5, 0.8):
        await platform.until(lambda share=share: len(platform.keys) >= share * len(expected), PATIENCE)
        victim = chance.randrange(3)
        running[victim].send_signal(signal.SIGKILL)
        await running[victim].wait()
        running[victim] = await crew.start()
    await platform.until(lambda: set(platform.keys) >= expected, PATIENCE)
    assert set(platform.keys) == expected
    assert [key for key, count in platform.keys.items() if count > 1] == []
    assert in_order(platform)
    assert len({pid for _, _, pid in platform.ledger}) > 1


async def test_one_is_connected_and_another_takes_over_within_seconds(crew: Crew, platform: Platform) -> None:
    first = await crew.start("gateway")
    await platform.until(lambda: list(platform.gateways.values()) == [first.pid], PATIENCE)
    second = await crew.start("gateway,worker")
    keys = await crew.enqueue(COMMUNITIES[:1], people=1, each=1)
    await platform.until(lambda: set(platform.keys) == set(keys), PATIENCE)
    assert list(platform.gateways.values()) == [first.pid]
    first.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    await platform.until(lambda: list(platform.gateways.values()) == [second.pid], PATIENCE)
    assert time.monotonic() - killed < 20
    platform.say("e1", "ana", "loft")
    await platform.until(lambda: platform.keys["event:pigeon:loft:e1:reply"] == 1, PATIENCE)


async def test_one_that_wakes_up_too_late_does_nothing_more(crew: Crew, platform: Platform) -> None:
    sleeper = await crew.start()
    keys = await crew.enqueue(COMMUNITIES, people=8, each=16)
    await platform.until(lambda: len(platform.ledger) > 30, PATIENCE)
    sleeper.send_signal(signal.SIGSTOP)
    asleep = len(platform.ledger)
    await crew.start()
    await platform.until(lambda: len(set(platform.keys)) > asleep + 100, PATIENCE)
    sleeper.send_signal(signal.SIGCONT)
    await platform.until(lambda: set(platform.keys) >= set(keys), PATIENCE)
    # What it was handing over to its machine at the very moment when it was stopped, only a platform could refuse. Of
    # the two hundred acts that it had claimed, it does no others.
    doubled = [key for key, count in platform.keys.items() if count > 1]
    assert len(doubled) <= IN_THE_ACT
    assert {pid for key, _, pid in platform.ledger if key in doubled} >= ({sleeper.pid} if doubled else set())
    platform.ledger = [deed for deed in platform.ledger if deed[0] not in doubled]
    assert in_order(platform)
    assert sleeper.returncode is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_one_that_is_asked_to_stop_gives_everything_back(
    crew: Crew, platform: Platform, number: signal.Signals
) -> None:
    keys = await crew.enqueue(COMMUNITIES, people=8, each=12)
    first = await crew.start()
    await platform.until(lambda: len(platform.ledger) > 20, PATIENCE)
    first.send_signal(number)
    asked = time.monotonic()
    assert await first.wait() == 0, crew.log(0)
    assert time.monotonic() - asked < 10
    assert "claimed" not in (await crew.states()).values()
    assert len(platform.ledger) < len(keys)
    started = time.monotonic()
    await crew.start()
    await platform.until(lambda: set(platform.keys) >= set(keys), PATIENCE)
    assert [key for key, count in platform.keys.items() if count > 1] == []
    assert time.monotonic() - started < PATIENCE


async def test_a_second_signal_ends_it_at_once(crew: Crew, platform: Platform) -> None:
    first = await crew.start()
    await platform.until(lambda: bool(platform.gateways), PATIENCE)
    first.send_signal(signal.SIGTERM)
    first.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE):
        assert await first.wait() in (0, 128 + signal.SIGINT)
