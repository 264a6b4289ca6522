from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.world.countries import country_codes
from bot.world.daytime import Moment, daytime_for, is_night, local, local_day, next_daytime, overlap_minutes
from bot.world.zones import zones_of

WINDOWS = ((time(9), time(17)), (time(8), time(20)), (time(7), time(22)))
MONDAY = date(2026, 9, 7)
SATURDAY = datetime(2026, 9, 5, 3, 7, tzinfo=UTC)
ZONES = sorted({zone for code in country_codes() for zone in zones_of(code)})

zones = st.sampled_from(ZONES)
moments = st.integers(0, 8 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
"""Eight years of moments, so that clock changes everywhere are among them."""


def clock(at: datetime, zone: str) -> time:
    return at.astimezone(ZoneInfo(zone)).time()


def within(at: datetime, zone: str, window: tuple[time, time]) -> bool:
    return window[0] <= clock(at, zone) < window[1]


@pytest.mark.parametrize(
    ("people", "window", "expected"),
    [
        (["Europe/Berlin"], 0, ["Mon 10:00"]),
        (["Europe/Berlin", "Africa/Lagos"], 0, ["Mon 10:30", "Mon 09:30"]),
        (["Australia/Sydney", "America/Los_Angeles"], 0, ["Mon 09:00", "Sun 16:00"]),
        (["Pacific/Auckland", "Europe/London"], 1, ["Mon 19:00", "Mon 08:00"]),
        (["Australia/Sydney", "America/New_York", "Europe/London"], 2, ["Mon 21:00", "Mon 07:00", "Mon 12:00"]),
    ],
)
def test_the_best_moment_of_a_monday(people: list[str], window: int, expected: list[str]) -> None:
    found = daytime_for(people, WINDOWS, SATURDAY, day=MONDAY)
    assert found.window == window
    assert [f"{found.at.astimezone(ZoneInfo(zone)):%a %H:%M}" for zone in people] == expected


def test_a_day_that_is_over_gives_way_to_the_next_24_hours() -> None:
    late = datetime(2026, 9, 7, 21, 30, tzinfo=UTC)  # 23:30 in Berlin on that Monday
    found = daytime_for(["Europe/Berlin"], WINDOWS, late, day=MONDAY)
    assert found == Moment(datetime(2026, 9, 8, 8, tzinfo=UTC), 0)


def test_three_around_the_globe_keep_most_out_of_the_night() -> None:
    people = ["Asia/Tokyo", "Europe/Paris", "America/Los_Angeles"]
    narrow = ((time(9), time(17)),)
    found = daytime_for(people, narrow, SATURDAY, day=MONDAY)
    assert found.window is None
    awake = [zone for zone in people if not is_night(zone, found.at, narrow)]
    assert awake == ["Asia/Tokyo", "Europe/Paris"]


def test_the_hour_holds_through_the_clock_change() -> None:
    for day in (date(2026, 10, 19), date(2026, 11, 2)):  # before and after the end of summer time in Berlin
        found = daytime_for(["Europe/Berlin"], WINDOWS, SATURDAY, day=day)
        assert clock(found.at, "Europe/Berlin") == time(10)


def test_the_end_of_a_window_is_night_and_its_start_is_not() -> None:
    assert is_night("UTC", datetime(2026, 9, 7, 22, tzinfo=UTC), WINDOWS)
    assert not is_night("UTC", datetime(2026, 9, 7, 21, 59, 59, tzinfo=UTC), WINDOWS)
    assert not is_night("UTC", datetime(2026, 9, 7, 7, tzinfo=UTC), WINDOWS)


def test_a_window_may_cross_midnight() -> None:
    shift = ((time(20), time(4)),)
    assert not is_night("UTC", datetime(2026, 9, 7, 1, tzinfo=UTC), shift)
    assert is_night("UTC", datetime(2026, 9, 7, 4, tzinfo=UTC), shift)
    assert not is_night("UTC", datetime(2026, 9, 7, 4, tzinfo=UTC), ((time(0), time(0)),))


def test_daytime_now_is_now_and_night_ends_in_the_second_window() -> None:
    now = datetime(2026, 9, 7, 7, 3, 12, tzinfo=UTC)
    assert next_daytime(["UTC"], WINDOWS, now) == now
    night = datetime(2026, 9, 7, 22, 3, tzinfo=UTC)
    assert next_daytime(["UTC"], WINDOWS, night) == datetime(2026, 9, 8, 8, tzinfo=UTC)
    assert next_daytime(["UTC"], WINDOWS[:1], night) == datetime(2026, 9, 8, 9, tzinfo=UTC)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one zone"):
        daytime_for([], WINDOWS, SATURDAY)
    with pytest.raises(ValueError, match="at least one zone"):
        next_daytime(["UTC"], (), SATURDAY)
    with pytest.raises(ValueError, match="aware"):
        daytime_for(["UTC"], WINDOWS, SATURDAY.replace(tzinfo=None))
    with pytest.raises(KeyError):
        daytime_for(["Mars/Base"], WINDOWS, SATURDAY)


def test_moments_are_written_with_day_time_and_place() -> None:
    at = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)
    assert local(at, "Australia/Sydney") == "Monday 7 September 2026, 10:00 (Sydney, UTC+10:00)"
    assert local(at, "UTC") == "Monday 7 September 2026, 00:00 (UTC+00:00)"
    assert local_day(MONDAY) == "Monday 7 September 2026"


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        ("Europe/Berlin", "Europe/London", 420),
        ("Europe/Berlin", "Europe/Berlin", 480),
        ("Australia/Sydney", "America/Los_Angeles", 60),
        ("America/Los_Angeles", "Australia/Sydney", 60),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", 420),
        ("Asia/Kathmandu", "Asia/Kolkata", 465),
        ("Europe/London", "Pacific/Auckland", 0),
    ],
)
def test_working_hours_in_common(a: str, b: str, minutes: int) -> None:
    assert overlap_minutes(a, b, MONDAY) == minutes


