"""The site, served by the bot itself: made when it is asked for, kept in memory, made anew when rows change."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.engine.clock import Clock
from bot.language.markup import tidy_line
from bot.program.certificates import LONGEST, read_code, verify
from bot.program.presence import PRESENT
from bot.program.wording import Kits
from bot.site.contents import INDEX, LOST
from bot.site.facts import PastRound, SiteFacts
from bot.site.gathering import Stamp, Where, ended_rounds, gather, past_round, stamp
from bot.site.pages import POLICY, Files, certificate_page, pages
from storage.database import Database, is_away
from storage.people import Program
from topics.model import Kit

FRESH = timedelta(minutes=1)
"""For how long pages are good, as far as nothing was seen to change: time itself opens and closes rounds."""
KEPT = timedelta(hours=1)
"""For how long the numbers of past rounds are good: whoever is forgotten is taken out of them later."""
CERTIFICATES = "certificates"
FURTHER = "programs/"
"""Below this path, each by its number, stand the sites of all programs but the first."""
_SMALL, _DIGITS = 1_000, 10
_KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "xml": "application/xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}
HEADERS = {
    "content-security-policy": f"{POLICY}; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # Whoever takes a story back must not find it in anybody's cache: each look is asked about, and answered with 304.
    "cache-control": "no-cache",
}

log = structlog.get_logger()


Counted = Mapping[int, tuple[datetime, PastRound]]
"""The numbers of rounds that are over by the round's id, with the time at which they were counted."""


@dataclass(frozen=True, slots=True)
class _Made:
    """The pages of a program as they were made last, and what they were made of. `look` numbers the last look at it."""

    facts: SiteFacts
    files: Files
    stamp: Stamp
    at: datetime
    counted: Counted
    look: int


