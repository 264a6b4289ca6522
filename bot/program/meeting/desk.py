"""`times`: when partners can meet. One of them chooses, all get it for their calendars, and each can undo it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import partial

from bot.errors import Problem
from bot.language.markup import Markdown, plain
from bot.language.messages import Choices, Document, Element, Option, Picture
from bot.language.places import Address, Place
from bot.program.access import Who
from bot.program.command import Call, Command
from bot.program.habits import partners_of, tell_room
from bot.program.meeting import events, kept, words
from bot.program.meeting.calendarfile import MEDIA_TYPE, NAME, Entry, calendar_file, uid_of
from bot.program.meeting.hours import Guest, table
from bot.program.meeting.series import WEEK, Finder, Series, Taste, Term
from bot.program.meeting.strips import draw
from bot.program.meeting.words import Sitting
from bot.program.partnerships import Partners, Seat, answers, full_hour, names, own
from bot.program.rounds import date_label
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from bot.world.daytime import local
from bot.world.weekends import weekend_of
from bot.world.zones import zone_city
from storage.people import Program
from storage.rounds import Round
from topics.model import Kit, QuestionKind, Rule

HOURS = "hours.png"
KEPT = timedelta(days=7)
"""How long the picture of the hours is kept for its message to arrive."""
NOTICE = timedelta(hours=24)
"""The time that everybody has before the first meeting."""
ANOTHER, DROP = "another", "drop"


async def _times(turn: Turn, call: Call) -> None:
    partners = await partners_of(turn, call)
    seat = partners.seat(call.person.id)
    if seat is not None:
        call.reply(turn, *await _shown(turn, call.program, partners, seat, _drawn_for(turn, call.address, call.key)))


def _drawn_for(turn: Turn, address: Address, key: str) -> str:
    """The key of the picture for an answer there; empty where none is shown.

    What only one in a room sees cannot bear a file everywhere: there the strips are made of signs.
    """
    able = turn.able(address.platform)
    in_private = address.place is Place.DIRECT or not able.replies_in_place
    return f"hours:{key}" if able.pictures and in_private else ""


async def pressed(turn: Turn, press: Press) -> None:
    """A time was chosen, is to be changed or given up. The token is `meet:ID`."""
    partners, seat = await own(turn, press)
    value = press.values[0] if press.values else ""
    if value == ANOTHER:
        picture = _drawn_for(turn, press.address, press.key)
        parts: list[str | Element] = await _shown(turn, press.program, partners, seat, picture)
    elif value == DROP:
        parts = [await _drop(turn, press, partners, seat)]
    elif value == events.EVENT:
        parts = [await events.plan(turn, press.program, partners, seat)]
    else:
        parts = [await _choose(turn, press, partners, seat, value)]
    turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", *parts)


async def sitting_of(turn: Turn, program: Program, partners: Partners, seat: Seat) -> Sitting:
    """The partners with what finds them a time. Raises Problem where their hours cannot be compared."""
    round_row = await turn.get(Round, partners.row.round_id)
    if partners.row.announced_at is None:
        # Partners are strangers up to their introduction: not even a time zone is told.
        raise Problem("meeting.not_yet", starts=date_label(round_row.starts_on))
    _check_zones(turn, program, partners, seat)
    kit, rhythm = turn.kit(program), turn.kit(program).rhythm
    known = await answers(turn, round_row.id, [each.member.person_id for each in partners.active])
    question = next((each.name for each in kit.questions if each.kind is QuestionKind.COUNTRY), "")
    guests = tuple(
        Guest(each.zone, weekend_of(str(known.get(each.member.person_id, {}).get(question, ""))))
        for each in partners.active
    )
    soonest = full_hour(turn.now + NOTICE)
    weeks = max(1, round(rhythm.every_days / WEEK))
    # A topic is read first, and talked about some days later.
    weekdays = tuple((rhythm.weekday + days) % WEEK for days in (2, 3, 1, 4, 0, 5, 6))
    finder = Finder(
        guests,
        table(rhythm.daytime, work_of(kit)),
        Term(soonest, round_row.ends_on, rhythm.meeting_minutes, weeks),
        Taste(weekdays, rhythm.hour.hour * 60 + rhythm.hour.minute),
    )
    return Sitting(turn, program, partners.active, finder)


def work_of(kit: Kit) -> tuple[time, time]:
    """The hours in which people would best like to meet: those that the pairing looks at, else the best of the day."""
    return next((wish.hours for wish in kit.wishes if wish.rule is Rule.OVERLAP), kit.rhythm.daytime[0])


def _check_zones(turn: Turn, program: Program, partners: Partners, seat: Seat) -> None:
    if not seat.person.zone:
        raise Problem("meeting.no_zone")
    others = partners.others(seat.person.id)
    if not others:
        raise Problem("meeting.alone")
    unknown = [each for each in others if not each.person.zone]
    if unknown:
        raise Problem("meeting.partner_no_zone", names=names(turn, program, unknown))


async def _shown(turn: Turn, program: Program, partners: Partners, seat: Seat, picture: str) -> list[str | Element]:
    """What somebody sees who asks for times: everybody's hours, the time that is chosen, suggestions to press.

    `picture` is the key under which the hours are drawn; empty where they stand in signs.
    """
    sitting = await sitting_of(turn, program, partners, seat)
    last, viewer = sitting.finder.term.last, sitting.seats.index(seat)
    if sitting.finder.term.not_before.date() > last:
        raise Problem("meeting.too_late", ends=date_label(last))
    noon = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    head, *rest = words.hours(sitting, viewer, noon, drawn=bool(picture))
    parts: list[str | Element] = [head, *rest]
    if picture:
        panels, legend = words.panels(sitting, viewer, noon), words.legend(sitting)
        content: bytes = turn.work.computed(("hours", panels, legend), partial(draw, panels, legend))
        drop_after = turn.now + KEPT
        await turn.keep_file(program, picture, HOURS, "image/png", content, drop_after, seat.person.id)
        alt = plain(sitting.say("meeting.strip.alt", zone=zone_city(seat.person.zone)))
        parts.insert(1, Picture(picture, alt, HOURS))
    now = kept.series_in(partners.row.meeting)
    if now is not None:
        parts.append(words.standing(sitting, viewer, now))
    found = sitting.finder.suggestions()
    if found:
        parts.append(sitting.say("meeting.suggestions", count=len(found)))
        parts += [words.suggestion(sitting, viewer, each, place) for place, each in enumerate(found, start=1)]
    if not found or words.is_edgy(sitting, found[0]):
        parts.append(words.plan(sitting, none=not found))
    options = [
        Option(kept.option_of(each), words.option(sitting, viewer, each, place))
        for place, each in enumerate(found, start=1)
    ]
    if now is not None:
        options += [_button(turn, program, value) for value in _undoing(turn, partners)]
    return [*parts, Choices(f"meet:{partners.id}", tuple(options))] if options else parts


async def _choose(turn: Turn, press: Press, partners: Partners, seat: Seat, value: str) -> Markdown:
    """Keep a time, and have all partners told. Returns the answer for whoever pressed."""
    sitting, option = await sitting_of(turn, press.program, partners, seat), kept.from_option(value)
    series = sitting.finder.judged(*option) if option is not None else None
    if series is None:
        raise Problem("meeting.old")
    row, before = partners.row, kept.series_in(partners.row.meeting)
    if before is not None and (before.zone, before.first) == (series.zone, series.first):
        return sitting.say("meeting.already")
    again = bool(row.meeting)
    await events.drop(turn, press.program, partners)
    row.meeting = kept.chosen(row.meeting, series, press.person.id, turn.now)
    file = _file(turn, sitting, partners, series)
    text = words.announced(sitting, series, seat, file=file is not None, again=again)
    at = _tell(turn, press, partners, text, file, "time")
    return sitting.say("meeting.set", at=at, file=file is not None)


async def _drop(turn: Turn, press: Press, partners: Partners, seat: Seat) -> Markdown:
    series = kept.series_in(partners.row.meeting)
    if series is None:
        return turn.say(press.program, "meeting.none_to_drop")
    sitting = await sitting_of(turn, press.program, partners, seat)
    await events.drop(turn, press.program, partners)
    partners.row.meeting = kept.dropped(partners.row.meeting)
    file = _file(turn, sitting, partners, series, cancelled=True)
    name = names(turn, press.program, [seat])
    text = sitting.say("meeting.dropped", name=name, file=file is not None)
    return sitting.say("meeting.dropped_reply", at=_tell(turn, press, partners, text, file, "drop"))


def _tell(turn: Turn, press: Press, partners: Partners, text: Markdown, file: Document | None, what: str) -> str:
    """Tell the room. Returns when it comes, in words for whoever pressed; empty for at once."""
    values = [ANOTHER, *(_undoing(turn, partners) if what == "time" else ())]
    buttons = Choices(f"meet:{partners.id}", tuple(_button(turn, press.program, value) for value in values))
    parts = [part for part in (text, file, buttons) if part is not None]
    due_at = tell_room(turn, press.program, partners, press.person, f"{press.key}:meet:{what}", *parts)
    return local(due_at, press.person.zone or "UTC") if due_at is not None and due_at > turn.now else ""


def _undoing(turn: Turn, partners: Partners) -> list[str]:
    """What else can be done with a time that is chosen."""
    return [DROP, *([events.EVENT] if events.offered(turn, partners) else [])]


def _button(turn: Turn, program: Program, value: str) -> Option:
    return Option(value, turn.say(program, f"meeting.button.{value}"))


def _file(
    turn: Turn, sitting: Sitting, partners: Partners, series: Series, *, cancelled: bool = False
) -> Document | None:
    """The calendar file, where the platform of the room takes files."""
    room = partners.room()
    if room is None or not turn.able(room.platform).documents:
        return None
    entry = Entry(
        uid_of(partners.id, partners.row.made_at),
        kept.sequence_in(partners.row.meeting),
        turn.now,
        plain(sitting.say("meeting.calendar_title")),
        plain(sitting.say("meeting.calendar_note")),
        cancelled,
    )
    return Document(NAME, MEDIA_TYPE, calendar_file(series, entry))


BUTTONS: Mapping[str, Pressed] = {"meet": pressed}
CONTINUATIONS = events.CONTINUATIONS
COMMANDS: tuple[Command, ...] = (
    Command(
        "times",
        Who.PARTNER,
        "Shows when you and your partner are both awake and at work, and suggests times to meet.",
        _times,
        (),
        "/mentoring times",
    ),
)
