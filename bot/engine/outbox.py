"""The outbox table: acts that wait to be performed, and what became of them.

An act is held while it is claimed, or waits to be tried again. The acts of one lane go out in the order of their ids:
one behind a held act waits with it, one that is not due yet holds nobody.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col
from sqlmodel import select as select_rows
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.cause import known_until
from bot.engine.claims import Claim, Result
from storage.columns import UtcDateTime
from storage.database import Database, table_of
from storage.traffic import OutboxAct

_AGAIN = timedelta(seconds=1)

_acts = table_of(OutboxAct)
_act = _acts.c
_earlier = _acts.alias("earlier")
_now = bindparam("now", type_=UtcDateTime())


Confirm = Callable[[AsyncConnection], Awaitable[list[str]]]
"""The sending lanes that are ours until the end of a transaction."""


def community_of(acts: Table) -> ColumnElement[str]:
    """Where acts go out: the platform and the community."""
    return acts.c.platform + literal_column("'/'") + acts.c.community


def _in_states(column: ColumnElement[str], *states: str) -> ColumnElement[bool]:
    # Written out, so that the statement need not be put together anew for every execution.
    return column.in_([literal_column(f"'{state}'") for state in states])


def _started(columns: Any) -> ColumnElement[bool]:
    """Acts that are due, and not finished."""
    return and_(_in_states(columns.state, "waiting", "claimed", "unknown"), columns.due_at <= _now)


def _held(columns: Any) -> ColumnElement[bool]:
    claimed = _in_states(columns.state, "claimed")
    return or_(and_(claimed, columns.lease_until > _now), and_(~claimed, columns.retry_at > _now))


def _free(columns: Any) -> ColumnElement[bool]:
    claimed = _in_states(columns.state, "claimed")
    ready = or_(columns.retry_at.is_(None), columns.retry_at <= _now)
    return or_(and_(claimed, columns.lease_until <= _now), and_(~claimed, ready))


_waits, _claimed = _in_states(_act.state, "waiting"), _in_states(_act.state, "claimed")


def _soonest(where: ColumnElement[bool] | None) -> Any:
    """When the first act is due of those that cannot go out now: behind a held act nobody waits longer than it does."""
    of = () if where is None else (where,)
    moments = union_all(
        select(func.min(_act.due_at).label("at")).where(_waits, _act.due_at > _now, *of),
        select(func.min(_act.retry_at)).where(_started(_act), ~_claimed, _act.retry_at > _now, *of),
        select(func.min(_act.lease_until)).where(_claimed, _act.lease_until > _now, *of),
    ).subquery()
    return select(func.min(moments.c.at))


def _choice(where: ColumnElement[bool], later: Any) -> Any:
    return (
        select(_act.id, _act.fence, _act.lane, _act.payload, _act.due_at, _act.subject, _act.then, _act.cause)
        .add_columns(_act.attempts, _act.state, later.scalar_subquery().label("later"))
        .where(where)
        .order_by(_act.id)
        .limit(bindparam("most"))
    )


_claimable = and_(
    _started(_act),
    _free(_act),
    ~exists().where(_earlier.c.lane == _act.lane, _earlier.c.id < _act.id, _started(_earlier.c), _held(_earlier.c)),
)
_lanes = cast(Any, bindparam("ours", expanding=True))
_ours = or_(_act.platform.in_(_lanes), community_of(_acts).in_(_lanes))
_later, _LATER_OURS = _soonest(None), _soonest(_ours)
_CHOOSE, _CHOOSE_OURS = _choice(_claimable, _later), _choice(and_(_claimable, _ours), _LATER_OURS)
_ANY = select(_act.id).where(_claimable).limit(1)
_ANY_OURS = _ANY.where(_ours)
_LOCK = (
    select(_act.id, _act.fence, _act.state)
    .where(_act.id.in_(bindparam("ids", expanding=True)))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(_acts)
    .where(_act.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="claimed", fence=_act.fence + 1, attempts=_act.attempts + 1, lease_until=bindparam("until", UtcDateTime())
    )
)
_SETTLE = (
    update(_acts)
    .where(_act.id == bindparam("act"), _act.fence == bindparam("held"), _act.state == "claimed")
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("new_attempts"),
        receipt=bindparam("new_receipt"),
        reference=bindparam("new_reference"),
        sent_at=bindparam("new_sent"),
        retry_at=bindparam("new_retry"),
        due_at=bindparam("new_due"),
        reason=bindparam("new_reason"),
    )
)
_WRITTEN = select(_act.id, _act.fence, _act.state).where(_act.id.in_(bindparam("ids", expanding=True)))
_RELEASE = update(_acts).where(_act.state == "claimed").values(state="unknown", fence=_act.fence + 1, retry_at=None)
_CANCEL = (
    update(_acts)
    .where(_act.subject.in_(bindparam("about", expanding=True)), _waits)
    .values(state="cancelled", reason=bindparam("why"))
)
_SENT = (
    update(_acts)
    .where(_act.id == bindparam("act"), _act.fence == bindparam("held"), _claimed)
    .values(
        state=literal_column("'sent'"),
        receipt=bindparam("new_receipt"),
        reference=bindparam("new_reference"),
        sent_at=bindparam("new_sent"),
        retry_at=literal_column("NULL"),
        reason=literal_column("''"),
    )
)
"""As `_SETTLE` for what nearly always happens: it was sent, and all else stays as the claim wrote it."""
_FRESH: dict[str, Any] = {
    "state": literal_column("'waiting'"),
    "attempts": literal_column("0"),
    "fence": literal_column("0"),
    "receipt": literal_column("''"),
    "reference": literal_column("''"),
    "reason": literal_column("''"),
}
"""What is the same for each new act is written out: every parameter takes its time, in each of very many rows."""
_INSERT = {
    "sqlite": sqlite.insert(_acts).values(_FRESH).on_conflict_do_nothing(index_elements=["key"]),
    "postgresql": postgresql.insert(_acts).values(_FRESH).on_conflict_do_nothing(index_elements=["key"]),
}


async def insert(connection: AsyncConnection, acts: Sequence[dict[str, Any]]) -> None:
    """Store acts; those whose key is known already are left as they are."""
    await connection.execute(_INSERT[connection.dialect.name], list(acts))


async def cancel(connection: AsyncConnection, subjects: Sequence[str], kinds: tuple[str, ...], reason: str) -> None:
    """Call off waiting acts. One that is on its way already cannot be called back."""
    statement = _CANCEL.where(_act.kind.in_(kinds)) if kinds else _CANCEL
    await connection.execute(statement, {"about": list(subjects), "why": reason})


async def waiting(session: AsyncSession, subject: str) -> list[OutboxAct]:
    """The waiting acts about `subject`, in order."""
    rows = await session.exec(
        select_rows(OutboxAct)
        .where(col(OutboxAct.subject) == subject, col(OutboxAct.state) == "waiting")
        .order_by(col(OutboxAct.id))
    )
    return list(rows)


async def claim(
    database: Database, now: datetime, lease_until: datetime, limit: int, confirm: Confirm | None = None
) -> tuple[list[Claim], datetime | None]:
    """Take up to `limit` acts that may go out now, in order, none behind a held one of its lane.

    With `confirm`, only what goes out by the sending lanes that it names. Returns the claims, and the moment at which
    to ask again: `now` when there may be more, None when nothing waits.
    """
    async with database.connection() as connection:
        given: dict[str, Any] = {"now": now}
        choose, soonest = _CHOOSE, _later
        if confirm is None:
            # Two at once might each take a part of the same lane.
            await database.take_turn(connection, "outbox")
        else:
            given["ours"] = await confirm(connection)
            choose, soonest = _CHOOSE_OURS, _LATER_OURS
        chosen = (await connection.execute(choose, {**given, "most": limit})).all()
        if not chosen:
            return [], (await connection.execute(soonest, given)).scalar_one()
        later = now if len(chosen) == limit else chosen[0].later
        free = chosen if database.is_sqlite else await _lock(connection, chosen)
        if len(free) < len(chosen):
            later = min(later or now + _AGAIN, now + _AGAIN)
        if free:
            await connection.execute(_CLAIM, {"ids": [row.id for row in free], "until": lease_until})
    return [_claimed_as(row) for row in free], later


def _claimed_as(row: Any) -> Claim:
    look_up = row.state != "waiting" or known_until(row.cause) is not None
    attempts = row.attempts + 1
    fence, due_at = row.fence + 1, row.due_at
    return Claim(row.id, fence, row.lane, row.payload, row.subject, row.then, attempts, look_up, due_at, row.cause)


async def _lock(connection: AsyncConnection, chosen: Sequence[Any]) -> list[Any]:
    """Those of the chosen acts that nobody else is changing (calling off) just now, and none behind such a one."""
    locked = await connection.execute(_LOCK, {"ids": [row.id for row in chosen]})
    same = {(row.id, row.fence, row.state) for row in locked}
    shut: set[str] = set()
    free: list[Any] = []
    for row in chosen:
        if (row.id, row.fence, row.state) not in same:
            shut.add(row.lane)
        elif row.lane not in shut:
            free.append(row)
    return free


async def settle(connection: AsyncConnection, results: Sequence[Result]) -> set[int]:
    """Write what became of claimed acts. One whose claim was lost meanwhile is not written (invariant 5).

    Returns the ids of the acts that were written.
    """
    ids = [result.claim.id for result in results]
    sent = [_sent(result) for result in results if _plainly_sent(result)]
    others = [_settled(result) for result in results if not _plainly_sent(result)]
    written = 0
    for statement, rows in ((_SENT, sent), (_SETTLE, others)):
        if rows:
            written += (await connection.execute(statement, rows)).rowcount
    if written == len(results):
        return set(ids)
    rows = await connection.execute(_WRITTEN, {"ids": ids})
    found = {row.id: (row.fence, row.state) for row in rows}
    return {r.claim.id for r in results if found.get(r.claim.id) == (r.claim.fence, r.state)}


def _plainly_sent(result: Result) -> bool:
    return (result.state, result.retry_at, result.due_at, result.reason, result.tried) == ("sent", None, None, "", True)


def _sent(result: Result) -> dict[str, Any]:
    return {
        "act": result.claim.id,
        "held": result.claim.fence,
        "new_receipt": result.receipt,
        "new_reference": result.reference,
        "new_sent": result.sent_at,
    }


def _settled(result: Result) -> dict[str, Any]:
    return {
        "act": result.claim.id,
        "held": result.claim.fence,
        "new_state": result.state,
        "new_attempts": result.claim.attempts - (not result.tried),
        "new_receipt": result.receipt,
        "new_reference": result.reference,
        "new_sent": result.sent_at,
        "new_retry": result.retry_at,
        "new_due": result.due_at or result.claim.due_at,
        "new_reason": result.reason,
    }


async def release_all(connection: AsyncConnection) -> int:
    """Take back every claim of a process that is no more: whether those acts were done must be looked up."""
    return (await connection.execute(_RELEASE)).rowcount


async def next_due(connection: AsyncConnection, now: datetime, ours: Sequence[str] | None = None) -> datetime | None:
    """When an act (of these sending lanes) may go out: `now` if one may already, None when nothing waits."""
    given: dict[str, Any] = {"now": now} if ours is None else {"now": now, "ours": ours}
    if (await connection.execute(_ANY if ours is None else _ANY_OURS, given)).first() is not None:
        return now
    return (await connection.execute(_later if ours is None else _LATER_OURS, given)).scalar_one()
