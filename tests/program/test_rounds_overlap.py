"""Two rounds of one program overlap: people apply for the next one while one runs."""

from collections.abc import AsyncIterator

import pytest

from adapters.local.crowd import Say
from bot.language.places import Address
from storage.partnerships import Member, Partnership
from storage.rounds import Application, Round
from tests.program.desk import BOSS, DAY, Desk, opened

FIRST, NEXT = "Classrooms in Touch 2027", "Classrooms in Touch March 2027"
ALEX, EMIL, DORA, FATOU = (f"{user}@example.org" for user in ("alex", "emil", "dora", "fatou"))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A round of Alex and Emil runs, in which Dora waits; people can apply for the next from 8 February on."""
    async with opened("cap:0 odd:waitlist weeks:30") as desk:
        for user in ("alex", "emil", "dora"):
            await desk.applied(user)
        await desk.closed()
        await desk.command(BOSS, f"match pair {ALEX} {EMIL}")
        assert "not made yet" in await desk.command(BOSS, "round open starts:2027-03-25 weeks:8")
        await desk.command(BOSS, "match approve")
        await desk.until((await desk.round()).closes_at + 45 * DAY)
        assert (await desk.round()).state == "running"
        for user in ("alex", "emil"):
            room = Address.parse((await desk.rows(Partnership))[0].room)
            await desk.adapter.act(Say(user, room, "Hello!", desk.clock.now()))
        told = await desk.command(BOSS, "round open starts:2027-03-25 weeks:8 cap:0 odd:trio closes:2027-03-15")
        assert NEXT in told, "not the name of the one that runs"
        yield desk


async def test_the_next_round_is_opened_when_the_pairs_of_the_last_are_made(desk: Desk) -> None:
    assert [round_row.name for round_row in await desk.rows(Round)] == [FIRST, NEXT]
    assert f"pairs of {NEXT} are not made yet" in await desk.command(BOSS, "round open starts:2028-09-01")
    told = await desk.command(BOSS, "round")
    assert FIRST in told and NEXT in told
    assert NEXT in await desk.command(BOSS, "invitations") or (await desk.round()).state == "planned"


async def test_whoever_has_a_partner_applies_for_the_next_round(desk: Desk) -> None:
    await desk.until((await desk.round()).opens_at + DAY)
    alone = await desk.command("alex", "status")
    assert FIRST in alone and "Emil" in alone and NEXT in alone and "have not applied" in alone
    assert "you have a place" in await desk.applies("alex")
    told = await desk.command("alex", "status")
    assert told.index(FIRST) < told.index(NEXT) and "Emil" in told and "have not applied" not in told
    await desk.applies("alex")
    mine = [(row.round_id, row.status) for row in await desk.rows(Application) if row.person_id == 2]
    assert mine == [(1, "accepted"), (2, "accepted")], "once in each round: what is sent again replaces"


async def test_withdrawing_takes_back_the_newest_and_leaves_the_partnership(desk: Desk) -> None:
    await desk.until((await desk.round()).opens_at + DAY)
    await desk.applies("alex")
    await desk.says("alex", "withdraw")
    await desk.says("alex", "yes")
    assert [row.status for row in await desk.rows(Application) if row.person_id == 2] == ["accepted", "withdrawn"]
    assert "You have a partner" in await desk.says("alex", "withdraw")
    assert [row.state for row in await desk.rows(Partnership)] != ["ended"]


async def test_each_command_of_the_desk_means_the_round_that_it_is_about(desk: Desk) -> None:
    await desk.until((await desk.round()).opens_at + DAY)
    await desk.applied("fatou")
    applied = await desk.command(BOSS, "applications")
    assert "Fatou" in applied and "Alex" not in applied
    assert "Alex" in await desk.command(BOSS, "pairs") and "Emil" in await desk.command(BOSS, "pair 1")
    assert FIRST in await desk.command(BOSS, "report") and NEXT in await desk.command(BOSS, f'report round:"{NEXT}"')
    assert "Alex" not in await desk.command(BOSS, f'pairs round:"{NEXT}"')
    assert f"There are: {NEXT}, {FIRST}" in await desk.command(BOSS, "pairs round:spring")
    first = await desk.command(BOSS, "topics")
    assert first != await desk.command(BOSS, f'topics round:"{NEXT}"')
    assert "still open" in await desk.command(BOSS, "match approve")
    assert f"{NEXT}: if applications closed now" in await desk.command(BOSS, "forecast")
    await desk.command(BOSS, "round close")
    assert (await desk.rows(Round))[0].state == "running"


async def test_the_next_round_is_paired_while_the_last_still_runs(desk: Desk) -> None:
    await desk.until((await desk.round()).opens_at + DAY)
    for user in ("alex", "emil", "fatou", "hugo"):
        await desk.applied(user)
    await desk.closed()
    await desk.command(BOSS, "match approve")
    rows = await desk.rows(Partnership)
    together = {1: set[int](), 2: set[int](), 3: set[int]()}
    for member in await desk.rows(Member):
        together[member.partnership_id].add(member.person_id)
    assert [row.round_id for row in rows] == [1, 2, 2]
    assert together[1] not in (together[2], together[3]), "nobody meets twice"
    await desk.until((await desk.rows(Round))[0].closes_at + 260 * DAY)
    assert (await desk.rows(Round))[0].state == "ended"
    states = {row.round_id: row.state for row in await desk.rows(Partnership)}
    assert states[1] == "ended"


async def test_an_announcement_goes_to_those_of_one_round(desk: Desk) -> None:
    await desk.until((await desk.round()).opens_at + DAY)
    await desk.applied("fatou")
    asked = await desk.command(BOSS, "announce")
    assert "Those of which round?" in asked
    assert "Who shall read it?" in await desk.press(BOSS, NEXT)
    await desk.press(BOSS, "everybody")
    await desk.says(BOSS, "A word to all.")
    await desk.press(BOSS, "send")
    await desk.until(desk.clock.now() + DAY)
    assert "A word to all." in desk.last("fatou") and "A word to all." not in "".join(desk.heard("emil"))
