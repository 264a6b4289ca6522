"""Another partner for whoever waits: offered with one click, and done by the program where nobody decides."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.errors import NotAllowed, Problem
from bot.language.markup import plain
from bot.language.messages import Choices, Option
from bot.program.caselist import numbered_case
from bot.program.cases import Handled, close_case, note
from bot.program.casewords import silent_seats
from bot.program.ending import Rematch, end, go_without, say_goodbye, seek, stop
from bot.program.partnerships import Partners, Seat, names, start_anew
from bot.program.rounds import day_label
from bot.program.routes import Press, Pressed
from bot.program.surveys import send_exit
from bot.program.turn import Turn
from storage.partnerships import Case
from storage.people import Program
from storage.rounds import Round
from storage.traffic import OutboxAct

LATER = timedelta(days=7)
"""How long whoever would rather wait is left in peace."""
OFFERED = ("never_arrived", "silent", "left")
"""The kinds of case in which whoever waits is offered another partner."""
_PARTS = 2


def settles(case: Case) -> bool:
    """Whether the program does in the end what a case suggests: about silence, and where a wish was theirs to make."""
    return case.kind in OFFERED or (case.kind == "other_partner" and case.offered_at is not None)


def offer_key(case: Case, person: int) -> str:
    """The key of the message that offers somebody another partner."""
    return f"offer:{case.id}:{person}"


def offer(turn: Turn, program: Program, case: Case, person: int) -> Choices:
    """The buttons by which whoever waits says what they would like."""
    answers = ("another", "stop") if case.kind == "left" else ("another", "wait")
    options = tuple(
        Option(name, plain(turn.say(program, f"offer.{name}")), "primary" if name == "another" else "plain")
        for name in answers
    )
    return Choices(f"offer:{case.id}:{person}", options)


def buttons(rematch: Rematch) -> Mapping[str, Pressed]:
    """The handler of those buttons. `rematch` finds new partners for those who look for one."""

    async def pressed(turn: Turn, press: Press) -> None:
        case, partners, seat = await _own(turn, press)
        answer = press.values[0] if press.values else ""
        program, by = press.program, seat.person.name or seat.account.name
        if answer not in {option.value for option in offer(turn, program, case, press.person.id or 0).options}:
            raise NotAllowed("flow.over")
        others = names(turn, program, partners.others(press.person.id))
        outcome = turn.say(program, f"case.chose.{answer}", name=by)
        await close_case(turn, program, case, Handled(by, outcome, act=answer))
        if answer == "another":
            await another(turn, program, case, partners, rematch)
        elif answer == "stop":
            await stop(turn, program, partners, seat, rematch)
        elif case.kind in OFFERED:
            start_anew(partners, turn.now + LATER)
        text = turn.say(program, f"offer.did.{answer}", partner=others, until=day_label(turn.now + LATER))
        turn.post(press.actor.direct, "reply", f"{press.key}:reply", text, prompted=True)
        if answer == "stop":
            await send_exit(turn, program, partners.row.round_id, seat.account)

    return {"offer": pressed}


async def _own(turn: Turn, press: Press) -> tuple[Case, Partners, Seat]:
    """The open case of an offer to whoever pressed. Raises NotAllowed for somebody else's, Problem where it is over."""
    if len(press.parts) != _PARTS or press.parts[1] != str(press.person.id):
        raise NotAllowed("access.not_yours")
    found = await numbered_case(turn, press.program, press.parts[0], None)
    partners = found.partners if found is not None else None
    seat = partners.seat(press.person.id) if partners is not None else None
    if found is None or partners is None or seat is None:
        raise NotAllowed("access.not_yours")
    if partners.ended:
        raise Problem("partnership.over")
    if found.case.state == "closed":
        raise Problem("offer.over")
    return found.case, partners, seat


