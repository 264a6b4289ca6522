"""The id that leads from an event to the acts that follow from it: in every line of the log, and in the outbox."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from structlog.contextvars import bound_contextvars

from bot.language.events import Event

_LENGTH = 12
_RESTORED = "restored:"


def cause_of(event: Event) -> str:
    """The id of an event: the same in every process, and however often the event arrives."""
    # The platform's own id may be long, and may tell more than a log should.
    named = f"{event.actor.platform}\n{event.actor.community}\n{event.event_id}"
    return hashlib.sha256(named.encode()).hexdigest()[:_LENGTH]


@contextmanager
def logged_as(cause: str) -> Generator[None]:
    """Whatever is logged inside, by the libraries too, bears this id."""
    if not cause:
        yield
        return
    with bound_contextvars(cause=cause):
        yield


def restored(known: datetime) -> str:
    """The cause of whatever was not done yet in a database that was put back, and that knows of nothing after `known`.

    Whoever worked on the database before may have done it since: it is looked up first, and so is what follows from it.
    """
    return f"{_RESTORED}{known.astimezone(UTC):%Y%m%dT%H%M%S}"


def known_until(cause: str) -> datetime | None:
    """The moment given to `restored`; None for every other cause."""
    if not cause.startswith(_RESTORED):
        return None
    return datetime.strptime(cause.removeprefix(_RESTORED), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
