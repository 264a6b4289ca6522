"""Keeps other web sites and oversized answers away from the local page, which asks nobody for a password."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LIMIT = 256 * 1024
"""Bytes of a request's body."""
SENDING, SENDING_LIMIT = "/send", 24 * 1024 * 1024
"""Where files are sent, and the bytes of a request's body there: a picture of 16 MB, as JSON."""
DRAINED = 64 * 1024 * 1024
"""Bytes that are read and thrown away, so that a sender of too much can still read why it was refused."""
OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """ASGI middleware: own host names only, own pages only, small bodies only, and strict headers on every answer.

    The host is checked because a site may point its own name at 127.0.0.1 (DNS rebinding); the origin because any
    site may send a form here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    # An application beside the page may have stricter ones, or forms of its own.
                    headers.setdefault(name, value)
            await send(message)

        if reason := _why_not(scope["method"], Headers(scope=scope)):
            await JSONResponse({"error": reason}, 403)(scope, receive, send_strictly)
            return
        if scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send_strictly)
            return
        limit = SENDING_LIMIT if scope["path"] == SENDING else LIMIT
        body = await _read(receive, limit)
        if body is None:
            what = f"{limit // 1024} KB. Please send less"
            reason = f"This is too long: more than {what}. Nothing was changed."
            await JSONResponse({"error": reason}, 413)(scope, receive, send_strictly)
            return
        parts = iter([body])

        async def receive_read() -> Message:
            part = next(parts, None)
            return await receive() if part is None else {"type": "http.request", "body": part, "more_body": False}

        await self._app(scope, receive_read, send_strictly)


def _why_not(method: str, headers: Headers) -> str:
    host = headers.get("host", "")
    if _hostname(f"//{host}") not in OWN_HOSTS:
        return "This page answers only on this machine, under 127.0.0.1 or localhost."
    if method in ("GET", "HEAD"):
        return ""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return "Another web site may not act here."
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return "Another web site may not act here."
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return "Only JSON is taken here."
    return ""


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The body, or None when it is too long; what is too long is read to its end and forgotten."""
    body, length = bytearray(), 0
    while length <= DRAINED:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        length += len(part)
        if length <= limit:
            body += part
        if not message.get("more_body", False):
            return bytes(body) if length <= limit else None
    return None
