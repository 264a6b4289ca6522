"""What coordinators do about topics: see the plan, read one before it goes out, leave one out."""

from collections.abc import Mapping
from datetime import date

from bot.errors import Problem
from bot.program.access import Who
from bot.program.command import Argument, Call, Command
from bot.program.discussion import calendar_of, elements, topic_of
from bot.program.rounds import OTHER_ROUND, date_label, running_round
from bot.program.timetable import day_anywhere
from bot.program.turn import Turn
from storage.rounds import Round
from topics.model import Topic


async def _list(turn: Turn, call: Call) -> None:
    round_row = await _round(turn, call)
    kit = turn.kit(call.program)
    days = dict(calendar_of(kit, round_row))
    lines = [
        {
            "number": topic.number,
            "title": topic.title,
            "date": date_label(days[topic.number]) if topic.number in days else "",
            "state": _state(round_row, days, topic, turn),
        }
        for topic in kit.topics
    ]
    call.reply(turn, turn.say(call.program, "topics.list", round=round_row.name, topics=lines))


def _state(round_row: Round, days: Mapping[int, date], topic: Topic, turn: Turn) -> str:
    if topic.number in round_row.skipped:
        return "skipped"
    if topic.number not in days:
        return "extra"
    return "sent" if day_anywhere(days[topic.number]) <= turn.now else "planned"


async def _preview(turn: Turn, call: Call) -> None:
    round_row = await _round(turn, call)
    topic = _topic(turn, call)
    call.reply(turn, *elements(turn, call.program, round_row, topic, topic.variants))


async def _skip(turn: Turn, call: Call) -> None:
    round_row, topic = await _changeable(turn, call)
    known = topic.number in round_row.skipped
    if not known:
        round_row.skipped = sorted([*round_row.skipped, topic.number])
    key = "topics.skipped_already" if known else "topics.skipped"
    call.reply(turn, turn.say(call.program, key, number=topic.number, title=topic.title))


async def _unskip(turn: Turn, call: Call) -> None:
    round_row, topic = await _changeable(turn, call)
    known = topic.number in round_row.skipped
    round_row.skipped = [number for number in round_row.skipped if number != topic.number]
    key = "topics.unskipped" if known else "topics.not_skipped"
    call.reply(turn, turn.say(call.program, key, number=topic.number, title=topic.title))


async def _changeable(turn: Turn, call: Call) -> tuple[Round, Topic]:
    round_row, topic = await _round(turn, call), _topic(turn, call)
    day = dict(calendar_of(turn.kit(call.program), round_row)).get(topic.number)
    if round_row.state == "ended" or (day is not None and day_anywhere(day) <= turn.now):
        raise Problem("topics.too_late", number=topic.number, title=topic.title)
    return round_row, topic


async def _round(turn: Turn, call: Call) -> Round:
    round_row = await running_round(turn, call.program, call.arguments.get("round", ""))
    if round_row is None:
        raise Problem("apply.no_round")
    return round_row


def _topic(turn: Turn, call: Call) -> Topic:
    kit, text = turn.kit(call.program), call.arguments["number"].strip()
    topic = topic_of(kit, int(text)) if text.isdecimal() and len(text) < len("1000") else None
    if topic is None:
        raise Problem("topics.unknown", numbers=[each.number for each in kit.topics])
    return topic


_NUMBER = (Argument("number", "The number of the topic, as `topics` shows it.", kind="number", names="topic"),)
_COORDINATOR = Who.COORDINATOR
COMMANDS: tuple[Command, ...] = (
    Command(
        "topics",
        _COORDINATOR,
        "Shows the topics of the round with their days.",
        _list,
        (OTHER_ROUND,),
        "/mentoring topics",
    ),
    Command(
        "topic preview",
        _COORDINATOR,
        "Shows a topic to you alone, with all its variants.",
        _preview,
        _NUMBER,
        "/mentoring topic preview 3",
    ),
    Command(
        "topic skip",
        _COORDINATOR,
        "Leaves a topic out in this round, for everybody. Works until the day before it comes.",
        _skip,
        (*_NUMBER, OTHER_ROUND),
        "/mentoring topic skip 3",
    ),
    Command(
        "topic unskip",
        _COORDINATOR,
        "Takes a topic in again that you left out.",
        _unskip,
        (*_NUMBER, OTHER_ROUND),
        "/mentoring topic unskip 3",
    ),
)
