"""Which program an event belongs to, where a community has several: the one place that decides.

What a place or a question belongs to goes before whom somebody talks to: the hall or desk of a program is that
program's, a room its partnership's, a button's the program of the row that its token names. Words in private are for
the program that waits for an answer. All else is for the program that the person talks to.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import SQLModel, select

from bot.engine.courier import Outcome
from bot.language.events import Answered, Event, Said
from bot.language.places import Address, Place
from bot.program.conversations import alive
from bot.program.partnerships import id_of
from bot.program.people import Known
from bot.program.programs import program_at
from bot.program.rooms import of_room
from bot.program.turn import Turn
from storage.certificates import Certificate
from storage.communications import Announcement, Contact
from storage.database import table_of
from storage.partnerships import Case, Partnership, ThirdAsk
from storage.people import Community, Program, Role
from storage.rounds import Proposal, Round
from storage.stories import Story
from storage.traffic import FlowRun

ABOUT: Mapping[str, type[SQLModel]] = {
    "flow": FlowRun,
    "apply": Round,
    "rehearse": Round,
    "match": Proposal,
    "room": Partnership,
    "pace": Partnership,
    "meet": Partnership,
    "case": Case,
    "desk": Case,
    "offer": Case,
    "look": Case,
    "keeper": Case,
    "third": ThirdAsk,
    "contact": Contact,
    "announce": Announcement,
    "volunteer": Role,
    "hall": Program,
    "story": Story,
    "rewrite": Story,
    "storydesk": Story,
    "storylook": Story,
    "certificate": Certificate,
}
"""What the id in a button's token, or in its value where the token has none, is an id of."""
_DIGITS = 18
"""Numbers of so many digits are no ids."""


async def known_at(turn: Turn, known: Known, event: Event) -> Known:
    """Who did this, with the program that it belongs to."""
    if len(await turn.programs(known.community.id)) == 1:
        return known
    program = await _of_event(turn, known, event)
    return known if program is None else replace(known, program=program)


async def known_in(turn: Turn, known: Known, address: Address) -> Known:
    """Somebody with the program whose channel or room this is, as far as it is one's."""
    program = await _of_place(turn, known.community, address)
    return known if program is None else replace(known, program=program)


async def program_told(turn: Turn, community: Community, event: Answered) -> Program | None:
    """The program that answers to a button of which nothing else is known; None where none runs there."""
    programs = await turn.programs(community.id)
    found = await _of_token(turn, community, event.token, event.values) if len(programs) > 1 else None
    return found or next(iter(programs), None)


async def program_of_outcome(turn: Turn, community: Community, outcome: Outcome) -> Program | None:
    """The program whose message or deed this was; None where none runs there."""
    programs = await turn.programs(community.id)
    if len(programs) < 2:
        return next(iter(programs), None)
    found = await _of_place(turn, community, outcome.act.address)
    if found is None and outcome.act.key.startswith(("flow:", "story:")):
        found = await _of_token(turn, community, outcome.act.key, ())
    if found is None and (partnership := id_of(outcome.subject)) is not None:
        found = await _of_row(turn, community, Partnership, str(partnership))
    return found or programs[0]


async def _of_event(turn: Turn, known: Known, event: Event) -> Program | None:
    community = known.community
    if isinstance(event, Answered):
        found = await _of_token(turn, community, event.token, event.values)
        return found or await _of_place(turn, community, event.address)
    if isinstance(event, Said) and event.address.place is Place.DIRECT:
        return await _that_waits(turn, known)
    return await _of_place(turn, community, event.address)


async def _that_waits(turn: Turn, known: Known) -> Program | None:
    """The program whose question was put to somebody last and is not answered yet."""
    programs = {program.id: program for program in await turn.programs(known.community.id)}
    runs = [run for each in programs for run in await alive(turn, each, known.account.person_id)]
    waiting = [run for run in runs if run.status == "open"]
    latest = max(waiting, key=lambda run: (run.changed_at, run.id or 0), default=None)
    return programs[latest.program_id] if latest is not None else None


async def _of_place(turn: Turn, community: Community, address: Address) -> Program | None:
    program = await program_at(turn, community, address)
    if program is None and address.place is Place.ROOM:
        partners = await of_room(turn, str(address))
        program = await _here(turn, community, partners.row.program_id) if partners is not None else None
    return program


async def _of_token(turn: Turn, community: Community, token: str, values: tuple[str, ...]) -> Program | None:
    name, *parts = token.split(":")
    return await _of_row(turn, community, ABOUT.get(name), next(iter((*parts, *values)), ""))


async def _of_row(turn: Turn, community: Community, table: type[SQLModel] | None, number: str) -> Program | None:
    if table is None or not number.isdecimal() or len(number) > _DIGITS:
        return None
    # Not the row itself: what is locked later must be read afresh then.
    columns = table_of(table).c
    program = columns.id if table is Program else columns.program_id
    rows = await turn.session.exec(select(program).where(columns.id == int(number)))
    return await _here(turn, community, rows.first())


async def _here(turn: Turn, community: Community, program_id: int | None) -> Program | None:
    """The program, if it is one of this community's."""
    return next((program for program in await turn.programs(community.id) if program.id == program_id), None)
