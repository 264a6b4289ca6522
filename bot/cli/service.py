"""`counterpart demo`, `run`, `migrate` and `doctor`: what the one who keeps Counterpart running needs."""

import asyncio
import os
from typing import Annotated

import typer
from sqlalchemy.engine import make_url

from bot import logs
from bot.cli.words import Refusal, in_words, say
from bot.demo import demo
from bot.inspection import inspect, inspect_platform
from bot.running import run
from bot.settings import Settings, read_settings, secrets, variable
from storage.database import Database
from storage.migrate import migrate, newest, revision


def demo_command(
    port: Annotated[int | None, typer.Option("--port", help="The page's port, 0 to 65535.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begins anew; what happened so far is deleted.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Does not open a browser.")] = False,
) -> None:
    """Opens the playground: simulated people, one page, a clock to turn."""
    with in_words():
        settings = settled()
        chosen = settings.port if port is None else port
        if not 0 <= chosen <= 65535:
            raise Refusal(f"--port {chosen}: a port is a number from 0 to 65535.")
        asyncio.run(demo(settings, port=chosen, fresh=fresh, open_browser=not no_browser))


def run_command(
    roles: Annotated[
        str | None,
        typer.Option("--roles", help="What this process does: gateway, worker, calendar, with commas between them."),
    ] = None,
) -> None:
    """Connects the platforms of the settings, and works until it is stopped."""
    with in_words():
        if roles is not None:
            os.environ[variable("roles")] = roles
        asyncio.run(run(settled()))


def migrate_command() -> None:
    """Brings the database to this version's form, or makes it."""
    with in_words():
        before, now = asyncio.run(_migrate(settled())), newest()
        say(f"The database is up to date {'already' if before == now else 'now'} ({now}).")


def doctor_command(
    platform: Annotated[
        str | None, typer.Argument(help="A platform to look at in its own words, for example slack.")
    ] = None,
) -> None:
    """Looks at the settings, the kit, the database and the adapters, or at one platform, and says what to do."""
    with in_words():
        findings = asyncio.run(inspect_platform(platform.lower()) if platform else inspect())
        for finding in findings:
            mark = "ok     " if finding.good else "TO DO  "
            say(f"{mark}{finding.what}: {finding.text}")
        if not all(finding.good for finding in findings):
            raise typer.Exit(1)


def settled() -> Settings:
    """The settings; from now on, logs are as they say. Raises SettingsError."""
    settings = read_settings()
    password = make_url(settings.database()).password
    hidden = [*secrets(), *([str(password)] if password else [])]
    logs.configure(settings.log_level, settings.log_format, secrets=hidden)
    return settings


def open_database(settings: Settings) -> Database:
    """The database of the settings. Raises Refusal when its driver is not installed."""
    try:
        return Database(settings.database())
    except ImportError:
        advice = 'install it with pip install "counterpart[postgresql]"'
        raise Refusal(f"The library for the database of {variable('database_url')} is missing: {advice}") from None


async def _migrate(settings: Settings) -> str | None:
    database = open_database(settings)
    try:
        before = await revision(database)
        await migrate(database)
        return before
    finally:
        await database.close()
