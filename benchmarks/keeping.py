"""How large the database becomes: a whole round on an application form's export, cleared up as in earnest.

Prints the size of each table by month, with what stays when the round is over, and how much memory the process has,
in which the simulated people live too. A year holds two rounds of the usual
length: its largest size is that of a round at its height, on top of what stays of the one before.

    python benchmarks/keeping.py --applicants applicants.csv --keep 30
"""

import argparse
import asyncio
import gc
import os
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, select, text
from sqlmodel import SQLModel

from bot.app import STAGES, Setup, begin_round, build, found, kit_of, set_up
from bot.engine.clock import VirtualClock
from bot.language.rehearsal import Player, Stages
from bot.program.forms import read_form
from bot.program.privacy import Privacy
from bot.rehearsal import Rehearsal
from bot.simulate import Choices, dates_for, players_of
from storage.scratch import ScratchDatabase

MONTH = timedelta(days=30)
AIM = 200.0
"""Megabytes that a year may take."""


class Scale:
    """Weighs a database file, table by table, indexes with their tables."""

    def __init__(self, database: ScratchDatabase) -> None:
        self._database = database
        self.largest = 0.0

    async def weigh(self, at: datetime, *, in_full: bool) -> float:
        """Print how much each table takes, and return the megabytes of all."""
        async with self._database.connection() as connection:
            # An index belongs to its table: both are named in the schema.
            rows = await connection.execute(text(_SIZES))
            sizes = {name: size / 1e6 for name, size in rows}
            counts = {
                name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for name, table in SQLModel.metadata.tables.items()
            }
        total = sum(sizes.values())
        self.largest = max(self.largest, total)
        tell(f"{at:%Y-%m-%d} {total:8.1f} MB in use{_memory()}")
        for name, size in sizes.items() if in_full else ():
            if size >= 0.1:
                tell(f"           {size:8.1f} MB {counts.get(name, 0):8d} rows  {name}")
        return total


_SIZES = (
    "SELECT coalesce(s.tbl_name, d.name), sum(d.pgsize - d.unused) FROM dbstat d LEFT JOIN sqlite_schema s"
    " ON s.name = d.name GROUP BY 1 ORDER BY 2 DESC"
)


def _memory() -> str:
    """The memory of this process that is not swapped out, where the system tells."""
    told = Path("/proc/self/statm")
    if not told.exists():
        return ""
    gc.collect()
    return f", {int(told.read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB of memory"


def tell(line: str) -> None:
    """Put a line out at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def play(applicants: bytes, keep: int) -> bool:
    """Play the round and half a year more. Says whether a year stays below the aim."""
    kits = kit_of("librarians")
    (kit,) = kits.values()
    choices = Choices()
    read = read_form(applicants, kit)
    dates = dates_for(kit, read, choices)
    clock = VirtualClock(min(dates.opens_at, *(row.at for row in read.rows)) - timedelta(hours=1))
    players = [*players_of(kit, read), _coordinator()]
    with tempfile.TemporaryDirectory() as folder:
        database = ScratchDatabase(Path(folder) / "year.db")
        await database.create_tables()
        stages: Stages = found(STAGES, "local")
        stage = stages.build(clock, players, seed=1, opens=dates.opens_at, keep_texts=False, watch=lambda _: None)
        house = build(database, clock, [stage.adapter], kits, privacy=Privacy(keep=timedelta(days=keep)))
        desk = (("desk", "coordinator@example.org", "Coordinator"),)
        program = await set_up(house, Setup("local", "playground", kit.slug, coordinators=desk))
        await begin_round(house, program, {"starts": dates.starts_on.isoformat(), "seed": "1"})
        rehearsal, scale = Rehearsal(house, stage, clock), Scale(database)
        await rehearsal.start()
        tell(f"{len(players)} people, words kept for {keep} days")
        end = datetime.combine(dates.ends_on, dates.opens_at.timetz()) + timedelta(days=7)
        await _months(rehearsal, scale, end)
        after = await scale.weigh(clock.now(), in_full=True)
        await _months(rehearsal, scale, end + 6 * MONTH)
        left = await scale.weigh(clock.now(), in_full=True)
        await database.close()
    year = scale.largest + left
    tell(f"At its height {scale.largest:.1f} MB, at the end {after:.1f} MB, half a year later {left:.1f} MB.")
    tell(f"A year of two such rounds: at most {year:.1f} MB of {AIM:.0f}.")
    return year < AIM


async def _months(rehearsal: Rehearsal, scale: Scale, end: datetime) -> None:
    month = rehearsal.clock.now() + MONTH
    while await rehearsal.step(end):
        if rehearsal.clock.now() >= month:
            await scale.weigh(rehearsal.clock.now(), in_full=True)
            month += MONTH


def _coordinator() -> Player:
    return Player("desk", "Coordinator", "coordinator@example.org", "Europe/London", part="coordinator")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read what is asked for, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applicants", type=Path, required=True, help="the CSV export of the application form")
    parser.add_argument("--keep", type=int, default=30, help="for how many days words are kept")
    given = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    if not sqlite3.sqlite_version_info >= (3, 31):
        parser.error("SQLite is too old to weigh its tables")
    return 0 if asyncio.run(play(given.applicants.read_bytes(), given.keep)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
