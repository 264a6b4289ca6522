"""The next meeting among the events of a community, where the platform has such, and a partner asks for it.

Everybody in the community sees it there, and a community has room for a hundred or so: therefore only on request, only
the next one, and without names.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, select

from bot.engine.courier import Outcome
from bot.errors import Problem
from bot.language.acts import DropEvent, PlanEvent
from bot.language.markup import Markdown, plain
from bot.program.meeting import kept
from bot.program.partnerships import Partners, Seat, id_of, names, one
from bot.program.routes import Continuation
from bot.program.turn import Turn
from bot.world.daytime import local
from storage.people import Program
from storage.traffic import OutboxAct

EVENT = "event"
"""The value of the button."""
PLANNED = "meeting_event"
"""The continuation of the act."""
_OVER = ("dead", "cancelled")


def offered(turn: Turn, partners: Partners) -> bool:
    """Whether the platform of the partners' room has events."""
    room = partners.room()
    return room is not None and turn.able(room.platform).events


async def plan(turn: Turn, program: Program, partners: Partners, seat: Seat) -> Markdown:
    """Put the next meeting into the community's events. Returns the answer for whoever asked.

    Raises Problem where there is no meeting to come, or no place for it.
    """
    series = kept.series_in(partners.row.meeting)
    coming = [at for at in series.starts() if at > turn.now] if series is not None else []
    if series is None or not coming or not offered(turn, partners):
        raise Problem("meeting.no_event")
    when, key = local(coming[0], seat.zone), _key(partners, coming[0])
    acts = select(OutboxAct.state).where(col(OutboxAct.key).startswith(key), OutboxAct.then == PLANNED)
    before = list(await turn.session.exec(acts))
    if any(state not in _OVER for state in before):
        return turn.say(program, "meeting.event_already", at=when)
    act = PlanEvent(
        # One that was refused, for want of a permission, say, can be asked for again.
        f"{key}{len(before)}",
        "notice",
        await turn.hall(program),
        plain(turn.say(program, "meeting.calendar_title")),
        plain(turn.say(program, "meeting.event_words")),
        plain(turn.say(program, "meeting.event_place")),
        coming[0],
        series.minutes,
    )
    turn.work.enqueue(act, subject=partners.subject, then=PLANNED)
    return turn.say(program, "meeting.event_set", at=when)


async def drop(turn: Turn, program: Program, partners: Partners) -> None:
    """Take the partners' meetings that are to come out of the community's events: their time is another now."""
    rows = await turn.session.exec(
        select(OutboxAct).where(
            OutboxAct.subject == partners.subject, OutboxAct.then == PLANNED, OutboxAct.state == "sent"
        )
    )
    for row in rows:
        if row.reference:
            await _drop(turn, program, row.key, row.reference)


async def planned(turn: Turn, outcome: Outcome) -> None:
    """The platform has answered. What was refused is told in the room: the calendar file has all meetings anyway."""
    partners = await one(turn, id_of(outcome.subject))
    if partners is None or outcome.unknown or not isinstance(outcome.act, PlanEvent):
        return
    program = await turn.get(Program, partners.row.program_id)
    if outcome.receipt is not None:
        if partners.ended or not outcome.act.key.startswith(_key(partners, outcome.act.begins)):
            # The time was changed while this was on its way.
            await _drop(turn, program, outcome.act.key, outcome.receipt.reference)
        return
    room = partners.room()
    if room is None or partners.ended:
        return
    text = turn.say(
        program, "meeting.event_refused", names=names(turn, program, partners.active), reason=outcome.reason
    )
    due_at = turn.daytime(turn.kit(program), partners.zones)
    turn.post(room, "notice", f"{outcome.act.key}:refused", text, due_at=due_at, subject=partners.subject)


async def _drop(turn: Turn, program: Program, key: str, reference: str) -> None:
    turn.work.enqueue(DropEvent(f"{key}:dropped", "notice", await turn.hall(program), reference))


def _key(partners: Partners, begins: datetime) -> str:
    return f"event:{partners.id}:{kept.sequence_in(partners.row.meeting)}:{begins:%Y%m%dT%H%M}:"


CONTINUATIONS: Mapping[str, Continuation] = {PLANNED: planned}
