"""The local page: everybody's screens side by side, a clock to turn, and what people do there."""

import re
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from pathlib import Path
from socket import socket
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.local.control import Control
from adapters.local.crowd import Action, Command, Leave, Press, Say
from adapters.local.faults import Faults, Trouble
from adapters.local.feed import Feed
from adapters.local.guard import Guard
from adapters.local.outbound import LocalAdapter
from adapters.local.platform import NotPossible
from adapters.local.records import Account
from adapters.local.view import Views
from bot.language.events import SentFile
from bot.language.files import picture_type
from bot.language.markup import tidy_line
from bot.language.messages import Document, Element, Picture
from bot.language.places import Address, Place
from bot.language.rehearsal import Web

PAGE = Path(__file__).parent / "page"
SEATS = 4
"""Accounts that a visitor plays at most."""
FASTEST = 2_000_000.0

TROUBLES = {
    "none": Faults(),
    "shaky": Faults(probability=0.3, seed=7, seconds=5),
    "down": Faults(probability=1.0, troubles=(Trouble.DROP,), seconds=30),
    "busy": Faults(probability=0.5, seed=7, troubles=(Trouble.LIMIT,), seconds=10),
}
"""What the page's trouble switch offers."""

_log = structlog.get_logger(__name__)


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Said(_Asked):
    account: str
    place: str
    text: str


class _Sent(_Said):
    name: Annotated[str, Field(max_length=200)]
    content: str
    """What is in the file, in base64."""


class _Pressed(_Asked):
    account: str
    place: str
    message: str
    token: str
    values: Annotated[tuple[str, ...], Field(max_length=100)]


class _Left(_Asked):
    account: str
    place: str = "hall/hall"


class _Clock(_Asked):
    do: Annotated[str, Field(pattern="^(step|run|pause)$")]
    speed: Annotated[float, Field(gt=0, le=FASTEST, allow_inf_nan=False)] = 3600.0


class _Seat(_Asked):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    zone: Annotated[str, Field(max_length=60)] = "Europe/London"


class _TroubleAsked(_Asked):
    name: str


