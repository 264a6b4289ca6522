"""How the round would come out if applications closed now: told when asked, and once a week while they are open."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import cast

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.errors import Problem
from bot.language.acts import Post, act_from_json
from bot.language.messages import say
from bot.program import admission
from bot.program.access import Who
from bot.program.applications import country_in
from bot.program.command import Call, Command
from bot.program.forecastwords import Known, words
from bot.program.milestones import counts_of
from bot.program.outlook import Line, Outlook, outlook
from bot.program.pairing import locks_of, names_of, problem_for
from bot.program.presence import PRESENT
from bot.program.rounds import current_round, day_label, last_day
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.people import Community, Program
from storage.rounds import Application, Round
from storage.traffic import Occurrence, OutboxAct

KIND = "forecast"
HOUR = time(6)
"""When a note is due, in UTC; it is sent when it is daytime for a coordinator."""
GRACE = timedelta(days=2)
"""So long after its day a note still makes sense."""
NEAR = timedelta(days=2)
"""So short before applications close there is no note any more: the proposal comes anyway."""
_DAY = timedelta(days=1)


async def forecast(turn: Turn, program: Program, round_row: Round, *, named: bool) -> tuple[str, ...]:
    """The forecast in words, a part a text. `named` tells the names of those who could not be placed."""
    applications = list(await admission.in_line(turn, round_row))
    standings = admission.places_of(turn.kit(program), round_row, applications)
    placed = [a for a in applications if standings[a.id or 0].status == "accepted"]
    # Whoever applied by a form and has not come here yet cannot be introduced.
    here = [application for application in placed if application.account_id is not None]
    kit = turn.kit(program)
    known = Known(
        round=round_row.name,
        counts=await counts_of(turn, round_row),
        line=Line(
            {a.id or 0: country_in(kit, a.answers) for a in applications},
            standings,
            round_row.capacity,
            round_row.country_cap,
        ),
        answers=[application.answers for application in applications],
        absent=len(placed) - len(here),
        found=await _outlook(turn, program, round_row, here),
        names=await names_of(turn, [application.person_id for application in here]) if named else {},
    )
    return words(turn, program, known)


async def _outlook(
    turn: Turn, program: Program, round_row: Round, applications: Sequence[Application]
) -> Outlook | None:
    """What the pairing would come to, worked out while no transaction is open; None where there is nobody to pair."""
    if not applications:
        return None
    problem = await problem_for(turn, program, round_row, sorted(applications, key=lambda one: one.id or 0))
    problem = replace(problem, locked=await locks_of(turn, round_row, problem))
    return turn.work.computed(("outlook", problem), partial(outlook, problem))


async def command_forecast(turn: Turn, call: Call) -> None:
    """`forecast`: how the round would come out if applications closed now."""
    round_row = await current_round(turn, call.program)
    if round_row is None:
        raise Problem("round.none")
    if round_row.state not in ("planned", "open") or turn.now >= round_row.closes_at:
        raise Problem("forecast.closed", round=round_row.name, closed=last_day(round_row.closes_at))
    if turn.now < round_row.opens_at:
        raise Problem("round.not_open", opens=day_label(round_row.opens_at))
    for number, text in enumerate(await forecast(turn, call.program, round_row, named=True)):
        call.reply(turn, text, part=f":{number}" if number else "")


class ForecastWatch:
    """Puts the forecast on the desk on one day of each week while applications are open; each day is an occurrence.

    Nothing is sent when nothing has changed since the last one.
    """

    name = "forecast"
    rows = (Round, Occurrence, Community)

    def __init__(self, kits: Kits) -> None:
        self._kits = kits

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """The next note of a round that people can apply for."""
        days = [
            day for program, row in await self._open(session) if (day := await self._day(session, program, row, now))
        ]
        return min((_due(day) for day in days), default=None)

    async def ring(self, work: Work) -> None:
        """Have the notes written that are due."""
        turn = Turn(work, self._kits)
        for program, round_row in await self._open(work.session):
            day = await self._day(work.session, program, round_row, turn.now)
            if day is not None and _due(day) <= turn.now:
                await self._note(turn, program, round_row, day)

    async def _note(self, turn: Turn, program: Program, round_row: Round, day: date) -> None:
        key = f"forecast:{round_row.id}:{day}"
        late = turn.now > _due(day) + GRACE
        text = () if late else await forecast(turn, program, round_row, named=False)
        same = not late and await _sent_before(turn, round_row, text)
        reason = "too late" if late else "nothing has changed" if same else ""
        await turn.add(
            Occurrence(
                program_id=round_row.program_id,
                round_id=round_row.id or 0,
                kind=KIND,
                subject=day.isoformat(),
                due_at=_due(day),
                handled_at=turn.now,
                outcome="skipped" if reason else "done",
                reason=reason,
            )
        )
        if late:
            skipped = turn.say(program, "round.moment_skipped", kind=KIND, subject="", date=day_label(_due(day)))
            await turn.tell_desk(program, "notice", f"skipped:{key}", skipped)
        elif not same:
            await turn.tell_desk(program, "forecast", key, *text)

    async def _open(self, session: AsyncSession) -> list[tuple[Program, Round]]:
        rows = await session.exec(
            select(Program, Round)
            .join(Round, col(Round.program_id) == Program.id)
            .where(Round.state == "open", col(Program.id).in_(PRESENT))
            .order_by(col(Round.id))
        )
        return [(program, row) for program, row in rows if self._weekday(program) is not None]

    def _weekday(self, program: Program) -> int | None:
        return self._kits[program.kit].kit.plan.forecast_weekday if program.kit in self._kits else None

    async def _day(self, session: AsyncSession, program: Program, round_row: Round, now: datetime) -> date | None:
        """The day of the next note, or of the last one that was missed; None where there is none any more."""
        rows = await session.exec(
            select(func.max(Occurrence.subject)).where(Occurrence.round_id == round_row.id, Occurrence.kind == KIND)
        )
        last = cast("str | None", rows.one())
        # While the bot was away, or had no weekday for it, several may have been missed: the last one says all.
        today = now.astimezone(UTC).date()
        first = max(_day_after(round_row.opens_at), today - 6 * _DAY)
        if last is not None:
            first = max(first, date.fromisoformat(last) + _DAY)
        day = first + ((self._weekday(program) or 0) - first.weekday()) % 7 * _DAY
        return day if _due(day) + NEAR < round_row.closes_at else None


def _day_after(opens_at: datetime) -> date:
    return opens_at.astimezone(UTC).date() + _DAY


def _due(day: date) -> datetime:
    return datetime.combine(day, HOUR, UTC)


async def _sent_before(turn: Turn, round_row: Round, text: Sequence[str]) -> bool:
    """Whether the last note of the round said the same."""
    rows = await turn.session.exec(
        select(Occurrence.subject)
        .where(Occurrence.round_id == round_row.id, Occurrence.kind == KIND, Occurrence.outcome == "done")
        .order_by(col(Occurrence.id).desc())
        .limit(1)
    )
    day = rows.first()
    acts = await turn.session.exec(select(OutboxAct).where(OutboxAct.key == f"forecast:{round_row.id}:{day}"))
    act = acts.first()
    before = act_from_json(act.payload) if act is not None else None
    return isinstance(before, Post) and before.message == say(*text)


COMMANDS = (
    Command(
        "forecast", Who.COORDINATOR, "Shows how the round would come out if applications closed now.", command_forecast
    ),
)
