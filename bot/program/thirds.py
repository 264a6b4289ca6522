"""A third partner: where nobody else is free, a pair is asked to take in somebody who waits. Both must agree.

One pair at a time, the one that fits best first. Nobody learns who of a pair said no, and whoever waits hears of it
only when they are taken in.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlmodel import col, select

from bot.errors import NotAllowed, Problem
from bot.language.acts import CloseRoom
from bot.language.markup import plain
from bot.language.messages import Choices, Option
from bot.program.ending import ROOM_STAYS, too_late
from bot.program.fitting import pairs_for
from bot.program.openings import mark_former, open_room
from bot.program.pairing import accepted, problem_for
from bot.program.partnerships import Partners, Seat, names, of_round, one, start_anew
from bot.program.placing import waiting_in
from bot.program.registration import answers_of
from bot.program.rounds import day_label
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from bot.world.countries import country_name
from storage.partnerships import Case, Member, Partnership, ThirdAsk
from storage.people import Account, Person, Program
from storage.rounds import Application, Round
from topics.model import QuestionKind

MOST = 3
"""Pairs that are asked for the same person in a round at most: each of them is a favour."""
_PAIR, _PARTS = 2, 2


async def look(turn: Turn, program: Program, round_row: Round) -> None:
    """Let go of questions that nobody answered in time, and ask a pair for everybody who has waited long enough."""
    await _let_go(turn, round_row)
    days = turn.kit(program).pool.third_days
    if not days or round_row.state == "ended" or too_late(turn.kit(program), round_row, turn.now):
        return
    longest = turn.now - timedelta(days=days)
    for waiting in await waiting_in(turn, round_row):
        if waiting.seeking_since is not None and waiting.seeking_since <= longest:
            await _ask_next(turn, program, round_row, waiting)


async def _let_go(turn: Turn, round_row: Round) -> None:
    rows = await turn.session.exec(
        select(ThirdAsk).where(
            ThirdAsk.round_id == round_row.id, ThirdAsk.state == "asked", col(ThirdAsk.until) <= turn.now
        )
    )
    for ask in list(rows):
        ask.state = "over"


async def _ask_next(turn: Turn, program: Program, round_row: Round, waiting: Application) -> None:
    rows = await turn.session.exec(select(ThirdAsk).where(ThirdAsk.round_id == round_row.id))
    asks = list(rows)
    mine = [ask for ask in asks if ask.person_id == waiting.person_id]
    if len(mine) >= MOST or any(ask.state == "asked" for ask in mine):
        return
    busy = {ask.partnership_id for ask in asks if ask.state in ("asked", "joined")}
    tried = busy | {ask.partnership_id for ask in mine}
    partners = await _best(turn, program, round_row, waiting, tried)
    if partners is None:
        return
    ask = await turn.add(
        ThirdAsk(
            program_id=program.id or 0,
            round_id=round_row.id or 0,
            person_id=waiting.person_id,
            partnership_id=partners.id,
            asked_at=turn.now,
            until=turn.now + timedelta(days=turn.kit(program).checkins.answer_days),
        )
    )
    for seat in partners.active:
        await _put(turn, program, ask, waiting, partners, seat)


async def _best(
    turn: Turn, program: Program, round_row: Round, waiting: Application, tried: set[int]
) -> Partners | None:
    """The pair that suits somebody best, of those that go well: live, with nothing before the coordinators."""
    troubled = set(
        await turn.session.exec(
            select(Case.partnership_id).where(Case.round_id == round_row.id, Case.state != "closed")
        )
    )
    pairs = {
        (str(first.member.person_id), str(second.member.person_id)): partners
        for partners in await of_round(turn, round_row.id)
        if partners.row.state == "live" and partners.id not in tried | troubled and len(partners.active) == _PAIR
        for first, second in [partners.active]
        if not (first.member.asks or second.member.asks)
    }
    people = {waiting.person_id, *(int(key) for pair in pairs for key in pair)}
    applications = [one for one in await accepted(turn, round_row) if one.person_id in people]
    here = {str(one.person_id) for one in applications}
    problem = await problem_for(turn, program, round_row, applications)
    ranked = pairs_for(problem, str(waiting.person_id), [pair for pair in pairs if here.issuperset(pair)])
    return pairs[ranked[0]] if ranked else None


async def _put(
    turn: Turn, program: Program, ask: ThirdAsk, waiting: Application, partners: Partners, seat: Seat
) -> None:
    question = turn.kit(program).question_of_kind(QuestionKind.COUNTRY)
    code = str(answers_of(waiting.answers).get(question.name, "")) if question else ""
    text = turn.say(
        program,
        "third.ask",
        partner=names(turn, program, partners.others(seat.member.person_id)),
        country=country_name(code),
        since=day_label(waiting.seeking_since or waiting.submitted_at),
        until=day_label(ask.until),
    )
    options = tuple(Option(each, plain(turn.say(program, f"third.{each}"))) for each in ("yes", "no"))
    buttons = Choices(f"third:{ask.id}:{seat.member.person_id}", options)
    key = f"third:{ask.id}:{seat.member.person_id}"
    await turn.tell(program, seat.account, "nudge", key, text, buttons, subject=partners.subject)


async def answered(turn: Turn, press: Press) -> None:
    """One of a pair says whether a third may come."""
    ask, partners, waiting = await _own(turn, press)
    answer = press.values[0] if press.values else ""
    if answer not in ("yes", "no"):
        raise NotAllowed("flow.over")
    ask.answers = {**ask.answers, str(press.person.id): answer}
    everybody = [str(seat.member.person_id) for seat in partners.active]
    agreed = answer == "yes" and all(ask.answers.get(person) == "yes" for person in everybody)
    said = "no" if answer == "no" else "all" if agreed else "first"
    partner = names(turn, press.program, partners.others(press.person.id))
    text = turn.say(press.program, f"third.did.{said}", partner=partner, until=day_label(ask.until))
    turn.post(press.actor.direct, "reply", f"{press.key}:reply", text, prompted=True)
    if answer == "no":
        ask.state = "declined"
        await _ask_next(turn, press.program, await turn.get(Round, ask.round_id), waiting)
    elif agreed:
        ask.state = "joined"
        await _join(turn, press.program, ask, partners, waiting)


async def _own(turn: Turn, press: Press) -> tuple[ThirdAsk, Partners, Application]:
    """The question that is open to whoever pressed. Raises NotAllowed for somebody else's, Problem where it is over."""
    number, _, person = ":".join(press.parts).partition(":")
    if len(press.parts) != _PARTS or person != str(press.person.id) or not (number.isdecimal() and len(number) < 18):
        raise NotAllowed("access.not_yours")
    ask = await turn.session.get(ThirdAsk, int(number))
    partners = await one(turn, ask.partnership_id) if ask is not None and ask.program_id == press.program.id else None
    if ask is None or partners is None or partners.seat(press.person.id) is None:
        raise NotAllowed("access.not_yours")
    rows = await turn.session.exec(
        select(Application).where(Application.round_id == ask.round_id, Application.person_id == ask.person_id)
    )
    waiting = rows.first()
    live = partners.row.state == "live" and len(partners.active) == _PAIR
    if ask.state != "asked" or ask.until <= turn.now or not live or waiting is None or not waiting.seeking:
        raise Problem("third.over")
    return ask, partners, waiting


