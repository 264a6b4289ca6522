"""The weekly message of cases: what can wait comes together, with what the program settles by itself."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.program.caselist import Waiting, waiting
from bot.program.cases import is_weekly
from bot.program.casesshown import case_line, looking
from bot.program.presence import PRESENT
from bot.program.repairing import settles
from bot.program.turn import Turn
from bot.program.wish import call_off, is_unsaid
from bot.program.wording import Kits
from storage.partnerships import Case
from storage.people import Community, Program
from storage.rounds import Round
from storage.traffic import Occurrence

KIND = "cases"
HOUR = time(6)
"""When the message is due, in UTC; it is sent when it is daytime for a coordinator."""
SHOWN = 40
"""Lines of the message; the rest is counted."""
_DAY, _WEEK = timedelta(days=1), 7
_PUT_OFF = ("wait", "write")
"""What coordinators do about a case that then comes back to be decided anew."""


def settles_itself(case: Case) -> bool:
    """Whether the program settles a case without anybody: whoever waits was asked, and nobody has it in hand."""
    return settles(case) and case.offered_at is not None and case.holder_id is None


def _known(case: Case) -> bool:
    """Whether the coordinators were asked already and have not put it off since: then this is but a reminder."""
    return case.posts > 0 and not (case.history and case.history[-1]["act"] in _PUT_OFF)


class CaseNewsWatch:
    """Puts the cases that can wait before the coordinators on one day of each week; each day is an occurrence.

    Nothing is sent where there is nothing to decide or to know.
    """

    name = "case news"
    rows = (Case, Occurrence, Community)

    def __init__(self, kits: Kits) -> None:
        self._kits = kits

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """The next day of a program in which a case waits."""
        days = [day for program in await self._programs(session) if (day := await self._day(session, program, now))]
        return min((_due(day) for day in days), default=None)

    async def ring(self, work: Work) -> None:
        """Have the messages written that are due."""
        turn = Turn(work, self._kits)
        for program in await self._programs(work.session):
            day = await self._day(work.session, program, turn.now)
            if day is not None and _due(day) <= turn.now:
                await self._tell(turn, program, day)

    async def _tell(self, turn: Turn, program: Program, day: date) -> None:
        found = [each for each in await waiting(turn, program, None, ("open",)) if is_weekly(turn, program, each.case)]
        held = [each for each in found if each.case.holder_id is not None]
        settling = [each for each in found if settles_itself(each.case)]
        unsaid = [each for each in found if each.case.holder_id is None and is_unsaid(each.case)]
        over = [each for each in unsaid if await call_off(turn, program, each.case)]
        asked = [
            each
            for each in found
            if each.case.holder_id is None and not settles_itself(each.case) and each not in unsaid
        ]
        for each in asked:
            each.case.posts += not _known(each.case)
        newest = await turn.session.exec(select(func.max(Round.id)).where(Round.program_id == program.id))
        await turn.add(
            Occurrence(
                program_id=program.id or 0,
                round_id=newest.one() or 0,
                kind=KIND,
                subject=day.isoformat(),
                due_at=_due(day),
                handled_at=turn.now,
                outcome="done" if asked or over else "skipped",
                reason="" if asked or over else "nothing to decide",
            )
        )
        if asked or over:
            key = f"cases:{program.id}:{day}"
            text = turn.say(
                program,
                "cases.news",
                asked=await _lines(turn, program, asked),
                held=await _lines(turn, program, held),
                settling=await _lines(turn, program, settling),
                over=await _lines(turn, program, over),
            )
            choice = [*asked, *held, *settling]
            await turn.tell_desk(program, "cases", key, text, *([looking(turn, program, choice)] if choice else []))

    async def _programs(self, session: AsyncSession) -> list[Program]:
        rows = await session.exec(
            select(Program)
            .where(col(Program.id).in_(PRESENT), col(Program.id).in_(select(Round.program_id)))
            .order_by(col(Program.id))
        )
        return [program for program in rows if self._weekday(program) is not None]

    def _weekday(self, program: Program) -> int | None:
        return self._kits[program.kit].kit.plan.cases_weekday if program.kit in self._kits else None

    async def _day(self, session: AsyncSession, program: Program, now: datetime) -> date | None:
        """The first such weekday since a case waits and after the last message; None where nothing waits."""
        opened = await session.exec(
            select(func.min(Case.opened_at)).where(Case.program_id == program.id, Case.state == "open")
        )
        since = cast("datetime | None", opened.one())
        if since is None:
            return None
        rows = await session.exec(
            select(func.max(Occurrence.subject)).where(Occurrence.program_id == program.id, Occurrence.kind == KIND)
        )
        last = cast("str | None", rows.one())
        first = since.astimezone(UTC)
        day = first.date() if first <= _due(first.date()) else first.date() + _DAY
        # While the bot was away several may have been missed: one message says all.
        day = max(day, now.astimezone(UTC).date() - (_WEEK - 1) * _DAY)
        if last is not None:
            day = max(day, date.fromisoformat(last) + _DAY)
        return day + ((self._weekday(program) or 0) - day.weekday()) % _WEEK * _DAY


async def _lines(turn: Turn, program: Program, found: Sequence[Waiting]) -> list[str]:
    return [await case_line(turn, program, each) for each in found[:SHOWN]]


def _due(day: date) -> datetime:
    return datetime.combine(day, HOUR, UTC)
