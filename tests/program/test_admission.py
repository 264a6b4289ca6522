"""Who gets a place, who waits, who is told what, and when."""

from datetime import UTC, datetime, timedelta

from adapters.local.crowd import Say
from storage.traffic import OutboxAct
from tests.program.desk import BOSS, DAY, Desk, opened

MINUTE = timedelta(minutes=1)


async def crowd(desk: Desk, *users: str, **countries: str) -> None:
    """People apply one after the other, a minute apart."""
    for user in users:
        await desk.until(desk.clock.now() + MINUTE)
        await desk.applied(user, countries.get(user, ""))


async def test_a_capacity_and_an_ordered_waiting_list() -> None:
    async with opened("capacity:2 cap:0") as desk:
        await crowd(desk, "alex", "bea", "cem", "dora")
        assert list((await desk.statuses()).values()) == ["accepted", "accepted", "waitlisted", "waitlisted"]
        assert "All places of" in desk.last("cem") and "you have a place" in desk.last("bea")
        await desk.says("alex", "withdraw")
        await desk.says("alex", "yes")
        assert await desk.statuses() == {
            "alex": "withdrawn",
            "bea": "accepted",
            "cem": "accepted",
            "dora": "waitlisted",
        }
        await desk.until(desk.clock.now() + DAY)
        assert len(desk.heard("cem", kind="welcome")) == 1
        assert len(desk.heard("dora")) == 1, "nothing changed for Dora"


async def test_applying_again_gives_up_the_place() -> None:
    async with opened("capacity:1 cap:0") as desk:
        await crowd(desk, "alex", "bea", "alex")
        assert await desk.statuses() == {"alex": "waitlisted", "bea": "accepted"}
        assert "waiting list" in desk.last("alex")
        assert len(desk.heard("alex", kind="welcome")) == 1, "never told of a place that is not theirs"
        await desk.until(desk.clock.now() + DAY)
        assert len(desk.heard("bea", kind="welcome")) == 1


async def test_who_is_promoted_twice_hears_it_twice() -> None:
    async with opened("capacity:1 cap:0") as desk:
        await crowd(desk, "alex", "bea")
        for leaver in ("alex", "bea", "alex"):
            await desk.says(leaver, "withdraw")
            await desk.says(leaver, "yes")
            await desk.until(desk.clock.now() + DAY)
            await desk.applied(leaver)
        assert await desk.statuses() == {"alex": "waitlisted", "bea": "accepted"}
        assert len(desk.heard("bea", key="place:")) == 2


async def test_a_correction_takes_no_place_from_anybody() -> None:
    async with opened("capacity:1 cap:0") as desk:
        await desk.applies("alex", consent="no")
        await crowd(desk, "bea", "cem")
        await desk.until(desk.clock.now() + MINUTE)
        await desk.says("alex", "change")
        await desk.says("alex", "change code of conduct")
        await desk.says("alex", "yes")
        await desk.says("alex", "submit")
        assert await desk.statuses() == {"alex": "waitlisted", "bea": "accepted", "cem": "waitlisted"}
        await desk.says("bea", "withdraw")
        await desk.says("bea", "yes")
        assert await desk.statuses() == {"alex": "waitlisted", "bea": "withdrawn", "cem": "accepted"}


async def test_becoming_ineligible_frees_the_place() -> None:
    async with opened("capacity:1 cap:0") as desk:
        await desk.applies("alex")
        await crowd(desk, "bea")
        await desk.says("alex", "change")
        await desk.says("alex", "change code of conduct")
        await desk.says("alex", "no")
        assert "code of conduct" in await desk.says("alex", "submit")
        assert await desk.statuses() == {"alex": "ineligible", "bea": "accepted"}


async def test_shares_of_countries_are_decided_at_the_end() -> None:
    async with opened("cap:0.5 capacity:4") as desk:
        await crowd(desk, "alex", "bea", "cem", "dora", alex="PT", bea="PT", cem="PT", dora="JP")
        assert set((await desk.statuses()).values()) == {"received"}
        assert "Places are given" in desk.last("alex")
        await desk.says("alex", "withdraw")
        await desk.says("alex", "yes")
        assert (await desk.statuses())["bea"] == "received", "still open"
        await crowd(desk, "emil", "fatou", emil="PT", fatou="DK")
        await desk.closed()
        assert await desk.statuses() == {
            "alex": "withdrawn",
            "bea": "accepted",
            "cem": "accepted",
            "dora": "accepted",
            "emil": "waitlisted",
            "fatou": "accepted",
        }
        assert "Many people from your country" in desk.last("emil")
        for user in ("bea", "cem", "dora", "fatou"):
            assert len(desk.heard(user, kind="welcome")) == 1
        assert await desk.at_night() == []


