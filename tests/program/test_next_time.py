"""Whoever waited in vain hears of the next round first."""

from datetime import UTC, datetime

from storage.rounds import Round
from tests.program.desk import BOSS, DAY, Desk, opened

NOON = datetime(2026, 12, 21, 13, tzinfo=UTC)
PEOPLE = ("alex", "bea", "cem", "dora", "emil")


def invited(desk: Desk) -> dict[str, list[str]]:
    return {user: found for user in PEOPLE if (found := desk.heard(user, key="nexttime:"))}


async def over(desk: Desk) -> None:
    """Everything goes on to the end of the round."""
    await desk.closed()
    await desk.command(BOSS, "match approve")
    await desk.until(datetime(2027, 4, 20, 13, tzinfo=UTC))
    assert (await desk.round()).state == "ended"


async def test_told_kindly_and_once_before_the_channel() -> None:
    async with opened("capacity:4 cap:0.25", now=NOON) as desk:
        for user in ("alex", "bea", "cem"):
            await desk.applied(user, country="PT" if user != "cem" else "")
        await over(desk)
        statuses = await desk.statuses()
        assert statuses == {"alex": "accepted", "bea": "waitlisted", "cem": "accepted"}
        assert any("you hear of the next round before others" in text for text in desk.heard("bea"))
        before = len(desk.heard(desk.hall))
        await desk.command(BOSS, "round open starts:2028-02-01 cap:0")
        await desk.until(desk.clock.now() + DAY)
        (text,) = invited(desk)["bea"]
        assert set(invited(desk)) == {"bea"}, "the others had a place and a partner"
        assert "a part of the places is kept for other countries" in text and "from Saturday 18 December 2027" in text
        assert len(desk.heard(desk.hall)) == before, "the channel hears of it when applications open"
        await desk.until(datetime(2028, 1, 5, tzinfo=UTC))
        assert len(invited(desk)["bea"]) == 1 and len(desk.heard(desk.hall)) > before
        assert await desk.at_night() == []


async def test_whoever_had_no_partner_hears_too_and_can_apply_at_once() -> None:
    async with opened("cap:0 odd:waitlist", now=NOON) as desk:
        for user in ("alex", "bea", "cem"):
            await desk.applied(user)
        await over(desk)
        desk.adapter.platform.move_clock(datetime(2027, 12, 20, 13, tzinfo=UTC))
        await desk.command(BOSS, "round open starts:2028-02-01 cap:0")
        await desk.until(desk.clock.now() + DAY)
        (alone,) = invited(desk)
        assert "we found no partner for you" in invited(desk)[alone][0]
        assert "Question" in await desk.press(alone, "Apply")
        assert len(await desk.rows(Round)) == 2
