"""Rooms: both or neither. Who is in them, who writes in them and when, and what is done when one is lost."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.engine.courier import Outcome
from bot.language.acts import CloseRoom
from bot.language.events import Event, Joined, Left, RoomGone, Said
from bot.language.places import Place
from bot.program.asking import NO_ANSWER
from bot.program.cases import SILENCE, close_about, open_case
from bot.program.ending import checkin_subject, close_questions, go_without, withdraw
from bot.program.introductions import announce, become_live, introduce_third
from bot.program.lostrooms import room_lost
from bot.program.openings import open_room
from bot.program.partnerships import Partners, Seat, full_hour, id_of, load, names, of_person, one, quarter_day
from bot.program.people import Known
from bot.program.repairing import offer, offer_key, offered
from bot.program.rounds import day_label
from bot.program.routes import Continuation
from bot.program.turn import Turn
from storage.evaluation import Writing
from storage.partnerships import Partnership
from storage.people import Account, Person, Program
from storage.rounds import Round
from storage.traffic import OutboxAct

COMPLETE_WITHIN = timedelta(hours=24)
"""How long everybody has to come in before the room is looked at again, and the coordinators hear of it."""
LOOK = ":look"
_PAIR = 2


async def on_event(turn: Turn, known: Known, event: Event) -> None:
    """Take note of what happened in a room, or of somebody who left the community."""
    match event:
        case Said():
            await wrote(turn, known.account, str(event.address), event.at)
        case Joined():
            await joined(turn, known.account, str(event.address), event.at)
        case Left() if event.address.place is Place.HALL:
            for program in await turn.programs(known.community.id):
                await left_community(turn, program, known.account, event.at)
        case Left():
            await left_room(turn, known.account, str(event.address))
        case RoomGone():
            await room_gone(turn, str(event.address))
        case _:
            pass


async def preload(turn: Turn, events: Iterable[Event]) -> None:
    """Read the partnerships of all rooms, and of all buttons beneath topics, in a batch of events in two queries."""
    texts = sorted({str(event.address) for event in events if event.address.place is Place.ROOM})
    if not texts:
        return
    rows = await turn.session.exec(
        select(Partnership.id, Partnership.room).where(col(Partnership.room).in_(texts), Partnership.state != "ended")
    )
    ids = {room: identity for identity, room in rows if identity is not None}
    found = await load(turn, ids.values())
    for text in texts:
        turn.work.cache["room", text] = found.get(ids.get(text, 0))


async def of_room(turn: Turn, text: str) -> Partners | None:
    """The partnership, not ended, that has this room. `text` is the address as text."""
    key = ("room", text)
    if key not in turn.work.cache:
        rows = await turn.session.exec(
            select(Partnership.id).where(Partnership.room == text, Partnership.state != "ended")
        )
        turn.work.cache[key] = await one(turn, rows.first())
    partners: Partners | None = turn.work.cache[key]
    return None if partners is None or partners.ended else partners


async def opened(turn: Turn, outcome: Outcome) -> None:
    """A room was opened (or asked for once more), or cannot be."""
    partners = await one(turn, id_of(outcome.subject))
    if partners is None:
        return
    program, row = await turn.get(Program, partners.row.program_id), partners.row
    room = outcome.receipt.room if outcome.receipt is not None else None
    if outcome.receipt is None or room is None:
        if not partners.ended:
            detail = turn.say(program, "case.detail.no_room", reason=outcome.reason)
            await open_case(turn, program, "no_room", partners=partners, detail=detail)
        return
    if partners.ended:
        # It was on its way when the partnership ended.
        turn.work.enqueue(CloseRoom(f"close:{partners.id}:{room.id}", "room", room))
        return
    if outcome.receipt.note:
        text = turn.say(program, "setup.note", pair=row.number, note=outcome.receipt.note)
        await turn.tell_desk(program, "notice", f"note:{outcome.act.key}", text)
    moved, row.room = row.room != str(room), str(room)
    for seat in partners.active:
        seat.member.present = seat.member.present or seat.account.external_id in outcome.receipt.present
    absent = [seat for seat in partners.active if not seat.member.present]
    await close_about(turn, program, partners, "case.new_room", ("no_room", "room_gone"))
    if row.announced_at is not None:
        if moved:
            await _welcome_back(turn, program, partners)
    elif not absent:
        await announce(turn, program, partners)
    elif LOOK in outcome.act.key:
        await _not_in_room(turn, program, partners, absent)
    else:
        row.check_at = full_hour(outcome.receipt.at + COMPLETE_WITHIN)


async def look_again(turn: Turn, program: Program, partners: Partners, mark: str = "") -> None:
    """Ask the platform for the same room again, so that it lets in who is missing and says who is there.

    Only what it says now is a fact about people. `mark` tells one look from another.
    """
    rows = await turn.session.exec(
        select(OutboxAct.key)
        .where(OutboxAct.subject == partners.subject, OutboxAct.then == "room_opened", OutboxAct.state == "sent")
        .order_by(col(OutboxAct.id).desc())
        .limit(1)
    )
    key = (rows.first() or f"room:{partners.id}").partition(LOOK)[0]
    round_row = await turn.get(Round, partners.row.round_id)
    await open_room(turn, program, round_row, partners, await turn.hall(program), key, turn.now, look=LOOK + mark)


async def joined(turn: Turn, account: Account, room: str, at: datetime) -> None:
    """Somebody came into a room: once all are in, they are introduced."""
    partners = await of_room(turn, room)
    seat = _seat_of(partners, account)
    if partners is None or seat is None:
        return
    seat.member.present = True
    await _complete(turn, partners)


async def wrote(turn: Turn, account: Account, room: str, at: datetime) -> None:
    """Somebody wrote in a room. What they wrote is not known; that they did ends the silence."""
    partners = await of_room(turn, room)
    seat = _seat_of(partners, account)
    if partners is None or seat is None:
        return
    member, row = seat.member, partners.row
    member.messages += 1
    turn.session.add(Writing(program_id=row.program_id, partnership_id=partners.id, member_id=member.id or 0, at=at))
    member.answer = ""
    member.first_wrote_at = min(member.first_wrote_at or at, at)
    member.last_wrote_at = max(member.last_wrote_at or at, at)
    for other in partners.others(member.person_id):
        if other.member.answer == NO_ANSWER:
            # They waited for this: from now on it is their turn, and they have their whole time.
            other.member.answer, row.quiet_until = "", max(row.quiet_until or at, at)
    if not member.present:
        member.present = True
        await _complete(turn, partners)
    if become_live(partners, at) or member.asks or member.asked_at:
        await _sign_of_life(turn, partners, seat)
    elif row.step:
        await _settle(turn, partners)


async def left_room(turn: Turn, account: Account, room: str) -> None:
    """Somebody left their room, and is still in the community: the coordinators ask what is the matter."""
    partners = await of_room(turn, room)
    seat = _seat_of(partners, account)
    if partners is None or seat is None:
        return
    seat.member.present = False
    program = await turn.get(Program, partners.row.program_id)
    detail = turn.say(program, "case.detail.left_room", name=seat.person.name)
    await open_case(turn, program, "left_room", partners=partners, detail=detail)


async def left_community(turn: Turn, program: Program, account: Account, at: datetime) -> None:
    """Somebody left the community: their partners are told kindly, the coordinators have a case."""
    account.gone_at = account.gone_at or at
    for partners in await of_person(turn, program, account.person_id):
        seat = _seat_of(partners, account)
        if seat is None:
            continue
        await withdraw(turn, partners.row.round_id, account.person_id, "left the community")
        await turn.work.cancel(checkin_subject(partners.id, account.person_id), reason="left the community")
        rest = partners.others(account.person_id)
        if len(rest) != 1:
            await go_without(turn, program, partners, [seat], "left", new_room=False)
            continue
        seat.member.left_at = at
        gone = names(turn, program, [seat])
        detail = turn.say(program, "case.detail.left", name=gone, partner=names(turn, program, rest))
        person = await turn.get(Person, account.person_id)
        case = await open_case(turn, program, "left", partners=partners, person=person, detail=detail)
        days = timedelta(days=turn.kit(program).checkins.settle_days)
        text = turn.say(program, "told.left", partner=gone, by=day_label(turn.now + days))
        for other in rest:
            key, choices = offer_key(case, other.member.person_id), offer(turn, program, case, other.member.person_id)
            await turn.tell(program, other.account, "nudge", key, text, choices, subject=partners.subject)
        offered(turn, program, case, rest, turn.now)
        partners.row.check_at = full_hour(turn.now)


async def room_gone(turn: Turn, room: str) -> None:
    """A room was deleted or archived by somebody else: the coordinators can have a new one made, and partners know."""
    partners = await of_room(turn, room)
    if partners is None:
        return
    partners.row.room = ""
    for seat in partners.seats:
        seat.member.present = False
    await room_lost(turn, partners)


async def _complete(turn: Turn, partners: Partners) -> None:
    if any(not seat.member.present for seat in partners.active):
        return
    program = await turn.get(Program, partners.row.program_id)
    await close_about(turn, program, partners, "case.they_came", ("not_in_room", "left_room"))
    await announce(turn, program, partners)


async def _sign_of_life(turn: Turn, partners: Partners, seat: Seat) -> None:
    """What was asked about this person is answered by their writing."""
    subject = checkin_subject(partners.id, seat.member.person_id)
    if seat.member.asks and seat.member.asked_at is None:
        # The question has not reached them: they should not find it, nor should what they type be taken for its answer.
        await turn.work.cancel(subject, reason="they wrote")
        await close_questions(turn, [seat.member.person_id], (subject,))
    seat.member.asks, seat.member.asked_at = 0, None
    if all(not each.member.asks for each in partners.active):
        await _settle(turn, partners)
    elif partners.row.step:
        # Another one is silent still: whoever wrote waits for them now, and is told how it stands.
        partners.row.check_at = full_hour(turn.now)


async def _settle(turn: Turn, partners: Partners) -> None:
    """Nobody is silent any more: what is open about silence closes by itself."""
    if any(each.member.asks for each in partners.active):
        return
    partners.row.step, partners.row.check_at = "", quarter_day(turn.now)
    program = await turn.get(Program, partners.row.program_id)
    await close_about(turn, program, partners, "case.they_wrote", SILENCE)


async def _welcome_back(turn: Turn, program: Program, partners: Partners) -> None:
    room = partners.room()
    if room is None:
        return
    # An introduction shows answers, and is mended as such when somebody in it is forgotten.
    third = "third" in partners.row.score and len(partners.active) > _PAIR
    kind = "introduction" if third else "notice"
    parts: list[str] = [turn.say(program, "room.new", names=names(turn, program, partners.active))]
    if third:
        parts = await introduce_third(turn, program, partners)
    due_at = turn.daytime(turn.kit(program), partners.zones)
    turn.post(room, kind, f"new_room:{partners.id}:{room.id}", *parts, due_at=due_at, subject=partners.subject)


async def _not_in_room(turn: Turn, program: Program, partners: Partners, absent: list[Seat]) -> None:
    detail = turn.say(program, "case.detail.not_in_room", names=names(turn, program, absent))
    await open_case(turn, program, "not_in_room", partners=partners, detail=detail)


def _seat_of(partners: Partners | None, account: Account) -> Seat | None:
    if partners is None:
        return None
    return next((seat for seat in partners.active if seat.member.account_id == account.id), None)


CONTINUATIONS: Mapping[str, Continuation] = {"room_opened": opened}
