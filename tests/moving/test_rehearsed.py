"""A rehearsal reads its rows from a real database of either kind, and leaves that database as it is."""

from datetime import date, timedelta

import pytest
from sqlalchemy.engine import URL
from sqlmodel import SQLModel, delete

from storage.people import Account, Apart, Person
from storage.rounds import Application, Proposal, Round
from storage.traffic import Occurrence
from tests.moving.conftest import New
from tests.moving.played import house_at, new_paper
from tests.program.house import BOSS, House, words

LEFT_ALONE: tuple[type[SQLModel], ...] = (Account, Apart, Person, Application, Proposal, Round, Occurrence)


async def rows(house: House) -> list[str]:
    return [repr([each.model_dump() for each in await house.rows(row)]) for row in LEFT_ALONE]


async def before_it_closes(house: House) -> None:
    """A round with four applications that closes in two days."""
    await house.open()
    for user in ("ana", "ben", "cléa", "dan"):
        await house.person(user)
    async with house.turn() as turn:
        await turn.session.exec(delete(Occurrence))  # type: ignore[call-overload] - it knows no DELETE
        row = await turn.get(Round, 1)
        row.state, row.closes_at = "open", turn.now + timedelta(days=2)
        row.opens_at, row.starts_on = turn.now - timedelta(hours=1), date(2026, 9, 10)


@pytest.fixture(params=["new_file", "new_postgresql"])
def url(request: pytest.FixtureRequest) -> URL:
    """An empty database of each kind."""
    new: New = request.getfixturevalue(request.param)
    return new()


async def test_a_round_is_rehearsed_from_a_file_and_from_a_server(url: URL) -> None:
    paper = new_paper()
    async with house_at(url, paper) as house:
        await before_it_closes(house)
        await house.engine.settle()
        before = await rows(house)
        assert "The rehearsal is on the desk" in await house.command(BOSS, "rehearse")
        assert await rows(house) == before
    told = "\n".join(words(post) for post in paper.posts(kind="rehearsal"))
    assert "**The 2 partnerships**" in told
    assert "2 × introduction of partners in rooms" in told
    assert not paper.posts(kind="introduction")
