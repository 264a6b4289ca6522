"""The rows that the history of a round is made from, read in a few queries however many people it had."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.evaluation import AnonymousAnswer, Writing
from storage.partnerships import Case, Member, Partnership, SurveyAnswer
from storage.rounds import Application, Round
from storage.traffic import FlowRun

_ALIVE = ("open", "stopped")


@dataclass(frozen=True, slots=True)
class RoundRows:
    """The rows of one round.

    `number` counts the program's rounds up to this one. `applications` go by person, `pairs` come with everybody who is
    or was in them, `wrote` has the times of messages with the ids of members, by partnership. `begun` counts, by
    survey, those who have answered something and are not done; `unnamed` has the answers that are nobody's.
    """

    number: int
    applications: Mapping[int, Application]
    pairs: Sequence[tuple[Partnership, Sequence[Member]]]
    wrote: Mapping[int, Sequence[tuple[datetime, int]]]
    cases: Sequence[Case]
    surveys: Mapping[str, Sequence[SurveyAnswer]]
    begun: Mapping[str, int]
    unnamed: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def latest(self) -> datetime | None:
        """The last sign of life in a room."""
        seats = [member for _, members in self.pairs for member in members]
        return max((seat.last_wrote_at for seat in seats if seat.last_wrote_at is not None), default=None)


async def read_rows(session: AsyncSession, round_row: Round) -> RoundRows:
    """Read them."""
    here = round_row.id
    earlier = select(func.count(col(Round.id))).where(
        Round.program_id == round_row.program_id, col(Round.id) <= (round_row.id or 0)
    )
    applications = await session.exec(
        select(Application).where(Application.round_id == here).order_by(col(Application.id))
    )
    cases = await session.exec(select(Case).where(Case.round_id == here).order_by(col(Case.id)))
    surveys: dict[str, list[SurveyAnswer]] = defaultdict(list)
    for answer in await session.exec(
        select(SurveyAnswer).where(SurveyAnswer.round_id == here).order_by(col(SurveyAnswer.id))
    ):
        surveys[answer.survey].append(answer)
    unnamed: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in await session.exec(
        select(AnonymousAnswer).where(AnonymousAnswer.round_id == here).order_by(col(AnonymousAnswer.id))
    ):
        unnamed[row.survey].append(row.answers)
    return RoundRows(
        number=(await session.exec(earlier)).one(),
        applications={application.person_id: application for application in applications},
        pairs=await _pairs(session, round_row),
        wrote=await _wrote(session, round_row),
        cases=list(cases),
        surveys=surveys,
        begun=await _begun(session, round_row, surveys),
        unnamed=unnamed,
    )


async def _pairs(session: AsyncSession, round_row: Round) -> Sequence[tuple[Partnership, Sequence[Member]]]:
    members: dict[int, list[Member]] = defaultdict(list)
    for member in await session.exec(
        select(Member)
        .join(Partnership, col(Partnership.id) == Member.partnership_id)
        .where(Partnership.round_id == round_row.id)
        .order_by(col(Member.id))
    ):
        members[member.partnership_id].append(member)
    rows = await session.exec(
        select(Partnership).where(Partnership.round_id == round_row.id).order_by(col(Partnership.number))
    )
    return [(row, tuple(members[row.id or 0])) for row in rows]


async def _wrote(session: AsyncSession, round_row: Round) -> Mapping[int, Sequence[tuple[datetime, int]]]:
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for partnership, member, at in await session.exec(
        select(Writing.partnership_id, Writing.member_id, Writing.at)
        .join(Partnership, col(Partnership.id) == Writing.partnership_id)
        .where(Partnership.round_id == round_row.id)
    ):
        found[partnership].append((at, member))
    return found


async def _begun(
    session: AsyncSession, round_row: Round, surveys: Mapping[str, Sequence[SurveyAnswer]]
) -> Mapping[str, int]:
    """Those in the middle of a survey, by survey: the first question was followed by another message."""
    waiting = {(name, row.person_id) for name, rows in surveys.items() for row in rows if row.state == "sent"}
    runs = await session.exec(
        select(FlowRun.subject, FlowRun.person_id).where(
            FlowRun.round_id == round_row.id,
            FlowRun.flow == "survey",
            col(FlowRun.status).in_(_ALIVE),
            col(FlowRun.revision) > 1,
        )
    )
    names = [(subject.rpartition(":")[2], person) for subject, person in runs]
    return Counter(name for name, person in names if (name, person) in waiting)
