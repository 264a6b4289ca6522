"""The courier: takes acts from the outbox, has the adapters perform them, and stores the receipts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.engine import outbox
from bot.engine.clock import Clock
from bot.engine.outbox import Claim, Result
from bot.engine.pace import Pace
from bot.engine.pulse import NEVER, NOW, Pulse
from bot.engine.work import Work, unit_of_work
from bot.language.acts import Act, Receipt, act_from_json, receipt_from_json, receipt_to_json
from bot.language.adapter import Adapter, Gone, Refused, Retry, Unknown
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an act ended. No receipt: it is dead, and `reason` says why."""

    act: Act
    subject: str
    then: str
    receipt: Receipt | None
    reason: str = ""


Settled = Callable[[Work, Outcome], Awaitable[None]]
"""The program's continuation, run in the transaction that stores the result."""

LEASE = timedelta(seconds=60)
_UNKNOWN_FIRST, _UNKNOWN_LONGEST = 5.0, 900.0

log = structlog.get_logger()


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
    ) -> None:
        self._database = database
        self._clock = clock
        self._adapters = adapters
        self._settled = settled
        self._pulse = pulse or Pulse()
        self._batch = batch
        self._gate = asyncio.Semaphore(at_once)
        self._pace = Pace({name: adapter.capabilities for name, adapter in adapters.items()})

    async def recover(self) -> None:
        """At the start of the only process: what an earlier one had claimed must be looked up."""
        async with self._database.transaction() as session:
            lost = await outbox.release_all(session)
        if lost:
            log.info("acts_to_look_up", count=lost)

    async def work(self) -> int:
        """Perform one batch of due acts. Returns how many were attempted."""
        now = self._clock.now()
        if self._pulse.outbox > now:
            return 0
        async with self._database.transaction() as session:
            claims = await outbox.claim(session, now, now + LEASE, self._batch)
            if not claims:
                self._pulse.outbox = await outbox.next_due(session) or NEVER
        if not claims:
            return 0
        lanes: dict[str, list[Claim]] = {}
        for claim in claims:
            lanes.setdefault(claim.lane, []).append(claim)
        done = await asyncio.gather(*(self._lane(acts) for acts in lanes.values()))
        results = sorted((pair for lane in done for pair in lane), key=lambda pair: pair[0].claim.id)
        await self._store(results)
        return len(results)

    async def next_due(self) -> datetime | None:
        """When the next act may go out."""
        if self._pulse.outbox == NOW:
            async with self._database.transaction() as session:
                self._pulse.outbox = await outbox.next_due(session) or NEVER
        return None if self._pulse.outbox == NEVER else self._pulse.outbox

    async def _lane(self, claims: Sequence[Claim]) -> list[tuple[Result, Act]]:
        """Perform one lane's acts in order; after one that did not go out the rest stays for later."""
        results: list[tuple[Result, Act]] = []
        stopped_until: datetime | None = None
        async with self._gate:
            for claim in claims:
                act = act_from_json(claim.payload)
                if stopped_until is None:
                    address = act.address
                    stopped_until = self._pace.take(
                        address.platform, address.community, claim.lane, self._clock.now()
                    )
                if stopped_until is not None:
                    state = "unknown" if claim.look_up else "waiting"
                    results.append((Result(claim, state, retry_at=stopped_until), act))
                    continue
                result = await self._attempt(claim, act)
                results.append((result, act))
                if result.state in ("waiting", "unknown"):
                    stopped_until = result.retry_at
        return results

    async def _attempt(self, claim: Claim, act: Act) -> Result:
        adapter = self._adapters.get(act.address.platform)
        if adapter is None:
            return Result(claim, "dead", reason=f"no adapter for {act.address.platform}")
        looked_up = False
        try:
            receipt = await adapter.find(act) if claim.look_up else None
            looked_up = True
            receipt = receipt or await adapter.perform(act)
        except Retry as problem:
            retry_at = self._clock.now() + timedelta(seconds=problem.seconds)
            # Until a look-up has succeeded, an act of unknown outcome stays one.
            state = "waiting" if looked_up else "unknown"
            return Result(claim, state, retry_at=retry_at, reason=str(problem))
        except (Gone, Refused) as problem:
            log.warning("act_dead", key=act.key, kind=act.kind, reason=str(problem))
            return Result(claim, "dead", reason=f"{type(problem).__name__.lower()}: {problem}")
        except Unknown as problem:
            return self._unknown(claim, str(problem))
        except Exception as problem:
            log.exception("adapter_failed", key=act.key, kind=act.kind)
            return self._unknown(claim, repr(problem))
        return Result(claim, "sent", receipt_to_json(receipt), receipt.reference, receipt.at)

    def _unknown(self, claim: Claim, reason: str) -> Result:
        seconds = min(_UNKNOWN_LONGEST, _UNKNOWN_FIRST * 2 ** (claim.attempts - 1))
        return Result(claim, "unknown", retry_at=self._clock.now() + timedelta(seconds=seconds), reason=reason)

    async def _store(self, results: Sequence[tuple[Result, Act]]) -> None:
        async with unit_of_work(self._database, self._clock, self._pulse) as work:
            written = await outbox.settle(work.session, [result for result, _ in results])
            for result, act in results:
                if result.claim.id not in written:
                    log.warning("lease_lost", key=act.key)
                elif result.state == "dead" or (result.state == "sent" and result.claim.then):
                    receipt = receipt_from_json(result.receipt) if result.state == "sent" else None
                    outcome = Outcome(act, result.claim.subject, result.claim.then, receipt, result.reason)
                    await self._settled(work, outcome)
            # Acts that these continuations enqueue are told to the pulse when they are stored.
            self._pulse.outbox = await outbox.next_due(work.session) or NEVER
