"""Dates as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.dates import YEARS, date_label, read_date

TODAY = date(2026, 11, 18)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2027-05-12", ["2027-05-12"]),
        ("2027/5/12", ["2027-05-12"]),
        ("12.5.2027", ["2027-05-12"]),
        ("12.05.27", ["2027-05-12"]),
        ("12.5.", ["2027-05-12"]),
        ("12/5/2027", ["2027-05-12", "2027-12-05"]),
        ("12/25/2027", ["2027-12-25"]),
        ("25-12-2027", ["2027-12-25"]),
        ("5/5/2027", ["2027-05-05"]),
        ("12 May", ["2027-05-12"]),
        ("12 dec", ["2026-12-12"]),
        ("12th of May 2027", ["2027-05-12"]),
        ("May 12, 2027", ["2027-05-12"]),
        ("1 Sept 2027", ["2027-09-01"]),
        ("29 February", ["2028-02-29"]),
        ("18 November", ["2026-11-18"]),
        ("17 November", ["2027-11-17"]),
        ("today", ["2026-11-18"]),
        ("Tomorrow!", ["2026-11-19"]),
        ("the day after tomorrow", ["2026-11-20"]),
        ("Monday", ["2026-11-23"]),
        ("next Monday", ["2026-11-23"]),
        ("on Wednesday", ["2026-11-25"]),
        ("this fri", ["2026-11-20"]),
        ("in two weeks", ["2026-12-02"]),
        ("2 weeks", ["2026-12-02"]),
        ("in 10 days", ["2026-11-28"]),
        ("in a month", ["2026-12-18"]),
        ("next month", ["2026-12-18"]),
        ("next week", ["2026-11-25"]),
        ("in three months", ["2027-02-18"]),
        ("next year", ["2027-11-18"]),
        ("30 February", []),
        ("2027-13-01", []),
        ("12 Smarch", []),
        ("0000-00-00", []),
        ("9999-12-31", []),
        ("in 999999 days", []),
        ("in ² days", ["2026-11-20"]),
        ("12", []),
        ("", []),
        ("next", []),
        ("🎂", []),
        ("x" * 100_000, []),
    ],
)
def test_a_date(text: str, days: list[str]) -> None:
    assert [str(day) for day in read_date(text, TODAY).candidates] == days


def test_the_last_day_of_a_month_moves_to_the_last_of_the_next() -> None:
    assert read_date("in 1 month", date(2027, 1, 31)).candidates == (date(2027, 2, 28),)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_shown_date_reads_back(day: date, today: date) -> None:
    assert read_date(date_label(str(day)), today).candidates == (day,)
    assert read_date(str(day), today).candidates == (day,)


@given(st.text(max_size=70), st.dates())
def test_any_text_is_read_on_any_day(text: str, today: date) -> None:
    assert all(day.year in YEARS for day in read_date(text, today).candidates)
