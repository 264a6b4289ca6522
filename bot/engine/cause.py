"""The id that leads from an event to the acts that follow from it: in every line of the log, and in the outbox."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars

from bot.language.events import Event

_LENGTH = 12


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
