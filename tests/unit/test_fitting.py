"""Who fits whom among those who wait: what must be met, for how long, and which pair takes a third in."""

from datetime import date, timedelta

import pytest

from bot.program.fitting import alike, met, pairs_for, too_early
from bot.program.matching import Candidate, Problem
from topics.model import Pool, Rule, Wish

COUNTRY = Wish("country", Rule.DIFFERENT, "country")
TYPE = Wish("type", Rule.WISHED, "wanted", of="type", same="same", anything="any")
INTERESTS = Wish("interests", Rule.SIMILAR, "interests", asked_by="similar")
HOURS = Wish("hours", Rule.OVERLAP, "zone")
MONDAY = date(2026, 9, 7)


def person(key: str, country: str = "FR", **answers: object) -> Candidate:
    return Candidate(key, {"country": country, **answers})  # type: ignore[dict-item] - answers are of both kinds


def problem(*people: Candidate, apart: tuple[tuple[str, str], ...] = ()) -> Problem:
    forbidden = frozenset(frozenset(pair) for pair in apart)
    return Problem(people, (COUNTRY, TYPE, INTERESTS, HOURS), MONDAY, forbidden)


@pytest.mark.parametrize(
    ("wish", "one", "other", "expected"),
    [
        (COUNTRY, {"country": "FR"}, {"country": "KE"}, True),
        (COUNTRY, {"country": "FR"}, {"country": "FR"}, False),
        (COUNTRY, {"country": ""}, {"country": ""}, False),
        (TYPE, {"type": "public", "wanted": "same"}, {"type": "public", "wanted": "any"}, True),
        (TYPE, {"type": "public", "wanted": "same"}, {"type": "public", "wanted": "school"}, False),
        (TYPE, {"type": "public", "wanted": "any"}, {"type": "school"}, True),
        (INTERESTS, {"interests": ("maps",), "similar": "yes"}, {"interests": ("maps", "food"), "similar": "no"}, True),
        (INTERESTS, {"interests": ("maps",), "similar": "yes"}, {"interests": ("food",), "similar": "no"}, False),
        (INTERESTS, {"interests": ("maps",), "similar": "no"}, {"interests": ("food",), "similar": "no"}, True),
        (HOURS, {"zone": "Europe/Paris"}, {"zone": "Africa/Nairobi"}, True),
        (HOURS, {"zone": "Europe/Paris"}, {"zone": "Pacific/Auckland"}, False),
        (HOURS, {"zone": "Europe/Paris"}, {"zone": ""}, False),
    ],
)
def test_whether_a_wish_is_met_does_not_depend_on_who_is_asked_first(
    wish: Wish, one: dict[str, object], other: dict[str, object], expected: bool
) -> None:
    a, b = Candidate("a", one), Candidate("b", other)  # type: ignore[arg-type] - answers are of both kinds
    assert met(wish, a, b, MONDAY) is met(wish, b, a, MONDAY) is expected


def test_those_who_must_differ_are_kept_apart() -> None:
    assert alike(problem(person("a"), person("b"), person("c", "KE"))) == {frozenset(("a", "b"))}


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [(1, 2, True), (3, 2, False), (1, 3, False), (None, 1, False)],
)
def test_one_who_has_waited_long_enough_is_paired_with_anybody(a: int | None, b: int, apart: bool) -> None:
    two = problem(
        person("a", interests=("maps",), similar="yes"), person("b", "KE", interests=("food",), similar="yes")
    )
    waited = {"a": None if a is None else timedelta(days=a), "b": timedelta(days=b)}
    pool = Pool(must_meet=("interests",), patience_days=3)
    assert too_early(two, pool, waited) == ({frozenset(("a", "b"))} if apart else set())
    assert too_early(two, Pool(), waited) == set()


def test_the_pair_that_gains_most_comes_first_and_some_never() -> None:
    people = (
        person("new", "KE", interests=("maps",), similar="yes"),
        *(person("a1"), person("a2", "BR", interests=("food",), similar="no")),
        *(person("b1", interests=("maps",), similar="no"), person("b2", "BR", interests=("maps",), similar="yes")),
        *(person("c1", "KE"), person("c2", "BR")),
        *(person("d1"), person("d2", "BR", interests=("maps",), similar="yes")),
    )
    pairs = [("a1", "a2"), ("b1", "b2"), ("c1", "c2"), ("d1", "d2")]
    found = pairs_for(problem(*people, apart=(("d1", "new"),)), "new", pairs)
    assert found == [("b1", "b2"), ("a1", "a2")], "c1 is from the same country, and d1 must not be met"
    assert pairs_for(problem(*people), "new", reversed(pairs))[0] == ("b1", "b2")
