"""The pool of people who wait for a partner in a round that runs: looked at once a day."""

from datetime import datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.program.placing import rematch
from bot.program.rounds import PAIRED
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.people import Program
from storage.rounds import Application, Round
from storage.traffic import Occurrence

HOUR = time(9)
"""When the pool is looked at, in UTC."""
KIND = "pool"
_TWO = 2


class PoolWatch:
    """Pairs those who wait, as soon as there are two of them, once a day; each day is an occurrence."""

    name = "pool"
    rows = (Application, Round, Occurrence)

    def __init__(self, kits: Kits) -> None:
        self._kits = kits

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """The next look at a pool of two or more."""
        looks = [await _next_look(session, round_id, now) for round_id in await _waiting(session)]
        return min(looks, default=None)

    async def ring(self, work: Work) -> None:
        """Pair whoever can be paired, in each round whose pool was not looked at today."""
        turn = Turn(work, self._kits)
        for round_id in await _waiting(work.session):
            due = await _next_look(work.session, round_id, turn.now)
            if due > turn.now:
                continue
            round_row = await turn.get(Round, round_id)
            occurrence = Occurrence(
                program_id=round_row.program_id,
                round_id=round_id,
                kind=KIND,
                subject=due.date().isoformat(),
                due_at=due,
                handled_at=turn.now,
            )
            await turn.add(occurrence)
            await rematch(turn, await turn.get(Program, round_row.program_id), round_row)


async def _waiting(session: AsyncSession) -> list[int]:
    """The rounds, paired or running, in which two or more people wait for a partner."""
    rows = await session.exec(
        select(Application.round_id)
        .join(Round, col(Round.id) == Application.round_id)
        .where(
            col(Application.seeking).is_(True),
            Application.status == "accepted",
            col(Application.account_id).is_not(None),
            col(Round.state).in_(PAIRED),
        )
        .group_by(col(Application.round_id))
        .having(func.count() >= _TWO)
        .order_by(col(Application.round_id))
    )
    return list(rows)


async def _next_look(session: AsyncSession, round_id: int, now: datetime) -> datetime:
    rows = await session.exec(
        select(func.max(Occurrence.subject)).where(Occurrence.round_id == round_id, Occurrence.kind == KIND)
    )
    last = rows.one()
    today = datetime.combine(now.date(), HOUR, now.tzinfo)
    return today if last is None or last < now.date().isoformat() else today + timedelta(days=1)
