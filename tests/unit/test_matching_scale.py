"""Larger pools: near the best in every tier, the same in any order, nobody stranded who need not be."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random

import numpy as np
import pytest
import rustworkx as rx

from bot.program.matching import Candidate, Problem, Wait, check, score_group, solve
from bot.program.matching.core.state import NONE
from bot.program.matching.hours import overlap_minutes
from bot.program.matching.lowering import weighing_of
from bot.program.matching.matcher import matched
from bot.program.matching.parts import some_of
from bot.program.matching.solver import tiers_of
from bot.program.matching.tiers import Ints, Tiers, measure_of, trio_values
from bot.program.matching.worth import bound_of
from topics.model import Rule, Wish

WISHES = (
    Wish("country", Rule.DIFFERENT, "country"),
    Wish("type", Rule.WISHED, "wanted", of="type", same="same", anything="any"),
    Wish("interests", Rule.SIMILAR, "interests", asked_by="similar"),
    Wish("hours", Rule.OVERLAP, "zone"),
)
PLACES = {
    "us": "America/Chicago",
    "gb": "Europe/London",
    "in": "Asia/Kolkata",
    "au": "Australia/Sydney",
    "ca": "America/Toronto",
    "ng": "Africa/Lagos",
    "nz": "Pacific/Auckland",
    "br": "America/Sao_Paulo",
    "jp": "Asia/Tokyo",
    "np": "Asia/Kathmandu",
}
TYPES = ("public", "academic", "school", "health", "special")
INTERESTS = tuple(f"interest-{number}" for number in range(24))


def cohort(count: int, seed: int, home: float = 0.2) -> Problem:
    """Synthetic people, `home` of them from one country, with former partners among them."""
    draw = Random(seed)
    ids = [f"p{number}@example.org" for number in range(count)]
    people: list[Candidate] = []
    for key in ids:
        country = "us" if draw.random() < home else draw.choice(list(PLACES))
        people.append(
            Candidate(
                key,
                {
                    "country": country,
                    "zone": PLACES[country],
                    "type": draw.choice(TYPES),
                    "wanted": draw.choice((*TYPES, "same", "same", "same", "any", "any")),
                    "interests": tuple(draw.sample(INTERESTS, draw.randint(1, 5))),
                    "similar": draw.choice(("yes", "no")),
                },
            )
        )
    former = frozenset(frozenset(draw.sample(ids, 2)) for _ in range(count // 5))
    return Problem(people=tuple(people), wishes=WISHES, on=date(2026, 9, 7), forbidden=former, seed=seed)


LOT_BITS = 20


def dense(tiers: Tiers, among: Ints) -> tuple[int, ...]:
    """The best totals of an even number of people, found by rustworkx on the graph of all pairs."""
    a, b = (among[side] for side in np.triu_indices(len(among), k=1))
    keep = ~tiers.forbidden(a, b)
    a, b = a[keep], b[keep]
    weight = np.zeros(len(a), dtype=object)
    tops = [*(measure.top for measure in tiers.measures), 1 << LOT_BITS]
    for column, top in zip([*tiers.values(a, b), tiers.ties(a, b, LOT_BITS)], tops, strict=True):
        weight = weight * (len(among) // 2 * top + 1) + column.astype(object)
    graph: rx.PyGraph[None, int] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * tiers.size)
    graph.add_edges_from(list(zip(a.tolist(), b.tolist(), (int(one) for one in weight), strict=True)))
    pairs = np.array(sorted(rx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)), dtype=np.int64)
    values = tiers.values(pairs[:, 0], pairs[:, 1])
    return (2 * len(pairs), *(int(value.sum()) for value in values))


@pytest.mark.parametrize("home", [0.2, 0.55])
def test_four_hundred_people_are_paired_as_well_as_can_be(home: float) -> None:
    problem = cohort(400, seed=3, home=home)
    pairing = solve(problem)
    assert pairing.totals == dense(tiers_of(problem, problem.people), np.arange(400))
    assert pairing.bounds == pairing.totals
    assert check(problem, pairing).optimal


def test_a_pool_that_is_not_brought_to_the_very_best_comes_near_it() -> None:
    problem = cohort(600, seed=3)
    tiers = tiers_of(problem, problem.shuffled())
    weighing = weighing_of(tiers)
    found = matched(weighing, 0, lambda: False, lambda share: None, whole=100)
    partner, everybody = found.partner, np.arange(600)
    assert (partner != NONE).all()
    assert (partner[partner] == everybody).all()
    assert not tiers.forbidden(everybody, partner).any()
    reached = [int(value.sum()) // 2 for value in tiers.values(everybody, partner)]
    best = solve(problem).totals
    most = weighing.scale.bound(bound_of(found))
    assert not found.proved
    # The last few are placed without giving up anything that comes before.
    assert (600, *reached[:2]) == best[:3] == most[:3]
    assert 0.98 * most[3] <= reached[2] <= best[3] <= most[3]


def test_some_people_are_weighed_as_they_were_among_all() -> None:
    problem = cohort(60, seed=4)
    tiers = tiers_of(problem, problem.people)
    people = np.array([1, 4, 9, 16, 25, 36, 49])
    some = some_of(tiers, people)
    a, b = np.triu_indices(len(people), k=1)
    for mine, all_of_them in zip(some.values(a, b), tiers.values(people[a], people[b]), strict=True):
        assert (mine == all_of_them).all()
    assert (some.forbidden(a, b) == tiers.forbidden(people[a], people[b])).all()
    assert (some.ties(a, b, 24) == tiers.ties(people[a], people[b], 24)).all()


def test_whoever_has_no_time_gets_an_answer_and_its_gap() -> None:
    problem = cohort(500, seed=7)
    pairing = solve(problem, time_limit=0)
    verdict = check(problem, pairing)
    assert sorted(key for group in pairing.groups for key in group.ids) == sorted(one.id for one in problem.people)
    assert not verdict.fault
    assert verdict.totals <= verdict.bounds


@pytest.mark.parametrize("count", [402, 403])
def test_no_pair_in_one_country_that_could_be_avoided(count: int) -> None:
    problem = cohort(count, seed=5, home=0.5)
    pairing = solve(problem)
    homes = Counter(person.one("country") for person in problem.people)
    # Whoever comes from the largest country needs somebody from elsewhere.
    bound = min(count // 2, count - max(homes.values()))
    assert pairing.totals[:2] == (count, bound)
    assert pairing.totals[1] == sum(score_group(problem, group.ids).country_different for group in pairing.groups)
    for group in pairing.groups:
        assert all(problem.allowed(one, other) for one, other in combinations(group.ids, 2))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_trio_of_fifteen_is_the_best_there_is(seed: int) -> None:
    problem = cohort(15, seed, home=0.4)
    tiers = tiers_of(problem, problem.people)
    best: tuple[int, ...] = ()
    for trio in combinations(range(15), 3):
        if all(problem.allowed(problem.people[a].id, problem.people[b].id) for a, b in combinations(trio, 2)):
            pairs = dense(tiers, np.setdiff1d(np.arange(15), trio))
            three = trio_values(tiers, *(np.array([place]) for place in trio))
            wishes = (two + int(one.sum()) for two, one in zip(pairs[1:], three, strict=True))
            best = max(best, (pairs[0] + 3, *wishes))
    pairing = solve(problem)
    assert pairing.totals == best
    assert check(problem, pairing).optimal


@pytest.mark.parametrize("count", [151, 303])
def test_the_trio_of_a_larger_pool_is_proved(count: int) -> None:
    problem = cohort(count, seed=count)
    pairing = solve(problem)
    assert sorted({len(group.ids) for group in pairing.groups}) == [2, 3]
    assert check(problem, pairing).optimal


def test_one_waits_where_the_kit_says_so() -> None:
    pairing = solve(replace(cohort(331, seed=6), odd="waitlist"))
    assert [waiting.reason for waiting in pairing.waiting] == [Wait.ODD]
    assert {len(group.ids) for group in pairing.groups} == {2}


def test_people_with_few_possible_partners_are_not_stranded() -> None:
    problem = cohort(320, seed=8)
    ids = [person.id for person in problem.people]
    # The first forty may meet nobody but the person forty places further on.
    only = {frozenset((ids[place], ids[place + 40])) for place in range(40)}
    apart = {frozenset((one, other)) for one in ids[:40] for other in ids if one != other} - only
    pairing = solve(replace(problem, forbidden=frozenset(apart)))
    assert pairing.waiting == ()
    assert only <= {frozenset(group.ids) for group in pairing.groups}


@pytest.mark.parametrize("count", [350, 351])
def test_the_order_of_rows_changes_nothing(count: int) -> None:
    problem = cohort(count, seed=4)
    rows = list(problem.people)
    Random(1).shuffle(rows)
    assert solve(replace(problem, people=tuple(rows))) == solve(problem)


def test_progress_is_told_in_order_up_to_the_end() -> None:
    told: list[float] = []
    solve(cohort(303, seed=9), lambda step, share: told.append(share))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_tiers_agree_with_the_plain_count() -> None:
    problem = cohort(40, seed=2)
    people = problem.people
    a, b = np.triu_indices(len(people), k=1)
    country, types, _, hours = (measure_of(wish, people, problem.on).values(a, b) for wish in WISHES)
    for place, (one, other) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        score = score_group(problem, (people[one].id, people[other].id))
        assert country[place] == score.country_different
        assert types[place] == score.type_wishes_met
        assert hours[place] == score.overlap_minutes
        zones = (people[one].one("country"), people[other].one("country"))
        assert hours[place] == overlap_minutes(PLACES[zones[0]], PLACES[zones[1]], problem.on, WISHES[3].hours)
