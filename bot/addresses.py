"""Addresses of databases as people write them, and what can be told about such a database from outside."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_SHORT = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class NoSuchDatabase(Exception):
    """An address leads to no database. The text says what is wrong with it and what to write."""


def address(text: str) -> URL:
    """The address that somebody wrote, with its driver. Raises NoSuchDatabase.

    `sqlite:FILE` is enough for a file, and `postgresql://…` needs no driver's name.
    """
    scheme, colon, rest = text.strip().partition(":")
    driver = _SHORT.get(scheme.lower())
    if driver is None or not colon or not rest.strip("/"):
        raise NoSuchDatabase(
            f"“{_harmless(text)}” is no address of a database. Write sqlite:///FILE (sqlite:////FILE for a whole path)"
            " or postgresql://NAME:PASSWORD@HOST/DATABASE."
        )
    if driver.startswith("sqlite") and not rest.startswith("//"):
        rest = f"///{rest}"
    try:
        return make_url(f"{driver}:{rest}")
    except (ArgumentError, ValueError):
        raise NoSuchDatabase(f"“{_harmless(text)}” is no address of a database.") from None


def shown(url: URL) -> str:
    """An address as it may be shown: without its password."""
    return url.render_as_string(hide_password=True)


def full(url: URL) -> str:
    """An address as it is connected to, with its password."""
    return url.render_as_string(hide_password=False)


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database, None for one that has none."""
    if not url.drivername.startswith("sqlite") or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def exists(url: URL) -> bool:
    """False for a SQLite file that is not there: connecting would make it."""
    file = file_of(url)
    return file is None or file.is_file()


def file_in_use(file: Path) -> bool:
    """Whether another connection to this SQLite file is open, in any process. Nothing is changed."""
    # In write-ahead mode every connection holds a shared lock as long as it lives, so that nobody can have it alone.
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as problem:
            return "locked" in str(problem)
    return False


def _harmless(text: str) -> str:
    """What somebody wrote, without what may be a password."""
    return text.partition("@")[0].partition(":")[0] + ":…" if "@" in text else text
