"""Behaviour from timestamps: counted here in another way, for any times in any order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.behaviour import (
    WEEK,
    from_json,
    helped,
    hours_between,
    kept_of,
    reply_hours,
    to_json,
    weekly,
    weeks_between,
)

BEGAN = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = st.integers(-30, 3_000)
TIMES = st.lists(HOURS.map(lambda hours: BEGAN + hours * HOUR), max_size=40)
WRITINGS = st.lists(st.tuples(HOURS.map(lambda hours: BEGAN + hours * HOUR), st.integers(1, 3)), max_size=40)


def at(hours: float) -> datetime:
    return BEGAN + hours * HOUR


def test_a_week_begun_counts_and_there_is_always_one() -> None:
    assert [weeks_between(BEGAN, BEGAN + days * timedelta(days=1)) for days in (0, 1, 7, 8, 14, 119)] == [
        1, 1, 1, 2, 2, 17,
    ]  # fmt: skip


def test_messages_before_and_after_are_not_lost() -> None:
    assert weekly([at(-5), at(0), at(167), at(168), at(900)], BEGAN, 3) == (3, 1, 1)
    assert weekly([], BEGAN, 2) == (0, 0)


@given(TIMES, st.integers(1, 20))
def test_every_message_is_in_one_week(times: list[datetime], weeks: int) -> None:
    counts = weekly(times, BEGAN, weeks)
    assert len(counts) == weeks and sum(counts) == len(times)
    inside = [each for each in times if BEGAN <= each < BEGAN + weeks * WEEK]
    for number in range(1, weeks - 1):
        begin = BEGAN + number * WEEK
        assert counts[number] == sum(begin <= each < begin + WEEK for each in inside)


def test_an_answer_is_counted_from_the_first_message_that_waited() -> None:
    talk = [(at(0), 1), (at(1), 1), (at(5), 2), (at(6), 2), (at(10), 1), (at(30), 2)]
    assert reply_hours(talk, 2) == (5.0, 20.0)
    assert reply_hours(talk, 1) == (5.0,)
    assert reply_hours(talk, 3) == () and reply_hours([], 1) == ()


def test_of_three_any_of_the_others_waits() -> None:
    talk = [(at(0), 1), (at(2), 2), (at(4), 3), (at(7), 1)]
    assert [reply_hours(talk, who) for who in (1, 2, 3)] == [(5.0,), (2.0,), (4.0,)]


@given(WRITINGS)
def test_nobody_answers_before_they_were_written_to(talk: list[tuple[datetime, int]]) -> None:
    for who in (1, 2, 3):
        waits = reply_hours(talk, who)
        mine = [each for each, author in talk if author == who]
        others = [each for each, author in talk if author != who]
        assert all(wait > 0 for wait in waits)
        assert len(waits) <= min(len(mine), len(others))
        if mine and others:
            assert sum(waits) <= (max(mine) - min(others)) / HOUR or not waits
        assert waits == reply_hours(list(reversed(talk)), who), "the order of rows does not matter"


@given(WRITINGS)
def test_every_wait_ends_with_a_message_of_theirs(talk: list[tuple[datetime, int]]) -> None:
    """Each of their messages is an answer just when another wrote since their last one, counted by hand."""
    mine = sorted({each for each, author in talk if author == 1})
    expected: list[float] = []
    before: datetime | None = None
    for each in mine:
        waited = sorted(o for o, author in talk if author != 1 and o < each and (before is None or o >= before))
        if waited:
            expected.append((each - waited[0]) / HOUR)
        before = each
    assert list(reply_hours(talk, 1)) == expected


def test_asking_helped_within_a_week() -> None:
    assert helped([at(0)], [at(168)]) == 1
    assert helped([at(0)], [at(169)]) == 0
    assert helped([at(0)], [at(0), at(-1)]) == 0, "what they wrote before is no answer to it"
    assert helped([at(0), at(100)], [at(150)]) == 2 and helped([], [at(1)]) == 0


def test_hours_begin_with_the_introduction() -> None:
    assert hours_between(BEGAN, at(3)) == 3.0 and hours_between(BEGAN, at(-3)) == 0.0


@given(WRITINGS, TIMES)
def test_what_is_stored_reads_back(talk: list[tuple[datetime, int]], asked: list[datetime]) -> None:
    kept = kept_of(talk, 1, asked, BEGAN, BEGAN + 10 * WEEK)
    assert from_json(to_json(kept)) == kept and from_json({}) is None
    assert sum(kept.weekly) == sum(author == 1 for _, author in talk) and 0 <= kept.helped <= len(asked)
