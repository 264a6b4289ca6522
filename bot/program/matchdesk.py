"""The coordinators' desk for pairing: the proposal, its buttons and its commands."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from sqlmodel import col, select

from bot.errors import Problem
from bot.language.acts import Edit
from bot.language.markup import Markdown
from bot.language.messages import Choices, say
from bot.program.access import Action, Who, allowed
from bot.program.command import Argument, Call, Command
from bot.program.matching.problem import NEVER_AGAIN
from bot.program.pairing import accepted, draft_of, groups_of, names_of, problem_for, propose
from bot.program.placing import approve, rematch
from bot.program.proposals import PAGE, compared, lines, opening_time, summary
from bot.program.proposed import closed, group_numbered, pairable, person_named, round_of, unpaired
from bot.program.rounds import PAIRED, date_label, day_label
from bot.program.routes import Press, Pressed
from bot.program.timetable import day_start
from bot.program.turn import Turn
from storage.people import Apart, Community, Program
from storage.rounds import Application, Lock, Proposal, Round


async def pressed(turn: Turn, press: Press) -> None:
    """A button of a proposal: approve it, or pair again with another seed for ties."""
    decision = allowed(press.standing, Action(Who.COORDINATOR))
    if not decision.allowed:
        raise Problem(decision.reason)
    number = press.parts[0] if press.parts else ""
    proposal = await turn.session.get(Proposal, int(number)) if number.isdecimal() and len(number) < 18 else None
    if proposal is None or proposal.program_id != press.program.id:
        raise Problem("flow.over")
    if proposal.state != "draft":
        raise Problem(f"match.is_{proposal.state}")
    round_row = closed(await turn.get(Round, proposal.round_id))
    if "approve" in press.values:
        await _approve(turn, press.program, round_row, proposal, press.person.name)
    elif "rerun" in press.values:
        await _rerun(turn, press.program, round_row)
    else:
        raise Problem("flow.over")
    await _strike(turn, press, proposal)


async def _approve(turn: Turn, program: Program, round_row: Round, proposal: Proposal, by: str) -> None:
    count = await approve(turn, program, round_row, proposal)
    community = await turn.get(Community, program.community_id)
    started = _started(turn, round_row)
    takes = opening_time(count, turn.able(community.platform).rooms_per_minute)
    text = turn.say(
        program,
        "match.approved",
        number=proposal.number,
        groups=count,
        by=by,
        starts=date_label(round_row.starts_on),
        started=started,
        minutes=math.ceil(takes.total_seconds() / 60),
        ready=f"{turn.now + takes:%H:%M}" if started else "",
    )
    turn.post(await turn.desk(program), "notice", f"approved:{proposal.id}", text, prompted=True)


async def _strike(turn: Turn, press: Press, proposal: Proposal) -> None:
    """The message whose button was pressed says what became of the proposal, and loses its buttons."""
    if not press.message:
        return
    parts = [part for part in await summary(turn, press.program, proposal) if not isinstance(part, Choices)]
    by, date = press.person.name, day_label(turn.now)
    parts.append(turn.say(press.program, f"match.struck_{proposal.state}", by=by, date=date))
    key = f"proposal:{proposal.id}:{proposal.state}:{press.message}"
    turn.work.enqueue(Edit(key, "proposal", press.address, press.message, say(*parts)))


async def _rerun(turn: Turn, program: Program, round_row: Round) -> Proposal:
    round_row.seed += 1
    proposal = await propose(turn, program, round_row)
    parts = await summary(turn, program, proposal)
    turn.post(await turn.desk(program), "proposal", f"proposal:{proposal.id}", *parts, prompted=True)
    return proposal


async def _again(turn: Turn, call: Call, round_row: Round, text: str) -> None:
    """Pair again after a coordinator's hand was in it, and say what that costs."""
    before = await draft_of(turn, round_row)
    after = await _rerun(turn, call.program, round_row)
    cost = compared(turn, call.program, before, after)
    call.reply(turn, turn.say(call.program, text, number=after.number, compared=cost))


