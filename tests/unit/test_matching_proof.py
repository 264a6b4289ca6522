"""The proof of a pairing: it holds for the best, and for nothing else; and what can be read off its prices."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations, permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.program.matching import (
    Candidate,
    Certificate,
    Pairing,
    PairingError,
    Problem,
    Reason,
    Swap,
    Wait,
    WhatIf,
    Why,
    certificate_of,
    change_in_words,
    check,
    reasons,
    solve,
)
from bot.program.matching.problem import NEVER_AGAIN
from bot.program.matching.scale import scale_of
from tests.unit.test_matching import WISHES, anybody, best_totals, groups_of, problems
from tests.unit.test_matching import problem as plain_problem
from tests.unit.test_matching_scale import cohort
from topics.model import Rule, Wish

NAMES = tuple(wish.name for wish in WISHES)
MORE_WISHES = (
    *WISHES,
    Wish("other type", Rule.DIFFERENT, "type"),
    Wish("country wished", Rule.WISHED, "country", of="country"),
)


def certified(pairing: Pairing) -> Certificate:
    assert pairing.certificate is not None
    return pairing.certificate


@settings(max_examples=40, deadline=None)
@given(problems(most=7))
def test_every_pairing_is_proved(problem: Problem) -> None:
    pairing = solve(problem)
    verdict = check(problem, pairing)
    assert verdict.fault == ""
    assert verdict.optimal
    assert pairing.optimal
    assert verdict.words(NAMES).startswith("Optimal")


@settings(max_examples=6, deadline=None)
@given(problems(least=9, most=10))
def test_nine_and_ten_people_are_paired_and_proved(problem: Problem) -> None:
    pairing = solve(problem)
    assert pairing.totals == best_totals(problem)
    assert check(problem, pairing).optimal


@settings(max_examples=40, deadline=None)
@given(problems(least=2, most=8), st.sampled_from([*permutations(MORE_WISHES, 3), MORE_WISHES]))
def test_wishes_in_any_order_are_proved(problem: Problem, wishes: tuple[Wish, ...]) -> None:
    problem = replace(problem, wishes=wishes)
    assert check(problem, solve(problem)).optimal


@settings(max_examples=40, deadline=None)
@given(problems(least=4, most=7), st.randoms(use_true_random=False))
def test_a_worse_pairing_is_never_called_the_best(problem: Problem, random: Random) -> None:
    best = solve(problem)
    free = [key for group in best.groups if not group.locked for key in group.ids]
    random.shuffle(free)
    sizes = [len(group.ids) for group in best.groups if not group.locked]
    groups = [group for group in best.groups if group.locked]
    for size in sizes:
        groups.append(replace(best.groups[-1], ids=tuple(free[:size])))
        free = free[size:]
    other = replace(best, groups=tuple(groups))
    verdict = check(problem, other)
    # Its totals are not what it says, unless the groups are as good.
    assert verdict.fault or verdict.totals == best.totals


def test_a_worse_pairing_with_true_totals_is_measured() -> None:
    problem = cohort(40, seed=3)
    best = solve(problem)
    one, other, *rest = best.groups
    swapped = (replace(one, ids=(one.ids[0], other.ids[1])), replace(other, ids=(other.ids[0], one.ids[1])))
    worse = solve(replace(problem, locked=tuple(group.ids for group in swapped)))
    claimed = replace(best, groups=(*swapped, *rest), totals=worse.totals)
    verdict = check(problem, claimed)
    assert not verdict.optimal
    assert not verdict.fault
    assert verdict.bounds == best.totals
    assert "within" in verdict.words(NAMES).lower()


def tampered(certificate: Certificate) -> Mapping[str, Certificate]:
    """The certificate, with one thing changed in each."""
    key = max(certificate.prices, key=lambda key: certificate.prices[key])
    price = certificate.prices[key]
    without = {other: value for other, value in certificate.prices.items() if other != key}
    return {
        "a lower price": replace(certificate, prices=without | {key: (price[0] - 2, *price[1:])}),
        "a lower last limb": replace(certificate, prices=without | {key: (*price[:1], price[1] - 2, *price[2:])}),
        "a price below nothing": replace(certificate, prices=without | {key: (-1, *price[1:])}),
        "a price missing": replace(certificate, prices=without),
        "somebody else": replace(certificate, prices=without | {"x@example.org": price}),
        "a huge price": replace(certificate, prices=without | {key: (1 << 62, *price[1:])}),
        "a short price": replace(certificate, prices=without | {key: price[:2]}),
        "other factors": replace(certificate, factors=(1,) * len(certificate.factors)),
        "fewer tiers": replace(certificate, factors=certificate.factors[:-1], limbs=certificate.limbs[:-1]),
    }


@pytest.mark.parametrize("count", [40, 41])
def test_a_tampered_certificate_is_refused(count: int) -> None:
    problem = cohort(count, seed=2)
    pairing = solve(problem)
    assert check(problem, pairing).optimal
    for what, certificate in tampered(certified(pairing)).items():
        verdict = check(problem, replace(pairing, certificate=certificate))
        assert not verdict.optimal, what
        assert verdict.fault, what
        assert verdict.words(NAMES).startswith("Nothing is proved"), what
    assert check(problem, replace(pairing, certificate=None)).fault == "there is no certificate."


def test_odd_sets_are_looked_at() -> None:
    problem = next(problem for seed in range(99) if certified(solve(problem := cohort(30, seed=seed, home=0.6))).sets)
    pairing = solve(problem)
    certificate = certified(pairing)
    one, *others = certificate.sets
    wrong = {
        "none": (),
        "an even one": (replace(one, ids=one.ids[1:]), *others),
        "a negative one": (replace(one, price=(-2, *one.price[1:])), *others),
        "a stranger in it": (replace(one, ids=(*one.ids[1:], "x@example.org")), *others),
    }
    for what, sets in wrong.items():
        assert check(problem, replace(pairing, certificate=replace(certificate, sets=sets))).fault, what


def test_the_trio_must_be_the_best_by_its_certificate() -> None:
    problem = cohort(21, seed=4)
    pairing = solve(problem)
    certificate = certified(pairing)
    assert certificate.beside
    verdict = check(problem, replace(pairing, certificate=replace(certificate, beside=())))
    assert not verdict.optimal
    assert verdict.bounds >= verdict.totals


@pytest.mark.parametrize("count", [0, 1, 2, 3, 44, 45])
def test_a_certificate_survives_being_stored(count: int) -> None:
    problem = cohort(count, seed=1)
    pairing = solve(problem)
    kept = certificate_of(json.loads(json.dumps(certified(pairing).plain())))
    assert kept == pairing.certificate
    assert check(problem, replace(pairing, certificate=kept)).optimal


def test_a_pairing_of_others_is_refused() -> None:
    problem = cohort(12, seed=1)
    pairing = solve(problem)
    one, other = pairing.groups[0].ids
    assert "exactly once" in check(replace(problem, people=problem.people[1:]), pairing).fault
    assert (
        "must not be partners" in check(replace(problem, forbidden=frozenset({frozenset((one, other))})), pairing).fault
    )
    assert "locked groups" in check(replace(problem, locked=((one, other),)), pairing).fault
    assert "comes to" in check(problem, replace(pairing, totals=(12, 9, 9, 9, 9))).fault


@pytest.mark.parametrize("count", [200, 201])
def test_when_time_is_up_the_gap_is_stated(count: int) -> None:
    problem = cohort(count, seed=6)
    hurried = solve(problem, time_limit=0.0)
    best = solve(problem)
    verdict = check(problem, hurried)
    assert verdict.fault == ""
    assert verdict.bounds <= hurried.bounds
    assert verdict.bounds[:2] <= (count, count // 2)
    assert hurried.totals <= best.totals <= hurried.bounds
    assert {key for group in hurried.groups for key in group.ids} == {person.id for person in problem.people}


def test_five_hundred_identical_rows_are_proved() -> None:
    people = anybody(500, type="public", wanted="same", interests="metadata", similar="yes", zone="Europe/Paris")
    problem = plain_problem(people)
    pairing = solve(problem)
    assert pairing.totals == (500, 0, 500 * 2 // 2 * 1, 500 * 27_720, 250 * 480)
    assert check(problem, pairing).optimal


def test_interests_of_ten_thousand_letters_do_no_harm() -> None:
    long = tuple(f"interest {number}" for number in range(800))
    people = [
        Candidate(f"p{number}@example.org", {"interests": long[number:], "similar": "yes"}) for number in range(8)
    ]
    problem = plain_problem(tuple(people))
    assert sum(len(word) for word in long) > 9_000
    assert check(problem, solve(problem)).optimal


def test_a_pool_without_a_perfect_pairing_is_proved() -> None:
    problem = cohort(150, seed=5)
    ids = [person.id for person in problem.people]
    hub = ids[0]
    apart = {frozenset(pair) for pair in combinations(ids[:20], 2) if hub not in pair}
    apart |= {frozenset((one, other)) for one in ids[1:20] for other in ids[20:]}
    problem = replace(problem, forbidden=frozenset(apart))
    pairing = solve(problem)
    assert len(pairing.waiting) == 18
    assert check(problem, pairing).optimal


@pytest.mark.parametrize("size", [2, 3, 299, 2_999, 10_000, 100_000])
def test_limbs_never_overflow_and_give_tiers_back(size: int) -> None:
    tops = (2, 1, 2, 55_440, 480, 1, 2, 55_440)
    scale = scale_of(tops, size)
    groups = size // 2
    most = [np.array(groups * top) for top in (*tops, (1 << scale.lot_bits) - 1)]
    for limb in range(max(scale.limbs) + 1):
        weight = sum(f * t for one, f, t in zip(scale.limbs, scale.factors, scale.tops, strict=True) if one == limb)
        assert weight < 1 << 57
    total = [0] * (max(scale.limbs) + 1)
    for limb, factor, value in zip(scale.limbs, scale.factors, most, strict=True):
        total[limb] += 2 * factor * int(value)
    assert scale.bound(total) == tuple(int(value) for value in most)
    total[-1] -= 2
    assert scale.bound(total)[:-1] == tuple(int(value) for value in most[:-1])


def test_a_tier_is_never_traded_for_later_ones() -> None:
    scale = scale_of((2, 1, 2, 55_440, 480), 10_000)
    for place, (limb, factor) in enumerate(zip(scale.limbs, scale.factors, strict=True)):
        later = zip(scale.limbs[place + 1 :], scale.factors[place + 1 :], scale.most[place + 1 :], strict=True)
        assert factor > sum(other * most for beside, other, most in later if beside == limb)


@settings(max_examples=25, deadline=None)
@given(problems(least=4, most=8), st.data())
def test_a_swap_costs_what_locking_the_two_costs(problem: Problem, data: st.DataObject) -> None:
    asked = WhatIf(problem)
    free = [person.id for person in asked.people]
    open_to = [pair for pair in combinations(free, 2) if problem.allowed(*pair)]
    if not open_to:
        return
    one, other = data.draw(st.sampled_from(open_to))
    swap = asked.swap(one, other)
    locked = solve(replace(problem, locked=(*problem.locked, (one, other))))
    change = tuple(after - before for after, before in zip(locked.totals, asked.pairing.totals, strict=True))
    assert swap.change == change if swap.exact else swap.change <= change


@pytest.mark.parametrize("count", [60, 61])
def test_the_next_best_partners_come_in_order(count: int) -> None:
    problem = cohort(count, seed=7)
    asked = WhatIf(problem)
    assert groups_of(asked.pairing) == groups_of(solve(problem))
    person = asked.pairing.groups[0].ids[0]
    swaps = asked.alternatives(person, 4)
    assert len(swaps) == 4
    assert [swap.change for swap in swaps] == sorted((swap.change for swap in swaps), reverse=True)
    zero = (0,) * len(asked.pairing.totals)
    assert all(swap.change <= zero and swap.waiting == () for swap in swaps)
    assert all(swap.one == person and swap.other not in asked.pairing.groups[0].ids for swap in swaps)


def test_dropping_a_wish_never_costs_the_wishes_before_it() -> None:
    problem = cohort(50, seed=8, home=0.6)
    asked = WhatIf(problem)
    for place, wish in enumerate(problem.wishes, 1):
        change = asked.without_wish(wish.name)
        assert change[:place] == (0,) * place
        assert change[place] <= 0
        assert change[place + 1 :] >= (0,) * (len(change) - place - 1)


def test_a_relaxed_wish_names_who_else_was_possible_and_what_that_costs() -> None:
    problem = cohort(60, seed=9)
    asked = WhatIf(problem)
    explained = [reason for group in asked.pairing.groups for reason in reasons(problem, group, asked)]
    relaxed = [reason for reason in explained if reason.why is Why.OTHERS]
    assert relaxed
    for reason in relaxed:
        assert reason.instead is not None
        assert reason.instead.one == reason.asker
        # No difference where only the lots decided.
        assert reason.instead.change <= (0,) * 5
    assert any(reason.instead and reason.instead.change < (0,) * 5 for reason in relaxed)
    plain = [reason for group in asked.pairing.groups for reason in reasons(problem, group)]
    assert [replace(reason, instead=None) for reason in explained] == plain


def test_whoever_waits_is_told_what_stands_in_the_way() -> None:
    problem = replace(cohort(21, seed=3), odd="waitlist")
    (obstacle,) = WhatIf(problem).obstacles()
    assert obstacle.reason is Wait.ODD
    assert obstacle.rule == ""
    assert obstacle.instead is not None
    assert obstacle.id not in obstacle.instead.waiting
    apart = frozenset(frozenset((obstacle.id, other.id)) for other in problem.people if other.id != obstacle.id)
    (blocked,) = WhatIf(replace(problem, forbidden=apart)).obstacles()
    assert (blocked.reason, blocked.rule, blocked.instead) == (Wait.APART, NEVER_AGAIN, None)


def test_questions_about_strangers_are_refused() -> None:
    problem = plain_problem(anybody(6), forbidden=frozenset({frozenset(("p0@example.org", "p1@example.org"))}))
    asked = WhatIf(problem)
    with pytest.raises(PairingError, match="must not be partners"):
        asked.swap("p0@example.org", "p1@example.org")
    with pytest.raises(PairingError, match="not among the people"):
        asked.swap("p0@example.org", "x@example.org")
    with pytest.raises(PairingError, match="no wish"):
        asked.without_wish("luck")
    assert asked.alternatives("x@example.org") == ()


def test_changes_are_told_in_figures() -> None:
    problem = Problem((), WISHES, date(2026, 9, 7))
    assert change_in_words(problem, (0, 0, -1, 9_702, -90)) == (
        "1 fewer of type, 0.35 more of interests, 1 hour and 30 minutes less of hours"
    )
    assert change_in_words(problem, (0, 0, 0, 0, 0)) == "no difference"
    assert Reason("type", Rule.WISHED, "a", "b", False, instead=Swap("a", "c", (0,))).instead is not None
