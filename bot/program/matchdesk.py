"""The coordinators' desk for pairing: the proposal, its buttons and its commands."""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from bot.errors import Problem
from bot.language.markup import Markdown
from bot.language.messages import Choices, Element, Option
from bot.program.access import Action, Who, allowed
from bot.program.command import Argument, Call, Command
from bot.program.pairing import accepted, draft_of, groups_of, names_of, propose
from bot.program.placing import approve
from bot.program.rounds import current_round
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from bot.world.countries import country_name
from bot.world.names import clean_email
from storage.people import Apart, Person, Program
from storage.rounds import Application, Lock, Proposal, ProposedGroup, Round
from topics.model import QuestionKind

PAGE = 15
_FEW = 20


async def announce(turn: Turn, program: Program, proposal: Proposal) -> None:
    """Put a proposal before the coordinators, with what it achieves and buttons to decide."""
    parts = await _summary(turn, program, proposal)
    await turn.tell_desk(program, "proposal", f"proposal:{proposal.id}", *parts)


async def _summary(turn: Turn, program: Program, proposal: Proposal) -> list[str | Element]:
    groups = await groups_of(turn, proposal)
    scores = [group.score for group in groups]
    text = turn.say(
        program,
        "match.summary",
        number=proposal.number,
        people=sum(len(group.people) for group in groups),
        groups=len(groups),
        trios=sum(1 for group in groups if len(group.people) > 2),
        different=sum(1 for score in scores if score.get("country_different")),
        wishes=sum(score.get("type_wishes", 0) for score in scores),
        wishes_met=sum(score.get("type_wishes_met", 0) for score in scores),
        similarity=round(sum(score.get("interest_similarity", 0.0) for score in scores), 2),
        interest_wishes=sum(score.get("interest_wishes", 0) for score in scores),
        apart=sum(1 for score in scores if not score.get("overlap_minutes")),
        waiting=len(proposal.waiting),
        locked=sum(1 for group in groups if group.locked),
    )
    shown = await _lines(turn, program, groups[:PAGE])
    more = turn.say(program, "match.more", shown=len(shown), groups=len(groups)) if len(groups) > PAGE else ""
    options = (
        Option("approve", turn.say(program, "match.button.approve"), "primary"),
        Option("rerun", turn.say(program, "match.button.rerun")),
    )
    return [text, Markdown("\n".join(shown)), more, Choices(f"match:{proposal.id}", options)]


async def _lines(turn: Turn, program: Program, groups: Sequence[ProposedGroup]) -> list[str]:
    people = [person for group in groups for person in group.people]
    names = await names_of(turn, people)
    countries = await _countries(turn, program, groups, people)
    return [
        turn.say(
            program,
            "match.line",
            number=group.number,
            people=[{"name": names.get(str(p), "?"), "country": countries.get(p, "")} for p in group.people],
            locked=group.locked,
            reasons=[Markdown(sentence) for sentence in group.score.get("sentences", ())],
            **_figures(group.score),
        )
        for group in groups
    ]


def _figures(score: Mapping[str, object]) -> dict[str, object]:
    minutes = score.get("overlap_minutes", 0)
    return {
        "different": score.get("country_different", False),
        "wishes": score.get("type_wishes", 0),
        "wishes_met": score.get("type_wishes_met", 0),
        "similarity": score.get("interest_similarity", 0.0),
        "hours": round(minutes / 60, 1) if isinstance(minutes, int) else 0,
    }


async def _countries(
    turn: Turn, program: Program, groups: Sequence[ProposedGroup], people: Sequence[int]
) -> dict[int, str]:
    question = turn.kit(program).question_of_kind(QuestionKind.COUNTRY)
    if question is None or not groups:
        return {}
    proposal = await turn.get(Proposal, groups[0].proposal_id)
    rows = await turn.session.exec(
        select(Application).where(Application.round_id == proposal.round_id, col(Application.person_id).in_(people))
    )
    return {a.person_id: country_name(str(a.answers.get(question.name, "unknown"))) for a in rows}


