"""Whom to recruit: what is mended in a solved pool equals what solving anew with one more person of each kind gives."""

from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random

import pytest

from bot.program.matching import Candidate, Problem, solve
from bot.program.matching.recruiting import ELSEWHERE, Kind, gains
from topics.model import Rule, Wish

WISHES = (
    Wish("country", Rule.DIFFERENT, "country"),
    Wish("type", Rule.WISHED, "partner_type", of="type", same="same", anything="any"),
    Wish("hours", Rule.OVERLAP, "zone"),
)
ON = date(2027, 9, 6)
TYPES = ("public", "school", "academic")


def pool(seed: int) -> Problem:
    """A few people, most of them of one country, some of whom must not meet or are locked."""
    chance = Random(seed)
    people = tuple(
        Candidate(
            f"p{number}",
            {
                "country": chance.choice(("US", "US", "US", "FR", "KE")),
                "type": chance.choice(TYPES),
                "partner_type": chance.choice(("any", "same", *TYPES)),
                "zone": chance.choice(("Europe/Paris", "America/New_York")),
            },
        )
        for number in range(chance.randint(1, 11))
    )
    pairs = [frozenset((one.id, other.id)) for one, other in combinations(people, 2)]
    forbidden = frozenset(chance.sample(pairs, len(pairs) // 4))
    open_to = [tuple(sorted(pair)) for pair in pairs if pair not in forbidden]
    locked = tuple(open_to[:1]) if seed % 3 == 0 else ()
    return Problem(people, WISHES, ON, forbidden, locked)


def with_more(problem: Problem, kind: Kind, count: int) -> tuple[int, ...]:
    """People placed, pairs across countries and wishes met, with that many more people of a kind; solved anew."""
    answers = {"country": "new", kind.question: kind.value or "new"}
    more = [Candidate(f"more{number}", answers) for number in range(count)]
    barred = frozenset({frozenset(person.id for person in more)} if count > 1 else set[frozenset[str]]())
    everybody = (*problem.people, *more)
    return solve(replace(problem, people=everybody, forbidden=problem.forbidden | barred, odd="waitlist")).totals[:3]


@pytest.mark.parametrize("seed", range(12))
def test_each_gain_is_what_solving_anew_gives(seed: int) -> None:
    problem = pool(seed)
    found = gains(problem)
    free = len(problem.people) - sum(len(group) for group in problem.locked)
    assert bool(found) == (free > 0)
    for wish in WISHES:
        here = [gain for gain in found if gain.kind.wish is wish]
        anew = [with_more(problem, gain.kind, gain.count) for gain in here]
        assert all((free + gain.count) % 2 == 0 for gain in here)
        for gain, totals in zip(here, anew, strict=True):
            least = min(anew)
            assert gain.more == (*(a - b for a, b in zip(totals, least, strict=True)), 0), gain.kind


def test_the_most_helpful_come_first_and_what_nobody_lacks_helps_nothing() -> None:
    people = tuple(
        Candidate(f"p{number}", {"country": "US", "type": "public", "partner_type": "any"}) for number in (1, 2)
    )
    found = gains(Problem(people, WISHES, ON))
    countries = [gain for gain in found if gain.kind.wish is WISHES[0]]
    assert [(gain.kind.value, gain.more) for gain in countries] == [
        (ELSEWHERE, (0, 2, 0, 0)),
        ("us", (0, 0, 0, 0)),
    ]
    assert [gain.more for gain in found if gain.kind.wish is WISHES[1]] == [(0, 0, 0, 0)]


def test_nobody_can_be_recruited_for_a_pool_without_people_or_wishes() -> None:
    assert gains(Problem((), WISHES, ON)) == ()
    assert gains(Problem((Candidate("p1"),), (), ON)) == ()
