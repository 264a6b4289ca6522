"""The forecast while applications are open: numbers from the real pairing, and a weekly note to the desk."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.people import Apart
from storage.rounds import Round
from storage.traffic import Occurrence
from tests.program.desk import BOSS, DAY, Desk, opened
from topics.kit import find_kit, load_kit

FRIDAY = datetime(2027, 7, 2, 10, tzinfo=UTC)
"""In the time in which the librarians' applications are open, whose kit wants a note on Mondays."""
MONDAY = datetime(2027, 7, 5, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def notes(desk: Desk) -> list[str]:
    return desk.heard(desk.desk, "forecast")


async def days(desk: Desk) -> list[tuple[str, str, str]]:
    rows: list[Any] = [row for row in await desk.rows(Occurrence) if row.kind == "forecast"]
    return [(row.subject, row.outcome, row.reason) for row in rows]


async def test_a_forecast_says_who_could_not_be_placed_what_would_not_be_met_and_whom_to_invite() -> None:
    async with opened() as desk:
        for user, level in (("alex", "early"), ("bea", "early"), ("cem", "primary")):
            await desk.applied(user, "PT", level=level, partner_level="upper")
        said = await desk.command(BOSS, "forecast")
    assert "Places: 3 of 120 given" in said
    assert "Country: 3 Portugal" in said
    assert "1 person would have no partner" in said
    assert sum(f"{name}: The number of people is odd" in said for name in ("Alex", "Bea", "Cem")) == 1
    assert "within one country: 1 of 1 partnerships" in said
    assert "2 of 2" in said, "the wishes for upper secondary"
    assert "1 more person from any country but Portugal: 1 more pair across countries" in said
    assert "1 more person who says Upper secondary (15 to 19) for “Level”: 1 more wish met" in said


async def test_where_nothing_is_short_everybody_is_equally_welcome() -> None:
    async with opened() as desk:
        for user in ("alex", "bea", "cem", "dora"):
            await desk.applied(user)
        said = await desk.command(BOSS, "forecast")
    assert "Everybody who is here would have a partner." in said
    assert "Everybody is equally welcome" in said


async def test_places_and_the_share_of_a_country_are_told_as_they_would_be_given() -> None:
    async with opened("capacity:4 cap:0.5") as desk:
        for user in ("alex", "bea", "cem"):
            await desk.applied(user, "PT")
        for user in ("dora", "emil", "fatou"):
            await desk.applied(user)
        said = await desk.command(BOSS, "forecast")
        standing = await desk.statuses()
    assert "Places: 4 of 4 given; 1 would wait, since all places are taken; 1 would wait, since many" in said
    assert "One country: at most 2 people. Portugal: 3 applied." in said
    assert set(standing.values()) == {"received"}, "nothing was decided by asking"


async def test_whoever_must_not_meet_anybody_is_named_to_coordinators_with_the_reason() -> None:
    async with opened() as desk:
        for user in ("alex", "bea"):
            await desk.applied(user)
        alex, bea = await desk.person("alex"), await desk.person("bea")
        async with desk.turn() as turn:
            turn.session.add(
                Apart(program_id=1, person_id=alex.id or 0, other_id=bea.id, other_email="x", why="former")
            )
        said = await desk.command(BOSS, "forecast")
    assert "2 people would have no partner" in said
    assert "Alex: Everybody else is a former partner" in said


async def test_nobody_else_learns_anything_and_nothing_is_changed() -> None:
    async with opened() as desk:
        await desk.applied("alex")
        before = await desk.counts()
        assert "Only coordinators" in await desk.command("alex", "forecast")
        await desk.command(BOSS, "forecast")
        after = await desk.counts()
        for ledger in ("inbox_event", "outbox_act"):
            del before[ledger], after[ledger]
        assert after == before


async def test_without_a_round_before_it_opens_and_after_it_closed_there_is_no_forecast() -> None:
    async with opened(None) as desk:
        assert "There is no round yet" in await desk.command(BOSS, "forecast")
        await desk.command(BOSS, "round open starts:2027-03-01")
        assert "Applications are not open yet" in await desk.command(BOSS, "forecast")
    async with opened() as desk:
        assert "Nobody has applied" in await desk.command(BOSS, "forecast")
        await desk.applied("alex")
        await desk.closed()
        assert "there is nothing to forecast" in await desk.command(BOSS, "forecast")


async def test_one_person_alone_is_told_as_such() -> None:
    async with opened() as desk:
        await desk.applied("alex")
        said = await desk.command(BOSS, "forecast")
    assert "Alex: There is nobody else to pair with yet." in said


async def test_the_note_comes_on_its_weekday_by_day_without_names_and_only_when_something_changed() -> None:
    async with opened("", kit="librarians", now=FRIDAY) as desk:
        await desk.applied("alex")
        await desk.until(MONDAY)
        (first,) = notes(desk)
        assert "Applications: 1" in first
        assert "Alex" not in first
        seen = next(seen for seen in desk.seen if seen.kind == "forecast")
        assert (seen.at.weekday(), 9 <= seen.at.hour + 2 < 17) == (0, True), "Bo lives in Berlin"
        await desk.until(MONDAY + WEEK)
        assert len(notes(desk)) == 1
        await desk.applied("bea")
        await desk.until(MONDAY + 2 * WEEK)
        assert len(notes(desk)) == 2
        assert await days(desk) == [
            ("2027-07-05", "done", ""),
            ("2027-07-12", "skipped", "nothing has changed"),
            ("2027-07-19", "done", ""),
        ]


async def test_there_is_no_note_in_the_last_two_days_nor_after_the_close() -> None:
    async with opened("closes:2027-07-06", kit="librarians", now=FRIDAY) as desk:
        await desk.applied("alex")
        await desk.until(MONDAY + 2 * WEEK)
        assert await days(desk) == []
        assert notes(desk) == []


async def test_a_kit_without_a_weekday_gets_no_note() -> None:
    assert load_kit(find_kit("teachers")).plan.forecast_weekday is None
    async with opened() as desk:
        await desk.applied("alex")
        await desk.until(desk.clock.now() + 2 * WEEK)
        assert await days(desk) == []


async def test_a_note_that_is_too_late_is_skipped_and_shown_and_the_next_one_comes() -> None:
    async with opened("", kit="librarians", now=FRIDAY) as desk:
        await desk.applied("alex")
        # The bot is away over two Mondays.
        desk.adapter.platform.move_clock(MONDAY + WEEK + 3 * DAY)
        await desk.restart()
        await desk.until(desk.clock.now() + DAY)
        assert await days(desk) == [("2027-07-12", "skipped", "too late")]
        assert any("forecast" in text for text in desk.heard(desk.desk, "notice"))
        await desk.until(MONDAY + 2 * WEEK)
        assert len(notes(desk)) == 1


async def test_a_note_comes_once_however_often_the_bot_starts() -> None:
    async with opened("", kit="librarians", now=FRIDAY) as desk:
        await desk.applied("alex")
        await desk.until(MONDAY)
        await desk.restart()
        await desk.until(MONDAY + DAY)
        assert len(notes(desk)) == 1


async def test_a_round_of_another_kit_or_that_is_over_is_left_alone() -> None:
    async with opened("", kit="librarians", now=FRIDAY) as desk:
        async with desk.turn() as turn:
            (await turn.get(Round, 1)).state = "ended"
        await desk.until(MONDAY + WEEK)
        assert await days(desk) == []
