"""When things happen in a round: pure, for every length and every date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import kit_of
from bot.program.timetable import (
    ANYWHERE_FIRST,
    day_anywhere,
    day_start,
    first_monday,
    first_start,
    first_weekday,
    moments,
    round_dates,
    topic_days,
)
from topics.model import Kit

DAY = timedelta(days=1)
STARTS = date(2026, 9, 1)


@cache
def kit(name: str = "librarians") -> Kit:
    return kit_of(name)[name]


def days(weeks: int, name: str = "librarians", starts: date = STARTS) -> list[tuple[int, date]]:
    return list(topic_days(kit(name), starts, starts + timedelta(weeks=weeks)))


def test_seventeen_weeks_hold_ten_topics() -> None:
    plan = days(17)
    assert [number for number, _ in plan] == list(range(1, 11))
    assert [str(day) for _, day in plan] == [
        "2026-09-01",
        "2026-09-07",
        "2026-09-21",
        "2026-10-05",
        "2026-10-19",
        "2026-11-02",
        "2026-11-16",
        "2026-11-30",
        "2026-12-14",
        "2026-12-21",
    ]


def test_four_weeks_hold_a_few_and_the_reflection() -> None:
    assert days(4) == [(1, STARTS), (2, date(2026, 9, 7)), (10, date(2026, 9, 21))]


def test_one_week_holds_the_first_and_the_reflection() -> None:
    assert days(1) == [(1, STARTS), (10, date(2026, 9, 2))]


def test_the_second_kit_has_thursdays() -> None:
    plan = days(10, "teachers", date(2027, 2, 1))
    assert [number for number, _ in plan] == [1, 2, 3, 4]
    assert {day.weekday() for _, day in plan[1:]} == {3}


def test_a_kit_with_one_topic_or_none() -> None:
    one = replace(kit(), topics=kit().topics[:1])
    assert topic_days(one, STARTS, STARTS + 30 * DAY) == ((1, STARTS),)
    none = replace(kit(), topics=())
    assert topic_days(none, STARTS, STARTS + 30 * DAY) == ()
    dates = round_dates(none.plan, STARTS, 4)
    assert not any(moment.kind == "topic" for moment in moments(none, dates))


def test_the_dates_of_a_round() -> None:
    dates = round_dates(kit().plan, STARTS, 17)
    assert dates.opens_at == datetime(2026, 7, 1, tzinfo=UTC)
    assert dates.closes_at == datetime(2026, 8, 2, tzinfo=UTC), "1 August is the last whole day"
    assert dates.ends_on == date(2026, 12, 29)


@pytest.mark.parametrize(
    ("starts", "after", "expected"),
    [
        ("09-01", date(2026, 8, 31), date(2026, 9, 1)),
        ("09-01", date(2026, 9, 1), date(2027, 9, 1)),
        ("02-01", date(2026, 12, 31), date(2027, 2, 1)),
        ("02-29", date(2026, 12, 31), date(2028, 2, 29)),
        ("02-29", date(2028, 2, 29), date(2032, 2, 29)),
    ],
)
def test_the_next_start(starts: str, after: date, expected: date) -> None:
    assert first_start(replace(kit().plan, starts=starts), after) == expected


def test_days_begin_where_the_day_begins_first() -> None:
    kiritimati = ZoneInfo("Pacific/Kiritimati")
    assert day_anywhere(STARTS) == datetime(2026, 9, 1, tzinfo=kiritimati)
    assert day_start(STARTS) - day_anywhere(STARTS) == ANYWHERE_FIRST


def test_topics_come_on_their_day_through_the_change_of_clocks() -> None:
    """Berlin changes its clocks on 25 October, New York on 1 November: the local day of every topic stays a Monday."""
    due = [m for m in moments(kit(), round_dates(kit().plan, STARTS, 17)) if m.kind == "topic"]
    for moment in due:
        for zone in ("Pacific/Kiritimati", "Europe/Berlin", "America/New_York"):
            local = moment.at.astimezone(ZoneInfo(zone)).date()
            monday = first_weekday(local, 0)
            assert monday - local <= DAY, "known everywhere before that Monday is over, and not after it has begun"


def test_the_moments_of_a_round_in_order() -> None:
    kinds = [moment.kind for moment in moments(kit(), round_dates(kit().plan, STARTS, 17))]
    assert kinds[:4] == ["announce", "closing_soon", "close", "start"]
    assert kinds[-1] == "end"
    assert kinds.count("topic") == 9, "the first comes with the introduction"
    assert kinds.index("middle") < kinds.index("middle_reminder") < kinds.index("closing")


def test_the_first_monday() -> None:
    assert first_monday(date(2026, 9, 1)) == date(2026, 9, 7)
    assert first_monday(date(2026, 9, 7)) == date(2026, 9, 7)


@given(st.integers(1, 104), st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.sampled_from(["librarians", "teachers"]))
def test_any_length(weeks: int, starts: date, name: str) -> None:
    chosen = kit(name)
    ends = starts + timedelta(weeks=weeks)
    plan = topic_days(chosen, starts, ends)
    numbers = [number for number, _ in plan]
    dates = [day for _, day in plan]
    assert numbers[0] == chosen.topics[0].number and dates[0] == starts
    assert numbers[-1] == chosen.topics[-1].number, "the reflection is always the last"
    assert numbers == sorted(set(numbers))
    assert all(early < late for early, late in pairwise(dates))
    assert dates[-1] < ends
    if weeks > 2:
        assert {day.weekday() for day in dates[1:]} == {chosen.rhythm.weekday}
    spaces = [late - early for early, late in pairwise(dates[1:-1])]
    assert set(spaces) <= {timedelta(days=chosen.rhythm.every_days)}

    round_ = round_dates(chosen.plan, starts, weeks)
    due = moments(chosen, round_)
    assert [moment.at for moment in due] == sorted(moment.at for moment in due)
    assert len({(moment.kind, moment.subject) for moment in due}) == len(due)
    assert due[-1].kind == "end"
    assert all(moment.at >= round_.opens_at for moment in due)
    assert {moment.kind for moment in due} >= {"announce", "close", "start", "end"}
