"""Whose work, day and night an hour is, on whose clock, through clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.program.meeting.exchange import exchange
from bot.program.meeting.hours import (
    DAY,
    Guest,
    Level,
    by_hour,
    clock_of,
    day_of,
    number,
    on_clock,
    over,
    periods,
    spans,
    table,
    together,
    weekday,
)
from bot.world.countries import country_codes
from bot.world.daytime import is_night
from bot.world.weekends import USUAL, weekend_of
from bot.world.zones import zones_of

WINDOWS = ((time(9), time(17)), (time(8), time(20)), (time(7), time(22)))
WORK = WINDOWS[0]
ZONES = sorted({zone for code in country_codes() for zone in zones_of(code)})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = date(2026, 9, 1), date(2027, 5, 31)

zones = st.sampled_from(ZONES)


@given(zones, st.integers(number(FIRST) * DAY, number(LAST) * DAY))
@settings(max_examples=300)
def test_a_clock_shows_what_the_zone_says(zone: str, at: int) -> None:
    moment = EPOCH + timedelta(minutes=at)
    here = moment.astimezone(ZoneInfo(zone))
    day, minute = clock_of(zone, FIRST, LAST).local(at)
    assert (day_of(day), minute) == (here.date(), here.hour * 60 + here.minute)
    assert weekday(day) == here.weekday()


@given(zones, st.dates(FIRST, LAST), st.integers(0, DAY - 1))
@settings(max_examples=300)
def test_what_a_clock_shows_is_the_moment_that_the_zone_says(zone: str, day: date, minute: int) -> None:
    local = datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(zone))
    moment = local.astimezone(UTC)
    at = EPOCH + timedelta(minutes=clock_of(zone, FIRST, LAST).moment(number(day), minute))
    if moment.astimezone(ZoneInfo(zone)).time() == local.time():
        assert at == moment
    else:
        # Set forward over this time: the clock never shows it.
        assert abs(at - moment) <= timedelta(hours=2)


@given(zones, st.integers(0, 95))
def test_night_is_what_is_night_everywhere_else_in_the_program(zone: str, quarter: int) -> None:
    at = datetime(2026, 11, 9, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    here = at.astimezone(ZoneInfo(zone))
    level = table(WINDOWS, WORK)[(here.hour * 60 + here.minute) // 15]
    assert (level is Level.NIGHT) == is_night(zone, at, WINDOWS)


def test_a_meeting_is_as_bad_as_its_worst_quarter() -> None:
    levels = over(table(WINDOWS, WORK), 60)
    assert [levels[4 * hour] for hour in (16, 17, 19, 20, 21, 22, 6)] == [0, 1, 1, 2, 2, 3, 3]
    assert levels[4 * 16 + 1] is Level.DAY, "its last quarter is after work"
    assert over(table(WINDOWS, WORK), 15) == table(WINDOWS, WORK)


def test_the_hours_of_work_are_the_kits_own() -> None:
    """After school, say, which are other hours than those in which people are best written to."""
    levels = table(((time(12), time(20)), (time(8), time(21))), (time(14), time(21)))
    assert [levels[4 * hour].name for hour in (7, 8, 12, 14, 20, 21)] == [
        "NIGHT",
        "EDGE",
        "DAY",
        "WORK",
        "WORK",
        "NIGHT",
    ]


def test_a_strip_is_on_the_clock_of_whoever_looks() -> None:
    """India is five and a half hours ahead: of an hour that is half work and half not, the worse half counts."""
    strip = by_hour(on_clock(table(WINDOWS, WORK), 330, 0))
    assert "".join(str(level.value) for level in strip) == "332100000001112233333333"
    mine = by_hour(on_clock(table(WINDOWS, WORK), 330, 330))
    assert "".join(str(level.value) for level in mine) == "333333321000000001112233"


def test_common_hours_can_lie_on_both_sides_of_the_night() -> None:
    both = together([table(WINDOWS, WORK), on_clock(table(WINDOWS, WORK), -240, 600)])
    assert spans(both, Level.WORK) == ()
    assert spans(both, Level.EDGE) == ((7 * 60, 12 * 60), (21 * 60, 22 * 60))


def test_common_hours_over_midnight_are_told_as_one() -> None:
    assert spans(on_clock(table(WINDOWS, WORK), 600, 0), Level.WORK) == ((23 * 60, 7 * 60),)
    assert spans((Level.WORK,) * 96, Level.WORK) == ((0, 0),)


def test_the_term_is_cut_at_each_clock_change_of_each() -> None:
    found = periods([Guest("Europe/Berlin"), Guest("America/New_York")], date(2026, 10, 1), date(2027, 4, 1))
    assert [(each.first, each.offsets, each.changed) for each in found] == [
        (date(2026, 10, 1), (120, -240), (False, False)),
        (date(2026, 10, 25), (60, -240), (True, False)),
        (date(2026, 11, 1), (60, -300), (False, True)),
        (date(2027, 3, 14), (60, -240), (False, True)),
        (date(2027, 3, 28), (120, -240), (True, False)),
    ]
    assert [each.last for each in found[:2]] == [date(2026, 10, 24), date(2026, 10, 31)]
    assert len(periods([Guest("Asia/Kolkata"), Guest("Africa/Nairobi")], FIRST, LAST)) == 1


@pytest.mark.parametrize(
    ("country", "days"),
    [("EG", {4, 5}), ("IL", {4, 5}), ("IN", {6}), ("IR", {4}), ("PT", {5, 6}), ("AE", {5, 6}), ("unknown", {5, 6})],
)
def test_a_weekend_is_that_of_the_country(country: str, days: set[int]) -> None:
    assert weekend_of(country) == days


def test_every_country_has_a_weekend() -> None:
    assert {len(weekend_of(code)) for code in country_codes()} <= {1, 2}
    assert weekend_of("") == USUAL


@given(st.lists(zones, min_size=2, max_size=3), st.dates(FIRST, date(2027, 1, 31)))
def test_messages_go_round_in_everybodys_day_through_every_clock_change(names: list[str], first: date) -> None:
    guests = [Guest(name, weekend_of("EG") if n else USUAL) for n, name in enumerate(names)]
    levels = table(WINDOWS, WORK)
    offsets = [period.offsets for period in periods(guests, first, first + timedelta(weeks=17))]
    steps = exchange(guests, levels, offsets, number(first))
    assert [step.giver for step in steps] == list(range(len(guests)))
    days = number(first)
    for step in steps:
        assert step.day >= days and weekday(step.day) not in guests[step.giver].weekend
        assert levels[step.until // 15 - 1] <= Level.DAY
        assert weekday(step.reads_day) not in guests[step.reader].weekend
        for each in offsets:
            arrived = step.day * DAY + step.until - each[step.giver] + each[step.reader]
            read = step.reads_day * DAY + (step.reads if step.reads is not None else DAY - 1)
            assert arrived <= read <= arrived + 4 * DAY + DAY // 2
        if step.reads is not None:
            assert levels[step.reads // 15] <= Level.DAY
        days = step.reads_day + 1
