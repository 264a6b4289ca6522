"""Histories of rounds with effects that were put in, of known size, and nothing else: what an analysis is judged by.

All truths are exact. Answers on a scale are rounded up or down at random so that their mean is what was meant, and no
mean lies outside the scale. Pairs have something in common that raises satisfaction, messages, topics and completion
alike, and people who come again bring something of their own: neither belongs to anything that is looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from bot.evaluation.findings import Exposure, Kind, Outcome
from bot.evaluation.history import Given, MemberFacts, PairFacts, PersonFacts, RoundHistory, SurveyFacts, TopicDay
from topics.model import Kit

WEEKS = 17
FIRST = date(2023, 9, 4)
_YEAR = timedelta(days=364)
_AGAIN = 0.15
_PLACES = (("FR", "Europe/Paris"), ("PE", "America/Lima"), ("JP", "Asia/Tokyo"), ("KE", "Africa/Nairobi"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is put in. `similar` is in points of satisfaction with the partner, `far` in messages a week.

    `chance` is that of naming a topic as useful, `poor` that of the topic `poor_topic`; `answers` that of answering the
    closing survey.
    """

    people: int = 500
    rounds: int = 3
    similar: float = 0.5
    far: float = -1.2
    chance: float = 0.3
    poor: float = 0.12
    poor_topic: int = 3
    answers: float = 0.45


@dataclass
class _Town:
    """Whom there is: what is lasting about each person, and the number of the next one who is new."""

    nature: dict[int, float] = field(default_factory=dict)
    regulars: list[int] = field(default_factory=list)
    next: int = 1


def histories(kit: Kit, seed: int, plan: Plan = Plan()) -> tuple[RoundHistory, ...]:
    """The rounds that this seed gives."""
    rng, town = np.random.default_rng(seed), _Town()
    return tuple(_round(kit, rng, plan, town, number) for number in range(plan.rounds))


def truth(outcome: Outcome, exposure: Exposure, kit: Kit, plan: Plan = Plan()) -> float | None:
    """What was put in; None where it is there, but of no exact size (the other measures of something put in)."""
    about = exposure.kind if exposure.kind is not Kind.WISH else exposure.name
    if outcome is Outcome.USEFUL:
        chances = [plan.poor if n == plan.poor_topic else plan.chance for n in range(len(kit.topics))]
        own = next(n for n, topic in enumerate(kit.topics) if topic.slug == exposure.name)
        any_at_all = 1 - float(np.prod([1 - chance for chance in chances]))
        rest = (sum(chances) - chances[own]) / (len(chances) - 1)
        return 100 * (chances[own] - rest) / any_at_all
    if outcome is Outcome.PARTNER and about in (Kind.SIMILAR, Kind.SIMILARITY, "interests") and plan.similar:
        return plan.similar if about is Kind.SIMILAR else None
    if outcome is Outcome.CONTACT and about in (Kind.FAR, Kind.ZONE, "waking_hours") and plan.far:
        return plan.far if about is Kind.FAR else None
    return 0.0


def _round(kit: Kit, rng: np.random.Generator, plan: Plan, town: _Town, number: int) -> RoundHistory:
    starts = FIRST + number * _YEAR
    topics = tuple(
        TopicDay(t.number, t.slug, t.title, starts + timedelta(days=12 * n)) for n, t in enumerate(kit.topics)
    )
    keys = _who_comes(rng, plan, town)
    people: list[PersonFacts] = []
    pairs: list[PairFacts] = []
    for key, group in enumerate(_groups(keys), start=1):
        pair, members = _pair(kit, rng, plan, town, key, group, starts, topics)
        pairs.append(pair)
        people += members
    done = sum(1 for person in people if person.surveys)
    opens = datetime(starts.year, 7, 1, tzinfo=UTC)
    return RoundHistory(
        program=kit.name,
        name=f"Round {number + 1}",
        number=number + 1,
        opens_at=opens,
        closes_at=opens + timedelta(days=31),
        starts_on=starts,
        ends_on=starts + timedelta(weeks=WEEKS),
        ended=True,
        people=tuple(people),
        pairs=tuple(pairs),
        cases=(),
        surveys=(SurveyFacts("closing", "Looking back", "closing", False, len(people), done, done, {}, {}),),
        topics=topics,
        labels={},
    )


