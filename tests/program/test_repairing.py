"""Whoever waits is offered another partner with one click, and nobody waits for ever."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.language.acts import Act
from bot.language.adapter import Unknown
from bot.language.messages import Choices
from storage.partnerships import Case, Partnership
from storage.rounds import Application
from tests.program.house import House, choices, opened, words

DAY = timedelta(days=1)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def offered(house: House, *users: str) -> tuple[int, str]:
    """A pair in which the last one has not come, and the token of the offer to the first."""
    identity = await house.introduced(*users)
    for user in users[:-1]:
        await house.wrote(user, identity)
    await house.until(house.clock.now() + 4 * DAY)
    return identity, offer_of(house, users[0]).token


def offer_of(house: House, user: str) -> Choices:
    return choices(house.paper.posts(key="offer:", to=user)[-1])[0]


async def test_with_one_click_whoever_waits_gets_somebody_else(house: House) -> None:
    identity, token = await offered(house, "ana", "bo")
    await house.press("ana", token, "another")
    row, case = await house.row(Partnership, identity), await house.row(Case)
    assert (row.state, row.end_reason) == ("ended", "another")
    assert (case.state, case.closed_by, case.outcome) == ("closed", "Ana", "Ana chose another partner")
    assert [one.seeking for one in await house.rows(Application)] == [True, False]
    await house.until(house.clock.now() + DAY)
    assert "Nobody is cross" in words(house.paper.posts(key="dropped:", to="bo")[0])
    assert "Ana chose another partner" in words(house.paper.edits()[-1]), "the coordinators see it on the desk"


async def test_whoever_would_rather_wait_is_left_in_peace_and_asked_again(house: House) -> None:
    identity, token = await offered(house, "ana", "bo")
    await house.press("ana", token, "wait")
    assert (await house.row(Case)).outcome == "Ana would rather wait"
    assert (await house.row(Partnership, identity)).state == "arriving"
    await house.until(house.clock.now() + 8 * DAY)
    assert len(house.paper.posts(key="offer:")) == 1
    await house.until(house.clock.now() + 5 * DAY)
    assert len(house.paper.posts(key="offer:", to="ana")) == 2


async def test_where_nobody_chooses_the_program_does_what_it_said(house: House) -> None:
    identity, _ = await offered(house, "ana", "bo")
    assert "I look for another partner for you on" in words(house.paper.posts(key="offer:", to="ana")[0])
    await house.until(house.clock.now() + 5 * DAY)
    assert (await house.row(Partnership, identity)).state == "arriving"
    await house.until(house.clock.now() + 3 * DAY)
    assert (await house.row(Partnership, identity)).end_reason == "another"
    case = await house.row(Case)
    assert (case.closed_by, case.outcome) == ("", "nobody decided, so whoever waits gets another partner")
    assert [one.seeking for one in await house.rows(Application)] == [True, False]


async def test_where_both_are_silent_it_ends_kindly(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    await house.until(house.clock.now() + 12 * DAY)
    assert (await house.row(Partnership, identity)).end_reason == "faded"
    assert not house.paper.posts(key="offer:"), "nobody waits"
    assert [post.address.id for post in house.paper.posts(key="ended:")] == ["ana", "bo"]
    assert all("Nobody is cross" in words(post) for post in house.paper.posts(key="ended:"))
    assert not any(one.seeking for one in await house.rows(Application))


async def test_an_offer_of_which_nobody_knows_whether_it_arrived_settles_nothing(house: House) -> None:
    def lost(act: Act) -> None:
        if act.key.startswith("offer:"):
            raise Unknown("the connection broke")

    identity = await house.introduced("ana", "bo")
    await house.wrote("ana", identity)
    house.paper.refuse = lost
    await house.until(house.clock.now() + 20 * DAY)
    assert (await house.row(Partnership, identity)).state == "arriving", "silence of ours is none of theirs"
    house.paper.refuse = lambda act: None
    await house.until(house.clock.now() + 10 * DAY)
    assert (await house.row(Partnership, identity)).end_reason == "another"


async def test_who_writes_in_time_is_dropped_by_nobody(house: House) -> None:
    identity, token = await offered(house, "ana", "bo")
    await house.wrote("bo", identity)
    await house.press("ana", token, "another")
    assert (await house.row(Partnership, identity)).state == "live"
    assert "settled already" in words(house.paper.posts(kind="reply", to="ana")[-1])


async def test_an_offer_is_nobody_elses(house: House) -> None:
    identity, token = await offered(house, "ana", "bo")
    for user, wrong in (("bo", token), ("boss", token), ("ana", "offer:1"), ("ana", "offer:9:2"), ("ana", "offer:1:3")):
        await house.press(user, wrong, "another")
        assert (await house.row(Partnership, identity)).state == "arriving", (user, wrong)
    await house.press("ana", token, "stop")
    assert (await house.row(Partnership, identity)).state == "arriving", "that was not among the choices"


async def test_of_three_two_go_on_when_one_of_them_chooses(house: House) -> None:
    identity, token = await offered(house, "ana", "bo", "cy")
    await house.press("ana", token, "another")
    assert (await house.row(Partnership, identity)).state != "ended"
    await house.until(house.clock.now() + DAY)
    assert {post.address.id for post in house.paper.posts(key="goes_on:")} == {"ana", "bo"}


async def test_whose_partner_left_chooses_or_stops(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.left("bo")
    await house.until(house.clock.now() + DAY)
    assert [option.value for option in offer_of(house, "ana").options] == ["another", "stop"]
    await house.press("ana", offer_of(house, "ana").token, "stop")
    assert (await house.row(Partnership, identity)).state == "ended"
    assert [one.status for one in await house.rows(Application)] == ["withdrawn", "withdrawn"]


async def test_whose_partner_left_gets_another_one_unasked(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.left("bo")
    await house.until(house.clock.now() + 9 * DAY)
    assert (await house.row(Partnership, identity)).state == "ended"
    assert [one.seeking for one in await house.rows(Application)] == [True, False]


async def test_a_wish_for_another_partner_is_ones_own_once(house: House) -> None:
    identity = await house.live("ana", "bo")
    assert "sent you two buttons" in await house.command("ana", "another-partner")
    await house.press("ana", offer_of(house, "ana").token, "another")
    assert (await house.row(Partnership, identity)).end_reason == "regrouped"
    assert "no judgement" in words(house.paper.posts(key="ended:", to="bo")[0])
    again = await house.pair(2, await house.person("cy"))
    await house.until(house.clock.now() + DAY)
    for user in ("ana", "cy"):
        await house.wrote(user, again)
    assert "coordinators decide" in await house.command("ana", "another-partner")
    assert len(house.paper.posts(key="offer:", to="ana")) == 1


async def test_never_spoken_pairs_come_first_everywhere(house: House) -> None:
    spoken = await house.live("cy", "di")
    never = await house.introduced("ana", "bo")
    await house.wrote("ana", never)
    await house.until(house.clock.now() + 4 * DAY)
    await house.command("cy", "another-partner")
    listed = await house.command("boss", "cases")
    assert listed.index("Ana and Bo") < listed.index("Cy and Di"), "although the other case is newer"
    pairs = await house.command("boss", "pairs")
    assert spoken < never and pairs.index("Ana and Bo") < pairs.index("Cy and Di")


async def test_what_a_coordinator_put_off_is_not_settled_the_moment_it_comes_back(house: House) -> None:
    identity, _ = await offered(house, "ana", "bo")
    await house.press("boss", "case:1:1", "wait", desk=True)
    await house.until(house.clock.now() + 13 * DAY)
    assert (await house.row(Case)).state == "open" and (await house.row(Partnership, identity)).state == "arriving"
    await house.until(house.clock.now() + 3 * DAY)
    assert (await house.row(Partnership, identity)).end_reason == "another"


async def test_who_comes_when_the_case_is_open_already_is_offered_somebody_too(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    await house.until(house.clock.now() + 4 * DAY)
    assert not house.paper.posts(key="offer:"), "both are silent, and nobody waits"
    await house.wrote("ana", identity)
    await house.until(house.clock.now() + DAY)
    assert "You did nothing wrong" in words(house.paper.posts(key="offer:", to="ana")[0])
    await house.until(house.clock.now() + 5 * DAY)
    assert (await house.row(Partnership, identity)).state == "arriving", "there is time to choose"
    await house.until(house.clock.now() + 3 * DAY)
    assert [one.seeking for one in await house.rows(Application)] == [True, False]


async def test_a_wish_that_is_ones_own_is_met_unless_they_think_better_of_it(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.command("ana", "another-partner")
    await house.press("ana", offer_of(house, "ana").token, "wait")
    await house.until(house.clock.now() + 9 * DAY)
    assert (await house.row(Partnership, identity)).state == "live", "they thought better of it"
    await house.wrote("bo", identity)
    await house.command("ana", "another-partner")
    await house.until(house.clock.now() + 6 * DAY)
    assert (await house.row(Partnership, identity)).state == "live" and not house.paper.posts(key="offer:", to="bo")
