"""The bell: APScheduler rings when something is due; a supervisor re-creates it when it falls silent.

The database is the truth and the scheduler only an alarm clock: one failure inside it can stop it for good while it
still claims to run, so nothing here trusts it without looking.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped] - it ships no types

from bot.engine.clock import Clock
from bot.engine.engine import Engine
from bot.engine.meter import Meter
from bot.engine.trouble import Trouble

NET = timedelta(seconds=30)
"""How long to wait at most before looking again, whatever the bell says."""
LATE = timedelta(seconds=5)
"""How late the bell may ring before it counts as silent."""
_SOON = timedelta(milliseconds=10)
_FIRST_WAIT = timedelta(seconds=1)
"""How long to wait after a failure; twice as long after each further one."""

log = structlog.get_logger()


class Bell:
    """Keeps an engine going in real time: settles it whenever it is woken or something is due."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        net: timedelta = NET,
        late: timedelta = LATE,
        meter: Meter | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._net = net
        self._late = late
        self._meter = meter or Meter()
        self._woken = asyncio.Event()
        self._elsewhere = True
        self._looked = 0.0
        self._stopping = False
        self.scheduler = _scheduler()
        """The alarm clock in use. It is replaced when it falls silent."""

    def wake(self, *, elsewhere: bool = True) -> None:
        """There is something to do now. To be called in the event loop.

        Unless `elsewhere`, this process knows what: no other has written anything, and the rest need not be asked.
        """
        self._elsewhere |= elsewhere
        self._woken.set()

    def stop(self) -> None:
        """Let `run` return after what it has in hand."""
        self._stopping = True
        self._engine.stop()
        self._woken.set()

    async def run(self) -> None:
        """Settle, wait for the next due moment or a wake-up, and again, until stopped."""
        trouble, failures = Trouble("settle_failed"), 0
        self.scheduler.start()
        try:
            while not self._stopping:
                self._woken.clear()
                self._meter.beat()
                self._look()
                try:
                    await self._engine.settle()
                    due = await self._engine.next_due()
                    trouble.over()
                    failures = 0
                except Exception as problem:  # whatever it was, the alarm clock must live on
                    # The database may be away for a while: the rows wait, and the net brings us back.
                    trouble.tell(problem)
                    failures += 1
                    self._elsewhere = True
                    due = self._clock.now() + min(self._net, _FIRST_WAIT * 2 ** min(failures - 1, 10))
                await self._wait(due)
        finally:
            self._shut_down()

    def _look(self) -> None:
        """Ask the rows for everything, where another process may have written: by what is told, or by the net."""
        now = time.monotonic()
        if self._elsewhere or now - self._looked >= self._net.total_seconds():
            self._elsewhere, self._looked = False, now
            self._engine.pulse.look()

    async def _wait(self, due: datetime | None) -> None:
        now = self._clock.now()
        # A moment that has just passed is looked at again, but never in a tight loop.
        pause = max(_SOON, min(due - now, self._net)) if due else self._net
        self._set(pause)
        try:
            async with asyncio.timeout((pause + self._late).total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            log.warning("bell_silent", due=(now + pause).isoformat())
            self._elsewhere = True
            self._shut_down()
            self.scheduler = _scheduler()
            self.scheduler.start()

    def _set(self, pause: timedelta) -> None:
        # By the machine's time: the clock that the engine goes by may be another.
        self.scheduler.add_job(  # pyright: ignore[reportUnknownMemberType] - the library has no types
            self._ring, "date", run_date=datetime.now(UTC) + pause, id="bell", replace_existing=True
        )

    async def _ring(self) -> None:
        # A coroutine runs in the event loop; a plain function would be called in a thread, where no event may be set.
        self.wake()

    def _shut_down(self) -> None:
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)


def _scheduler() -> AsyncIOScheduler:
    # The grace is unlimited: a late ring is better than none, and the default of one second deletes the job.
    return AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None})
