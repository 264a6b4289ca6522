"""`counterpart import`: applications into a round of the configured database; and how such commands find their way."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.app import kit_of
from bot.cli.given import read_file
from bot.cli.service import open_database, settled
from bot.cli.words import Refusal, complain, in_words, say, table
from bot.engine.clock import SystemClock
from bot.importing import Fate, Imported, import_form
from bot.inspection import lacks_file
from bot.program.rounds import PAIRED
from bot.program.wording import Kits
from bot.settings import Settings, variable
from storage.database import Database
from storage.migrate import newest, revision
from storage.people import Community, Program

ProgramNumber = Annotated[int | None, typer.Option("--program", help="The program, where there are several.")]


def import_command(
    file: Annotated[Path, typer.Argument(help="The CSV export of the application form.", metavar="FILE.csv")],
    program: ProgramNumber = None,
) -> None:
    """Takes the applications of a form's CSV export into the current round."""
    with in_words():
        settings = settled()
        imported = asyncio.run(_import(settings, read_file(file), program))
        for fate in imported.fates:
            _say_fate(fate)
        for problem in imported.odd:
            complain(f"line {problem.line}: {problem.reason} (taken all the same)")
        _sum_up(imported)


async def _import(settings: Settings, data: bytes, program: int | None) -> Imported:
    kits = kit_of(settings.kit)
    async with ready(settings) as database:
        async with database.transaction() as session:
            chosen = await chosen_program(session, program)
        if chosen.kit not in kits:
            raise Refusal(f"The program goes by the kit “{chosen.kit}”: name that one in {variable('kit')}.")
        return await import_form(database, SystemClock(), Kits(kits), chosen.id or 0, data)


@asynccontextmanager
async def ready(settings: Settings) -> AsyncGenerator[Database]:
    """The database of the settings, when it is in this version's form."""
    advice = "Run `counterpart migrate` first."
    if await asyncio.to_thread(lacks_file, settings):
        raise Refusal(f"There is no database yet. {advice}")
    database = open_database(settings)
    try:
        if await revision(database) != newest():
            raise Refusal(f"The database is not in this version's form. {advice}")
        yield database
    finally:
        await database.close()


async def chosen_program(session: AsyncSession, number: int | None) -> Program:
    """The program of that number, or the only one. Raises Refusal where it is not clear which one is meant."""
    rows = await session.exec(
        select(Program, Community).join(Community, col(Community.id) == Program.community_id).order_by(col(Program.id))
    )
    found = list(rows)
    wanted = [program for program, _ in found if number is None or program.id == number]
    if len(wanted) == 1:
        return wanted[0]
    if not found:
        raise Refusal("The database holds no program yet. Start Counterpart once, so that its community is known.")
    known = "; ".join(f"{p.id} is “{p.name}” on {c.platform} ({c.name or c.external_id})" for p, c in found)
    raise Refusal(f"Say which program with --program NUMBER: {known}.")


def _say_fate(fate: Fate) -> None:
    who = f" {fate.email}" if fate.email else ""
    why = f" ({fate.reason})" if fate.reason else ""
    say(f"line {fate.line}:{who} {fate.status}{why}{'' if fate.new else ', as imported before'}")


def _sum_up(imported: Imported) -> None:
    counts = Counter(fate.status for fate in imported.fates)
    taken = sum(1 for fate in imported.fates if fate.new and fate.status != "unreadable")
    table(f"{imported.round}: {taken} taken in now", dict(sorted(counts.items())))
    if imported.without_account:
        complain(
            f"{imported.without_account} of these people have not been seen in the community yet. They are kept, hear "
            "where they stand once they come, and cannot be paired before."
        )
    if taken and imported.state == "closed":
        complain("A pairing may have been proposed already: pair again with /mentoring match rerun.")
    elif taken and imported.state in PAIRED:
        complain("The pairs of this round are made: those who were accepted now wait for a partner.")
