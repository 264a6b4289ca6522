"""How commands speak: results to the output, all else to the error output, and a sentence instead of a traceback."""

import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from bot.addresses import NoSuchDatabase
from bot.backup import CannotBackUp
from bot.copying import CannotCopy
from bot.deadletters import CannotChange
from bot.importing import NoRound
from bot.language.adapter import NotConnected
from bot.program.forms import FormError
from bot.program.matching import PairingError
from bot.running import NoAdapter
from bot.settings import SettingsError, variable
from bot.simulate import NothingToPlay
from bot.webserver import CannotListen
from storage.alone import NotAlone
from storage.migrate import NewerDatabase
from topics.kit import KitError

log = structlog.get_logger()


class Refusal(Exception):
    """What was asked for cannot be done. The text is one or two sentences: what is wrong, and what to do."""


_KNOWN = (
    Refusal,
    NoAdapter,
    NotConnected,
    CannotListen,
    NoSuchDatabase,
    CannotCopy,
    NotAlone,
    CannotBackUp,
    CannotChange,
    NoRound,
    SettingsError,
    KitError,
    FormError,
    PairingError,
    NothingToPlay,
)


@contextmanager
def in_words(bad_input: int = 1) -> Generator[None]:
    """Whatever goes wrong inside is said in words. A fault of ours is logged under an id, and the exit code is 1.

    `bad_input` is the exit code for what cannot be done with what was given.
    """
    code = 1
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise  # a broken pipe means that the reader has seen enough (`counterpart import … | head`)
    except _KNOWN as problem:
        complain(str(problem))
        code = bad_input
    except NewerDatabase as problem:
        complain(f"Update Counterpart before you go on: {problem}.")
    except DBAPIError as problem:
        complain(f"The database cannot be used: {first_line(problem.orig)}. Check {variable('database_url')}.")
    except Exception:  # ours to mend: it is logged, and told by a number instead of a traceback
        fault = uuid.uuid4().hex[:8]
        log.exception("fault", fault=fault)
        complain(f"Something went wrong that is not your doing. It is logged above as {fault}: please report it.")
    else:
        return
    raise typer.Exit(code)


def say(text: str = "") -> None:
    """A line of the result."""
    typer.echo(text)


def complain(text: str) -> None:
    """A line about the work, or about what is wrong, apart from the result."""
    typer.echo(text, err=True)


def first_line(problem: object) -> str:
    """The first line of a message, without the stop at its end."""
    return (str(problem).strip().splitlines() or ["no reason given"])[0].rstrip(".")


def table(title: str, rows: Mapping[str, object]) -> None:
    """A short table of names and numbers under a title, as a result."""
    say(title)
    shown = Table(show_header=False, pad_edge=False)
    shown.add_column()
    shown.add_column(justify="right")
    for name, value in rows.items():
        shown.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
    Console(highlight=False, markup=False).print(shown)


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table with heads, as a result; what is long is broken into lines."""
    shown = Table(pad_edge=False)
    for head in heads:
        shown.add_column(head, overflow="fold")
    for row in rows:
        shown.add_row(*row)
    Console(highlight=False, markup=False).print(shown)


@contextmanager
def progress(what: str) -> Generator["Bar"]:
    """A progress bar on the error output while something takes its time."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    # Drawn seldom: a bar that is drawn ten times a second takes time from the work that it shows.
    with Progress(*columns, console=Console(stderr=True, highlight=False), refresh_per_second=2) as shown:
        yield Bar(shown, what)


_OFTEN = 0.25
"""Seconds between two changes of a bar."""


class Bar:
    """One progress bar."""

    def __init__(self, shown: Progress, what: str) -> None:
        self._shown = shown
        self._task = shown.add_task(what, total=1.0)
        self._told = 0.0

    def tell(self, what: str, share: float) -> None:
        """Say what is being done, and which share (0 to 1) is behind."""
        now = monotonic()
        if share < 1 and now - self._told < _OFTEN:
            return
        self._told = now
        self._shown.update(self._task, description=what, completed=share)
