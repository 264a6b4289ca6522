"""Which topic comes next: none twice, and always in order."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.program import agenda
from bot.program.timetable import day_anywhere

START = date(2026, 9, 1)
DAY = timedelta(days=1)
CALENDAR = (*((number, START + (number - 1) * 14 * DAY) for number in range(1, 10)), (10, START + 130 * DAY))
NUMBERS = [number for number, _ in CALENDAR]
BEGAN = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def play(presses: list[int], skipped: frozenset[int], began_at: datetime) -> list[int]:
    """All topics that a pair gets when it asks for another one so many days after the start."""
    extra: list[int] = []
    got = [NUMBERS[0]]
    events = [(day_anywhere(day), 0, number) for number, day in CALENDAR[1:] if agenda.follows(day, began_at)]
    events += [(began_at + days * DAY + HOUR, 1, 0) for days in presses]
    for at, is_press, number in sorted(events):
        if is_press:
            chosen = agenda.another(CALENDAR, NUMBERS, extra, skipped, began_at, at)
        else:
            chosen = agenda.on_day(NUMBERS, number, extra, skipped)
        if chosen is None:
            continue
        if is_press or chosen != number:
            extra.append(chosen)
        got.append(chosen)
    return got


def test_the_plain_calendar() -> None:
    assert play([], frozenset(), BEGAN) == NUMBERS


def test_a_topic_asked_for_makes_the_next_day_bring_the_next_one() -> None:
    assert play([3], frozenset(), BEGAN) == NUMBERS
    assert play([3, 16], frozenset(), BEGAN) == NUMBERS


def test_a_skipped_topic_never_comes() -> None:
    assert play([3, 30], frozenset({4}), BEGAN) == [n for n in NUMBERS if n != 4]


def test_who_begins_later_gets_the_first_and_then_follows_the_calendar() -> None:
    assert play([], frozenset(), BEGAN + 50 * DAY) == [1, 5, 6, 7, 8, 9, 10]


def test_who_begins_later_can_ask_for_what_they_missed() -> None:
    got = play([80, 81, 82, 83, 84], frozenset(), BEGAN + 50 * DAY)
    assert sorted(got) == NUMBERS


def test_the_newest_topic_is_the_one_whose_buttons_count() -> None:
    now = day_anywhere(CALENDAR[2][1]) + HOUR
    assert agenda.had(CALENDAR, [], BEGAN, now) == [1, 2, 3]
    assert agenda.had(CALENDAR, [4], BEGAN, now)[-1] == 4


@given(
    st.lists(st.integers(0, 129), max_size=14),
    st.frozensets(st.integers(2, 9), max_size=3),
    st.integers(0, 100),
)
def test_no_topic_twice_and_the_last_one_last(presses: list[int], skipped: frozenset[int], later: int) -> None:
    got = play(presses, skipped, BEGAN + later * DAY)
    assert len(got) == len(set(got))
    assert not skipped & set(got)
    if any(agenda.follows(day, BEGAN + later * DAY) for number, day in CALENDAR if number == NUMBERS[-1]):
        in_time = [press for press in presses if later + press < 129]
        assert got[-1] == NUMBERS[-1] or len(in_time) < len(presses)
    if later == 0:
        assert [n for n in got if n != NUMBERS[-1]] == sorted(n for n in got if n != NUMBERS[-1])
