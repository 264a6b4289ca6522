"""`counterpart backup` and `restore`: a copy to keep, and back."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import make_url

from bot.addresses import file_of
from bot.app import kit_of
from bot.backup import CannotBackUp, PutBack, back_up, look_up_all, put_file_back
from bot.cli.service import open_database, settled
from bot.cli.words import Refusal, complain, in_words, progress, say
from bot.engine.clock import SystemClock
from bot.inspection import lacks_file
from bot.settings import Settings


def backup_command(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replaces a file that is there.")] = False,
) -> None:
    """Writes the database to a file, while Counterpart runs, and checks it. For SQLite."""
    with in_words():
        source = _file(settled(), "pg_dump --format=custom")
        with progress("Copying") as bar:
            made = back_up(source, file, force=force, tell=lambda share: bar.tell("Copying", share))
        say(f"Backed up to {file}: {made.size:,} bytes in the form {made.form}, and whole.")
        complain("It holds personal data: keep it as safe as the database, and a copy on another machine.")


def restore_command(
    file: Annotated[
        Path | None, typer.Argument(help="The backup. Without it, the database was put back by other means.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Sets a database that is there aside.")] = False,
) -> None:
    """Puts a backup in the place of the database, and has looked up what was sent since."""
    with in_words():
        settings = settled()
        if file is not None:
            target = _file(settings, "pg_restore, then counterpart restore without a file")
            aside = put_file_back(file, target, force=force)
            say(f"{file} is the database now." + (f" What was there is {aside.name}; delete it soon." if aside else ""))
        elif lacks_file(settings):
            raise Refusal("There is no database yet. Name the backup.")
        _say_put_back(asyncio.run(_look_up(settings)))


def _say_put_back(found: PutBack) -> None:
    if found.known is None:
        say("Nothing has happened in it yet.")
        return
    say(f"It knows of what happened until {found.known:%Y-%m-%d %H:%M} UTC; what came later is lost.")
    say(f"{found.acts} messages and other acts that are not done in it are looked up before they are sent.")
    complain("Whoever asked since then to be forgotten must be erased again. Now start Counterpart.")


async def _look_up(settings: Settings) -> PutBack:
    database = open_database(settings)
    try:
        return await look_up_all(database, SystemClock(), kit_of(settings.kit))
    finally:
        await database.close()


def _file(settings: Settings, otherwise: str) -> Path:
    file = file_of(make_url(settings.database()))
    if file is None:
        raise CannotBackUp(
            f"This is for SQLite. On PostgreSQL use its own tools: {otherwise} (the operator's guide shows how)."
        )
    return file
