"""What did not go well in the inbox and in the outbox: to look at, to try again, to drop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Database, table_of
from storage.traffic import InboxEvent, OutboxAct

MOST = 50
_TOO_LARGE = 2**31
ACT_STATES = ("dead", "unknown", "waiting", "claimed", "sent", "cancelled")
AT_FAULT = ("dead", "unknown")
_acts, _events = table_of(OutboxAct), table_of(InboxEvent)
_NOT_RETRIED = {
    "waiting": "waits already, and goes out when it is due",
    "claimed": "is being sent just now",
    "sent": "was sent",
    "cancelled": "was called off or dropped: nobody wants it any more",
}
_NOT_DROPPED = _NOT_RETRIED | {"claimed": "is being sent just now: look again in a minute"}


class CannotChange(Exception):
    """There is no such row, or it is not in a state in which that can be done. The text says so."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the oldest first, and how many there are in all."""

    rows: Sequence[Any]
    total: int


async def acts(session: AsyncSession, states: Sequence[str], most: int = MOST) -> Page:
    """Acts in these states."""
    wanted = col(OutboxAct.state).in_(states)
    rows = await session.exec(select(OutboxAct).where(wanted).order_by(col(OutboxAct.id)).limit(most))
    total = await session.exec(select(func.count()).select_from(OutboxAct).where(wanted))
    return Page(list(rows), total.one())


async def events(session: AsyncSession, most: int = MOST) -> Page:
    """Events whose handler failed: parked ones, and those that are to be tried again."""
    wanted = (col(InboxEvent.state) == "parked") | ((col(InboxEvent.state) == "new") & (col(InboxEvent.attempts) > 0))
    rows = await session.exec(select(InboxEvent).where(wanted).order_by(col(InboxEvent.id)).limit(most))
    total = await session.exec(select(func.count()).select_from(InboxEvent).where(wanted))
    return Page(list(rows), total.one())


async def act(session: AsyncSession, number: int) -> OutboxAct:
    """One act. Raises CannotChange when there is none of that number."""
    row = await session.get(OutboxAct, number) if abs(number) < _TOO_LARGE else None
    if row is None:
        raise CannotChange(f"There is no act {number}. `counterpart outbox list` shows those that need somebody.")
    return row


async def retry_act(database: Database, number: int) -> str:
    """Have a dead act, or one of unknown outcome, tried again now. Raises CannotChange.

    It may have been done after all, so that it is looked up before it is sent.
    """
    async with database.transaction() as session:
        row = await act(session, number)
        if row.state not in AT_FAULT:
            raise CannotChange(f"Act {number} {_NOT_RETRIED[row.state]}. Only a dead or an unknown one is tried again.")
        if not row.payload:
            raise CannotChange(f"The words of act {number} are cleared away already. It can only be dropped.")
        again = {"state": "unknown", "attempts": 0, "retry_at": None, "fence": _acts.c.fence + 1}
        await _change(session, _acts, _acts.c.state == row.state, number, again)
        return row.state


async def drop_act(database: Database, number: int) -> OutboxAct:
    """Call off an act that has not gone out, for good. Raises CannotChange."""
    async with database.transaction() as session:
        row = await act(session, number)
        if row.state not in (*AT_FAULT, "waiting"):
            raise CannotChange(f"Act {number} {_NOT_DROPPED[row.state]}. There is nothing to drop.")
        gone = {"state": "cancelled", "reason": f"dropped by the operator; before: {row.reason or row.state}"}
        await _change(session, _acts, _acts.c.state == row.state, number, gone | {"fence": _acts.c.fence + 1})
        return row


async def retry_event(database: Database, number: int) -> None:
    """Have a parked event handled again. Raises CannotChange."""
    async with database.transaction() as session:
        if not (await _parked(session, number)).payload:
            raise CannotChange(f"What event {number} said is cleared away already. It can only be dropped.")
        again = {"state": "new", "attempts": 0, "retry_at": None}
        await _change(session, _events, _events.c.state == "parked", number, again)


async def drop_event(database: Database, number: int) -> None:
    """Give up a parked event for good. Raises CannotChange."""
    async with database.transaction() as session:
        row = await _parked(session, number)
        gone = {"state": "done", "error": f"dropped: {row.error}"}
        await _change(session, _events, _events.c.state == "parked", number, gone)


async def _parked(session: AsyncSession, number: int) -> InboxEvent:
    row = await session.get(InboxEvent, number) if abs(number) < _TOO_LARGE else None
    if row is None:
        raise CannotChange(f"There is no event {number}. `counterpart inbox list` shows those that failed.")
    if row.state == "new":
        raise CannotChange(f"Event {number} waits already, and is handled as soon as it is its turn.")
    if row.state != "parked":
        raise CannotChange(f"Event {number} was handled or dropped. Only a parked one can be tried again or dropped.")
    return row


async def _change(
    session: AsyncSession, table: Table, still: ColumnElement[bool], number: int, values: dict[str, Any]
) -> None:
    """Change a row if nobody else has changed it meanwhile. Raises CannotChange otherwise."""
    connection = await session.connection()
    changed = await connection.execute(update(table).where(table.c.id == number, still).values(values))
    if not changed.rowcount:
        raise CannotChange(f"{number} has just been changed by Counterpart itself. Look again, then decide.")
