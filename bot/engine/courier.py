"""The courier: takes acts from the outbox, has the adapters perform them, and stores the receipts."""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError

from bot.engine import outbox
from bot.engine.cause import known_until, logged_as
from bot.engine.claims import Claim, Result
from bot.engine.clock import Clock
from bot.engine.luggage import with_files
from bot.engine.meter import Meter
from bot.engine.outcome import UNKNOWN_TOLD, Outcome, Settled
from bot.engine.outcome import Attempt as _Attempt
from bot.engine.pace import Pace
from bot.engine.pulse import NOW, Pulse
from bot.engine.sending import SendingLanes
from bot.engine.work import Computed, unit_of_work, with_labour
from bot.language.acts import Act, Post, act_from_json, receipt_to_json
from bot.language.adapter import Adapter, Gone, Lost, Refused, Retry, Unknown
from bot.language.places import Place
from storage.database import Database

LEASE = timedelta(seconds=60)
_DAY = timedelta(days=1)
PATIENCE = timedelta(seconds=25)
"""How long an adapter may take over one act, in real time. After that nobody knows whether it was done."""
FAILURES = 8
"""After so many attempts of which the adapter failed by a fault of its own, or the continuation, it is given up."""
_UNKNOWN_FIRST, _UNKNOWN_LONGEST = 5.0, 900.0

__all__ = ["FAILURES", "LEASE", "PATIENCE", "UNKNOWN_TOLD", "Courier", "Outcome", "Settled"]

log = structlog.get_logger()
_level = logging.getLogger(__name__)


