"""Cases: what a coordinator must look at, put before them once, and kept true to what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.engine.courier import Outcome
from bot.language.acts import Edit
from bot.language.messages import Element, say
from bot.language.places import Address
from bot.program.casekeeping import strike, to_ambassador
from bot.program.casenotes import note
from bot.program.casewords import CONFIDENTIAL, FOR_AMBASSADORS, buttons, describe, handled_text
from bot.program.partnerships import Partners, one
from bot.program.people import account_in
from bot.program.routes import Continuation
from bot.program.turn import Turn
from storage.partnerships import Case
from storage.people import Community, Person, Program
from storage.traffic import OutboxAct

SILENCE = ("never_arrived", "silent", "not_in_room", "unreachable")
"""The kinds that are over once those concerned write."""
WEEKLY = ("never_arrived", "silent", "left", "other_partner", "wants_a_word")
"""The kinds that can wait for the weekly message, where the kit wants one: whoever waits has been written to."""
WAIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Handled:
    """Who closed a case or put it off, and what became of it. `act` names what was done, where it was a button."""

    by: str
    outcome: str
    until: datetime | None = None
    act: str = ""


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
    """Put something before the coordinators, once: an open or snoozed case of that kind about it stays as it is.

    What somebody says in confidence is always a case of its own.
    """
    known = None if kind in CONFIDENTIAL else await _known(turn, program, kind, partners, person)
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


async def _known(
    turn: Turn, program: Program, kind: str, partners: Partners | None, person: Person | None
) -> Case | None:
    statement = select(Case).where(Case.program_id == program.id, Case.kind == kind, Case.state != "closed")
    if partners is not None:
        statement = statement.where(Case.partnership_id == partners.id)
    else:
        statement = statement.where(
            col(Case.partnership_id).is_(None), Case.person_id == (person.id if person else None)
        )
    return (await turn.session.exec(statement)).first()


async def put(turn: Turn, program: Program, case: Case, partners: Partners | None, *, at_once: bool = False) -> None:
    """Show a case to the coordinators, with its buttons. An earlier showing is no longer good.

    A free ambassador of the country gets it first, and has it for some days. What can wait comes with the next weekly
    message instead, where the kit wants one. With `at_once` neither is asked.
    """
    if not at_once and await to_ambassador(turn, program, case, partners):
        return
    if is_weekly(turn, program, case) and not at_once:
        return
    case.posts += 1
    parts = (*await describe(turn, program, case, partners), *buttons(turn, program, case))
    key, subject = _key(case), subject_of(case)
    apart = await concerned(turn, program, case, partners)
    if not apart:
        await turn.tell_desk(program, "case", key, *parts, subject=subject, then="case_posted")
        return
    # Somebody whom it is about reads the desk: the others are told where nobody else reads.
    community = await turn.get(Community, program.community_id)
    for person in await turn.coordinators(program):
        account = await account_in(turn, community, person) if person.id not in apart else None
        if account is not None:
            to = f"{key}:{person.id}"
            await turn.tell(program, account, "case", to, *parts, subject=subject, then="case_posted")


def is_weekly(turn: Turn, program: Program, case: Case) -> bool:
    """Whether a case waits for the weekly message."""
    return case.kind in WEEKLY and turn.kit(program).plan.cases_weekday is not None


async def concerned(turn: Turn, program: Program, case: Case, partners: Partners | None) -> frozenset[int]:
    """The coordinators who must not learn of a case, since somebody speaks of them in confidence."""
    if case.kind not in CONFIDENTIAL or partners is None:
        return frozenset()
    others = {seat.member.person_id for seat in partners.seats} - {case.person_id}
    return frozenset(person.id or 0 for person in await turn.coordinators(program) if person.id in others)


def subject_of(case: Case) -> str:
    """The subject of the acts that show a case."""
    return f"case:{case.id}"


async def close_case(turn: Turn, program: Program, case: Case, handled: Handled) -> None:
    """Close a case, or put it off where `until` is given; its message says so and loses its buttons."""
    case.state = "closed" if handled.until is None else "snoozed"
    case.closed_by, case.outcome, case.wake_at = handled.by, handled.outcome, handled.until
    case.closed_at = turn.now
    note(turn, case, handled.by, handled.outcome, handled.act)
    await turn.work.cancel(subject_of(case), reason="the case is handled")
    for act in await _showing(turn, case):
        await edit_message(turn, program, case, Address.parse(act.lane), act.reference)
    if case.state == "closed" and case.kind in FOR_AMBASSADORS:
        await strike(turn, program, case, "keeper.over")


async def close_about(
    turn: Turn, program: Program, partners: Partners, outcome: str, kinds: Sequence[str] = ()
) -> None:
    """Close by itself what is open about a partnership (of these kinds only, where given), save what was confided.

    `outcome` is the key of the text that says why.
    """
    if partners.id not in await _with_cases(turn, program):
        return
    statement = select(Case).where(
        Case.partnership_id == partners.id, Case.state != "closed", col(Case.kind).not_in(CONFIDENTIAL)
    )
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


async def show_anew(turn: Turn, program: Program, case: Case, mark: str) -> None:
    """Make the messages that show an open case say how it stands now: who has it, what was done. `mark` is unique."""
    parts: list[str | Element] = [*await describe(turn, program, case, await one(turn, case.partnership_id))]
    parts += buttons(turn, program, case)
    for act in await _showing(turn, case):
        key = f"{_key(case)}:{mark}:{act.reference}"
        turn.work.enqueue(Edit(key, "case", Address.parse(act.lane), act.reference, say(*parts)))


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


async def _showing(turn: Turn, case: Case) -> list[OutboxAct]:
    """The messages by which the case was last shown, on the desk or to single coordinators."""
    key = _key(case)
    rows = await turn.session.exec(
        select(OutboxAct).where(
            OutboxAct.subject == subject_of(case), OutboxAct.state == "sent", OutboxAct.then == "case_posted"
        )
    )
    return [act for act in rows if act.key == key or act.key.startswith(f"{key}:")]


def _key(case: Case) -> str:
    return f"case:{case.id}:{case.posts}"


CONTINUATIONS: Mapping[str, Continuation] = {"case_posted": posted}
