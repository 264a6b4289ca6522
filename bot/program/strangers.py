"""Those of whom nothing is known, and nothing is to be known: who only goes, or was forgotten."""

from bot.engine.cause import cause_of
from bot.language.acts import Post
from bot.language.events import Answered, Event, RoomGone
from bot.language.messages import say
from bot.program.erasing_acts import SCRUBBED
from bot.program.people import community_of, program_of
from bot.program.rooms import room_gone
from bot.program.turn import Turn


async def on_event(turn: Turn, event: Event) -> None:
    """Take note of a room that is gone where nobody knows, or the program does not, who did that.

    Somebody who was forgotten and presses an old button hears that its question is over; nothing of it is kept.
    """
    if isinstance(event, RoomGone):
        await room_gone(turn, str(event.address))
    elif isinstance(event, Answered):
        community = await community_of(turn, event.actor.platform, event.actor.community)
        program = await program_of(turn, community) if community is not None else None
        if program is not None:
            text, key = turn.say(program, "flow.over"), f"stranger:{cause_of(event)}"
            turn.send(Post(key, "reply", event.actor.direct, say(text), prompted=True), then=SCRUBBED)
