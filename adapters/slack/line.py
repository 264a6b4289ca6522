"""One connection of Socket Mode. It never opens itself again: whoever supervises it puts another in its place."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import NoAnswer, ask
from adapters.slack.quiet import library_log
from bot.language.payload import Json, as_object, word

OPENING = 10.0
"""Seconds until a connection must be open and have said hello."""
DRAINING = 3.0
"""Seconds that whatever is being stored may take before its connection is closed."""
CLOSING = 3.0
PING_EVERY = 10.0

log = structlog.get_logger()


class Line(SocketModeClient):
    """A socket that hands what comes over it to Bolt, and says how long it has been silent."""

    def __init__(
        self, app: AsyncApp, app_token: str, web: AsyncWebClient, now: datetime, wake: Callable[[], None]
    ) -> None:
        super().__init__(app_token, logger=library_log(), web_client=web, ping_interval=PING_EVERY)
        self.leaving = False
        """Whether Slack has said that it will close, or the connection is broken."""
        self.heard_at = now
        """When something was last delivered over it."""
        self._app = app
        self._wake = wake
        self._greeted = asyncio.Event()
        self._busy: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._asked: tuple[datetime, float] | None = None
        self._now = now
        # Of their listeners, the library's types say little.
        cast(list[Any], cast(Any, self).message_listeners).append(self._message)
        cast(list[Any], cast(Any, self).socket_mode_request_listeners).append(self._take)

    async def open(self) -> None:
        """Connect, and wait for Slack's hello. Raises NoAnswer."""
        try:
            async with asyncio.timeout(OPENING):
                self.wss_uri = await self.issue_new_wss_url()
                await self.connect()
                await self._greeted.wait()
        except TimeoutError:
            await self.close()
            raise NoAnswer("TimeoutError") from None
        except BaseException:  # it goes on: only the line is closed
            await self.close()
            raise

    async def issue_new_wss_url(self) -> str:
        """The address to connect to, asked for once."""
        return word((await ask(self.web_client, "apps.connections.open", token=self.app_token)).body, "url")

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Called by the library where it would connect anew. Another line is opened instead, before this one ends."""
        if not self.leaving:
            self.leaving = True
            self._wake()

    def note_time(self, now: datetime) -> None:
        """What time it is, for what is heard from now on."""
        self._now = now

    @property
    def awaiting(self) -> bool:
        """Whether an answer to a ping is awaited."""
        answered = self.last_ping_pong_time or 0.0
        return self._asked is not None and answered < self._asked[1]

    async def ask(self, now: datetime) -> None:
        """Ping, unless an answer is still awaited."""
        if not self.awaiting:
            stamp = time.time()
            self._asked = now, stamp
            with suppress(aiohttp.ClientError, ConnectionError, RuntimeError):  # noticed by its silence
                if self.current_session is not None:
                    await self.current_session.ping(f"sdk-ping-pong:{stamp}".encode())

    def mute_for(self, now: datetime) -> timedelta:
        """How long an answer to a ping has been awaited."""
        return now - self._asked[0] if self.awaiting and self._asked is not None else timedelta()

    def broken(self) -> bool:
        """Whether it is to be replaced, whatever the time."""
        return self.leaving or self.closed or self.current_session is None or self.current_session.closed

    async def close(self) -> None:
        """Close, without waiting long for somebody at the other end who is gone."""
        try:
            async with asyncio.timeout(CLOSING):
                await super().close()
        except (TimeoutError, aiohttp.ClientError, ConnectionError):
            # Of its tasks, the library's types say little.
            own = cast(Any, self)
            for task in (own.message_processor, own.current_session_monitor, own.message_receiver):
                if task is not None:
                    task.cancel()
            await self.aiohttp_client_session.close()

    async def retire(self) -> None:
        """Close, after what is being stored has been acknowledged."""
        with suppress(TimeoutError):  # the time is up
            async with asyncio.timeout(DRAINING):
                await self._idle.wait()
        await self.close()

    async def _message(self, client: AsyncBaseSocketModeClient, message: Json, raw: str | None = None) -> None:
        if message.get("type") == "hello":
            self._greeted.set()

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.heard_at = self._now
        self._busy.add(request.envelope_id)
        self._idle.clear()
        try:
            asked = AsyncBoltRequest(mode="socket_mode", body=as_object(cast(Any, request).payload))
            answer = await self._app.async_dispatch(asked)
            if answer.status == 200:
                await self._acknowledge(request, answer)
        finally:
            self._busy.discard(request.envelope_id)
            if not self._busy:
                self._idle.set()

    async def _acknowledge(self, request: SocketModeRequest, answer: BoltResponse) -> None:
        payload: Json | None = None
        if answer.body:
            is_json = answer.headers.get("content-type", [""])[0].startswith("application/json")
            payload = json.loads(answer.body) if is_json else {"text": answer.body}
        try:
            await self.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
        except (aiohttp.ClientError, ConnectionError) as problem:
            # It is stored. Slack sends it again, and then it is known.
            log.info("not_acknowledged", platform="slack", error=type(problem).__name__)