async def pressed(turn: Turn, press: Press) -> None:
    """A button of a proposal: approve it, or run the pairing again with another seed for ties."""
    decision = allowed(press.standing, Action(Who.COORDINATOR))
    if not decision.allowed:
        raise Problem(decision.reason)
    number = press.parts[0] if press.parts else ""
    proposal = await turn.session.get(Proposal, int(number)) if number.isdecimal() and len(number) < 18 else None
    if proposal is None or proposal.program_id != press.program.id:
        raise Problem("flow.over")
    if proposal.state != "draft":
        raise Problem(f"match.is_{proposal.state}")
    round_row = await turn.get(Round, proposal.round_id)
    if "approve" in press.values:
        await _approve(turn, press.program, round_row, proposal, press.person.name)
    elif "rerun" in press.values:
        await _rerun(turn, press.program, round_row)
    else:
        raise Problem("flow.over")


async def _approve(turn: Turn, program: Program, round_row: Round, proposal: Proposal, by: str) -> None:
    count = await approve(turn, program, round_row, proposal)
    text = turn.say(program, "match.approved", number=proposal.number, groups=count, by=by, starts=round_row.starts_on)
    turn.post(await turn.desk(program), "notice", f"approved:{proposal.id}", text, prompted=True)


async def _rerun(turn: Turn, program: Program, round_row: Round) -> Proposal:
    round_row.seed += 1
    proposal = await propose(turn, program, round_row)
    parts = await _summary(turn, program, proposal)
    turn.post(await turn.desk(program), "proposal", f"proposal:{proposal.id}", *parts, prompted=True)
    return proposal


