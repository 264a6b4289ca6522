"""Rounds: the one that a program is in, its dates in words, and the watch that makes its moments come."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.errors import Problem
from bot.language.commands import Argument
from bot.program.presence import PRESENT
from bot.program.routes import Due, Moment
from bot.program.timetable import RoundDates, moments
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.people import Community, Program
from storage.rounds import Round
from storage.traffic import Occurrence

log = structlog.get_logger()

_SHOWN = 10
OTHER_ROUND = Argument("round", "Another round than the one that runs, by its name in quotes.", required=False)
"""What a command takes that is about the partnerships of a round."""
PAIRED = ("paired", "running")
"""The states of a round whose proposal was approved: whoever comes now waits for a partner."""


def dates_of(round_row: Round) -> RoundDates:
    """The round's dates as the timetable takes them."""
    return RoundDates(round_row.opens_at, round_row.closes_at, round_row.starts_on, round_row.ends_on)


def date_label(day: date) -> str:
    """A day in words: `Tuesday 1 September 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def day_label(at: datetime) -> str:
    """The UTC day of a moment in words."""
    return date_label(at.date())


def last_minute(closes_at: datetime) -> datetime:
    """The last minute in which applications count."""
    return closes_at - timedelta(minutes=1)


def last_day(closes_at: datetime) -> str:
    """The last day on which applications count, in words."""
    return date_label((closes_at - timedelta(seconds=1)).date())


async def rounds_of(turn: Turn, program: Program) -> Sequence[Round]:
    """All rounds of a program, the newest first."""
    key = ("rounds", program.id)
    if key not in turn.work.cache:
        rows = await turn.session.exec(
            select(Round).where(Round.program_id == program.id).order_by(col(Round.id).desc())
        )
        turn.work.cache[key] = list(rows)
    return turn.work.cache[key]


async def current_round(turn: Turn, program: Program) -> Round | None:
    """The program's newest round: the one to apply for, and whose people are to be paired."""
    return next(iter(await rounds_of(turn, program)), None)


async def rounds_now(turn: Turn, program: Program) -> Sequence[Round]:
    """The rounds that are not over, the newest first; where all are, the newest. Empty where there is none."""
    every = await rounds_of(turn, program)
    return [round_row for round_row in every if round_row.state != "ended"] or every[:1]


async def running_round(turn: Turn, program: Program, name: str = "") -> Round | None:
    """The round whose partnerships are meant: the one of that name, else the newest that is paired, else the newest.

    Raises Problem where none is called so.
    """
    every = await rounds_of(turn, program)
    if wanted := " ".join(name.casefold().split()):
        found = next((each for each in every if " ".join(each.name.casefold().split()) == wanted), None)
        if found is None:
            raise Problem("round.unknown", name=name[:80], rounds=[each.name for each in every[:_SHOWN]])
        return found
    return next((each for each in every if each.state in PAIRED), next(iter(every), None))


class RoundWatch:
    """Makes every moment of every round come once; one that comes too late to make sense is skipped and shown."""

    name = "rounds"
    rows = (Round, Occurrence, Community)

    def __init__(self, kits: Kits, handlers: Mapping[str, Due]) -> None:
        self._kits = kits
        self._handlers = handlers

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """The first moment, in any round, that was not handled yet."""
        waiting = [moment.at for _, _, due in await self._waiting(session) for moment in due]
        return min(waiting, default=None)

    async def due(self, session: AsyncSession, now: datetime) -> int:
        """How many moments are due that were not handled yet."""
        return sum(moment.at <= now for _, _, due in await self._waiting(session) for moment in due)

    async def ring(self, work: Work) -> None:
        """Handle every moment that is due, in order."""
        turn = Turn(work, self._kits)
        for program, round_row, waiting in await self._waiting(work.session):
            for moment in waiting:
                if moment.at > work.now:
                    break
                await self._handle(turn, program, round_row, moment)

    async def _handle(self, turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
        late = turn.now > moment.at + moment.grace
        turn.session.add(
            Occurrence(
                program_id=round_row.program_id,
                round_id=round_row.id or 0,
                kind=moment.kind,
                subject=moment.subject,
                due_at=moment.at,
                handled_at=turn.now,
                outcome="skipped" if late else "done",
                reason="too late" if late else "",
            )
        )
        await turn.session.flush()
        if not late:
            await self._handlers[moment.kind](turn, program, round_row, moment)
            return
        log.warning("moment_skipped", kind=moment.kind, subject=moment.subject, due=moment.at.isoformat())
        text = turn.say(
            program, "round.moment_skipped", kind=moment.kind, subject=moment.subject, date=day_label(moment.at)
        )
        await turn.tell_desk(program, "notice", f"skipped:{round_row.id}:{moment.kind}:{moment.subject}", text)

    async def _waiting(self, session: AsyncSession) -> Sequence[tuple[Program, Round, list[Moment]]]:
        rows = await session.exec(
            select(Program, Round)
            .join(Round, col(Round.program_id) == Program.id)
            .where(Round.state != "ended", col(Program.id).in_(PRESENT))
            .order_by(col(Round.id))
        )
        rounds = [(program, round_row) for program, round_row in rows if program.kit in self._kits]
        handled = await self._handled(session, [round_row.id for _, round_row in rounds])
        return [
            (
                program,
                round_row,
                [
                    moment
                    for moment in moments(self._kits[program.kit].kit, dates_of(round_row))
                    if (round_row.id, moment.kind, moment.subject) not in handled
                ],
            )
            for program, round_row in rounds
        ]

    async def _handled(self, session: AsyncSession, rounds: Sequence[int | None]) -> set[tuple[int | None, str, str]]:
        if not rounds:
            return set()
        rows = await session.exec(
            select(Occurrence.round_id, Occurrence.kind, Occurrence.subject).where(col(Occurrence.round_id).in_(rounds))
        )
        return {(round_id, kind, subject) for round_id, kind, subject in rows}
