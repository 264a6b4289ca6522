"""A SQLite file is worked on by one process: the others are told so, instead of each undoing the other's claims."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url


class NotAlone(Exception):
    """Another process works on this SQLite file. The text says what to do."""


@contextmanager
def alone(url: str) -> Generator[None]:
    """Be the one process that works on a SQLite file. Raises NotAlone. Nothing for a database that is no file.

    The system lets go of the lock when the process ends, however it ends.
    """
    address = make_url(url)
    name = address.database or ""
    file = address.drivername.startswith("sqlite") and name not in ("", ":memory:") and not name.startswith("file:")
    if not file or not Path(name).parent.is_dir():
        yield
        return
    with Path(f"{name}.lock").open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone(
                f"Another `counterpart run` works on {name} already. Stop it first, or use PostgreSQL for several."
            ) from None
        yield