async def preview(turn: Turn, call: Call) -> None:
    """`match preview`: the proposed pairs with their reasons, a page at a time."""
    round_row = await _round(turn, call.program)
    proposal = await draft_of(turn, round_row)
    groups = await groups_of(turn, proposal)
    pages = max(1, -(-len(groups) // PAGE))
    asked = call.arguments.get("page") or "1"
    if not asked.isdecimal() or not 1 <= int(asked) <= pages:
        raise Problem("match.page", page=asked[:20], pages=pages)
    first = (int(asked) - 1) * PAGE
    lines = await _lines(turn, call.program, groups[first : first + PAGE])
    heading = turn.say(call.program, "match.page_heading", number=proposal.number, page=asked, pages=pages)
    call.reply(turn, heading, Markdown("\n".join(lines)) or turn.say(call.program, "match.empty"))


async def rerun(turn: Turn, call: Call) -> None:
    """`match rerun`: pair again; locked pairs stay, ties fall in another way."""
    proposal = await _rerun(turn, call.program, await _pairable(turn, call.program))
    call.reply(turn, turn.say(call.program, "match.rerun_done", number=proposal.number))


async def approve_draft(turn: Turn, call: Call) -> None:
    """`match approve`: make the proposed partnerships."""
    round_row = await _round(turn, call.program)
    proposal = await draft_of(turn, round_row)
    await _approve(turn, call.program, round_row, proposal, call.person.name)
    call.reply(turn, turn.say(call.program, "match.approve_done", number=proposal.number))


async def lock(turn: Turn, call: Call) -> None:
    """`match lock`: keep a proposed pair as it is, also when the pairing is run again."""
    round_row = await _pairable(turn, call.program)
    group = await _group(turn, round_row, call.arguments["pair"])
    if not group.locked:
        group.locked = True
        turn.session.add(Lock(program_id=group.program_id, round_id=round_row.id, people=group.people))
    call.reply(turn, turn.say(call.program, "match.locked", number=group.number))


async def unlock(turn: Turn, call: Call) -> None:
    """`match unlock`: let the pairing decide about a locked pair again."""
    round_row = await _pairable(turn, call.program)
    group = await _group(turn, round_row, call.arguments["pair"])
    locks = await turn.session.exec(select(Lock).where(Lock.round_id == round_row.id))
    for one in locks:
        if set(one.people) & set(group.people):
            await turn.session.delete(one)
    group.locked = False
    call.reply(turn, turn.say(call.program, "match.unlocked", number=group.number))


async def part(turn: Turn, call: Call) -> None:
    """`match part`: never pair these people in this round, and pair again."""
    round_row = await _pairable(turn, call.program)
    group = await _group(turn, round_row, call.arguments["pair"])
    locks = await turn.session.exec(select(Lock).where(Lock.round_id == round_row.id))
    for one in locks:
        if set(one.people) == set(group.people):
            await turn.session.delete(one)
    first = group.people[0]
    for other in group.people[1:]:
        turn.session.add(
            Apart(
                program_id=group.program_id,
                person_id=first,
                other_id=other,
                other_email=f"person:{other}:{round_row.id}",
                why="parted",
                round_id=round_row.id,
            )
        )
    await turn.session.flush()
    proposal = await _rerun(turn, call.program, round_row)
    call.reply(turn, turn.say(call.program, "match.parted", number=proposal.number))


async def pair(turn: Turn, call: Call) -> None:
    """`match pair`: put two or three people together by hand, and pair the others again."""
    round_row = await _pairable(turn, call.program)
    here = await accepted(turn, round_row)
    words = [call.arguments[name] for name in ("first", "second", "third") if call.arguments.get(name)]
    people = [await _person(turn, here, word) for word in words]
    if len(set(people)) != len(people):
        raise Problem("match.same_person")
    locks = await turn.session.exec(select(Lock).where(Lock.round_id == round_row.id))
    for one in locks:
        if set(one.people) & set(people):
            await turn.session.delete(one)
    turn.session.add(Lock(program_id=round_row.program_id, round_id=round_row.id, people=people))
    await turn.session.flush()
    proposal = await _rerun(turn, call.program, round_row)
    call.reply(turn, turn.say(call.program, "match.paired", number=proposal.number))


async def _round(turn: Turn, program: Program) -> Round:
    round_row = await current_round(turn, program)
    if round_row is None:
        raise Problem("round.none")
    return round_row


async def _pairable(turn: Turn, program: Program) -> Round:
    round_row = await _round(turn, program)
    if round_row.state not in ("closed", "planned", "open"):
        raise Problem("match.is_approved")
    if round_row.state != "closed":
        raise Problem("match.still_open")
    return round_row


async def _group(turn: Turn, round_row: Round, text: str) -> ProposedGroup:
    groups = await groups_of(turn, await draft_of(turn, round_row))
    for group in groups:
        if text.strip().lstrip("#") == str(group.number):
            return group
    raise Problem("match.no_pair", pair=text[:60], last=len(groups))


async def _person(turn: Turn, here: Sequence[Application], text: str) -> int:
    ids = [application.person_id for application in here]
    rows = list(await turn.session.exec(select(Person).where(col(Person.id).in_(ids))))
    email = clean_email(text)
    found = [p for p in rows if p.email == email] if email else [p for p in rows if p.name.casefold() == text.casefold()]
    if len(found) != 1 or found[0].id is None:
        raise Problem("match.no_person" if not found else "match.many_people", person=text[:80])
    return found[0].id


_PAIR = (Argument("pair", "The number of the pair in the proposal."),)
_PEOPLE = (
    Argument("first", "E-mail address, or the full name in quotes."),
    Argument("second", "E-mail address, or the full name in quotes."),
    Argument("third", "A third person, for a trio.", required=False),
)
_C = Who.COORDINATOR
COMMANDS = (
    Command(
        "match preview",
        _C,
        "Shows the proposed pairs with their reasons.",
        preview,
        (Argument("page", "The page, from 1.", required=False),),
        "/mentoring match preview 2",
    ),
    Command("match lock", _C, "Keeps a proposed pair as it is.", lock, _PAIR, "/mentoring match lock 12"),
    Command("match unlock", _C, "Lets the pairing decide about a pair again.", unlock, _PAIR, "/mentoring match unlock 12"),
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
