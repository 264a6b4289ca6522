"""The facts of rounds as one line for each person in each partnership, which is what comparisons are made of. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.evaluation.history import Given, MemberFacts, PairFacts, PersonFacts, RoundHistory, TopicDay

PARTNER, PROGRAM, TOPICS = "partner", "program", "topics"
"""What the questions of a closing survey are called that the evaluation reads (`docs/kits.md`)."""
CLOSING = "closing"
TALKING = timedelta(days=14)
"""How long a pair must have been together after a topic came for it to count whether they talked about it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person in one partnership of one round. Outcomes are None where they are not known.

    `person` is the same in all rounds; `pair` and `round` count from 0 over all of them. Satisfaction is asked once a
    round, about the last partner, and stands there alone; `contact` is in messages a week.
    """

    person: int
    pair: int
    round: int
    facts: PairFacts
    partner: float | None
    program: float | None
    completion: float | None
    contact: float | None
    useful: frozenset[str] | None
    """The topics that they named as most useful; None where they named none."""


def lines_of(histories: Sequence[RoundHistory]) -> tuple[Line, ...]:
    """Every person in every partnership that was introduced."""
    return tuple(_lines(histories))


def _lines(histories: Sequence[RoundHistory]) -> Iterator[Line]:
    number = 0
    for index, history in enumerate(histories):
        closing = [survey.name for survey in history.surveys if survey.when == CLOSING]
        people = {person.key: person for person in history.people}
        introduced = [pair for pair in history.pairs if pair.announced_at is not None]
        last = _last_pairs(introduced)
        for pair in introduced:
            for member in pair.members:
                person = people.get(member.person)
                is_last = last[member.person] == pair.key
                answers = _closing_answers(person if is_last else None, closing)
                completed = is_last and person is not None and person.completed
                yield Line(
                    person=member.person,
                    pair=number,
                    round=index,
                    facts=pair,
                    partner=points(answers.get(PARTNER)),
                    program=points(answers.get(PROGRAM)),
                    completion=float(completed) if history.ended else None,
                    contact=_contact(pair, member),
                    useful=_named(answers.get(TOPICS)),
                )
            number += 1


def _last_pairs(introduced: Sequence[PairFacts]) -> dict[int, int]:
    """The last partnership of each person, by the person."""
    ordered = sorted(introduced, key=lambda pair: pair.announced_at or datetime.min.replace(tzinfo=UTC))
    return {member.person: pair.key for pair in ordered for member in pair.members}


def _closing_answers(person: PersonFacts | None, closing: Sequence[str]) -> Mapping[str, Given]:
    """What somebody answered at the end, whichever closing survey asked it."""
    if person is None:
        return {}
    return {name: given for survey in closing for name, given in person.surveys.get(survey, {}).items()}


def _contact(pair: PairFacts, member: MemberFacts) -> float | None:
    """Messages a week; None where nobody can tell, since they talk elsewhere, say."""
    if pair.elsewhere or not member.known:
        return None
    return member.messages / max(1, len(member.weekly))


def _named(given: Given | None) -> frozenset[str] | None:
    if not given:
        return None
    return frozenset((given,) if isinstance(given, str) else given)


def points(given: Given | None) -> float | None:
    """A whole number of a scale; None for anything else."""
    if isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 4:
        return float(given)
    return None


def together(pair: PairFacts, topic: TopicDay, ends_on: date) -> bool:
    """Whether a pair was together when a topic came, and long enough afterwards (or to the end) to talk about it."""
    enough = min(topic.day + TALKING, ends_on)
    if pair.announced_at is None or pair.announced_at.date() > enough:
        return False
    return pair.ended_at is None or pair.ended_at.date() >= enough
