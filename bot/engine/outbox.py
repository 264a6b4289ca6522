"""The outbox table: acts that wait to be performed, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.traffic import OutboxAct

UNFINISHED = ("waiting", "claimed", "unknown")
_DEFAULTS: dict[str, Any] = {
    "state": "waiting",
    "attempts": 0,
    "fence": 0,
    "receipt": "",
    "reference": "",
    "reason": "",
    "retry_at": None,
    "lease_until": None,
    "sent_at": None,
}

_CLAIM = (
    update(OutboxAct)
    .where(col(OutboxAct.id) == bindparam("act"), col(OutboxAct.fence) == bindparam("new_fence") - 1)
    .values(state="claimed", fence=bindparam("new_fence"), attempts=bindparam("tries"), lease_until=bindparam("until"))
)
_POSTPONE = update(OutboxAct).where(col(OutboxAct.id) == bindparam("act")).values(retry_at=bindparam("until"))
_SETTLE = (
    update(OutboxAct)
    .where(
        col(OutboxAct.id) == bindparam("act"),
        col(OutboxAct.fence) == bindparam("held"),
        col(OutboxAct.state) == "claimed",
    )
    .values(
        state=bindparam("new_state"),
        receipt=bindparam("new_receipt"),
        reference=bindparam("new_reference"),
        sent_at=bindparam("new_sent"),
        retry_at=bindparam("new_retry"),
        reason=bindparam("new_reason"),
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to perform one act, until the lease runs out; `fence` proves it when the result is written."""

    id: int
    fence: int
    key: str
    lane: str
    payload: str
    subject: str
    then: str
    attempts: int
    look_up: bool
    """An earlier attempt may have succeeded: find out before repeating it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one attempt."""

    claim: Claim
    state: str
    receipt: str = ""
    reference: str = ""
    sent_at: datetime | None = None
    retry_at: datetime | None = None
    reason: str = ""


async def insert(session: AsyncSession, acts: Sequence[dict[str, Any]]) -> None:
    """Store acts; those whose key is known already are left as they are."""
    table = OutboxAct.__table__  # type: ignore[attr-defined] - SQLModel adds it without declaring it
    dialect = session.get_bind().dialect.name
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = make(table).on_conflict_do_nothing(index_elements=["key"])
    connection = await session.connection()
    await connection.execute(statement, [_DEFAULTS | act for act in acts])


async def cancel(session: AsyncSession, subject: str, kinds: tuple[str, ...], reason: str) -> None:
    """Call off waiting acts. One that is on its way already cannot be called back."""
    statement = (
        update(OutboxAct)
        .where(col(OutboxAct.subject) == subject, col(OutboxAct.state) == "waiting")
        .values(state="cancelled", reason=reason)
    )
    if kinds:
        statement = statement.where(col(OutboxAct.kind).in_(kinds))
    connection = await session.connection()
    await connection.execute(statement)


async def waiting(session: AsyncSession, subject: str) -> list[OutboxAct]:
    """The waiting acts about `subject`, in order."""
    rows = await session.exec(
        select(OutboxAct)
        .where(col(OutboxAct.subject) == subject, col(OutboxAct.state) == "waiting")
        .order_by(col(OutboxAct.id))
    )
    return list(rows)


