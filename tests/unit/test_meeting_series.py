"""Suggestions for meetings, and their calendar file: through every clock change, in nobody's night."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.program.meeting.calendarfile import Entry, calendar_file, uid_of
from bot.program.meeting.hours import Guest, table
from bot.program.meeting.kept import chosen, dropped, from_option, option_of, sequence_in, series_in
from bot.program.meeting.series import APART, Finder, Series, Taste, Term
from bot.world.countries import country_codes
from bot.world.daytime import is_night
from bot.world.zones import zones_of

WINDOWS = ((time(9), time(17)), (time(8), time(20)), (time(7), time(22)))
WORK = WINDOWS[0]
ZONES = sorted({zone for code in country_codes() for zone in zones_of(code)})
AUTUMN = Term(datetime(2026, 9, 2, 10, tzinfo=UTC), date(2026, 12, 29), 60, 2)
SPRING = Term(datetime(2027, 2, 2, 10, tzinfo=UTC), date(2027, 5, 31), 60, 1)
MADE = datetime(2027, 2, 1, 9, tzinfo=UTC)

zones = st.sampled_from(ZONES)


def suggest(*guests: str | Guest, term: Term = AUTUMN, taste: Taste | None = None) -> tuple[Series, ...]:
    people = tuple(guest if isinstance(guest, Guest) else Guest(guest) for guest in guests)
    return Finder(people, table(WINDOWS, WORK), term, taste or Taste()).suggestions()


def shown(text: str) -> datetime:
    """What a clock shows: a moment only together with its zone."""
    return datetime.fromisoformat(text)


def times(series: Series, zone: str) -> list[str]:
    """The times on a clock, without repetitions."""
    return list(dict.fromkeys(f"{at.astimezone(ZoneInfo(zone)):%H:%M}" for at in series.starts()))


def sleeps(series: Series, zone: str) -> bool:
    """Whether some of a meeting is in somebody's night."""
    last = timedelta(minutes=series.minutes - 15)
    return any(is_night(zone, at + step, WINDOWS) for at in series.starts() for step in (timedelta(), last))


@given(st.lists(zones, min_size=2, max_size=3), st.sampled_from([AUTUMN, SPRING]))
@settings(max_examples=25, deadline=None)
def test_no_suggestion_falls_into_anybodys_night(names: list[str], term: Term) -> None:
    for series in suggest(*names, term=term):
        starts = series.starts()
        assert starts[0] >= term.not_before
        assert starts[0] < term.not_before + timedelta(days=7), "the first is within a week"
        assert starts[-1].astimezone(ZoneInfo(series.zone)).date() <= term.last
        assert not any(sleeps(series, name) for name in names)
        local = [at.astimezone(ZoneInfo(series.zone)) for at in starts]
        assert {(at.weekday(), at.time()) for at in local} == {(local[0].weekday(), local[0].time())}
        assert {(b.date() - a.date()).days for a, b in pairwise(local)} <= {7 * term.weeks}


@given(st.lists(zones, min_size=2, max_size=2))
@settings(max_examples=15, deadline=None)
def test_suggestions_differ_and_can_be_chosen(names: list[str]) -> None:
    finder = Finder(tuple(map(Guest, names)), table(WINDOWS, WORK), AUTUMN)
    found = finder.suggestions()
    assert len(found) == 3, "two days of fifteen hours always meet"
    days = [series.starts()[0].astimezone(ZoneInfo(names[0])).weekday() for series in found]
    assert len(set(days)) == 3
    for series in found:
        option = from_option(option_of(series))
        assert option is not None and finder.judged(*option) == series
        assert len(option_of(series)) <= 75


def test_near_partners_meet_at_work_and_far_ones_in_the_evening_of_nobody() -> None:
    near = suggest("Europe/Lisbon", "Africa/Nairobi")
    for series in near:
        for zone in ("Europe/Lisbon", "Africa/Nairobi"):
            assert all(9 <= at.astimezone(ZoneInfo(zone)).hour < 17 for at in series.starts())
    times_of_day = [series.first.hour * 60 + series.first.minute for series in near]
    assert all(abs(a - b) >= APART for n, a in enumerate(times_of_day) for b in times_of_day[:n])
    far = suggest("Australia/Sydney", "America/New_York")[0]
    assert times(far, "Australia/Sydney") == ["09:00"]
    assert times(far, "America/New_York") == ["19:00", "18:00", "17:00"]
    for zone in ("Australia/Sydney", "America/New_York"):
        assert all(8 <= at.astimezone(ZoneInfo(zone)).hour < 20 for at in far.starts())


def test_a_series_goes_by_the_clock_that_keeps_it_best() -> None:
    """Days of eleven hours that hardly meet, in winter even less: not every clock keeps a series within both."""
    windows = ((time(9), time(20)),)
    guests = (Guest("Europe/Berlin"), Guest("Australia/Sydney"))
    (series, *_) = Finder(guests, table(windows, WORK), AUTUMN).suggestions()
    for guest in guests:
        assert all(9 <= at.astimezone(ZoneInfo(guest.zone)).hour < 20 for at in series.starts())
    worse = [zone for zone in ("Europe/Berlin", "Australia/Sydney", "UTC") if zone != series.zone]
    here = series.starts()[0]
    tried = [Finder(guests, table(windows, WORK), AUTUMN).judged(zone, _there(here, zone)) for zone in worse]
    assert None in tried


