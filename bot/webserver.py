"""Serving a web application within this process, for as long as something lasts."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.applications import Starlette


class CannotListen(Exception):
    """An address cannot be had. The text says what to do."""


@asynccontextmanager
async def served(app: Starlette, host: str, port: int, cannot: str) -> AsyncGenerator[int]:
    """Serve the application at `port` (0: any free one) while the context lasts. Yields the port.

    Raises CannotListen with the sentence `cannot`, in whose place `{problem}` the reason stands.
    """
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as problem:
        raise CannotListen(cannot.replace("{problem}", problem.strerror or str(problem))) from None
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            server_header=False,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        found: int = listening.getsockname()[1]
        yield found
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):  # it ends because it was told to
            await serving
        listening.close()


class _Server(uvicorn.Server):
    """uvicorn, without a say in how the program is stopped."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """The program stops it itself."""
        yield
