"""What this process knows of when there is something to do, so that it need not ask the database in vain.

Only hints: the rows are the truth. `look` forgets everything, and whoever may have missed something (a start, another
process, the net of the bell) calls it.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlmodel import SQLModel

NOW = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


class Hint:
    """The earliest moment at which one part may have something to do: NOW when nobody has looked."""

    def __init__(self) -> None:
        self.at = NOW

    @property
    def known(self) -> datetime | None:
        """The moment, None when there is nothing to wait for."""
        return None if self.at == NEVER else self.at

    def look(self) -> None:
        """Look at the next opportunity."""
        self.at = NOW

    def sooner(self, at: datetime | None) -> None:
        """There may be something to do at `at`, too."""
        if at is not None and at < self.at:
            self.at = at

    @contextmanager
    def looking(self) -> Generator[None]:
        """While the rows are read: what they say is told by `sooner`.

        What is known is forgotten first, so that what somebody else says meanwhile is not overwritten by what was
        read before it. After a failure nothing is known.
        """
        self.at = NEVER
        try:
            yield
        except BaseException:  # it goes on: whoever was looking has seen nothing
            self.at = NOW
            raise


class Pulse:
    """The hints for the inbox, the outbox, and each of the calendar's watches."""

    def __init__(self) -> None:
        self.inbox, self.outbox = Hint(), Hint()
        self.tell: Callable[[str], None] = lambda topic: None
        """Called after a commit, for other processes: with `inbox`, `outbox` or `rows`, whatever has changed."""
        self._plans: list[tuple[frozenset[type[SQLModel]], Hint]] = []

    def plan(self, rows: Iterable[type[SQLModel]]) -> Hint:
        """A hint for plans that follow from the rows of these tables: when one of those changes, it knows nothing."""
        hint = Hint()
        self._plans.append((frozenset(rows), hint))
        return hint

    def look(self) -> None:
        """Look everywhere at the next opportunity."""
        for hint in (self.inbox, self.outbox, *(hint for _, hint in self._plans)):
            hint.look()

    def changed(self, rows: set[type[SQLModel]]) -> None:
        """Rows of these tables were changed: whatever follows from them may have other plans now."""
        for tables, hint in self._plans:
            if not tables.isdisjoint(rows):
                hint.look()
