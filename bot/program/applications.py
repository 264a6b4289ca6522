"""What an application leaves in the rows: that it was sent, what it says of the person, with whom not to pair them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.flows.spec import Answer
from bot.program.batch import note_more, of_person
from bot.program.programs import forget_nearest
from bot.program.rounds import day_label, last_day
from bot.program.turn import Turn
from bot.world.zones import guess_zone
from storage.people import Account, Apart, Person, Program
from storage.rounds import Application, Round, Submission
from topics.model import Kit, QuestionKind

_APPLICATIONS = (
    select(Application)
    .where(
        Application.program_id == bindparam("program"),
        col(Application.person_id).in_(bindparam("people", expanding=True)),
    )
    .order_by(col(Application.id))
)
_APARTS = (
    select(Apart)
    .where(Apart.program_id == bindparam("program"), col(Apart.person_id).in_(bindparam("people", expanding=True)))
    .order_by(col(Apart.id))
)


@dataclass(frozen=True, slots=True)
class Sent:
    """An application as somebody sent it: in conversation, or by a form (then they may have no account here yet)."""

    person: Person
    answers: Mapping[str, Answer]
    account: Account | None = None
    source: str = "conversation"
    name: str = ""


def record(turn: Turn, round_row: Round, kit: Kit, sent: Sent, outcome: str, reason: str = "") -> None:
    """Note that an application was sent, at the time of what is being handled, and what became of it."""
    turn.session.add(
        Submission(
            program_id=round_row.program_id,
            round_id=round_row.id or 0,
            person_id=sent.person.id or 0,
            at=turn.happened_at,
            outcome=outcome,
            reason=reason,
            source=sent.source,
            name=sent.name or sent.person.name,
            country=country_in(kit, sent.answers),
        )
    )


def late_reason(round_row: Round) -> str:
    """Why an application came too late, for tables."""
    return f"applications closed on {last_day(round_row.closes_at)}"


def early_reason(round_row: Round) -> str:
    """Why an application came too early, for tables."""
    return f"applications opened on {day_label(round_row.opens_at)}"


def replaced_reason(at: datetime) -> str:
    """Why an earlier application does not count any more, for tables."""
    return f"a later application of {day_label(at)} counts"


async def keep_facts(turn: Turn, program: Program, kit: Kit, person: Person, answers: Mapping[str, Answer]) -> None:
    """What an application says about the person beyond the round: their zone, and with whom not to pair them."""
    zone = kit.question_of_kind(QuestionKind.ZONE)
    country = country_in(kit, answers)
    named = answers.get(zone.name) if zone else None
    person.zone = named if isinstance(named, str) and named else person.zone or guess_zone(country)
    asked = [question.name for question in kit.questions if question.kind is QuestionKind.PEOPLE]
    aparts = await _aparts_of(turn, program.id, person.id or 0)
    known = {(apart.why, apart.other_email): apart for apart in aparts if apart.why in asked}
    wanted = {(name, email) for name in asked for email in answers.get(name, ()) if email != person.email}
    for mark, apart in known.items():
        if mark not in wanted:
            await turn.session.delete(apart)
            aparts[:] = [each for each in aparts if each is not apart]
    for why, email in sorted(wanted - known.keys()):
        apart = Apart(program_id=program.id or 0, person_id=person.id or 0, other_email=email, why=why)
        turn.session.add(apart)
        aparts.append(apart)


async def applications_of(turn: Turn, program_id: int | None, person_id: int) -> list[Application]:
    """The applications of somebody in all rounds of a program, oldest first."""

    async def read(people: Sequence[int]) -> Mapping[int, list[Application]]:
        found: dict[int, list[Application]] = {person: [] for person in people}
        for application in await turn.session.exec(_APPLICATIONS, params={"people": people, "program": program_id}):
            found[application.person_id].append(application)
        return found

    return await of_person(turn, ("applications", program_id), person_id, read) or []


async def application_in(turn: Turn, round_row: Round, person_id: int) -> Application | None:
    """The application of somebody in that round."""
    every = await applications_of(turn, round_row.program_id, person_id)
    return next((application for application in every if application.round_id == round_row.id), None)


def note_application(turn: Turn, application: Application) -> None:
    """There is a new one."""
    forget_nearest(turn, application.person_id)
    note_more(turn, ("applications", application.program_id), application.person_id, application)


async def _aparts_of(turn: Turn, program_id: int | None, person_id: int) -> list[Apart]:
    async def read(people: Sequence[int]) -> Mapping[int, list[Apart]]:
        found: dict[int, list[Apart]] = {person: [] for person in people}
        for apart in await turn.session.exec(_APARTS, params={"people": people, "program": program_id}):
            found[apart.person_id].append(apart)
        return found

    return await of_person(turn, ("aparts", program_id), person_id, read) or []


def country_in(kit: Kit, answers: Mapping[str, Any]) -> str:
    """The country answered, as its code; `unknown` where there is none."""
    question = kit.question_of_kind(QuestionKind.COUNTRY)
    return str(answers.get(question.name, "unknown")) if question else "unknown"


def plain_answers(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Answers as they are stored."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in answers.items()}
