"""A pair is asked to take in somebody who waits; both must agree, and nobody learns who did not."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.language.acts import OpenRoom
from storage.partnerships import Member, Partnership, ThirdAsk
from storage.rounds import Application
from tests.program.house import House, choices, opened, words

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def waits(house: House, user: str, country: str = "IN") -> int:
    """Somebody who waits from now on."""
    identity = await house.person(user, country=country)
    application = next(one for one in await house.rows(Application) if one.person_id == identity)
    async with house.turn() as turn:
        (await turn.get(Application, application.id)).seek(turn.now)
    return identity


async def asked(house: House) -> int:
    """A pair that was just asked to take in cy, who has waited for a week."""
    identity = await house.live("ana", "bo")
    await waits(house, "cy")
    await days(house, 8, identity)
    return identity


async def days(house: House, count: int, identity: int) -> None:
    """Some days in which ana and bo write to each other."""
    for _ in range(count):
        await house.until(house.clock.now() + DAY)
        for user in ("ana", "bo"):
            await house.wrote(user, identity)


def token(house: House, user: str) -> str:
    """The question to somebody whether a third may come."""
    return choices(house.paper.posts(key="third:", to=user)[-1])[0].token


async def test_after_a_week_the_pair_is_asked_without_a_name(house: House) -> None:
    identity = await house.live("ana", "bo")
    await waits(house, "cy", country="IT")
    await days(house, 6, identity)
    assert not house.paper.posts(key="third:")
    await days(house, 2, identity)
    assert [post.address.id for post in house.paper.posts(key="third:")] == ["ana", "bo"]
    text = words(house.paper.posts(key="third:", to="ana")[0])
    assert "Italy" in text and "since" in text and "Bo" in text
    assert "Cy" not in text, "whoever waits has not agreed to be named yet"


async def test_three_get_a_room_of_their_own_once_both_have_agreed(house: House) -> None:
    identity = await asked(house)
    before = (await house.row(Partnership, identity)).room
    await house.press("ana", token(house, "ana"), "yes")
    assert (await house.row(Partnership, identity)).room == before
    await house.press("bo", token(house, "bo"), "yes")
    await house.until(house.clock.now() + DAY)
    row = await house.row(Partnership, identity)
    assert row.room != before and row.state == "arriving"
    rooms = [act for _, act in house.paper.done if isinstance(act, OpenRoom)]
    assert rooms[-1].members == ("ana", "bo", "cy")
    (hello,) = house.paper.posts(key="new_room:")
    assert "You are three now" in words(hello) and all(name in words(hello) for name in ("Ana", "Bo", "Cy"))
    assert "join them" in words(house.paper.posts(key="third:", to="cy")[0])
    assert not [one for one in await house.rows(Application) if one.seeking]
    await house.wrote("cy", identity)
    assert (await house.row(Partnership, identity)).state == "live"
    await house.until(house.clock.now() + 4 * DAY)
    assert [str(act.address) for act in house.paper.closed()] == [before], "what the two wrote stays between them"


async def test_what_the_third_told_goes_from_the_new_room_when_they_are_forgotten(house: House) -> None:
    await asked(house)
    for user in ("ana", "bo"):
        await house.press(user, token(house, user), "yes")
    await house.until(house.clock.now() + DAY)
    (hello,) = house.paper.posts(key="new_room:")
    assert "India" in words(hello)
    await house.command("cy", "forget-me")
    await house.press("cy", house.question("cy"), "yes")
    await house.until(house.clock.now() + DAY)
    mended = [act for act in house.paper.edits() if act.address == hello.address]
    assert mended and all("India" not in words(act) and "Cy" not in words(act) for act in mended)


async def test_a_third_who_never_comes_is_asked_as_everybody_is_and_the_two_go_on(house: House) -> None:
    identity = await asked(house)
    for user in ("ana", "bo"):
        await house.press(user, token(house, user), "yes")
    await days(house, 3, identity)
    assert house.paper.posts(key="flow:", to="cy"), "asked after two days, as everybody is"
    await days(house, 14, identity)
    assert [(m.person_id, m.left_at is not None) for m in await house.rows(Member)][-1] == (4, True)
    assert (await house.row(Partnership, identity)).state == "live"


async def test_one_no_is_enough_and_nobody_is_told_whose_it_was(house: House) -> None:
    identity = await asked(house)
    await house.press("ana", token(house, "ana"), "yes")
    await house.press("bo", token(house, "bo"), "no")
    assert [ask.state for ask in await house.rows(ThirdAsk)] == ["declined"]
    await house.press("ana", token(house, "ana"), "no")
    assert "This question is closed" in words(house.paper.posts(to="ana")[-1])
    await days(house, 10, identity)
    assert len(house.paper.posts(key="third:", to="ana")) == 1, "a pair is asked once for the same person"
    assert not house.paper.posts(key="third:", to="cy")
    assert [one.seeking for one in await house.rows(Application)][-1]


async def test_without_an_answer_everything_stays_as_it_is(house: House) -> None:
    identity = await asked(house)
    await house.press("ana", token(house, "ana"), "yes")
    await days(house, 5, identity)
    assert [ask.state for ask in await house.rows(ThirdAsk)] == ["over"]
    await house.press("bo", token(house, "bo"), "yes")
    assert "This question is closed" in words(house.paper.posts(to="bo")[-1])
    assert len(await house.rows(Member)) == 2


async def test_nobody_joins_people_from_their_own_country_or_whom_they_must_not_meet(house: House) -> None:
    identity = await house.live("ana", "bo")
    first, *_ = await house.rows(Application)
    await waits(house, "cy", country=first.answers["country"])
    await days(house, 9, identity)
    assert not house.paper.posts(key="third:")


async def test_whoever_finds_a_partner_meanwhile_joins_nobody(house: House) -> None:
    identity = await asked(house)
    await house.press("ana", token(house, "ana"), "yes")
    await waits(house, "di", country="NZ")
    await days(house, 1, identity)
    await house.press("bo", token(house, "bo"), "yes")
    assert "This question is closed" in words(house.paper.posts(to="bo")[-1])
    assert len(await house.rows(Partnership)) == 2


async def test_only_the_two_can_answer(house: House) -> None:
    identity = await asked(house)
    other = token(house, "ana")
    await house.press("bo", other, "no")
    await house.press("cy", other, "yes")
    await house.press("ana", "third:999999999999999999999:2", "yes")
    await house.press("ana", other, "perhaps")
    (ask,) = await house.rows(ThirdAsk)
    assert (ask.state, ask.answers, ask.partnership_id) == ("asked", {}, identity)
