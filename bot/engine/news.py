"""News between the processes that share a PostgreSQL database: events were stored, acts enqueued, rows changed.

They are told after the commit and not within it, several at once, so that they cost the work nothing. A word that is
missed costs patience only: everybody looks at the rows now and then.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing

import structlog

from bot.engine.trouble import Trouble
from storage.database import Database
from storage.listening import listen, tell

INBOX, OUTBOX, ROWS, LEASES, EVERYTHING = "inbox", "outbox", "rows", "leases", "everything"
_CHANNEL = "counterpart"
_EVERY = 0.02
"""Seconds between two words: what happens meanwhile is told together."""
_ROWS_EVERY = 0.5
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 15.0

log = structlog.get_logger()


async def tell_now(database: Database, owner: str, topic: str) -> None:
    """Let the others hear of it at once. Raises what the database raises."""
    await tell(database, _CHANNEL, f"{owner} {topic}")


class News:
    """Tells the others, and calls `heard` with what they tell."""

    def __init__(self, database: Database, owner: str, heard: Callable[[str], None]) -> None:
        self._database = database
        self._owner = owner
        self._heard = heard
        self._told: dict[str, float] = {}
        self._some = asyncio.Event()

    def tell(self, topic: str) -> None:
        """Have the others hear of it soon."""
        self._told.setdefault(topic, time.monotonic() + (_ROWS_EVERY if topic == ROWS else 0.0))
        self._some.set()

    async def run(self) -> None:
        """Tell and listen, until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._tell_on())
            both.create_task(self._listen_on())

    async def _tell_on(self) -> None:
        trouble = Trouble("news_not_told")
        while True:
            await self._some.wait()
            self._some.clear()
            if now := [topic for topic, at in self._told.items() if at <= time.monotonic()]:
                for topic in now:
                    del self._told[topic]
                with trouble.told():
                    await tell(self._database, _CHANNEL, " ".join((self._owner, *now)))
            await asyncio.sleep(_EVERY)
            if self._told:
                self._some.set()

    async def _listen_on(self) -> None:
        trouble, wait = Trouble("news_not_heard"), _FIRST_WAIT
        while True:
            with trouble.told():
                async with aclosing(listen(self._database, _CHANNEL)) as words:
                    async for word in words:
                        if not word:
                            wait = _FIRST_WAIT
                            trouble.over()
                        self._hear(word)
            await asyncio.sleep(wait)
            wait = min(_LONGEST_WAIT, wait * 2)

    def _hear(self, word: str) -> None:
        if not word:
            # What was told while nobody listened was missed.
            self._heard(EVERYTHING)
            return
        owner, *topics = word.split()
        if owner != self._owner:
            for topic in topics:
                self._heard(topic)
