"""Cases as they are listed and looked at: a line each, or one of them whole."""

from collections.abc import Mapping, Sequence

from bot.errors import NotAllowed, Problem
from bot.language.markup import Markdown, plain
from bot.language.messages import Choices, Element, Option
from bot.program.access import Action, Who, allowed
from bot.program.caselist import Waiting, numbered_case
from bot.program.casewords import buttons, describe, handled_text
from bot.program.partnerships import names
from bot.program.rounds import day_label
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from storage.partnerships import Case
from storage.people import Person, Program

LOOKED_AT = 25
"""Cases that can be chosen from at most: what a list of every platform holds."""


async def case_line(turn: Turn, program: Program, each: Waiting) -> Markdown:
    """A case in one line: its number, kind, people, age, who has it, and until when it was put off."""
    case, partners = each.case, each.partners
    holder = await turn.get(Person, case.holder_id) if case.holder_id else None
    person = await turn.get(Person, case.person_id) if case.person_id and partners is None else None
    return turn.say(
        program,
        "cases.line",
        number=case.id,
        kind=turn.say(program, f"case.kind.{case.kind}"),
        names=names(turn, program, partners.seats) if partners else person.name if person else "",
        opened=day_label(case.opened_at),
        until=day_label(case.wake_at) if case.state == "snoozed" and case.wake_at else "",
        holder=holder.name if holder else "",
    )


def looking(turn: Turn, program: Program, found: Sequence[Waiting]) -> Choices:
    """A choice of cases to look at, the first need first."""
    return Choices("look", tuple(_choice(turn, program, each.case) for each in found[:LOOKED_AT]))


def _choice(turn: Turn, program: Program, case: Case) -> Option:
    kind = turn.say(program, f"case.kind.{case.kind}")
    return Option(str(case.id), plain(turn.say(program, "cases.look", number=case.id, kind=kind)))


async def whole_case(turn: Turn, program: Program, found: Waiting) -> Sequence[str | Element]:
    """All that a case says, with its buttons; or what became of it."""
    parts: list[str | Element] = [*await describe(turn, program, found.case, found.partners)]
    if found.case.state == "open":
        parts += buttons(turn, program, found.case)
    else:
        parts.append(handled_text(turn, program, found.case))
    return parts


async def _looked(turn: Turn, press: Press) -> None:
    """A case was chosen from a list: show it to whoever chose, with its buttons."""
    decision = allowed(press.standing, Action(Who.COORDINATOR))
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    number = press.values[0] if press.values else ""
    found = await numbered_case(turn, press.program, number, press.person.id)
    if found is None:
        raise Problem("cases.unknown", number=number[:20])
    parts = await whole_case(turn, press.program, found)
    turn.reply(press.actor, press.address, "case", f"{press.key}:reply", *parts)


BUTTONS: Mapping[str, Pressed] = {"look": _looked}
