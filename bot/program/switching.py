"""`programs`: what runs in a community, what somebody is in each program, and which one they talk to in private."""

from collections.abc import Mapping
from typing import Any

from bot.errors import NotAllowed, Problem
from bot.language.messages import Choices, Element, Option
from bot.program.access import Who
from bot.program.applications import application_in
from bot.program.command import Argument, Call, Command
from bot.program.partnerships import names, of_person
from bot.program.people import Known, standing
from bot.program.programs import talked_to
from bot.program.rounds import rounds_now
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from storage.people import Account, Community, Program

_TOKEN = "programs"


async def _programs(turn: Turn, call: Call) -> None:
    community = await turn.get(Community, call.program.community_id)
    programs, wanted = await turn.programs(community.id), call.arguments.get("name", "").strip()
    if not wanted:
        known = Known(community, await talked_to(turn, community, call.account), call.account, call.person)
        call.reply(turn, *await programs_shown(turn, known))
        return
    kit = turn.kits.called(wanted)
    program = next((each for each in programs if kit is not None and each.kit == kit.slug), None)
    if program is None:
        raise Problem("programs.unknown", wanted=wanted[:60], names=[turn.kit(each).name for each in programs])
    call.reply(turn, _switch(turn, call.account, program))


async def _pressed(turn: Turn, press: Press) -> None:
    """A program was chosen from the list: its id is the value."""
    wanted = press.values[0] if press.values else ""
    programs = await turn.programs(press.program.community_id)
    program = next((each for each in programs if str(each.id) == wanted), None)
    if program is None:
        raise NotAllowed("flow.over")
    turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", _switch(turn, press.account, program))


def _switch(turn: Turn, account: Account, program: Program) -> str:
    account.program_id = program.id
    return turn.say(program, "programs.switched")


async def programs_shown(turn: Turn, known: Known) -> list[str | Element]:
    """What somebody is in each program of the community, and buttons to talk to another one."""
    programs = await turn.programs(known.community.id)
    if len(programs) == 1:
        return [turn.say(known.program, "programs.only")]
    text = turn.say(known.program, "programs.list", programs=[await _line(turn, known, each) for each in programs])
    options = tuple(Option(str(each.id), turn.kit(each).name) for each in programs if each is not known.program)
    return [text, Choices(_TOKEN, options)]


async def _line(turn: Turn, known: Known, program: Program) -> Mapping[str, Any]:
    """What somebody is in a program."""
    person = known.account.person_id
    applied = [(each, await application_in(turn, each, person)) for each in await rounds_now(turn, program)]
    round_row, application = next(((each, mine) for each, mine in applied if mine is not None), (None, None))
    others = [seat for partners in await of_person(turn, program, person) for seat in partners.others(person)]
    return {
        "name": turn.kit(program).name,
        "here": program is known.program,
        "coordinator": (await standing(turn, program, known.person)).coordinator,
        "partners": names(turn, program, others) if others else "",
        "round": round_row.name if round_row is not None else "",
        "status": application.status if application is not None else "",
    }


COMMANDS = (
    Command(
        "programs",
        Who.ANYONE,
        "Shows the programs of this place, and lets you choose the one you talk to.",
        _programs,
        (Argument("name", "The program you want to talk to.", required=False, rest=True, names="program"),),
        "/mentoring programs",
    ),
)
BUTTONS: Mapping[str, Pressed] = {_TOKEN: _pressed}
