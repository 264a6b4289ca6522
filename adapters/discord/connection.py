"""One client from its login to its end: whoever supervises it puts another in its place."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket

from adapters.discord.client import Client, Exhausted, ShardedClient, check_starts
from adapters.discord.errors import FATAL, NO_INTENTS, why_no_gateway, why_no_login
from adapters.discord.quiet import speak_to
from adapters.discord.settings import DiscordSettings
from bot.language.settings import shown

OPENING = 30.0
"""Seconds until a connection must be there, and the gateway have said that it is ready."""
CLOSING = 3.0
DOWN = timedelta(seconds=90)
"""How long the library may try by itself to connect anew."""
BEAT_EVERY = timedelta(seconds=60)
"""How often it is looked whether a socket answers."""
MUTE = timedelta(seconds=30)
"""How long a heartbeat may stay unanswered."""

log = structlog.get_logger()


class Failed(Exception):
    """The client cannot connect. The text is for the operator; `lasting` says that trying again soon is in vain."""

    def __init__(self, text: str, *, lasting: bool = False, seconds: float = 0.0) -> None:
        super().__init__(text)
        self.lasting = lasting
        self.seconds = seconds
        """How long there is to wait before it is tried again, as Discord says."""


@dataclass(slots=True)
class _Pulse:
    """When something began, by the program's clock and by the machine's: mostly a heartbeat of our own."""

    at: datetime
    stamp: float


class Connection:
    """A client, and the task in which it keeps itself connected."""

    def __init__(
        self, client: Client, settings: DiscordSettings, wake: Callable[[], None], opening: float = OPENING
    ) -> None:
        self.client = client
        self.ready = asyncio.Event()
        """Set once the gateway says that a session has begun."""
        self._settings = settings
        self._ears = client.ears
        self._wake = wake
        self._opening = opening
        self._task: asyncio.Task[None] | None = None
        self._pulses: dict[int, _Pulse] = {}
        self._down: _Pulse | None = None

    async def log_in(self) -> None:
        """Get to know Discord's HTTP API. Raises Failed."""
        try:
            async with asyncio.timeout(self._opening):
                await self.client.login(shown(self._settings.token))
        except discord.LoginFailure:
            raise Failed(why_no_login(401), lasting=True) from None
        except discord.HTTPException as problem:
            raise Failed(why_no_login(problem.status, str(problem.status))) from None
        except _UNREACHED as problem:
            raise Failed(why_no_login(0, type(problem).__name__)) from None

    async def connect(self) -> None:
        """Connect to the gateway, and wait until a session has begun. Raises Failed."""
        try:
            async with asyncio.timeout(self._opening):
                url = await check_starts(self.client.http)
                speak_to(self._settings.api_url, self._settings.gateway_url or url)
                self._task = asyncio.create_task(self.client.connect())
                self._task.add_done_callback(lambda _: self._wake())
                ready = asyncio.create_task(self.ready.wait())
                try:
                    await asyncio.wait({self._task, ready}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    ready.cancel()
        except TimeoutError:
            raise Failed(why_no_gateway(0, "it does not answer in time")) from None
        except (Exhausted, *_PROBLEMS) as problem:
            raise failure(problem) from None
        if not self.ready.is_set():
            raise self.end()

    @property
    def over(self) -> bool:
        """Whether the client has given up."""
        return self._task is not None and self._task.done()

    @property
    def connecting(self) -> bool:
        """Whether it has been told to connect to the gateway."""
        return self._task is not None

    def end(self) -> Failed:
        """Why the client has given up."""
        if self._task is None or self._task.cancelled():
            return Failed(why_no_gateway(0))
        return failure(self._task.exception())

    @property
    def awaiting(self) -> bool:
        """Whether an answer to a heartbeat is awaited."""
        keepers = {id(socket): cast(Any, socket)._keep_alive for socket in self._sockets()}
        return any(
            keeper is not None and key in self._pulses and keeper._last_ack < self._pulses[key].stamp
            for key, keeper in keepers.items()
        )

    def down(self, now: datetime) -> bool:
        """Whether no socket has been open for long: the library waits ever longer between its own attempts."""
        if any(socket.open for socket in self._sockets()):
            self._down = None
        elif self._down is None:
            self._down = _Pulse(now, time.perf_counter())
        return self._down is not None and now - self._down.at > DOWN and self._passed(self._down)

    async def look(self, now: datetime) -> None:
        """Send a heartbeat over each socket now and then, and break those that do not answer: the library resumes.

        It watches over them itself, by the machine's clock, and for long minutes.
        """
        for socket in self._sockets():
            pulse, keeper = self._pulses.get(id(socket)), cast(Any, socket)._keep_alive
            if keeper is None or not socket.open:
                self._pulses.pop(id(socket), None)
            elif pulse is None or (keeper._last_ack >= pulse.stamp and now - pulse.at >= BEAT_EVERY):
                self._pulses[id(socket)] = _Pulse(now, time.perf_counter())
                with suppress(aiohttp.ClientError, OSError, discord.ConnectionClosed):  # noticed by its silence
                    await socket.send_heartbeat(keeper.beat())
            elif keeper._last_ack < pulse.stamp and now - pulse.at > MUTE and self._passed(pulse):
                log.warning("gateway_mute", platform="discord")
                self._pulses.pop(id(socket), None)
                await _broken(socket)
        living = {id(socket) for socket in self._sockets()}
        self._pulses = {key: pulse for key, pulse in self._pulses.items() if key in living}

    def _passed(self, pulse: _Pulse) -> bool:
        """Whether some time has really passed: a clock that jumps says nothing about the connection."""
        return time.perf_counter() - pulse.stamp >= self._ears.grace

    async def close(self) -> None:
        """Close, without waiting long for somebody at the other end who is gone."""
        with suppress(TimeoutError, aiohttp.ClientError, OSError):  # it is over in any case
            async with asyncio.timeout(CLOSING):
                await self.client.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for socket in self._sockets():
            keeper = cast(Any, socket)._keep_alive
            if keeper is not None:
                keeper.stop()
        await self.client.http.close()

    def _sockets(self) -> list[DiscordWebSocket]:
        # Of its sockets the library's public side shows only how late they are.
        client = cast(Any, self.client)
        if isinstance(self.client, ShardedClient):
            return [client._get_websocket(shard_id=number) for number in self.client.shards]
        return [client.ws] if client.ws is not None else []


_UNREACHED = (TimeoutError, aiohttp.ClientError, OSError)
_PROBLEMS = (discord.DiscordException, *_UNREACHED)


def failure(problem: BaseException | None) -> Failed:
    """A problem of the library, in words."""
    match problem:
        case None:
            return Failed(why_no_gateway(0))
        case Exhausted():
            return Failed(str(problem), seconds=problem.seconds)
        case discord.PrivilegedIntentsRequired():
            return Failed(why_no_gateway(NO_INTENTS), lasting=True)
        case discord.ConnectionClosed():
            return Failed(why_no_gateway(problem.code), lasting=problem.code in FATAL)
        case discord.GatewayNotFound():
            return Failed(why_no_gateway(0, "its address is not told"))
        case AttributeError():
            # What the library stumbles over where its first attempt to connect has failed.
            return Failed(why_no_gateway(0, "it cannot be reached"))
        case discord.HTTPException():
            return Failed(why_no_login(problem.status, str(problem.status)), lasting=problem.status == 401)
        case _:
            return Failed(why_no_gateway(0, type(problem).__name__))


async def _broken(socket: DiscordWebSocket) -> None:
    with suppress(TimeoutError, aiohttp.ClientError, OSError):  # it is broken already
        async with asyncio.timeout(CLOSING):
            await socket.close(4000)
