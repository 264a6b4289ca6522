"""Admission: what becomes of an application that was sent, and of the line behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.flows.spec import Answer
from bot.program.applications import (
    Sent,
    application_in,
    country_in,
    keep_facts,
    late_reason,
    note_application,
    plain_answers,
    record,
    replaced_reason,
)
from bot.program.forms import eligibility
from bot.program.places import Queued, Standing, decide
from bot.program.rounds import PAIRED, date_label, last_day, rounds_now
from bot.program.turn import Turn
from storage.people import Account, Person, Program
from storage.rounds import Application, Round, Submission
from topics.model import Kit


async def submit(
    turn: Turn, round_row: Round, account: Account, answers: Mapping[str, Answer], *, key: str
) -> Application | None:
    """Take an application: late, ineligible, accepted, waiting or to be decided. The person is told which.

    A second application takes the place of the first, and its place in the line is that of its own time.
    """
    if turn.happened_at >= round_row.closes_at:
        await too_late(turn, round_row, account, key=key, answers=answers)
        return None
    program = await turn.get(Program, round_row.program_id)
    person = await turn.get(Person, account.person_id)
    application = await take(turn, program, round_row, Sent(person, answers, account, name=account.name))
    await tell_status(turn, program, round_row, application, account, key=key, prompted=True)
    await fill_places(turn, program, round_row)
    return application


async def take(turn: Turn, program: Program, round_row: Round, sent: Sent) -> Application:
    """Keep an application that came in time, and judge it. Nobody is told, and the line behind it is not moved."""
    kit = turn.kit(program)
    application, is_new = await _replace(turn, round_row, sent.person)
    application.account_id = sent.account.id if sent.account else None
    application.answers = plain_answers(sent.answers)
    application.submitted_at = turn.happened_at
    await keep_facts(turn, program, kit, sent.person, sent.answers)
    await _judge(turn, round_row, kit, application)
    _note_place(turn, application)
    if is_new:
        turn.session.add(application)
        note_application(turn, application)
    record(turn, round_row, kit, sent, "counted")
    await turn.session.flush()
    return application


async def join(turn: Turn, program: Program, person: Person, account: Account) -> None:
    """Somebody who applied by a form has come: the application is theirs now, and they hear where they stand."""
    for round_row in await rounds_now(turn, program):
        application = await _application(turn, round_row, person)
        if round_row.state != "ended" and application is not None and application.account_id is None:
            await _hand_over(turn, program, round_row, application, account)


async def _hand_over(
    turn: Turn, program: Program, round_row: Round, application: Application, account: Account
) -> None:
    application.account_id = account.id
    application.seek(turn.now if seeks(round_row, application) else None)
    key = f"joined:{application.id}"
    await tell_status(turn, program, round_row, application, account, key=key, prompted=False)


async def change(turn: Turn, round_row: Round, account: Account, answers: Mapping[str, Answer], *, key: str) -> None:
    """Put new answers in the place of the old ones. The place in the line stays."""
    program = await turn.get(Program, round_row.program_id)
    kit = turn.kit(program)
    person = await turn.get(Person, account.person_id)
    application = await _application(turn, round_row, person)
    if application is None:
        return
    before = application.status
    application.answers = plain_answers(answers)
    await keep_facts(turn, program, kit, person, answers)
    reason = eligibility(kit, application.answers, complete=True)
    open_still = turn.happened_at < round_row.closes_at
    if reason is not None and round_row.state not in PAIRED:
        application.status, application.reason = "ineligible", reason
    elif reason is None and before == "ineligible" and open_still:
        # Nobody who waits, or has a place, steps back for somebody who could not take part until now.
        application.submitted_at = turn.happened_at
        await _judge(turn, round_row, kit, application)
        _note_place(turn, application)
    if application.status != before or reason is not None:
        await tell_status(turn, program, round_row, application, account, key=key, prompted=True)
        await turn.session.flush()
        await fill_places(turn, program, round_row)
        return
    late = before == "ineligible"
    text = turn.say(program, "change.late" if late else "registration.changed", closed=last_day(round_row.closes_at))
    turn.post(await turn.direct(account), "notice", f"{key}:changed", text, prompted=True)


async def withdraw(turn: Turn, round_row: Round, account: Account, *, key: str) -> None:
    """Take an application back. Whoever waits first gets the place."""
    program = await turn.get(Program, round_row.program_id)
    person = await turn.get(Person, account.person_id)
    application = await _application(turn, round_row, person)
    if application is None or application.status == "withdrawn":
        text = turn.say(program, "withdraw.nothing")
        turn.post(await turn.direct(account), "notice", f"{key}:nothing", text, prompted=True)
        return
    application.status, application.reason, application.told = "withdrawn", "by the person", "withdrawn"
    application.seek(None)
    open_still = turn.happened_at < round_row.closes_at
    text = turn.say(program, "withdraw.done", closes=last_day(round_row.closes_at), open=open_still)
    turn.post(await turn.direct(account), "notice", f"{key}:withdrawn", text, prompted=True)
    await turn.session.flush()
    await fill_places(turn, program, round_row)


async def too_late(
    turn: Turn, round_row: Round, account: Account, *, key: str, answers: Mapping[str, Answer] | None = None
) -> None:
    """Somebody applied after the round had closed: note it, and tell them kindly."""
    program = await turn.get(Program, round_row.program_id)
    person = await turn.get(Person, account.person_id)
    sent = Sent(person, answers or {}, account, name=account.name)
    record(turn, round_row, turn.kit(program), sent, "late", late_reason(round_row))
    text = turn.say(program, "apply.late", closed=last_day(round_row.closes_at), round=round_row.name)
    turn.post(await turn.direct(account), "notice", f"{key}:late", text, prompted=True)


async def fill_places(turn: Turn, program: Program, round_row: Round, *, final: bool = False) -> None:
    """Decide the line anew, and tell everybody whose place has changed. Nobody who was told of a place loses it.

    Until applications close (`final`, and ever after), shares of countries are open. A round that has started gives
    no more places; before that, whoever gets one when the pairs are made waits for a partner.
    """
    decided = final or round_row.state in ("closed", "paired")
    if round_row.state in ("running", "ended") or (
        not decided and (not round_row.capacity or round_row.country_cap > 0)
    ):
        return
    applications = await in_line(turn, round_row)
    standings = places_of(turn.kit(program), round_row, applications)
    changed = [a for a in applications if _settle(a, standings[_id(a)])]
    for application in changed:
        _note_place(turn, application)
        application.seek(turn.now if seeks(round_row, application) else None)
    if not changed:
        return
    accounts = await _accounts(turn, changed)
    for application in changed:
        account = accounts.get(application.account_id or 0)
        if account is not None:
            key = f"place:{application.id}:{application.status}:{application.submitted_at:%y%m%d%H%M%S}"
            await tell_status(turn, program, round_row, application, account, key=key, prompted=False)


def places_of(kit: Kit, round_row: Round, applications: Sequence[Application]) -> Mapping[int, Standing]:
    """How the places of a round go to these applications, by id."""
    line = [
        Queued(_id(a), a.submitted_at, country_in(kit, a.answers), promised=a.told == "accepted") for a in applications
    ]
    return decide(line, round_row.capacity, round_row.country_cap)


def seeks(round_row: Round, application: Application) -> bool:
    """Whether somebody who was placed just now waits for a partner: the pairs are made, and they can be introduced."""
    return application.status == "accepted" and round_row.state in PAIRED and application.account_id is not None


async def in_line(turn: Turn, round_row: Round) -> Sequence[Application]:
    """The applications that want a place, eligible and not withdrawn."""
    rows = await turn.session.exec(
        select(Application)
        .where(
            Application.round_id == round_row.id, col(Application.status).in_(("received", "accepted", "waitlisted"))
        )
        .order_by(col(Application.submitted_at), col(Application.id))
    )
    return list(rows)


async def tell_status(
    turn: Turn,
    program: Program,
    round_row: Round,
    application: Application,
    account: Account,
    *,
    key: str,
    prompted: bool,
) -> None:
    """Tell somebody where they stand: at once when they just did something, otherwise in their daytime."""
    status, person = application.status, await turn.get(Person, account.person_id)
    values: dict[str, Any] = {
        "name": person.name,
        "starts": date_label(round_row.starts_on),
        "ends": date_label(round_row.ends_on),
        "closes": last_day(round_row.closes_at),
        "reason": application.reason,
        "round": round_row.name,
    }
    text = turn.say(program, f"application.{status}", **values)
    kind = "welcome" if status == "accepted" else "notice"
    parts = [text, turn.kit(program).welcome] if kind == "welcome" else [text]
    application.told = status
    if prompted:
        turn.post(await turn.direct(account), kind, f"{key}:{status}", *parts, prompted=True)
    else:
        await turn.tell(program, account, kind, f"{key}:told", *parts)


def _note_place(turn: Turn, application: Application) -> None:
    """When somebody had a place for the first time stays, whatever becomes of it."""
    if application.status == "accepted":
        application.accepted_at = application.accepted_at or turn.now


async def _judge(turn: Turn, round_row: Round, kit: Kit, application: Application) -> None:
    reason = eligibility(kit, application.answers, complete=True)
    if reason is not None:
        application.status, application.reason = "ineligible", reason
        return
    application.reason = ""
    if round_row.country_cap > 0:
        application.status = "received"
    elif not round_row.capacity:
        application.status = "accepted"
    else:
        rows = await turn.session.exec(
            select(func.count())
            .select_from(Application)
            .where(Application.round_id == round_row.id, col(Application.status).in_(("accepted", "waitlisted")))
            .where(Application.person_id != application.person_id)
        )
        # Whoever waits comes before somebody who applies now, also when that one gives up a place by applying again.
        application.status = "accepted" if rows.one() < round_row.capacity else "waitlisted"
        application.reason = "" if application.status == "accepted" else "full"


async def _replace(turn: Turn, round_row: Round, person: Person) -> tuple[Application, bool]:
    """The application to fill in, and whether it is new; or else an old one, whose submission no longer counts."""
    application = await _application(turn, round_row, person)
    if application is None:
        new = Application(
            program_id=round_row.program_id, round_id=_id(round_row), person_id=_id(person), submitted_at=turn.now
        )
        return new, True
    rows = await turn.session.exec(
        select(Submission).where(
            Submission.round_id == round_row.id, Submission.person_id == person.id, Submission.outcome == "counted"
        )
    )
    for earlier in rows:
        earlier.outcome = "duplicate"
        earlier.reason = replaced_reason(turn.happened_at)
    application.status, application.told, application.accepted_at = "received", "", None
    return application, False


async def _application(turn: Turn, round_row: Round, person: Person) -> Application | None:
    return await application_in(turn, round_row, _id(person))


async def _accounts(turn: Turn, applications: Sequence[Application]) -> dict[int, Account]:
    ids = [a.account_id for a in applications if a.account_id is not None]
    rows = await turn.session.exec(select(Account).where(col(Account.id).in_(ids)))
    return {_id(account): account for account in rows}


def _settle(application: Application, standing: Standing) -> bool:
    application.status = standing.status
    application.reason = standing.reason
    return application.told != standing.status


def _id(row: Application | Round | Person | Program | Account) -> int:
    if row.id is None:
        raise ValueError("a row that is not stored has no id")
    return row.id
