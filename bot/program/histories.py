"""The history of a round: the facts that pictures, analysis and exports are made from, put together from its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evaluation.behaviour import from_json, hours_between, kept_of, weeks_between
from bot.evaluation.history import CaseFacts, Given, MemberFacts, PairFacts, PersonFacts, RoundHistory, TopicDay
from bot.program.completion import completed, lasted
from bot.program.historyrows import RoundRows, read_rows
from bot.program.matching import Candidate
from bot.program.pairfacts import Common
from bot.program.registration import answers_of
from bot.program.roundtopics import RoundTopic, topics_of
from bot.program.surveyfacts import closed_answers, columns, labels_of, survey_facts, titles_of
from bot.program.timetable import first_monday
from storage.partnerships import Case, Member, Partnership
from storage.people import Program
from storage.rounds import Application, Round
from topics.model import Kit, Question, QuestionKind

_SHOWN = ("running", "ended")
_DAY = timedelta(days=1)


async def histories(session: AsyncSession, kit: Kit, program: Program) -> tuple[RoundHistory, ...]:
    """The rounds of a program that run or are over, the oldest first."""
    rows = await session.exec(
        select(Round).where(Round.program_id == program.id, col(Round.state).in_(_SHOWN)).order_by(col(Round.id))
    )
    return tuple([await history(session, kit, round_row) for round_row in list(rows)])


async def history(session: AsyncSession, kit: Kit, round_row: Round) -> RoundHistory:
    """All that is known of one round. Of one that runs, weeks count up to the last sign of life in it."""
    rows = await read_rows(session, round_row)
    people = people_of(kit, rows)
    return RoundHistory(
        program=kit.name,
        name=round_row.name,
        number=rows.number,
        opens_at=round_row.opens_at,
        closes_at=round_row.closes_at,
        starts_on=round_row.starts_on,
        ends_on=round_row.ends_on,
        ended=round_row.state == "ended",
        people=people,
        pairs=_pairs(kit, round_row, rows),
        cases=tuple(_case(case) for case in rows.cases),
        surveys=tuple(
            survey_facts(survey, rows.surveys[name], rows.begun.get(name, 0), rows.unnamed.get(name, ()))
            for survey in kit.surveys
            if (name := survey.name) in rows.surveys
        ),
        topics=_topics(kit, round_row),
        labels=labels_of(kit, {person.country for person in people} - {""}),
        titles=titles_of(kit),
    )


def introduced(partnership: Partnership, member: Member) -> bool:
    """Whether somebody was introduced to their partner: who left before the introduction never was."""
    at = partnership.announced_at
    return at is not None and (member.left_at is None or member.left_at >= at)


def people_of(kit: Kit, rows: RoundRows) -> tuple[PersonFacts, ...]:
    """Everybody who applied in a round, and how far they came."""
    seats: dict[int, list[tuple[Partnership, Member]]] = {}
    for partnership, members in rows.pairs:
        for member in members:
            if introduced(partnership, member):
                seats.setdefault(member.person_id, []).append((partnership, member))
    named: dict[int, dict[str, Mapping[str, Given]]] = {}
    for survey in kit.surveys:
        asked = columns(survey.questions)
        for row in rows.surveys.get(survey.name, ()):
            if row.answers:
                named.setdefault(row.person_id, {})[survey.name] = closed_answers(asked, row.answers)
    questions = columns(kit.questions)
    # Whoever has a partner has applied; but rows are what they are, and nobody is left out.
    return tuple(
        _person(kit, person, rows.applications.get(person), seats.get(person, ()), named.get(person, {}), questions)
        for person in dict.fromkeys((*rows.applications, *seats))
    )


def _person(
    kit: Kit,
    person: int,
    application: Application | None,
    seats: Sequence[tuple[Partnership, Member]],
    surveys: Mapping[str, Mapping[str, Given]],
    questions: Mapping[str, Question],
) -> PersonFacts:
    status = application.status if application is not None else "accepted"
    answers = closed_answers(questions, application.answers) if application is not None else {}
    # Whoever had a place and says now what keeps them from taking part counts as if they had said so at once.
    had_place = application is not None and application.accepted_at is not None and status != "ineligible"
    return PersonFacts(
        key=person,
        country=_first(kit, answers, QuestionKind.COUNTRY),
        zone=_first(kit, answers, QuestionKind.ZONE),
        status=status,
        eligible=bool(seats) or status != "ineligible",
        placed=bool(seats),
        live=any(row.live_at is not None and member.first_wrote_at is not None for row, member in seats),
        completed=any(completed(row, member) for row, member in seats),
        answers=answers,
        surveys=surveys,
        accepted=bool(seats) or had_place or status == "accepted",
    )


def _first(kit: Kit, answers: Mapping[str, Given], kind: QuestionKind) -> str:
    """The answer to the kit's first question of that kind, empty where there is none."""
    question = kit.question_of_kind(kind)
    return str(answers.get(question.name, "")) if question is not None else ""