@settings(deadline=None)
@given(zones, zones, moments)
def test_two_days_of_fifteen_hours_always_meet(a: str, b: str, not_before: datetime) -> None:
    found = daytime_for([a, b], WINDOWS, not_before)
    assert found.window is not None
    assert not_before <= found.at < not_before + timedelta(days=1, minutes=15)
    assert (found.at.minute % 15, found.at.second, found.at.microsecond) == (0, 0, 0)
    assert all(within(found.at, zone, WINDOWS[found.window]) for zone in (a, b))
    assert found == daytime_for([a, b], WINDOWS, not_before)


@settings(deadline=None)
@given(zones, zones, moments, st.integers(0, 30))
def test_a_wanted_day_is_kept_where_a_whole_one_is_left(a: str, b: str, not_before: datetime, ahead: int) -> None:
    day = (not_before + timedelta(days=2 + ahead)).date()
    found = daytime_for([a, b], WINDOWS, not_before, day=day)
    assert found.window is not None
    assert found.at.astimezone(ZoneInfo(a)).date() == day
    assert all(within(found.at, zone, WINDOWS[found.window]) for zone in (a, b))


@settings(deadline=None)
@given(st.lists(zones, min_size=1, max_size=4), moments)
def test_nobody_alone_or_in_a_pair_is_written_to_in_their_night(people: list[str], not_before: datetime) -> None:
    at = next_daytime(people, WINDOWS, not_before)
    assert not_before <= at < not_before + timedelta(days=1, minutes=15)
    if len(people) <= 2:
        assert not any(is_night(zone, at, WINDOWS) for zone in people)


@settings(deadline=None)
@given(zones, zones, st.dates(date(2024, 1, 1), date(2032, 1, 1)))
def test_an_overlap_is_part_of_a_working_day(a: str, b: str, on: date) -> None:
    assert 0 <= overlap_minutes(a, b, on) <= 480
    assert overlap_minutes(a, a, on) == 480
