"""What partners tell about themselves: when they are away, how often they are in touch, and where they talk."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.errors import Problem
from bot.flows.dates import read_date
from bot.language.messages import Element
from bot.program.access import Who
from bot.program.asking import answered
from bot.program.cases import SILENCE, close_about
from bot.program.command import Argument, Call, Command
from bot.program.partnerships import Partners, full_hour, of_person, own, start_anew
from bot.program.rounds import date_label
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from storage.people import Absence, Person, Program

LONGEST = timedelta(days=366)
_SEPARATOR = re.compile(r"\s+(?:to|until|till|through|-|–|—)\s+|\s*(?:\.\.\.?|…)\s*", re.IGNORECASE)
_LEAD = re.compile(r"^(?:from|on)\s+", re.IGNORECASE)
_FROM_NOW = re.compile(r"^(?:until|till|til|to|through|for)\s+(?:the\s+)?(?:in\s+|next\s+(?=\d))?", re.IGNORECASE)
_DAY = timedelta(days=1)


def read_days(text: str, today: date) -> tuple[date, date]:
    """The first and the last day of an absence, as people type them: `12 May to 3 June`, `2026-10-05 2026-10-20`.

    `until 12 May` and `for two weeks` begin today; a single date means that day alone. Raises Problem for what is no
    date, is unclear, past, or ends before it begins.
    """
    bare = _LEAD.sub("", " ".join(text.split()))
    from_now = _FROM_NOW.match(bare)
    parts = ["today", bare[from_now.end() :]] if from_now is not None else _SEPARATOR.split(bare)
    if len(parts) == 1:
        words = bare.split(" ")
        whole = len(words) == 1 or read_date(bare, today).candidates
        # Two dates with nothing between them: the cut where both sides are dates.
        cuts = [] if whole else [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
        parts = next((list(cut) for cut in cuts if all(read_date(side, today).candidates for side in cut)), [bare])
    if len(parts) > len(("first", "last")):
        raise Problem("away.no_date", text=text[:60])
    first = _day(parts[0], today)
    last = _day(parts[1], max(first, today)) if len(parts) > 1 else first
    if first < today or last < today:
        raise Problem("away.past", today=date_label(today))
    if last < first:
        raise Problem("away.backwards", first=date_label(first), last=date_label(last))
    if last - first > LONGEST:
        raise Problem("away.too_long")
    return first, last


def _day(text: str, today: date) -> date:
    candidates = read_date(text, today).candidates
    for day in candidates if len(candidates) == 1 else ():
        return day
    if candidates:
        raise Problem("away.unclear", text=text[:60], days=[date_label(day) for day in candidates])
    raise Problem("away.no_date", text=text[:60])


async def set_pace(turn: Turn, program: Program, partners: Partners, person: Person, value: str, key: str) -> bool:
    """Agree on a rhythm; the partners see it in their room. False when it was agreed before."""
    kit, row = turn.kit(program), partners.row
    pace = next((each for each in kit.checkins.paces if each.value == value), None)
    if pace is None:
        raise Problem("pace.unknown", paces=[each.value for each in kit.checkins.paces])
    if row.pace == pace.value:
        return False
    row.pace, row.check_at = pace.value, _look_soon(partners, turn.now)
    text = turn.say(program, "pace.agreed", name=person.name, pace=pace.label)
    tell_room(turn, program, partners, person, f"{key}:pace", text)
    return True


async def pressed_pace(turn: Turn, press: Press) -> None:
    """A rhythm was chosen beneath the introduction. The token is `pace:ID`."""
    partners, _ = await own(turn, press)
    value = press.values[0] if press.values else ""
    if not await set_pace(turn, press.program, partners, press.person, value, press.key):
        text = turn.say(press.program, "pace.already")
        turn.post(press.actor.direct, "reply", f"{press.key}:reply", text, prompted=True)


async def _pace(turn: Turn, call: Call) -> None:
    partners = await partners_of(turn, call)
    value = call.arguments["rhythm"].strip().lower()
    changed = await set_pace(turn, call.program, partners, call.person, value, call.key)
    call.reply(turn, turn.say(call.program, "pace.set" if changed else "pace.already"))


async def _away(turn: Turn, call: Call) -> None:
    today = turn.now.astimezone(ZoneInfo(call.person.zone or "UTC")).date()
    first, last = read_days(call.arguments["dates"], today)
    # The whole time is told again and again by some: what is known already is not stored twice.
    known = await turn.session.exec(
        select(Absence).where(Absence.person_id == call.person.id, Absence.program_id == call.program.id)
    )
    if not any(absence.first <= first and last <= absence.last for absence in known):
        turn.session.add(
            Absence(program_id=call.program.id or 0, person_id=call.person.id or 0, first=first, last=last)
        )
    for partners in await of_person(turn, call.program, call.person.id):
        partners.row.check_at = _look_soon(partners, turn.now)
        text = turn.say(
            call.program, "away.room", name=call.person.name, first=date_label(first), last=date_label(last)
        )
        tell_room(turn, call.program, partners, call.person, f"{call.key}:away:{partners.id}", text)
    key = "away.one_day" if first == last else "away.noted"
    call.reply(turn, turn.say(call.program, key, first=date_label(first), last=date_label(last)))


async def _back(turn: Turn, call: Call) -> None:
    today = turn.now.astimezone(ZoneInfo(call.person.zone or "UTC")).date()
    rows = await turn.session.exec(
        select(Absence).where(
            Absence.person_id == call.person.id, Absence.program_id == call.program.id, col(Absence.last) >= today
        )
    )
    absences = list(rows)
    for absence in absences:
        if absence.first >= today:
            await turn.session.delete(absence)
        else:
            absence.last = today - _DAY
    for partners in await of_person(turn, call.program, call.person.id):
        partners.row.check_at = _look_soon(partners, turn.now)
    call.reply(turn, turn.say(call.program, "away.back" if absences else "away.not_away"))


async def _elsewhere(turn: Turn, call: Call) -> None:
    partners = await partners_of(turn, call)
    on = call.arguments["state"].strip().lower() == "on"
    if partners.row.elsewhere == on:
        call.reply(turn, turn.say(call.program, "elsewhere.already", on=on))
        return
    partners.row.elsewhere = on
    start_anew(partners, turn.now)
    if on:
        await close_about(turn, call.program, partners, "case.they_answered", SILENCE)
    days = turn.kit(call.program).checkins.elsewhere_days
    call.reply(turn, turn.say(call.program, "elsewhere.on" if on else "elsewhere.off", days=days))


async def partners_of(turn: Turn, call: Call) -> Partners:
    """The partnership of whoever gave a command: the one in whose room, else the newest. Raises Problem for none."""
    found = await of_person(turn, call.program, call.person.id)
    if not found:
        raise Problem("access.no_partnership")
    found.sort(key=lambda partners: partners.row.room != str(call.address))
    seat = found[0].seat(call.person.id)
    if seat is not None and seat.member.asks:
        # Whoever talks to the program is there.
        answered(found[0], seat)
    return found[0]


def tell_room(
    turn: Turn, program: Program, partners: Partners, person: Person, key: str, *parts: str | Element
) -> datetime | None:
    """Tell the partners in their room what one of them, who is awake, did: at once, or else by day for all of them.

    Returns when it is due, None where there is no room to tell it in.
    """
    room, kit = partners.room(), turn.kit(program)
    if room is None or partners.row.announced_at is None:
        return None
    due_at = turn.daytime(kit, [seat.zone for seat in partners.others(person.id)])
    if due_at > turn.now:
        due_at = turn.daytime(kit, partners.zones)
    turn.post(room, "notice", key, *parts, due_at=due_at, subject=partners.subject)
    return due_at


def _look_soon(partners: Partners, now: datetime) -> datetime | None:
    """When to look again after something changed; a partnership that has not begun keeps its time."""
    return full_hour(now) if partners.row.announced_at is not None else partners.row.check_at


BUTTONS: Mapping[str, Pressed] = {"pace": pressed_pace}
COMMANDS: tuple[Command, ...] = (
    Command(
        "away",
        Who.ANYONE,
        "Say when you are away: nobody asks why it is quiet, and your partner sees it in your room.",
        _away,
        (
            Argument(
                "dates", "The first and the last day, for example: 5 October to 20 October; or until 12 May.", rest=True
            ),
        ),
        "/mentoring away 5 October to 20 October",
    ),
    Command(
        "back",
        Who.ANYONE,
        "Say that you are back: the dates on which you are away no longer count.",
        _back,
        (),
        "/mentoring back",
    ),
    Command(
        "elsewhere",
        Who.PARTNER,
        "Say that you and your partner talk somewhere else (or no longer do), so that silence here means nothing.",
        _elsewhere,
        (Argument("state", "Whether you talk elsewhere.", options=("on", "off")),),
        "/mentoring elsewhere on",
    ),
    Command(
        "pace",
        Who.PARTNER,
        "Change how often you and your partner want to be in touch.",
        _pace,
        (Argument("rhythm", "The rhythm you agreed on, as the buttons of your introduction name it."),),
        "/mentoring pace weekly",
    ),
)
