"""Events of a server: planned once whatever gets lost, found again by their mark, and taken out."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.discord.permissions import ALL, CREATE_EVENTS
from bot.language.acts import DropEvent, PlanEvent
from bot.language.adapter import Refused, Retry, Unknown
from bot.language.places import Place
from tests.adapters.discord_outward import Bench, open_bench
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, ratelimited, status

PLAN = "POST /guilds/{guild_id}/scheduled-events"


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        allow(bench, ALL)
        yield bench


def allow(bench: Bench, permissions: int) -> None:
    """The bot's own role has just these permissions."""
    guild = bench.guild.guild
    for role in guild.members[bench.line.user].roles:
        bench.server.world.update_role(guild, guild.roles[role], allowed=permissions)


def event(bench: Bench, key: str = "event:1:0") -> PlanEvent:
    hall = bench.at(Place.HALL, bench.hall.id)
    return PlanEvent(
        key, "notice", hall, "Mentoring meeting", "Two talk.", "Online", bench.clock() + timedelta(days=2), 60
    )


async def test_an_event_is_planned_and_taken_out(bench: Bench) -> None:
    act = event(bench)
    receipt = await bench.outbound.perform(act)
    (planned,) = bench.guild.guild.events.values()
    assert planned["id"] == receipt.reference and planned["name"] == "Mentoring meeting"
    assert planned["scheduled_start_time"] == "2026-09-03T08:00:00+00:00"
    assert planned["scheduled_end_time"] == "2026-09-03T09:00:00+00:00"
    assert planned["entity_metadata"] == {"location": "Online"} and planned["description"].startswith("Two talk.")
    gone = DropEvent("gone", "notice", act.address, receipt.reference)
    for _ in range(2):
        assert (await bench.outbound.perform(gone)).reference == receipt.reference
    assert bench.guild.guild.events == {}


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(502), ratelimited(2)], ids=str)
async def test_whatever_gets_lost_there_is_one(bench: Bench, kind: Kind) -> None:
    await bench.outbound.perform(event(bench, "of others"))
    bench.server.faults.add(PLAN, kind, times=1)
    act, outbound = event(bench), bench.outbound
    try:
        await outbound.perform(act)
    except (Unknown, Retry) as problem:
        bench.clock.forward(seconds=5)
        outbound = bench.restarted()
        if isinstance(problem, Retry) or await outbound.find(act) is None:
            await outbound.perform(act)
    assert len(bench.guild.guild.events) == 2
    found = await outbound.find(act)
    assert found is not None and found.reference in bench.guild.guild.events
    assert await outbound.find(event(bench, "never")) is None


async def test_without_the_permission_it_says_which(bench: Bench) -> None:
    allow(bench, ALL & ~CREATE_EVENTS)
    with pytest.raises(Refused, match="“Create Events”"):
        await bench.outbound.perform(event(bench))


async def test_a_server_can_be_full_of_events(bench: Bench) -> None:
    guild = bench.guild.guild
    await bench.outbound.perform(event(bench))
    (one,) = guild.events.values()
    guild.events |= {str(number): {**one, "id": str(number)} for number in range(1, 100)}
    with pytest.raises(Refused, match="hundred events"):
        await bench.outbound.perform(event(bench, "one more"))


async def test_what_has_begun_is_not_planned(bench: Bench) -> None:
    with pytest.raises(Refused, match="begun already"):
        await bench.outbound.perform(replace(event(bench), begins=bench.clock()))
    assert bench.asked(PLAN) == []


async def test_long_words_are_cut(bench: Bench) -> None:
    act = replace(event(bench), title="T" * 300, words="W" * 3_000, place="P" * 300)
    await bench.outbound.perform(act)
    (planned,) = bench.guild.guild.events.values()
    assert len(planned["name"]) == 100 and len(planned["description"]) <= 1_000
    assert await bench.restarted().find(act) is not None
