"""Discussion: the topics, on their day and on request, and what partners say about them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.engine.courier import Outcome
from bot.errors import Problem
from bot.language.acts import Post
from bot.language.markup import Markdown, plain
from bot.language.messages import Choices, Element, Option, Text, say
from bot.program import agenda
from bot.program.cases import SILENCE, close_about
from bot.program.lostrooms import room_lost
from bot.program.partnerships import Partners, answers, id_of, names, of_round, one, own, start_anew
from bot.program.rounds import date_label
from bot.program.routes import Continuation, Due, Moment, Press, Pressed
from bot.program.timetable import topic_days
from bot.program.turn import Turn
from bot.world.daytime import daytime_for, local
from storage.people import Program
from storage.rounds import Round
from topics.model import Kit, Topic

_PARTS = 2


def calendar_of(kit: Kit, round_row: Round) -> agenda.Calendar:
    """The topics of a round with their days."""
    return topic_days(kit, round_row.starts_on, round_row.ends_on)


def topic_of(kit: Kit, number: int) -> Topic | None:
    """The kit's topic of that number."""
    return next((topic for topic in kit.topics if topic.number == number), None)


def elements(turn: Turn, program: Program, round_row: Round, topic: Topic, kinds: Iterable[str]) -> tuple[Element, ...]:
    """What a topic says. `kinds` are the answers that select its variants."""
    kit = turn.kit(program)
    shown = tuple(sorted(kind for kind in set(kinds) if kind in topic.variants))
    key = ("topic", program.id, round_row.id, topic.number, shown)
    if key not in turn.work.cache:
        texts = [
            turn.say(
                program,
                "topic.body",
                number=topic.number,
                title=topic.title,
                why=Markdown(topic.why),
                questions=[Markdown(question) for question in topic.questions],
                activity=Markdown(topic.activity),
            ),
            turn.say(
                program,
                "topic.more",
                variants=[(_label(kit, kind), Markdown(topic.variants[kind])) for kind in shown],
                reading=[Markdown(title) for title in topic.reading],
            ),
        ]
        if kit.topics and topic.number == kit.topics[-1].number:
            texts.append(turn.say(program, "topic.last", ends=date_label(round_row.ends_on)))
        turn.work.cache[key] = tuple(Text(text) for text in texts if text)
    return turn.work.cache[key]


def post_topic(
    turn: Turn,
    program: Program,
    round_row: Round,
    partners: Partners,
    number: int,
    known: Mapping[int, Mapping[str, Any]],
    due_at: datetime,
    *,
    prompted: bool = False,
    suffix: str = "",
) -> None:
    """Have a topic posted in the room of a partnership. The same one is never posted twice.

    `suffix` makes the key another one, for a room that took the place of one that was lost before anybody read it.
    """
    kit, room = turn.kit(program), partners.room()
    topic = topic_of(kit, number)
    if topic is None or room is None:
        return
    kinds = [str(known.get(seat.member.person_id, {}).get(kit.variant_by, "")) for seat in partners.active]
    parts = elements(turn, program, round_row, topic, kinds)
    act = Post(
        f"topic:{number}:{partners.id}{suffix}",
        "topic",
        room,
        say(*parts, _buttons(turn, program, partners, number)),
        prompted=prompted,
    )
    turn.send(act, due_at=due_at, subject=partners.subject, then="topic_posted")


