"""Keyed marks: how two people are kept apart of whom one was forgotten, without keeping who that was."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import or_
from sqlmodel import col, select

from bot.program.turn import Turn
from storage.forgetting import Keepsake, NoRepeat
from storage.people import Account, Apart, Community, Person, Program

MARK_KEY = "mark_key"
_CHUNK = 500
FORMER, PARTED = "former", "parted"


def mark_of(key: bytes, identity: str) -> str:
    """The mark of an identity: the same whenever it comes, and nothing can be told from it without the key."""
    return hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()


def identity_of(community: Community, account: Account) -> str:
    """An account as marks know it."""
    return f"account\n{community.platform}\n{community.external_id}\n{account.external_id}"


def identity_of_email(email: str) -> str:
    """An e-mail address as marks know it."""
    return f"email\n{email}"


async def key_of(turn: Turn) -> bytes:
    """The key: that of the settings; else one that was drawn at first need, and is kept in the database."""
    if turn.kits.mark_key:
        return turn.kits.mark_key
    row = await turn.session.get(Keepsake, MARK_KEY)
    if row is None:
        row = await turn.add(Keepsake(name=MARK_KEY, value=secrets.token_hex(32)))
    return bytes.fromhex(row.value)


async def marks_of(turn: Turn, people: Sequence[int]) -> dict[int, set[str]]:
    """The marks of people who are here, one for each of their accounts and for their address."""
    key, found = await key_of(turn), {person: set[str]() for person in people}
    for start in range(0, len(people), _CHUNK):
        some = people[start : start + _CHUNK]
        for person, email in await turn.session.exec(
            select(Person.id, Person.email).where(col(Person.id).in_(some), col(Person.email).is_not(None))
        ):
            found[person or 0].add(mark_of(key, identity_of_email(email or "")))
        for account, community in await turn.session.exec(
            select(Account, Community)
            .join(Community, col(Community.id) == Account.community_id)
            .where(col(Account.person_id).in_(some))
        ):
            found[account.person_id].add(mark_of(key, identity_of(community, account)))
    return found


async def leave_marks(turn: Turn, person: Person, marks: Iterable[str]) -> None:
    """Put marks in the place of whatever keeps somebody from being paired with another; their own wishes go.

    Former partners, those who asked not to meet this person, and marks that name this person as the other.
    """
    mine, identity = sorted(marks), person.id
    theirs = {f"person:{identity}", *([person.email] if person.email else [])}
    by_others = await turn.session.exec(
        select(Apart).where(or_(col(Apart.other_id) == identity, col(Apart.other_email).in_(theirs)))
    )
    for apart in list(by_others):
        if apart.why != PARTED:
            turn.session.add_all(
                NoRepeat(program_id=apart.program_id, mark=mark, other_id=apart.person_id, why=apart.why)
                for mark in mine
            )
        await turn.session.delete(apart)
    for apart in list(await turn.session.exec(select(Apart).where(Apart.person_id == identity))):
        await turn.session.delete(apart)
    for row in list(await turn.session.exec(select(NoRepeat).where(NoRepeat.other_id == identity))):
        # Both are forgotten now.
        turn.session.add_all(
            NoRepeat(program_id=row.program_id, mark=row.mark, other_mark=mark, why=row.why) for mark in mine
        )
        await turn.session.delete(row)


async def kept_apart(turn: Turn, program: Program, people: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of these people that marks keep apart: somebody is back who was forgotten."""
    rows = list(await turn.session.exec(select(NoRepeat).where(NoRepeat.program_id == program.id)))
    if not rows:
        return []
    owner: dict[str, int] = {mark: person for person, marks in (await marks_of(turn, people)).items() for mark in marks}
    here, apart = set(people), set[tuple[int, int]]()
    for row in rows:
        one = owner.get(row.mark)
        other = row.other_id if row.other_id is not None else owner.get(row.other_mark)
        if one is not None and other is not None and other in here and one != other:
            apart.add((one, other))
    return sorted(apart)
