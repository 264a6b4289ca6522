"""Why the proposal is as it is, and what it would cost to do otherwise: answers before anything changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.errors import Problem
from bot.language.markup import Markdown
from bot.program.access import Who
from bot.program.command import Argument, Call, Command
from bot.program.matching import Group, Pairing, Reason, Swap, WhatIf, reasons
from bot.program.matching import Problem as PairingProblem
from bot.program.pairing import accepted, draft_of, groups_of, locks_of, names_of, problem_for
from bot.program.proposals import change_words
from bot.program.proposed import group_numbered, pairable, person_named
from bot.program.receipts import FOR_COORDINATORS, Receipts
from bot.program.swaps import Change, undone
from bot.program.tierwords import tier_label, tier_total
from bot.program.turn import Turn
from storage.people import Program
from storage.rounds import Application, Proposal, Round
from topics.model import Wish

MOST_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What the questions are about: the newest proposal, as it would come out with the people who are there now."""

    round: Round
    proposal: Proposal
    problem: PairingProblem
    asked: WhatIf
    names: Mapping[str, str]
    applications: Sequence[Application]

    @property
    def pairing(self) -> Pairing:
        """The best pairing of these people."""
        return self.asked.pairing

    def group_of(self, person: str) -> Group | None:
        """The group that somebody is in; None for who waits."""
        return next((group for group in self.pairing.groups if person in group.ids), None)


async def explain(turn: Turn, call: Call) -> None:
    """`match explain`: which wishes a pair meets, who else was possible, and what that would cost."""
    round_row = await pairable(turn, call.program)
    row = await group_numbered(turn, round_row, call.arguments["pair"])
    desk = await _desk(turn, call.program, round_row)
    group = desk.group_of(str(row.people[0]))
    if group is None or {int(key) for key in group.ids} != set(row.people):
        raise Problem("match.outdated")
    compute = partial(_around, desk.problem, desk.asked, group)
    found: Around = turn.work.computed(("around", desk.problem, group), compute)
    text = turn.say(
        call.program,
        "match.explain",
        number=row.number,
        people=[desk.names.get(key, "?") for key in group.ids],
        reasons=[_receipt(turn, call.program, desk, reason, len(group.ids)) for reason in found.reasons],
        locked=group.locked,
        undone=None if found.undone is None else change_words(turn, call.program, found.undone),
        others=[
            {"name": desk.names.get(key, "?"), "choices": _choices(turn, call.program, desk, key, swaps)}
            for key, swaps in found.others.items()
        ],
    )
    call.reply(turn, text)


async def why(turn: Turn, call: Call) -> None:
    """`match why`: what stands in the way of somebody who waits."""
    round_row = await pairable(turn, call.program)
    desk = await _desk(turn, call.program, round_row)
    person = str(await person_named(turn, desk.applications, call.arguments["person"]))
    name = desk.names.get(person, "?")
    waiting = next((one for one in desk.pairing.waiting if one.id == person), None)
    if waiting is None:
        rows = await groups_of(turn, desk.proposal)
        number = next((row.number for row in rows if int(person) in row.people), None)
        if number is None:
            raise Problem("match.outdated")
        raise Problem("match.why_paired", person=name, number=number)
    compute = partial(desk.asked.alternatives, person, MOST_OTHERS)
    found: tuple[Swap, ...] = turn.work.computed(("others", desk.problem, person), compute)
    everybody = [one.id for one in desk.problem.people if one.id != person]
    text = turn.say(
        call.program,
        "match.why",
        person=name,
        reason=str(waiting.reason),
        everybody=len(everybody),
        apart=sum(1 for other in everybody if not desk.problem.allowed(person, other)),
        in_the_way=_in_the_way(turn, call.program, found),
        choices=_choices(turn, call.program, desk, person, found),
    )
    call.reply(turn, text)


async def without(turn: Turn, call: Call) -> None:
    """`match without`: what the round would gain and lose if one of the kit's wishes did not count."""
    kit = turn.kit(call.program)
    wish = _wish(kit.wishes, call.arguments["wish"])
    if wish is None:
        raise Problem(
            "match.no_wish", wish=call.arguments["wish"][:60], wishes=[Markdown(each.name) for each in kit.wishes]
        )
    desk = await _desk(turn, call.program, await pairable(turn, call.program))
    compute = partial(desk.asked.without_wish, wish.name)
    change: Change = turn.work.computed(("dropped", desk.problem, wish.name), compute)
    steps = zip((None, *kit.wishes), desk.pairing.totals, change, strict=True)
    text = turn.say(
        call.program,
        "match.without",
        wish=tier_label(kit, wish),
        nothing=not any(change),
        steps=[
            {
                "label": tier_label(kit, each),
                "now": tier_total(each, total),
                "then": tier_total(each, total + more),
                "better": more > 0,
                "worse": more < 0,
                "dropped": each is not None and each.name == wish.name,
            }
            for each, total, more in steps
        ],
    )
    call.reply(turn, text)


