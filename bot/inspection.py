"""`counterpart doctor`: looks at what a Counterpart process needs, and says what to do about what is missing."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.app import kit_of
from bot.running import PLAYGROUND, NoAdapter, connector
from bot.settings import Settings, SettingsError, read_settings, variable
from storage.database import Database
from storage.migrate import newest, revision
from topics.kit import KitError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `text` says how it is, and where it is not `good`, what to do."""

    what: str
    good: bool
    text: str


async def inspect(env_file: Path | None = Path(".env")) -> tuple[Finding, ...]:
    """Look at the settings, the kit, the database and the adapters. Nothing is made or changed."""
    try:
        settings = read_settings(env_file)
    except SettingsError as wrong:
        return tuple(Finding("settings", False, line) for line in str(wrong).splitlines())
    settled = Finding("settings", True, "they can be read")
    adapters = [_adapter(name) for name in settings.adapters]
    return (settled, _kit(settings.kit), await _database(settings), *adapters)


def lacks_file(settings: Settings) -> bool:
    """Whether the database is a SQLite file that does not exist yet; connecting would make it."""
    url = make_url(settings.database())
    in_memory = url.database in (None, "", ":memory:")
    return url.drivername.startswith("sqlite") and not in_memory and not Path(str(url.database)).exists()


def _kit(name: str) -> Finding:
    try:
        (kit,) = kit_of(name).values()
    except KitError as wrong:
        return Finding("kit", False, f"{wrong} (see `counterpart kit check`, and {variable('kit')})")
    return Finding("kit", True, f"“{kit.name}” can be used")


def _adapter(name: str) -> Finding:
    try:
        connector(name)
    except NoAdapter as wrong:
        return Finding("adapter", False, str(wrong))
    hint = " (`counterpart demo` opens it)" if name == PLAYGROUND else ""
    return Finding("adapter", True, f"{name} is installed{hint}")


async def _database(settings: Settings) -> Finding:
    url = make_url(settings.database())
    shown = url.render_as_string(hide_password=True)
    if await asyncio.to_thread(lacks_file, settings):
        return Finding("database", False, f"{shown} does not exist yet: run `counterpart migrate` to make it")
    try:
        current = await _form_of(settings.database())
    except (SQLAlchemyError, OSError, ImportError) as problem:
        reason = (str(getattr(problem, "orig", None) or problem).strip().splitlines() or ["no reason given"])[0]
        return Finding("database", False, f"{shown} cannot be used: {reason}. Check {variable('database_url')}")
    if current != newest():
        form = f"in the form {current}" if current else "empty"
        return Finding("database", False, f"{shown} is {form}: stop Counterpart, then run `counterpart migrate`")
    return Finding("database", True, f"{shown} is up to date")


async def _form_of(url: str) -> str | None:
    database = Database(url)
    try:
        return await revision(database)
    finally:
        await database.close()