async def test_after_the_end_a_free_place_goes_to_the_first_who_may_have_it() -> None:
    async with opened("cap:0.5 capacity:2") as desk:
        await crowd(desk, "alex", "bea", "cem", "dora", alex="PT", bea="PT", cem="JP", dora="DK")
        await desk.closed()
        assert list((await desk.statuses()).values()) == ["accepted", "waitlisted", "accepted", "waitlisted"]
        await desk.says("cem", "withdraw")
        await desk.says("cem", "yes")
        statuses = await desk.statuses()
        assert (statuses["bea"], statuses["dora"]) == ("waitlisted", "accepted"), "one of a country"
        await desk.until(desk.clock.now() + DAY)
        assert len(desk.heard("dora", kind="welcome")) == 1


async def test_a_smaller_line_takes_no_place_back() -> None:
    """Without a capacity the share is one of the applicants: fewer of them must not cost anybody a place."""
    async with opened("cap:0.5 capacity:0") as desk:
        await crowd(desk, "alex", "bea", "cem", "dora", alex="PT", bea="PT", cem="JP", dora="DK")
        await desk.closed()
        assert set((await desk.statuses()).values()) == {"accepted"}
        for user in ("cem", "dora"):
            await desk.says(user, "withdraw")
            await desk.says(user, "yes")
        statuses = await desk.statuses()
        assert (statuses["alex"], statuses["bea"]) == ("accepted", "accepted")


async def test_nobody_is_written_to_at_night() -> None:
    """Bea in Tokyo is promoted while it is three in the morning there, and hears of it by day."""
    async with opened("capacity:1 cap:0") as desk:
        await crowd(desk, "alex", "bea")
        await desk.until(datetime(2026, 12, 21, 18, tzinfo=UTC))
        await desk.says("alex", "withdraw")
        await desk.says("alex", "yes")
        assert (await desk.statuses())["bea"] == "accepted"
        assert len(desk.heard("bea")) == 1
        waiting = [row.due_at for row in await desk.rows(OutboxAct) if row.key.startswith("place:")]
        assert waiting == [datetime(2026, 12, 22, 3, tzinfo=UTC)], "noon in Tokyo, the teachers' first hour"
        await desk.until(waiting[0])
        assert len(desk.heard("bea", kind="welcome")) == 1
        assert await desk.at_night() == []


async def test_what_came_in_time_counts_although_it_is_handled_late() -> None:
    async with opened("cap:0") as desk:
        for user in ("alex", "bea"):
            await desk.says(user, "apply")
            await desk.answers(user, review="back", consent="stop")
            await desk.says(user, "continue")
            await desk.says(user, "yes")
            assert desk.step(user) == "review"
        closes_at = (await desk.round()).closes_at
        for user, at in (("alex", closes_at - timedelta(seconds=1)), ("bea", closes_at)):
            await desk.until(at)
            await desk.adapter.act(Say(user, desk.direct(user), "submit", at))
        # The process was down for an hour: both are handled now, each by its own time.
        desk.adapter.platform.move_clock(closes_at + timedelta(hours=1))
        await desk.settle()
        assert await desk.statuses() == {"alex": "accepted"}
        assert "could not take this one" in desk.last("bea")


async def test_numbers_for_the_desk() -> None:
    async with opened("capacity:1 cap:0") as desk:
        await crowd(desk, "alex", "bea")
        await desk.applied("cem", consent="no")
        told = await desk.command(BOSS, "applications")
        assert "3 applications: 1 with a place, 1 waiting, 0 to be decided, 1 not eligible, 0 withdrawn" in told
        assert "Alex: accepted" in told and "Cem: ineligible" in told
        assert "Applications: 3 (1 with a place" in await desk.command(BOSS, "round")
