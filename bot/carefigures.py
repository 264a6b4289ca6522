"""What a round asked of its coordinators, and how long people waited: counted from rows alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.language.places import Address, Place
from bot.program.ending import too_late
from storage.partnerships import Case, Member, Partnership
from storage.people import Account, Community
from storage.rounds import Application, Proposal, Round
from storage.traffic import OutboxAct
from topics.model import Kit

DECISIONS = ("decision", "about", "partnership", "asked", "opened_at", "closed_at", "by", "outcome")
"""The heading of the list of decisions."""
_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
_LONG = 10
"""Days after which nobody may wait without a word for a partner who never came."""
_WORDS = ("offer:", "reassure:", "seek:", "ended:", "goes_on:")
"""How the keys of the messages begin that tell whoever waits how things stand."""


@dataclass(frozen=True, slots=True)
class Care:
    """The figures by name, and the list of what coordinators were asked to decide."""

    figures: Mapping[str, Any]
    decisions: Sequence[Sequence[Any]]


async def care_of(session: AsyncSession, kit: Kit) -> Care:
    """Count what the coordinators of a database with one program had to do, and how those fared who waited."""
    cases = list(await session.exec(select(Case).order_by(col(Case.id))))
    proposals = list(await session.exec(select(Proposal).where(col(Proposal.approved_at).is_not(None))))
    pairs = len(list(await session.exec(select(Partnership.id))))
    asked = [case for case in cases if case.posts]
    by_kind = Counter({"proposal": len(proposals)}) + Counter(
        {kind: sum(case.posts for case in asked if case.kind == kind) for kind in {case.kind for case in asked}}
    )
    total = sum(by_kind.values())
    figures = {
        "decisions": {
            "asked": total,
            "per_100_pairs": round(100 * total / pairs, 1) if pairs else 0.0,
            "by_kind": dict(sorted(by_kind.items())),
            "settled_unasked": sum(1 for case in cases if not case.posts and case.state == "closed"),
        },
        "looking_again": await _looking_again(session, kit),
        "never_arrived": await _never_arrived(session),
        "let_go": await _let_go(session, kit),
    }
    rows = [("proposal", each.id, "", 1, "", _plain(each.approved_at), "", "approved") for each in proposals]
    rows += [
        (
            case.kind,
            case.id,
            case.partnership_id or "",
            case.posts,
            _plain(case.opened_at),
            _plain(case.closed_at),
            case.closed_by,
            case.outcome,
        )
        for case in asked
    ]
    return Care(figures, rows)


async def _looking_again(session: AsyncSession, kit: Kit) -> dict[str, Any]:
    """Of those who lost a partner in time and went on looking, how many had another one within a week."""
    keys = await session.exec(
        select(OutboxAct.key).where(col(OutboxAct.key).startswith("seek:")).order_by(OutboxAct.key)
    )
    rows = await session.exec(
        select(Member.person_id, Partnership.id, Partnership.made_at)
        .join(Partnership, col(Partnership.id) == Member.partnership_id)
        .order_by(col(Partnership.id))
    )
    made: dict[int, list[tuple[int, datetime]]] = {}
    for person, partnership, at in rows:
        made.setdefault(person, []).append((partnership or 0, at))
    partnerships = {row.id or 0: row for row in await session.exec(select(Partnership))}
    left = {one.person_id for one in await session.exec(select(Application).where(Application.status == "withdrawn"))}
    rounds = {row.id: row for row in await session.exec(select(Round))}
    looked = soon = later = 0
    for key in keys:
        lost, person = (int(part) for part in key.split(":")[1:3])
        row = partnerships[lost]
        next_one = next((at for partnership, at in made.get(person, ()) if partnership > lost), None)
        since = row.ended_at or row.made_at
        if next_one is None and (person in left or too_late(kit, rounds[row.round_id], since)):
            continue
        looked += 1
        soon += next_one is not None and next_one - since <= _WEEK
        later += next_one is not None and next_one - since > _WEEK
    return {"people": looked, "within_a_week": soon, "later": later}


async def _never_arrived(session: AsyncSession) -> dict[str, Any]:
    """Those whose partner never wrote: how long it took, from the introduction, until they heard of it."""
    words = await session.exec(
        select(OutboxAct.lane, OutboxAct.key, OutboxAct.sent_at).where(
            OutboxAct.state == "sent", col(OutboxAct.kind).in_(("nudge", "notice"))
        )
    )
    heard: dict[str, list[datetime]] = {}
    for lane, key, sent_at in words:
        if sent_at is not None and key.startswith(_WORDS):
            heard.setdefault(lane, []).append(sent_at)
    rows = await session.exec(
        select(Partnership, Member, Account, Community)
        .join(Member, col(Member.partnership_id) == Partnership.id)
        .join(Account, col(Account.id) == Member.account_id)
        .join(Community, col(Community.id) == Account.community_id)
        .where(col(Partnership.announced_at).is_not(None))
    )
    seats: dict[int, list[tuple[Partnership, Member, str]]] = {}
    for row, member, account, community in rows:
        lane = str(Address(community.platform, community.external_id, Place.DIRECT, account.external_id))
        seats.setdefault(row.id or 0, []).append((row, member, lane))
    waits: list[float] = []
    for group in seats.values():
        if sum(member.first_wrote_at is not None for _, member, _ in group) != 1:
            # Nobody waits; or two talk, and do not wait for the third.
            continue
        for row, member, lane in group:
            began = row.announced_at
            if member.first_wrote_at is None or began is None:
                continue
            at = min((each for each in heard.get(lane, ()) if each > began), default=row.ended_at)
            waits.append((at - began) / _DAY if at is not None else float(_LONG * 10))
    return {
        "people_who_waited": len(waits),
        "longest_days_without_a_word": round(max(waits, default=0.0), 1),
        "longer_than_ten_days": sum(wait > _LONG for wait in waits),
    }


async def _let_go(session: AsyncSession, kit: Kit) -> dict[str, int]:
    """Those whose partner went on with somebody else since they were silent; and who of them had written of late.

    Of late means within the shortest silence for which any pace calls for a word.
    """
    quiet = timedelta(days=min(pace.quiet_days for pace in kit.checkins.paces))
    acts = await session.exec(
        select(OutboxAct.key, OutboxAct.due_at).where(col(OutboxAct.key).startswith("dropped:")).order_by(OutboxAct.key)
    )
    rows = await session.exec(select(Member.partnership_id, Member.person_id, Member.last_wrote_at))
    wrote = {(partnership, person): at for partnership, person, at in rows}
    told = [(wrote.get((int(parts[1]), int(parts[2]))), at) for key, at in acts if (parts := key.split(":"))]
    return {
        "people": len(told),
        "had_written_of_late": sum(last is not None and at - last < quiet for last, at in told),
    }


def _plain(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""
