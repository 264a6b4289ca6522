"""Admission: what becomes of an application that was sent, and of the line behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.flows.spec import Answer
from bot.program.forms import eligibility
from bot.program.places import Queued, Standing, decide
from bot.program.rounds import date_label, day_label, last_day
from bot.program.turn import Turn
from bot.world.zones import guess_zone
from storage.people import Account, Apart, Person, Program
from storage.rounds import Application, Round, Submission
from topics.model import Kit, QuestionKind


async def submit(
    turn: Turn,
    round_row: Round,
    account: Account,
    answers: Mapping[str, Answer],
    *,
    key: str,
    source: str = "conversation",
) -> Application | None:
    """Take an application: late, ineligible, accepted, waiting or to be decided. The person is told which.

    A second application takes the place of the first, and its place in the line is that of its own time.
    """
    if turn.happened_at >= round_row.closes_at:
        await too_late(turn, round_row, account, key=key, source=source, answers=answers)
        return None
    program = await turn.get(Program, round_row.program_id)
    kit = turn.kit(program)
    person = await turn.get(Person, account.person_id)
    application = await _replace(turn, round_row, person)
    application.account_id = account.id
    application.answers = _plain(answers)
    application.submitted_at = turn.happened_at
    await _keep_facts(turn, program, kit, person, answers)
    await _judge(turn, round_row, kit, application)
    turn.session.add(application)
    _record(turn, round_row, account, person, source, "counted", kit, answers)
    await turn.session.flush()
    await tell_status(turn, program, round_row, application, account, key=key, prompted=True)
    await fill_places(turn, program, round_row)
    return application


async def change(
    turn: Turn, round_row: Round, account: Account, answers: Mapping[str, Answer], *, key: str
) -> None:
    """Put new answers in the place of the old ones. The place in the line stays."""
    program = await turn.get(Program, round_row.program_id)
    kit = turn.kit(program)
    person = await turn.get(Person, account.person_id)
    application = await _application(turn, round_row, person)
    if application is None:
        return
    before = application.status
    application.answers = _plain(answers)
    await _keep_facts(turn, program, kit, person, answers)
    reason = eligibility(kit, application.answers)
    open_still = turn.happened_at < round_row.closes_at
    if reason is not None:
        application.status, application.reason = "ineligible", reason
    elif before == "ineligible" and open_still:
        await _judge(turn, round_row, kit, application)
    if application.status != before:
        await tell_status(turn, program, round_row, application, account, key=key, prompted=True)
        await fill_places(turn, program, round_row)
        return
    text = turn.say(program, "registration.changed")
    turn.post(await turn.direct(account), "notice", f"{key}:changed", text, prompted=True)


async def withdraw(turn: Turn, round_row: Round, account: Account, *, key: str) -> None:
    """Take an application back. Whoever waits first gets the place."""
    program = await turn.get(Program, round_row.program_id)
    person = await turn.get(Person, account.person_id)
    application = await _application(turn, round_row, person)
    if application is None or application.status == "withdrawn":
        return
    application.status, application.reason, application.told = "withdrawn", "by the person", "withdrawn"
    application.seeking = False
    text = turn.say(program, "withdraw.done", closes=last_day(round_row.closes_at))
    turn.post(await turn.direct(account), "notice", f"{key}:withdrawn", text, prompted=True)
    await turn.session.flush()
    await fill_places(turn, program, round_row)


async def too_late(
    turn: Turn,
    round_row: Round,
    account: Account,
    *,
    key: str,
    source: str = "conversation",
    answers: Mapping[str, Answer] | None = None,
) -> None:
    """Somebody applied after the round had closed: note it, and tell them kindly."""
    program = await turn.get(Program, round_row.program_id)
    person = await turn.get(Person, account.person_id)
    _record(turn, round_row, account, person, source, "late", turn.kit(program), answers or {})
    text = turn.say(program, "apply.late", closed=last_day(round_row.closes_at), round=round_row.name)
    turn.post(await turn.direct(account), "notice", f"{key}:late", text, prompted=True)


async def fill_places(turn: Turn, program: Program, round_row: Round, *, final: bool = False) -> None:
    """Decide the line anew, and tell everybody whose place has changed.

    Until applications close, shares of countries are open and nobody who has a place loses it.
    """
    if not final and (not round_row.capacity or round_row.country_cap > 0):
        return
    applications = await in_line(turn, round_row)
    standings = decide(
        [Queued(_id(a), a.submitted_at, _country(turn.kit(program), a.answers)) for a in applications],
        round_row.capacity,
        round_row.country_cap,
    )
    changed = [a for a in applications if _settle(a, standings[_id(a)])]
    if not changed:
        return
    accounts = await _accounts(turn, changed)
    for application in changed:
        account = accounts.get(application.account_id or 0)
        if account is not None:
            key = f"place:{application.id}:{application.status}"
            await tell_status(turn, program, round_row, application, account, key=key, prompted=False)


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
    parts = [text, turn.wording(program).fill(turn.kit(program).welcome, **values)] if kind == "welcome" else [text]
    application.told = status
    if prompted:
        turn.post(await turn.direct(account), kind, f"{key}:{status}", *parts, prompted=True)
    else:
        await turn.tell(program, account, kind, f"{key}:told", *parts)


async def _judge(turn: Turn, round_row: Round, kit: Kit, application: Application) -> None:
    reason = eligibility(kit, application.answers)
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
            .where(Application.round_id == round_row.id, Application.status == "accepted")
            .where(Application.person_id != application.person_id)
        )
        application.status = "accepted" if rows.one() < round_row.capacity else "waitlisted"
        application.reason = "" if application.status == "accepted" else "full"


async def _replace(turn: Turn, round_row: Round, person: Person) -> Application:
    """The application to fill in: a new one, or the old one whose submission no longer counts."""
    application = await _application(turn, round_row, person)
    if application is None:
        return Application(
            program_id=round_row.program_id, round_id=_id(round_row), person_id=_id(person), submitted_at=turn.now
        )
    rows = await turn.session.exec(
        select(Submission).where(
            Submission.round_id == round_row.id, Submission.person_id == person.id, Submission.outcome == "counted"
        )
    )
    for earlier in rows:
        earlier.outcome = "duplicate"
        earlier.reason = f"a later application of {day_label(turn.happened_at)} counts"
    application.status = "received"
    return application


async def _application(turn: Turn, round_row: Round, person: Person) -> Application | None:
    rows = await turn.session.exec(
        select(Application).where(Application.round_id == round_row.id, Application.person_id == person.id)
    )
    return rows.first()


def _record(
    turn: Turn,
    round_row: Round,
    account: Account,
    person: Person,
    source: str,
    outcome: str,
    kit: Kit,
    answers: Mapping[str, Answer],
) -> None:
    late = outcome == "late"
    turn.session.add(
        Submission(
            program_id=round_row.program_id,
            round_id=_id(round_row),
            person_id=_id(person),
            at=turn.happened_at,
            outcome=outcome,
            reason=f"applications closed on {last_day(round_row.closes_at)}" if late else "",
            source=source,
            name=account.name or person.name,
            country=_country(kit, answers),
        )
    )


async def _keep_facts(turn: Turn, program: Program, kit: Kit, person: Person, answers: Mapping[str, Answer]) -> None:
    """What an application says about the person beyond the round: their zone, and with whom not to pair them."""
    zone = kit.question_of_kind(QuestionKind.ZONE)
    country = _country(kit, answers)
    named = answers.get(zone.name) if zone else None
    person.zone = named if isinstance(named, str) and named else person.zone or guess_zone(country)
    asked = [question.name for question in kit.questions if question.kind is QuestionKind.PEOPLE]
    rows = await turn.session.exec(
        select(Apart).where(
            Apart.program_id == program.id, Apart.person_id == person.id, col(Apart.why).in_(asked or [""])
        )
    )
    known = {(apart.why, apart.other_email): apart for apart in rows}
    wanted = {(name, email) for name in asked for email in answers.get(name, ()) if email != person.email}
    for mark, apart in known.items():
        if mark not in wanted:
            await turn.session.delete(apart)
    for why, email in sorted(wanted - known.keys()):
        turn.session.add(Apart(program_id=_id(program), person_id=_id(person), other_email=email, why=why))


async def _accounts(turn: Turn, applications: Sequence[Application]) -> dict[int, Account]:
    ids = [a.account_id for a in applications if a.account_id is not None]
    rows = await turn.session.exec(select(Account).where(col(Account.id).in_(ids)))
    return {_id(account): account for account in rows}


def _settle(application: Application, standing: Standing) -> bool:
    application.status = standing.status
    application.reason = standing.reason
    return application.told != standing.status


def _country(kit: Kit, answers: Mapping[str, Any]) -> str:
    question = kit.question_of_kind(QuestionKind.COUNTRY)
    return str(answers.get(question.name, "unknown")) if question else "unknown"


def _plain(answers: Mapping[str, Answer]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in answers.items()}


def _id(row: Application | Round | Person | Program | Account) -> int:
    if row.id is None:
        raise ValueError("a row that is not stored has no id")
    return row.id

