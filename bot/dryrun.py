"""A round played in advance, in virtual time, on a copy of its rows and a platform that only takes notes.

The house that plays is the real one. Nothing of what it does can leave: its database is in memory, and its adapters
have no connection to anything.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select
from structlog.contextvars import bound_contextvars

from bot.engine.clock import VirtualClock
from bot.engine.engine import Engine
from bot.language.adapter import Adapter, Capabilities
from bot.paper import Cast, Paper
from bot.program.copied import Copied, write
from bot.program.played import Finding, Played, Unplayed
from bot.program.rehearsing import Rehearse
from bot.program.rounds import dates_of
from bot.program.timetable import DAY, day_start, moments, topic_days
from storage.database import Database
from storage.partnerships import Case, Member, Partnership
from storage.people import Community, Person, Program
from storage.rounds import Application, Round
from storage.scratch import ScratchDatabase
from storage.traffic import Occurrence, OutboxAct
from topics.model import Kit

Build = Callable[[Database, VirtualClock, Sequence[Adapter]], Engine]
"""Wires a house on these parts."""

AFTER = timedelta(days=4)
"""So long after a round's last day its rooms are closed."""
_SHOWN = 5
_SAME = 50
"""So often something may be due at one moment before it is taken for a fault of ours."""

log = structlog.get_logger()


class _TooLong(Exception):
    """The time is up."""


def rehearsal(build: Build, kits: Mapping[str, Kit], able: Callable[[str], Capabilities]) -> Rehearse:
    """What plays a copied round with houses that `build` wires; `able` tells what each platform can."""

    def rehearse(copied: Copied, now: datetime, seconds: float) -> Played | Unplayed:
        with bound_contextvars(rehearsal=True):
            try:
                return asyncio.run(_rehearse(build, kits, able, copied, now, seconds))
            except _TooLong:
                return Unplayed("rehearse.too_long", {"seconds": round(seconds)})
            except Exception:  # a rehearsal that fails is told; it must not stop what is in earnest
                log.exception("rehearsal_failed")
                return Unplayed("rehearse.failed")

    return rehearse


async def _rehearse(
    build: Build,
    kits: Mapping[str, Kit],
    able: Callable[[str], Capabilities],
    copied: Copied,
    now: datetime,
    seconds: float,
) -> Played:
    begun, clock, database = time.monotonic(), VirtualClock(now), ScratchDatabase()
    (round_row,) = (Round(**row) for row in copied.rows(Round))
    (program,) = (Program(**row) for row in copied.rows(Program))
    kit = kits[program.kit]
    platforms = {row["platform"] for row in copied.rows(Community)}
    people = Cast(kit, copied, program)
    people.begin(copied, now)
    paper = [Paper(name, able(name), clock, people) for name in sorted(platforms)]
    try:
        await database.create_tables()
        async with database.connection() as connection:
            await write(connection, copied)
        engine = build(database, clock, paper)
        until = max(day_start(round_row.ends_on + DAY) + AFTER, now)
        stuck = await _play(engine, people, clock, until, begun + seconds)
        empty = sorted({kind for one in paper for kind in one.empty})
        own = next(row["platform"] for row in copied.rows(Community) if row["id"] == program.community_id)
        return Played(
            began=now,
            ended=clock.now(),
            seconds=time.monotonic() - begun,
            people=len(copied.rows(Application)),
            sent=sorted((each for one in paper for each in one.sent()), key=lambda each: each.first),
            pairs=await _pairs(database),
            rooms=sum(one.rooms for one in paper),
            rooms_per_minute=able(own).rooms_per_minute,
            findings=[
                *stuck,
                *(Finding("rehearse.empty", {"kind": kind}) for kind in empty),
                *_planned(kit, round_row),
                *await _found(database, now),
            ],
        )
    finally:
        await database.close()


async def _play(engine: Engine, people: Cast, clock: VirtualClock, until: datetime, deadline: float) -> list[Finding]:
    """Turn the clock to whatever is due next, until the round is over. What never ends is a finding."""
    same = 0
    while True:
        await engine.settle()
        moments = [moment for moment in (people.next_due(), await engine.next_due()) if moment is not None]
        due = min(moments, default=None)
        if due is None or due > until:
            clock.set(until)
            return []
        if time.monotonic() > deadline:
            raise _TooLong
        same = same + 1 if due <= clock.now() else 0
        if same > _SAME:
            return [Finding("rehearse.stuck", {"date": f"{due:%Y-%m-%d %H:%M}"})]
        clock.set(due)
        if events := people.take_due(clock.now()):
            await engine.inbox.receive(events)


def _planned(kit: Kit, round_row: Round) -> list[Finding]:
    """What is wrong with the plan itself: topics for which there is no time, and what comes after the end."""
    dates = dates_of(round_row)
    planned = {number for number, _ in topic_days(kit, dates.starts_on, dates.ends_on)} - set(round_row.skipped)
    left_out = [topic.number for topic in kit.topics if topic.number not in planned]
    end = day_start(dates.ends_on + DAY)
    late = [moment for moment in moments(kit, dates) if moment.at > end]
    return [
        *([Finding("rehearse.left_out", {"topics": left_out})] if left_out else []),
        *(Finding("rehearse.after_end", {"kind": one.kind, "subject": one.subject, "at": one.at}) for one in late),
    ]


async def _found(database: Database, now: datetime) -> list[Finding]:
    """What went wrong while it was played, as the rows tell it."""
    async with database.transaction() as session:
        placed = set(await session.exec(select(Member.person_id)))
        rows = await session.exec(
            select(Application, Person.name)
            .join(Person, col(Person.id) == Application.person_id)
            .where(Application.status == "accepted")
            .order_by(col(Application.id))
        )
        accepted = list(rows)
        alone = [name for one, name in accepted if one.person_id not in placed and one.account_id is not None]
        absent = [name for one, name in accepted if one.person_id not in placed and one.account_id is None]
        skipped = await session.exec(
            select(Occurrence).where(Occurrence.outcome == "skipped", col(Occurrence.reason) == "too late")
        )
        past = [one for one in skipped if one.handled_at >= now]
        dead = list(await session.exec(select(OutboxAct).where(OutboxAct.state == "dead")))
        cases = list(await session.exec(select(Case)))
    found = [] if placed else [Finding("rehearse.nobody_paired")]
    found += [Finding("rehearse.alone", {"names": alone})] if alone and placed else []
    found += [Finding("rehearse.absent", {"count": len(absent)})] if absent else []
    found += [Finding("rehearse.past", {"kind": one.kind, "subject": one.subject, "at": one.due_at}) for one in past]
    found += [Finding("rehearse.dead", {"kind": one.kind, "reason": one.reason}) for one in dead[:_SHOWN]]
    return found + ([Finding("rehearse.cases", {"count": len(cases)})] if cases else [])


async def _pairs(database: Database) -> list[tuple[str, ...]]:
    """The names of each partnership's people, by its number."""
    async with database.transaction() as session:
        rows = await session.exec(
            select(Partnership.number, Person.name)
            .join(Member, col(Member.partnership_id) == Partnership.id)
            .join(Person, col(Person.id) == Member.person_id)
            .order_by(col(Partnership.number), col(Person.id))
        )
        names: dict[int, tuple[str, ...]] = {}
        for number, name in rows:
            names[number] = (*names.get(number, ()), name)
    return list(names.values())
