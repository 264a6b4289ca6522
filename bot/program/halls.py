"""The hall of a program: the public channel of its rounds. Moved only on purpose while a round is on."""

from collections.abc import Mapping

from bot.errors import NotAllowed
from bot.language.markup import Markdown
from bot.language.messages import Choices, Option
from bot.language.places import Address, Place
from bot.program.access import Action, Who, allowed
from bot.program.command import Call
from bot.program.programs import program_at
from bot.program.rounds import rounds_now
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn, hall_of
from storage.people import Community, Program

_TOKEN = "hall"


async def choose(turn: Turn, call: Call, program: Program) -> Choices | None:
    """Take the channel in which a command was given as the program's hall.

    Where a round was announced in another one, nothing changes: the question whether to move is returned instead.
    """
    if call.address.place is not Place.HALL or not call.address.id:
        return None
    community = await turn.get(Community, program.community_id)
    if hall_of(program, community) not in ("", call.address.id) and await _in_use(turn, program):
        words = turn.wording(program)
        options = (
            Option("move", words.plain("setup.button.move"), "primary"),
            Option("stay", words.plain("setup.button.stay")),
        )
        return Choices(f"{_TOKEN}:{program.id}:{call.address.id}", options)
    _take(program, community, call.address.id)
    return None


async def _pressed(turn: Turn, press: Press) -> None:
    """Whether this channel becomes the hall. The token is `hall:PROGRAM:CHANNEL`."""
    number, _, channel = ":".join(press.parts).partition(":")
    programs = await turn.programs(press.program.community_id)
    program = next((each for each in programs if str(each.id) == number), None)
    if program is None or not channel or press.values not in (("move",), ("stay",)):
        raise NotAllowed("flow.over")
    decision = allowed(press.standing, Action(Who.OWNER)) if program is press.program else None
    if decision is None or not decision.allowed:
        raise NotAllowed(decision.reason if decision else "access.coordinators_only")
    turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", await _moved(turn, press, channel))


async def _moved(turn: Turn, press: Press, channel: str) -> Markdown:
    community = await turn.get(Community, press.program.community_id)
    address = Address(press.address.platform, press.address.community, Place.HALL, channel)
    other = await program_at(turn, community, address)
    if press.values == ("stay",) or (other is not None and other is not press.program):
        return turn.say(press.program, "setup.stayed")
    _take(press.program, community, channel)
    return turn.say(press.program, "setup.moved")


async def _in_use(turn: Turn, program: Program) -> bool:
    return any(round_row.state != "ended" for round_row in await rounds_now(turn, program))


def _take(program: Program, community: Community, channel: str) -> None:
    if program.hall is None:
        community.hall = channel
    else:
        program.hall = channel


BUTTONS: Mapping[str, Pressed] = {_TOKEN: _pressed}
