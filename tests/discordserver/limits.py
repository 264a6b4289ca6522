"""Rate limits, by the server's clock.

Each operation has a bucket for each channel, guild or webhook, as in Discord; the numbers are this server's own, since
Discord documents none. Over all of them there are fifty requests a second. What is refused does not count in a bucket.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.discordserver.faults import Scope
from tests.discordserver.state import Channel, Clock

MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")
GLOBAL = 50
"""Requests in a second, of all kinds."""
INVALID = 10_000
"""So many answers of 401, 403 or 429 within ten minutes, and the address is banned."""
TEN_MINUTES = timedelta(minutes=10)

BUCKETS: Mapping[str, tuple[int, float]] = {
    "POST /channels/{channel_id}/messages": (5, 5),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1),
    "GET /channels/{channel_id}/messages": (5, 1),
    "POST /channels/{channel_id}/threads": (10, 10),
    "POST /guilds/{guild_id}/channels": (20, 10),
    "PUT /applications/{application_id}/commands": (5, 20),
    "PUT /applications/{application_id}/guilds/{guild_id}/commands": (5, 20),
}
"""Requests and seconds, of the operations that have others than `USUAL`."""
USUAL = 30, 10.0


class Limited(Exception):
    """Too fast: to be tried again after so many seconds. `headers` are those of the bucket, if there is one."""

    def __init__(self, seconds: float, scope: Scope = "user", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"limited for {seconds} seconds ({scope})")
        self.seconds, self.scope, self.headers = seconds, scope, dict(headers or {})


class Banned(Exception):
    """The address is banned for its many invalid requests."""


@dataclass
class _Bucket:
    """Room for so many requests until `ends`; then it begins anew."""

    ends: datetime
    used: int = 0


@dataclass
class Limits:
    """Who asked for what lately. `enabled = False` switches all of it off, and the headers with it."""

    clock: Clock
    enabled: bool = True
    buckets: dict[str, tuple[int, float]] = field(default_factory=lambda: dict(BUCKETS))
    """Requests and seconds, by operation; to be changed freely."""
    a_second: int = GLOBAL
    renames: int = 2
    """How often a channel's name or topic may be changed in ten minutes."""
    openings: int = 10
    """How many new direct conversations may be opened in ten minutes, before 40003."""
    limited: Counter[str] = field(default_factory=Counter[str])
    """How many requests of each operation came too fast."""
    _in_use: dict[str, _Bucket] = field(default_factory=dict[str, _Bucket])
    _lately: deque[datetime] = field(default_factory=deque[datetime])
    _invalid: deque[datetime] = field(default_factory=deque[datetime])
    _opened: deque[datetime] = field(default_factory=deque[datetime])

    def take(self, operation: str, path: Mapping[str, str]) -> dict[str, str]:
        """Count a request, and return the headers of its bucket. Raises Limited, or Banned."""
        if not self.enabled:
            return {}
        now = self.clock()
        if _recent(self._invalid, now, TEN_MINUTES) >= INVALID:
            raise Banned
        if _recent(self._lately, now, timedelta(seconds=1)) >= self.a_second:
            self.limited[operation] += 1
            raise Limited((self._lately[0] + timedelta(seconds=1) - now).total_seconds(), "global")
        self._lately.append(now)
        most, seconds = self.buckets.get(operation, USUAL)
        name = "/".join([operation, *(path[each] for each in MAJOR if each in path)])
        bucket = self._in_use.get(name)
        if bucket is None or bucket.ends <= now:
            bucket = self._in_use[name] = _Bucket(now + timedelta(seconds=seconds))
        left = (bucket.ends - now).total_seconds()
        full = bucket.used >= most
        bucket.used += not full
        headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(most - bucket.used),
            "X-RateLimit-Reset": f"{bucket.ends.timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.blake2s(operation.encode(), digest_size=16).hexdigest(),
        }
        if full:
            self.limited[operation] += 1
            raise Limited(left, "user", headers)
        return headers

    def count_invalid(self, status: int) -> None:
        """Count an answer, if it is one of those that lead to a ban."""
        if status in (401, 403, 429):
            self._invalid.append(self.clock())

    @property
    def invalid(self) -> int:
        """How many answers of 401, 403 and 429 there were in the last ten minutes; 10,000 ban the address."""
        return _recent(self._invalid, self.clock(), TEN_MINUTES)

    def rename(self, operation: str, channel: Channel) -> None:
        """Count a change of a channel's name or topic. Raises Limited."""
        now = self.clock()
        if _recent(channel.renamed, now, TEN_MINUTES) >= self.renames and self.enabled:
            self.limited[operation] += 1
            raise Limited((channel.renamed[0] + TEN_MINUTES - now).total_seconds())
        channel.renamed.append(now)

    def open(self) -> bool:
        """Count a new direct conversation; False if it is one too many."""
        now = self.clock()
        if _recent(self._opened, now, TEN_MINUTES) >= self.openings and self.enabled:
            return False
        self._opened.append(now)
        return True


def _recent(times: deque[datetime], now: datetime, span: timedelta) -> int:
    while times and times[0] <= now - span:
        times.popleft()
    return len(times)