async def another(turn: Turn, program: Program, case: Case, partners: Partners, rematch: Rematch) -> None:
    """Whoever waits gets another partner; the silent one is told kindly, and two of three go on."""
    round_id = partners.row.round_id
    asker = [seat for seat in partners.active if seat.member.person_id == case.person_id]
    silent = silent_seats(case.kind, partners.active)
    if case.kind == "left" or not (asker if case.kind == "other_partner" else silent):
        await _regroup(turn, program, partners, told=case.kind == "left")
        await seek(turn, program, partners.active, round_id, rematch)
        return
    if case.kind == "other_partner":
        left = await go_without(turn, program, partners, asker, "regrouped")
        await seek(turn, program, [*asker, *(seat for seat in left if not seat.member.asks)], round_id, rematch)
        for seat in asker:
            await send_exit(turn, program, round_id, seat.account)
        return
    for seat in silent:
        text = turn.say(program, "care.dropped", partner=names(turn, program, partners.others(seat.member.person_id)))
        await turn.tell(program, seat.account, "notice", f"dropped:{partners.id}:{seat.member.person_id}", text)
    left = await go_without(turn, program, partners, silent, "another")
    await seek(turn, program, left, round_id, rematch)


async def settle(turn: Turn, program: Program, case: Case, partners: Partners) -> bool:
    """Nobody decided about a case in its time: do what it suggests. False while an offer is still on its way.

    Where nobody waits, since all are silent, the partnership ends as kindly. Whoever looks for somebody else is paired
    when the pool is looked at next.
    """
    about_silence = case.kind in ("never_arrived", "silent")
    silent = silent_seats(case.kind, partners.active) if about_silence else []
    waiting = [seat for seat in partners.active if seat not in silent]
    if (about_silence and not silent) or (case.kind == "other_partner" and partners.seat(case.person_id) is None):
        await close_case(turn, program, case, Handled("", turn.say(program, "case.they_answered")))
        return True
    if any(seat.member.asked_at is None for seat in silent):
        # Asked, but nobody knows yet whether it arrived.
        return False
    keys = [offer_key(case, seat.member.person_id) for seat in waiting]
    rows = await turn.session.exec(
        select(OutboxAct.id).where(col(OutboxAct.key).in_(keys), col(OutboxAct.state).not_in(("sent", "dead")))
    )
    if rows.first() is not None:
        return False
    outcome = turn.say(program, "case.did.settled" if waiting else "case.did.faded")
    await close_case(turn, program, case, Handled("", outcome, act="another"))
    if waiting:
        await another(turn, program, case, partners, _when_the_pool_is_looked_at)
        return True
    for seat in partners.active:
        partner = names(turn, program, partners.others(seat.member.person_id))
        key = f"ended:{partners.id}:{seat.member.person_id}"
        await turn.tell(program, seat.account, "notice", key, turn.say(program, "told.faded", partner=partner))
    await end(turn, program, partners, "faded", await say_goodbye(turn, program, partners))
    return True


def offered(turn: Turn, program: Program, case: Case, seats: Sequence[Seat], at: datetime) -> None:
    """Note that those who wait were offered another partner."""
    case.offered_at = at
    if seats:
        note(turn, case, "", turn.say(program, "case.tried.offered", names=names(turn, program, seats)))


async def offers_made(turn: Turn, cases: Iterable[Case]) -> set[str]:
    """The keys of all offers that were made in these cases, whoever they went to."""
    subjects = {f"partnership:{case.partnership_id}" for case in cases if case.offered_at is not None}
    if not subjects:
        return set()
    rows = await turn.session.exec(
        select(OutboxAct.key).where(col(OutboxAct.subject).in_(subjects), col(OutboxAct.key).startswith("offer:"))
    )
    return set(rows)


async def may_change(turn: Turn, program: Program, partners: Partners, person: int) -> bool:
    """Whether somebody may take another partner without a coordinator: that often in a round, the kit says."""
    rows = await turn.session.exec(
        select(Case).where(
            Case.round_id == partners.row.round_id,
            Case.person_id == person,
            Case.kind == "other_partner",
            Case.state == "closed",
        )
    )
    changes = sum(any(entry["act"] == "another" for entry in case.history) for case in rows)
    return changes < turn.kit(program).checkins.own_changes


async def _regroup(turn: Turn, program: Program, partners: Partners, *, told: bool) -> None:
    """End a partnership of which nobody is to blame; those in it are told unless they know."""
    for seat in () if told else partners.active:
        text = turn.say(program, "told.regrouped", partner=names(turn, program, partners.others(seat.member.person_id)))
        await turn.tell(program, seat.account, "notice", f"ended:{partners.id}:{seat.member.person_id}", text)
    await end(turn, program, partners, "another", await say_goodbye(turn, program, partners))


async def _when_the_pool_is_looked_at(turn: Turn, program: Program, round_row: Round) -> int:
    """Many cases may settle at once: those who look for somebody are paired together, at the next look."""
    return 0
