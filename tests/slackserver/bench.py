"""What the server's own tests work with: a clock, a house with two people in it, and apps that only listen."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.slackserver.server import SlackServer
from tests.slackserver.state import Json
from tests.slackserver.workspace import Workspace


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    time: datetime = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def turn(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class House:
    """A server with two people in its workspace, and a client with the app's token."""

    server: SlackServer
    clock: Clock
    client: AsyncWebClient

    @property
    def workspace(self) -> Workspace:
        return self.server.workspace


@asynccontextmanager
async def open_house(**settings: Any) -> AsyncGenerator[House]:
    """A house; at the end nothing may have been done that Slack does not document."""
    clock = Clock()
    async with SlackServer(clock, **settings) as server:
        server.workspace.add_user("U1", "ana", "Ana Ruiz", tz="Europe/Madrid", locale="es-ES")
        server.workspace.add_user("U2", "bo", "Bo Lund")
        yield House(server, clock, client_of(server))
        assert server.violations == []


def client_of(server: SlackServer, token: str | None = None) -> AsyncWebClient:
    """The real client, which repeats nothing by itself."""
    chosen = server.workspace.token if token is None else token
    return AsyncWebClient(chosen or None, base_url=server.api_url, retry_handlers=[])


async def until(true: Callable[[], bool]) -> None:
    """Let everything else go on until something is so; at most ten seconds."""
    async with asyncio.timeout(10):
        while not true():
            await _one_turn()


async def _one_turn() -> None:
    await asyncio.sleep(0)


async def got(call: Awaitable[AsyncSlackResponse]) -> Json:
    """The answer to a call."""
    return cast(Any, await call).data


async def refused(call: Awaitable[object]) -> Json:
    """The answer to a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return cast(Any, caught.value).response.data


@dataclass
class Listener:
    """An app that takes what comes over its socket, and acknowledges it while `answers` is set."""

    client: SocketModeClient
    got: list[SocketModeRequest] = field(default_factory=list[SocketModeRequest])
    answers: bool = True
    answer: Callable[[Json], Awaitable[Json | None]] | None = None
    """What it says about a payload when it acknowledges it."""
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.got.append(request)
        if self.answers:
            payload = await self.answer(request.payload) if self.answer else None
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
        async with self.came:
            self.came.notify_all()

    async def until(self, count: int) -> None:
        """Wait until so much has come."""
        async with self.came:
            await asyncio.wait_for(self.came.wait_for(lambda: len(self.got) >= count), 5)

    def events(self) -> list[Json]:
        return [each.payload["event"] for each in self.got if each.type == "events_api"]


@asynccontextmanager
async def listening(server: SlackServer) -> AsyncGenerator[Listener]:
    """A listener with an open socket."""
    client = SocketModeClient(server.app.app_token, web_client=client_of(server), ping_interval=0.2)
    listener = Listener(client)
    client.socket_mode_request_listeners.append(listener.take)
    await client.connect()
    try:
        yield listener
    finally:
        await client.close()


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request that came to an app's URL."""

    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """An app that takes requests at its URL. It gives `answers` in turn, and the last one ever after."""

    url: str = ""
    got: list[Arrived] = field(default_factory=list[Arrived])
    answers: list[tuple[int, str]] = field(default_factory=lambda: [(200, "")])

    async def take(self, request: web.Request) -> web.Response:
        body = await request.text()
        if '"url_verification"' in body:
            return web.Response(text=body)
        self.got.append(Arrived({name.lower(): value for name, value in request.headers.items()}, body))
        status, text = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        kind = "application/json" if text.startswith("{") else "text/plain"
        return web.Response(status=status, text=text, content_type=kind)


@asynccontextmanager
async def receiving() -> AsyncGenerator[Receiver]:
    """A receiver that can be reached."""
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/slack/events", receiver.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield receiver
    finally:
        await runner.cleanup()
