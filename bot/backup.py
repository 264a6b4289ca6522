"""`counterpart backup` and `restore`: a SQLite database in a file of its own, and back.

What was sent after the backup was made is not known to it. So whatever is not done yet in a database that was put back
is looked up on the platform before it is sent, and so is all that follows from it.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from bot.addresses import file_in_use
from bot.app import build
from bot.engine.cause import restored
from bot.engine.clock import Clock
from bot.engine.outbox import release_all
from bot.engine.restored import Restored, last_sign, note
from bot.language.adapter import Adapter
from storage.database import Database, table_of
from storage.migrate import migrate, newest
from storage.traffic import OutboxAct
from topics.model import Kit

_PAGES = 512
"""So many pages are copied in one step; in between, whoever wants to write may."""
_PENDING = ("waiting", "unknown")

Tell = Callable[[float], None]
"""Hears which share is behind."""


class CannotBackUp(Exception):
    """Nothing was backed up, or put back. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and checked."""

    size: int
    form: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was found in a database that was put back: until when it knows, and how much is to be looked up."""

    known: datetime | None
    acts: int


def back_up(source: Path, target: Path, *, force: bool = False, tell: Tell = lambda share: None) -> Backup:
    """Copy the SQLite file `source`, in use or not, as it is at this moment; check the copy. Raises CannotBackUp.

    `target` appears at the end, whole, or not at all.
    """
    if not source.is_file():
        raise CannotBackUp(f"There is no database {source}.")
    if target.is_dir():
        raise CannotBackUp(f"{target} is a folder. Name a file in it.")
    if target.exists() and (target.samefile(source) or not force):
        advice = "Name another file." if target.samefile(source) else "Name another file, or replace it with --force."
        raise CannotBackUp(f"{target} is there already. {advice}")
    with _beside(target) as made:
        _copy_pages(source, made, tell)
        form = _checked(made)
        size = made.stat().st_size
        _put_in_place(made, target)
    return Backup(size, form)


def put_file_back(backup: Path, target: Path, *, force: bool = False) -> Path | None:
    """Put a backup in the place of the SQLite file `target`. Raises CannotBackUp.

    A file that is there is set aside, with `force`, and its new name returned.
    """
    if not backup.is_file():
        raise CannotBackUp(f"There is no backup {backup}.")
    _checked(backup)
    if target.exists():
        if target.samefile(backup):
            raise CannotBackUp(f"{target} is the database itself. Name the backup.")
        if file_in_use(target):
            raise CannotBackUp(f"Counterpart is still running on {target}. Stop it first, then restore.")
        if not force:
            raise CannotBackUp(
                f"{target} is there already. With --force it is set aside, under another name, and the backup takes its"
                " place."
            )
    with _beside(target) as made:
        shutil.copyfile(backup, made)
        aside = _set_aside(target) if target.exists() else None
        _put_in_place(made, target)
    return aside


async def look_up_all(
    database: Database, clock: Clock, kits: Mapping[str, Kit], adapters: tuple[Adapter, ...] = ()
) -> PutBack:
    """Have everything looked up that is not done yet in a database that was put back.

    What came due since then is made into acts first, as the program would at its next start; nothing is sent here.
    """
    await migrate(database)
    async with database.connection() as connection:
        known = await last_sign(connection)
        if known is None:
            return PutBack(None, 0)
        await release_all(connection)
        await note(connection, Restored(known, clock.now()))
    engine = build(database, clock, adapters, kits).engine
    while await engine.inbox.work() + await engine.calendar.ring():
        pass
    acts = table_of(OutboxAct)
    async with database.connection() as connection:
        marked = await connection.execute(
            update(acts).where(acts.c.state.in_(_PENDING)).values(cause=restored(known), attempts=0, retry_at=None)
        )
    return PutBack(known, marked.rowcount)


def _copy_pages(source: Path, made: Path, tell: Tell) -> None:
    def progress(_status: int, remaining: int, total: int) -> None:
        tell(1 - remaining / total if total else 1.0)

    try:
        with closing(sqlite3.connect(source, isolation_level=None, timeout=30)) as reading:
            # One moment is read, whoever writes meanwhile: otherwise each write would begin the copy anew.
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with closing(sqlite3.connect(made, isolation_level=None)) as writing:
                reading.backup(writing, pages=_PAGES, progress=progress, sleep=0.001)
                # A single file, without a log beside it.
                writing.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as problem:
        raise CannotBackUp(f"{source} cannot be backed up: {problem}.") from None


def _checked(file: Path) -> str:
    """The form of a database that is whole. Raises CannotBackUp for anything else."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            form = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as problem:
        raise CannotBackUp(f"{file} is no database of Counterpart that can be read: {problem}.") from None
    if found != "ok" or broken is not None or form is None:
        raise CannotBackUp(f"{file} is damaged ({found if found != 'ok' else 'rows are missing'}). Do not use it.")
    if form[0] > newest():
        raise CannotBackUp(f"{file} is in the form {form[0]}: update Counterpart before you use it.")
    return form[0]


@contextmanager
def _beside(target: Path) -> Generator[Path]:
    """A file beside `target` for its owner's eyes alone, gone afterwards unless it was put in place."""
    try:
        handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
    except OSError as problem:
        raise CannotBackUp(f"{target} cannot be written: {problem.strerror or problem}.") from None
    os.close(handle)
    made = Path(name)
    try:
        yield made
    except OSError as problem:
        raise CannotBackUp(f"{target} cannot be written: {problem.strerror or problem}.") from None
    finally:
        made.unlink(missing_ok=True)


def _put_in_place(made: Path, target: Path) -> None:
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(target)
    folder = os.open(target.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _set_aside(target: Path) -> Path:
    """Give a database another name. Nobody has it open, so that nothing of it stands in a log beside it."""
    aside = target.with_name(f"{target.name}.{datetime.now(UTC):%Y%m%dT%H%M%S}")
    target.replace(aside)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    return aside
