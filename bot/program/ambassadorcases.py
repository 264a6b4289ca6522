"""What ambassadors do about cases of their people, and the watch that hands over what they cannot look after."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.errors import NotAllowed, Problem
from bot.language.acts import Edit
from bot.language.messages import Element, say
from bot.program import contact
from bot.program.access import Action, Standing, Who, allowed
from bot.program.care import handle
from bot.program.casekeeping import ACTIONS, PATIENCE, about, described, give, keeper_buttons, strike
from bot.program.caselist import Waiting, numbered_case, waiting
from bot.program.casenotes import note
from bot.program.cases import put
from bot.program.casewords import FOR_AMBASSADORS
from bot.program.command import Call
from bot.program.ending import Rematch
from bot.program.partnerships import one
from bot.program.presence import PRESENT
from bot.program.routes import Press, Pressed
from bot.program.scope import sees
from bot.program.turn import Turn
from bot.program.wording import Kits
from bot.world.zones import load_zone
from storage.partnerships import Case
from storage.people import Absence, Person, Program, Role

SHOWN, AT_HOME = 25, 5
_DAY = timedelta(days=1)


async def listed(turn: Turn, call: Call) -> None:
    """`cases` of an ambassador: those of their people, the first need first."""
    found = await of_their_people(turn, call.program, call.standing)
    if not found:
        call.reply(turn, turn.say(call.program, "keeper.none"))
        return
    parts = [await _described(turn, call.program, call.standing, each) for each in found[:SHOWN]]
    more = turn.say(call.program, "pairs.more", count=len(found) - SHOWN) if len(found) > SHOWN else ""
    call.reply(turn, turn.say(call.program, "keeper.head", count=len(found)), *parts, more)


async def of_their_people(turn: Turn, program: Program, who: Standing) -> list[Waiting]:
    """The cases that an ambassador may know of, the first need first."""
    every = await waiting(turn, program, who.person_id)
    return [each for each in every if await mine_in(turn, program, who, each)]


async def shown(turn: Turn, call: Call, number: str) -> None:
    """`case` of an ambassador. Raises Problem for one of others as for one that is not there."""
    found = await _theirs(turn, call.program, call.standing, number)
    if found is None:
        raise Problem("cases.unknown", number=number[:20])
    call.reply(turn, *await _whole(turn, call.program, call.standing, found), kind="case")


async def at_home(turn: Turn, program: Program, who: Standing) -> list[str | Element]:
    """What stands on the home page of an ambassador: the first of their cases, with buttons."""
    found = [each for each in await of_their_people(turn, program, who) if each.case.state == "open"]
    parts: list[str | Element] = [turn.say(program, "keeper.head", count=len(found))] if found else []
    for each in found[:AT_HOME]:
        parts += await _whole(turn, program, who, each)
    return parts


async def _whole(turn: Turn, program: Program, who: Standing, found: Waiting) -> list[str | Element]:
    parts: list[str | Element] = [await _described(turn, program, who, found)]
    if found.case.state == "open" and found.case.holder_id in (None, who.person_id):
        parts.append(keeper_buttons(turn, program, found.case))
    return parts


def buttons(rematch: Rematch) -> Mapping[str, Pressed]:
    """The handler of the buttons beneath what ambassadors are shown. The token is `keeper:ID`."""

    async def pressed(turn: Turn, press: Press) -> None:
        decision = allowed(press.standing, Action(Who.AMBASSADOR))
        if not decision.allowed:
            raise NotAllowed(decision.reason)
        number = press.parts[0] if press.parts else ""
        known = await numbered_case(turn, press.program, number, press.person.id)
        if known is not None and known.case.holder_id == press.person.id and known.case.state != "open":
            raise Problem("keeper.over", number=known.case.id)
        found = await _theirs(turn, press.program, press.standing, number)
        action = press.values[0] if press.values else ""
        if found is None or action not in (*ACTIONS, "take"):
            raise NotAllowed("flow.over")
        if found.case.state != "open":
            raise Problem("keeper.over", number=found.case.id)
        await _do(turn, press, found, action, rematch)

    return {"keeper": pressed}


async def _do(turn: Turn, press: Press, found: Waiting, action: str, rematch: Rematch) -> None:
    case, program, name = found.case, press.program, press.person.name or press.account.name
    if action != "take" and case.holder_id != press.person.id:
        raise Problem("keeper.not_yours", number=case.id)
    if action == "take" and case.holder_id is not None:
        raise Problem("keeper.held", number=case.id, mine=case.holder_id == press.person.id)
    if action == "write":
        mine = await mine_in(turn, program, press.standing, found)
        if not mine:
            raise Problem("contact.gone")
        await contact.begin_with(turn, program, press.account, mine[0], press.person.id)
        return
    if action == "take":
        case.holder_id, case.held_at = press.person.id, turn.now
        note(turn, case, name, turn.say(program, "keeper.did.take"), "take")
    elif action == "back":
        case.holder_id, case.held_at = None, None
        note(turn, case, name, turn.say(program, "keeper.did.back"), "back")
        await put(turn, program, case, found.partners, at_once=True)
    else:
        await handle(turn, program, case, action, name, rematch)
    text = turn.say(program, f"keeper.you.{action}", number=case.id)
    parts: list[str | Element] = [await _described(turn, program, press.standing, found), text]
    if action == "take":
        parts.append(keeper_buttons(turn, program, case))
    if press.message:
        turn.work.enqueue(Edit(f"{press.key}:edit", "case", press.address, press.message, say(*parts)))
    turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", text)


async def _theirs(turn: Turn, program: Program, who: Standing, number: str) -> Waiting | None:
    """The case of that number, if an ambassador may know of it."""
    found = await numbered_case(turn, program, number, who.person_id)
    return found if found is not None and await mine_in(turn, program, who, found) else None


async def mine_in(turn: Turn, program: Program, who: Standing, each: Waiting) -> list[Person]:
    """The people of a case whom an ambassador may know of; nobody where they are in that partnership themselves."""
    if each.partners is not None and any(seat.member.person_id == who.person_id for seat in each.partners.seats):
        return []
    concerned = await about(turn, program, each.case, each.partners)
    return [seat.person for seat, country in concerned if sees(who, country)]


async def _described(turn: Turn, program: Program, who: Standing, found: Waiting) -> str:
    return await described(turn, program, found.case, found.partners, who.countries)


class KeeperWatch:
    """Hands on the cases of ambassadors who are away, are it no longer, or have not decided in their time."""

    name = "keepers"
    rows = (Case, Role, Absence)

    def __init__(self, kits: Kits) -> None:
        self._kits = kits

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """The first moment at which a case goes on to somebody else."""
        return min((due for _, due, _ in await self._held(session, now)), default=None)

    async def ring(self, work: Work) -> None:
        """Hand over what is due: to another ambassador of the country, or else to the coordinators."""
        turn = Turn(work, self._kits)
        for case, due, late in await self._held(work.session, turn.now):
            if due > turn.now:
                continue
            program, holder = await turn.get(Program, case.program_id), case.holder_id or 0
            partners = await one(turn, case.partnership_id)
            why = "keeper.did.late" if late else "keeper.did.away"
            case.holder_id, case.held_at = None, None
            note(turn, case, "", turn.say(program, why), "handed")
            given = (
                not late
                and partners is not None
                and await give(turn, program, case, partners, without=frozenset({holder}))
            )
            if not given:
                await strike(turn, program, case, "keeper.went_on")
                await put(turn, program, case, partners, at_once=True)

    async def _held(self, session: AsyncSession, now: datetime) -> list[tuple[Case, datetime, bool]]:
        """The open cases in the hands of ambassadors, when each goes on, and whether that is since time is up."""
        rows = await session.exec(
            select(Case, Person)
            .join(Person, col(Person.id) == Case.holder_id)
            .where(
                Case.state == "open",
                col(Case.kind).in_(FOR_AMBASSADORS),
                col(Case.program_id).in_(PRESENT),
            )
            .order_by(col(Case.id))
        )
        held = list(rows)
        if not held:
            return []
        people = sorted({person.id or 0 for _, person in held})
        roles = list(await session.exec(select(Role).where(col(Role.person_id).in_(people))))
        absences = list(await session.exec(select(Absence).where(col(Absence.person_id).in_(people))))
        found: list[tuple[Case, datetime, bool]] = []
        for case, person in held:
            here = {each.role for each in roles if (each.person_id, each.program_id) == (person.id, case.program_id)}
            if "coordinator" in here:
                continue
            up = (case.held_at or case.opened_at) + PATIENCE
            mine = [each for each in absences if (each.person_id, each.program_id) == (person.id, case.program_id)]
            gone = now if "ambassador" not in here else _away_from(person, mine, now)
            found.append((case, up, True) if gone is None or up < gone else (case, gone, False))
        return found


def _away_from(person: Person, absences: Sequence[Absence], now: datetime) -> datetime | None:
    """From when on somebody is away: now, or from the first day to come, by their own calendar. None for never."""
    zone = load_zone(person.zone or "UTC")
    ahead = [_midnight(each.first, zone) for each in absences if _midnight(each.last + _DAY, zone) > now]
    return max(min(ahead), now) if ahead else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
