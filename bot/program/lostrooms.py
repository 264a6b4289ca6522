"""A room that is lost: the coordinators can have a new one made, and its partners know."""

from bot.program.cases import open_case
from bot.program.partnerships import Partners, names
from bot.program.turn import Turn
from storage.people import Program


async def room_lost(turn: Turn, partners: Partners, reason: str = "") -> None:
    """Open a case about a partnership's room, and tell the partners in private, once for each case."""
    program = await turn.get(Program, partners.row.program_id)
    detail = turn.say(program, "case.detail.room_gone", reason=reason)
    case = await open_case(turn, program, "room_gone", partners=partners, detail=detail)
    for seat in partners.active:
        person = seat.member.person_id
        text = turn.say(program, "told.room_gone", partner=names(turn, program, partners.others(person)))
        key = f"room_gone:{case.id}:{person}"
        await turn.tell(program, seat.account, "notice", key, text, subject=partners.subject)
