"""How fast Discord may be asked, by the program's clock: nothing sleeps, whoever comes too early is told when to come.

Discord says in each answer what it still takes on that way. That is obeyed. Beyond it there are limits that no answer
tells before they are broken: fifty calls a second, new conversations, channels. Here they are kept a little lower.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.language.adapter import Clock, Retry
from bot.language.pacing import SECOND, Bucket, Window, seconds

Deed = Literal["message", "edit", "channel", "thread", "direct", "prompted direct"]
"""What has a pace of its own."""

A_SECOND = 40
"""Calls a second over all servers. Discord takes 50 of one bot."""
BURST = 2.0
"""Messages that a channel takes at once; it gets room for another each second. Discord takes five in five seconds."""
_MINUTE = timedelta(seconds=61)
"""A second longer than Discord's: requests do not take the same time on their way."""
PACES: dict[Deed, tuple[int, timedelta]] = {
    "channel": (5, _MINUTE / 4),
    "thread": (5, _MINUTE / 4),
    "direct": (10, _MINUTE),
    "prompted direct": (40, _MINUTE),
}
"""Channels and threads made in that time in one server; conversations begun, unasked and asked for.

Few at once: Discord tells only in its answers how many it takes, and those that are on their way cannot know. A bot
that begins many conversations in a short time is taken for an advertiser.
"""
REFUSALS, WITHIN = 1_000, timedelta(minutes=10)
"""So many refusals (401, 403, 429) in that time are enough: after 10,000 Discord lets nobody in from this address."""

_MANY = 2_000


@dataclass(slots=True)
class _Left:
    """What Discord said of a way: so many calls are left until then."""

    calls: int
    until: datetime


class Paces:
    """Says of each call whether it may be made now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all = Window(A_SECOND, SECOND)
        self._windows: dict[tuple[Deed, str], Window] = {}
        self._buckets: dict[tuple[Deed, str], Bucket] = {}
        self._left: dict[str, _Left] = {}
        self._refused: deque[datetime] = deque()

    def take(self, way: str, *, deed: Deed | None = None, where: str = "", exempt: bool = False) -> None:
        """Count a call that is made now. Raises Retry if it may not be: it is not counted then.

        `way` is what Discord counts by; `where` the channel or server in which the deed is done. Answers to
        interactions are `exempt` from what is allowed in a second.
        """
        now = self._clock.now()
        at, ends = self._free(way, deed, where, now)
        if not exempt and (free := self._all.free_at(now)) > at:
            at, ends = free, self._all
        elif self._all.shut_until is not None:
            at = max(at, self._all.shut_until)
        if at > now:
            if ends is not None:
                ends.promise(at)
            raise Retry(seconds(at - now), "Discord is asked no faster than it allows")
        if not exempt:
            self._all.taken.append(now)
        if (left := self._left.get(way)) is not None:
            left.calls -= 1
        self._count(deed, where, now)

    def check(self, deed: Deed, where: str) -> None:
        """Raise Retry, with nothing counted, if this may not be done now.

        For a deed of several calls, so that it is not begun and then left half done.
        """
        now = self._clock.now()
        window = self._window(deed, where)
        if (at := window.free_at(now)) > now:
            window.promise(at)
            raise Retry(seconds(at - now), "Discord is asked no faster than it allows")

    def learn(self, way: str, calls: int, after: float) -> None:
        """Discord says that on this way so many calls are left, until so many seconds from now."""
        self._left[way] = _Left(calls, self._clock.now() + after * SECOND)
        if len(self._left) > _MANY:
            now = self._clock.now()
            self._left = {each: left for each, left in self._left.items() if left.until > now}

    def shut(self, way: str, after: float) -> None:
        """Discord refused a call on this way, and asks for so many seconds of patience."""
        until = self._clock.now() + after * SECOND
        known = self._left.get(way)
        self._left[way] = _Left(0, max(until, known.until) if known is not None and known.calls <= 0 else until)

    def shut_all(self, after: float) -> None:
        """No call at all for so many seconds."""
        self._all.shut(self._clock.now() + after * SECOND)

    def refused(self) -> float:
        """Count a refusal. Returns for how many seconds nothing is called, if these were too many; else 0."""
        now = self._clock.now()
        self._refused.append(now)
        while self._refused[0] <= now - WITHIN:
            self._refused.popleft()
        if len(self._refused) < REFUSALS:
            return 0.0
        rest = seconds(self._refused[0] + WITHIN - now)
        self._refused.clear()
        self.shut_all(rest)
        return rest

    def _free(self, way: str, deed: Deed | None, where: str, now: datetime) -> tuple[datetime, Window | None]:
        """When this may be done, leaving aside what is allowed in a second; and what keeps it from being done now."""
        at, ends = now, None
        if (left := self._left.get(way)) is not None:
            if left.until <= now:
                del self._left[way]
            elif left.calls <= 0:
                at = left.until
        if deed in ("message", "edit"):
            at = max(at, self._bucket(deed, where, now).free_at(now))
        elif deed is not None and (free := self._window(deed, where).free_at(now)) > at:
            at, ends = free, self._window(deed, where)
        return at, ends

    def _count(self, deed: Deed | None, where: str, now: datetime) -> None:
        if deed in ("message", "edit"):
            self._bucket(deed, where, now).room -= 1
        elif deed is not None:
            self._window(deed, where).taken.append(now)

    def _window(self, deed: Deed, where: str) -> Window:
        if (window := self._windows.get((deed, where))) is None:
            window = self._windows[deed, where] = Window(*PACES[deed])
        return window

    def _bucket(self, deed: Deed, where: str, now: datetime) -> Bucket:
        if (bucket := self._buckets.get((deed, where))) is None:
            if len(self._buckets) >= _MANY:
                # Those that rested for a while are full again, and like new.
                idle = now - BURST * SECOND
                self._buckets = {key: each for key, each in self._buckets.items() if each.at > idle}
            bucket = self._buckets[deed, where] = Bucket(BURST, BURST, now)
        return bucket
