"""The communities that are known, the programs that run in each, and which of them somebody talks to."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.language.places import Address, Place
from bot.program.batch import of_person
from bot.program.turn import Turn, desk_of, hall_of
from storage.people import Account, Community, Program, Role
from storage.rounds import Application

# Made once: the first is asked for each batch of events, and making a statement costs more than running it.
_COMMUNITY = (
    select(Community, Program)
    .outerjoin(Program, col(Program.community_id) == Community.id)
    .where(Community.platform == bindparam("platform"), Community.external_id == bindparam("community"))
    .order_by(col(Program.id))
)
_APPLIED = (
    select(Application.person_id, Application.program_id)
    .where(col(Application.person_id).in_(bindparam("people", expanding=True)))
    .order_by(col(Application.id).desc())
)
_SERVED = (
    select(Role.person_id, Role.program_id)
    .where(col(Role.person_id).in_(bindparam("people", expanding=True)))
    .order_by(col(Role.id).desc())
)
_NEAREST = "programs that are nearest"


async def community_of(turn: Turn, platform: str, external_id: str) -> Community | None:
    """The community, if it is known and still there. Its programs are at hand from then on."""
    cache = turn.work.cache
    key = ("community", platform, external_id)
    if key not in cache:
        rows = list(await turn.session.exec(_COMMUNITY, params={"platform": platform, "community": external_id}))
        community: Community | None = rows[0][0] if rows else None
        cache[key] = community
        if community is not None:
            # An outer join's row may lack the program.
            programs: list[Program | None] = [program for _, program in rows]
            found = tuple(program for program in programs if program is not None)
            cache["programs", community.id], cache[Community, community.id] = found, community
            cache.update({(Program, program.id): program for program in found})
    return cache[key]


async def talked_to(turn: Turn, community: Community, account: Account) -> Program:
    """The program that somebody talks to in private: the one they chose, else the one that is nearest to them.

    That is where they applied last, else where they have a role, else the community's first.
    """
    here = {program.id: program for program in await turn.programs(community.id)}
    first = next(iter(here.values()))
    if len(here) == 1:
        return first
    if account.program_id in here:
        return here[account.program_id]
    nearest = await of_person(turn, _NEAREST, account.person_id, lambda people: _read_nearest(turn, people))
    return next((here[program] for program in nearest or () if program in here), first)


def forget_nearest(turn: Turn, person_id: int) -> None:
    """Somebody applied, or became a coordinator: which program is nearest to them must be looked up again."""
    turn.work.cache.pop((_NEAREST, person_id), None)


async def program_at(turn: Turn, community: Community, address: Address) -> Program | None:
    """The program whose hall or desk this is, as far as the channel is one."""
    if address.place is Place.DIRECT or not address.id:
        return None
    for program in await turn.programs(community.id):
        if address.id in (hall_of(program, community), desk_of(program, community)):
            return program
    return None


async def _read_nearest(turn: Turn, people: Sequence[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    for statement in (_APPLIED, _SERVED):
        for person, program in await turn.session.exec(statement, params={"people": people}):
            found.setdefault(person, []).append(program)
    return found