async def preview(turn: Turn, call: Call) -> None:
    """`match preview`: the proposed pairs with their reasons, a page at a time."""
    round_row = await round_of(turn, call.program)
    proposal = await draft_of(turn, unpaired(round_row))
    groups = await groups_of(turn, proposal)
    pages = max(1, -(-len(groups) // PAGE))
    asked = call.arguments.get("page") or "1"
    if not asked.isdecimal() or len(asked) > _DIGITS or not 1 <= int(asked) <= pages:
        raise Problem("match.page", page=asked[:20], pages=pages)
    first = (int(asked) - 1) * PAGE
    shown = await lines(turn, call.program, groups[first : first + PAGE])
    heading = turn.say(call.program, "match.page_heading", number=proposal.number, page=asked, pages=pages)
    call.reply(turn, heading, Markdown("\n".join(shown)) or turn.say(call.program, "match.empty"))


async def rerun(turn: Turn, call: Call) -> None:
    """`match rerun`: pair again; locked pairs stay, ties fall in another way. Once approved, pair only who waits."""
    round_row = await round_of(turn, call.program)
    if round_row.state in PAIRED:
        made = await rematch(turn, call.program, round_row, at_once=True)
        left = len([one for one in await accepted(turn, round_row) if one.seeking])
        call.reply(turn, turn.say(call.program, "match.rerun_pool", made=made, waiting=left))
        return
    proposal = await _rerun(turn, call.program, closed(round_row))
    call.reply(turn, turn.say(call.program, "match.rerun_done", number=proposal.number))


async def approve_draft(turn: Turn, call: Call) -> None:
    """`match approve`: make the proposed partnerships."""
    round_row = await pairable(turn, call.program)
    proposal = await draft_of(turn, round_row)
    await _approve(turn, call.program, round_row, proposal, call.person.name)
    started = _started(turn, round_row)
    call.reply(turn, turn.say(call.program, "match.approve_done", number=proposal.number, started=started))


async def lock(turn: Turn, call: Call) -> None:
    """`match lock`: keep a proposed pair as it is, also when the pairing is run again."""
    round_row = await pairable(turn, call.program)
    group = await group_numbered(turn, round_row, call.arguments["pair"])
    if not group.locked:
        group.locked = True
        turn.session.add(Lock(program_id=group.program_id, round_id=round_row.id or 0, people=group.people))
    call.reply(turn, turn.say(call.program, "match.locked", number=group.number))


async def unlock(turn: Turn, call: Call) -> None:
    """`match unlock`: let the pairing decide about a locked pair again."""
    round_row = await pairable(turn, call.program)
    group = await group_numbered(turn, round_row, call.arguments["pair"])
    locks = await turn.session.exec(select(Lock).where(Lock.round_id == round_row.id))
    for one in locks:
        if set(one.people) & set(group.people):
            await turn.session.delete(one)
    group.locked = False
    call.reply(turn, turn.say(call.program, "match.unlocked", number=group.number))


async def part(turn: Turn, call: Call) -> None:
    """`match part`: never pair these people in this round, and pair again."""
    round_row = await pairable(turn, call.program)
    group = await group_numbered(turn, round_row, call.arguments["pair"])
    locks = await turn.session.exec(select(Lock).where(Lock.round_id == round_row.id))
    for one in locks:
        if set(one.people) & set(group.people):
            await turn.session.delete(one)
    turn.session.add_all(
        Apart(
            program_id=group.program_id,
            person_id=first,
            other_id=other,
            other_email=f"person:{other}:{round_row.id}",
            why="parted",
            round_id=round_row.id,
        )
        for first, other in combinations(sorted(group.people), 2)
    )
    await turn.session.flush()
    await _again(turn, call, round_row, "match.parted")


async def pair(turn: Turn, call: Call) -> None:
    """`match pair`: put two or three people together by hand, and pair the others again."""
    round_row = await pairable(turn, call.program)
    here = await accepted(turn, round_row)
    words = [call.arguments[name] for name in ("first", "second", "third") if call.arguments.get(name)]
    people = [await person_named(turn, here, word) for word in words]
    if len(set(people)) != len(people):
        raise Problem("match.same_person")
    await _may_meet(turn, call.program, round_row, here, people)
    await _unpart(turn, round_row, people)
    locks = await turn.session.exec(select(Lock).where(Lock.round_id == round_row.id))
    for one in locks:
        if set(one.people) & set(people):
            await turn.session.delete(one)
    turn.session.add(Lock(program_id=round_row.program_id, round_id=round_row.id or 0, people=people))
    await turn.session.flush()
    await _again(turn, call, round_row, "match.paired")


async def _may_meet(
    turn: Turn, program: Program, round_row: Round, here: Sequence[Application], people: Sequence[int]
) -> None:
    """Raise Problem for two who must not be partners. Hands may undo that a coordinator parted them in this round."""
    problem = await problem_for(turn, program, round_row, here, parted=False)
    for one, other in combinations(people, 2):
        if not problem.allowed(str(one), str(other)):
            names = await names_of(turn, [one, other])
            raise Problem("match.never", one=names[str(one)], other=names[str(other)], rule=NEVER_AGAIN)


async def _unpart(turn: Turn, round_row: Round, people: Sequence[int]) -> None:
    rows = await turn.session.exec(
        select(Apart).where(
            Apart.round_id == round_row.id,
            Apart.why == "parted",
            col(Apart.person_id).in_(people),
            col(Apart.other_id).in_(people),
        )
    )
    for row in rows:
        await turn.session.delete(row)


def _started(turn: Turn, round_row: Round) -> bool:
    return turn.now >= day_start(round_row.starts_on)


_DIGITS = 6
_PAIR = (Argument("pair", "The number of the pair in the proposal.", kind="number", names="proposed"),)
_PEOPLE = (
    Argument("first", "E-mail address, or the full name in quotes.", names="participant"),
    Argument("second", "E-mail address, or the full name in quotes.", names="participant"),
    Argument("third", "A third person, for a trio.", required=False, names="participant"),
)
_C = Who.COORDINATOR
COMMANDS = (
    Command(
        "match preview",
        _C,
        "Shows the proposed pairs with their reasons.",
        preview,
        (Argument("page", "The page, from 1.", required=False, kind="number"),),
        "/mentoring match preview 2",
    ),
    Command("match lock", _C, "Keeps a proposed pair as it is.", lock, _PAIR, "/mentoring match lock 12"),
    Command(
        "match unlock", _C, "Lets the pairing decide about a pair again.", unlock, _PAIR, "/mentoring match unlock 12"
    ),
    Command("match part", _C, "Parts a proposed pair and pairs again.", part, _PAIR, "/mentoring match part 12"),
    Command(
        "match pair",
        _C,
        "Puts two or three people together by hand and pairs the others again.",
        pair,
        _PEOPLE,
        "/mentoring match pair amina@example.org bo@example.org",
    ),
    Command("match rerun", _C, "Pairs again; locked pairs stay.", rerun, (), "/mentoring match rerun"),
    Command("match approve", _C, "Approves the proposal: rooms open on the start date.", approve_draft),
)
BUTTONS: Mapping[str, Pressed] = {"match": pressed}
