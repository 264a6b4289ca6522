"""What a report of a round is made from: its history, and those of the rounds before it."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evaluation.history import RoundHistory
from bot.program.histories import history
from storage.rounds import Round
from topics.model import Kit

_TOLD = ("running", "ended")
"""The states of earlier rounds that there is something to tell of."""


async def rounds_until(session: AsyncSession, kit: Kit, round_row: Round) -> tuple[RoundHistory, ...]:
    """A round, whatever its state, after those of its program that began before it, the oldest first."""
    earlier = await session.exec(
        select(Round)
        .where(Round.program_id == round_row.program_id, col(Round.state).in_(_TOLD), col(Round.id) < round_row.id)
        .order_by(col(Round.id))
    )
    return tuple([await history(session, kit, each) for each in (*earlier, round_row)])
