"""Which countries people are from, and whom an ambassador may know of."""

from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from bot.program.access import Action, Standing, Who, allowed
from bot.program.applications import country_in
from bot.program.turn import Turn
from storage.people import Person, Program
from storage.rounds import Application

_CHUNK = 500


async def countries_of(turn: Turn, program: Program, people: Iterable[int]) -> dict[int, str]:
    """The country of each of these people by their newest application; nothing of those who never applied."""
    kit, wanted, found = turn.kit(program), sorted(set(people)), dict[int, str]()
    for start in range(0, len(wanted), _CHUNK):
        rows = await turn.session.exec(
            select(Application)
            .where(
                Application.program_id == program.id,
                col(Application.person_id).in_(wanted[start : start + _CHUNK]),
            )
            .order_by(col(Application.id))
        )
        found |= {application.person_id: country_in(kit, application.answers) for application in rows}
    return found


async def within(turn: Turn, program: Program, standing: Standing, people: Sequence[Person]) -> list[Person]:
    """Those of these people of whom somebody may know: coordinators of all, ambassadors of their countries'."""
    if standing.coordinator:
        return list(people)
    countries = await countries_of(turn, program, [person.id or 0 for person in people])
    return [person for person in people if sees(standing, countries.get(person.id or 0, ""))]


def sees(standing: Standing, *countries: str) -> bool:
    """Whether somebody may know of what concerns people of these countries."""
    return allowed(standing, Action(Who.AMBASSADOR, countries=frozenset(countries))).allowed