async def claim(session: AsyncSession, now: datetime, lease_until: datetime, limit: int) -> list[Claim]:
    """Take the acts that may go out now: of each lane the first due ones, none behind an unfinished earlier one."""
    act = OutboxAct
    due = and_(col(act.state).in_(("waiting", "unknown")), col(act.due_at) <= now)
    expired = and_(col(act.state) == "claimed", col(act.lease_until) <= now)
    ready = or_(col(act.retry_at).is_(None), col(act.retry_at) <= now)
    connection = await session.connection()
    chosen = (
        await connection.execute(
            select(  # type: ignore[call-overload] - more columns than SQLModel's overloads know
                act.id, act.fence, act.key, act.lane, act.payload, act.subject, act.then, act.attempts, act.state
            )
            .where(or_(and_(due, ready), expired))
            .order_by(col(act.id))
            .limit(limit)
        )
    ).all()
    if not chosen:
        return []
    blocked = await _blocked(session, now)
    claims: list[Claim] = []
    later: list[dict[str, Any]] = []
    for row in chosen:
        first, until = blocked.get(row.lane, (row.id, now))
        if row.id > first:
            # Behind an act that has to wait: it waits as long, so that nobody looks at it in vain.
            later.append({"act": row.id, "until": until})
            continue
        look_up = row.state != "waiting"
        claims.append(
            Claim(
                row.id, row.fence + 1, row.key, row.lane, row.payload, row.subject, row.then, row.attempts + 1, look_up
            )
        )
    if later:
        await connection.execute(_POSTPONE, later)
    if claims:
        await connection.execute(
            _CLAIM, [{"act": c.id, "new_fence": c.fence, "tries": c.attempts, "until": lease_until} for c in claims]
        )
    return claims


async def _blocked(session: AsyncSession, now: datetime) -> dict[str, tuple[int, datetime]]:
    """The lanes in which an act is on its way or waits to be tried again: the lowest such id, and until when."""
    act = OutboxAct
    connection = await session.connection()
    rows = await connection.execute(
        select(  # type: ignore[call-overload] - more columns than SQLModel's overloads know
            act.id, act.lane, act.state, act.lease_until, act.retry_at
        )
        .where(
            or_(
                and_(col(act.state) == "claimed", col(act.lease_until) > now),
                and_(col(act.state).in_(("waiting", "unknown")), col(act.due_at) <= now, col(act.retry_at) > now),
            )
        )
        .order_by(col(act.id))
    )
    blocked: dict[str, tuple[int, datetime]] = {}
    for row in rows.all():
        blocked.setdefault(row.lane, (row.id, row.lease_until if row.state == "claimed" else row.retry_at))
    return blocked


async def settle(session: AsyncSession, results: Sequence[Result]) -> set[int]:
    """Write what became of claimed acts. One whose claim was lost meanwhile is not written (invariant 5).

    Returns the ids of the acts that were written.
    """
    connection = await session.connection()
    rows = await connection.execute(
        select(OutboxAct.id, OutboxAct.fence)
        .where(col(OutboxAct.id).in_([r.claim.id for r in results]), col(OutboxAct.state) == "claimed")
        .with_for_update()
    )
    held = {(row.id, row.fence) for row in rows.all()}
    kept = [r for r in results if (r.claim.id, r.claim.fence) in held]
    if kept:
        await connection.execute(_SETTLE, [_settled(result) for result in kept])
    return {result.claim.id for result in kept}


def _settled(result: Result) -> dict[str, Any]:
    return {
        "act": result.claim.id,
        "held": result.claim.fence,
        "new_state": result.state,
        "new_receipt": result.receipt,
        "new_reference": result.reference,
        "new_sent": result.sent_at,
        "new_retry": result.retry_at,
        "new_reason": result.reason,
    }


async def release_all(session: AsyncSession) -> int:
    """Take back every claim of a process that is no more: whether those acts were done must be looked up."""
    connection = await session.connection()
    outcome = await connection.execute(
        update(OutboxAct).where(col(OutboxAct.state) == "claimed").values(state="unknown", retry_at=None)
    )
    return outcome.rowcount


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next act may go out: the soonest of all due times, retries and leases."""
    act = OutboxAct
    at = case(
        (col(act.state) == "claimed", col(act.lease_until)),
        (col(act.retry_at) > col(act.due_at), col(act.retry_at)),
        else_=col(act.due_at),
    )
    rows = await session.exec(select(func.min(at)).where(col(act.state).in_(UNFINISHED)))
    return rows.one()
