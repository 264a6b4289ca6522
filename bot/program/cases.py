"""Cases: what a coordinator must look at, put before them once, and kept true to what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, select

from bot.engine.courier import Outcome
from bot.language.acts import Edit
from bot.language.markup import Markdown, plain
from bot.language.messages import Choices, Option, say
from bot.language.places import Address
from bot.program.partnerships import Partners, names, one
from bot.program.rounds import day_label
from bot.program.routes import Continuation
from bot.program.turn import Turn
from storage.partnerships import Case
from storage.people import Person, Program
from storage.traffic import OutboxAct

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "not_in_room": ("again", "write", "another", "end", "wait"),
    "no_room": ("again", "end", "wait", "done"),
    "room_gone": ("again", "end", "wait", "done"),
    "left_room": ("again", "another", "end", "wait", "done"),
    "never_arrived": ("another", "write", "end", "wait", "done"),
    "silent": ("another", "write", "end", "wait", "done"),
    "unreachable": ("another", "write", "end", "wait", "done"),
    "left": ("another", "end", "wait", "done"),
    "other_partner": ("another", "write", "end", "wait", "done"),
    "wants_a_word": ("done", "wait"),
    "undelivered": ("done", "wait"),
    "fault": ("done", "wait"),
}
"""What can be done about each kind of case, the suggestion first."""
GENTLE_FIRST = ("never_arrived", "silent")
"""The kinds for which a friendly word is suggested first, and another partner only when they are shown again."""
SILENCE = ("never_arrived", "silent", "not_in_room", "unreachable")
"""The kinds that are over once those concerned write."""
WAIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Handled:
    """Who closed a case or put it off, and what became of it."""

    by: str
    outcome: str
    until: datetime | None = None


async def open_case(
    turn: Turn,
    program: Program,
    kind: str,
    *,
    partners: Partners | None = None,
    person: Person | None = None,
    round_id: int | None = None,
    detail: str = "",
) -> Case:
    """Put something before the coordinators, once: an open or snoozed case of that kind about it stays as it is."""
    statement = select(Case).where(Case.program_id == program.id, Case.kind == kind, Case.state != "closed")
    if partners is not None:
        statement = statement.where(Case.partnership_id == partners.id)
    else:
        statement = statement.where(
            col(Case.partnership_id).is_(None), Case.person_id == (person.id if person else None)
        )
    known = (await turn.session.exec(statement)).first()
    if known is not None:
        return known
    case = Case(
        program_id=program.id or 0,
        round_id=partners.row.round_id if partners else round_id,
        partnership_id=partners.id if partners else None,
        person_id=person.id if person else None,
        kind=kind,
        detail=detail,
        opened_at=turn.now,
    )
    await turn.add(case)
    if partners is not None:
        (await _with_cases(turn, program)).add(partners.id)
    await put(turn, program, case, partners)
    return case


async def put(turn: Turn, program: Program, case: Case, partners: Partners | None) -> None:
    """Show a case to the coordinators, with its buttons. An earlier showing is no longer good."""
    case.posts += 1
    parts = await describe(turn, program, case, partners)
    await turn.tell_desk(
        program, "case", _key(case), *parts, buttons(turn, program, case), subject=subject_of(case), then="case_posted"
    )


def subject_of(case: Case) -> str:
    """The subject of the acts that show a case."""
    return f"case:{case.id}"


async def describe(turn: Turn, program: Program, case: Case, partners: Partners | None) -> Sequence[str]:
    """What a case says: whom it is about, what happened, what was tried, what is suggested."""
    person = await turn.get(Person, case.person_id) if case.person_id else None
    title = turn.say(
        program,
        "case.title",
        number=case.id,
        what=turn.say(program, f"case.kind.{case.kind}"),
        pair=partners.row.number if partners else None,
        people=names(turn, program, partners.seats) if partners else None,
        person=person.name if person else None,
        email=person.email if person else None,
        opened=day_label(case.opened_at),
        again=case.posts > 1,
    )
    gentle = case.kind in GENTLE_FIRST and case.posts <= 1
    return title, case.detail, turn.say(program, "case.suggestion.gently" if gentle else f"case.suggestion.{case.kind}")


def buttons(turn: Turn, program: Program, case: Case) -> Choices:
    """What can be done about a case."""
    options = [
        Option(action, plain(turn.say(program, f"case.button.{action}")), _style(action, first=position == 0))
        for position, action in enumerate(_actions(case))
    ]
    return Choices(f"case:{case.id}:{case.posts}", tuple(options))


def _actions(case: Case) -> tuple[str, ...]:
    possible = ACTIONS[case.kind]
    if case.kind in GENTLE_FIRST and case.posts <= 1:
        return ("write", *(action for action in possible if action != "write"))
    return possible


async def close_case(turn: Turn, program: Program, case: Case, handled: Handled) -> None:
    """Close a case, or put it off where `until` is given; its message says so and loses its buttons."""
    case.state = "closed" if handled.until is None else "snoozed"
    case.closed_by, case.outcome, case.wake_at = handled.by, handled.outcome, handled.until
    case.closed_at = turn.now
    await turn.work.cancel(subject_of(case), reason="the case is handled")
    await _strike(turn, program, case)


async def close_about(
    turn: Turn, program: Program, partners: Partners, outcome: str, kinds: Sequence[str] = ()
) -> None:
    """Close by itself what is open about a partnership (of these kinds only, where given).

    `outcome` is the key of the text that says why.
    """
    if partners.id not in await _with_cases(turn, program):
        return
    statement = select(Case).where(Case.partnership_id == partners.id, Case.state != "closed")
    if kinds:
        statement = statement.where(col(Case.kind).in_(kinds))
    for case in list(await turn.session.exec(statement)):
        await close_case(turn, program, case, Handled("", turn.say(program, outcome)))


async def edit_message(turn: Turn, program: Program, case: Case, address: Address, message: str) -> None:
    """Make one message that shows a case say what became of it, without buttons."""
    partners = await one(turn, case.partnership_id)
    *parts, _ = await describe(turn, program, case, partners)
    parts.append(handled_text(turn, program, case))
    act = Edit(f"{_key(case)}:{case.state}:{message}", "case", address, message, say(*parts))
    turn.work.enqueue(act)


def handled_text(turn: Turn, program: Program, case: Case) -> Markdown:
    """Who did what about a case, and when."""
    return turn.say(
        program,
        "case.handled",
        by=case.closed_by,
        outcome=Markdown(case.outcome),
        date=day_label(case.closed_at or turn.now),
        until=day_label(case.wake_at) if case.wake_at else None,
    )


async def posted(turn: Turn, outcome: Outcome) -> None:
    """A case was shown: if it was closed on the way, its message says so at once."""
    identity = outcome.subject.partition(":")[2]
    case = await turn.session.get(Case, int(identity)) if identity.isdecimal() else None
    if case is None or outcome.receipt is None or case.state == "open":
        return
    program = await turn.get(Program, case.program_id)
    await edit_message(turn, program, case, outcome.act.address, outcome.receipt.reference)


async def _with_cases(turn: Turn, program: Program) -> set[int]:
    """The partnerships about which something is open, read once a turn: most have nothing."""
    key = ("with cases", program.id)
    if key not in turn.work.cache:
        rows = await turn.session.exec(
            select(Case.partnership_id).where(Case.program_id == program.id, Case.state != "closed")
        )
        turn.work.cache[key] = {identity for identity in rows if identity is not None}
    return turn.work.cache[key]


async def _strike(turn: Turn, program: Program, case: Case) -> None:
    """Make the message by which the case was last shown say what became of it."""
    rows = await turn.session.exec(select(OutboxAct).where(OutboxAct.key == _key(case), OutboxAct.state == "sent"))
    for act in rows:
        await edit_message(turn, program, case, Address.parse(act.lane), act.reference)


def _key(case: Case) -> str:
    return f"case:{case.id}:{case.posts}"


def _style(action: str, *, first: bool) -> Literal["plain", "primary", "danger"]:
    if action == "end":
        return "danger"
    return "primary" if first else "plain"


CONTINUATIONS: Mapping[str, Continuation] = {"case_posted": posted}
