"""Small groups are not shown, and cannot be had by subtracting what is shown from the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.disclosure import LEAST, hidden, merged, shown

GROUPS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=12)


def test_five_people_are_enough_and_four_are_not() -> None:
    assert [shown(count) for count in (0, 1, 4, 5, 6)] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("counts", "away"),
    [
        ({}, ""),
        ({"a": 5, "b": 9}, ""),
        ({"a": 5, "b": 0}, ""),
        ({"a": 4, "b": 6, "c": 9}, "ab"),  # the whole less b and c would be a
        ({"a": 2, "b": 2, "c": 9}, "abc"),  # the whole less c would be four people
        ({"a": 2, "b": 3, "c": 9}, "ab"),
        ({"a": 1, "b": 0, "c": 7}, "ac"),  # an empty group hides nobody
        ({"a": 3}, "a"),
    ],
)
def test_what_is_hidden(counts: dict[str, int], away: str) -> None:
    assert hidden(counts) == frozenset(away)


def test_the_rest_is_one_group_or_none() -> None:
    assert merged({"a": 2, "b": 3, "c": 9}, "other") == {"c": 9, "other": 5}
    assert merged({"a": 2, "b": 7, "other": 9}, "other") == {"other": 18}
    assert merged({"a": 3}, "other") == {}
    assert merged({"a": 5, "b": 0}, "other") == {"a": 5}


@given(GROUPS)
def test_nobody_is_singled_out_by_subtraction(counts: dict[str, int]) -> None:
    away = hidden(counts)
    whole = sum(counts.values())
    seen = {group: count for group, count in counts.items() if group not in away and count}
    assert all(count >= LEAST for count in seen.values())
    left = whole - sum(seen.values())
    if seen and left:
        assert left >= LEAST and len(away) > 1
    if not any(0 < count < LEAST for count in counts.values()):
        assert not away, "nothing is hidden where nothing is small"


@given(GROUPS)
def test_merging_keeps_the_whole_or_shows_nothing(counts: dict[str, int]) -> None:
    told = merged(counts, "(others)")
    assert all(count >= LEAST for count in told.values())
    assert sum(told.values()) == sum(counts.values()) or not told
