"""From a proposal to partnerships, and new partners for those who lost theirs."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from sqlmodel import col, select

from bot.errors import Problem
from bot.program.ending import too_late
from bot.program.matching import Problem as PairingProblem
from bot.program.openings import NewPartnership, create
from bot.program.pairing import accepted, groups_of, problem_for, solved
from bot.program.rounds import date_label
from bot.program.timetable import day_anywhere, day_start
from bot.program.turn import Turn
from storage.people import Account, Program
from storage.rounds import Application, Proposal, Round
from topics.model import Rule


async def approve(turn: Turn, program: Program, round_row: Round, proposal: Proposal) -> int:
    """Make the partnerships of a proposal, and say how many. Raises Problem when somebody in it has no place now."""
    groups = await groups_of(turn, proposal)
    here = {application.person_id: application for application in await accepted(turn, round_row)}
    if any(person not in here for group in groups for person in group.people):
        raise Problem("match.changed")
    proposal.state, proposal.approved_at = "approved", turn.now
    wanted = [NewPartnership(tuple(group.people), group.score) for group in groups]
    await create(turn, program, round_row, wanted, not_before=day_start(round_row.starts_on))
    placed = {person for group in groups for person in group.people}
    waiting = [application for person, application in here.items() if person not in placed]
    await _keep_waiting(turn, program, round_row, waiting)
    round_row.state = "running" if turn.now >= day_anywhere(round_row.starts_on) else "paired"
    return len(groups)


async def rematch(turn: Turn, program: Program, round_row: Round) -> int:
    """Pair the people who wait for a partner in a round that runs. Returns how many partnerships were made.

    By the same search as the proposal's, on nobody but those who wait: partnerships that were announced stay.
    """
    rows = await turn.session.exec(
        select(Application)
        .where(
            Application.round_id == round_row.id,
            Application.status == "accepted",
            col(Application.seeking).is_(True),
            col(Application.account_id).is_not(None),
        )
        .order_by(col(Application.id))
    )
    seeking = list(rows)
    if len(seeking) < 2 or round_row.state == "ended" or too_late(turn.kit(program), round_row, turn.now):
        return 0
    problem = await problem_for(turn, program, round_row, seeking, odd="trio" if len(seeking) == 3 else "waitlist")
    found = await solved(turn, program, never_alike(problem))
    wanted = [
        NewPartnership(tuple(int(key) for key in group.ids), score)
        for group, score in zip(found.pairing.groups, found.scores, strict=True)
    ]
    await create(turn, program, round_row, wanted, not_before=max(turn.now, day_start(round_row.starts_on)))
    return len(wanted)


def never_alike(problem: PairingProblem) -> PairingProblem:
    """The same problem in which nobody may get a partner who answers alike where the kit wants difference.

    In a small pool waiting a little brings somebody from another country; being paired at once may not.
    """
    wishes = [wish for wish in problem.wishes if wish.rule is Rule.DIFFERENT]
    alike = {
        frozenset((one.id, other.id))
        for one, other in combinations(problem.people, 2)
        if any(one.one(wish.question) == other.one(wish.question) for wish in wishes)
    }
    return replace(problem, forbidden=problem.forbidden | alike)


async def _keep_waiting(turn: Turn, program: Program, round_row: Round, waiting: Sequence[Application]) -> None:
    """Nobody is dropped in silence: whoever has no partner hears it, and stays in the pool."""
    rows = await turn.session.exec(select(Account).where(col(Account.id).in_([a.account_id for a in waiting])))
    accounts = {account.id: account for account in rows}
    for application in waiting:
        application.seeking = True
        account = accounts.get(application.account_id)
        if account is not None:
            text = turn.say(program, "match.waiting", starts=date_label(round_row.starts_on))
            await turn.tell(program, account, "notice", f"unplaced:{application.id}", text)
