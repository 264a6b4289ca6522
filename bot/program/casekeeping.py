"""Ambassadors and cases: who gets a case about people of their countries first, and what they are shown of it.

They read of their own people only: who the partner is, what coordinators wrote down, and the whole rest stays away.
"""

from datetime import timedelta

from sqlmodel import col, select

from bot.language.acts import Edit
from bot.language.markup import Markdown
from bot.language.messages import Choices, Option, say
from bot.language.places import Address
from bot.program.ambassadors import Ambassador, account_of, choose, everybody
from bot.program.casenotes import note
from bot.program.casewords import FOR_AMBASSADORS, silent_seats
from bot.program.partnerships import Partners, Seat
from bot.program.rounds import day_label
from bot.program.scope import countries_of
from bot.program.turn import Turn
from bot.world.countries import country_name
from storage.partnerships import Case
from storage.people import Program
from storage.traffic import OutboxAct

PATIENCE = timedelta(days=4)
"""How long an ambassador has a case before the coordinators get it."""
ACTIONS = ("write", "done", "wait", "back")
"""What an ambassador can do about a case in their hands."""


async def about(turn: Turn, program: Program, case: Case, partners: Partners | None) -> list[tuple[Seat, str]]:
    """The silent ones whom a case is about, each with their country; nobody where it is not for ambassadors."""
    if partners is None or case.kind not in FOR_AMBASSADORS:
        return []
    seats = silent_seats(case.kind, partners.active)
    countries = await countries_of(turn, program, [seat.member.person_id for seat in seats])
    return [(seat, countries.get(seat.member.person_id, "")) for seat in seats]


async def to_ambassador(turn: Turn, program: Program, case: Case, partners: Partners | None) -> bool:
    """Show a case to the ambassador who has it, or who is to have it before the coordinators. False for nobody."""
    if partners is None or case.kind not in FOR_AMBASSADORS:
        return False
    every = await _ambassadors(turn, program)
    if not every or (case.holder_id is None and case.posts):
        return False
    if case.holder_id is not None and case.holder_id not in {each.person.id for each in every}:
        # A coordinator has it.
        return False
    return await give(turn, program, case, partners, prefer=case.holder_id)


async def give(
    turn: Turn,
    program: Program,
    case: Case,
    partners: Partners,
    *,
    prefer: int | None = None,
    without: frozenset[int] = frozenset(),
) -> bool:
    """Put a case into the hands of a free ambassador of the country, `prefer` before others. False where none is."""
    countries = frozenset(country for _, country in await about(turn, program, case, partners))
    members = frozenset(seat.member.person_id for seat in partners.seats)
    every = await _ambassadors(turn, program)
    mine = [each for each in every if each.person.id == prefer]
    chosen = choose(mine, countries, members | without) or choose(every, countries, members | without)
    if chosen is None:
        case.holder_id, case.held_at = None, None
        return False
    if case.holder_id != chosen.person.id:
        await strike(turn, program, case, "keeper.went_on")
        note(turn, case, "", turn.say(program, "keeper.did.given", name=chosen.person.name), "given")
    case.holder_id, case.held_at = chosen.person.id, turn.now
    turn.work.cache.pop(("ambassadors", program.id), None)
    await _tell(turn, program, case, partners, chosen)
    return True


async def _ambassadors(turn: Turn, program: Program) -> list[Ambassador]:
    """All ambassadors, read once a turn: most programs have none."""
    key = ("ambassadors", program.id)
    if key not in turn.work.cache:
        turn.work.cache[key] = await everybody(turn, program)
    return turn.work.cache[key]


async def _tell(turn: Turn, program: Program, case: Case, partners: Partners, chosen: Ambassador) -> None:
    account = await account_of(turn, program, chosen.person)
    if account is not None:
        parts = [await described(turn, program, case, partners, chosen.countries), keeper_buttons(turn, program, case)]
        key = f"keeper:{case.id}:{len(case.history)}:{turn.now:%y%m%d%H%M}"
        await turn.tell(program, account, "case", key, *parts, subject=f"case:{case.id}")


async def strike(turn: Turn, program: Program, case: Case, text: str) -> None:
    """Make what ambassadors were shown of a case so far say `text` (the key of one), without buttons."""
    rows = await turn.session.exec(
        select(OutboxAct).where(
            OutboxAct.subject == f"case:{case.id}",
            OutboxAct.state == "sent",
            col(OutboxAct.key).startswith(f"keeper:{case.id}:"),
        )
    )
    said = say(turn.say(program, text, number=case.id))
    for act in rows:
        key = f"{act.key}:{len(case.history)}:struck"
        turn.work.enqueue(Edit(key, "case", Address.parse(act.lane), act.reference, said))


async def described(
    turn: Turn, program: Program, case: Case, partners: Partners | None, countries: frozenset[str]
) -> Markdown:
    """What an ambassador of these countries reads of a case: their own people, and nothing else."""
    people = [
        {
            "name": seat.person.name or seat.account.name,
            "email": seat.person.email or "",
            "country": country_name(country),
            "wrote": day_label(seat.member.last_wrote_at) if seat.member.last_wrote_at else "",
        }
        for seat, country in await about(turn, program, case, partners)
        if country in countries
    ]
    return turn.say(
        program,
        "keeper.case",
        number=case.id,
        what=turn.say(program, f"case.kind.{case.kind}"),
        people=people,
        opened=day_label(case.opened_at),
    )


def keeper_buttons(turn: Turn, program: Program, case: Case) -> Choices:
    """What an ambassador can do about a case: that in their hands, or one that nobody has."""
    names = ACTIONS if case.holder_id is not None else ("take",)
    options = [
        Option(name, turn.wording(program).plain(f"keeper.button.{name}"), "primary" if position == 0 else "plain")
        for position, name in enumerate(names)
    ]
    return Choices(f"keeper:{case.id}", tuple(options))
