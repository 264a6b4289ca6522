"""A session of the gateway: what one IDENTIFY began, and what RESUME goes on with."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.discordserver.connection import DISPATCH, Connection
from tests.discordserver.state import Json

KEPT = 2000
"""How many events a session remembers for a RESUME."""
PATIENCE = timedelta(minutes=3)
"""How long a session waits for somebody to resume it."""


@dataclass(eq=False)
class Session:
    """One shard of the application, logged in. `seen` is the last event that the client is known to have read."""

    id: str
    intents: int
    shard: tuple[int, int]
    connection: Connection | None
    seq: int = 0
    seen: int = 0
    ended: bool = False
    left: datetime | None = None
    """Since when it has had no connection."""
    replayed: int = 0
    guilds: set[str] = field(default_factory=set[str])
    """The guilds that it has been told of."""
    _kept: deque[tuple[int, str, Json]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def tell(self, event: str, data: Json) -> None:
        """Dispatch an event: it is sent if there is a connection, and kept for a RESUME in any case."""
        self.seq += 1
        self._kept.append((self.seq, event, data))
        if self.connection:
            self.connection.say(DISPATCH, data, event=event, seq=self.seq)

    def resumable(self, now: datetime, seq: int) -> bool:
        """Whether it can go on from this event: not too late, and everything after it is still known."""
        first = self._kept[0][0] if self._kept else self.seq + 1
        return not self.ended and seq >= first - 1 and (self.left is None or now - self.left <= PATIENCE)

    def resume(self, connection: Connection, seq: int) -> None:
        """Go on over this connection: first what was missed, then that this is all."""
        self.connection, self.left, self.seen = connection, None, seq
        missed = [each for each in self._kept if each[0] > seq]
        self.replayed += len(missed)
        for number, event, data in missed:
            connection.say(DISPATCH, data, event=event, seq=number)
        self.tell("RESUMED", {"_trace": ["gateway-of-a-test"]})

    def leave(self, now: datetime) -> None:
        """Its connection is gone."""
        self.connection, self.left = None, now
