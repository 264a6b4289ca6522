"""Check-ins: the watch over all partnerships, that carries out what the ladder decides."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import bindparam
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.language.markup import Markdown
from bot.program.asking import NO_ANSWER, ask, nudge, prepare
from bot.program.cases import open_case
from bot.program.conversations import Conversation
from bot.program.introductions import announce, become_live
from bot.program.ladder import Decision, Facts, Party, Pause, decide
from bot.program.partnerships import Partners, Seat, full_hour, load, names, pace_of, quarter_day
from bot.program.presence import PRESENT
from bot.program.repairing import OFFERED, offer, offer_key, offered, offers_made, settle, settles
from bot.program.rooms import look_again
from bot.program.rounds import day_label
from bot.program.turn import Turn
from bot.program.wording import Kits
from bot.world.zones import load_zone
from storage.columns import UtcDateTime
from storage.partnerships import Case, Partnership
from storage.people import Absence, Community, Program

LIMIT = 500
"""How many partnerships are looked at in one go."""
_CHUNK = 500
_DAY = timedelta(days=1)
_RUNS_ON = (Partnership.state != "ended", col(Partnership.program_id).in_(PRESENT))
# Made once: these are asked whenever a partnership has changed.
_NEXT = select(func.min(Partnership.check_at)).where(*_RUNS_ON)
_DUE = (
    select(Partnership.id)
    .where(*_RUNS_ON, col(Partnership.check_at) <= bindparam("now", type_=UtcDateTime()))
    .order_by(col(Partnership.check_at), col(Partnership.id))
    .limit(LIMIT)
)


class PartnershipWatch:
    """Looks at each partnership when it is time to, many in one go."""

    name = "partnerships"
    rows = (Partnership, Community)

    def __init__(self, kits: Kits, checkin: Conversation) -> None:
        self._kits = kits
        self._checkin = checkin

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """When the first partnership is to be looked at."""
        return (await session.exec(_NEXT)).one()

    async def ring(self, work: Work) -> None:
        """Look at all partnerships that are due; each gets a later time to be looked at."""
        turn = Turn(work, self._kits)
        rows = await turn.session.exec(_DUE, params={"now": turn.now})
        many = list((await load(turn, [identity for identity in rows if identity is not None])).values())
        pauses = await pauses_of(turn, [seat for partners in many for seat in partners.active])
        cases = await _open_cases(turn, [partners.id for partners in many])
        offers = await offers_made(turn, cases.values())
        decided: list[tuple[Program, Partners, Decision]] = []
        for partners in many:
            program = await turn.get(Program, partners.row.program_id)
            if partners.row.state == "opening":
                await _incomplete(turn, program, partners)
                continue
            become_live(partners, turn.now)
            facts = facts_of(turn, program, partners, pauses, cases.get(partners.id), offers)
            decision = decide(facts)
            live = partners.row.state == "live"
            partners.row.check_at = (quarter_day if live else full_hour)(decision.check_at)
            decided.append((program, partners, decision))
        await self._ask_anew(turn, decided)
        for program, partners, decision in decided:
            await self._carry_out(turn, program, partners, decision, cases.get(partners.id))

    async def _ask_anew(self, turn: Turn, decided: Sequence[tuple[Program, Partners, Decision]]) -> None:
        """Store the questions that are to be put, all at once; earlier ones to the same people are over."""
        seats = [
            (program, partners, seat)
            for program, partners, decision in decided
            for person in (*decision.ask, *decision.light)
            if (seat := partners.seat(person)) is not None
        ]
        await prepare(turn, self._checkin, seats)

    async def _carry_out(
        self, turn: Turn, program: Program, partners: Partners, decision: Decision, case: Case | None
    ) -> None:
        for person in (*decision.ask, *decision.light):
            seat = partners.seat(person)
            if seat is not None:
                light = person in decision.light
                words = _words(turn, program, partners, seat, light=light)
                await ask(turn, self._checkin, program, partners, seat, words, light=light)
        stamp = f"{turn.now:%y%m%d}"
        silent = [seat for seat in partners.active if seat.member.asks]
        case = await _open(turn, program, partners, decision) if decision.case else case
        if decision.settle and case is not None and await settle(turn, program, case, partners):
            return
        if decision.offer is not None and case is not None:
            await self._offer(turn, program, partners, case, decision.offer)
        for person in decision.reassure if decision.offer is None else ():
            kind = "case" if decision.case else "asked"
            key = f"reassure:{partners.id}:{person}:{stamp}"
            await _tell_waiting(turn, program, partners, person, kind, key, silent)
        for person in decision.update if case is not None and silent else ():
            key = f"update:{partners.id}:{person}:{case.id if case else 0}"
            await _tell_waiting(turn, program, partners, person, "update", key, silent)

    async def _offer(self, turn: Turn, program: Program, partners: Partners, case: Case, people: Sequence[int]) -> None:
        """Whoever waits hears that the coordinators know, and can have another partner with one click."""
        seats = [seat for person in people if (seat := partners.seat(person)) is not None]
        silent = [seat for seat in partners.active if seat not in seats]
        days = timedelta(days=turn.kit(program).checkins.settle_days)
        offered(turn, program, case, seats, turn.now)
        for seat in seats:
            person = seat.member.person_id
            text = turn.say(
                program, "reassure.offer", partner=names(turn, program, silent), by=day_label(turn.now + days)
            )
            choices = offer(turn, program, case, person)
            await turn.tell(
                program, seat.account, "nudge", offer_key(case, person), text, choices, subject=partners.subject
            )


def facts_of(
    turn: Turn,
    program: Program,
    partners: Partners,
    pauses: Mapping[int, Sequence[Pause]],
    case: Case | None,
    offers: Collection[str],
) -> Facts:
    """What the ladder needs to know of a partnership. `offers` are the keys of the offers that were made."""
    row, kit = partners.row, turn.kit(program)
    return Facts(
        now=turn.now,
        began_at=row.announced_at or row.made_at,
        live=row.state == "live",
        parties=tuple(_party(partners, seat, pauses) for seat in partners.active),
        quiet=timedelta(days=pace_of(kit, row)[1]),
        rules=kit.checkins,
        anchor=row.quiet_until,
        elsewhere=row.elsewhere,
        case_at=case.opened_at if case else None,
        settles=case is not None and settles(case),
        offered_at=case.offered_at if case else None,
        offered=frozenset(
            seat.member.person_id
            for seat in partners.active
            if case is not None and (case.kind not in OFFERED or offer_key(case, seat.member.person_id) in offers)
        ),
        held=case is not None and case.holder_id is not None,
        held_until=case.wake_at if case is not None and case.state == "snoozed" else None,
    )


def _party(partners: Partners, seat: Seat, pauses: Mapping[int, Sequence[Pause]]) -> Party:
    member = seat.member
    asked = any(other.member.asks for other in partners.others(member.person_id))
    return Party(
        member.person_id,
        member.last_wrote_at,
        member.asks,
        member.asked_at,
        tuple(pauses.get(member.person_id, ())),
        waits=asked and member.answer == NO_ANSWER,
    )


async def pauses_of(turn: Turn, seats: Sequence[Seat]) -> dict[int, list[Pause]]:
    """When people are away, by person: whole days by their own clocks."""
    zones = {seat.member.person_id: seat.zone for seat in seats}
    people, found = list(zones), dict[int, list[Pause]]()
    for start in range(0, len(people), _CHUNK):
        rows = await turn.session.exec(
            select(Absence).where(col(Absence.person_id).in_(people[start : start + _CHUNK]))
        )
        for absence in rows:
            zone = load_zone(zones[absence.person_id])
            first = datetime.combine(absence.first, time(), zone).astimezone(UTC)
            after = datetime.combine(absence.last + _DAY, time(), zone).astimezone(UTC)
            found.setdefault(absence.person_id, []).append(Pause(first, after))
    return found


async def _incomplete(turn: Turn, program: Program, partners: Partners) -> None:
    """A room in which somebody is missing since a day; or, when they came unnoticed, the introduction."""
    partners.row.check_at = None
    if all(seat.member.present for seat in partners.active):
        await announce(turn, program, partners)
    elif partners.row.room:
        await look_again(turn, program, partners)


async def _open_cases(turn: Turn, ids: Sequence[int]) -> dict[int, Case]:
    rows = await turn.session.exec(
        select(Case)
        # What somebody says in confidence must not change how their partner is treated.
        .where(col(Case.partnership_id).in_(ids), Case.state != "closed", Case.kind != "word")
        .order_by(col(Case.opened_at).desc())
    )
    # Of several, one that the program can settle by itself; else the oldest.
    found = sorted(rows, key=settles)
    return {case.partnership_id: case for case in found if case.partnership_id is not None}


async def _open(turn: Turn, program: Program, partners: Partners, decision: Decision) -> Case:
    kind = "silent" if partners.row.state == "live" else "never_arrived"
    silent = [seat for seat in partners.active if seat.member.person_id in decision.case]
    waiting = [seat for seat in partners.active if seat.member.person_id not in decision.case]
    began = partners.row.announced_at or partners.row.made_at
    detail = turn.say(
        program,
        f"case.detail.{kind}",
        silent=[
            {
                "name": names(turn, program, [seat]),
                "since": day_label(seat.member.last_wrote_at or began),
                "asked": day_label(seat.member.asked_at) if seat.member.asked_at else "",
                "asks": seat.member.asks,
            }
            for seat in silent
        ],
        waiting=names(turn, program, waiting) if waiting else "",
        began=day_label(began),
        pace=pace_of(turn.kit(program), partners.row)[0],
    )
    case = await open_case(turn, program, kind, partners=partners, detail=detail)
    partners.row.step = "waiting"
    return case


async def _tell_waiting(
    turn: Turn, program: Program, partners: Partners, person: int, kind: str, key: str, silent: Sequence[Seat]
) -> None:
    """A kind word to whoever waits: it is not their fault, somebody is on it, and when they hear more."""
    seat = partners.seat(person)
    if seat is None or not silent:
        return
    by = turn.now + timedelta(days=turn.kit(program).checkins.answer_days) + _DAY
    text = turn.say(program, f"reassure.{kind}", partner=names(turn, program, silent), by=day_label(by))
    await turn.tell(program, seat.account, "nudge", key, text, subject=partners.subject)


def _words(turn: Turn, program: Program, partners: Partners, seat: Seat, *, light: bool) -> Markdown:
    kind = "light" if light else "never" if seat.member.first_wrote_at is None else "silent"
    if seat.member.asks or (kind == "never" and partners.row.quiet_until is not None):
        # Asked before: the same words twice would read like a machine's.
        kind = "again"
    return nudge(turn, program, kind, partners, seat, names(turn, program, partners.others(seat.member.person_id)))
