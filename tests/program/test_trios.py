"""Three partners: everything that is said and done for two holds for three."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from storage.partnerships import Member, Partnership
from storage.people import Absence
from storage.rounds import Application
from tests.program.house import House, choices, opened, words

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def test_a_trio_is_live_once_all_three_have_written(house: House) -> None:
    identity = await house.introduced("ana", "bo", "cy")
    for user in ("ana", "bo"):
        await house.wrote(user, identity)
    assert (await house.row(Partnership, identity)).state == "arriving"
    await house.until(house.clock.now() + 3 * DAY)
    assert not [post for post in house.paper.posts(key="flow:") if post.address.id != "cy"]
    await house.wrote("cy", identity)
    assert (await house.row(Partnership, identity)).state == "live"
    assert "3 partners" in words(house.paper.posts(kind="introduction")[0])


async def test_who_stops_leaves_two_who_go_on_with_their_topics(house: House) -> None:
    identity = await house.live("ana", "bo", "cy")
    await house.command("cy", "leave")
    await house.press("cy", house.question("cy"), "yes")
    await house.command("ana", "elsewhere on")
    await house.until(datetime(2027, 1, 3, tzinfo=UTC))
    assert not house.paper.posts(key="ended:")
    assert (await house.row(Partnership, identity)).end_reason == "round_over"
    numbers = [int(post.key.split(":")[1]) for post in house.paper.posts(kind="topic")]
    assert numbers == sorted(set(numbers)) and numbers[-1] == 10
    assert [row.status for row in await house.rows(Application)] == ["accepted", "accepted", "withdrawn"]
    left = [member for member in await house.rows(Member) if member.left_at is not None]
    assert len(left) == 1


async def test_one_of_three_asks_for_another_partner(house: House) -> None:
    identity = await house.live("ana", "bo", "cy")
    await house.command("cy", "another-partner")
    await house.until(house.clock.now() + DAY)
    token = choices(house.paper.posts(kind="case", to="desk")[0])[0].token
    await house.press("boss", token, "another", desk=True)
    await house.until(house.clock.now() + 2 * DAY)
    assert (await house.row(Partnership, identity)).state == "live"
    assert [row.seeking for row in await house.rows(Application)] == [False, False, True]


async def test_of_three_only_those_who_are_there_are_asked(house: House) -> None:
    await house.live("ana", "bo", "cy")
    async with house.turn() as turn:
        turn.session.add(Absence(program_id=1, person_id=2, first=date(2026, 9, 3), last=date(2026, 9, 30)))
    await house.until(datetime(2026, 9, 20, tzinfo=UTC))
    assert {post.address.id for post in house.paper.posts(key="flow:")} == {"bo", "cy"}


async def test_nobody_is_asked_while_all_the_others_are_away(house: House) -> None:
    await house.live("ana", "bo", "cy")
    async with house.turn() as turn:
        for person in (2, 3):
            turn.session.add(Absence(program_id=1, person_id=person, first=date(2026, 9, 3), last=date(2026, 9, 30)))
    await house.until(datetime(2026, 10, 15, tzinfo=UTC))
    assert not house.paper.posts(key="flow:")