async def topic_due(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """The day of a topic comes: one post for each partnership, in the daytime of all of them."""
    number = int(moment.subject)
    kit = turn.kit(program)
    calendar = dict(calendar_of(kit, round_row))
    if number in round_row.skipped or number not in calendar:
        return
    day, numbers = calendar[number], tuple(calendar)
    pairs = [
        partners
        for partners in await of_round(turn, round_row.id)
        if partners.row.announced_at is not None
        and agenda.follows(day, partners.row.announced_at)
        and len(partners.active) > 1
    ]
    known = await answers(turn, round_row.id, [s.member.person_id for partners in pairs for s in partners.active])
    times: dict[tuple[str, ...], datetime] = {}
    for partners in pairs:
        given = agenda.on_day(numbers, number, partners.row.extra, round_row.skipped)
        if given is None:
            continue
        if given != number:
            partners.row.extra = [*partners.row.extra, given]
        zones = partners.zones
        if zones not in times:
            start = max(moment.at, turn.now)
            times[zones] = daytime_for(zones, kit.rhythm.daytime, start, kit.rhythm.hour, day).at
        post_topic(turn, program, round_row, partners, given, known, times[zones])


async def topic_posted(turn: Turn, outcome: Outcome) -> None:
    """A post into a room was made, or never can be: then the coordinators and the partners hear of it."""
    partners = None if outcome.receipt is not None else await one(turn, id_of(outcome.subject))
    if partners is None or partners.ended:
        return
    await room_lost(turn, partners, outcome.reason)


async def pressed(turn: Turn, press: Press) -> None:
    """A button beneath a topic: they talked about it, or would like another one. Its token is `room:ID:NUMBER`."""
    partners, _ = await own(turn, press)
    number = int(press.parts[1]) if len(press.parts) == _PARTS and press.parts[1].isdecimal() else 0
    if press.values == ("talked",):
        await _talked(turn, press, partners, number)
    elif press.values == ("another",):
        await _another(turn, press, partners, number)
    else:
        raise Problem("flow.over")


async def _talked(turn: Turn, press: Press, partners: Partners, number: int) -> None:
    row = partners.row
    topic = topic_of(turn.kit(press.program), number)
    if topic is None:
        raise Problem("flow.over")
    key = "topic.talked_already" if number in row.talked else "topic.talked"
    if number not in row.talked:
        row.talked = sorted([*row.talked, number])
    start_anew(partners, turn.now)
    await close_about(turn, press.program, partners, "case.they_talked", SILENCE)
    partner = names(turn, press.program, partners.others(press.person.id))
    text = turn.say(press.program, key, title=topic.title, partner=partner)
    turn.post(press.actor.direct, "thanks", f"{press.key}:reply", text, prompted=True)


async def _another(turn: Turn, press: Press, partners: Partners, number: int) -> None:
    """One of the later topics at once, or as soon as it is nobody's night."""
    row, program = partners.row, press.program
    kit, round_row = turn.kit(program), await turn.get(Round, row.round_id)
    if row.announced_at is None or partners.room() is None:
        raise Problem("topic.no_room")
    calendar = calendar_of(kit, round_row)
    newest = (row.extra or [0])[-1]
    so_far = agenda.had(calendar, row.extra, row.announced_at, turn.now)
    if so_far and number not in (so_far[-1], newest):
        topic = topic_of(kit, so_far[-1])
        raise Problem("topic.newer", title=topic.title if topic else "")
    chosen = agenda.another(
        calendar, [t.number for t in kit.topics], row.extra, round_row.skipped, row.announced_at, turn.now
    )
    if chosen is None:
        raise Problem("topic.none_left")
    row.extra = [*row.extra, chosen]
    others = [seat.zone for seat in partners.others(press.person.id)]
    due_at = turn.daytime(kit, others)
    if due_at > turn.now:
        due_at = turn.daytime(kit, partners.zones)
        text = turn.say(program, "topic.held", at=local(due_at, press.person.zone or "UTC"))
        turn.post(press.actor.direct, "reply", f"{press.key}:reply", text, prompted=True)
    known = await answers(turn, row.round_id, [seat.member.person_id for seat in partners.active])
    post_topic(turn, program, round_row, partners, chosen, known, due_at, prompted=due_at <= turn.now)


def _buttons(turn: Turn, program: Program, partners: Partners, number: int) -> Choices:
    options: Sequence[str] = ("talked", "another")
    if number == turn.kit(program).topics[-1].number:
        options = ("talked",)
    labels = [Option(value, plain(turn.say(program, f"topic.button.{value}"))) for value in options]
    return Choices(f"room:{partners.id}:{number}", tuple(labels))


def _label(kit: Kit, value: str) -> str:
    options = kit.question(kit.variant_by).options
    return next((option.label for option in options if option.value == value), value)


BUTTONS: Mapping[str, Pressed] = {"room": pressed}
CONTINUATIONS: Mapping[str, Continuation] = {"topic_posted": topic_posted}
MOMENTS: Mapping[str, Due] = {"topic": topic_due}
