"""The coordinators' commands for rounds, and the moments of a round."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from storage.rounds import Round
from storage.traffic import Occurrence
from tests.program.desk import BOSS, DAY, opened


async def test_opening_with_the_kits_dates() -> None:
    async with opened(None, now=datetime(2026, 12, 1, 10, tzinfo=UTC)) as desk:
        told = await desk.command(BOSS, "round open")
        assert "Applications: from Friday 18 December 2026 to Monday 18 January 2027" in told
        assert "Rooms open: Monday 1 February 2027" in told and "End: Monday 12 April 2027" in told
        assert "120, at most 25 % of one country" in told and "waits for a partner" in told
        assert desk.heard(desk.hall) == [], "not before the day"
        assert (await desk.round()).state == "planned"
        await desk.until(datetime(2026, 12, 18, tzinfo=UTC))
        assert (await desk.round()).state == "open"
        assert len(desk.heard(desk.hall, kind="invitation")) == 1


async def test_opening_with_everything_given() -> None:
    async with opened(None) as desk:
        line = 'starts:2027-03-01 weeks:4 capacity:50 cap:20% odd:TRIO closes:2027-02-10 name:"Spring *" seed:9'
        told = await desk.command(BOSS, f"round open {line}")
        assert "Spring *" in told and "Wednesday 10 February 2027" in told
        row = await desk.round()
        assert (row.name, row.capacity, row.country_cap, row.odd, row.seed) == ("Spring *", 50, 0.2, "trio", 9)
        assert (row.ends_on - row.starts_on).days == 28
        assert row.closes_at == datetime(2027, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("starts:2026-12-20", "in the past"),
        ("starts:2026-12-21", "in the past"),
        ("starts:2026-11-01", "in the past"),
        ("starts:2027-01-01", "in the past"),
        ("starts:someday", "I do not understand the date “someday”"),
        ("starts:2027-02-30", "I do not understand the date"),
        ("starts:04/05/2027", "I do not understand the date"),
        ("starts:9999-12-31", "I do not understand the date"),
        ("closes:2026-12-01", "in the past"),
        ("closes:2027-02-01", "must close before the round starts"),
        ("starts:2027-09-01 closes:2027-01-10", "before they open"),
        ("weeks:0", "from 1 to 104"),
        ("weeks:105", "from 1 to 104"),
        ("weeks:four", "not “four”"),
        ("weeks:-3", "from 1 to 104"),
        ("weeks:2.5", "from 1 to 104"),
        ("weeks:" + "9" * 5000, "from 1 to 104"),
        ("capacity:²", "from 0 to"),
        ("capacity:10000000", "from 0 to 1000000"),
        ("seed:x", "seed must be a whole number"),
        ("cap:1.5", "share from 0 to 1"),
        ("cap:half", "share from 0 to 1"),
        ("cap:nan", "share from 0 to 1"),
        ("cap:-0.1", "share from 0 to 1"),
        ("odd:alone", "odd can be: trio, waitlist"),
        ('name:"Spring', "quotation mark is missing"),
        ("2027-02-01 10 1 0 trio 2027-01-10 Spring 1 what", "do not know what to do with “what”"),
    ],
)
async def test_what_cannot_be_opened_changes_nothing(given: str, said: str) -> None:
    async with opened(None) as desk:
        assert said in await desk.command(BOSS, f"round open {given}")
        assert await desk.rows(Round) == []


async def test_one_round_at_a_time_takes_applications() -> None:
    async with opened() as desk:
        told = await desk.command(BOSS, "round open starts:2028-02-01")
        assert "pairs of Classrooms in Touch 2027 are not made yet" in told
        await desk.until(datetime(2027, 4, 20, tzinfo=UTC))
        assert (await desk.round()).state == "ended"
        assert "is planned" in await desk.command(BOSS, "round open starts:2028-02-01")
        assert len(await desk.rows(Round)) == 2


async def test_commands_without_a_round() -> None:
    async with opened(None) as desk:
        before = await desk.counts()
        for line in (
            "round",
            "round close",
            "round extend 2027-01-05",
            "applications",
            "report",
            "match preview",
            "match approve",
            "match rerun",
            "match lock 1",
            "match unlock 1",
            "match part 1",
            "match pair a@example.org b@example.org",
        ):
            told = await desk.command(BOSS, line)
            assert "There is no round yet" in told and "/mentoring round open" in told, line
        after = await desk.counts()
        for name in before.keys() - {"inbox_event", "outbox_act"}:
            assert before[name] == after[name], name


async def test_closing_by_hand_and_twice() -> None:
    async with opened() as desk:
        await desk.applied("alex")
        await desk.applied("bea")
        assert "closed now" in await desk.command(BOSS, "round close")
        row = await desk.round()
        assert row.state == "closed" and row.closes_at == desk.clock.now()
        assert "Applications are closed (last day: Sunday 20 December 2026)" in await desk.command(BOSS, "round close")
        await desk.until(desk.clock.now() + DAY)
        assert len(desk.heard(desk.desk, key="closed:")) == 1
        assert len(desk.heard(desk.desk, kind="proposal")) == 1


async def test_closed_applications_are_opened_again() -> None:
    async with opened() as desk:
        await desk.command(BOSS, "round close")
        await desk.until(desk.clock.now() + DAY)
        assert "0 in all" in desk.heard(desk.desk, key="closed:")[0]
        assert "until Sunday 10 January 2027" in await desk.command(BOSS, "round extend 2027-01-10")
        assert (await desk.round()).state == "open"
        assert "open again, until Sunday 10 January 2027" in desk.heard(desk.hall, kind="invitation")[-1]
        await desk.applied("alex")
        await desk.applied("bea")
        await desk.until(datetime(2027, 1, 11, 12, tzinfo=UTC))
        assert (await desk.round()).state == "closed"
        assert "2 in all" in desk.heard(desk.desk, key="closed:")[1]
        assert len(desk.heard(desk.desk, kind="proposal")) == 1
        await desk.command(BOSS, "match approve")
        assert "Applications are closed" in await desk.command(BOSS, "round extend 2027-01-20")


async def test_a_round_without_anybody_starts_without_asking_for_approval() -> None:
    async with opened() as desk:
        await desk.closed()
        await desk.until(datetime(2027, 2, 2, tzinfo=UTC))
        assert "nobody has a place" in desk.last(desk.desk)


async def test_closing_before_the_opening() -> None:
    async with opened("starts:2027-09-01") as desk:
        assert "not open yet" in await desk.command(BOSS, "round close")
        assert (await desk.round()).state == "planned"


async def test_closing_with_nobody_in_it() -> None:
    async with opened() as desk:
        await desk.says("alex", "apply")
        await desk.closed()
        (told,) = desk.heard(desk.desk, key="closed:")
        assert "0 in all" in told and "Nobody has a place" in told
        assert "1 person did not finish" in told
        assert desk.heard(desk.desk, kind="proposal") == []
        assert "no proposal" in await desk.command(BOSS, "match preview")


async def test_extending() -> None:
    async with opened() as desk:
        assert "until Wednesday 20 January 2027" in await desk.command(BOSS, "round extend 20 January")
        assert (await desk.round()).closes_at == datetime(2027, 1, 21, tzinfo=UTC)
        for wrong, said in (
            ("yesterday", "do not understand"),
            ("2026-12-19", "no date from today"),
            ("2027-02-01", "must close before the round starts"),
            ("", "needs date"),
            ("soon", "do not understand"),
        ):
            assert said in await desk.command(BOSS, f"round extend {wrong}"), wrong
        assert (await desk.round()).closes_at == datetime(2027, 1, 21, tzinfo=UTC)
        await desk.until(datetime(2027, 1, 20, 23, 59, tzinfo=UTC))
        assert (await desk.round()).state == "open"
        assert "In which country" in await desk.says("alex", "apply")


async def test_extending_a_round_that_is_to_open_later() -> None:
    async with opened("starts:2027-09-01") as desk:
        assert "before they open" in await desk.command(BOSS, "round extend 2027-01-10")


async def test_each_moment_comes_once_also_after_a_restart() -> None:
    async with opened() as desk:
        await desk.applied("alex")
        await desk.until(datetime(2027, 1, 19, 12, tzinfo=UTC))
        await desk.restart()
        await desk.until(datetime(2027, 2, 2, tzinfo=UTC))
        done = [(row.kind, row.subject) for row in await desk.rows(Occurrence)]
        assert len(done) == len(set(done))
        assert len(desk.heard(desk.hall, kind="invitation")) == 1
        assert len(desk.heard(desk.desk, key="closed:")) == 1


async def test_the_start_without_an_approved_pairing() -> None:
    async with opened() as desk:
        await desk.applied("alex")
        await desk.applied("bea")
        await desk.until(datetime(2027, 2, 1, 12, tzinfo=UTC))
        (told,) = desk.heard(desk.desk, key="start_waits:")
        assert "Monday 1 February 2027" in told and "Approve" in told
        assert (await desk.round()).state == "closed"


async def test_a_moment_that_comes_too_late_is_skipped_and_shown() -> None:
    async with opened() as desk:
        await desk.applied("alex")
        await desk.closed()
        # Nobody was there from Christmas to the end of February: the clock is turned in one go.
        desk.adapter.platform.move_clock(datetime(2027, 2, 26, 12, tzinfo=UTC))
        await desk.settle()
        skipped = {(row.kind, row.subject) for row in await desk.rows(Occurrence) if row.outcome == "skipped"}
        assert ("topic", "2") in skipped and ("start", "") not in skipped
        texts = desk.heard(desk.desk, key="skipped:")
        assert len(texts) == len(skipped)
        assert all("too late to make sense" in text and "2027" in text for text in texts)


async def test_questions_about_applying_are_over_when_the_round_starts() -> None:
    async with opened() as desk:
        await desk.says("alex", "apply")
        await desk.says("alex", "Portugal")
        await desk.says("alex", "Europe/Lisbon")
        await desk.until(datetime(2027, 2, 1, 12, tzinfo=UTC))
        assert "is over" in await desk.press("alex", "primary")
        assert "Hello Alex!" in await desk.says("alex", "hello")


async def test_a_topic_that_is_left_out_is_not_announced() -> None:
    async with opened() as desk:
        await desk.applied("alex")
        await desk.until(datetime(2027, 2, 2, tzinfo=UTC))
        assert "topic 2," in await desk.says("alex", "status")
        await desk.command(BOSS, "topic skip 2")
        told = await desk.says("alex", "status")
        assert "topic 2," not in told and "topic 3," in told


async def test_a_further_coordinator() -> None:
    async with opened() as desk:
        assert "do not know anybody" in await desk.command(BOSS, "coordinator alex@example.org")
        assert "do not know anybody" in await desk.command(BOSS, "coordinator nonsense")
        await desk.says("alex", "hello")
        assert "Only coordinators" in await desk.command("alex", "round")
        assert "Alex is a coordinator now" in await desk.command(BOSS, "coordinator ALEX@example.org")
        assert "coordinator now" in await desk.command(BOSS, "coordinator alex@example.org")
        assert "Applications:" in await desk.command("alex", "round")
        await desk.until(desk.clock.now() + DAY)
        assert len(desk.heard("alex", key="coordinator:")) == 1


async def test_dates_are_written_out() -> None:
    """Whoever reads a date of a round sees its weekday, month and year."""
    async with opened() as desk:
        await desk.applied("alex")
        await desk.applied("bea")
        await desk.closed()
        await desk.command(BOSS, "match approve")
        await desk.until(datetime(2027, 2, 3, tzinfo=UTC))
        assert [text for seen in desk.seen if re.search(r"\d{4}-\d\d-\d\d", text := seen.text)] == []


async def test_a_year_of_waiting_is_no_fault() -> None:
    async with opened("starts:2027-02-01 weeks:104") as desk:
        await desk.until(desk.clock.now() + timedelta(weeks=120))
        assert (await desk.round()).state == "ended"
