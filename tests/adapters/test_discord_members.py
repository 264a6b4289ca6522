"""Who has left, noticed without Discord's leave to know all members: slowly, and never by mistake."""

import pytest

from bot.language.events import Left
from bot.language.places import Address, Place
from tests.adapters.discord_inward import Bench, Known, open_bench
from tests.discordserver.faults import RESET_BEFORE, Kind, error, ratelimited, status

LOOK = "GET /guilds/{guild_id}/members/{user_id}"


def known_in(bench: Bench, *users: str) -> Known:
    bench.known.taking_part[bench.home.id] = list(users)
    bench.known.halls[bench.home.id] = bench.hall.id
    return bench.known


async def test_somebody_has_left() -> None:
    async with open_bench() as bench:
        known_in(bench, bench.ana.id, bench.bo.id)
        bench.home.leave(bench.bo)
        await bench.pass_by(1)
        await bench.pass_by(15)
        [left] = bench.inbox.news
        assert isinstance(left, Left)
        assert left.actor.user == bench.bo.id
        assert left.address == Address("discord", bench.home.id, Place.HALL, bench.hall.id)


async def test_each_is_looked_at_once_a_day_and_never_many_at_once() -> None:
    async with open_bench() as bench:
        people = [bench.home.add_member(f"p{number}").id for number in range(8)]
        known_in(bench, *people)
        for _ in range(10):
            await bench.pass_by(6)
        assert 1 <= bench.asked(LOOK) <= 5, "a few in a minute"
        for _ in range(100):
            await bench.pass_by(60)
        assert bench.asked(LOOK) == 8, "each once, as long as the day lasts"
        await bench.pass_by(24 * 3600)
        for _ in range(20):
            await bench.pass_by(60)
        assert bench.asked(LOOK) == 16


async def test_one_to_whom_nothing_could_be_sent_is_looked_at_soon() -> None:
    async with open_bench() as bench:
        people = [bench.home.add_member(f"p{number}").id for number in range(8)]
        known_in(bench, *people, bench.bo.id)
        await bench.pass_by(15)
        bench.home.leave(bench.bo)
        bench.inward.suspect(bench.home.id, bench.bo.id)
        bench.inward.suspect(bench.home.id, bench.bo.id)
        await bench.pass_by(15)
        await bench.pass_by(15)
        assert [event.actor.user for event in bench.inbox.of(Left)] == [bench.bo.id]
        assert bench.asked(LOOK) == 3, "and once only"


@pytest.mark.parametrize(
    "trouble", [status(503), RESET_BEFORE, error(10004), error(50001), ratelimited(40.0), ratelimited(0.0)]
)
async def test_trouble_is_no_fact_about_people(trouble: Kind) -> None:
    async with open_bench() as bench:
        known_in(bench, bench.ana.id)
        bench.server.faults.add(LOOK, trouble)
        await bench.pass_by(15)
        await bench.pass_by(90)
        assert bench.inbox.news == []
        bench.server.faults.clear()
        bench.home.leave(bench.ana)
        for _ in range(3):
            await bench.pass_by(120)
        assert [event.actor.user for event in bench.inbox.of(Left)] == [bench.ana.id], "it is looked at again"


async def test_what_cannot_be_stored_is_found_again() -> None:
    async with open_bench() as bench:
        known_in(bench, bench.bo.id)
        bench.home.leave(bench.bo)
        bench.inbox.breaks = 3
        await bench.pass_by(15)
        assert bench.inbox.news == []
        await bench.pass_by(15)
        assert len(bench.inbox.of(Left)) == 1


async def test_nobody_is_looked_for_where_the_bot_is_not() -> None:
    async with open_bench() as bench:
        known_in(bench, bench.ana.id)
        bench.inward.suspect("123456789012345678", bench.ana.id)
        bench.home.remove_bot()
        await bench.settled()
        for _ in range(3):
            await bench.pass_by(60)
        assert bench.inbox.of(Left) == []
        assert bench.asked(LOOK) == 0