def web_app(adapter: LocalAdapter, control: Control, beside: Mapping[str, Web] | None = None) -> Starlette:
    """The web application over this platform, and others beside it, each below its path.

    Serve it with `page_server`, on 127.0.0.1 only.
    """
    views = Views(adapter.platform, control, adapter.capabilities)
    desk = _Desk(adapter, control, views)
    feed = Feed(adapter.platform, views)

    async def events(_: Request) -> Response:
        return StreamingResponse(feed.follow(), media_type="text/event-stream")

    async def index(_: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    app = Starlette(
        routes=[
            Route("/", index),
            Route("/events", events),
            Route("/pictures/{message}/{index:int}", desk.picture),
            Route("/documents/{message}/{index:int}", desk.document),
            Mount("/page", StaticFiles(directory=PAGE)),
            *(Mount(path, other) for path, other in (beside or {}).items()),
            *(Route(f"/{name}", _taking(work), methods=["POST"]) for name, work in desk.works()),
        ],
        middleware=[Middleware(Guard)],
    )
    app.state.feed = feed
    return app


class PageServer(uvicorn.Server):
    """uvicorn, which lets go of open pages when it is told to stop."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End the pages' event streams first: they would never end by themselves."""
        self._feed.close()
        await super().shutdown(sockets)


Work = Callable[[bytes], Awaitable[None]]


def _taking(work: Work) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint around one piece of work: every refusal becomes a sentence for the person at the page."""

    async def endpoint(request: Request) -> Response:
        try:
            await work(await request.body())
        except ValidationError:
            return JSONResponse({"error": "This request is not of the form that the page sends."}, 400)
        except NotPossible as refusal:
            return JSONResponse({"error": str(refusal)}, 409)
        except Exception as error:  # the page must hear of it, whatever it was
            _log.exception("page_request_failed", path=request.url.path, error=type(error).__name__)
            sentence = "The bot could not deal with this just now. Nothing is lost: go on in a moment."
            return JSONResponse({"error": sentence}, 503)
        return JSONResponse({"ok": True})

    return endpoint


class _Desk:
    """What can be asked for on the page."""

    def __init__(self, adapter: LocalAdapter, control: Control, views: Views) -> None:
        self._adapter = adapter
        self._platform = adapter.platform
        self._control = control
        self._views = views

    def works(self) -> list[tuple[str, Work]]:
        """The names under which the page asks, and what happens then."""
        return [
            ("say", self.say),
            ("send", self.send),
            ("press", self.press),
            ("command", self.command),
            ("leave", self.leave),
            ("clock", self.clock),
            ("seats", self.seats),
            ("trouble", self.trouble),
        ]

    async def say(self, body: bytes) -> None:
        said = _Said.model_validate_json(body)
        await self._act(Say(said.account, self._place(said.place), said.text, self._platform.clock.now()))

    async def send(self, body: bytes) -> None:
        sent = _Sent.model_validate_json(body)
        try:
            content = b64decode(sent.content, validate=True)
        except ValueError:
            raise NotPossible("The file did not arrive as it was sent. Please send it again.") from None
        reference = f"sent:{sha256(content).hexdigest()[:32]}"
        file = SentFile(reference, tidy_line(sent.name, 80) or "file", picture_type(content), len(content))
        place, now = self._place(sent.place), self._platform.clock.now()
        await self._act(Say(sent.account, place, sent.text, now, (file,)), {reference: content})

    async def command(self, body: bytes) -> None:
        said = _Said.model_validate_json(body)
        await self._act(Command(said.account, self._place(said.place), said.text, self._platform.clock.now()))

    async def press(self, body: bytes) -> None:
        done = _Pressed.model_validate_json(body)
        place, now = self._place(done.place), self._platform.clock.now()
        await self._act(Press(done.account, place, done.token, done.values, now, done.message))

    async def leave(self, body: bytes) -> None:
        left = _Left.model_validate_json(body)
        await self._act(Leave(left.account, self._platform.clock.now(), self._place(left.place)))

    async def clock(self, body: bytes) -> None:
        asked = _Clock.model_validate_json(body)
        match asked.do:
            case "step":
                await self._control.step()
            case "run":
                await self._control.run(asked.speed)
            case _:
                await self._control.pause()
        self._platform.touch()

    async def seats(self, body: bytes) -> None:
        asked = _Seat.model_validate_json(body)
        name = tidy_line(asked.name, 60)
        taken = [account for account in self._platform.world.accounts.values() if not account.simulated]
        if not name:
            raise NotPossible("Please give a name.")
        if not _is_zone(asked.zone):
            raise NotPossible("Please give a time zone such as Europe/London.")
        if len(taken) >= SEATS:
            raise NotPossible(f"There are {SEATS} seats, and all are taken.")
        user = f"visitor{len(taken) + 1}"
        account = Account(user, name, f"{user}@example.org", asked.zone)
        self._platform.add(account, announce=True)
        await self._adapter.hand_in()
        await self._control.settle()

    async def trouble(self, body: bytes) -> None:
        name = _TroubleAsked.model_validate_json(body).name
        if name not in TROUBLES:
            raise NotPossible("There is no such trouble to be had.")
        self._adapter.fail(TROUBLES[name])
        self._views.trouble = name
        self._platform.touch()

    async def picture(self, request: Request) -> Response:
        element = self._element(request)
        content = self._platform.files.get(element.file, b"") if isinstance(element, Picture) else b""
        if media_type := picture_type(content):
            return Response(content, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})
        return JSONResponse({"error": "There is no such picture."}, 404)

    async def document(self, request: Request) -> Response:
        element = self._element(request)
        if isinstance(element, Document):
            name = re.sub(r"[^\w.-]", "_", element.name)
            # Never shown as a page: it is to be kept.
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
            content = self._platform.files.get(element.file) if element.file else element.text
            if content is not None:
                return Response(content, media_type="application/octet-stream", headers=headers)
        return JSONResponse({"error": "There is no such file."}, 404)

    def _element(self, request: Request) -> Element | None:
        shelf, index = self._platform.shelf, request.path_params["index"]
        shown = shelf.get(request.path_params["message"]) if shelf else None
        elements = shown.message.elements if shown and shown.message else ()
        return next(iter(elements[index : index + 1]), None)

    async def _act(self, action: Action, files: Mapping[str, bytes] | None = None) -> None:
        account = self._platform.world.accounts.get(action.account)
        if account is not None and account.simulated:
            raise NotPossible("This person acts by themselves. Please use one of your own seats.")
        await self._adapter.act(action, files)
        await self._control.settle()

    def _place(self, name: str) -> Address:
        kind, _, identity = name.partition("/")
        if kind not in set(Place) or not re.fullmatch(r"[\w.@+-]{1,80}", identity):
            raise NotPossible("There is no such place.")
        return self._platform.world.address(Place(kind), identity)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def page_server(app: Starlette, port: int) -> PageServer:
    """A server for the page on 127.0.0.1; `await server.serve()` until `server.should_exit` is set."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=2, ws="none"
    )
    return PageServer(config, app.state.feed)