class Courier:
    """Performs due acts, in order within an address, and never repeats one whose outcome it does not know."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        adapters: Mapping[str, Adapter],
        settled: Settled,
        *,
        pulse: Pulse | None = None,
        batch: int = 200,
        at_once: int = 16,
        patience: timedelta = PATIENCE,
        late: timedelta | None = None,
        meter: Meter | None = None,
        lanes: SendingLanes | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._adapters = adapters
        self._settled = settled
        self._pulse = pulse or Pulse()
        self._batch = batch
        self._gate = asyncio.Semaphore(at_once)
        self._patience = patience
        self._late = late
        self._meter = meter or Meter()
        self._lanes = lanes
        self._stopping = False
        self._pace = Pace({name: adapter.capabilities for name, adapter in adapters.items()})

    async def recover(self) -> None:
        """At the start of the only process: what an earlier one had claimed must be looked up.

        Where several processes share a database, do not call it: whoever takes a lane of one that died looks it up.
        """
        async with self._database.connection() as connection:
            lost = await outbox.release_all(connection)
        self._pulse.outbox.look()
        if lost:
            log.info("acts_to_look_up", count=lost)

    def stop(self) -> None:
        """Begin nothing more; what has not begun is given back."""
        self._stopping = True

    async def work(self) -> int:
        """Perform one batch of due acts. Returns how many were claimed."""
        if self._pulse.outbox.at > self._clock.now() or self._stopping:
            return 0
        if self._lanes is None:
            return await self._work(None)
        async with self._lanes.working():
            lanes, ours = self._lanes, self._lanes.held()
            return await self._work(lambda connection: lanes.confirm(connection, ours)) if ours else 0

    async def _work(self, confirm: outbox.Confirm | None) -> int:
        now = self._clock.now()
        with self._pulse.outbox.looking():
            until = now + LEASE
            claims, later = await outbox.claim(self._database, now, until, self._batch, confirm)
            self._pulse.outbox.sooner(later)
            if not claims:
                return 0
            lanes: dict[str, list[Claim]] = {}
            for claim in claims:
                lanes.setdefault(claim.lane, []).append(claim)
            # An attempt that begins later than this might outlast the lease.
            last = until - self._patience
            done = await asyncio.gather(*(self._lane(acts, last) for acts in lanes.values()))
            attempts = [attempt for lane in done for attempt in lane]
            await self._store(sorted(attempts, key=lambda attempt: attempt.result.claim.id))
        return len(claims)

    async def next_due(self) -> datetime | None:
        """When the next act may go out."""
        if self._pulse.outbox.at == NOW:
            with self._pulse.outbox.looking():
                ours = self._lanes.held() if self._lanes else None
                async with self._database.connection() as connection:
                    self._pulse.outbox.sooner(await outbox.next_due(connection, self._clock.now(), ours))
        return self._pulse.outbox.known

    async def _lane(self, claims: Sequence[Claim], last: datetime) -> list[_Attempt]:
        """Perform one lane's acts in order; after one that did not go out the rest stays for later."""
        attempts: list[_Attempt] = []
        stopped_until: datetime | None = None
        async with self._gate:
            for claim in claims:
                try:
                    act = act_from_json(claim.payload)
                except ValidationError as problem:
                    log.error("act_unreadable", act=claim.id, problem=str(problem))
                    attempts.append(_Attempt(Result(claim, "dead", reason="unreadable"), None))
                    continue
                now = self._clock.now()
                # What may have been done is looked up first.
                if not claim.look_up and (tomorrow := self._too_late_today(act, claim, now)) is not None:
                    attempts.append(_Attempt(Result(claim, "waiting", tried=False, due_at=tomorrow), act))
                    continue
                if stopped_until is None:
                    stopped_until = now if now > last or self._must_stop(act) else self._paced(act, claim, now)
                if stopped_until is not None:
                    state = "unknown" if claim.look_up else "waiting"
                    attempts.append(_Attempt(Result(claim, state, retry_at=stopped_until, tried=False), act))
                    continue
                with logged_as(claim.cause):
                    attempt = await self._attempt(claim, act)
                attempts.append(attempt)
                stopped_until = attempt.result.retry_at
        return attempts

    def _too_late_today(self, act: Act, claim: Claim, now: datetime) -> datetime | None:
        """When to send instead what nobody asked for and what is late: its hour was chosen for its readers' day.

        A day later it is that hour again. What was asked for, or is for everybody, goes out whenever it can.
        """
        planned = isinstance(act, Post) and not act.prompted and act.address.place is not Place.HALL
        if self._late is None or not planned or now - claim.due_at <= self._late:
            return None
        return claim.due_at + math.ceil((now - claim.due_at) / _DAY) * _DAY

    def _must_stop(self, act: Act) -> bool:
        """Whether nothing more may be begun: somebody else may be sending there by now."""
        to = act.address
        return self._stopping or (self._lanes is not None and not self._lanes.holds(to.platform, to.community))

    def _paced(self, act: Act, claim: Claim, now: datetime) -> datetime | None:
        until = self._pace.take(act.address.platform, act.address.community, claim.lane, now)
        if until is not None:
            self._meter.paced(act.address.platform, (until - now).total_seconds())
        return until

    async def _attempt(self, claim: Claim, act: Act) -> _Attempt:
        adapter = self._adapters.get(act.address.platform)
        if adapter is None:
            return _Attempt(Result(claim, "dead", reason=f"no adapter for {act.address.platform}"), act)
        looked_up = False
        try:
            async with self._while_ours(act), asyncio.timeout(self._patience.total_seconds()):
                whole = await with_files(self._database, act)
                receipt = found = await adapter.find(whole, _since(claim)) if claim.look_up else None
                looked_up = True
                tomorrow = self._too_late_today(act, claim, self._clock.now()) if receipt is None else None
                if tomorrow is not None:
                    return _Attempt(Result(claim, "waiting", due_at=tomorrow, reason="too late for today"), act)
                receipt = receipt or await adapter.perform(whole)
        except Retry as problem:
            retry_at = self._clock.now() + timedelta(seconds=max(0.0, problem.seconds))
            self._pace.stop(claim.lane, retry_at)
            # Until a look-up has succeeded, an act of unknown outcome stays one.
            state = "waiting" if looked_up else "unknown"
            return _Attempt(Result(claim, state, retry_at=retry_at, reason=str(problem)), act)
        except Lost as problem:
            log.warning("act_lost", key=act.key, kind=act.kind)
            return _Attempt(Result(claim, "dead", reason=f"lost: {problem}"), act)
        except (Gone, Refused) as problem:
            if not looked_up:
                return _Attempt(self._unknown(claim, f"it could not be looked up: {problem}"), act)
            log.warning("act_dead", key=act.key, kind=act.kind, reason=str(problem))
            return _Attempt(Result(claim, "dead", reason=f"{type(problem).__name__.lower()}: {problem}"), act)
        except (Unknown, TimeoutError) as problem:
            return _Attempt(self._unknown(claim, str(problem) or "no answer in time"), act)
        except Exception as problem:  # an adapter's fault: what became of the act is unknown
            log.exception("adapter_failed", key=act.key, kind=act.kind)
            if looked_up and claim.look_up and claim.attempts >= FAILURES:
                return _Attempt(Result(claim, "dead", reason=f"the adapter fails: {problem!r}"), act)
            return _Attempt(self._unknown(claim, repr(problem)), act)
        result = Result(claim, "sent", receipt_to_json(receipt), receipt.reference, receipt.at)
        return _Attempt(result, act, receipt, found=found is not None)

    def _while_ours(self, act: Act) -> AbstractAsyncContextManager[None]:
        to = act.address
        return self._lanes.during(to.platform, to.community) if self._lanes else nullcontext()

    def _unknown(self, claim: Claim, reason: str) -> Result:
        seconds = min(_UNKNOWN_LONGEST, _UNKNOWN_FIRST * 2 ** min(claim.attempts - 1, 10))
        return Result(claim, "unknown", retry_at=self._clock.now() + timedelta(seconds=seconds), reason=reason)

    async def _store(self, attempts: Sequence[_Attempt]) -> None:
        try:
            await self._store_together(attempts)
        except Exception:  # one of them may be at fault: each is stored alone, below
            if not any(attempt.outcome for attempt in attempts):
                raise
            # A continuation is at fault, most likely: its act is looked at again later, the others are stored.
            for attempt in attempts:
                await self._store_alone(attempt)

    async def _store_together(self, attempts: Sequence[_Attempt], *, told: bool = True) -> None:
        results = [attempt.result for attempt in attempts]
        outcomes = {a.result.claim.id: outcome for a in attempts if told and (outcome := a.outcome)}
        if outcomes:
            written = await self._store_and_tell(results, outcomes)
        else:
            async with self._database.connection() as connection:
                written = await outbox.settle(connection, results)
        for attempt in attempts:
            if attempt.result.claim.id in written:
                self._note(attempt)
        for result in results:
            if result.claim.id not in written:
                log.warning("lease_lost", act=result.claim.id, cause=result.claim.cause)
            self._pulse.outbox.sooner(result.retry_at)
            self._pulse.outbox.sooner(result.due_at)

    async def _store_and_tell(self, results: Sequence[Result], outcomes: Mapping[int, Outcome]) -> set[int]:
        written: set[int] = set()

        async def turn(computed: Computed) -> None:
            async with unit_of_work(self._database, self._clock, self._pulse, computed) as work:
                written.clear()
                written.update(await outbox.settle(await work.session.connection(), results))
                await self._settled(work, [outcome for act, outcome in outcomes.items() if act in written])

        # What follows from a receipt may take long to compute (a picture to be cleaned): not in the transaction.
        await with_labour(turn)
        return written

    def _note(self, attempt: _Attempt) -> None:
        """Count it, and say it in the log: what was sent at the level `info`, what waits further at `debug`."""
        result, claim = attempt.result, attempt.result.claim
        kind = attempt.act.kind if attempt.act else "unreadable"
        if not result.tried:
            if result.due_at is not None:
                self._meter.attempted(kind, "late")
            return
        outcome = "late" if result.due_at else {"waiting": "retry"}.get(result.state, result.state)
        self._meter.attempted(kind, "found" if attempt.found else outcome)
        level = logging.INFO if result.state == "sent" else logging.DEBUG
        # What is dead was told already, with the reason.
        if result.state != "dead" and _level.isEnabledFor(level):
            key = attempt.act.key if attempt.act else ""
            log.log(level, f"act_{result.state}", cause=claim.cause, act=claim.id, key=key, kind=kind)

    async def _store_alone(self, attempt: _Attempt) -> None:
        try:
            await self._store_together([attempt])
        except Exception:  # what follows from a receipt must not lose it
            claim = attempt.result.claim
            log.exception("continuation_failed", act=claim.id, then=claim.then, attempts=claim.attempts)
            if claim.attempts >= FAILURES:
                await self._store_together([attempt], told=False)
            else:
                # Looked up later, it is found again, and what follows from it has another chance.
                again = self._unknown(claim, f"what follows from it failed: {claim.then or 'undelivered'}")
                await self._store_together([replace(attempt, result=again)], told=False)


def _since(claim: Claim) -> datetime:
    """The act was not tried before this moment."""
    return min(claim.due_at, known_until(claim.cause) or claim.due_at)