def _pairs(kit: Kit, round_row: Round, rows: RoundRows) -> tuple[PairFacts, ...]:
    maker = _Maker(
        kit,
        rows,
        Common(kit.wishes, first_monday(round_row.starts_on)),
        _until(round_row, rows),
        topics_of(kit, round_row),
    )
    return tuple(maker.pair(row, members) for row, members in rows.pairs)


def _until(round_row: Round, rows: RoundRows) -> datetime:
    """Until when weeks count of partnerships that have not ended."""
    end = datetime.combine(round_row.ends_on, time(), UTC) + _DAY
    begun = max((row.announced_at for row, _ in rows.pairs if row.announced_at is not None), default=end)
    return end if round_row.state == "ended" else min(end, max(begun, rows.latest or begun))


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the facts of the partnerships of one round."""

    kit: Kit
    rows: RoundRows
    common: Common
    until: datetime
    topics: Sequence[RoundTopic]

    def pair(self, row: Partnership, every: Sequence[Member]) -> PairFacts:
        """The facts of one partnership. What needs everybody's answers is not known where somebody was forgotten."""
        began = row.announced_at
        members = [member for member in every if introduced(row, member)] if began is not None else every
        # Of three of whom one has left, the two who went on; of two, both.
        stayed = [member for member in members if member.left_at is None]
        people = [self._candidate(member) for member in (stayed if len(stayed) > 1 else members)]
        known = all(person.answers for person in people)
        return PairFacts(
            key=row.id or 0,
            members=tuple(self._member(row, member) for member in members),
            countries=tuple(_first(self.kit, person.answers, QuestionKind.COUNTRY) for person in people),
            announced_at=began,
            ended_at=row.ended_at,
            end_reason=row.end_reason,
            live=row.live_at is not None,
            lasted=lasted(row),
            weeks=0 if began is None else weeks_between(began, max(began, row.ended_at or self.until)),
            wishes=self.common.met(people) if known else {},
            similarity=self.common.similarity(people),
            zone_hours=self.common.zone_hours(_first(self.kit, one.answers, QuestionKind.ZONE) for one in people),
            pace=row.pace or self.kit.checkins.default_pace,
            elsewhere=row.elsewhere,
            first_contact_hours=None if row.live_at is None or began is None else hours_between(began, row.live_at),
            talked=tuple(topic.slug for topic in self.topics if topic.number in row.talked),
        )

    def _candidate(self, member: Member) -> Candidate:
        application = self.rows.applications.get(member.person_id)
        return Candidate(str(member.person_id), answers_of(application.answers) if application is not None else {})

    def _member(self, row: Partnership, member: Member) -> MemberFacts:
        began = row.announced_at or row.made_at
        ended = member.left_at or row.ended_at or self.until
        asked = [datetime.fromisoformat(at) for at in member.asked]
        kept = from_json(member.behaviour)
        if kept is None:
            kept = kept_of(self.rows.wrote.get(row.id or 0, ()), member.id or 0, asked, began, max(began, ended))
        return MemberFacts(
            person=member.person_id,
            weekly=kept.weekly,
            first_word_hours=None if member.first_wrote_at is None else hours_between(began, member.first_wrote_at),
            reply_hours=kept.reply_hours,
            asks=len(asked),
            helped=kept.helped,
            known=not row.elsewhere and sum(kept.weekly) == member.messages,
        )


def _case(case: Case) -> CaseFacts:
    last = str(case.history[-1].get("act", "")) if case.history else ""
    settled = "itself" if case.history and not case.closed_by else ""
    return CaseFacts(
        kind=case.kind,
        state=case.state,
        outcome=(last or settled) if case.state == "closed" else "",
        opened_at=case.opened_at,
        closed_at=case.closed_at if case.state == "closed" else None,
        asked=case.posts,
    )


def _topics(kit: Kit, round_row: Round) -> tuple[TopicDay, ...]:
    came = [(topic, topic.day) for topic in topics_of(kit, round_row) if topic.number not in round_row.skipped]
    days = [TopicDay(topic.number, topic.slug, topic.title, day) for topic, day in came if day is not None]
    return tuple(sorted(days, key=lambda topic: topic.day))
