"""Which cases wait, in the order in which they need somebody: what skips the queue, never-spoken pairs, the newest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from bot.errors import NotAllowed
from bot.program.access import Action, Who, allowed
from bot.program.cases import concerned
from bot.program.partnerships import Partners, load, one
from bot.program.routes import Press
from bot.program.turn import Turn
from storage.partnerships import Case
from storage.people import Program

FIRST = ("misconduct", "word")
"""The kinds that skip the queue, in this order."""
UNSPOKEN = ("opening", "arriving")
"""The states of partnerships in which not everybody has written."""
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that is not closed, with the partnership it is about, if it is about one."""

    case: Case
    partners: Partners | None

    @property
    def need(self) -> tuple[int, float, int]:
        """What comes first when sorted: what skips the queue, then never-spoken pairs, then the newest."""
        opened = -self.case.opened_at.timestamp()
        if self.case.kind in FIRST:
            return FIRST.index(self.case.kind), opened, -(self.case.id or 0)
        never = self.partners is not None and unspoken(self.partners)
        return len(FIRST) + (0 if never else 1), opened, -(self.case.id or 0)


def unspoken(partners: Partners) -> bool:
    """Whether this is a pair that has never spoken: it runs, and not everybody in it has written."""
    return partners.row.state in UNSPOKEN


async def waiting(
    turn: Turn, program: Program, viewer: int | None, states: Collection[str] = ("open", "snoozed")
) -> list[Waiting]:
    """The cases in these states that a person may know of, the first need first; None sees what everybody may."""
    rows = await turn.session.exec(
        select(Case).where(Case.program_id == program.id, col(Case.state).in_(states)).order_by(col(Case.id))
    )
    cases = list(rows)
    known = await load(turn, [case.partnership_id for case in cases if case.partnership_id is not None])
    found = [Waiting(case, known.get(case.partnership_id or 0)) for case in cases]
    shown = [each for each in found if not await _kept_from(turn, program, each, viewer)]
    return sorted(shown, key=lambda each: each.need)


async def about(turn: Turn, program: Program, partners: Partners, viewer: int | None) -> list[Case]:
    """All cases about a partnership that a person may know of, closed ones too, the oldest first."""
    rows = await turn.session.exec(select(Case).where(Case.partnership_id == partners.id).order_by(col(Case.id)))
    return [case for case in rows if not await _kept_from(turn, program, Waiting(case, partners), viewer)]


async def numbered_case(turn: Turn, program: Program, number: str, viewer: int | None) -> Waiting | None:
    """The case of that number, closed or not; None where there is none that this person may know of."""
    case = await turn.session.get(Case, int(number)) if number.isdecimal() and len(number) < _DIGITS else None
    if case is None or case.program_id != program.id:
        return None
    found = Waiting(case, await one(turn, case.partnership_id))
    return None if await _kept_from(turn, program, found, viewer) else found


async def pressed_case(turn: Turn, press: Press) -> Waiting:
    """The case whose button was pressed. Raises NotAllowed where it is not for whoever pressed."""
    decision = allowed(press.standing, Action(Who.COORDINATOR))
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    found = await numbered_case(turn, press.program, press.parts[0] if press.parts else "", press.person.id)
    if found is None:
        raise NotAllowed("flow.over")
    return found


async def _kept_from(turn: Turn, program: Program, each: Waiting, viewer: int | None) -> bool:
    apart = await concerned(turn, program, each.case, each.partners)
    return bool(apart) if viewer is None else viewer in apart


def first_of(found: Sequence[Waiting], most: int) -> tuple[Sequence[Waiting], int]:
    """The first ones, and how many more there are."""
    return found[:most], max(0, len(found) - most)
