"""One unit of work: a transaction in which rows change and acts are enqueued together (invariant 2)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import outbox
from bot.engine.cause import logged_as
from bot.engine.clock import Clock
from bot.engine.pulse import NEVER, Pulse
from bot.language.acts import Act, OpenRoom, act_to_json
from storage.database import Database, changed_rows
from storage.traffic import OutboxAct

_CHUNK = 500
"""A statement takes only so many values."""
_MOST_LABOURS = 100

Computed = Sequence[tuple[Any, Any]]
"""What was computed for a turn while no transaction was open: what it was computed from, and the result."""


class Laborious(Exception):
    """A handler needs what takes long to compute. Its turn is taken back, so that nobody waits for the database
    meanwhile, and comes anew when that is done. `source` is all that `compute` depends on."""

    def __init__(self, source: Any, compute: Callable[[], Any]) -> None:
        super().__init__("something has to be computed first")
        self.source = source
        self.compute = compute


async def with_labour(turn: Callable[[Computed], Awaitable[None]], most: int = _MOST_LABOURS) -> None:
    """Take a turn, a transaction of its own; as often as it needs something computed, do that, and take it anew.

    Computed is in a thread, and not while the transaction holds a lock. If the rows change in between, the turn asks
    for another computation, since it has other sources then. Raises Laborious when `most` were not enough.
    """
    computed: list[tuple[Any, Any]] = []
    while True:
        try:
            await turn(computed)
            return
        except Laborious as labour:
            if len(computed) >= most:
                raise
            computed.append((labour.source, await asyncio.to_thread(labour.compute)))


class Work:
    """What a handler is given: the session, the time, and the way to have something done outside.

    `cache` lives as long as the transaction: handlers may keep looked-up rows there.
    """

    def __init__(self, session: AsyncSession, now: datetime, computed: Computed = ()) -> None:
        self.session = session
        self.now = now
        self._computed = computed
        self.cache: dict[Any, Any] = {}
        self.changed: set[type[SQLModel]] = changed_rows(session)
        """The tables whose rows were changed by way of the session. A bulk statement must be noted here by hand."""
        self.next_act = NEVER
        """When the first of the acts stored here may go out."""
        self._acts: list[dict[str, Any]] = []
        self._cause = ""

    @contextmanager
    def caused_by(self, cause: str) -> Generator[None]:
        """What is enqueued inside follows from this event, or from what was due: the acts and the log say so."""
        before, self._cause = self._cause, cause
        try:
            with logged_as(cause):
                yield
        finally:
            self._cause = before

    def enqueue(self, act: Act, *, due_at: datetime | None = None, subject: str = "", then: str = "") -> None:
        """Have `act` performed at `due_at` (now if not given). An act whose key was enqueued before changes nothing.

        `subject` names what it is about (`partnership:12`) so that it can be cancelled; `then` the continuation
        that is to run in the transaction that stores its receipt.
        """
        self._acts.append(
            {
                "key": act.key,
                "platform": act.address.platform,
                "community": act.address.community,
                # Rooms are opened independently of each other, although all are asked of one place.
                "lane": f"{act.address}/{act.name}" if isinstance(act, OpenRoom) else str(act.address),
                "kind": act.kind,
                "subject": subject,
                "payload": act_to_json(act),
                "then": then,
                "cause": self._cause,
                "due_at": max(due_at, self.now) if due_at else self.now,
            }
        )

    def computed(self, source: Any, compute: Callable[[], Any]) -> Any:
        """What `compute` returns, if it was computed from an equal source. Raises Laborious to have that done first."""
        for known, result in self._computed:
            if known == source:
                return result
        raise Laborious(source, compute)

    async def store_acts(self) -> None:
        """Write the enqueued acts to the outbox, in the order in which they were enqueued."""
        acts, self._acts = self._acts, []
        if acts:
            self.next_act = min(self.next_act, *(act["due_at"] for act in acts))
            await outbox.insert(await self.session.connection(), acts)

    async def cancel(self, *subjects: str, kinds: tuple[str, ...] = (), reason: str = "") -> None:
        """Call off the acts about these (of these `kinds` only, if given) that have not gone out yet."""
        await self.store_acts()
        connection = await self.session.connection()
        for start in range(0, len(subjects), _CHUNK):
            await outbox.cancel(connection, subjects[start : start + _CHUNK], kinds, reason)

    async def waiting(self, subject: str) -> list[OutboxAct]:
        """The acts about `subject` that have not gone out yet."""
        await self.store_acts()
        return await outbox.waiting(self.session, subject)


@asynccontextmanager
async def unit_of_work(
    database: Database, clock: Clock, pulse: Pulse | None = None, computed: Computed = ()
) -> AsyncGenerator[Work]:
    """A transaction with its outbox: committed together at the end, or not at all."""
    async with database.transaction() as session:
        work = Work(session, clock.now(), computed)
        yield work
        await work.store_acts()
    if pulse is not None:
        # Only now: what was rolled back is not due.
        pulse.outbox.sooner(work.next_act)
        pulse.changed(work.changed)
        if work.next_act != NEVER:
            pulse.tell("outbox")
        if work.changed:
            pulse.tell("rows")
