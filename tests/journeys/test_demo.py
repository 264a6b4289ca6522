"""The demo is killed at any moment, again and again: its story goes on, nothing is lost and nothing comes twice."""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

from adapters.local.records import RoomOpened
from tests.journeys.playground import Playground, journal, latest, playground, posts
from tests.journeys.small import bare

KIT = "teachers"
"""Ten weeks and four topics."""


async def test_kill_at_any_moment_and_the_story_goes_on(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        (folder / "playground").mkdir(parents=True)
    async with playground(whole, KIT) as running:
        await _to_the_end(running)
    beginning = "playground/beginning.json"
    (broken / beginning).write_bytes((whole / beginning).read_bytes())

    chance, kills = Random(1), 0
    while kills < 4:
        async with playground(broken, KIT) as running:
            await _some_steps(running, chance)
            kills += 1
    async with playground(broken, KIT) as running:
        await _to_the_end(running)

    expected, found = _story(whole), _story(broken)
    assert expected - found == Counter(), "lost"
    assert found - expected == Counter(), "more than was meant to be"
    for folder in (whole, broken):
        keys = Counter(post.act.key for post in posts(journal(folder)))
        assert [key for key, count in keys.items() if count > 1] == []
        # Pairs of whom nobody comes are over before.
        assert _topics_in_order(folder) >= 5


async def _to_the_end(running: Playground) -> None:
    """Press Next until nothing is left to happen. The coordinator approves the proposal as soon as it is there."""
    before = None
    while (now := latest(journal(running.folder))) != before:
        before = now
        await _approve(running)
        await running.step()


async def _some_steps(running: Playground, chance: Random) -> None:
    """Go on for a while, and be killed in the middle of a step, or between two."""
    for _ in range(chance.randint(0, 4)):
        await _approve(running)
        await running.step()
    going = asyncio.create_task(running.client.post("/clock", json={"do": "step"}))
    if chance.random() < 0.8:
        await asyncio.wait({going}, timeout=chance.uniform(0, 0.6))
    else:
        await going
    await running.kill()
    await asyncio.gather(going, return_exceptions=True)


async def _approve(running: Playground) -> None:
    kinds = {post.act.kind for post in posts(journal(running.folder))}
    approved = any(post.act.key.startswith("approved:") for post in posts(journal(running.folder)))
    if "proposal" in kinds and not approved:
        await running.command("match approve")


def _story(folder: Path) -> Counter[tuple[str, str, str]]:
    """What reached whom, without the numbers that follow from the order of other things."""
    return Counter((str(post.act.address), post.act.kind, bare(post.act.key)) for post in posts(journal(folder)))


def _topics_in_order(folder: Path) -> int:
    """How many rooms there are in which each topic came once, from the first to the last."""
    records = journal(folder)
    topics: dict[str, list[str]] = {}
    for post in posts(records):
        if post.act.kind == "topic":
            topics.setdefault(post.act.address.id, []).append(post.act.key.split(":")[1])
    assert all(numbers == sorted(set(numbers), key=int) for numbers in topics.values())
    assert len(topics) <= sum(isinstance(record, RoomOpened) for record in records)
    return sum(numbers == ["1", "2", "3", "4"] for numbers in topics.values())
