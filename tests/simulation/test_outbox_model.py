"""The outbox against a plain model: an act is claimed by one process at a time, in the order of its lane."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from bot.engine import outbox
from bot.engine.clock import VirtualClock
from bot.engine.outbox import Claim, Result
from bot.engine.work import unit_of_work
from storage.database import table_of
from storage.scratch import ScratchDatabase
from storage.traffic import OutboxAct
from tests.engine.office import START, post

LEASE = timedelta(seconds=60)
Given = TypeVar("Given")


@dataclass
class Act:
    """What the model knows of one act."""

    key: str
    lane: str
    subject: str
    due: Any
    state: str = "waiting"
    fence: int = 0
    retry: Any = None
    lease: Any = None
    attempts: int = 0


class Outbox(RuleBasedStateMachine):
    """Processes claim, settle, lose their leases and are taken back, while acts are enqueued and called off."""

    claims: Bundle[Claim] = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.database = ScratchDatabase()
        self.clock = VirtualClock(START)
        self.model: list[Act] = []

    def do(self, work: Awaitable[Given]) -> Given:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        self.do(self.database.with_connection(table_of(OutboxAct).create))

    @rule(
        key=st.integers(0, 9),
        lane=st.sampled_from("ab"),
        subject=st.sampled_from(("x", "y")),
        after=st.sampled_from((0, 30)),
    )
    def enqueue(self, key: int, lane: str, subject: str, after: int) -> None:
        due = self.clock.now() + timedelta(seconds=after)
        self.do(self._enqueue(post(str(key), lane), due, subject))
        if all(act.key != str(key) for act in self.model):
            self.model.append(Act(str(key), lane, subject, due))

    async def _enqueue(self, act: Any, due: Any, subject: str) -> None:
        async with unit_of_work(self.database, self.clock) as work:
            work.enqueue(act, due_at=due, subject=subject)

    @rule(target=claims)
    def lose_leases(self) -> Any:
        """Whoever holds a claim does not hold it any more, and another has it."""
        self.time_passes(60)
        return self.claim_some(50)

    @rule(target=claims, limit=st.integers(1, 5))
    def claim(self, limit: int) -> Any:
        return self.claim_some(limit)

    def claim_some(self, limit: int) -> Any:
        now = self.clock.now()
        taken, later = self.do(outbox.claim(self.database, now, now + LEASE, limit))
        expected = [act for act in self.model if self._free(act) and not self._behind_a_held_one(act)][:limit]
        assert [(c.lane[-1], c.look_up, c.attempts) for c in taken] == [
            (act.lane, act.state != "waiting", act.attempts + 1) for act in expected
        ]
        for act, claim in zip(expected, taken, strict=True):
            act.state, act.lease, act.fence, act.attempts = "claimed", now + LEASE, act.fence + 1, act.attempts + 1
            assert claim.fence == act.fence
        assert later is None or later >= now
        return multiple(*taken)

    @rule(
        claim=consumes(claims),
        state=st.sampled_from(("sent", "sent", "dead", "unknown", "waiting")),
        wait=st.sampled_from((5, 70)),
    )
    def settle(self, claim: Claim, state: str, wait: int) -> None:
        retry = self.clock.now() + timedelta(seconds=wait) if state in ("unknown", "waiting") else None
        sent_at = self.clock.now() if state == "sent" else None
        written = self.do(self._settle(Result(claim, state, sent_at=sent_at, retry_at=retry)))
        act = self.model[claim.id - 1]
        holds = act.state == "claimed" and act.fence == claim.fence
        assert written == ({claim.id} if holds else set())
        if holds:
            act.state, act.retry = state, retry

    @rule(claim=consumes(claims))
    def give_back_untried(self, claim: Claim) -> None:
        act = self.model[claim.id - 1]
        holds = act.state == "claimed" and act.fence == claim.fence
        state = "unknown" if claim.look_up else "waiting"
        again = self.clock.now() + timedelta(seconds=1)
        written = self.do(self._settle(Result(claim, state, retry_at=again, tried=False)))
        assert bool(written) == holds
        if holds:
            act.state, act.retry, act.attempts = state, again, claim.attempts - 1

    async def _settle(self, result: Result) -> set[int]:
        async with self.database.connection() as connection:
            return await outbox.settle(connection, [result])

    @rule(subject=st.sampled_from(("x", "y")))
    def call_off(self, subject: str) -> None:
        self.do(self._cancel(subject))
        for act in self.model:
            if act.subject == subject and act.state == "waiting":
                act.state = "cancelled"

    async def _cancel(self, subject: str) -> None:
        async with unit_of_work(self.database, self.clock) as work:
            await work.cancel(subject, reason="no longer wanted")

    @rule()
    def take_all_back(self) -> None:
        held = [act for act in self.model if act.state == "claimed"]
        assert self.do(self._release()) == len(held)
        for act in held:
            act.state, act.fence, act.retry = "unknown", act.fence + 1, None

    async def _release(self) -> int:
        async with self.database.connection() as connection:
            return await outbox.release_all(connection)

    @rule(seconds=st.sampled_from((1, 10, 30, 59)))
    def time_passes(self, seconds: int) -> None:
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))

    @invariant()
    def it_says_when_there_is_something_to_do(self) -> None:
        now = self.clock.now()
        due = self.do(self._next_due())
        if any(self._free(act) and not self._behind_a_held_one(act) for act in self.model):
            assert due == now
            return
        moments = [
            moment for act in self.model for moment in (self._due_moment(act),) if moment is not None and moment > now
        ]
        assert due == min(moments, default=None)

    async def _next_due(self) -> Any:
        async with self.database.connection() as connection:
            return await outbox.next_due(connection, self.clock.now())

    def _due_moment(self, act: Act) -> Any:
        if act.state == "claimed":
            return act.lease
        if act.state == "waiting" and act.due > self.clock.now():
            return act.due
        return act.retry if act.state in ("waiting", "unknown") else None

    def _started(self, act: Act) -> bool:
        return act.state in ("waiting", "claimed", "unknown") and act.due <= self.clock.now()

    def _free(self, act: Act) -> bool:
        until = act.lease if act.state == "claimed" else act.retry
        return self._started(act) and (until is None or until <= self.clock.now())

    def _behind_a_held_one(self, act: Act) -> bool:
        earlier = self.model[: self.model.index(act)]
        return any(other.lane == act.lane and self._started(other) and not self._free(other) for other in earlier)

    def teardown(self) -> None:
        self.do(self.database.close())
        self.loop.close()


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
