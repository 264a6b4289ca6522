"""The coordinators' desk for rounds: opening, closing, dates, applications, further coordinators."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.errors import Problem
from bot.flows.dates import read_date
from bot.program.access import Who
from bot.program.command import Argument, Call, Command
from bot.program.communities import gather_desk
from bot.program.frontdesk import coming
from bot.program.milestones import counts_of, reopen
from bot.program.nexttime import invite_first
from bot.program.people import account_in, make_coordinator, person_by_email
from bot.program.rounds import PAIRED, current_round, date_label, day_label, last_day, rounds_now, rounds_of
from bot.program.timetable import day_start, first_start, round_dates
from bot.program.turn import Turn
from storage.people import Community, Program
from storage.rounds import Round

MAX_WEEKS, MAX_CAPACITY = 104, 1_000_000


async def open_round(turn: Turn, program: Program, given: Mapping[str, str]) -> Round:
    """Make a round from the kit's plan and what was given. Whoever had no place last time hears of it first.

    Raises Problem for dates that cannot be.
    """
    now = [each for each in await rounds_of(turn, program) if each.state != "ended"]
    if now and now[0].state not in PAIRED:
        raise Problem("round.one_at_a_time", round=now[0].name)
    plan = turn.kit(program).plan
    today = turn.now.date()
    starts = _date(given.get("starts", ""), today) or first_start(
        plan, today + timedelta(days=plan.applications_close_days_before)
    )
    weeks = _number(given.get("weeks", ""), "weeks", 1, MAX_WEEKS, plan.weeks)
    dates = round_dates(plan, starts, weeks)
    closes = _date(given.get("closes", ""), today)
    closes_at = day_start(closes + timedelta(days=1)) if closes else dates.closes_at
    if dates.starts_on <= today or closes_at <= turn.now:
        raise Problem("round.past", starts=date_label(starts), closes=last_day(closes_at), today=date_label(today))
    if closes_at > day_start(starts):
        raise Problem("round.closes_after_start", starts=date_label(starts), closes=last_day(closes_at))
    opens_at = max(dates.opens_at, turn.now)
    if closes_at <= opens_at:
        raise Problem("round.closes_before_opening", opens=day_label(opens_at), closes=last_day(closes_at))
    odd = given.get("odd", "") or plan.odd
    cap = _share(given.get("cap", ""), plan.country_cap)
    round_row = Round(
        program_id=program.id or 0,
        name=_name(given.get("name", "")[:80], program, starts, now),
        state="open" if dates.opens_at <= turn.now else "planned",
        opens_at=opens_at,
        closes_at=closes_at,
        starts_on=starts,
        ends_on=dates.ends_on,
        capacity=_number(given.get("capacity", ""), "capacity", 0, MAX_CAPACITY, plan.capacity),
        country_cap=cap,
        odd=odd,
        seed=_number(given.get("seed", ""), "seed", 0, 2**31, 1),
    )
    turn.work.cache.pop(("rounds", program.id), None)
    await turn.add(round_row)
    await invite_first(turn, program, round_row)
    return round_row


async def command_open(turn: Turn, call: Call) -> None:
    """`round open`: make a round; people can apply from its first day."""
    round_row = await open_round(turn, call.program, call.arguments)
    call.reply(turn, _facts(turn, call.program, round_row, "round.opened"))


async def command_show(turn: Turn, call: Call) -> None:
    """`round`: the round at a glance; all that are not over, where one runs while people apply for the next."""
    await _round(turn, call.program)
    for number, round_row in enumerate(await rounds_now(turn, call.program)):
        text = turn.say(
            call.program,
            "round.glance",
            round=round_row.name,
            state=round_row.state,
            next=coming(turn, call.program, round_row),
            **await counts_of(turn, round_row),
        )
        call.reply(turn, text, part=f":{number}" if number else "")


async def command_close(turn: Turn, call: Call) -> None:
    """`round close`: end the applications now rather than on their date."""
    round_row = await _round(turn, call.program)
    if round_row.state not in ("open", "planned") or turn.now >= round_row.closes_at:
        raise Problem("round.already_closed", closed=last_day(round_row.closes_at))
    if turn.now < round_row.opens_at:
        raise Problem("round.not_open", opens=day_label(round_row.opens_at))
    round_row.closes_at = turn.now
    call.reply(turn, turn.say(call.program, "round.closing_now"))


async def command_extend(turn: Turn, call: Call) -> None:
    """`round extend`: let people apply until a later date, also when applications had closed and nobody is paired."""
    round_row = await _round(turn, call.program)
    if round_row.state not in ("open", "planned", "closed"):
        raise Problem("round.already_closed", closed=last_day(round_row.closes_at))
    until = _date(call.arguments["date"], turn.now.date())
    if until is None or day_start(until + timedelta(days=1)) <= turn.now:
        raise Problem("round.past_date", date=call.arguments["date"][:40], today=date_label(turn.now.date()))
    if until >= round_row.starts_on:
        raise Problem("round.closes_after_start", starts=date_label(round_row.starts_on), closes=date_label(until))
    if day_start(until + timedelta(days=1)) <= round_row.opens_at:
        opens = day_label(round_row.opens_at)
        raise Problem("round.closes_before_opening", opens=opens, closes=date_label(until))
    round_row.closes_at = day_start(until + timedelta(days=1))
    if round_row.state == "closed":
        await reopen(turn, call.program, round_row)
    call.reply(turn, turn.say(call.program, "round.extended", closes=last_day(round_row.closes_at)))


async def command_coordinator(turn: Turn, call: Call) -> None:
    """`coordinator`: give somebody the coordinators' commands."""
    person = await person_by_email(turn, call.arguments["email"])
    community = await turn.get(Community, call.program.community_id)
    account = await account_in(turn, community, person) if person else None
    if person is None or account is None:
        raise Problem("coordinator.unknown", email=call.arguments["email"][:120])
    if all(one.id != person.id for one in await turn.coordinators(call.program)):
        await make_coordinator(turn, call.program, person.id or 0)
        await gather_desk(turn, call.program, f"coordinator:{person.id}")
        key = f"coordinator:{person.id}:{call.program.id}"
        await turn.tell(call.program, account, "notice", key, turn.say(call.program, "coordinator.welcome"))
    call.reply(turn, turn.say(call.program, "coordinator.added", name=person.name))


