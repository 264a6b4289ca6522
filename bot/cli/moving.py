"""`counterpart copy`: moving up to PostgreSQL, or back to a file."""

import asyncio
from typing import Annotated

import typer
from sqlalchemy.engine import URL

from bot.addresses import address, exists, shown
from bot.cli.words import complain, in_words, progress, say, table
from bot.copying import Copied, Tell, copy, in_use
from bot.settings import variable


def copy_command(
    source: Annotated[str, typer.Option("--from", help="The database to copy: sqlite:///FILE or postgresql://…")],
    target: Annotated[str, typer.Option("--to", help="The empty database to copy it into.")],
) -> None:
    """Copies everything from one database into another, empty one, and compares the two."""
    with in_words():
        came, goes = address(source), address(target)
        with progress("Copying") as bar:
            copied, busy = asyncio.run(_copy(came, goes, bar.tell))
        full = {name: count for name, count in copied.rows.items() if count}
        table(f"From {shown(came)} to {shown(goes)}", full | {"rows in all": sum(full.values())})
        say("Every table was compared: both databases hold the same.")
        if busy:
            complain(
                f"Others are still connected to {shown(came)}. What they write from now on is not in the copy: stop"
                " Counterpart, and copy again into a new database."
            )
        say(f"To go on there, set {variable('database_url')} to {shown(goes)} (with its password), and start again.")


async def _copy(source: URL, target: URL, tell: Tell) -> tuple[Copied, bool]:
    """Copy, and tell whether anybody was connected to the source before or after."""
    copied_at_rest = not await in_use(source) if exists(source) else True
    copied = await copy(source, target, tell)
    return copied, not copied_at_rest or await in_use(source)
