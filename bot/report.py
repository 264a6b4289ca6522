"""`counterpart report`: the numbers of a round, and tables of its people and partnerships."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.program.rounds import date_label, last_day
from bot.results import PARTICIPANTS, PARTNERSHIPS, country_of, last_state, write_table
from storage.partnerships import Case, Member, Partnership, SurveyAnswer
from storage.people import Community, Person, Program
from storage.rounds import Application, Round, Submission
from storage.traffic import OutboxAct


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a round stands: its name and dates in words, and what there is of each kind, by status."""

    round: str
    dates: str
    parts: Mapping[str, Mapping[str, int]]


async def numbers(session: AsyncSession, program: Program, round_row: Round) -> Numbers:
    """The numbers of a round. Messages are those sent in the program's community since applications opened."""
    here = round_row.id
    partnerships = await session.exec(select(Partnership).where(Partnership.round_id == here))
    return Numbers(
        f"{round_row.name} ({round_row.state})",
        f"applications until {last_day(round_row.closes_at)}, from {date_label(round_row.starts_on)} to "
        f"{date_label(round_row.ends_on)}",
        {
            "applications": await _counts(session, Application.status, Application.round_id == here),
            "partnerships": dict(sorted(Counter(last_state(row) for row in partnerships).items())),
            "messages sent": await _messages(session, program, round_row),
            "surveys": await _surveys(session, round_row),
            "cases": await _counts(session, Case.state, Case.round_id == here),
        },
    )


async def write_report(session: AsyncSession, round_row: Round, out: Path) -> tuple[str, ...]:
    """Write participants.csv and partnerships.csv into a folder, made if need be. Returns their names."""
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    write_table(out / "participants.csv", PARTICIPANTS, await _participants(session, round_row))
    write_table(out / "partnerships.csv", PARTNERSHIPS, await _partnerships(session, round_row))
    return ("participants.csv", "partnerships.csv")


async def _counts(session: AsyncSession, column: Any, condition: Any) -> dict[str, int]:
    rows = await session.exec(select(column, func.count()).where(condition).group_by(column).order_by(column))
    return {str(value): count for value, count in rows}


async def _messages(session: AsyncSession, program: Program, round_row: Round) -> dict[str, int]:
    community = await session.get_one(Community, program.community_id)
    since = (
        (col(OutboxAct.platform) == community.platform)
        & (col(OutboxAct.community) == community.external_id)
        & (col(OutboxAct.sent_at) >= round_row.opens_at)
    )
    return await _counts(session, OutboxAct.kind, since & (col(OutboxAct.state) == "sent"))


async def _surveys(session: AsyncSession, round_row: Round) -> dict[str, int]:
    rows = await session.exec(
        select(SurveyAnswer.survey, SurveyAnswer.state).where(SurveyAnswer.round_id == round_row.id)
    )
    counted = Counter(f"{survey}, {state}" for survey, state in rows)
    return dict(sorted(counted.items()))


async def _participants(session: AsyncSession, round_row: Round) -> list[Sequence[str]]:
    """A row for each submission, in order of time."""
    rows = await session.exec(
        select(Submission, Person, Application)
        .join(Person, col(Person.id) == Submission.person_id)
        .outerjoin(
            Application,
            (col(Application.person_id) == Submission.person_id) & (col(Application.round_id) == Submission.round_id),
        )
        .where(Submission.round_id == round_row.id)
        .order_by(col(Submission.at), col(Submission.id))
    )
    found: list[Sequence[str]] = []
    for submission, person, joined in rows:
        application = cast("Application | None", joined)  # an outer join's row may lack it
        status, reason = submission.outcome, submission.reason
        if submission.outcome == "counted" and application is not None:
            status, reason = application.status, application.reason
        found.append((person.email or "", submission.name, country_of(submission.country), status, reason))
    return found


async def _partnerships(session: AsyncSession, round_row: Round) -> list[Sequence[Any]]:
    members = await session.exec(
        select(Member.partnership_id, Person.email)
        .join(Person, col(Person.id) == Member.person_id)
        .join(Partnership, col(Partnership.id) == Member.partnership_id)
        .where(Partnership.round_id == round_row.id)
        .order_by(col(Member.id))
    )
    emails: dict[int, list[str]] = {}
    for partnership, email in members:
        emails.setdefault(partnership, []).append(email or "")
    rows = await session.exec(
        select(Partnership).where(Partnership.round_id == round_row.id).order_by(col(Partnership.id))
    )
    return [_partnership(row, emails.get(row.id or 0, ())) for row in rows]


def _partnership(row: Partnership, emails: Sequence[str]) -> Sequence[Any]:
    figures = ("type_wishes", "type_wishes_met", "interest_wishes", "interest_similarity")
    return (
        row.id,
        ", ".join(emails),
        last_state(row),
        row.room,
        "yes" if row.score.get("country_different") else "no",
        *(row.score.get(figure, 0) for figure in figures),
        row.announced_at.isoformat() if row.announced_at else "",
        row.ended_at.isoformat() if row.ended_at else "",
    )
