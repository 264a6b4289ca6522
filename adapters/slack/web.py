"""HTTP mode: the addresses at which Slack calls, and where people install the app."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager, suppress

import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.slack.flow import INSTALL, REDIRECT, Installing
from bot.language.adapter import NotConnected

EVENTS = "/slack/events"
HEALTH = "/healthz"
LARGEST = 1_000_000
"""Bytes of a request; Slack's are far smaller."""


class TooLarge(Exception):
    """A request is larger than any of Slack's."""


def web_app(app: AsyncApp, signing_secret: str, installing: Installing | None = None) -> Starlette:
    """The web application around Bolt; with `installing`, people can install the app at it."""
    verifier = SignatureVerifier(signing_secret)

    async def events(request: Request) -> Response:
        try:
            body = await _body(request)
        except TooLarge:
            return PlainTextResponse("too large", 413, headers={"Connection": "close"})
        except ClientDisconnect:
            return PlainTextResponse("not all has come", 400)
        # Before anything is read in it, and before Bolt, which would log what it does not accept.
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not _signed(verifier, body, headers):
            return PlainTextResponse("not signed by Slack", 401)
        try:
            asked = to_async_bolt_request(request, body)
        except (ValueError, AttributeError, RecursionError):
            return PlainTextResponse("not readable", 400)
        return to_starlette_response(await app.async_dispatch(asked))

    async def health(request: Request) -> Response:
        return PlainTextResponse("ok")

    routes = [Route(EVENTS, events, methods=["POST"]), Route(HEALTH, health, methods=["GET"])]
    if installing is not None:
        flow = installing

        async def install(request: Request) -> Response:
            return to_starlette_response(await flow.handle_installation(to_async_bolt_request(request, b"")))

        async def redirected(request: Request) -> Response:
            return to_starlette_response(await flow.handle_callback(to_async_bolt_request(request, b"")))

        routes += [Route(INSTALL, install, methods=["GET"]), Route(REDIRECT, redirected, methods=["GET"])]
    return Starlette(routes=routes)


def _signed(verifier: SignatureVerifier, body: bytes, headers: dict[str, str]) -> bool:
    """Whether Slack has signed it, within the last five minutes."""
    try:
        return verifier.is_valid_request(body, headers)
    except (ValueError, TypeError):
        # A time that is no number, bytes that are no text, a signature in other letters.
        return False


async def _body(request: Request) -> bytes:
    """The body, as long as it is not too large; of a larger one no more is read. Raises TooLarge."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST:
        raise TooLarge
    found = bytearray()
    stream: AsyncGenerator[bytes] = request.stream()
    async for chunk in stream:
        found += chunk
        if len(found) > LARGEST:
            raise TooLarge
    return bytes(found)


class _Server(uvicorn.Server):
    """uvicorn, without a say in how the program is stopped."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell when requests can come."""
        try:
            await super().startup(sockets)
        finally:
            self.listening.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """The program stops its adapters itself."""
        yield


class WebServer:
    """Serves the application until it is stopped."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=5,
                server_header=False,
            )
        )
        self._socket: socket.socket | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port at which it listens; before it does, the one that was asked for."""
        return self._socket.getsockname()[1] if self._socket is not None else self._port

    async def start(self) -> None:
        """Listen. Raises NotConnected where the address cannot be had."""
        try:
            self._socket = _listening(self._host, self._port)
        except OSError as problem:
            raise NotConnected(
                f"Nothing can listen at {self._host}, port {self._port} ({problem.strerror or problem}). Choose "
                "another with COUNTERPART_SLACK_HOST and COUNTERPART_SLACK_PORT."
            ) from None
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        await self._server.listening.wait()

    async def stop(self) -> None:
        """Take no more requests; those that are being answered are answered."""
        self._server.should_exit = True
        if self._serving is not None:
            with suppress(asyncio.CancelledError):  # it ends because it was told to
                await self._serving
        if self._socket is not None:
            self._socket.close()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