class ServedSite:
    """The sites of all programs in a database, the first program's at `mount`, as an application for requests.

    However many ask at once: the rows are looked at by one after the other, and pages made by one at most.
    """

    def __init__(self, database: Database, clock: Clock, kits: Kits, mount: str) -> None:
        self._database = database
        self._clock = clock
        self._kits = kits
        self._mount = mount
        self._made: dict[int | None, _Made] = {}
        self._turn = asyncio.Lock()
        self.looks = 0
        """How often rows were looked at."""
        self.builds = 0
        """How often pages were made."""

    def app(self) -> Starlette:
        """The web application, to be mounted."""
        routes = [Route("/{path:path}", self.answer, methods=["GET"])]
        return Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=_SMALL)])

    async def answer(self, request: Request) -> Response:
        """The answer to one request."""
        number, path = _program_in(str(request.path_params["path"]))
        try:
            made = await self._current(number)
            answer = await self._certificate(request, made.facts, path) if made is not None else None
        except Exception as problem:  # whatever it was: the visitor hears of it, and the bot goes on
            away = is_away(problem)
            log.error("site_failed", problem=type(problem).__name__, exc_info=None if away else problem)
            return PlainTextResponse("The site cannot be shown just now. Please try again in a minute.\n", 503, HEADERS)
        if made is None:
            return PlainTextResponse("There is no program here.\n", 404, HEADERS)
        return answer or _file(request, made.files, path)

    async def _current(self, number: int | None) -> _Made | None:
        """The pages as the rows are now; None where there is no such program."""
        asked = self.looks
        async with self._turn:
            made = self._made.get(number)
            if made is not None and made.look > asked:
                # Somebody began to look after this one had asked: what they saw is new enough.
                return made
            self.looks += 1
            found = await self._look(number, made, self.looks)
            if found is None:
                self._made.pop(number, None)
            else:
                self._made[number] = found
            return found

    async def _certificate(self, request: Request, facts: SiteFacts, path: str) -> Response | None:
        """The answer about a code that was typed into the form, or is in the path; None where no code is asked about.

        Rows are asked each time, and nothing is kept: whoever is forgotten has no certificate any more.
        """
        folder, slash, asked = path.partition("/")
        typed = asked.strip("/") if asked != INDEX else ""
        in_form = not asked and request.query_params.get("code", "").strip()
        if folder != CERTIFICATES or not slash or not (typed or in_form):
            return None
        code = "" if "/" in typed else read_code(typed or in_form or "")
        if code and asked != f"{code}/":
            # One page for each code, however it was typed.
            return _elsewhere(f"../{code}/" if asked.endswith("/") else f"./{code}/", 303)
        async with self._turn, self._database.transaction() as session:
            found = await verify(session, code) if code else None
        page = certificate_page(facts, code or tidy_line(typed or in_form or "", LONGEST), found)
        return unless_known(request, page, _KINDS["html"]) if found else Response(page, 404, HEADERS, _KINDS["html"])

    async def _look(self, number: int | None, made: _Made | None, look: int) -> _Made | None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            program = await self._program(session, number)
            if program is None:
                return None
            seen = (program.id, program.kit, *await stamp(session, program))
            ended = await ended_rounds(session, program)
        if made is not None and made.stamp == seen and made.at <= now < made.at + FRESH:
            return replace(made, look=look)
        wording = self._kits[program.kit]
        counted = await self._count(wording.kit, ended, made.counted if made is not None else {}, now)
        where = Where(served=True, mount=self._mount if number is None else f"{self._mount}{FURTHER}{number}/")
        # What changes in between is in the pages, and the next look finds another stamp, and makes them anew.
        async with self._database.transaction() as session:
            facts = await gather(session, wording, program, now, where, [counted[each][1] for each in ended])
        if made is not None and made.facts == facts:
            return replace(made, stamp=seen, at=now, counted=counted, look=look)
        self.builds += 1
        files = await asyncio.to_thread(pages, facts)
        return _Made(facts, files, seen, now, counted, look)

    async def _count(self, kit: Kit, ended: Sequence[int], before: Counted, now: datetime) -> Counted:
        """The numbers of the rounds that are over; those that are good still are taken over."""
        counted: dict[int, tuple[datetime, PastRound]] = {}
        for each in ended:
            at, past = before.get(each, (now, None))
            if past is None or not at <= now < at + KEPT:
                at, past = now, await past_round(self._database, kit, each)
            counted[each] = (at, past)
        return counted

    async def _program(self, session: AsyncSession, number: int | None) -> Program | None:
        """The program of that number; None: the first. Those whose kit is not at hand are passed over."""
        chosen = col(Program.id).in_(PRESENT) & col(Program.kit).in_(self._kits.names)
        rows = await session.exec(
            select(Program)
            .where(chosen if number is None else chosen & (col(Program.id) == number))
            .order_by(col(Program.id))
            .limit(1)
        )
        return rows.first()


def _program_in(path: str) -> tuple[int | None, str]:
    """The number of the program whose site a path is in, None for the first, and the path within that site."""
    number, slash, rest = path.removeprefix(FURTHER).partition("/")
    if path.startswith(FURTHER) and slash and number.isascii() and number.isdecimal() and len(number) < _DIGITS:
        return int(number), rest
    return None, path


def _file(request: Request, files: Files, path: str) -> Response:
    """The file at a path. A page is at the path of its folder, with a slash at the end; all others lead there."""
    name = path.rpartition("/")[2]
    if path in files and name == INDEX:
        return _elsewhere("./")
    if name and path not in files and f"{path}/{INDEX}" in files:
        return _elsewhere(f"./{name}/")
    found = path if name else f"{path}{INDEX}"
    lost = found not in files or found == LOST
    data = files[LOST] if lost else files[found]
    kind = _KINDS["html" if lost else found.rpartition(".")[2]]
    if lost:
        return Response(data, 404, HEADERS, kind)
    return unless_known(request, data, kind)


def unless_known(request: Request, data: bytes, kind: str) -> Response:
    """The data, or the word that whoever asks has it already."""
    # Weak, since it is the same for compressed data.
    tag = f'W/"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {**HEADERS, "etag": tag}
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if "*" in known or tag.removeprefix("W/") in [each.removeprefix("W/") for each in known]:
        return Response(None, 304, headers)
    return Response(data, 200, headers, kind)


def _elsewhere(path: str, status: int = 308) -> Response:
    """A redirect to a path beside the one that was asked for; with another status, not for good."""
    return RedirectResponse(path, status, HEADERS)
