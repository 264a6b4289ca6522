"""The addresses by which others see how this process is: `/healthz`, `/readyz`, `/metrics`. They tell no names."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.engine.calendar import Watch
from bot.engine.clock import Clock
from bot.health.metrics import Metrics
from bot.health.stock import Stock, take_stock
from bot.webserver import served
from storage.database import Database
from storage.migrate import newest, revision

SILENT = timedelta(minutes=10)
"""How long the bell may be silent. It may be busy for minutes: with a large pairing, or with a slow platform."""
PATIENCE = timedelta(seconds=5)
"""How long the database may take to answer."""

_COMPATIBLE = text("SELECT compatible_from FROM schema_form")

log = structlog.get_logger()


@dataclass
class Vitals:
    """What there is to know about one process. `awaited` names the platforms that it has to connect."""

    database: Database
    clock: Clock
    metrics: Metrics
    watches: Sequence[Watch] = ()
    awaited: Sequence[str] = ()
    silent: timedelta = SILENT
    form: str = field(default_factory=newest)

    async def alive(self) -> tuple[bool, str]:
        """Whether this process does its work. That it answers at all says that its event loop turns."""
        silent = self.metrics.silent_for
        if silent > self.silent.total_seconds():
            return False, f"the bell has been silent for {silent:.0f} s"
        return True, "alive"

    async def ready(self) -> tuple[bool, str]:
        """Whether it can take on work: the database is there in this version's form, and all is connected."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                found = await revision(self.database)
        except Exception as problem:  # whatever it was, the answer is that it is not ready
            log.warning("not_ready", problem=type(problem).__name__)
            return False, "the database does not answer"
        if found != self.form and not await self._expanded(found):
            return False, f"the database is in the form {found or 'none'}, and this version needs {self.form}"
        lacking = [name for name in self.awaited if name not in self.metrics.reached]
        return (False, f"not connected: {', '.join(lacking)}") if lacking else (True, "ready")

    async def _expanded(self, found: str | None) -> bool:
        """Whether a later version has changed the database in such a way that this one can go on with it."""
        if found is None or found < self.form:
            return False
        try:
            async with self.database.connection() as connection:
                oldest = (await connection.execute(_COMPATIBLE)).scalar()
        except DBAPIError:
            return False
        return oldest is not None and oldest <= self.form

    async def numbers(self) -> bytes:
        """All numbers, for Prometheus."""
        return self.metrics.text(await self._stock())

    async def _stock(self) -> Stock | None:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()), self.database.transaction() as session:
                return await take_stock(session, self.clock.now(), self.watches)
        except Exception as problem:  # the process's own numbers are still worth telling
            log.warning("no_numbers", problem=type(problem).__name__)
            return None


def health_app(vitals: Vitals) -> Starlette:
    """The web application."""

    async def healthz(request: Request) -> Response:
        return _told(*await vitals.alive())

    async def readyz(request: Request) -> Response:
        return _told(*await vitals.ready())

    async def metrics(request: Request) -> Response:
        return Response(await vitals.numbers(), media_type=CONTENT_TYPE_LATEST)

    paths = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    return Starlette(routes=[Route(path, answer, methods=["GET"]) for path, answer in paths.items()])


def _told(good: bool, text: str) -> Response:
    return PlainTextResponse(f"{text}\n", 200 if good else 503)


@asynccontextmanager
async def serve_health(vitals: Vitals, host: str, port: int) -> AsyncGenerator[int]:
    """Serve the page while the context lasts, at `port` (0: any free one). Yields the port. Raises CannotListen."""
    cannot = (
        f"The health page cannot be served at {host}, port {port} ({{problem}}). Choose another"
        " with COUNTERPART_HEALTH_HOST and COUNTERPART_HEALTH_PORT; port 0 turns it off."
    )
    async with served(health_app(vitals), host, port, cannot) as found:
        log.info("health_served", host=host, port=found)
        yield found


@asynccontextmanager
async def served_as(vitals: Vitals, host: str, port: int) -> AsyncGenerator[None]:
    """As `serve_health`; with the port 0, nothing is served."""
    if not port:
        yield
        return
    async with serve_health(vitals, host, port):
        yield
