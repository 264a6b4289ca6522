"""The pool of people who wait for a partner in a round that runs: looked at once a day."""

from datetime import datetime, time, timedelta
from typing import cast

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.program import thirds
from bot.program.placing import rematch
from bot.program.presence import PRESENT
from bot.program.rounds import PAIRED
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.people import Community, Program
from storage.rounds import Round
from storage.traffic import Occurrence

HOUR = time(9)
"""When the pool is looked at, in UTC."""
KIND = "pool"


class PoolWatch:
    """Looks once a day whether two of those who wait can be paired; each day is an occurrence."""

    name = "pool"
    rows = (Round, Occurrence, Community)

    def __init__(self, kits: Kits) -> None:
        self._kits = kits

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """The next look at the pool of a round that is paired or runs."""
        looks = [await _next_look(session, round_id, now) for round_id in await _rounds(session)]
        return min(looks, default=None)

    async def ring(self, work: Work) -> None:
        """Pair whoever can be paired, in each round whose pool was not looked at today."""
        turn = Turn(work, self._kits)
        for round_id in await _rounds(work.session):
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
            program = await turn.get(Program, round_row.program_id)
            await rematch(turn, program, round_row)
            await turn.session.flush()
            await thirds.look(turn, program, round_row)


async def _rounds(session: AsyncSession) -> list[int]:
    """The rounds that are paired or run."""
    rows = await session.exec(
        select(Round.id).where(col(Round.state).in_(PAIRED), col(Round.program_id).in_(PRESENT)).order_by(col(Round.id))
    )
    return [identity for identity in rows if identity is not None]


async def _next_look(session: AsyncSession, round_id: int, now: datetime) -> datetime:
    rows = await session.exec(
        select(func.max(Occurrence.subject)).where(Occurrence.round_id == round_id, Occurrence.kind == KIND)
    )
    last = cast("str | None", rows.one())
    today = datetime.combine(now.date(), HOUR, now.tzinfo)
    return today if last is None or last < now.date().isoformat() else today + timedelta(days=1)
