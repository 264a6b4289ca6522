"""`counterpart report`: a round in numbers, and as tables, pictures, a page and a paper."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.app import kit_of
from bot.cli.given import out_folder, reason
from bot.cli.rounds import ProgramNumber, chosen_program, ready
from bot.cli.service import settled
from bot.cli.words import Refusal, complain, in_words, say, table
from bot.engine.clock import SystemClock
from bot.evaluation.history import RoundHistory
from bot.program.reporting import rounds_until
from bot.report import Numbers, numbers, write_report
from bot.reporting import can_draw, make_report, write_files
from bot.settings import Settings, variable
from storage.people import Program
from storage.rounds import Round
from topics.model import Kit


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of the chosen round. `written` are tables; `rounds` are those before it, and it, the last."""

    numbers: Numbers
    written: tuple[str, ...]
    kit: Kit | None
    rounds: tuple[RoundHistory, ...]


def report_command(
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for the report: a page, a paper, pictures and tables.")
    ] = None,
    round_name: Annotated[
        str | None, typer.Option("--round", help="The round, by its name. Without it: the newest one.")
    ] = None,
    program: ProgramNumber = None,
) -> None:
    """Prints the numbers of a round, and writes its report: what came of it, in pictures."""
    with in_words():
        settings = settled()
        try:
            folder = out_folder(out) if out else None
            found = asyncio.run(_read(settings, folder, round_name, program))
            say(found.numbers.round)
            say(found.numbers.dates)
            for name, counts in found.numbers.parts.items():
                table(f"{name}: {sum(counts.values()):,}", counts) if counts else say(f"{name}: 0")
            if folder:
                say(f"Written to {folder}: {', '.join((*_report(folder, found), *found.written))}")
        except PermissionError as problem:
            raise Refusal(f"{problem.filename} cannot be written: {reason(problem)}.") from None


async def _read(settings: Settings, out: Path | None, name: str | None, program: int | None) -> _Found:
    kits = kit_of(settings.kit)
    async with ready(settings) as database, database.transaction() as session:
        chosen = await chosen_program(session, program)
        round_row = await _round(session, chosen, name)
        found = await numbers(session, chosen, round_row)
        if out is None:
            return _Found(found, (), None, ())
        written = await write_report(session, round_row, out)
        kit = kits.get(chosen.kit)
        if kit is None:
            complain(
                f"The program goes by the kit “{chosen.kit}”: name that one in {variable('kit')} to have pictures."
            )
            return _Found(found, written, None, ())
        return _Found(found, written, kit, await rounds_until(session, kit, round_row))


async def _round(session: AsyncSession, program: Program, name: str | None) -> Round:
    """The round of that name, else the newest. Raises Refusal where there is none."""
    rows = await session.exec(select(Round).where(Round.program_id == program.id).order_by(col(Round.id).desc()))
    every = list(rows)
    if not every:
        raise Refusal("The program has no round yet, so there is nothing to report.")
    wanted = " ".join((name or "").casefold().split())
    if not wanted:
        return every[0]
    chosen = next((row for row in every if " ".join(row.name.casefold().split()) == wanted), None)
    if chosen is None:
        known = ", ".join(f"“{row.name}”" for row in every)
        raise Refusal(f"There is no round called “{name}”. There are: {known}.")
    return chosen


def _report(out: Path, found: _Found) -> tuple[str, ...]:
    """Write the page, the paper and the pictures, where the libraries are there. Returns what was written."""
    if found.kit is None:
        return ()
    if not can_draw():
        complain("For pictures, a page and a paper, install what draws them: pip install 'counterpart[report]'.")
        return ()
    return write_files(out, make_report(found.rounds, found.kit, SystemClock().now()))
