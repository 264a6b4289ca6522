"""Those of whom nothing is known, and nothing is to be known: who only goes, or was forgotten."""

from bot.engine.cause import cause_of
from bot.flows.state import parse_token
from bot.language.acts import Post
from bot.language.events import Answered, Event, RoomGone
from bot.language.messages import say
from bot.program.erasing_acts import SCRUBBED
from bot.program.programs import community_of
from bot.program.rooms import room_gone
from bot.program.turn import Turn
from bot.program.whose import program_told
from storage.people import Program
from storage.traffic import FlowRun

_DIGITS = 18
"""Numbers of so many digits are no ids."""


async def on_event(turn: Turn, event: Event) -> None:
    """Take note of a room that is gone where nobody knows, or the program does not, who did that.

    Somebody who was forgotten and presses an old button hears that its question is over, or that it belongs to
    whoever is still asked; nothing of it is kept.
    """
    if isinstance(event, RoomGone):
        await room_gone(turn, str(event.address))
    elif isinstance(event, Answered):
        community = await community_of(turn, event.actor.platform, event.actor.community)
        program = await program_told(turn, community, event) if community is not None else None
        if program is not None:
            told = "access.not_yours" if await _is_asked(turn, program, event.token) else "flow.over"
            text, key = turn.say(program, told), f"stranger:{cause_of(event)}"
            turn.send(Post(key, "reply", event.actor.direct, say(text), prompted=True), then=SCRUBBED)


async def _is_asked(turn: Turn, program: Program, token: str) -> bool:
    """Whether the question of that token still waits for somebody's answer."""
    try:
        number, _, _ = parse_token(token)
    except ValueError:
        return False
    run = await turn.session.get(FlowRun, int(number)) if number.isdecimal() and len(number) < _DIGITS else None
    return run is not None and run.program_id == program.id and run.status == "open"
