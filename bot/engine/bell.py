"""The bell: APScheduler rings when something is due; a supervisor re-creates it when it falls silent.

The database is the truth and the scheduler only an alarm clock: one failure inside it can stop it for good while it
still claims to run, so nothing here trusts it without looking.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]

from bot.engine.clock import Clock
from bot.engine.engine import Engine

NET = timedelta(seconds=30)
"""How long to wait at most before looking again, whatever the bell says."""
_LATE = timedelta(seconds=5)

log = structlog.get_logger()


class Bell:
    """Keeps an engine going in real time: settles it whenever it is woken or something is due."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._woken = asyncio.Event()
        self._stopping = False
        self._scheduler = _scheduler()
        self._rang_at: datetime | None = None

    def wake(self) -> None:
        """There is something to do now."""
        self._woken.set()

    def stop(self) -> None:
        """Let `run` return after what it has in hand."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Settle, wait for the next due moment or a wake-up, and again, until stopped."""
        self._scheduler.start()
        try:
            while not self._stopping:
                self._woken.clear()
                # Another process may have written meanwhile: in real time the rows are always asked.
                self._engine.pulse.look()
                try:
                    await self._engine.settle()
                    due = await self._engine.next_due()
                except Exception:
                    # The database may be away for a while: the rows wait, and the net brings us back.
                    log.exception("settle_failed")
                    due = None
                await self._wait(due)
        finally:
            self._scheduler.shutdown(wait=False)

    async def _wait(self, due: datetime | None) -> None:
        now = self._clock.now()
        until = min(due, now + NET) if due else now + NET
        self._set(until)
        try:
            await asyncio.wait_for(self._woken.wait(), (until - now + _LATE).total_seconds())
        except TimeoutError:
            log.warning("bell_silent", due=until.isoformat())
            self._scheduler.shutdown(wait=False)
            self._scheduler = _scheduler()
            self._scheduler.start()

    def _set(self, until: datetime) -> None:
        self._scheduler.add_job(  # pyright: ignore[reportUnknownMemberType] - the library has no types
            self._woken.set, "date", run_date=until, id="bell", replace_existing=True
        )


def _scheduler() -> AsyncIOScheduler:
    # The grace is unlimited: a late ring is better than none, and the default of one second deletes the job.
    return AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None})