def _who_comes(rng: np.random.Generator, plan: Plan, town: _Town) -> list[int]:
    again = [key for key in town.regulars if rng.random() < _AGAIN][: plan.people]
    new = list(range(town.next, town.next + plan.people - len(again)))
    town.next += len(new)
    town.nature.update({key: float(rng.uniform(-0.4, 0.4)) for key in new})
    town.regulars = [*again, *new]
    order = [*again, *new]
    rng.shuffle(order)
    return order


def _groups(keys: list[int]) -> Iterator[list[int]]:
    """Pairs, and one of three where the number is odd."""
    while keys:
        size = 3 if len(keys) == 3 else 2
        yield keys[:size]
        keys = keys[size:]


def _pair(
    kit: Kit,
    rng: np.random.Generator,
    plan: Plan,
    town: _Town,
    key: int,
    group: list[int],
    starts: date,
    topics: tuple[TopicDay, ...],
) -> tuple[PairFacts, list[PersonFacts]]:
    spirit = float(rng.uniform(-1, 1))
    lasted = bool(rng.random() < 0.75 + 0.15 * spirit)
    weeks = WEEKS if lasted else int(rng.integers(1, WEEKS))
    similarity, zone = float(rng.beta(1.6, 5)), float(rng.choice([0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 12]))
    far = zone >= 8
    rate = (5 + plan.far * far) * (1 + 0.5 * spirit) * float(rng.gamma(5, 1 / 5))
    begun = datetime(starts.year, starts.month, starts.day, 9, tzinfo=UTC)
    ended = begun + timedelta(weeks=weeks)
    members = tuple(_member(rng, person, rate, weeks) for person in group)
    pace = str(rng.choice(["fortnightly", "weekly", "monthly"], p=[0.5, 0.3, 0.2]))
    wishes = {"country": 1.0 if rng.random() < 0.97 else 0.0, "waking_hours": max(0.0, 1 - zone / 9)}
    if rng.random() < 0.8:
        wishes["partner_type"] = float(rng.choice([0, 0.5, 1]))
    if rng.random() < 0.7:
        wishes["interests"] = similarity
    pair = PairFacts(
        key=key,
        members=members,
        countries=tuple(_PLACES[person % len(_PLACES)][0] for person in group),
        announced_at=begun,
        ended_at=ended,
        end_reason="round_over" if lasted else "silence",
        live=True,
        lasted=lasted,
        weeks=weeks,
        wishes=wishes,
        similarity=similarity,
        zone_hours=zone,
        pace=pace,
        elsewhere=bool(rng.random() < 0.1),
        first_contact_hours=float(rng.gamma(2, 15)),
        talked=tuple(t.slug for t in topics if t.day < ended.date() and rng.random() < 0.55 + 0.3 * spirit),
    )
    liking = 3.0 + plan.similar * (similarity >= 0.25) + 0.5 * spirit
    return pair, [_person(kit, rng, plan, person, town.nature[person], liking, spirit, lasted) for person in group]


def _member(rng: np.random.Generator, person: int, rate: float, weeks: int) -> MemberFacts:
    weekly = tuple(int(count) for count in rng.poisson(rate * float(rng.gamma(4, 1 / 4)), weeks))
    return MemberFacts(person, weekly, float(rng.gamma(2, 10)), tuple(rng.gamma(2, 12, 3).tolist()), 1, 1)


def _person(
    kit: Kit,
    rng: np.random.Generator,
    plan: Plan,
    key: int,
    nature: float,
    liking: float,
    spirit: float,
    lasted: bool,
) -> PersonFacts:
    country, zone = _PLACES[key % len(_PLACES)]
    surveys: Mapping[str, Mapping[str, Given]] = {}
    if rng.random() < plan.answers + 0.3 * lasted:
        chances = [plan.poor if n == plan.poor_topic else plan.chance for n in range(len(kit.topics))]
        surveys = {
            "closing": {
                "partner": _point(rng, liking + nature + float(rng.uniform(-0.5, 0.5))),
                "program": _point(rng, 3.4 + 0.5 * spirit + float(rng.uniform(-1, 1))),
                "topics": tuple(t.slug for t, chance in zip(kit.topics, chances, strict=True) if rng.random() < chance),
            }
        }
    kinds = ("academic", "public", "school", "archive")
    return PersonFacts(
        key, country, zone, "accepted", True, True, True, lasted, {"library_type": kinds[key // 4 % 4]}, surveys
    )


def _point(rng: np.random.Generator, mean: float) -> str:
    """A whole number whose mean this is. Raises ValueError outside the scale, where that could not be."""
    if not 1 <= mean <= 5:
        raise ValueError(mean)
    return str(int(mean + rng.random()))
