"""The numbers of rounds as one long table, with nothing that tells of fewer than five people. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.evaluation.disclosure import merged, shown
from bot.evaluation.findings import Evaluation
from bot.evaluation.history import RoundHistory, SurveyFacts
from bot.world.regions import ELSEWHERE, REGIONS

OTHERS = "others"
HEADING = ("table", "round", "name", "value", "number", "people")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: of which table and round, of what (`name`, and `value` where it has several), and of how many people.

    `people` is 0 where it is no number of people's doing.
    """

    table: str
    round: str
    name: str
    value: str
    number: int | float
    people: int


def figures(histories: Sequence[RoundHistory]) -> tuple[Figure, ...]:
    """The numbers of each round that five people at least applied for; rounds are counted from 1."""
    return tuple(
        figure
        for number, history in enumerate(histories, start=1)
        if shown(len(history.people))
        for figure in _figures(str(number), history)
    )


def _figures(number: str, history: RoundHistory) -> Iterator[Figure]:
    everybody = len(history.people)
    for stage, count in asdict(history.funnel).items():
        yield Figure("funnel", number, stage, "", count, everybody)
    countries = Counter(person.country if person.country in REGIONS else ELSEWHERE for person in history.people)
    for country, count in merged(countries, ELSEWHERE).items():
        yield Figure("countries", number, "applied", country, count, count)
    yield from _weeks(number, history)
    yield from _waiting(number, history)
    cases = Counter(case.kind for case in history.cases)
    for kind, count in merged(cases, OTHERS).items():
        yield Figure("cases", number, "cases", kind, count, 0)
    for survey in history.surveys:
        # An anonymous answer more between two exports would be that of whoever left in between: so not before the end.
        if history.ended or not survey.anonymous:
            yield from _survey(number, survey)


def _weeks(number: str, history: RoundHistory) -> Iterator[Figure]:
    """Messages of each week, and how many people wrote; of weeks in which five people could have, or did."""
    members = [m for pair in history.pairs if not pair.elsewhere for m in pair.members if m.known]
    for week in range(max((len(member.weekly) for member in members), default=0)):
        there = [member for member in members if len(member.weekly) > week]
        if shown(len({member.person for member in there})):
            counts = [member.weekly[week] for member in there]
            wrote = sum(1 for count in counts if count)
            yield Figure("weeks", number, "wrote", str(week + 1), wrote, len(there))
            if wrote == 0 or shown(wrote):
                yield Figure("weeks", number, "messages", str(week + 1), sum(counts), len(there))


def _waiting(number: str, history: RoundHistory) -> Iterator[Figure]:
    """How long it took until all of a pair had written, and of how many; of pairs with five people together."""
    waited = [pair for pair in history.pairs if pair.first_contact_hours is not None]
    people = len({member.person for pair in waited for member in pair.members})
    if shown(people):
        hours = sorted(pair.first_contact_hours or 0.0 for pair in waited)
        middle = (hours[(len(hours) - 1) // 2] + hours[len(hours) // 2]) / 2
        yield Figure("first contact", number, "median hours", "", round(middle, 1), people)


def _survey(number: str, survey: SurveyFacts) -> Iterator[Figure]:
    if not shown(survey.done):
        return
    for name, count in (("sent", survey.sent), ("begun", survey.begun), ("done", survey.done)):
        yield Figure(f"survey {survey.name}", number, name, "", count, survey.sent)
    every: dict[str, Mapping[int, int] | Mapping[str, int]] = {**survey.scales, **survey.choices}
    for question, counts in every.items():
        answered = sum(counts.values())
        # Where one may choose several, these are choices; there are never more people than finished it.
        if shown(min(answered, survey.done)):
            for value, count in counts.items():
                yield Figure(f"survey {survey.name}", number, question, str(value), count, min(answered, survey.done))


FINDINGS_HEADING = (
    "outcome",
    "compared",
    "name",
    "verdict",
    "effect",
    "low",
    "high",
    "unit",
    "p",
    "p_adjusted",
    "people",
    "pairs",
    "why",
)


def finding_rows(evaluation: Evaluation) -> list[tuple[str | int | float | None, ...]]:
    """A row for each finding, as in `FINDINGS_HEADING`."""
    return [
        (
            str(one.outcome),
            str(one.exposure.kind),
            one.exposure.name,
            str(one.verdict),
            *(one.effect, one.low, one.high),
            one.unit,
            *(one.p, one.adjusted),
            *(one.people, one.pairs),
            str(one.why or ""),
        )
        for one in evaluation.findings
    ]


RANKING_HEADING = ("rank", "tied", "topic", "title", "named", "answered", "share", "low", "high", "talked", "together")


def ranking_rows(evaluation: Evaluation) -> list[tuple[str | int | float | bool, ...]]:
    """A row for each topic, as in `RANKING_HEADING`."""
    return [
        (r.rank, r.tied, r.slug, r.title, r.named, r.answered, r.share, r.low, r.high, r.talked, r.together)
        for r in evaluation.ranking
    ]
