"""How fast a platform may be written to: token buckets by community and by address."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.language.adapter import Capabilities


@dataclass(slots=True)
class _Bucket:
    rate: float
    size: float
    tokens: float
    at: datetime

    def wait(self, now: datetime) -> float:
        """Seconds until one token is there; 0 when there is one."""
        self.tokens = min(self.size, self.tokens + max(0.0, (now - self.at).total_seconds()) * self.rate)
        self.at = max(self.at, now)
        return 0.0 if self.tokens >= 1 - 1e-9 else (1 - self.tokens) / self.rate


@dataclass(slots=True)
class Pace:
    """Decides which acts may go out now. One owner per sending lane keeps it true across processes."""

    limits: Mapping[str, Capabilities]
    _buckets: dict[str, _Bucket] = field(default_factory=dict[str, _Bucket])
    _stopped: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def stop(self, lane: str, until: datetime) -> None:
        """Let no act to `lane` go before `until`: the platform has said when it may be written to again."""
        self._stopped[lane] = max(until, self._stopped.get(lane, until))

    def take(self, platform: str, community: str, lane: str, now: datetime) -> datetime | None:
        """None if an act to `lane` may go now (and it is counted); otherwise the moment to try again."""
        if (until := self._stopped.get(lane)) is not None:
            if until > now:
                return until
            del self._stopped[lane]
        able = self.limits.get(platform)
        if able is None or not (able.per_second or able.per_address_second):
            return None
        buckets: list[_Bucket] = []
        if able.per_second:
            buckets.append(self._bucket(f"{platform}/{community}", able.per_second, now))
        if able.per_address_second:
            buckets.append(self._bucket(lane, able.per_address_second, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            # Rounded up: a moment at which the token is not quite there would be tried in vain.
            return now + timedelta(microseconds=math.ceil(wait * 1e6))
        for bucket in buckets:
            bucket.tokens -= 1
        return None

    def _bucket(self, name: str, rate: float, now: datetime) -> _Bucket:
        bucket = self._buckets.get(name)
        if bucket is None:
            size = max(1.0, rate)
            bucket = self._buckets[name] = _Bucket(rate, size, size, now)
        return bucket
