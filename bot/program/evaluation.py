"""How a round goes, in numbers: from rows and timestamps alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evaluation.disclosure import LEAST, shown
from bot.language.markup import Markdown
from bot.program.surveyfacts import columns
from bot.program.turn import Turn
from storage.evaluation import AnonymousAnswer
from storage.partnerships import Case, Member, Partnership, SurveyAnswer
from storage.people import Program
from storage.rounds import Application, Round, Submission


@dataclass(frozen=True, slots=True)
class Figures:
    """A round in numbers. `ever_live` counts partnerships in which all wrote at least once, ended ones included.

    `first_word_hours` is the median time from the introduction until all had written; None where none had.
    `surveys` gives for each survey how many were sent and how many are done; `scales` the mean of each question that is
    answered with a number, and how many answered it.
    """

    applications: Mapping[str, int]
    submissions: Mapping[str, int]
    partnerships: Mapping[str, int]
    ever_live: int
    first_word_hours: float | None
    messages: int
    cases: Mapping[str, int]
    surveys: Mapping[str, tuple[int, int]]
    scales: Mapping[str, tuple[float, int]]


async def figures(session: AsyncSession, round_row: Round) -> Figures:
    """Count what there is of this round."""
    statuses = await session.exec(select(Application.status).where(Application.round_id == round_row.id))
    outcomes = await session.exec(select(Submission.outcome).where(Submission.round_id == round_row.id))
    partnerships = list(await session.exec(select(Partnership).where(Partnership.round_id == round_row.id)))
    messages = await session.exec(
        select(Member.messages)
        .join(Partnership, col(Partnership.id) == Member.partnership_id)
        .where(Partnership.round_id == round_row.id)
    )
    cases = await session.exec(select(Case.state).where(Case.round_id == round_row.id))
    answers = list(await session.exec(select(SurveyAnswer).where(SurveyAnswer.round_id == round_row.id)))
    unnamed = list(await session.exec(select(AnonymousAnswer).where(AnonymousAnswer.round_id == round_row.id)))
    waits = [
        (row.live_at - row.announced_at).total_seconds() / 3600
        for row in partnerships
        if row.live_at is not None and row.announced_at is not None
    ]
    return Figures(
        applications=Counter(statuses),
        submissions=Counter(outcomes),
        partnerships=Counter(row.state for row in partnerships),
        ever_live=sum(1 for row in partnerships if row.live_at is not None),
        first_word_hours=round(median(waits), 1) if waits else None,
        messages=sum(messages),
        cases=Counter(cases),
        surveys=_surveys(answers),
        scales=_scales([(row.survey, row.answers) for row in (*answers, *unnamed)]),
    )


def _surveys(answers: Sequence[SurveyAnswer]) -> dict[str, tuple[int, int]]:
    sent = Counter(answer.survey for answer in answers)
    done = Counter(answer.survey for answer in answers if answer.state == "done")
    return {survey: (count, done[survey]) for survey, count in sorted(sent.items())}


def _scales(answers: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, tuple[float, int]]:
    """The mean of every question whose answers are all whole numbers; what was skipped does not count."""
    given: dict[str, list[str]] = {}
    for survey, answered in answers:
        for question, value in answered.items():
            if isinstance(value, str) and value:
                given.setdefault(f"{survey}.{question}", []).append(value)
    return {
        name: (round(sum(map(int, values)) / len(values), 2), len(values))
        for name, values in sorted(given.items())
        if all(value.isdecimal() and len(value) < 4 for value in values)
    }


async def numbers_text(turn: Turn, program: Program, round_row: Round) -> Markdown:
    """The round in numbers, in words. What fewer than five people answered is left out."""
    counted = await figures(turn.session, round_row)
    labels = {
        f"{survey.name}.{name}": question.short or name
        for survey in turn.kit(program).surveys
        for name, question in columns(survey.questions).items()
    }
    return turn.say(
        program,
        "report.text",
        round=round_row.name,
        applications=counted.applications,
        applied=sum(counted.applications.values()),
        late=counted.submissions.get("late", 0),
        duplicate=counted.submissions.get("duplicate", 0),
        made=sum(counted.partnerships.values()),
        live=counted.ever_live,
        ended=counted.partnerships.get("ended", 0),
        hours=counted.first_word_hours,
        messages=counted.messages,
        open_cases=counted.cases.get("open", 0) + counted.cases.get("snoozed", 0),
        cases=sum(counted.cases.values()),
        surveys=[{"name": name, "sent": sent, "done": done} for name, (sent, done) in counted.surveys.items()],
        scales=[
            {"name": labels.get(name, name), "mean": mean, "count": count}
            for name, (mean, count) in counted.scales.items()
            if shown(count)
        ],
        few=sum(1 for _, count in counted.scales.values() if not shown(count)),
        least=LEAST,
    )
