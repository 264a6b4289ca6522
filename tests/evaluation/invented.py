"""Rounds that never were: histories drawn from a seed, with effects that are planted."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from bot.evaluation.history import (
    CaseFacts,
    Given,
    MemberFacts,
    PairFacts,
    PersonFacts,
    RoundHistory,
    SurveyFacts,
    TopicDay,
)

COUNTRIES = re.findall("..", "USKEINDEBRNGPHGBCAMXZAEGFRSEJPAUVCCDBATTPGCFSTGQ")
"""The first are the most frequent; among the last are those with the longest names."""
SATISFIED = {
    "5": "5 - very satisfied",
    "4": "4 - satisfied",
    "3": "3 - neither satisfied nor dissatisfied",
    "2": "2 - dissatisfied",
    "1": "1 - very dissatisfied",
}
CONTACT = {
    "weekly": "Every week or more often",
    "fortnightly": "About every two weeks",
    "monthly": "About once a month",
    "rarely": "Less than once a month",
    "never": "We were never in touch",
}
LABELS: Mapping[str, Mapping[str, str]] = {
    "closing.program": SATISFIED,
    "closing.partner": SATISFIED,
    "closing.contact": CONTACT,
    "closing.again": {"yes": "Yes", "no": "No"},
    "middle.going": SATISFIED,
}
TITLES = {
    "partner_type": "Wished-for partner",
    "closing.program": "Satisfied with the program",
    "closing.partner": "Satisfied with the partnership",
    "closing.recommend": "Would recommend",
    "closing.again": "Would take part again",
    "middle.going": "How it goes",
}
TOPICS = ("Getting to know you", "Our places and the people in them", "Access, copyright and openness",
          "Teaching and information literacy", "Digital tools and AI", "Showing what we are worth",
          "Careers, moving and growing", "Reflection and review")  # fmt: skip
KINDS = {
    "never_arrived": 5,
    "silent": 9,
    "other_partner": 2,
    "left": 1,
    "wants_a_word": 3,
    "misconduct": 1,
    "not_in_room": 1,
}
WEEKS = 17


def history(
    people: int = 150,
    seed: int = 1,
    *,
    number: int = 1,
    name: str = "Autumn 2027",
    ended: bool = True,
    weeks: int = WEEKS,
) -> RoundHistory:
    """A round of so many applicants. The more partners write, the more satisfied they are."""
    random = Random(f"{seed} {number}")
    starts = date(2026, 9, 1) + timedelta(days=182 * number)
    opens = datetime(starts.year, starts.month, 1, tzinfo=UTC) - timedelta(days=62)
    told = datetime(starts.year, starts.month, starts.day, 10, tzinfo=UTC)
    persons = [_applicant(key, random) for key in range(people)]
    able = [person for person in persons if person.eligible]
    random.shuffle(able)
    placed = able[: len(able) * 19 // 20 // 2 * 2]
    pairs = [
        _pair(key, placed[2 * key], placed[2 * key + 1], told, random, weeks if ended else weeks // 2, ended)
        for key in range(len(placed) // 2)
    ]
    by_key = {person.key: person for person in persons}
    for pair in pairs:
        _follow(by_key, pair, ended, random)
    persons = [by_key[person.key] for person in persons]
    topics = tuple(
        TopicDay(place + 1, title.lower().replace(" ", "-"), title, starts + timedelta(days=14 * place))
        for place, title in enumerate(TOPICS)
        if 2 * place < weeks
    )
    return RoundHistory(
        program="Librarians across borders",
        name=name,
        number=number,
        opens_at=opens,
        closes_at=opens + timedelta(days=31),
        starts_on=starts,
        ends_on=starts + timedelta(days=7 * weeks - 1),
        ended=ended,
        people=tuple(persons),
        pairs=tuple(pairs),
        cases=_cases(len(pairs), told, random, ended),
        surveys=_surveys(persons, ended),
        topics=topics,
        labels=LABELS,
        titles=TITLES,
    )


def empty(*, ended: bool = False) -> RoundHistory:
    """A round that nobody applied for."""
    return replace(history(0, weeks=4), ended=ended, pairs=(), cases=(), surveys=())


def of_one_pair() -> RoundHistory:
    """A round of two people."""
    found = history(40, seed=3)
    pair = next(pair for pair in found.pairs if pair.live)
    inside = {member.person for member in pair.members}
    people = tuple(person for person in found.people if person.key in inside)
    return replace(found, people=people, pairs=(pair,), cases=(), surveys=_surveys(people, ended=True))


def _applicant(key: int, random: Random) -> PersonFacts:
    place = min(int(random.expovariate(0.28)), len(COUNTRIES) - 1)
    eligible = random.random() < 0.93
    status = ("accepted" if random.random() < 0.96 else "withdrawn") if eligible else "ineligible"
    answers: dict[str, Given] = {
        "library_type": random.choice(("public", "academic", "school")),
        "interests": tuple(random.sample(("oa", "ai", "teaching", "archives"), 2)),
    }
    return PersonFacts(key, COUNTRIES[place], "UTC", status, eligible, False, False, False, answers)


def _pair(
    key: int, one: PersonFacts, other: PersonFacts, told: datetime, random: Random, weeks: int, over: bool
) -> PairFacts:
    zeal = random.choice((0.0, 0.3, 1.5, 2.5, 4.0, 6.0))
    lasting = zeal > 0 and random.random() < 0.85
    length = weeks if lasting else max(1, weeks // 3)
    members = tuple(
        MemberFacts(
            person=person.key,
            weekly=tuple(
                min(40, int(random.expovariate(1 / zeal) * (1.4 if week % 2 == 0 else 0.8) * (1 - 0.4 * week / weeks)))
                if zeal
                else 0
                for week in range(length)
            ),
            first_word_hours=random.expovariate(1 / 30) if zeal else None,
            reply_hours=tuple(random.expovariate(1 / 20) for _ in range(int(zeal * 3))),
            asks=0 if zeal > 1 else 2,
            helped=0 if zeal > 1 else random.randint(0, 1),
        )
        for person in (one, other)
    )
    live = zeal > 0
    first = max((member.first_word_hours or 0.0) for member in members) if live else None
    wishes = {"country": float(one.country != other.country), "interests": random.random()}
    if random.random() < 0.7:
        wishes["partner_type"] = random.choice((0.0, 0.5, 1.0, 1.0))
    return PairFacts(
        key=key,
        members=members,
        countries=(one.country, other.country),
        announced_at=told,
        ended_at=told + timedelta(weeks=length) if over or not lasting else None,
        end_reason=("round_over" if lasting else "faded") if over or not lasting else "",
        live=live,
        lasted=live and lasting and over,
        weeks=length,
        wishes=wishes,
        similarity=wishes["interests"],
        zone_hours=random.choice((0.0, 1.0, 3.0, 6.0, 9.0, 12.0)),
        pace="fortnightly",
        elsewhere=random.random() < 0.06,
        first_contact_hours=first,
        talked=(),
    )


def _follow(people: dict[int, PersonFacts], pair: PairFacts, ended: bool, random: Random) -> None:
    """What became of the two of a pair, and what they answered in the end."""
    rate = sum(member.messages for member in pair.members) / max(1, pair.weeks)
    for member in pair.members:
        person = people[member.person]
        surveys: dict[str, Mapping[str, Given]] = {}
        if random.random() < 0.7:
            surveys["middle"] = {"going": _level(random, 3.4 + min(rate, 8) / 8)}
        if ended and random.random() < 0.62:
            contact = list(CONTACT)[min(4, int(4 - min(rate, 8) / 2 + random.random() * 0.9))]
            surveys["closing"] = {
                "program": _level(random, 3.6 + min(rate, 8) / 8),
                "partner": _level(random, 2.9 + min(rate, 8) / 5),
                "contact": contact,
                "recommend": str(max(0, min(10, round(random.gauss(6.5 + min(rate, 8) / 3, 1.6))))),
                "again": "yes" if random.random() < 0.5 + min(rate, 8) / 20 else "no",
            }
        completed = pair.lasted and member.messages > 0
        people[member.person] = replace(person, placed=True, live=pair.live, completed=completed, surveys=surveys)


def _level(random: Random, middle: float) -> str:
    return str(max(1, min(5, round(random.gauss(middle, 0.8)))))


def _surveys(people: list[PersonFacts] | tuple[PersonFacts, ...], ended: bool) -> tuple[SurveyFacts, ...]:
    found: list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]] = [
        ("middle", "How is it going?", "middle", ("going",), ("contact",))
    ]
    if ended:
        found.append(
            (
                "closing",
                "Looking back on the round",
                "closing",
                ("program", "partner", "recommend"),
                ("contact", "again"),
            )
        )
    sent = sum(1 for person in people if person.placed)
    facts: list[SurveyFacts] = []
    for name, title, when, scales, choices in found:
        answers = [person.surveys[name] for person in people if name in person.surveys]
        facts.append(
            SurveyFacts(
                name=name,
                title=title,
                when=when,
                anonymous=False,
                sent=sent,
                begun=len(answers),
                done=len(answers),
                scales={
                    question: _counted([int(str(one[question])) for one in answers if question in one])
                    for question in scales
                },
                choices={
                    question: _counted([str(one[question]) for one in answers if question in one])
                    for question in choices
                },
            )
        )
    return tuple(facts)


def _counted(values: list[Any]) -> dict[Any, int]:
    return {value: values.count(value) for value in sorted(set(values), key=str)}


def _cases(pairs: int, told: datetime, random: Random, ended: bool) -> tuple[CaseFacts, ...]:
    found: list[CaseFacts] = []
    for kind, weight in KINDS.items():
        for _ in range(pairs * weight // 60):
            opened = told + timedelta(days=random.randint(2, 80))
            settled, state = random.random() < 0.6, "closed" if ended or random.random() < 0.8 else "open"
            closed = opened + timedelta(days=random.randint(1, 9)) if state == "closed" else None
            outcome = random.choice(("done", "another", "settled", "end")) if closed else ""
            found.append(CaseFacts(kind, state, outcome, opened, closed, 0 if settled else 1))
    return tuple(found)
