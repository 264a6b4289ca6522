"""Socket Mode: two connections, so that one is open while the other is replaced, and a watch over both.

Slack closes connections now and then, and has been seen to leave some open that deliver nothing. So a line is replaced
when it breaks, when Slack says that it will close, when it does not answer pings, and when nothing has come over it for
long. The new one is open before the old one ends; what was on its way over a broken one, Slack sends again.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import NoAnswer, ask
from adapters.slack.errors import why_no_socket
from adapters.slack.line import Line
from bot.language.adapter import Clock, NotConnected

LINES = 2
LOOK_EVERY = 5.0
"""Seconds between two looks at the lines."""
MUTE = timedelta(seconds=30)
"""How long a ping may stay unanswered."""
QUIET = timedelta(minutes=4)
"""How long a line may deliver nothing: less than Slack's last attempt, five minutes after the one before."""
PROBE_EVERY = timedelta(seconds=60)
LONGEST_WAIT = 60.0

log = structlog.get_logger()


@dataclass(slots=True)
class _Slot:
    """The place of one line: what is in it, and when another may be tried after so many failures."""

    quiet: timedelta
    line: Line | None = None
    failures: int = 0
    not_before: datetime | None = None
    reason: str = field(default="", compare=False)


class Sockets:
    """Keeps the lines open. `tick` looks after them by the clock; a loop around it calls it."""

    def __init__(self, app: AsyncApp, app_token: str, web: AsyncWebClient, clock: Clock, lines: int = LINES) -> None:
        self._app = app
        self._token = app_token
        self._web = web
        self._clock = clock
        # Not both at once, so that one is always open.
        self._slots = [_Slot(QUIET * (1 + number / (2 * lines))) for number in range(lines)]
        self._probed_at = clock.now()
        self._wake = asyncio.Event()
        self._looking = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are in place, broken or not."""
        return tuple(slot.line for slot in self._slots if slot.line is not None)

    @property
    def open_lines(self) -> int:
        """How many lines can deliver."""
        return sum(not line.broken() for line in self.lines)

    async def start(self) -> None:
        """Open the lines. Raises NotConnected where not even one can be opened."""
        await self.tick()
        if not self.open_lines:
            reasons = [slot.reason for slot in self._slots if slot.reason]
            await self._close_all()
            raise NotConnected(reasons[0] if reasons else why_no_socket(""))
        self._watch = asyncio.create_task(self._look_on())

    async def stop(self) -> None:
        """Take nothing more; what is being stored is still acknowledged."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):  # it was cancelled just now
                await self._watch
        await self._close_all()

    async def tick(self) -> None:
        """Look at each line once, and replace what must be replaced."""
        async with self._looking:
            now = self._clock.now()
            await asyncio.gather(*(self._look_at(slot, now) for slot in self._slots), self._probe(now))

    async def _look_on(self) -> None:
        while True:
            with suppress(TimeoutError):  # the time is up
                async with asyncio.timeout(LOOK_EVERY):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.tick()
            except Exception:  # whatever it was, somebody must go on looking
                log.exception("socket_watch_failed", platform="slack")

    async def _look_at(self, slot: _Slot, now: datetime) -> None:
        reason = self._fault(slot, now)
        if slot.line is not None:
            slot.line.note_time(now)
        if not reason:
            if slot.line is not None:
                await slot.line.ask(now)
            return
        if slot.not_before is not None and now < slot.not_before:
            return
        await self._replace(slot, now, reason)

    def _fault(self, slot: _Slot, now: datetime) -> str:
        """Why the line must be replaced; empty when it need not be."""
        line = slot.line
        if line is None:
            return "none"
        if line.broken():
            return "broken"
        if line.mute_for(now) > MUTE:
            return "mute"
        return "quiet" if now - line.heard_at > slot.quiet else ""

    async def _replace(self, slot: _Slot, now: datetime, reason: str) -> None:
        made = Line(self._app, self._token, self._web, now, self._wake.set)
        try:
            await made.open()
        except NoAnswer as problem:
            slot.failures += 1
            wait = max(problem.seconds, min(LONGEST_WAIT, 2.0 ** min(slot.failures - 1, 10)))
            slot.not_before = now + timedelta(seconds=wait)
            slot.reason = why_no_socket(problem.code)
            log.warning("socket_not_opened", platform="slack", error=problem.code, attempt=slot.failures)
            return
        old, slot.line = slot.line, made
        slot.failures, slot.not_before, slot.reason = 0, None, ""
        log.info("socket_opened", platform="slack", instead_of=reason)
        if old is not None:
            self._later(old.retire())

    async def _probe(self, now: datetime) -> None:
        """Call the Web API now and then: it is said to wake sockets that have gone quiet."""
        if now - self._probed_at < PROBE_EVERY:
            return
        self._probed_at = now
        try:
            await ask(self._web, "auth.test")
        except NoAnswer as problem:
            log.warning("slack_does_not_answer", platform="slack", error=problem.code)

    async def _close_all(self) -> None:
        for slot in self._slots:
            if slot.line is not None:
                self._later(slot.line.retire())
                slot.line = None
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
