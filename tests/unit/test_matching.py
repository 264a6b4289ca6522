"""Pairing against brute force, in any order of rows, with locks, bans, odd numbers and awkward pools."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.program.matching import Candidate, Odd, Pairing, Problem, Wait, Waiting, score_group, solve
from bot.program.matching.score import jaccard
from bot.program.matching.tiers import UNIT, asks_similar
from topics.model import Rule, Wish

ON = date(2026, 9, 7)
WISHES = (
    Wish("country", Rule.DIFFERENT, "country"),
    Wish("type", Rule.WISHED, "wanted", of="type", same="same", anything="any"),
    Wish("interests", Rule.SIMILAR, "interests", asked_by="similar"),
    Wish("hours", Rule.OVERLAP, "zone"),
)
TYPES = ("public", "school", "health")
INTERESTS = ("metadata", "open-access", "copyright", "reference")
ZONES = ("Europe/Paris", "America/New_York", "Asia/Tokyo", "Asia/Kathmandu", "")

Groups = tuple[tuple[str, ...], ...]


def totals_of(problem: Problem, groups: Groups) -> tuple[int, ...]:
    """People placed and each wish's total, counted without the solver's arithmetic."""
    people = problem.by_id()
    scores = [score_group(problem, group) for group in groups]
    similar = problem.wishes[2]
    units = 0
    for group in groups:
        for one, other in combinations([people[key] for key in group], 2):
            askers = asks_similar(similar, one) + asks_similar(similar, other)
            units += askers * int(jaccard(similar, one, other) * UNIT)
    return (
        sum(len(group) for group in groups),
        sum(score.country_different for score in scores),
        sum(score.type_wishes_met for score in scores),
        units,
        sum(score.overlap_minutes for score in scores),
    )


def every_pairing(problem: Problem, people: tuple[str, ...]) -> Iterator[Groups]:
    """All ways to pair these people off, some left over."""
    if not people:
        yield ()
        return
    first, *rest = people
    yield from every_pairing(problem, tuple(rest))
    for other in rest:
        if problem.allowed(first, other):
            for groups in every_pairing(problem, tuple(key for key in rest if key != other)):
                yield ((first, other), *groups)


def best_totals(problem: Problem) -> tuple[int, ...]:
    held = {key for group in problem.locked for key in group}
    free = tuple(person.id for person in problem.people if person.id not in held)
    ways = list(every_pairing(problem, free))
    if problem.odd == "trio" and len(free) % 2:
        for trio in combinations(free, 3):
            if all(problem.allowed(one, other) for one, other in combinations(trio, 2)):
                rest = tuple(key for key in free if key not in trio)
                ways += [(trio, *groups) for groups in every_pairing(problem, rest)]
    return max(totals_of(problem, (*problem.locked, *groups)) for groups in ways)


def groups_of(pairing: Pairing) -> Groups:
    return tuple(group.ids for group in pairing.groups)


@st.composite
def problems(draw: st.DrawFn, least: int = 0, most: int = 6) -> Problem:
    count = draw(st.integers(least, most))
    ids = [f"p{number}@example.org" for number in range(count)]
    people = tuple(
        Candidate(
            key,
            {
                "country": draw(st.sampled_from(("de", "fr", "unknown", ""))),
                "type": draw(st.sampled_from(TYPES)),
                "wanted": draw(st.sampled_from((*TYPES, "same", "any", ""))),
                "interests": tuple(draw(st.sets(st.sampled_from(INTERESTS)))),
                "similar": draw(st.sampled_from(("yes", "no"))),
                "zone": draw(st.sampled_from(ZONES)),
            },
        )
        for key in ids
    )
    pairs = list(combinations(ids, 2))
    forbidden = draw(st.sets(st.sampled_from(pairs), max_size=len(pairs))) if pairs else set[tuple[str, str]]()
    locked: list[tuple[str, ...]] = []
    for size in draw(st.lists(st.sampled_from((2, 3)), max_size=2)):
        group = tuple(ids[:size])
        if len(group) == size and not any(pair in forbidden for pair in combinations(group, 2)):
            locked.append(group)
            ids = ids[size:]
    odd: Odd = draw(st.sampled_from(("trio", "waitlist")))
    return Problem(
        people=people,
        wishes=WISHES,
        on=ON,
        forbidden=frozenset(frozenset(pair) for pair in forbidden),
        locked=tuple(locked),
        odd=odd,
        seed=draw(st.integers(0, 3)),
    )


@settings(max_examples=80, deadline=None)
@given(problems())
def test_the_pairing_is_the_best_there_is(problem: Problem) -> None:
    pairing = solve(problem)
    groups = groups_of(pairing)
    seen = [key for group in groups for key in group] + [waiting.id for waiting in pairing.waiting]
    assert sorted(seen) == sorted(person.id for person in problem.people)
    assert all(problem.allowed(one, other) for group in groups for one, other in combinations(group, 2))
    assert {frozenset(g.ids) for g in pairing.groups if g.locked} == {frozenset(group) for group in problem.locked}
    assert pairing.totals == totals_of(problem, groups) == best_totals(problem)


@settings(max_examples=20, deadline=None)
@given(problems(least=7, most=8))
def test_the_pairing_of_seven_or_eight_is_the_best_there_is(problem: Problem) -> None:
    assert solve(problem).totals == best_totals(problem)


@settings(max_examples=40, deadline=None)
@given(problems(most=9), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(problem: Problem, random: Random) -> None:
    rows = list(problem.people)
    random.shuffle(rows)
    assert solve(replace(problem, people=tuple(rows))) == solve(problem)


def anybody(count: int, country: str = "de", **answers: str) -> tuple[Candidate, ...]:
    return tuple(Candidate(f"p{number}@example.org", {"country": country, **answers}) for number in range(count))


def problem(
    people: tuple[Candidate, ...],
    odd: Odd = "trio",
    forbidden: frozenset[frozenset[str]] = frozenset(),
    locked: Groups = (),
    seed: int = 0,
) -> Problem:
    return Problem(people, WISHES, ON, forbidden, locked, odd, seed)


def test_nobody_at_all() -> None:
    assert solve(problem(())) == Pairing((), (), (0, 0, 0, 0, 0))


@pytest.mark.parametrize("odd", ["trio", "waitlist"])
def test_one_person_is_told_that_there_is_nobody_else(odd: Odd) -> None:
    assert solve(problem(anybody(1), odd)).waiting == (Waiting("p0@example.org", Wait.ALONE),)


def test_two_people_are_a_pair_even_in_one_country() -> None:
    pairing = solve(problem(anybody(2)))
    assert [len(group.ids) for group in pairing.groups] == [2]
    assert pairing.totals == (2, 0, 0, 0, 0)


def test_three_people_make_a_trio_or_one_waits() -> None:
    assert [len(group.ids) for group in solve(problem(anybody(3))).groups] == [3]
    pairing = solve(problem(anybody(3), "waitlist"))
    assert [len(group.ids) for group in pairing.groups] == [2]
    assert [waiting.reason for waiting in pairing.waiting] == [Wait.ODD]


@pytest.mark.parametrize("count", [40, 41, 320, 321])
def test_identical_people_are_all_placed(count: int) -> None:
    people = anybody(count, type="public", wanted="same", interests="metadata", similar="yes", zone="Europe/Paris")
    pairing = solve(problem(people))
    assert pairing.waiting == ()
    assert sum(len(group.ids) == 3 for group in pairing.groups) == count % 2
    assert pairing.totals[:2] == (count, 0)


def test_the_seed_decides_who_waits_among_equals() -> None:
    waiting = {solve(problem(anybody(5), "waitlist", seed=seed)).waiting[0].id for seed in range(30)}
    assert len(waiting) == 5


def test_people_who_must_all_be_kept_apart_wait() -> None:
    people = anybody(5)
    apart = frozenset(frozenset((one.id, other.id)) for one, other in combinations(people, 2))
    pairing = solve(problem(people, forbidden=apart))
    assert pairing.groups == ()
    assert {waiting.reason for waiting in pairing.waiting} == {Wait.APART}


def test_a_person_whom_only_one_other_may_meet_leaves_the_rest_waiting() -> None:
    people = anybody(4)
    apart = frozenset(frozenset((one.id, other.id)) for one, other in combinations(people[1:], 2))
    pairing = solve(problem(people, forbidden=apart))
    assert pairing.totals[0] == 2
    assert {waiting.reason for waiting in pairing.waiting} == {Wait.TAKEN}


def test_locked_groups_stand_and_take_nobody_in() -> None:
    people = anybody(4)
    trio = tuple(person.id for person in people[:3])
    pairing = solve(problem(people, locked=(trio,)))
    assert [(set(group.ids), group.locked) for group in pairing.groups] == [(set(trio), True)]
    assert pairing.waiting == (Waiting(people[3].id, Wait.LOCKED),)


def test_a_lock_wins_over_every_wish() -> None:
    people = (*anybody(2), Candidate("a@example.org", {"country": "fr"}), Candidate("b@example.org", {"country": "fr"}))
    free = solve(problem(people))
    assert free.totals[1] == 2
    bound = solve(problem(people, locked=(("a@example.org", "b@example.org"),)))
    assert bound.totals[:2] == (4, 0)
    assert bound.groups[0].locked
    assert set(bound.groups[0].ids) == {"a@example.org", "b@example.org"}
