"""What this process knows of when there is something to do, so that it need not ask the database in vain.

Only hints: the rows are the truth. `look` forgets everything, and whoever may have missed something (a start, another
process, the net of the bell) calls it.
"""

from datetime import UTC, datetime

from sqlmodel import SQLModel

NOW = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


class Pulse:
    """The earliest moments at which the inbox, the outbox and the calendar may have something to do."""

    def __init__(self) -> None:
        self.inbox = self.outbox = self.calendar = NOW
        self.planned: frozenset[type[SQLModel]] = frozenset()
        """The rows from which the calendar's moments follow."""

    def look(self) -> None:
        """Look everywhere at the next opportunity."""
        self.inbox = self.outbox = self.calendar = NOW

    def act_due(self, at: datetime) -> None:
        """An act was stored that may go out at `at`."""
        self.outbox = min(self.outbox, at)

    def changed(self, rows: set[type[SQLModel]]) -> None:
        """Rows of these tables were changed: the calendar may have other plans now."""
        if not self.planned.isdisjoint(rows):
            self.calendar = NOW
