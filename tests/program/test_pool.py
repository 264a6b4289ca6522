"""The pool of people who wait for a partner: looked at once a day, while the round has time for it."""

from datetime import UTC, datetime

from storage.rounds import Application
from storage.traffic import Occurrence
from tests.program.desk import BOSS, opened
from tests.program.proposal import proposed, rooms


async def _wait_again(desk, *users: str) -> None:
    """Their partnership is gone, and they look for another (set by hand: how they lost it matters elsewhere)."""
    people = {(await desk.person(user)).id for user in users}
    ids = [row.id for row in await desk.rows(Application) if row.person_id in people]
    async with desk.house.database.transaction() as session:
        for identity in ids:
            (await session.get_one(Application, identity)).seeking = True
    desk.house.engine.pulse.look()


async def test_two_who_wait_are_paired_the_next_morning() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        await desk.command(BOSS, "match approve")
        await desk.until(datetime(2027, 2, 3, 12, tzinfo=UTC))
        made = len(await rooms(desk))
        assert made == 2
        await _wait_again(desk, "alex", "bea", "cem", "dora")
        await desk.until(datetime(2027, 2, 4, 12, tzinfo=UTC))
        assert len(await rooms(desk)) == made + 2, "everybody met somebody new"
        looks = [row for row in await desk.rows(Occurrence) if row.kind == "pool"]
        assert len({row.subject for row in looks}) == len(looks) >= 1
        await desk.until(datetime(2027, 2, 6, 12, tzinfo=UTC))
        assert len(await rooms(desk)) == made + 2, "nobody waits any more, so nothing more is made"


async def test_nobody_is_paired_when_the_round_is_nearly_over() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        await desk.command(BOSS, "match approve")
        ends = (await desk.round()).ends_on
        await desk.until(datetime(ends.year, ends.month, ends.day, tzinfo=UTC).replace(hour=1))
        made = len(await rooms(desk))
        await _wait_again(desk, "alex", "bea", "cem", "dora")
        await desk.until(datetime(ends.year, ends.month, ends.day, 23, tzinfo=UTC))
        assert len(await rooms(desk)) == made
