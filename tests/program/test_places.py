"""The line: first come, first served, within the capacity and the share of each country."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.program.places import Queued, country_limit, decide

START = datetime(2027, 1, 1, tzinfo=UTC)


def line(countries: str) -> list[Queued]:
    """People in the order of their arrival, a letter for each one's country."""
    return [Queued(n, START + timedelta(minutes=n), country) for n, country in enumerate(countries, start=1)]


def outcome(countries: str, capacity: int, cap: float) -> str:
    """`+` for who is accepted, `f` and `c` for who waits because all is full, or for the country."""
    standings = decide(line(countries), capacity, cap)
    return "".join(
        "+" if standings[n].status == "accepted" else standings[n].reason[0] for n in range(1, len(countries) + 1)
    )


@pytest.mark.parametrize(
    ("countries", "capacity", "cap", "expected"),
    [
        ("", 3, 0.2, ""),
        ("abc", 0, 0, "+++"),
        ("abcd", 2, 0, "++ff"),
        ("aaab", 0, 0.5, "++c+"),
        ("aaabc", 3, 0.34, "+cc++"),
        ("aaaab", 4, 0.5, "++cc+"),
        ("aabbcc", 2, 0.5, "+c+fff"),
        ("aaa", 10, 0.01, "+cc"),
        ("aaaaaaaaaa", 10, 0.3, "+++ccccccc"),
    ],
)
def test_who_gets_a_place(countries: str, capacity: int, cap: float, expected: str) -> None:
    assert outcome(countries, capacity, cap) == expected


def test_positions_in_the_waiting_list() -> None:
    standings = decide(line("aaba"), 2, 0.5)
    assert [standings[n].position for n in (1, 2, 3, 4)] == [0, 1, 0, 2]


def test_who_came_at_the_same_moment() -> None:
    same = [Queued(number, START, "a") for number in (3, 1, 2)]
    assert {n for n, standing in decide(same, 1, 0).items() if standing.status == "accepted"} == {1}


def test_a_promise_is_kept() -> None:
    """Who was told of a place has it, although others came earlier, all is full, or their country has its share."""
    people = [Queued(1, START, "a"), *(Queued(n, START + timedelta(n), "a", promised=True) for n in (2, 3, 4))]
    standings = decide(people, 2, 0.5)
    assert [standings[n].status for n in (1, 2, 3, 4)] == ["waitlisted", "accepted", "accepted", "accepted"]


def test_a_share_of_whom() -> None:
    assert country_limit(0, 10, 100) == 0
    assert country_limit(0.2, 50, 7) == 10
    assert country_limit(0.2, 0, 100) == 20
    assert country_limit(0.3, 10, 0) == 3, "no rounding error takes a place away"
    assert country_limit(0.001, 0, 5) == 1


@given(st.text("abcd", max_size=60), st.integers(0, 30), st.sampled_from([0.0, 0.05, 0.2, 0.25, 0.5, 1.0]))
def test_always(countries: str, capacity: int, cap: float) -> None:
    people = line(countries)
    standings = decide(people, capacity, cap)
    limit = country_limit(cap, capacity, len(people))
    accepted = [person for person in people if standings[person.id].status == "accepted"]
    assert len(standings) == len(people)
    assert not capacity or len(accepted) <= capacity
    for country in set(countries):
        assert not limit or sum(person.country == country for person in accepted) <= limit
    waiting = [standings[person.id] for person in people if standings[person.id].status == "waitlisted"]
    assert [standing.position for standing in waiting] == list(range(1, len(waiting) + 1))
    for early, late in pairwise(people):
        if early.country == late.country and standings[late.id].status == "accepted":
            assert standings[early.id].status == "accepted", "nobody of the same country is passed by"