async def _desk(turn: Turn, program: Program, round_row: Round) -> Desk:
    """Everything about the newest proposal. Raises Problem where it would come out otherwise by now."""
    proposal = await draft_of(turn, round_row)
    applications = await accepted(turn, round_row)
    problem = await problem_for(turn, program, round_row, applications)
    problem = replace(problem, locked=await locks_of(turn, round_row, problem), seed=proposal.seed)
    asked: WhatIf = turn.work.computed(("what if", problem), partial(WhatIf, problem))
    proposed = {frozenset(str(person) for person in row.people) for row in await groups_of(turn, proposal)}
    if proposed != {frozenset(group.ids) for group in asked.pairing.groups}:
        raise Problem("match.outdated")
    names = await names_of(turn, [application.person_id for application in applications])
    return Desk(round_row, proposal, problem, asked, names, applications)


@dataclass(frozen=True, slots=True)
class Around:
    """The wishes of a group, and what could be instead: other partners of each, or what undoing a lock brings."""

    reasons: tuple[Reason, ...]
    others: Mapping[str, tuple[Swap, ...]]
    undone: Change | None


def _around(problem: PairingProblem, asked: WhatIf, group: Group) -> Around:
    found = reasons(problem, group, asked)
    if group.locked:
        return Around(found, {}, undone(problem, asked.pairing, group.ids))
    return Around(found, {key: asked.alternatives(key, MOST_OTHERS) for key in group.ids}, None)


def _receipt(turn: Turn, program: Program, desk: Desk, reason: Reason, count: int) -> Markdown:
    """One wish in words; where it was relaxed, who could have met it and what that would have cost."""
    said = Receipts(turn.wording(program), desk.problem, desk.names).in_words(reason, FOR_COORDINATORS, count)
    more = turn.say(
        program,
        "match.relaxed",
        why=str(reason.why or ""),
        asker=desk.names.get(reason.asker, "?"),
        partner=desk.names.get(reason.instead.other, "?") if reason.instead else "",
        change=change_words(turn, program, reason.instead.change) if reason.instead else "",
    )
    return Markdown(f"{said} {more}".rstrip())


def _choices(turn: Turn, program: Program, desk: Desk, person: str, found: Sequence[Swap]) -> list[dict[str, Any]]:
    """Other partners of somebody, with what each changes, and who would wait then who does not now."""
    now = {one.id for one in desk.pairing.waiting}
    return [
        {
            "name": desk.names.get(swap.one if swap.other == person else swap.other, "?"),
            "change": change_words(turn, program, swap.change),
            "same": not any(swap.change),
            "exact": swap.exact,
            "waiting": [desk.names.get(key, "?") for key in swap.waiting if key not in now],
        }
        for swap in found
    ]


def _in_the_way(turn: Turn, program: Program, found: Sequence[Swap]) -> str:
    """The first tier that would lose if somebody got the partner who costs least; empty where none would."""
    kit = turn.kit(program)
    change = found[0].change if found else ()
    lost = (wish for wish, more in zip((None, *kit.wishes), change, strict=False) if more < 0)
    return next((tier_label(kit, wish) for wish in lost), "")


def _wish(wishes: Sequence[Wish], text: str) -> Wish | None:
    wanted = " ".join(text.split()).casefold().replace(" ", "_")
    return next((wish for wish in wishes if wish.name == wanted), None)


_PAIR = (Argument("pair", "The number of the pair in the proposal.", kind="number", names="proposed"),)
_PERSON = (Argument("person", "E-mail address, or the full name in quotes.", names="participant"),)
_WISH = (Argument("wish", "The name of the wish in the kit.", rest=True, names="wish"),)
_C = Who.COORDINATOR
COMMANDS = (
    Command(
        "match explain",
        _C,
        "Shows why two are together, who else was possible, and what that would cost.",
        explain,
        _PAIR,
        "/mentoring match explain 12",
    ),
    Command(
        "match why",
        _C,
        "Shows what stands in the way of somebody who waits.",
        why,
        _PERSON,
        "/mentoring match why amina@example.org",
    ),
    Command(
        "match without",
        _C,
        "Shows what the round would gain and lose if a wish did not count.",
        without,
        _WISH,
        "/mentoring match without interests",
    ),
)
