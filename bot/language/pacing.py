"""How many calls a platform takes in a while: windows and buckets, by whatever clock the caller reads."""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Window:
    """So many calls in any stretch of `length`. `taken` are those of the last one, `promised` the turns given out."""

    most: int
    length: timedelta
    taken: deque[datetime] = field(default_factory=deque[datetime])
    promised: deque[datetime] = field(default_factory=deque[datetime])
    shut_until: datetime | None = None

    def free_at(self, now: datetime) -> datetime:
        """When the next call may be made that nobody was promised; `now` if it may be made at once."""
        while self.taken and self.taken[0] <= now - self.length:
            self.taken.popleft()
        while self.promised and self.promised[0] <= now:
            self.promised.popleft()
        shut = max(now, self.shut_until or now)
        if shut == now and len(self.taken) < self.most:
            return now
        turns = [*self.taken, *self.promised]
        return max(shut, turns[-self.most] + self.length) if len(turns) >= self.most else shut

    def promise(self, at: datetime) -> None:
        """Keep this turn for somebody who was told to come then."""
        # A closed window may give out turns that are earlier than one promised before.
        if not self.promised or at >= self.promised[-1]:
            self.promised.append(at)

    def shut(self, until: datetime) -> None:
        """Let nobody in until then."""
        self.shut_until = max(until, self.shut_until or until)


@dataclass(slots=True)
class Bucket:
    """Room for a few calls (`burst`), which comes back by one each second."""

    burst: float
    room: float
    at: datetime

    def free_at(self, now: datetime) -> datetime:
        """When there is room for another call; `now` if there is."""
        self.room = min(self.burst, self.room + max(0.0, (now - self.at).total_seconds()))
        self.at = max(self.at, now)
        return now if self.room >= 1 - 1e-9 else now + (1 - self.room) * SECOND


def seconds(wait: timedelta) -> float:
    """The seconds to wait, rounded up: whoever comes a moment too early would be refused once more."""
    return math.ceil(wait.total_seconds() * 1_000) / 1_000
