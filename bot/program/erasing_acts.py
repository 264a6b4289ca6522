"""Forgetting a person in what came in and goes out: stored events, sent and waiting acts, messages that stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError
from sqlalchemy import or_, update
from sqlmodel import col, select

from bot.language.acts import Act, Edit, Post, act_from_json, act_to_json
from bot.language.messages import Message, say
from bot.language.places import Address, Place
from bot.program.introductions import without
from bot.program.partnerships import load, subject_of
from bot.program.traces import Traces
from bot.program.turn import Turn
from storage.communications import Contact
from storage.database import table_of
from storage.partnerships import Member
from storage.people import Person, Program
from storage.traffic import InboxEvent, OutboxAct

_OVER = ("sent", "dead", "cancelled")
_acts = table_of(OutboxAct)
SCRUBBED = "forgotten"
"""The continuation of messages whose address must not be kept once they were sent, and of edits that may fail."""
_SHOWN = ("sent", "waiting", "claimed", "unknown")


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a person's messages went: their own lanes, and those that are about them (rooms, desks, partners)."""

    own: frozenset[str]
    near: frozenset[str]


async def ways_of(turn: Turn, person: Person, own: Iterable[Address], also: Iterable[str]) -> Ways:
    """The lanes of a person, and those near them; `also` are further ones that are near."""
    rows = await turn.session.exec(select(Member.partnership_id).where(Member.person_id == person.id))
    ids = list(rows)
    near = set(also) - {""}
    for partners in (await load(turn, ids)).values():
        near |= {str(await turn.direct(seat.account)) for seat in partners.seats if seat.member.person_id != person.id}
        near |= {partners.row.room} - {""}
    lanes = await turn.session.exec(
        select(OutboxAct.lane).where(col(OutboxAct.subject).in_([subject_of(identity) for identity in ids])).distinct()
    )
    mine = frozenset(map(str, own))
    near |= {lane for lane in lanes if "/room/" in lane}
    near |= {str(await turn.desk(program)) for program in await turn.session.exec(select(Program))}
    return Ways(mine, frozenset(near) - mine)


async def in_flight(turn: Turn, traces: Traces) -> bool:
    """Whether a process is sending something just now that tells of the person."""
    hit = or_(*[col(OutboxAct.payload).icontains(form, autoescape=True) for form in traces.forms])
    statement = select(OutboxAct.id).where(OutboxAct.state == "claimed", hit).limit(1)
    return (await turn.session.exec(statement)).first() is not None


async def forget_in_acts(turn: Turn, person: Person, traces: Traces, ways: Ways) -> None:
    """Cancel what waits for the person, rewrite what waits for others, empty what is over, mend what stands."""
    await turn.work.store_acts()
    await _mend_standing(turn, person, traces, ways)
    await turn.work.store_acts()
    connection = await turn.session.connection()
    for lane in sorted(ways.own):
        platform, community, _ = lane.split("/", 2)
        await connection.execute(
            update(_acts)
            .where(_acts.c.lane == lane, _acts.c.state.not_in(_OVER))
            .values(state="cancelled", fence=_acts.c.fence + 1)
        )
        emptied = {"payload": "", "receipt": "", "reference": "", "reason": "", "subject": "", "then": ""}
        gone = f"{platform}/{community}/{Place.DIRECT}/"
        await connection.execute(update(_acts).where(_acts.c.lane == lane).values(lane=gone, **emptied))
    for row in await _mentioning(turn, traces):
        await _rewrite(turn, row, traces, near=row.lane in ways.near)
    await forget_in_events(turn, traces)


async def forget_in_events(turn: Turn, traces: Traces) -> None:
    """Empty stored events of, or about, the person that are handled. What is still to be handled came after."""
    hit = or_(*[col(InboxEvent.payload).icontains(form, autoescape=True) for form in traces.forms])
    for event in await turn.session.exec(select(InboxEvent).where(InboxEvent.state != "new", hit)):
        if traces.stand_in_json(event.payload):
            event.payload, event.state, event.error = "", "done", ""


async def _mentioning(turn: Turn, traces: Traces) -> Sequence[OutboxAct]:
    texts = (OutboxAct.payload, OutboxAct.receipt, OutboxAct.reason)
    hits = [col(text).icontains(form, autoescape=True) for text in texts for form in traces.forms]
    return list(await turn.session.exec(select(OutboxAct).where(or_(*hits)).order_by(col(OutboxAct.id))))


