"""The home page of somebody, where the platform has one: where they stand, what comes next, and what needs them."""

from bot.errors import Problem
from bot.language.acts import ShowHome
from bot.language.messages import Choices, Element, Option, say
from bot.program.ambassadorcases import at_home
from bot.program.caselist import first_of, waiting
from bot.program.casesshown import whole_case
from bot.program.frontdesk import status_text
from bot.program.milestones import counts_of
from bot.program.people import Known, standing
from bot.program.registration import application_of
from bot.program.rounds import current_round, rounds_now
from bot.program.switching import programs_shown
from bot.program.turn import Turn

CASES_SHOWN = 5


async def show_home(turn: Turn, known: Known, key: str) -> None:
    """Put somebody's home page before them, as things stand now. Nothing where the platform has none."""
    if not turn.able(known.community.platform).home:
        return
    parts: list[str | Element] = [turn.say(known.program, "home.title"), *await _own(turn, known)]
    who = await standing(turn, known.program, known.person)
    if who.coordinator:
        parts += await _desk(turn, known)
    elif who.countries:
        parts += await at_home(turn, known.program, who)
    if len(await turn.programs(known.community.id)) > 1:
        parts += await programs_shown(turn, known)
    act = ShowHome(f"{key}:home", "home", await turn.direct(known.account), say(*parts))
    turn.work.enqueue(act)


async def _own(turn: Turn, known: Known) -> list[str | Element]:
    """One's application, partnership and what comes next; a button to apply where that can be done."""
    try:
        text = await status_text(turn, known.program, known.person)
    except Problem:
        return [turn.say(known.program, "home.no_round")]
    round_row = await current_round(turn, known.program)
    if round_row is None or not round_row.opens_at <= turn.now < round_row.closes_at:
        return [text]
    application = await application_of(turn, round_row, known.account.person_id)
    if application is not None and application.status != "withdrawn":
        return [text]
    option = Option("apply", turn.say(known.program, "round.button.apply"), "primary")
    return [text, Choices(f"apply:{round_row.id}", (option,))]


async def _desk(turn: Turn, known: Known) -> list[str | Element]:
    """For coordinators: the round at a glance, and open cases with their buttons, the first need first."""
    program = known.program
    parts: list[str | Element] = []
    for round_row in reversed(await rounds_now(turn, program)):
        counts = await counts_of(turn, round_row)
        parts.append(turn.say(program, "home.round", round=round_row.name, state=round_row.state, **counts))
    shown, further = first_of(await waiting(turn, program, known.person.id, ("open",)), CASES_SHOWN)
    for each in shown:
        parts += await whole_case(turn, program, each)
    if further:
        parts.append(turn.say(program, "home.more_cases", count=further))
    return parts
