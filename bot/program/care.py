"""What coordinators do about a case with one click, and the watch over those that were put off."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.errors import NotAllowed
from bot.program.caselist import pressed_case
from bot.program.cases import WAIT, Handled, close_about, close_case, edit_message, put, show_anew
from bot.program.casewords import ACTIONS, CONFIDENTIAL, handled_text
from bot.program.confidential import Decided, decide
from bot.program.ending import Rematch, end, say_goodbye
from bot.program.openings import open_room
from bot.program.partnerships import Partners, names, one, start_anew
from bot.program.presence import PRESENT
from bot.program.repairing import another
from bot.program.rooms import look_again
from bot.program.rounds import day_label
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.partnerships import Case
from storage.people import Community, Program
from storage.rounds import Round

AFTER_WRITING = timedelta(days=3)
_PARTS = 2
_LIMIT = 200

_Deed = Callable[[Turn, Program, Case, Partners, str, Rematch], Awaitable[None]]


def buttons(rematch: Rematch) -> Mapping[str, Pressed]:
    """The handler of the buttons beneath cases. `rematch` finds new partners for those who look for one."""

    async def pressed(turn: Turn, press: Press) -> None:
        case = (await pressed_case(turn, press)).case
        posts = press.parts[1] if len(press.parts) == _PARTS else ""
        if case.state != "open" or posts != str(case.posts):
            await _answer_stale(turn, press, case)
            return
        action = press.values[0] if press.values else ""
        if action not in ACTIONS[case.kind]:
            raise NotAllowed("flow.over")
        await handle(turn, press.program, case, action, press.person.name, rematch)
        if case.state == "open":
            await show_anew(turn, press.program, case, press.key)
        else:
            await _mark(turn, press, case)

    return {"case": pressed}


async def handle(turn: Turn, program: Program, case: Case, action: str, by: str, rematch: Rematch) -> None:
    """Do what a coordinator chose about an open case, and close it or put it off."""
    partners = await one(turn, case.partnership_id)
    if case.kind in CONFIDENTIAL and action in ("part", "block"):
        await decide(turn, program, case, partners, Decided(action, by), rematch)
        return
    ended = partners is None or partners.ended
    until = {"wait": turn.now + WAIT, "write": turn.now + AFTER_WRITING}.get(action)
    if ended and action not in ("wait", "done"):
        action, until = "done", None
    text = turn.say(program, f"case.did.{action}", until=day_label(until) if until else None)
    await close_case(turn, program, case, Handled(by, text, until, action))
    if partners is not None and not ended:
        await _DEEDS[action](turn, program, case, partners, by, rematch)


async def _write(turn: Turn, program: Program, case: Case, partners: Partners, by: str, rematch: Rematch) -> None:
    """A friendly word in the room, to everybody in it."""
    last = max((m.last_wrote_at for m in (seat.member for seat in partners.active) if m.last_wrote_at), default=None)
    since = day_label(last or partners.row.announced_at or partners.row.made_at)
    text = turn.say(
        program,
        "care.write",
        names=names(turn, program, partners.active),
        coordinator=by,
        since=since,
        date=day_label(turn.now),
    )
    room = partners.room()
    key = f"care:{case.id}:{len(case.history)}"
    if room is not None and partners.row.announced_at is not None:
        due_at = turn.daytime(turn.kit(program), partners.zones)
        turn.post(room, "nudge", key, text, due_at=due_at, subject=partners.subject)
        return
    for seat in partners.active:
        person = seat.member.person_id
        await turn.tell(program, seat.account, "nudge", f"{key}:{person}", text, subject=partners.subject)


async def _another(turn: Turn, program: Program, case: Case, partners: Partners, by: str, rematch: Rematch) -> None:
    await another(turn, program, case, partners, rematch)


async def _end(turn: Turn, program: Program, case: Case, partners: Partners, by: str, rematch: Rematch) -> None:
    for seat in partners.active:
        partner = names(turn, program, partners.others(seat.member.person_id))
        key = f"ended:{partners.id}:{seat.member.person_id}"
        await turn.tell(program, seat.account, "notice", key, turn.say(program, "told.ended", partner=partner))
    reason = "room_gone" if case.kind == "room_gone" else "ended"
    await end(turn, program, partners, reason, await say_goodbye(turn, program, partners))


async def _again(turn: Turn, program: Program, case: Case, partners: Partners, by: str, rematch: Rematch) -> None:
    """Open a new room; or, where the old one is still there, let in who is missing."""
    if case.kind in ("not_in_room", "left_room"):
        await look_again(turn, program, partners, f"{case.id}.{len(case.history)}")
        return
    round_row = await turn.get(Round, partners.row.round_id)
    hall, key = await turn.hall(program), f"room:{partners.id}:case{case.id}.{len(case.history)}"
    await open_room(turn, program, round_row, partners, hall, key, turn.now)


async def _wait(turn: Turn, program: Program, case: Case, partners: Partners, by: str, rematch: Rematch) -> None:
    """Nothing is done until then: the ladder stands still while a case is put off."""


async def _done(turn: Turn, program: Program, case: Case, partners: Partners, by: str, rematch: Rematch) -> None:
    """The coordinator has seen to it: silence counts from now, and those who were asked may be asked anew."""
    start_anew(partners, turn.now)


_DEEDS: Mapping[str, _Deed] = {
    "write": _write,
    "another": _another,
    "end": _end,
    "again": _again,
    "wait": _wait,
    "done": _done,
}


async def _answer_stale(turn: Turn, press: Press, case: Case) -> None:
    if case.state == "open":
        text = turn.say(press.program, "case.newer", number=case.id)
    else:
        text = turn.say(press.program, "case.already", handled=handled_text(turn, press.program, case))
        await _mark(turn, press, case)
    turn.post(press.actor.direct, "reply", f"{press.key}:reply", text, prompted=True)


async def _mark(turn: Turn, press: Press, case: Case) -> None:
    """The message whose button was pressed says what became of the case, wherever it stands."""
    if press.message:
        await edit_message(turn, press.program, case, press.address, press.message)


class CaseWatch:
    """Puts a case before the coordinators again when the time for which it was put off is over."""

    name = "cases"
    rows = (Case, Community)

    def __init__(self, kits: Kits) -> None:
        self._kits = kits

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """When the first case that was put off is due again."""
        rows = await session.exec(
            select(func.min(Case.wake_at)).where(Case.state == "snoozed", col(Case.program_id).in_(PRESENT))
        )
        return rows.one()

    async def ring(self, work: Work) -> None:
        """Show each case that is due again, or close it where it has become needless."""
        turn = Turn(work, self._kits)
        rows = await turn.session.exec(
            select(Case)
            .where(Case.state == "snoozed", col(Case.wake_at) <= turn.now, col(Case.program_id).in_(PRESENT))
            .order_by(col(Case.wake_at), col(Case.id))
            .limit(_LIMIT)
        )
        for case in list(rows):
            program = await turn.get(Program, case.program_id)
            partners = await one(turn, case.partnership_id)
            case.wake_at = None
            if partners is not None and partners.ended and case.kind not in CONFIDENTIAL:
                await close_about(turn, program, partners, "case.ended")
                continue
            case.state, case.closed_at, case.closed_by, case.outcome = "open", None, "", ""
            # Whoever put it off may decide again, before the program does.
            case.offered_at = turn.now if case.offered_at is not None else None
            await put(turn, program, case, partners)
