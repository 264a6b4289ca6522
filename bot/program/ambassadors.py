"""Ambassadors: who looks after the people of some countries, and how one becomes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from bot.language.markup import Markdown
from bot.program.people import account_in
from bot.program.turn import Turn
from bot.world.countries import country_name
from storage.partnerships import Case
from storage.people import Absence, Account, Community, Person, Program, Role

VOLUNTEER, AMBASSADOR, FORMER = "volunteer", "ambassador", "former"
"""Would like to be one; is one; was one, or was declined."""
_STATES = (VOLUNTEER, AMBASSADOR, FORMER)


@dataclass(frozen=True, slots=True)
class Ambassador:
    """Somebody who is, or would like to be, an ambassador; with how things stand for them at this moment."""

    role: Role
    person: Person
    away: bool = False
    cases: int = 0
    """The open cases that they have in hand."""

    @property
    def countries(self) -> frozenset[str]:
        """The codes of their countries."""
        return frozenset(self.role.countries)


async def role_of(turn: Turn, program: Program, person_id: int | None) -> Role | None:
    """What somebody is with respect to being an ambassador: one row a person, whatever became of it."""
    rows = await turn.session.exec(
        select(Role).where(Role.program_id == program.id, Role.person_id == person_id, col(Role.role).in_(_STATES))
    )
    return rows.first()


async def appoint(turn: Turn, program: Program, person_id: int | None, state: str, countries: Sequence[str]) -> Role:
    """Make somebody a volunteer, an ambassador or a former one, for these countries."""
    role = await role_of(turn, program, person_id)
    if role is None:
        role = Role(program_id=program.id or 0, person_id=person_id or 0, role=state, since=turn.now)
    role.role, role.since, role.countries = state, turn.now, sorted(set(countries))
    turn.work.cache.pop(("standing", program.id, person_id), None)
    return await turn.add(role)


async def everybody(turn: Turn, program: Program, state: str = AMBASSADOR) -> list[Ambassador]:
    """All ambassadors of a program (or volunteers), the longest first, with who is away and how much each has."""
    rows = await turn.session.exec(
        select(Role, Person)
        .join(Person, col(Person.id) == Role.person_id)
        .where(Role.program_id == program.id, Role.role == state)
        .order_by(col(Role.since), col(Role.id))
    )
    found = list(rows)
    people = [person for _, person in found]
    away = await _away_now(turn, program, people)
    held = await _held(turn, program, [person.id or 0 for person in people])
    return [Ambassador(role, each, each.id in away, held.get(each.id or 0, 0)) for role, each in found]


def choose(ambassadors: Sequence[Ambassador], countries: frozenset[str], without: frozenset[int]) -> Ambassador | None:
    """Who takes a case about people of these countries: free, with the fewest cases, the longest in the role. Pure."""
    free = [
        each for each in ambassadors if each.countries & countries and not each.away and each.person.id not in without
    ]
    return min(free, key=lambda each: (each.cases, each.role.since, each.role.id or 0), default=None)


def named(codes: Sequence[str]) -> list[str]:
    """Countries by name, in order."""
    return sorted(country_name(code) for code in codes)


def in_words(turn: Turn, program: Program, codes: Sequence[str]) -> Markdown:
    """Countries by name, joined as in a sentence."""
    return turn.say(program, "partners.names", names=named(codes))


async def account_of(turn: Turn, program: Program, person: Person) -> Account | None:
    """Where somebody is found in the program's community."""
    return await account_in(turn, await turn.get(Community, program.community_id), person)


async def _away_now(turn: Turn, program: Program, people: Sequence[Person]) -> set[int | None]:
    """Who of these people is away on their today."""
    days = {person.id: turn.now.astimezone(ZoneInfo(person.zone or "UTC")).date() for person in people}
    rows = await turn.session.exec(
        select(Absence).where(Absence.program_id == program.id, col(Absence.person_id).in_(list(days)))
    )
    return {each.person_id for each in rows if each.first <= days[each.person_id] <= each.last}


async def _held(turn: Turn, program: Program, people: Sequence[int]) -> dict[int, int]:
    rows = await turn.session.exec(
        select(Case.holder_id, func.count())
        .where(Case.program_id == program.id, col(Case.holder_id).in_(people), Case.state != "closed")
        .group_by(col(Case.holder_id))
    )
    return {holder: count for holder, count in rows if holder is not None}