def _there(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def test_where_days_do_not_meet_nothing_is_suggested() -> None:
    finder = Finder((Guest("Europe/Berlin"), Guest("Asia/Tokyo")), table(((time(8), time(16)),), WORK), AUTUMN)
    assert finder.suggestions() == (), "eight hours here begin when eight hours there end"


def test_weekends_of_both_are_kept_free() -> None:
    """Friday and Saturday here, Saturday and Sunday there: Monday to Thursday are left."""
    guests = (Guest("Africa/Cairo", frozenset({4, 5})), Guest("Europe/Paris", frozenset({5, 6})))
    for weekdays in (tuple(range(7)), (4, 5, 6, 0, 1, 2, 3)):
        found = suggest(*guests, taste=Taste(weekdays))
        days = {at.astimezone(ZoneInfo(g.zone)).weekday() for s in found for g in guests for at in s.starts()}
        assert days <= {0, 1, 2, 3}


def test_the_wished_weekday_comes_first() -> None:
    found = suggest("Europe/Paris", "Europe/Rome", taste=Taste((3, 1, 2, 0, 4, 5, 6)))
    assert [series.first.strftime("%a") for series in found] == ["Thu", "Tue", "Wed"]


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Paris", shown("2026-09-09T03:00")),
        ("Europe/Paris", shown("2026-09-09T10:07")),
        ("Europe/Paris", shown("2026-09-01T10:00")),
        ("Europe/Paris", shown("2027-09-01T10:00")),
        ("Asia/Tokyo", shown("2026-09-09T18:00")),
        ("Nowhere/Land", shown("2026-09-09T18:00")),
    ],
    ids=["night", "odd minute", "past", "after the end", "a clock of nobody", "no clock"],
)
def test_what_nobody_suggested_cannot_be_chosen(zone: str, first: datetime) -> None:
    finder = Finder((Guest("Europe/Paris"), Guest("Africa/Nairobi")), table(WINDOWS, WORK), AUTUMN)
    assert finder.judged(zone, first) is None
    assert finder.judged("Europe/Paris", shown("2026-09-09T10:00")) is not None


@pytest.mark.parametrize("value", ["", "another", "Europe/Paris", "Europe/Paris tomorrow", "2026-09-09T10:00"])
def test_other_values_are_no_times(value: str) -> None:
    assert from_option(value) is None


def test_what_is_kept_comes_back_and_its_number_grows() -> None:
    series = Series("Europe/Paris", shown("2027-02-03T16:00"), 2, 8, 60)
    first = chosen({}, series, 7, MADE)
    assert series_in(first) == series and sequence_in(first) == 0
    none = dropped(first)
    assert series_in(none) is None and set(none) == {"sequence"}
    again = chosen(none, series, 8, MADE)
    assert (sequence_in(none), sequence_in(again)) == (1, 2)
    assert dropped({}) == {} and series_in({}) is None


# The calendar file


def read_back(text: str) -> tuple[dict[str, str], list[datetime]]:
    """The properties of the event, and when each meeting is by the file itself: its rule, and its own clock changes."""
    # The library declares less than it gives.
    calendar: Any = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    start = event.decoded("dtstart")
    rule = event["rrule"].to_ical().decode()
    local: Sequence[datetime] = list(rrulestr(rule, dtstart=start.replace(tzinfo=None)))
    for zone in calendar.walk("VTIMEZONE"):
        own = zone.to_tz(lookup_tzid=False)
        return dict(event.items()), [at.replace(tzinfo=own).astimezone(UTC) for at in local]
    return dict(event.items()), [at.replace(tzinfo=UTC) for at in local]


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Lisbon", shown("2027-02-03T16:00")),
        ("America/New_York", shown("2027-02-04T09:30")),
        ("Australia/Sydney", shown("2027-02-03T08:00")),
        ("Africa/Casablanca", shown("2027-02-01T12:00")),
        ("Asia/Kolkata", shown("2027-02-02T18:00")),
        ("UTC", shown("2027-02-03T16:00")),
    ],
)
def test_a_calendar_shows_each_meeting_at_the_promised_time(zone: str, first: datetime) -> None:
    """Before, between and after the clock changes, as the file's own rule and zone have it."""
    series = Series(zone, first, 1, 40, 60)
    text = calendar_file(series, Entry("some-uid", 3, MADE, "Mentoring meeting", "A note; with, signs"))
    event, found = read_back(text)
    assert found == list(series.starts())
    local = {at.astimezone(ZoneInfo(zone)).time() for at in found}
    assert local == {first.time()}
    if zone not in ("UTC", "Asia/Kolkata"):
        assert len({at.time() for at in found}) == 2, "the change is in the file"
    assert int(str(event["SEQUENCE"])) == 3 and str(event["SUMMARY"]) == "Mentoring meeting"
    assert str(event["DESCRIPTION"]) == "A note; with, signs"


def test_a_cancelled_file_names_the_same_meetings() -> None:
    series = Series("Europe/Lisbon", shown("2027-02-03T16:00"), 2, 8, 60)
    made = [Entry(uid_of(12, MADE), n, MADE, "Mentoring meeting", "", cancelled=bool(n)) for n in (0, 1)]
    (first, _), (second, _) = (read_back(calendar_file(series, entry)) for entry in made)
    assert first["UID"] == second["UID"]
    assert (str(first["STATUS"]), str(second["STATUS"])) == ("CONFIRMED", "CANCELLED")
    methods = [Calendar.from_ical(calendar_file(series, entry))["METHOD"] for entry in made]
    assert methods == ["PUBLISH", "CANCEL"]


def test_a_name_in_calendars_is_like_no_other() -> None:
    assert uid_of(12, MADE) == uid_of(12, MADE.astimezone(ZoneInfo("Asia/Tokyo")))
    assert len({uid_of(12, MADE), uid_of(13, MADE), uid_of(12, MADE + timedelta(seconds=1))}) == 3
