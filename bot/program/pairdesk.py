"""What coordinators see of partnerships and cases."""

from collections.abc import Sequence

from bot.errors import Problem
from bot.language.markup import Markdown
from bot.program import ambassadorcases
from bot.program.access import Who
from bot.program.caselist import about, first_of, numbered_case, unspoken, waiting
from bot.program.casesshown import case_line, looking, whole_case
from bot.program.command import Argument, Call, Command
from bot.program.partnerships import STATES, Partners, names, numbered, of_round, pace_of
from bot.program.rounds import OTHER_ROUND, day_label, running_round
from bot.program.turn import Turn
from storage.rounds import Round

SHOWN = 60
"""Lines of a list that are shown at most; the rest is counted."""
_PART = 20
"""Lines in one text, so that every platform can show it."""
_LONGEST = 9


async def _pairs(turn: Turn, call: Call) -> None:
    round_row = await _round(turn, call)
    every = await of_round(turn, round_row.id, with_ended=True)
    wanted = call.arguments.get("state", "").lower()
    counts = {state: sum(partners.row.state == state for partners in every) for state in STATES}
    chosen = [partners for partners in every if not wanted or partners.row.state == wanted]
    # Those who have never spoken come first: they need somebody soonest.
    chosen.sort(key=lambda partners: (not unspoken(partners), partners.row.number))
    if not chosen:
        call.reply(turn, turn.say(call.program, "pairs.none", round=round_row.name, state=wanted))
        return
    lines = [_line(turn, call, partners) for partners in chosen[:SHOWN]]
    head = turn.say(call.program, "pairs.head", round=round_row.name, counts=counts, total=len(every))
    more = turn.say(call.program, "pairs.more", count=len(chosen) - SHOWN) if len(chosen) > SHOWN else ""
    call.reply(turn, head, *_parts(lines), more)


def _line(turn: Turn, call: Call, partners: Partners) -> str:
    wrote = [seat.member.last_wrote_at for seat in partners.seats if seat.member.last_wrote_at is not None]
    return turn.say(
        call.program,
        "pairs.line",
        number=partners.row.number,
        names=names(turn, call.program, partners.seats),
        state=partners.row.state,
        wrote=day_label(max(wrote)) if wrote else "",
    )


async def _pair(turn: Turn, call: Call) -> None:
    round_row = await _round(turn, call)
    text = call.arguments["number"].strip().removeprefix("#")
    partners = await numbered(turn, round_row, int(text)) if text.isdecimal() and len(text) <= _LONGEST else None
    if partners is None:
        raise Problem("pairs.unknown", number=text[:20], round=round_row.name)
    row = partners.row
    cases = await about(turn, call.program, partners, call.person.id)
    people = [
        {
            "name": seat.person.name or seat.account.name,
            "email": seat.person.email or "",
            "messages": seat.member.messages,
            "wrote": day_label(seat.member.last_wrote_at) if seat.member.last_wrote_at else "",
            "asks": seat.member.asks,
            "left": day_label(seat.member.left_at) if seat.member.left_at else "",
        }
        for seat in partners.seats
    ]
    text = turn.say(
        call.program,
        "pairs.one",
        number=row.number,
        state=row.state,
        reason=row.end_reason,
        people=people,
        sentences=[Markdown(each) for each in row.score.get("sentences", ())],
        announced=day_label(row.announced_at) if row.announced_at else "",
        live=day_label(row.live_at) if row.live_at else "",
        ended=day_label(row.ended_at) if row.ended_at else "",
        pace=pace_of(turn.kit(call.program), row)[0],
        elsewhere=row.elsewhere,
        talked=row.talked,
        cases=[
            {"id": case.id, "kind": turn.say(call.program, f"case.kind.{case.kind}"), "state": case.state}
            for case in cases
        ],
    )
    call.reply(turn, text)


async def _cases(turn: Turn, call: Call) -> None:
    if not call.standing.coordinator:
        await ambassadorcases.listed(turn, call)
        return
    found = await waiting(turn, call.program, call.person.id)
    if not found:
        call.reply(turn, turn.say(call.program, "cases.none"))
        return
    shown, further = first_of(found, SHOWN)
    lines = [await case_line(turn, call.program, each) for each in shown]
    more = turn.say(call.program, "pairs.more", count=further) if further else ""
    head = turn.say(call.program, "cases.head", count=len(found))
    call.reply(turn, head, *_parts(lines), more, looking(turn, call.program, found))


async def _case(turn: Turn, call: Call) -> None:
    text = call.arguments["number"].strip().removeprefix("#")
    if not call.standing.coordinator:
        await ambassadorcases.shown(turn, call, text)
        return
    found = await numbered_case(turn, call.program, text, call.person.id)
    if found is None:
        raise Problem("cases.unknown", number=text[:20])
    call.reply(turn, *await whole_case(turn, call.program, found), kind="case")


async def _round(turn: Turn, call: Call) -> Round:
    round_row = await running_round(turn, call.program, call.arguments.get("round", ""))
    if round_row is None:
        raise Problem("apply.no_round")
    return round_row


def _parts(lines: Sequence[str]) -> list[str]:
    return ["\n".join(lines[start : start + _PART]) for start in range(0, len(lines), _PART)]


_COORDINATOR = Who.COORDINATOR
COMMANDS: tuple[Command, ...] = (
    Command("cases", Who.AMBASSADOR, "Lists what you should look at.", _cases, (), "/mentoring cases"),
    Command(
        "case",
        Who.AMBASSADOR,
        "Shows one case, with what you can do about it.",
        _case,
        (Argument("number", "The number of the case, as `cases` shows it.", kind="number", names="case"),),
        "/mentoring case 4",
    ),
    Command(
        "pairs",
        _COORDINATOR,
        "Lists the partnerships of the round.",
        _pairs,
        (Argument("state", "Only those in this state.", required=False, options=STATES), OTHER_ROUND),
        "/mentoring pairs arriving",
    ),
    Command(
        "pair",
        _COORDINATOR,
        "Shows one partnership: its people, when they last wrote, its topics and cases.",
        _pair,
        (
            Argument("number", "The number of the partnership, as `pairs` shows it.", kind="number", names="pair"),
            OTHER_ROUND,
        ),
        "/mentoring pair 12",
    ),
)
