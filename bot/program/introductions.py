"""Introductions: what partners read when their room is complete, and what begins with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import select

from bot.engine.courier import Outcome
from bot.flows.labels import answer_label
from bot.language.acts import Post
from bot.language.markup import Markdown
from bot.language.messages import Choices, Option, say
from bot.program import agenda
from bot.program.cases import close_about, open_case
from bot.program.discussion import calendar_of, post_topic
from bot.program.partnerships import Partners, Seat, answers, full_hour, id_of, names, one, pace_of
from bot.program.questions import step_of
from bot.program.registration import answers_of
from bot.program.rounds import date_label
from bot.program.routes import Continuation
from bot.program.timetable import day_anywhere
from bot.program.turn import Turn
from bot.world.countries import country_flag, country_name
from bot.world.daytime import daytime_for
from bot.world.zones import zone_label
from storage.people import Program
from storage.rounds import Round
from storage.traffic import OutboxAct
from topics.model import Kit, Question, QuestionKind

_OWN_LINE = (QuestionKind.COUNTRY, QuestionKind.ZONE)
"""What a card shows at its head, rather than as an answer."""
_PRIVATE = (QuestionKind.PEOPLE, QuestionKind.PICTURE)


async def announce(turn: Turn, program: Program, partners: Partners) -> None:
    """All are in: introduce them to each other by day, with their first topic. Done once, however often called."""
    room = partners.room()
    if room is None or partners.ended or partners.row.announced_at is not None:
        return
    round_row = await turn.get(Round, partners.row.round_id)
    known = await answers(turn, round_row.id, [seat.member.person_id for seat in partners.active])
    suffix = await _suffix(turn, partners, room.id)
    due_at = turn.daytime(turn.kit(program), partners.zones)
    act = Post(
        f"introduction:{partners.id}{suffix}",
        "introduction",
        room,
        say(*_introduction(turn, program, round_row, partners, known), pace_buttons(turn, program, partners)),
    )
    turn.send(act, due_at=due_at, subject=partners.subject, then="introduced")
    first = next((number for number, _ in calendar_of(turn.kit(program), round_row)), None)
    if first is not None and first not in round_row.skipped:
        post_topic(turn, program, round_row, partners, first, known, due_at, suffix=suffix)


async def introduce_third(turn: Turn, program: Program, partners: Partners) -> list[str]:
    """What stands in a new room for those who took somebody in: who they all are."""
    known = await answers(turn, partners.row.round_id, [seat.member.person_id for seat in partners.active])
    cards = [_card(turn, program, seat, known.get(seat.member.person_id, {})) for seat in partners.active]
    head = turn.say(program, "third.new_room", names=names(turn, program, partners.active))
    return [head, *cards, turn.kit(program).guidance]


async def without(turn: Turn, program: Program, partners: Partners, person_id: int | None) -> list[str]:
    """What is left of an introduction when one of those in it was forgotten."""
    rest = [
        seat
        for seat in partners.seats
        if seat.member.person_id != person_id and (seat.person.name or seat.account.name)
    ]
    known = await answers(turn, partners.row.round_id, [seat.member.person_id for seat in rest])
    cards = [_card(turn, program, seat, known.get(seat.member.person_id, {})) for seat in rest]
    said = turn.say(program, "introduction.forgotten", names=names(turn, program, rest), count=len(rest))
    return [said, *cards, turn.kit(program).guidance]


async def introduced(turn: Turn, outcome: Outcome) -> None:
    """The introduction stands in the room: from now on time counts."""
    partners = await one(turn, id_of(outcome.subject))
    if partners is None or partners.ended or partners.row.announced_at is not None:
        return
    row, program = partners.row, await turn.get(Program, partners.row.program_id)
    if outcome.receipt is None:
        detail = turn.say(program, "case.detail.no_room", reason=outcome.reason)
        await open_case(turn, program, "no_room", partners=partners, detail=detail)
        return
    row.announced_at, row.state = outcome.receipt.at, "arriving"
    hours = turn.kit(program).checkins.arrival_ask_hours
    row.check_at = full_hour(outcome.receipt.at + timedelta(hours=hours))
    become_live(partners, outcome.receipt.at)
    await close_about(turn, program, partners, "case.they_came", ("no_room", "not_in_room", "room_gone"))
    await _catch_up(turn, program, partners, outcome.receipt.at)


def become_live(partners: Partners, at: datetime) -> bool:
    """An introduced partnership in which everybody has written is live. Returns whether it has just become so."""
    row = partners.row
    if row.state != "arriving" or any(seat.member.first_wrote_at is None for seat in partners.active):
        return False
    row.state, row.live_at = "live", row.live_at or at
    return True


def pace_buttons(turn: Turn, program: Program, partners: Partners) -> Choices:
    """How often they want to be in touch."""
    paces = turn.kit(program).checkins.paces
    return Choices(f"pace:{partners.id}", tuple(Option(pace.value, pace.label) for pace in paces))


async def _catch_up(turn: Turn, program: Program, partners: Partners, began_at: datetime) -> None:
    """The topic of a day that comes now, whose hour was fixed for everybody before this partnership began."""
    round_row = await turn.get(Round, partners.row.round_id)
    kit = turn.kit(program)
    for number, day in calendar_of(kit, round_row)[1:]:
        soon = day_anywhere(day) <= turn.now and agenda.follows(day, began_at)
        if soon and number not in round_row.skipped:
            known = await answers(turn, round_row.id, [seat.member.person_id for seat in partners.active])
            due_at = daytime_for(partners.zones, kit.rhythm.daytime, turn.now, kit.rhythm.hour, day).at
            post_topic(turn, program, round_row, partners, number, known, due_at)


async def _suffix(turn: Turn, partners: Partners, room_id: str) -> str:
    """Nothing; or, where an introduction was lost with its room, what makes the next one another."""
    rows = await turn.session.exec(select(OutboxAct.state).where(OutboxAct.key == f"introduction:{partners.id}"))
    return f":{room_id}" if rows.first() in ("dead", "cancelled") else ""


def _introduction(
    turn: Turn, program: Program, round_row: Round, partners: Partners, known: Mapping[int, Mapping[str, Any]]
) -> list[str]:
    kit, room = turn.kit(program), partners.room()
    score = partners.row.score
    # Partnerships made before there were words for partners have the coordinators' only.
    sentences = [Markdown(each) for each in score.get("told") or score.get("sentences", ())]
    parts: list[str] = [
        turn.say(
            program,
            "introduction.hello",
            names=names(turn, program, partners.active),
            count=len(partners.active),
            round=round_row.name,
        )
    ]
    parts += [_card(turn, program, seat, known.get(seat.member.person_id, {})) for seat in partners.active]
    if sentences:
        parts.append(turn.say(program, "introduction.why", sentences=sentences))
    parts.append(kit.guidance)
    parts.append(
        turn.say(
            program,
            "introduction.practical",
            starts=date_label(round_row.starts_on),
            ends=date_label(round_row.ends_on),
            names=names(turn, program, partners.active),
            others_read=room is not None and turn.able(room.platform).rooms_read_by_others,
        )
    )
    label, _ = pace_of(kit, partners.row)
    parts.append(turn.say(program, "introduction.pace", pace=label))
    return parts


def _card(turn: Turn, program: Program, seat: Seat, known: Mapping[str, Any]) -> Markdown:
    """One of the partners as the others meet them: only answers that the kit shares."""
    kit = turn.kit(program)
    country = _country(kit, known)
    given = answers_of(known)
    lines = [
        (question.short or question.name, _label(turn, program, question, given[question.name]))
        for question in kit.questions
        if _is_shown(question) and given.get(question.name) and question.kind is not QuestionKind.TEXT
    ]
    words = [
        (question.short or question.name, str(given[question.name]).splitlines())
        for question in kit.questions
        if _is_shown(question) and given.get(question.name) and question.kind is QuestionKind.TEXT
    ]
    return turn.say(
        program,
        "introduction.card",
        name=seat.person.name or seat.account.name,
        flag=Markdown(country_flag(country)) if country else "",
        country=country_name(country) if country else "",
        zone=zone_label(seat.zone, turn.now),
        lines=lines,
        words=words,
    )


def _is_shown(question: Question) -> bool:
    """Whether partners see the answer on the card, below its head. Eligibility and people never are shown."""
    return question.shared and not question.must and question.kind not in (*_OWN_LINE, *_PRIVATE)


def _country(kit: Kit, known: Mapping[str, Any]) -> str:
    question = kit.question_of_kind(QuestionKind.COUNTRY)
    return str(known.get(question.name, "")) if question is not None and question.shared else ""


def _label(turn: Turn, program: Program, question: Question, answer: str | tuple[str, ...]) -> Markdown:
    wording = turn.wording(program)
    key = f"card:{question.name}"
    if key not in wording.made:
        wording.made[key] = step_of(question)
    step = wording.made[key]
    return answer_label(step, answer, wording.say, turn.now)


CONTINUATIONS: Mapping[str, Continuation] = {"introduced": introduced}
