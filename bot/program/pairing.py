"""Pairing a round's people: from applications to a proposal, and from an approved proposal to partnerships."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

from sqlmodel import col, select

from bot.errors import Problem as Trouble
from bot.program.marks import kept_apart
from bot.program.matching import (
    PATIENCE,
    Candidate,
    Group,
    Pairing,
    PairingError,
    Problem,
    problem_of,
    score_group,
    solve,
)
from bot.program.proof import proof_json, proof_of
from bot.program.receipts import FOR_COORDINATORS, FOR_PARTNERS, Receipts
from bot.program.registration import answers_of
from bot.program.timetable import first_monday
from bot.program.turn import Turn
from bot.program.wording import Wording
from storage.people import Apart, Person, Program
from storage.rounds import Application, Lock, Proposal, ProposedGroup, Round


async def propose(turn: Turn, program: Program, round_row: Round) -> Proposal:
    """Pair everybody who is accepted, and keep the result as the newest draft. Raises Trouble when that cannot be."""
    applications = await accepted(turn, round_row)
    problem = await problem_for(turn, program, round_row, applications)
    problem = replace(problem, locked=await locks_of(turn, round_row, problem))
    found = await solved(turn, program, problem)
    pairing = found.pairing
    drafts = await turn.session.exec(
        select(Proposal).where(Proposal.round_id == round_row.id, Proposal.state == "draft")
    )
    for draft in drafts:
        draft.state = "replaced"
    count = len(list(await turn.session.exec(select(Proposal.id).where(Proposal.round_id == round_row.id))))
    proposal = await turn.add(
        Proposal(
            program_id=program.id or 0,
            round_id=round_row.id or 0,
            number=count + 1,
            seed=round_row.seed,
            totals=list(pairing.totals),
            waiting=[[int(waiting.id), str(waiting.reason)] for waiting in pairing.waiting],
            proof=dict(found.proof),
            made_at=turn.now,
        )
    )
    turn.session.add_all(
        ProposedGroup(
            program_id=program.id or 0,
            proposal_id=proposal.id or 0,
            number=number,
            people=[int(key) for key in group.ids],
            locked=group.locked,
            score=dict(score),
        )
        for number, (group, score) in enumerate(_in_order(pairing.groups, found.scores), start=1)
    )
    await turn.session.flush()
    return proposal


@dataclass(frozen=True, slots=True)
class Solved:
    """A pairing with all that is kept of it: its proof, and for each of its groups the figures and reasons."""

    pairing: Pairing
    proof: Mapping[str, Any]
    scores: tuple[Mapping[str, Any], ...]


async def solved(turn: Turn, program: Program, problem: Problem) -> Solved:
    """The best pairing. It is computed while no transaction is open, so that nobody waits for the database."""
    names = await names_of(turn, [int(person.id) for person in problem.people])
    wording = turn.wording(program)
    return turn.work.computed((program.kit, problem, names), partial(_solve, wording, problem, names))


def _solve(wording: Wording, problem: Problem, names: Mapping[str, str]) -> Solved:
    pairing = solve(problem, time_limit=PATIENCE)
    receipts = Receipts(wording, problem, names)
    scores = tuple(score_of(receipts, problem, group) for group in pairing.groups)
    return Solved(pairing, proof_json(proof_of(problem, pairing), pairing.certificate), scores)


async def problem_for(
    turn: Turn,
    program: Program,
    round_row: Round,
    applications: Sequence[Application],
    odd: str | None = None,
    parted: bool = True,
) -> Problem:
    """The pairing problem of these applications; people's ids are those of their rows, as text.

    Without `parted`, pairs that a coordinator parted in this round may meet.
    """
    people = [Candidate(str(a.person_id), answers_of(a.answers)) for a in applications]
    emails = await _emails(turn, [a.person_id for a in applications])
    try:
        return problem_of(
            turn.kit(program),
            people,
            on=first_monday(round_row.starts_on),
            forbidden=await _forbidden(turn, program, round_row, emails, parted),
            odd=odd or round_row.odd,
            seed=round_row.seed,
            ids_by_email={email: str(person) for person, email in emails.items() if email},
        )
    except PairingError as error:
        raise Trouble("match.impossible", reason=str(error)) from error


def score_of(receipts: Receipts, problem: Problem, group: Group) -> dict[str, Any]:
    """The figures of a group for coordinators; and why these people, in sentences for them and for their own room."""
    why, told = receipts.of(group, FOR_COORDINATORS, FOR_PARTNERS)
    return asdict(score_group(problem, group.ids)) | {"sentences": why, "told": told}


async def accepted(turn: Turn, round_row: Round) -> list[Application]:
    """The applications that have a place. Whoever applied by a form and has not come here yet cannot be introduced."""
    rows = await turn.session.exec(
        select(Application)
        .where(
            Application.round_id == round_row.id,
            Application.status == "accepted",
            col(Application.account_id).is_not(None),
        )
        .order_by(col(Application.id))
    )
    return list(rows)


async def draft_of(turn: Turn, round_row: Round) -> Proposal:
    """The newest proposal that waits for approval. Raises Trouble when there is none."""
    rows = await turn.session.exec(
        select(Proposal)
        .where(Proposal.round_id == round_row.id, Proposal.state == "draft")
        .order_by(col(Proposal.id).desc())
        .limit(1)
    )
    proposal = rows.first()
    if proposal is None:
        raise Trouble("match.no_draft")
    return proposal


async def groups_of(turn: Turn, proposal: Proposal) -> list[ProposedGroup]:
    """The groups of a proposal, by number."""
    rows = await turn.session.exec(
        select(ProposedGroup).where(ProposedGroup.proposal_id == proposal.id).order_by(col(ProposedGroup.number))
    )
    return list(rows)


async def names_of(turn: Turn, people: Sequence[int]) -> dict[str, str]:
    """Names by person id (as text, as the pairing has them)."""
    rows = await turn.session.exec(select(Person.id, Person.name).where(col(Person.id).in_(people)))
    return {str(identity): name for identity, name in rows}


async def _emails(turn: Turn, people: Sequence[int]) -> dict[int, str]:
    rows = await turn.session.exec(select(Person.id, Person.email).where(col(Person.id).in_(people)))
    return {identity: email or "" for identity, email in rows if identity is not None}


async def _forbidden(
    turn: Turn, program: Program, round_row: Round, emails: Mapping[int, str], parted: bool
) -> list[tuple[str, str]]:
    """Former partners, people kept apart and pairs that a coordinator parted: if either names the other."""
    by_email = {email: person for person, email in emails.items() if email}
    rows = await turn.session.exec(
        select(Apart).where(Apart.program_id == program.id, col(Apart.person_id).in_(list(emails)))
    )
    apart: list[tuple[str, str]] = []
    for row in rows:
        other = row.other_id if row.other_id is not None else by_email.get(row.other_email)
        here = row.why != "parted" or (parted and row.round_id == round_row.id)
        if other in emails and here:
            apart.append((str(row.person_id), str(other)))
    apart += [(str(one), str(other)) for one, other in await kept_apart(turn, program, list(emails))]
    return apart


async def locks_of(turn: Turn, round_row: Round, problem: Problem) -> tuple[tuple[str, ...], ...]:
    """The locks that can still be kept: nobody in them has withdrawn, or asked since not to be paired with another."""
    here = {person.id for person in problem.people}
    rows = await turn.session.exec(select(Lock).where(Lock.round_id == round_row.id).order_by(col(Lock.id)))
    locks = [tuple(str(person) for person in lock.people) for lock in rows]
    return tuple(
        lock
        for lock in locks
        if here.issuperset(lock) and all(problem.allowed(one, other) for one, other in combinations(lock, 2))
    )


def _in_order(groups: Sequence[Group], scores: Sequence[Mapping[str, Any]]) -> list[tuple[Group, Mapping[str, Any]]]:
    both = zip(groups, scores, strict=True)
    return sorted(both, key=lambda one: tuple(sorted(int(key) for key in one[0].ids)))
