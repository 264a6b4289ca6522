"""What coordinators name at the desk for pairing: the round, a pair of the newest proposal, a person."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot.errors import Problem
from bot.program.pairing import draft_of, groups_of
from bot.program.rounds import PAIRED, current_round
from bot.program.turn import Turn
from bot.world.names import clean_email, clean_name
from storage.people import Person, Program
from storage.rounds import Application, ProposedGroup, Round


async def round_of(turn: Turn, program: Program) -> Round:
    """The program's newest round. Raises Problem when there is none."""
    round_row = await current_round(turn, program)
    if round_row is None:
        raise Problem("round.none")
    return round_row


async def pairable(turn: Turn, program: Program) -> Round:
    """The newest round, if its people can be paired now. Raises Problem otherwise."""
    return closed(await round_of(turn, program))


def closed(round_row: Round) -> Round:
    """The round, if its applications are closed and nothing is approved. Raises Problem otherwise."""
    if unpaired(round_row).state != "closed":
        raise Problem("match.still_open")
    return round_row


def unpaired(round_row: Round) -> Round:
    """The round, if nothing is approved yet. Raises Problem otherwise."""
    if round_row.state == "ended":
        raise Problem("match.round_over", round=round_row.name)
    if round_row.state in PAIRED:
        raise Problem("match.is_approved")
    return round_row


async def group_numbered(turn: Turn, round_row: Round, text: str) -> ProposedGroup:
    """The group of that number in the newest proposal. Raises Problem when there is none."""
    groups = await groups_of(turn, await draft_of(turn, round_row))
    for group in groups:
        if text.strip().lstrip("#") == str(group.number):
            return group
    raise Problem("match.no_pair", pair=text[:60], last=len(groups))


async def person_named(turn: Turn, here: Sequence[Application], text: str) -> int:
    """The person, among these applications, of that address or full name. Raises Problem for none, or several."""
    ids = [application.person_id for application in here]
    rows = list(await turn.session.exec(select(Person).where(col(Person.id).in_(ids))))
    email = clean_email(text)
    name = clean_name(text).casefold()
    found = [p for p in rows if (p.email == email if email else p.name.casefold() == name)]
    if len(found) != 1 or found[0].id is None:
        raise Problem("match.no_person" if not found else "match.many_people", person=text[:80])
    return found[0].id