async def _rewrite(turn: Turn, row: OutboxAct, traces: Traces, *, near: bool) -> None:
    """Nobody reads an act that is over; one that waits says the same without the person."""
    row.reason = traces.out_of(row.reason, near=True)
    if traces.stand_in_json(row.receipt):
        row.receipt = ""
    if row.state in _OVER:
        row.payload = "" if traces.stand_in_json(row.payload) else row.payload
        return
    act = _read(row)
    if act is not None:
        row.payload = act_to_json(traces.out_of_act(act, near=near))


async def _mend_standing(turn: Turn, person: Person, traces: Traces, ways: Ways) -> None:
    """Have messages edited that stand in rooms and on desks, so that they no longer show the person."""
    mended = await _mend_introductions(turn, person) | await _mend_threads(turn, person)
    for lane in sorted(ways.near):
        if Address.parse(lane).place is Place.DIRECT:
            continue
        rows = await turn.session.exec(
            select(OutboxAct)
            .where(OutboxAct.lane == lane, col(OutboxAct.state).in_(_SHOWN))
            .order_by(col(OutboxAct.id))
        )
        latest: dict[str, tuple[OutboxAct, Act]] = {}
        for row in rows:
            act = _read(row)
            if isinstance(act, Edit):
                latest[act.target] = row, act
            elif isinstance(act, Post) and row.reference and not act.only_for and row.id not in mended:
                latest[row.reference] = row, act
        for target, (row, act) in latest.items():
            # One that waits is rewritten where it is.
            if row.state == "sent" and traces.tell_in(act, near=True):
                cleaned = traces.out_of_act(act, near=True)
                if isinstance(cleaned, Post | Edit):
                    _edit(turn, person, row, target, cleaned.message)


def _edit(turn: Turn, person: Person, row: OutboxAct, target: str, message: Message) -> None:
    act = Edit(f"forgotten:{person.id}:{row.id}", "notice", Address.parse(row.lane), target, message)
    turn.work.enqueue(act, then=SCRUBBED)


async def _mend_introductions(turn: Turn, person: Person) -> set[int | None]:
    """Introductions show answers, not names alone: they are told anew without the person. Returns those acts."""
    ids = list(await turn.session.exec(select(Member.partnership_id).where(Member.person_id == person.id)))
    by_subject = {partners.subject: partners for partners in (await load(turn, ids)).values()}
    rows = await turn.session.exec(
        select(OutboxAct).where(
            col(OutboxAct.subject).in_(list(by_subject)),
            OutboxAct.kind == "introduction",
            col(OutboxAct.state).in_(_SHOWN),
        )
    )
    mended: set[int | None] = set()
    for row in rows:
        partners = by_subject[row.subject]
        program = await turn.get(Program, partners.row.program_id)
        message, act = say(*await without(turn, program, partners, person.id)), _read(row)
        mended.add(row.id)
        if row.state == "waiting":
            # Two who go on are introduced to each other anew.
            row.state, row.reason = "cancelled", "somebody was forgotten"
        elif row.state != "sent" and isinstance(act, Post):
            row.payload = act_to_json(replace(act, message=message))
        elif row.reference:
            _edit(turn, person, row, row.reference, message)
        if row.state in _OVER:
            row.payload = ""
    return mended


async def _mend_threads(turn: Turn, person: Person) -> set[int | None]:
    """What coordinators and the person wrote to each other goes, word for word. Returns the acts that showed it."""
    threads = await turn.session.exec(select(Contact).where(Contact.person_id == person.id))
    mended: set[int | None] = set()
    for thread in list(threads):
        program, subject = await turn.get(Program, thread.program_id), f"contact:{thread.id}"
        message = say(turn.say(program, "contact.forgotten"))
        rows = await turn.session.exec(
            select(OutboxAct).where(
                or_(col(OutboxAct.subject) == subject, col(OutboxAct.subject).startswith(f"{subject}:"))
            )
        )
        for row in rows:
            mended.add(row.id)
            act = _read(row)
            if row.state == "waiting":
                row.state, row.reason = "cancelled", "somebody was forgotten"
            elif row.state not in _OVER and isinstance(act, Post):
                row.payload = act_to_json(replace(act, message=message))
            elif row.state == "sent" and row.reference and row.subject == subject:
                _edit(turn, person, row, row.reference, message)
            if row.state in _OVER:
                row.payload = ""
    return mended


def _read(row: OutboxAct) -> Act | None:
    try:
        return act_from_json(row.payload) if row.payload else None
    except ValidationError:
        return None
