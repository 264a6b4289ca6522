"""Who applied: for coordinators all of them, for ambassadors those of their countries."""

from collections import Counter

from sqlmodel import col, select

from bot.errors import Problem
from bot.program.access import Who
from bot.program.applications import country_in
from bot.program.command import Call, Command
from bot.program.milestones import counts_of
from bot.program.rounds import current_round, day_label
from bot.program.scope import sees
from bot.program.turn import Turn
from bot.world.countries import country_name
from storage.people import Person
from storage.rounds import Application, Round

NEWEST, SHOWN = 15, 60
"""How many are shown to coordinators, who have other ways to see them, and to ambassadors."""
_PART = 20


async def _applications(turn: Turn, call: Call) -> None:
    """`applications`: how many there are, by status, and the newest."""
    round_row = await current_round(turn, call.program)
    if round_row is None:
        raise Problem("round.none")
    if not call.standing.coordinator:
        await _of_their_countries(turn, call, round_row)
        return
    counts = await counts_of(turn, round_row)
    rows = await turn.session.exec(
        select(Application, Person)
        .join(Person, col(Person.id) == Application.person_id)
        .where(Application.round_id == round_row.id)
        .order_by(col(Application.submitted_at).desc())
        .limit(NEWEST)
    )
    newest = [{"name": person.name, "status": application.status} for application, person in rows]
    call.reply(turn, turn.say(call.program, "round.applications", newest=newest, **counts))


async def _of_their_countries(turn: Turn, call: Call, round_row: Round) -> None:
    """What an ambassador sees: each person of theirs, the newest first, and nothing that others are counted in."""
    kit, mine = turn.kit(call.program), sorted(call.standing.countries)
    rows = await turn.session.exec(
        select(Application, Person)
        .join(Person, col(Person.id) == Application.person_id)
        .where(Application.round_id == round_row.id)
        .order_by(col(Application.submitted_at).desc(), col(Application.id).desc())
    )
    found = [
        (application, person, country)
        for application, person in rows
        if sees(call.standing, country := country_in(kit, application.answers))
    ]
    counts = Counter(application.status for application, _, _ in found)
    names = [country_name(country) for country in mine]
    head = turn.say(
        call.program, "ambassador.applications", round=round_row.name, countries=names, count=len(found), by=counts
    )
    lines = [
        turn.say(
            call.program,
            "ambassador.applicant",
            name=person.name or person.email,
            email=person.email if person.name else "",
            status=application.status,
            country=country_name(country) if len(mine) > 1 else "",
            date=day_label(application.submitted_at),
        )
        for application, person, country in found[:SHOWN]
    ]
    more = turn.say(call.program, "pairs.more", count=len(found) - SHOWN) if len(found) > SHOWN else ""
    call.reply(turn, head, *("\n".join(lines[start : start + _PART]) for start in range(0, len(lines), _PART)), more)


COMMANDS = (Command("applications", Who.AMBASSADOR, "Shows how many applied, and the newest.", _applications),)
