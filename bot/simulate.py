"""`counterpart simulate`: plays a whole round in virtual time on real applications, and writes what happened."""

import gc
import resource
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import STAGES, Setup, begin_round, build, found, set_up
from bot.engine.clock import VirtualClock
from bot.language.rehearsal import Player, Stages
from bot.program.forms import FormRead, FormRow, read_form
from bot.program.timetable import RoundDates, first_start, round_dates
from bot.rehearsal import Rehearsal
from bot.results import Ledger, write_results
from storage.database import Database
from storage.scratch import ScratchDatabase
from topics.model import Kit, QuestionKind

Progress = Callable[[datetime, float], None]
"""Told the virtual time and which share (0 to 1) of the round is behind."""

_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command line overrides of the kit."""

    seed: int = 1
    starts: date | None = None
    weeks: int | None = None
    capacity: int | None = None
    country_cap: float | None = None
    odd: str | None = None


class NothingToPlay(Exception):
    """The file has no application that could be played."""


def chosen(kit: Kit, choices: Choices) -> Kit:
    """The kit with the plan that the command line asks for."""
    wanted: dict[str, Any] = {
        "weeks": choices.weeks,
        "capacity": choices.capacity,
        "country_cap": choices.country_cap,
        "odd": choices.odd,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    return replace(kit, plan=replace(kit.plan, **given))


def dates_for(kit: Kit, read: FormRead, choices: Choices) -> RoundDates:
    """The dates of the round: its start as asked, or the kit's first start after the first application of the file."""
    first = min(row.at for row in read.rows).date()
    return round_dates(kit.plan, choices.starts or first_start(kit.plan, first), kit.plan.weeks)


async def simulate(
    kit: Kit, data: bytes, out: Path, choices: Choices, progress: Progress | None = None
) -> Mapping[str, Any]:
    """Play the round and write its files into `out`. Returns the summary.

    Raises FormError for a file that is no form export, NothingToPlay for one without a usable row.
    """
    began = time.monotonic()
    kit = chosen(kit, choices)
    read = read_form(data, kit)
    if not read.rows:
        raise NothingToPlay("No row of the file could be used, so there is nothing to play.")
    dates = dates_for(kit, read, choices)
    with tempfile.TemporaryDirectory() as folder, Ledger(out / "ledger.jsonl") as ledger:
        database = ScratchDatabase(Path(folder) / "scratch.db")
        try:
            await database.create_tables()
            rehearsal, players = await _prepare(database, kit, read, dates, choices, ledger)
            with _seldom_collecting():
                await _play(rehearsal, dates, progress)
            facts = {
                "kit": kit.slug,
                "seed": choices.seed,
                "virtual_start": dates.opens_at.isoformat(),
                "virtual_end": rehearsal.clock.now().isoformat(),
                "virtual_days": (rehearsal.clock.now() - dates.opens_at).days,
                "real_seconds": round(time.monotonic() - began, 2),
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
            return await write_results(database, kit, out, read, players, ledger, facts)
        finally:
            await database.close()


@contextmanager
def _seldom_collecting() -> Generator[None]:
    """What stands after the preparation stays to the end: the collector need not walk through it again and again."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _prepare(
    database: Database, kit: Kit, read: FormRead, dates: RoundDates, choices: Choices, ledger: Ledger
) -> tuple[Rehearsal, Sequence[Player]]:
    stages: Stages = found(STAGES, "local")
    clock = VirtualClock(min(dates.opens_at, *(row.at for row in read.rows)) - timedelta(hours=1))
    players = [
        *players_of(kit, read),
        Player("desk", "Coordinator", "coordinator@example.org", "Europe/London", part="coordinator"),
    ]
    stage = stages.build(
        clock,
        players,
        seed=choices.seed,
        opens=dates.opens_at,
        keep_texts=False,
        watch=ledger.write,
    )
    # No two codes of certificates are the same, so that no two ledgers would be.
    played = replace(kit, certificates=replace(kit.certificates, send=False))
    house = build(database, clock, [stage.adapter], {kit.slug: played})
    program = await set_up(
        house,
        Setup("local", "playground", kit.slug, coordinators=(("desk", "coordinator@example.org", "Coordinator"),)),
    )
    given = {"starts": dates.starts_on.isoformat(), "seed": str(choices.seed)}
    await begin_round(house, program, given)
    rehearsal = Rehearsal(house, stage, clock)
    await rehearsal.start()
    return rehearsal, players


async def _play(rehearsal: Rehearsal, dates: RoundDates, progress: Progress | None) -> None:
    start = dates.opens_at
    end = datetime.combine(dates.ends_on, start.timetz()) + _AFTER
    while await rehearsal.step(end):
        if progress is not None:
            progress(rehearsal.clock.now(), max(0.0, min(1.0, (rehearsal.clock.now() - start) / (end - start))))


def players_of(kit: Kit, read: FormRead) -> list[Player]:
    """One simulated person for each row of the form: what they typed there, they will answer here."""
    return [_player(kit, row, number) for number, row in enumerate(read.rows, start=1)]


def _player(kit: Kit, row: FormRow, number: int) -> Player:
    columns = kit.columns
    asked = {q.name: row.raw.get(q.column, "") for q in kit.questions if q.column and q.column in row.raw}

    def said(kind: QuestionKind) -> tuple[str, str]:
        """What was typed for the question of that kind, and how it was understood."""
        question = kit.question_of_kind(kind)
        name = question.name if question else ""
        return asked.get(name, ""), str(row.answers.get(name, ""))

    zone, country = said(QuestionKind.ZONE), said(QuestionKind.COUNTRY)
    return Player(
        user=f"a{number:05d}",
        name=row.name,
        email=row.raw.get(columns.email, row.email) if columns else row.email,
        zone=zone[1] or zone[0],
        country=country[0],
        answers=asked,
        applies_at=row.at,
    )
