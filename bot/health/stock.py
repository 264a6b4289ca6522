"""How much waits in a database: counted by indexes, so that it may be asked for every few seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.calendar import Watch
from bot.program.rounds import RoundWatch
from storage.traffic import InboxEvent, OutboxAct

PENDING = ("waiting", "claimed", "unknown")
"""The states of acts that are not finished."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What waits, and for how many seconds the first of it has waited."""

    new: int = 0
    inbox_lag: float = 0.0
    parked: int = 0
    due: int = 0
    outbox_lag: float = 0.0
    planned: int = 0
    unknown: int = 0
    dead: int = 0
    moments: int = 0
    calendar: Mapping[str, float] = field(default_factory=dict[str, float])
    """By the names of the watches."""


async def take_stock(session: AsyncSession, now: datetime, watches: Sequence[Watch] = ()) -> Stock:
    """Count what waits at `now`, and what of these watches is due."""
    new, oldest = (
        await session.exec(select(func.count(), func.min(InboxEvent.received_at)).where(col(InboxEvent.state) == "new"))
    ).one()
    due, first = (
        await session.exec(
            select(func.count(), func.min(OutboxAct.due_at)).where(
                col(OutboxAct.state).in_(PENDING), col(OutboxAct.due_at) <= now
            )
        )
    ).one()
    planned = await session.exec(
        select(func.count()).where(col(OutboxAct.state) == "waiting", col(OutboxAct.due_at) > now)
    )
    moments = [await watch.due(session, now) for watch in watches if isinstance(watch, RoundWatch)]
    return Stock(
        new=new,
        inbox_lag=_since(oldest, now),
        parked=await count_events(session, "parked"),
        due=due,
        outbox_lag=_since(first, now),
        planned=planned.one(),
        unknown=await count_acts(session, "unknown"),
        dead=await count_acts(session, "dead"),
        moments=sum(moments),
        calendar={watch.name: _since(await watch.next(session, now), now) for watch in watches},
    )


async def count_acts(session: AsyncSession, state: str) -> int:
    """How many acts are in that state."""
    return (await session.exec(select(func.count()).where(col(OutboxAct.state) == state))).one()


async def count_events(session: AsyncSession, state: str) -> int:
    """How many events are in that state."""
    return (await session.exec(select(func.count()).where(col(InboxEvent.state) == state))).one()


def _since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment is not None else 0.0
