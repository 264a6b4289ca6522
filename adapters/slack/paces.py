"""How fast Slack may be asked, so that it hardly ever has to refuse: by workspace and method, by the program's clock.

What a tier allows in a minute may be used at once, and is free again a minute later. Whoever comes too early is told
when it is their turn, each a turn of their own: of three hundred rooms that wait, twenty come back at the same time.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.language.adapter import Clock, Retry
from bot.language.pacing import SECOND, Bucket, Window
from bot.language.pacing import seconds as seconds_of

TIERS: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute that each of Slack's tiers allows."""

TIER_OF: Mapping[str, int] = {
    "bookmarks.add": 2,
    "bookmarks.list": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.archive": 2,
    "conversations.close": 2,
    "conversations.create": 2,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.invite": 3,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.setPurpose": 2,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "users.conversations": 2,
    "users.info": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.update": 4,
}
"""The tier of each method that is used; of others the second is assumed."""

POST = "chat.postMessage"
POSTS_A_MINUTE = 300
"""Slack speaks of several hundred a minute in a workspace."""
BURST = 2.0
"""Messages that a channel takes at once; it gets room for another each second."""

_MINUTE = timedelta(seconds=61)
"""A second longer than Slack's: requests do not take the same time on their way."""
_MANY = 2_000


class Paces:
    """Says of each call whether it may be made now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], Window] = {}
        self._channels: dict[tuple[str, str], Bucket] = {}

    def take(self, team: str, method: str, channel: str = "") -> None:
        """Count a call that is made now. Raises Retry if it may not be: it is not counted then.

        `channel` is where something is posted.
        """
        now = self._clock.now()
        window = self._window(team, method)
        bucket = self._bucket(team, channel, now) if method == POST else None
        at = max(window.free_at(now), bucket.free_at(now) if bucket else now)
        if at > now:
            window.promise(at)
            raise Retry(seconds_of(at - now), f"{method} was called as often as Slack allows")
        window.taken.append(now)
        if bucket:
            bucket.room -= 1

    def check(self, team: str, methods: Collection[str]) -> None:
        """Raise Retry, with nothing counted, if one of these methods may not be called now.

        For a deed of several calls, so that it is not begun and then left half done.
        """
        now = self._clock.now()
        at, method = max((self._window(team, each).free_at(now), each) for each in methods)
        if at > now:
            self._window(team, method).promise(at)
            raise Retry(seconds_of(at - now), f"{method} was called as often as Slack allows")

    def shut(self, team: str, method: str, seconds: float) -> None:
        """Call this method no more in this workspace for so long, since Slack said so."""
        self._window(team, method).shut(self._clock.now() + timedelta(seconds=max(0.0, seconds)))

    def _window(self, team: str, method: str) -> Window:
        if (window := self._windows.get((team, method))) is None:
            most = POSTS_A_MINUTE if method == POST else TIERS[TIER_OF.get(method, 2)]
            window = self._windows[team, method] = Window(most, _MINUTE)
        return window

    def _bucket(self, team: str, channel: str, now: datetime) -> Bucket:
        if (bucket := self._channels.get((team, channel))) is None:
            if len(self._channels) >= _MANY:
                # Those that rested for a while are full again, and like new.
                idle = now - BURST * SECOND
                self._channels = {key: each for key, each in self._channels.items() if each.at > idle}
            bucket = self._channels[team, channel] = Bucket(BURST, BURST, now)
        return bucket
