"""How a partnership ends: what is called off, who is told, who looks for another partner, when the room closes."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.language.acts import CloseRoom
from bot.program.cases import close_about
from bot.program.meeting import events, kept
from bot.program.openings import open_room
from bot.program.partnerships import Partners, Seat, full_hour, names
from bot.program.rounds import date_label, day_label
from bot.program.turn import Turn
from storage.people import Program
from storage.rounds import Application, Round
from storage.traffic import FlowRun
from topics.model import Kit

Rematch = Callable[[Turn, Program, Round], Awaitable[int]]
"""Pairs the people of a round who look for a partner, and says how many partnerships came of it."""

ROOM_STAYS = timedelta(days=3)
"""How long a room stays open after its partnership has ended, for a goodbye."""
_CHUNK = 500
_ALIVE = ("open", "stopped")


def checkin_subject(partnership_id: int, person_id: int) -> str:
    """The subject of the private asks to one of the partners."""
    return f"checkin:{partnership_id}:{person_id}"


async def end(
    turn: Turn, program: Program, partners: Partners, reason: str, closes_at: datetime, outcome: str = "case.ended"
) -> None:
    """End a partnership: what is planned is called off, questions and cases are over, the room closes at `closes_at`.

    Tells nobody: that is for whoever knows why it ends. Does nothing to one that has ended.
    """
    await end_all(turn, program, [partners], reason, closes_at, outcome)


async def end_all(
    turn: Turn,
    program: Program,
    many: Sequence[Partners],
    reason: str,
    closes_at: datetime,
    outcome: str = "case.ended",
) -> None:
    """End several partnerships at once, as `end` does."""
    many = [partners for partners in many if not partners.ended]
    for partners in many:
        row = partners.row
        row.state, row.ended_at, row.end_reason = "ended", turn.now, reason
        row.check_at, row.step = None, ""
    subjects = [subject for partners in many for subject in (partners.subject, *_checkins(partners))]
    await turn.work.cancel(*subjects, reason=f"the partnership ended: {reason}")
    for partners in many:
        room = partners.room()
        if room is not None and reason != "room_gone":
            act = CloseRoom(f"close:{partners.id}", "room", room)
            turn.work.enqueue(act, due_at=closes_at, subject=partners.subject)
        await close_about(turn, program, partners, outcome)
        if partners.row.meeting:
            await events.drop(turn, program, partners)
    await close_checkins(turn, many)


async def close_checkins(turn: Turn, many: Sequence[Partners]) -> None:
    """End the open private questions about partnerships."""
    await close_questions(
        turn,
        [seat.member.person_id for partners in many for seat in partners.seats],
        {subject for partners in many for subject in _checkins(partners)},
    )


async def close_questions(turn: Turn, people: Sequence[int], subjects: Collection[str]) -> None:
    """End the open conversations with these people about these subjects (looked up by person: that has an index)."""
    for start in range(0, len(people), _CHUNK):
        rows = await turn.session.exec(
            select(FlowRun).where(
                col(FlowRun.person_id).in_(people[start : start + _CHUNK]), col(FlowRun.status).in_(_ALIVE)
            )
        )
        for run in rows:
            if run.subject in subjects:
                run.status = "over"


def _checkins(partners: Partners) -> list[str]:
    return [checkin_subject(partners.id, seat.member.person_id) for seat in partners.seats]


async def go_without(
    turn: Turn, program: Program, partners: Partners, leaving: Sequence[Seat], reason: str, *, new_room: bool = True
) -> Sequence[Seat]:
    """Some partners are no longer in it. Two who remain go on, in a room of their own; else the partnership ends.

    Those who remain are told; those who leave are for the caller to tell. Returns who is left without a partner.
    """
    gone = {seat.member.person_id for seat in leaving}
    rest = [seat for seat in partners.active if seat.member.person_id not in gone]
    for seat in leaving:
        seat.member.left_at = seat.member.left_at or turn.now
    if len(rest) > 1:
        timeless = reason == "forgotten" and kept.series_in(partners.row.meeting) is not None
        if timeless:
            # It stands by a clock that may have been theirs, and nobody knows of it any more.
            await events.drop(turn, program, partners)
            partners.row.meeting = kept.dropped(partners.row.meeting)
        await _go_on(turn, program, partners, leaving, rest, new_room=new_room, timeless=timeless)
        return ()
    for seat in rest:
        text = turn.say(program, f"told.{reason}", partner=names(turn, program, leaving))
        await turn.tell(program, seat.account, "notice", f"ended:{partners.id}:{seat.member.person_id}", text)
    await end(turn, program, partners, reason, await say_goodbye(turn, program, partners))
    return rest


async def say_goodbye(turn: Turn, program: Program, partners: Partners) -> datetime:
    """Say in the room when it closes. Returns when it does. The caller ends the partnership afterwards."""
    room = partners.room()
    # Also those who left the partnership are still in the room.
    zones = [seat.person.zone or "UTC" for seat in partners.seats] or ["UTC"]
    due_at = turn.daytime(turn.kit(program), zones)
    closes_at = due_at + ROOM_STAYS
    if room is not None:
        text = turn.say(program, "room.closing", date=day_label(closes_at))
        # Not about the partnership any more: its end must not call this off.
        turn.post(room, "notice", f"closing:{partners.id}", text, due_at=due_at)
    return closes_at


async def seek(turn: Turn, program: Program, seats: Sequence[Seat], round_id: int, rematch: Rematch) -> None:
    """People who lost their partner look for another one, unless the round is nearly over; they are told either way."""
    if not seats:
        return
    round_row = await turn.get(Round, round_id)
    late = too_late(turn.kit(program), round_row, turn.now)
    people = {seat.member.person_id: seat for seat in seats}
    rows = await turn.session.exec(
        select(Application).where(Application.round_id == round_id, col(Application.person_id).in_(list(people)))
    )
    for application in rows:
        application.seek(turn.now if not late and application.status == "accepted" else None)
    for person, seat in people.items():
        words = "seek.late" if late else "seek.next"
        text = turn.say(program, words, ends=date_label(round_row.ends_on), date=day_label(turn.now))
        key = f"seek:{seat.member.partnership_id}:{person}"
        await turn.tell(program, seat.account, "notice", key, text)
    if not late:
        await turn.session.flush()
        await rematch(turn, program, round_row)


def too_late(kit: Kit, round_row: Round, now: datetime) -> bool:
    """Whether so little of the round is left (two topics' time) that a new partnership makes no sense."""
    return round_row.ends_on - now.date() < timedelta(days=2 * kit.rhythm.every_days)


async def stop(turn: Turn, program: Program, partners: Partners, seat: Seat, rematch: Rematch) -> None:
    """Somebody wants to stop: they are withdrawn, the others are told, and go on or look for another partner."""
    await withdraw(turn, partners.row.round_id, seat.member.person_id, "left")
    left = await go_without(turn, program, partners, [seat], "stopped")
    await seek(turn, program, left, partners.row.round_id, rematch)


async def withdraw(turn: Turn, round_id: int, person_id: int, reason: str) -> None:
    """Take back somebody's application for a round."""
    rows = await turn.session.exec(
        select(Application).where(Application.round_id == round_id, Application.person_id == person_id)
    )
    for application in rows:
        application.status, application.reason = "withdrawn", reason
        application.seek(None)


async def _go_on(
    turn: Turn,
    program: Program,
    partners: Partners,
    leaving: Sequence[Seat],
    rest: Sequence[Seat],
    *,
    new_room: bool,
    timeless: bool,
) -> None:
    # Each time somebody leaves there is one more who has left: so the same keys never come again.
    mark = f"left{sum(seat.member.left_at is not None for seat in partners.seats)}"
    room = partners.room()
    for seat in leaving:
        await turn.work.cancel(checkin_subject(partners.id, seat.member.person_id), reason="no longer a partner")
    for seat in rest:
        text = turn.say(
            program, "trio.go_on", partner=names(turn, program, leaving), new_room=new_room, timeless=timeless
        )
        key = f"goes_on:{partners.id}:{seat.member.person_id}:{mark}"
        await turn.tell(program, seat.account, "notice", key, text, subject=partners.subject)
    await close_about(turn, program, partners, "case.two_go_on")
    if partners.row.announced_at is not None:
        # Perhaps all who are left have written.
        partners.row.check_at = full_hour(turn.now)
    if new_room and room is not None:
        # Whoever left could still read along in the old room.
        round_row = await turn.get(Round, partners.row.round_id)
        turn.work.enqueue(CloseRoom(f"close:{partners.id}:{mark}", "room", room), due_at=turn.now + ROOM_STAYS)
        hall = await turn.hall(program)
        await open_room(turn, program, round_row, partners, hall, f"room:{partners.id}:{mark}", turn.now)
