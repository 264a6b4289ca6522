"""Rate limits, by the server's clock.

Strict, so that an app that passes here passes there: a method of tier 1, 2, 3 or 4 may be called 1, 20, 50 or 100 times
in any sixty seconds, in each workspace. Posting: three messages at once into one channel and then one a second, and 300
in any sixty seconds in a workspace. What the reference calls special (tier 0) is held to 600.
"""

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.slackserver.spec import Method
from tests.slackserver.state import Clock

PER_MINUTE = {0: 600, 1: 1, 2: 20, 3: 50, 4: 100}
MINUTE = timedelta(minutes=1)
POSTS_A_MINUTE = 300
BURST = 3
"""Messages that a channel takes at once; it gets room for another each second."""


@dataclass
class _Bucket:
    """Room for `BURST` messages, which comes back by one each second."""

    room: float
    at: datetime

    def take(self, now: datetime) -> float:
        """Take one message's room, and return 0; or the seconds until there is any."""
        self.room = min(float(BURST), self.room + (now - self.at).total_seconds())
        self.at = now
        if self.room < 1:
            return 1 - self.room
        self.room -= 1
        return 0.0


@dataclass
class Limits:
    """Who asked for what lately. Switch it off with `enabled`."""

    clock: Clock
    enabled: bool = True
    a_minute: dict[str, int] = field(default_factory=dict[str, int])
    """Methods with another number than their tier's: such as 1 for `conversations.history` of some published apps."""
    limited: Counter[str] = field(default_factory=Counter[str])
    """How many requests of each method came too fast."""
    _calls: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict[tuple[str, str], deque[datetime]])
    _channels: dict[tuple[str, str], _Bucket] = field(default_factory=dict[tuple[str, str], _Bucket])

    def wait(self, method: Method, team: str, channel: str) -> int:
        """Count a request, and return 0; or the whole seconds to wait, for Retry-After. Refused ones do not count."""
        if not self.enabled:
            return 0
        posting = method.name == "chat.postMessage"
        most = self.a_minute.get(method.name, POSTS_A_MINUTE if posting else PER_MINUTE[method.tier])
        seconds = self._window(method.name, team, most)
        if not seconds and posting:
            bucket = self._channels.setdefault((team, channel), _Bucket(float(BURST), self.clock()))
            seconds = bucket.take(self.clock())
        if seconds:
            self.limited[method.name] += 1
            return max(1, math.ceil(seconds))
        self._calls[team, method.name].append(self.clock())
        return 0

    def _window(self, method: str, team: str, most: int) -> float:
        calls = self._calls.setdefault((team, method), deque())
        now = self.clock()
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        return (calls[0] + MINUTE - now).total_seconds() if len(calls) >= most else 0.0
