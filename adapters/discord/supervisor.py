"""Stays connected: a client that has ended is replaced, one that does not answer is broken, limits are kept.

The library resumes sessions and begins new ones by itself. What it gives up, or what leaves it stuck, is seen to here:
by the program's clock, in `tick`, which a loop around it calls.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from discord.http import HTTPClient

from adapters.discord.client import Client, Ears, made
from adapters.discord.connection import OPENING, Connection, Failed
from adapters.discord.quiet import hush, speak_to
from adapters.discord.settings import DiscordSettings
from bot.language.adapter import Clock, NotConnected, Retry
from bot.language.payload import Json

LONGEST_WAIT, LASTING_WAIT = 60.0, 300.0
"""Seconds between two attempts; the latter where trying again soon is in vain."""
AWAY = 15.0

log = structlog.get_logger()


class Supervisor:
    """Keeps a client connected. `wake` is called where somebody should look soon."""

    def __init__(
        self, settings: DiscordSettings, clock: Clock, ears: Ears, wake: Callable[[], None], opening: float = OPENING
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._ears = replace(ears, hear=self._hear)
        self._tell = ears.hear
        self._wake = wake
        self._opening = opening
        self._connection: Connection | None = None
        self._failures = 0
        self._looking = asyncio.Lock()
        self._not_before: datetime | None = None

    @property
    def client(self) -> Client | None:
        """The client, where one is logged in."""
        return self._connection.client if self._connection is not None else None

    @property
    def awaiting(self) -> bool:
        """Whether it is not known at present that a socket still lives."""
        return self._connection is not None and self._connection.awaiting

    @property
    def connected(self) -> bool:
        """Whether a session has begun, and the client has not given up."""
        found = self._connection
        return found is not None and found.ready.is_set() and not found.over

    @property
    def http(self) -> HTTPClient:
        """The library's client, logged in. Raises Retry while there is none."""
        if self._connection is None or self._connection.over:
            raise Retry(AWAY, "The connection to Discord is down at present.")
        return self._connection.client.http

    async def start(self) -> None:
        """Connect. Raises NotConnected. Where no session may be begun for a while, it goes on without one."""
        hush()
        speak_to(self._settings.api_url, self._settings.gateway_url or "")
        try:
            await self._connect()
        except Failed as problem:
            if not problem.seconds:
                await self.stop()
                raise NotConnected(str(problem)) from None
            self._wait(problem)

    async def stop(self) -> None:
        """Let go of Discord."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def tick(self) -> None:
        """Look at the connection once, and replace what must be replaced."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        now, connection = self._clock.now(), self._connection
        if connection is not None and connection.ready.is_set() and not connection.over:
            if not connection.down(now):
                await connection.look(now)
                return
            log.warning("gateway_down", platform="discord")
            await self.stop()
        elif connection is not None and connection.over:
            await self.stop()
            self._wait(connection.end())
        if self._not_before is None or now >= self._not_before:
            try:
                await self._connect()
            except Failed as problem:
                await self._give_up()
                self._wait(problem)

    async def _connect(self) -> None:
        if self._connection is None:
            made_now = Connection(made(self._settings, self._ears), self._settings, self._wake, self._opening)
            try:
                await made_now.log_in()
            except BaseException:  # it goes on: only the connection is closed
                await made_now.close()
                raise
            self._connection = made_now
        await self._connection.connect()
        self._failures, self._not_before = 0, None
        log.info("gateway_open", platform="discord")

    async def _give_up(self) -> None:
        """Let go of a client that did not connect; one that may not begin a session yet can still send."""
        if self._connection is not None and self._connection.connecting:
            await self.stop()

    def _wait(self, problem: Failed) -> None:
        self._failures += 1
        wait = LASTING_WAIT if problem.lasting else min(LONGEST_WAIT, 2.0 ** min(self._failures - 1, 10))
        self._not_before = self._clock.now() + timedelta(seconds=max(wait, problem.seconds))
        log.warning(
            "gateway_closed",
            platform="discord",
            reason=str(problem),
            attempt=self._failures,
            again_at=self._not_before.isoformat(timespec="seconds"),
        )

    def _hear(self, event: str, told: Json) -> None:
        if event == "READY" and self._connection is not None:
            self._connection.ready.set()
        self._tell(event, told)
