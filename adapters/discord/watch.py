"""A loop in real time that looks after something every few seconds, and at once when woken."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

EVERY = 5.0

log = structlog.get_logger()


class Watch:
    """Calls `look` again and again. What it decides, it decides by the program's clock."""

    def __init__(self, look: Callable[[], Awaitable[None]], every: float = EVERY) -> None:
        self._look = look
        self._every = every
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Have it looked at now."""
        self._woken.set()

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look_on())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):  # it was cancelled just now
                await self._task
            self._task = None

    async def _look_on(self) -> None:
        while True:
            with suppress(TimeoutError):  # the time is up
                async with asyncio.timeout(self._every):
                    await self._woken.wait()
            self._woken.clear()
            try:
                await self._look()
            except Exception:  # whatever it was, somebody must go on looking
                log.exception("watch_failed", platform="discord")
