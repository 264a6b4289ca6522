"""Having an event stored that Discord tells only once: it is tried again for a while, since nobody sends it again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.language.adapter import Receive
from bot.language.events import Event

PAUSES = (0.5, 2.0, 8.0, 30.0, 120.0)
"""Seconds between attempts to store what cannot be stored."""

log = structlog.get_logger()


class Keeping:
    """Stores events, and is stubborn about it."""

    def __init__(self, receive: Receive, pauses: Sequence[float] = PAUSES) -> None:
        self._receive = receive
        self._pauses = pauses

    async def keep(self, make: Callable[[], Awaitable[Event | None]]) -> bool:
        """Have what `make` makes stored. Returns whether that was done in the end, or there was nothing to store."""
        for pause in (*self._pauses, None):
            try:
                event = await make()
                if event is not None:
                    await self._receive([event])
                return True
            except Exception as problem:  # whatever it was, it may be over soon
                # The text of the problem may hold what somebody wrote.
                log.error("not_stored", platform="discord", error=type(problem).__name__, again_in=pause)
            if pause is not None:
                await asyncio.sleep(pause)
        return False

    async def keep_this(self, event: Event | None) -> bool:
        """Have an event stored."""

        async def made() -> Event | None:
            return event

        return await self.keep(made)