def _facts(turn: Turn, program: Program, round_row: Round, key: str) -> str:
    return turn.say(
        program,
        key,
        round=round_row.name,
        opens=day_label(round_row.opens_at),
        closes=last_day(round_row.closes_at),
        starts=date_label(round_row.starts_on),
        ends=date_label(round_row.ends_on),
        capacity=round_row.capacity,
        cap=round(round_row.country_cap * 100),
        odd=round_row.odd,
    )


async def _round(turn: Turn, program: Program) -> Round:
    round_row = await current_round(turn, program)
    if round_row is None:
        raise Problem("round.none")
    return round_row


def _name(given: str, program: Program, starts: date, beside: Sequence[Round]) -> str:
    """What the round is called: two that are not over have different names. Raises Problem for one that is taken."""
    taken = {each.name.casefold() for each in beside}
    if given and given.casefold() in taken:
        raise Problem("round.same_name", name=given)
    usual = f"{program.name} {starts:%Y}"
    return given or (f"{program.name} {starts:%B %Y}" if usual.casefold() in taken else usual)


def _date(text: str, today: date) -> date | None:
    if not text:
        return None
    found = read_date(text, today).candidates
    if len(found) != 1:
        raise Problem("round.bad_date", date=text[:40])
    return found[0]


def _number(text: str, name: str, low: int, high: int, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal() or len(text) > 10 or not low <= int(text) <= high:
        raise Problem("round.bad_number", name=name, value=text[:40], low=low, high=high)
    return int(text)


def _share(text: str, default: float) -> float:
    if not text:
        return default
    try:
        share = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise Problem("round.bad_share", value=text[:40])
    return share


_OPEN = (
    Argument("starts", "The day on which rooms open, for example 2027-09-01.", required=False, kind="day"),
    Argument("weeks", "How many weeks the round runs.", required=False, kind="number"),
    Argument("capacity", "How many people can take part; 0 means no limit.", required=False, kind="number"),
    Argument("cap", "The largest share of one country, for example 0.2; 0 means no limit.", required=False),
    Argument("odd", "What happens to the odd one out.", required=False, options=("trio", "waitlist")),
    Argument("closes", "The last day for applications.", required=False, kind="day"),
    Argument("name", "The round's name, in quotes.", required=False),
    Argument("seed", "The number that breaks ties in the pairing.", required=False, kind="number"),
)
_C = Who.COORDINATOR
COMMANDS = (
    Command(
        "round open",
        _C,
        "Opens a round.",
        command_open,
        _OPEN,
        "/mentoring round open starts:2027-09-01 weeks:17",
    ),
    Command("round close", _C, "Closes applications now.", command_close),
    Command(
        "round extend",
        _C,
        "Lets people apply until a later date.",
        command_extend,
        (Argument("date", "The new last day.", rest=True, kind="day"),),
        "/mentoring round extend 2027-08-07",
    ),
    Command("round", _C, "Shows the round at a glance.", command_show),
    Command(
        "coordinator",
        _C,
        "Gives somebody the coordinators' commands.",
        command_coordinator,
        (Argument("email", "Their e-mail address.", kind="email"),),
        "/mentoring coordinator amina@example.org",
    ),
)
