"""Dates of being away as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Problem
from bot.program.habits import read_days

TODAY = date(2026, 9, 15)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-10-05 2026-10-20", date(2026, 10, 5), date(2026, 10, 20)),
        ("2026-10-05 to 2026-10-20", date(2026, 10, 5), date(2026, 10, 20)),
        ("5 October until 20 October", date(2026, 10, 5), date(2026, 10, 20)),
        ("from 5 October - 20 October", date(2026, 10, 5), date(2026, 10, 20)),
        ("28 December to 4 January", date(2026, 12, 28), date(2027, 1, 4)),
        ("5 October 20 October", date(2026, 10, 5), date(2026, 10, 20)),
        ("tomorrow", date(2026, 9, 16), date(2026, 9, 16)),
        ("today to next Monday", date(2026, 9, 15), date(2026, 9, 21)),
        ("until 12 May", date(2026, 9, 15), date(2027, 5, 12)),
        ("until tomorrow", date(2026, 9, 15), date(2026, 9, 16)),
        ("until in two weeks", date(2026, 9, 15), date(2026, 9, 29)),
        ("for two weeks", date(2026, 9, 15), date(2026, 9, 29)),
        ("for the next 10 days", date(2026, 9, 15), date(2026, 9, 25)),
    ],
)
def test_dates(text: str, first: date, last: date) -> None:
    assert read_days(text, TODAY) == (first, last)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "away.no_date"),
        ("soon", "away.no_date"),
        ("until", "away.no_date"),
        ("for ever", "away.no_date"),
        ("until 2026-09-01", "away.past"),
        ("until 3/4/2027", "away.unclear"),
        ("2026-09-01", "away.past"),
        ("2026-09-01 to 2026-09-20", "away.past"),
        ("2026-10-20 2026-10-05", "away.backwards"),
        ("3/4/2027", "away.unclear"),
        ("2026-10-01 to 2028-10-01", "away.too_long"),
        ("a to b to c", "away.no_date"),
        ("<!channel> @everyone", "away.no_date"),
    ],
)
def test_what_is_no_absence(text: str, key: str) -> None:
    with pytest.raises(Problem) as problem:
        read_days(text, TODAY)
    assert problem.value.key == key


@given(st.integers(0, 300), st.integers(0, 300))
def test_two_iso_dates_in_order_are_always_understood(start: int, length: int) -> None:
    first = TODAY + timedelta(days=start)
    last = first + timedelta(days=length)
    assert read_days(f"{first} {last}", TODAY) == (first, last)


@given(st.text(max_size=40))
def test_anything_else_is_answered_in_words(text: str) -> None:
    try:
        first, last = read_days(text, TODAY)
    except Problem:
        return
    assert TODAY <= first <= last
