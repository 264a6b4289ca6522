"""`counterpart doctor`: looks at what a Counterpart process needs, and says what to do about what is missing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.app import command_table, kit_of
from bot.engine.clock import SystemClock
from bot.health.stock import count_acts, count_events
from bot.language.adapter import Finding, Ground
from bot.running import PLAYGROUND, NoAdapter, connector, loaded
from bot.settings import Settings, SettingsError, read_settings, variable
from storage.database import Database
from storage.migrate import newest, revision
from topics.kit import KitError

DOCTORS = "counterpart.doctors"
"""The entry-point group of what looks at a platform's own settings and permissions, by the platform's name."""

Check = Callable[[Ground], Awaitable[Sequence[Finding]]]
"""What stands under `DOCTORS`: says what it found; nothing is changed, and no message is sent."""


async def inspect(env_file: Path | None = Path(".env")) -> tuple[Finding, ...]:
    """Look at the settings, the kit, the database and the adapters. Nothing is made or changed."""
    try:
        settings = read_settings(env_file)
    except SettingsError as wrong:
        return tuple(Finding("settings", False, line) for line in str(wrong).splitlines())
    settled = Finding("settings", True, "they can be read")
    adapters = [_adapter(name) for name in settings.adapters]
    database = await _database(settings)
    letters = await _letters(settings) if database.good else ()
    return (settled, _kit(settings.kit), database, *letters, *adapters)


async def inspect_platform(name: str, env_file: Path | None = Path(".env")) -> tuple[Finding, ...]:
    """Look at one platform: whether it lets us in, and what it lets us do. Nothing is changed there.

    Raises NoAdapter for a platform that has nothing of that kind.
    """
    points = {point.name: point for point in entry_points(group=DOCTORS)}
    if name not in points:
        known = ", ".join(sorted(points)) or "none"
        raise NoAdapter(f"There is nothing to look at for “{name}”. These platforms can be looked at: {known}.")
    try:
        settings = read_settings(env_file)
    except SettingsError as wrong:
        return tuple(Finding("settings", False, line) for line in str(wrong).splitlines())
    check: Check = loaded(points[name])
    return tuple(await check(Ground(SystemClock(), command_table(), settings.database())))


def lacks_file(settings: Settings) -> bool:
    """Whether the database is a SQLite file that does not exist yet; connecting would make it."""
    url = make_url(settings.database())
    in_memory = url.database in (None, "", ":memory:")
    return url.drivername.startswith("sqlite") and not in_memory and not Path(str(url.database)).exists()


def _kit(name: str) -> Finding:
    try:
        kits = kit_of(name).values()
    except KitError as wrong:
        return Finding("kit", False, f"{wrong} (see `counterpart kit check`, and {variable('kit')})")
    return Finding("kit", True, f"{', '.join(f'“{kit.name}”' for kit in kits)} can be used")


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


async def _letters(settings: Settings) -> tuple[Finding, ...]:
    """What could not be sent or handled."""
    database = Database(settings.database())
    try:
        async with database.transaction() as session:
            dead, unknown = await count_acts(session, "dead"), await count_acts(session, "unknown")
            parked = await count_events(session, "parked")
    finally:
        await database.close()
    outbox, inbox = "see `counterpart outbox list`, then retry or drop each", "see `counterpart inbox list`"
    return (
        Finding("outbox", not dead, f"{_count(dead, 'dead act')}{': ' + outbox if dead else ''}"),
        # They are looked up further by themselves: nothing has to be done yet.
        Finding(
            "outbox", True, f"{_count(unknown, 'act')} of unknown outcome{', looked up further' if unknown else ''}"
        ),
        Finding("inbox", not parked, f"{_count(parked, 'event')} given up{': ' + inbox if parked else ''}"),
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}" if number else f"no {what}"


async def _form_of(url: str) -> str | None:
    database = Database(url)
    try:
        return await revision(database)
    finally:
        await database.close()
