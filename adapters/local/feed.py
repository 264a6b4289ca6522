"""Tells open pages what has changed, as server-sent events: everything when one connects, then the changes."""

import asyncio
import json
from collections.abc import AsyncIterator

from adapters.local.platform import Platform
from adapters.local.view import PageView, Views

GATHER = 0.04
"""Seconds in which changes are gathered into one event."""
HEARTBEAT = 15.0
"""Seconds after which a silent connection is written to, so that a vanished page is noticed."""


class _Page:
    def __init__(self) -> None:
        self.changed: set[str] = set()
        self.awake = asyncio.Event()

    def note(self, what: str) -> None:
        self.changed.add(what)
        self.awake.set()


class Feed:
    """The open pages."""

    def __init__(self, platform: Platform, views: Views) -> None:
        self._platform = platform
        self._views = views
        self._pages: list[_Page] = []
        self._closed = False

    def close(self) -> None:
        """End all connections; pages come back by themselves when there is somebody to come back to."""
        self._closed = True
        for page in self._pages:
            page.awake.set()

    async def follow(self) -> AsyncIterator[bytes]:
        """The events for one page, until it goes away."""
        page = _Page()
        self._pages.append(page)
        self._platform.listeners.append(page.note)
        try:
            yield b"retry: 700\n\n" + _event(self._views.whole())
            while not self._closed:
                try:
                    await asyncio.wait_for(page.awake.wait(), HEARTBEAT)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if self._closed:
                    return
                await asyncio.sleep(GATHER)
                page.awake.clear()
                changed, page.changed = page.changed, set()
                yield _event(self._views.changed(changed))
        finally:
            self._pages.remove(page)
            self._platform.listeners.remove(page.note)


def _event(view: PageView) -> bytes:
    return b"data: " + json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
