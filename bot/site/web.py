"""The site at an address of its own, beside a bot that runs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from bot.site.serving import HEADERS, ServedSite
from bot.webserver import served

PATH = "/site"
"""Under which path the site stands."""

log = structlog.get_logger()


def site_app(site: ServedSite) -> Starlette:
    """The web application: the site under its path, to which the first page leads."""

    async def home(request: Request) -> RedirectResponse:
        return RedirectResponse(f".{PATH}/", 307, HEADERS)

    return Starlette(routes=[Route("/", home, methods=["GET"]), Mount(PATH, site.app())])


@asynccontextmanager
async def site_served(site: ServedSite, host: str, port: int, wanted: bool = True) -> AsyncGenerator[int]:
    """Serve the site while the context lasts, where it is wanted. Yields the port, 0 for none. Raises CannotListen."""
    if not wanted:
        yield 0
        return
    cannot = (
        f"The site cannot be served at {host}, port {port} ({{problem}}). Choose another with COUNTERPART_HOST and"
        " COUNTERPART_PORT; COUNTERPART_SITE=off turns it off."
    )
    async with served(site_app(site), host, port, cannot) as found:
        log.info("site_served", host=host, port=found, path=f"{PATH}/")
        yield found
