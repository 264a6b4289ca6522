"""What tests of pairing ask about the newest proposal."""

from storage.partnerships import Partnership
from storage.rounds import Proposal, ProposedGroup
from tests.program.desk import Desk


async def proposed(desk: Desk, *users: str) -> None:
    """These people have applied, applications are closed, and the proposal is on the desk."""
    for user in users:
        await desk.applied(user)
    await desk.closed()


async def pairs(desk: Desk) -> set[frozenset[str]]:
    """The groups of the newest proposal, by name."""
    newest = (await desk.rows(Proposal))[-1]
    names = {(await desk.person(user)).id: user for user in await desk.statuses()}
    groups = [group for group in await desk.rows(ProposedGroup) if group.proposal_id == newest.id]
    return {frozenset(names[person] for person in group.people) for group in groups}


async def number_of(desk: Desk, user: str) -> int:
    """The number of the proposed group that this person is in."""
    newest = (await desk.rows(Proposal))[-1]
    person = (await desk.person(user)).id
    groups = [group for group in await desk.rows(ProposedGroup) if group.proposal_id == newest.id]
    return next(group.number for group in groups if person in group.people)


async def partner_of(desk: Desk, user: str) -> str:
    """The one other in a pair of the newest proposal."""
    (group,) = [group for group in await pairs(desk) if user in group]
    (other,) = group - {user}
    return other


async def rooms(desk: Desk) -> list[Partnership]:
    """All partnerships that were made."""
    return await desk.rows(Partnership)
