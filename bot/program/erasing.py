"""Forgetting a person: what is emptied, row by row. What stays counts somebody, and tells of nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import String, cast, or_
from sqlmodel import SQLModel, col, select

from bot.flows.state import from_json, to_json
from bot.program.admission import fill_places
from bot.program.cases import Handled, close_case
from bot.program.casewords import FOR_AMBASSADORS
from bot.program.ending import Rematch, go_without, seek, withdraw
from bot.program.marks import identity_of, identity_of_email, key_of, leave_marks, mark_of
from bot.program.meeting import kept
from bot.program.partnerships import of_person
from bot.program.registration import WITHDRAWABLE
from bot.program.traces import Traces
from bot.program.turn import Turn
from storage.certificates import Certificate
from storage.communications import Announcement, Contact
from storage.evaluation import AnonymousAnswer, Writing
from storage.files import StoredFile
from storage.partnerships import Case, Member, Partnership, SurveyAnswer, ThirdAsk
from storage.people import Absence, Account, Community, Person, Program, Role
from storage.rounds import Application, Proposal, ProposedGroup, Round, Submission
from storage.traffic import FlowRun

WORDS = ("sentences", "told", "note")
"""What a score says in words; the rest are figures."""
_GOES = (Absence, Role, ThirdAsk, StoredFile, Certificate)
"""Rows of which nothing stays."""


async def accounts_of(turn: Turn, person_id: int | None) -> list[tuple[Account, Community]]:
    """Everybody's accounts, in all communities, those that are gone too."""
    rows = await turn.session.exec(
        select(Account, Community)
        .join(Community, col(Community.id) == Account.community_id)
        .where(Account.person_id == person_id)
        .order_by(col(Account.id))
    )
    return list(rows)


async def traces_of(turn: Turn, program: Program, person: Person) -> Traces:
    """Whatever tells of this person in other people's texts."""
    accounts = [account for account, _ in await accounts_of(turn, person.id)]
    sent = await turn.session.exec(select(Submission.name).where(Submission.person_id == person.id))
    names = {person.name, *(account.name for account in accounts), *sent} - {""}
    return Traces(
        names=tuple(sorted(names)),
        emails=(person.email,) if person.email else (),
        ids=tuple(sorted({account.external_id for account in accounts})),
        instead=turn.say(program, "forgotten.somebody"),
    )


async def marks_for(turn: Turn, person: Person) -> list[str]:
    """The keyed marks of a person who is about to be forgotten."""
    key = await key_of(turn)
    identities = [identity_of(community, account) for account, community in await accounts_of(turn, person.id)]
    identities += [identity_of_email(person.email)] if person.email else []
    return [mark_of(key, identity) for identity in identities]


async def forget_in_rows(turn: Turn, person: Person, traces: Traces) -> None:
    """Empty everything that is kept of a person, and take them out of what is kept of others."""
    await leave_marks(turn, person, await marks_for(turn, person))
    await _empty_own(turn, person)
    await _empty_threads(turn, person)
    await _empty_partnerships(turn, person, traces)
    await _out_of_others(turn, traces)
    for account, _ in await accounts_of(turn, person.id):
        account.external_id, account.name, account.locale = f"gone:{account.id}", "", ""
        account.program_id = None
        account.gone_at = account.gone_at or turn.now
    person.name, person.email, person.zone = "", None, ""
    await turn.session.flush()


async def leave(turn: Turn, person: Person, rematch: Rematch) -> None:
    """End what still runs: partners are told and go on or look for another, and whoever waits gets the place."""
    for program in list(await turn.session.exec(select(Program).order_by(col(Program.id)))):
        for partners in await of_person(turn, program, person.id):
            seat = partners.seat(person.id)
            if seat is not None:
                await withdraw(turn, partners.row.round_id, seat.member.person_id, "")
                left = await go_without(turn, program, partners, [seat], "forgotten")
                partners.row.meeting = _without_time(partners.row.meeting)
                await seek(turn, program, left, partners.row.round_id, rematch)
    cases = await turn.session.exec(select(Case).where(Case.person_id == person.id, Case.state != "closed"))
    for case in list(cases):
        program = await turn.get(Program, case.program_id)
        await close_case(turn, program, case, Handled("", turn.say(program, "case.forgotten")))
    waiting = await turn.session.exec(
        select(Application, Round)
        .join(Round, col(Round.id) == Application.round_id)
        .where(Application.person_id == person.id, Round.state != "ended", col(Application.status).in_(WITHDRAWABLE))
    )
    for application, round_row in list(waiting):
        application.status, application.reason, application.told = "withdrawn", "", "withdrawn"
        application.account_id = None
        application.seek(None)
        await turn.session.flush()
        await fill_places(turn, await turn.get(Program, round_row.program_id), round_row)


