"""From a proposal to partnerships, and new partners for those who lost theirs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.errors import Problem
from bot.program.ending import too_late
from bot.program.fitting import alike, too_early
from bot.program.openings import NewPartnership, create
from bot.program.pairing import accepted, groups_of, problem_for, solved
from bot.program.rounds import date_label
from bot.program.roundtopics import keep_topics
from bot.program.timetable import day_anywhere, day_start
from bot.program.turn import Turn
from storage.people import Account, Program
from storage.rounds import Application, Proposal, Round

_TWO, _THREE = 2, 3


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
    keep_topics(turn.kit(program), round_row)
    round_row.state = "running" if turn.now >= day_anywhere(round_row.starts_on) else "paired"
    return len(groups)


async def rematch(turn: Turn, program: Program, round_row: Round, *, at_once: bool = False) -> int:
    """Pair the people who wait for a partner in a round that runs. Returns how many partnerships were made.

    By the same search as the proposal's, on nobody but those who wait: partnerships that were announced stay. Two who
    do not fit well are paired when one has waited as long as the kit says, or `at_once` where a coordinator says so.
    """
    kit = turn.kit(program)
    waiting = await waiting_in(turn, round_row)
    if len(waiting) < _TWO or round_row.state == "ended" or too_late(kit, round_row, turn.now):
        return 0
    problem = await problem_for(turn, program, round_row, waiting, odd="trio" if len(waiting) == _THREE else "waitlist")
    apart = alike(problem) if at_once else alike(problem) | too_early(problem, kit.pool, _waited(waiting, turn.now))
    found = await solved(turn, program, replace(problem, forbidden=problem.forbidden | apart))
    wanted = [
        NewPartnership(tuple(int(key) for key in group.ids), score)
        for group, score in zip(found.pairing.groups, found.scores, strict=True)
    ]
    await create(turn, program, round_row, wanted, not_before=max(turn.now, day_start(round_row.starts_on)))
    return len(wanted)


async def waiting_in(turn: Turn, round_row: Round) -> list[Application]:
    """The applications of those who wait for a partner, and can be introduced."""
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
    return list(rows)


def _waited(waiting: Sequence[Application], now: datetime) -> dict[str, timedelta | None]:
    return {str(one.person_id): now - one.seeking_since if one.seeking_since else None for one in waiting}


async def _keep_waiting(turn: Turn, program: Program, round_row: Round, waiting: Sequence[Application]) -> None:
    """Nobody is dropped in silence: whoever has no partner hears it, and stays in the pool."""
    rows = await turn.session.exec(select(Account).where(col(Account.id).in_([a.account_id for a in waiting])))
    accounts = {account.id: account for account in rows}
    for application in waiting:
        application.seek(turn.now)
        account = accounts.get(application.account_id)
        if account is not None:
            text = turn.say(program, "match.waiting", starts=date_label(round_row.starts_on))
            await turn.tell(program, account, "notice", f"unplaced:{application.id}", text)
