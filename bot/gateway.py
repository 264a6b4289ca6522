"""The connection of one platform: held by one process at a time, where the platform wants it so."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from bot.engine.leases import EVERY, Leases
from bot.engine.sending import SETTLING, gateway, release
from bot.health.metrics import Metrics
from bot.language.adapter import Adapter, Clock, NotConnected
from bot.language.events import Event

LETTING_GO = 4.0
"""Seconds that it may take to let go of a platform."""
_AGAIN = 15.0

log = structlog.get_logger()

Store = Callable[[Sequence[Event]], Awaitable[None]]


class NotOurs(Exception):
    """Something came in over a connection that this process has lost to another: it is not stored, nor acknowledged."""


class Gateway:
    """Connects a platform whenever this process may, and lets go of it when it may not any more."""

    def __init__(self, adapter: Adapter, store: Store, metrics: Metrics, leases: Leases | None, clock: Clock) -> None:
        self._adapter = adapter
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._leases = leases if adapter.capabilities.one_connection else None
        self._name = gateway(adapter.name)
        self._connected = False
        self._changed = asyncio.Event()

    @property
    def platform(self) -> str:
        """The platform's name."""
        return self._adapter.name

    @property
    def awaits(self) -> bool:
        """Whether another process may be the one that is connected."""
        return self._leases is not None

    def look(self) -> None:
        """The connection may be free, or lost."""
        self._changed.set()

    async def start(self) -> None:
        """Connect if nobody else is connected. Raises NotConnected."""
        if await self._may():
            await self._connect()

    async def run(self) -> None:
        """Connect and let go as the lease comes and goes, until cancelled."""
        while True:
            self._changed.clear()
            try:
                await self._look()
                pause = await self._pause()
            except NotConnected as problem:
                log.error("not_connected", platform=self._adapter.name, problem=str(problem))
                pause = _AGAIN
            except Exception as problem:  # the database may be away: whoever keeps the leases tells of it
                log.debug("gateway_not_looked_at", platform=self._adapter.name, problem=type(problem).__name__)
                pause = EVERY.total_seconds()
            with suppress(TimeoutError):  # the time is up
                async with asyncio.timeout(pause):
                    await self._changed.wait()

    async def stop(self) -> None:
        """Let go of the platform."""
        if not self._connected:
            return
        self._connected = False
        self._metrics.connected(self._adapter.name, now=False)
        try:
            async with asyncio.timeout(LETTING_GO):
                await self._adapter.stop()
        except Exception as problem:  # it is over in any case
            log.warning("not_let_go", platform=self._adapter.name, problem=type(problem).__name__)
        log.info("disconnected", platform=self._adapter.name)

    async def _look(self) -> None:
        if self._connected and self._leases is not None and not self._leases.holds(self._name):
            await self.stop()
        if not self._connected and await self._may():
            await self._connect()

    async def _may(self) -> bool:
        if self._leases is None or self._leases.holds(self._name):
            return True
        # What an earlier owner had in hand, where only the connected process sends.
        apart = self._adapter.capabilities.sends_apart
        return await self._leases.take(
            self._name, None if apart else lambda c: release(c, self._adapter.name, SETTLING, self._clock)
        )

    async def _connect(self) -> None:
        try:
            await self._adapter.start(self._receive)
        except BaseException:  # it goes on: only the lease is given up
            if self._leases is not None:
                await self._leases.give_up(self._name)
            raise
        self._connected = True
        self._metrics.connected(self._adapter.name, now=True)
        log.info("connected", platform=self._adapter.name)

    async def _receive(self, events: Sequence[Event]) -> None:
        if self._leases is not None and not self._leases.holds(self._name):
            raise NotOurs(self._adapter.name)
        await self._store(events)

    async def _pause(self) -> float:
        """Seconds until it may be worth while to look again: when somebody else's lease runs out, to the moment."""
        if self._leases is None or self._leases.holds(self._name):
            return EVERY.total_seconds()
        found = (await self._leases.living()).get(self._name)
        return min(EVERY.total_seconds(), (found.left if found else 0.0) + 0.05)
