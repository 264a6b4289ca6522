"""One process at work: what it does of the work, from its start to its end, alone or beside others."""

import asyncio
import os
import signal
import threading
from collections.abc import Collection, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from bot.app import House
from bot.engine import news
from bot.engine.bell import Bell
from bot.engine.leases import EVERY, Leases
from bot.engine.news import News
from bot.engine.sending import SendingLanes
from bot.engine.trouble import Trouble
from bot.gateway import Gateway
from bot.health.metrics import Metrics
from bot.language.adapter import Sender
from bot.language.events import Event
from bot.settings import ROLES

GATEWAY, WORKER, CALENDAR = ROLES
STOPPING, FINISHING, SETTLING = 10.0, 4.0, 2.0
"""Seconds until the process ends whatever happens; for what is in hand to be finished; for what was broken off to be
stored."""
_PATIENCE, _BREATH = 5.0, 0.25

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Shared:
    """What a process needs beside others on one database."""

    leases: Leases
    lanes: SendingLanes


class Shift:
    """The work of one process."""

    def __init__(
        self, house: House, bell: Bell, metrics: Metrics, roles: Collection[str], shared: Shared | None = None
    ) -> None:
        self._house = house
        self._bell = bell
        self._roles = frozenset(roles)
        self._shared = shared
        self._look = asyncio.Event()
        self._asked = False
        self._ready = asyncio.Event()
        """Set when acts can be performed."""
        self._stopping = asyncio.Event()
        leases = shared.leases if shared else None
        connecting = house.adapters.values() if GATEWAY in roles else ()
        self.gateways = tuple(Gateway(each, self._receive, metrics, leases, house.clock) for each in connecting)
        self._news: News | None = None
        if shared is not None:
            self._news = News(house.database, shared.leases.owner, self._heard)
            house.engine.pulse.tell = self._tell
            shared.leases.lost = lambda name: self._heard(news.LEASES)
            shared.lanes.woken = bell.wake

    def stop(self) -> None:
        """Take nothing more, finish or give back what is in hand, and end; in any case after ten seconds."""
        if self._asked:
            os._exit(128 + signal.SIGINT)
        self._asked = True
        log.info("stopping")
        self._bell.stop()
        # In a thread: a computation that goes on would keep the process alive after its event loop has ended.
        last = threading.Timer(STOPPING, _end_anyway)
        last.daemon = True
        last.start()

    async def run(self) -> None:
        """Work until `stop`. Raises NotConnected when a platform refuses at the start."""
        kept = asyncio.create_task(self._keep(self._shared)) if self._shared else None
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._begin()
            beside: list[Coroutine[Any, Any, None]] = []
            if self._news is not None:
                beside = [self._news.run(), *(each.run() for each in self.gateways)]
            tasks += [asyncio.create_task(each) for each in (self._bell.run(), *beside)]
            # What comes to its end by itself is the bell, after `stop`, or has failed.
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await self._end(tasks, kept)

    async def _begin(self) -> None:
        if self._shared is None:
            await self._house.engine.courier.recover()
        elif WORKER in self._roles:
            for adapter in self._house.adapters.values():
                if isinstance(adapter, Sender) and adapter.capabilities.sends_apart:
                    await adapter.prepare()
            self._ready.set()
            self._look.set()
        for each in self.gateways:
            await each.start()

    async def _keep(self, shared: Shared) -> None:
        """Renew the leases, and see to our share of the lanes."""
        trouble = Trouble("leases_not_renewed")
        while True:
            with trouble.told():
                async with asyncio.timeout(_PATIENCE):
                    await shared.leases.keep()
                    if self._ready.is_set() and not self._stopping.is_set():
                        await shared.lanes.share()
                trouble.over()
            await asyncio.sleep(_BREATH)
            # Woken, or after a while.
            with suppress(TimeoutError):  # the time is up
                async with asyncio.timeout(EVERY.total_seconds() - _BREATH):
                    await self._look.wait()
            self._look.clear()

    async def _end(self, tasks: Sequence[asyncio.Task[None]], kept: asyncio.Task[None] | None) -> None:
        self._stopping.set()
        if tasks:
            await self._finish(tasks[0])
        await _cancelled(tasks[1:])
        await asyncio.gather(*(each.stop() for each in self.gateways))
        # The leases are kept until nothing is held any more.
        await _cancelled([kept] if kept else [])
        if self._shared is not None:
            with Trouble("leases_not_given_up").told():
                async with asyncio.timeout(_PATIENCE):
                    await self._shared.leases.give_up(*self._shared.leases.names)
                    await news.tell_now(self._house.database, self._shared.leases.owner, news.LEASES)

    async def _finish(self, working: asyncio.Task[None]) -> None:
        """Let what is in hand be finished; then break it off, so that it is known to be unknown; then leave it."""
        self._bell.stop()
        await asyncio.wait({working}, timeout=FINISHING)
        if not working.done() and self._shared is not None:
            self._shared.leases.break_off()
        await asyncio.wait({working}, timeout=SETTLING)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    async def _receive(self, events: Sequence[Event]) -> None:
        await self._house.engine.inbox.receive(events)
        self._bell.wake(elsewhere=False)

    def _tell(self, topic: str) -> None:
        if self._news is not None:
            self._news.tell(topic)
        if topic == news.OUTBOX:
            self._look.set()

    def _heard(self, topic: str) -> None:
        if topic in (news.OUTBOX, news.LEASES, news.EVERYTHING):
            self._look.set()
        if topic in (news.LEASES, news.EVERYTHING):
            for each in self.gateways:
                each.look()
        if topic != news.ROWS or CALENDAR in self._roles:
            self._bell.wake()


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _end_anyway() -> None:
    log.warning("stopped_in_the_middle")
    os._exit(1)