async def _join(turn: Turn, program: Program, ask: ThirdAsk, partners: Partners, waiting: Application) -> None:
    """Take somebody in. The three get a new room: what two have written to each other stays between them."""
    person = await turn.get(Person, waiting.person_id)
    account = await turn.get(Account, waiting.account_id)
    member = Member(
        program_id=ask.program_id, partnership_id=partners.id, person_id=person.id or 0, account_id=account.id or 0
    )
    await turn.add(member)
    turn.work.cache.pop(("partners", partners.id), None)
    for each in (*partners.seats, Seat(member, person, account)):
        turn.work.cache.pop(("standing", program.id, each.member.person_id), None)
    waiting.seek(None)
    three = Partners(partners.row, (*partners.seats, Seat(member, person, account)))
    await mark_former(turn, await turn.get(Round, ask.round_id), [three])
    start_anew(three, turn.now)
    # Whoever comes has yet to arrive; the two have.
    row: Partnership = three.row
    row.state, row.score = "arriving", {**row.score, "third": ask.id}
    await _new_room(turn, program, ask, three)
    text = turn.say(program, "third.joined", names=names(turn, program, partners.active))
    await turn.tell(program, account, "notice", f"third:{ask.id}:joined", text, subject=three.subject)


async def _new_room(turn: Turn, program: Program, ask: ThirdAsk, three: Partners) -> None:
    room, round_row = three.room(), await turn.get(Round, ask.round_id)
    hall = await turn.hall(program)
    if room is not None:
        text = turn.say(program, "third.old_room", date=day_label(turn.now + ROOM_STAYS))
        turn.post(room, "notice", f"third:{ask.id}:old", text, due_at=turn.daytime(turn.kit(program), three.zones))
        close = CloseRoom(f"close:{three.id}:{_mark(three)}", "room", room)
        turn.work.enqueue(close, due_at=turn.now + ROOM_STAYS)
    await open_room(turn, program, round_row, three, hall, f"room:{three.id}:{_mark(three)}", turn.now)


def _mark(three: Partners) -> str:
    """What tells this room from the earlier ones: of how many people it is."""
    return f"of{len(three.seats)}"


BUTTONS: Mapping[str, Pressed] = {"third": answered}
