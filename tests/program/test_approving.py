"""Approving a proposal: partnerships once, at the right time, and who waits."""

from datetime import UTC, datetime

from storage.partnerships import Member
from storage.rounds import Application, Proposal
from tests.program.desk import BOSS, DAY, opened
from tests.program.proposal import number_of, proposed, rooms


async def test_approving_by_button_makes_rooms_at_the_start() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora", "emil", "fatou")
        await desk.press(BOSS, "Approve", desk.desk)
        approved, proposal = desk.heard(desk.desk)[-2:]
        assert "Bo Boss approved proposal 1: 3 partnerships" in approved
        assert "from Monday 1 February 2027 on" in approved
        assert "Approved by Bo Boss on" in proposal and not desk.shown(desk.desk)[-2].questions, "its buttons are gone"
        assert (await desk.round()).state == "paired" and len(await rooms(desk)) == 3
        assert [row.state for row in await rooms(desk)] == ["opening"] * 3
        await desk.until(datetime(2027, 1, 31, 12, tzinfo=UTC))
        assert {row.room for row in await rooms(desk)} == {""}, "not before the day"
        await desk.until(datetime(2027, 2, 2, tzinfo=UTC))
        assert [row.state for row in await rooms(desk)] == ["arriving"] * 3
        assert all(row.room for row in await rooms(desk))
        assert (await desk.round()).state == "running"
        assert "Your partner" in await desk.says("alex", "status")
        assert await desk.at_night() == []


async def test_approving_twice_makes_everything_once() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        assert "is approved" in await desk.command(BOSS, "match approve")
        for line in (
            "match approve",
            "match rerun",
            "match preview",
            "match lock 1",
            "match part 1",
            "match pair alex@example.org bea@example.org",
        ):
            assert "approved already" in await desk.command(BOSS, line), line
        for what in ("Approve", "Pair again"):
            await desk.press(BOSS, what, desk.desk)
            assert "approved already" in desk.last(BOSS)
        assert len(await rooms(desk)) == 2 and len(await desk.rows(Member)) == 4


async def test_a_stale_proposal() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        old = desk.shown(desk.desk)[-1]
        await desk.press(BOSS, "Pair again", desk.desk)
        assert "paired again" in desk.last(desk.desk), "and its message says so"
        await desk.forge(BOSS, old.questions[0].token, "approve")
        assert "There is a newer proposal" in desk.last(BOSS) and await rooms(desk) == []
        await desk.press(BOSS, "Approve", desk.desk)
        assert len(await rooms(desk)) == 2


async def test_whoever_withdrew_since() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        await desk.command(BOSS, f"match lock {await number_of(desk, 'alex')}")
        await desk.says("alex", "withdraw")
        await desk.says("alex", "yes")
        before = await desk.rows(Proposal)
        assert "withdrawn since" in await desk.command(BOSS, "match approve")
        await desk.press(BOSS, "Approve", desk.desk)
        assert "Pair again" in desk.last(BOSS)
        assert await rooms(desk) == [] and await desk.rows(Proposal) == before
        assert "on the desk" in await desk.command(BOSS, "match rerun"), "the lock of somebody who is gone binds nobody"
        await desk.command(BOSS, "match approve")
        assert len(await rooms(desk)) == 1


async def test_approving_after_the_start_opens_rooms_at_once() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "emil")
        await desk.until(datetime(2027, 2, 3, 14, tzinfo=UTC))
        told = await desk.command(BOSS, "match approve")
        assert "rooms open now" in told and "rooms open now" in desk.last(desk.desk)
        (row,) = await rooms(desk)
        assert (await desk.round()).state == "running" and row.state == "arriving"
        assert row.announced_at == desk.clock.now()


async def test_approving_a_round_that_is_over() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "emil")
        await desk.until(datetime(2027, 4, 20, 14, tzinfo=UTC))
        assert "is over" in await desk.command(BOSS, "match approve")
        await desk.press(BOSS, "Approve", desk.desk)
        assert "is over" in desk.last(BOSS) and await rooms(desk) == []


async def test_who_waits_is_told_and_gets_the_next_partner() -> None:
    async with opened("cap:0 odd:waitlist") as desk:
        await proposed(desk, "alex", "emil", "dora")
        await desk.command(BOSS, "match approve")
        await desk.until(desk.clock.now() + DAY)
        (alone,) = [row for row in await desk.rows(Application) if row.seeking]
        users = {(await desk.person(user)).id: user for user in ("alex", "emil", "dora")}
        waits = users[alone.person_id]
        assert len(desk.heard(waits, key="unplaced:")) == 1
        assert "looking for a partner" in await desk.says(waits, "status")
        await desk.until(datetime(2027, 2, 2, 13, tzinfo=UTC))
        leaver, left = sorted(set(users.values()) - {waits})
        await desk.command(leaver, "leave")
        await desk.says(leaver, "yes")
        await desk.until(desk.clock.now() + 2 * DAY)
        made = await rooms(desk)
        assert [row.state for row in made] == ["ended", "arriving"]
        together = {users[m.person_id] for m in await desk.rows(Member) if m.partnership_id == made[-1].id}
        assert together == {waits, left}
        assert not any(row.seeking for row in await desk.rows(Application))
        assert await desk.at_night() == []


async def test_a_partner_does_not_apply_or_withdraw() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "emil")
        await desk.says("alex", "withdraw")
        await desk.command(BOSS, "match approve")
        assert "mentoring leave" in await desk.says("alex", "yes"), "asked before the approval, answered after it"
        assert (await desk.statuses())["alex"] == "accepted"
        assert "have a partner in this round already" in await desk.press("alex", "Apply", desk.hall)
        assert "have a partner" in await desk.says("alex", "withdraw")
        await desk.says("alex", "change")
        await desk.says("alex", "change code of conduct")
        await desk.says("alex", "no")
        await desk.says("alex", "submit")
        assert (await desk.statuses())["alex"] == "accepted", "a partnership does not end by a changed answer"


async def test_one_person_alone() -> None:
    async with opened() as desk:
        await proposed(desk, "alex")
        assert "0 people in 0 partnerships" in desk.last(desk.desk)
        await desk.command(BOSS, "match approve")
        await desk.until(desk.clock.now() + DAY)
        assert "could not find a partner" in desk.last("alex") and await rooms(desk) == []