async def _empty_own(turn: Turn, person: Person) -> None:
    for submission in await _of(turn, Submission, person):
        submission.name, submission.country, submission.reason = "", "", ""
    for application in await _of(turn, Application, person):
        application.answers, application.reason = {}, ""
    for answer in await _of(turn, SurveyAnswer, person):
        answer.answers = {}
    for run in await _of(turn, FlowRun, person):
        # The rows stay until they are cleared up with all others: their ids are in the keys of acts.
        run.status = run.status if run.status == "done" else "over"
        run.state, run.step, run.subject = "", "", ""
    for case in await _of(turn, Case, person):
        case.detail, case.outcome, case.history = "", "", []
    for case in await turn.session.exec(select(Case).where(Case.holder_id == person.id)):
        if case.state == "open" and case.kind in FOR_AMBASSADORS:
            # Nobody else may have seen it: it is handed over, as by whoever is no ambassador any more.
            continue
        case.holder_id, case.held_at = None, None
    for thread in await turn.session.exec(select(Contact).where(Contact.keeper_id == person.id)):
        thread.keeper_id = None
    for row in [each for kind in _GOES for each in await _of(turn, kind, person)]:
        await turn.session.delete(row)


async def _empty_threads(turn: Turn, person: Person) -> None:
    """What coordinators are writing to the person, or wrote: nobody shall read it, or send it."""
    for thread in await _of(turn, Contact, person):
        about = col(FlowRun.subject).startswith(f"contact:{thread.id}:")
        for run in await turn.session.exec(select(FlowRun).where(about)):
            run.status = run.status if run.status == "done" else "over"
            run.state, run.step, run.subject = "", "", ""


async def _empty_partnerships(turn: Turn, person: Person, traces: Traces) -> None:
    """Reasons for a pair are made of the answers of both: only the figures stay."""
    members = await _of(turn, Member, person)
    for member in members:
        member.answer, member.asked, member.behaviour = "", [], {}
    wrote = col(Writing.member_id).in_([member.id for member in members])
    for writing in await turn.session.exec(select(Writing).where(wrote)):
        await turn.session.delete(writing)
    for row in await turn.session.exec(
        select(Partnership).where(col(Partnership.id).in_([member.partnership_id for member in members]))
    ):
        row.score = _figures(row.score)
        if row.state == "ended":
            row.meeting = _without_time(row.meeting)
    for case in await turn.session.exec(
        select(Case).where(col(Case.partnership_id).in_([member.partnership_id for member in members]))
    ):
        case.detail, case.outcome = (traces.out_of(text, near=True) for text in (case.detail, case.outcome))
        case.history = traces.out_of_json(case.history, near=True)
    rounds = {application.round_id for application in await _of(turn, Application, person)}
    groups = await turn.session.exec(
        select(ProposedGroup)
        .join(Proposal, col(Proposal.id) == ProposedGroup.proposal_id)
        .where(col(Proposal.round_id).in_(rounds))
    )
    for group in groups:
        if person.id in group.people:
            group.score = _figures(group.score)


def _without_time(meeting: Mapping[str, Any]) -> dict[str, Any]:
    """The clock by which they meet, and who chose it, tell of a person."""
    return kept.dropped(meeting) if kept.series_in(meeting) is not None else dict(meeting)


async def _out_of_others(turn: Turn, traces: Traces) -> None:
    """Take the person out of what others answered (whom not to meet, say) and did."""
    for case in await _mentioning(turn, traces, Case, Case.detail, Case.outcome, Case.closed_by, Case.history):
        case.closed_by = traces.out_of(case.closed_by, near=True)
        case.detail, case.outcome = (traces.out_of(text, near=False) for text in (case.detail, case.outcome))
        case.history = traces.out_of_json(case.history, near=False)
    for row in await _mentioning(turn, traces, Application, Application.answers):
        row.answers = traces.out_of_json(row.answers, near=False)
    for row in await _mentioning(turn, traces, SurveyAnswer, SurveyAnswer.answers):
        row.answers = traces.out_of_json(row.answers, near=False)
    for row in await _mentioning(turn, traces, AnonymousAnswer, AnonymousAnswer.answers):
        row.answers = traces.out_of_json(row.answers, near=False)
    for announcement in await _mentioning(turn, traces, Announcement, Announcement.text):
        announcement.text = traces.out_of(announcement.text, near=False)
    for score in (Partnership, ProposedGroup):
        for row in await _mentioning(turn, traces, score, score.score):
            row.score = traces.out_of_json(row.score, near=False)
    for run in await _mentioning(turn, traces, FlowRun, FlowRun.state):
        run.state = _out_of_state(run.state, traces)


def _out_of_state(state: str, traces: Traces) -> str:
    kept = from_json(state)
    answers = {
        name: tuple(traces.out_of_json(list(value), near=False))
        if isinstance(value, tuple)
        else traces.out_of(value, near=False)
        for name, value in kept.answers.items()
    }
    return to_json(replace(kept, answers=answers, offered=tuple(traces.out_of_json(list(kept.offered), near=False))))


def _figures(score: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in score.items() if name not in WORDS}


async def _of(turn: Turn, row: Any, person: Person) -> list[Any]:
    return list(await turn.session.exec(select(row).where(row.person_id == person.id).order_by(row.id)))


async def _mentioning(turn: Turn, traces: Traces, row: type[SQLModel], *columns: Any) -> Sequence[Any]:
    """The rows in which one of these columns may tell of the person."""
    texts = [cast(column, String) for column in columns]
    hits = [text.icontains(form, autoescape=True) for text in texts for form in traces.forms]
    return list(await turn.session.exec(select(row).where(or_(*hits)))) if hits else []
