"""The inbox: events are stored before they are acknowledged, and handled once however often they arrive."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import bindparam, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.engine.cause import cause_of, logged_as
from bot.engine.clock import Clock
from bot.engine.meter import Meter
from bot.engine.pulse import NOW, Pulse
from bot.engine.work import Computed, Laborious, Work, unit_of_work, with_labour
from bot.language.events import Event, event_from_json, event_to_json
from storage.columns import UtcDateTime
from storage.database import Database, is_away, table_of
from storage.traffic import InboxEvent

Handle = Callable[[Work, Sequence[Event]], Awaitable[None]]
"""Handles events in the order given, in one transaction. If it raises, nothing of it has happened."""
Apologise = Callable[[Work, Event, str], Awaitable[None]]
"""Tells the author of an event that could not be handled, with the id under which the fault is logged; or others,
when it is given up."""

ATTEMPTS = 5
TOGETHER, TOGETHER_ON_SQLITE = 200, 40
"""Events that are handled in one transaction. On SQLite whatever comes in meanwhile waits for its end to be stored, and
so to be acknowledged."""
_FIRST_RETRY = timedelta(seconds=2)
_COMPUTED = 4
"""If more than so many things have to be computed for a batch, its events are handled one by one."""

log = structlog.get_logger()
_level = logging.getLogger(__name__)

_events = table_of(InboxEvent)
_event = _events.c
_now = bindparam("now", type_=UtcDateTime())
_new = _event.state == literal_column("'new'")
_later = select(func.min(_event.retry_at)).where(_new, _event.retry_at > _now)
"""When the first event is to be tried again of those that cannot be handled now."""
_WAITING = (
    select(_event.id, _event.payload, _later.scalar_subquery().label("later"))
    .where(_new, or_(_event.retry_at.is_(None), _event.retry_at <= _now))
    .order_by(_event.id)
    .limit(bindparam("most"))
)
_NEXT = select(func.min(func.coalesce(_event.retry_at, _event.received_at, type_=UtcDateTime()))).where(_new)
_STILL_NEW = select(_event.id).where(_event.id == bindparam("event"), _new)
_HANDLED = {"state": "done", "error": "", "payload": ""}
_DONE = update(_events).where(_event.id.in_(bindparam("ids", expanding=True))).values(_HANDLED)
"""What somebody said is not kept once it is handled; its id is, so that it is not handled a second time."""
_UNIQUE = ["platform", "community", "event_id"]
_FRESH: dict[str, Any] = {
    "state": literal_column("'new'"),
    "attempts": literal_column("0"),
    "error": literal_column("''"),
}
"""What is the same for each new event is written out: every parameter takes its time, in each of very many rows."""
_INSERT = {
    "sqlite": sqlite.insert(_events).values(_FRESH).on_conflict_do_nothing(index_elements=_UNIQUE),
    "postgresql": postgresql.insert(_events).values(_FRESH).on_conflict_do_nothing(index_elements=_UNIQUE),
}


@dataclass(slots=True)
class _Waiting:
    id: int
    payload: str
    event: Event | None = None
    """What the payload says, once it was read and is handled."""


class _Arrived:
    """Rows that arrived while others were being stored: they are stored together."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.stored = False


class Inbox:
    """Takes events in, and has them handled in the order of their arrival."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handle: Handle,
        apologise: Apologise,
        *,
        pulse: Pulse | None = None,
        batch: int | None = None,
        meter: Meter | None = None,
        given_up: Apologise | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._handle = handle
        self._apologise = apologise
        self._given_up = given_up
        self._pulse = pulse or Pulse()
        self._batch = batch or (TOGETHER_ON_SQLITE if database.is_sqlite else TOGETHER)
        self._meter = meter or Meter()
        self._arrived = _Arrived()
        self._storing = asyncio.Lock()

    async def receive(self, events: Sequence[Event]) -> None:
        """Store events, each once. When this returns they may be acknowledged."""
        now = self._clock.now()
        _log_each("event_stored", events)
        rows = [
            {
                "platform": event.actor.platform,
                "community": event.actor.community,
                "event_id": event.event_id,
                "payload": event_to_json(event),
                "received_at": now,
            }
            for event in events
        ]
        if rows:
            await self._store_together(rows)
            self._pulse.inbox.look()
            self._pulse.tell("inbox")

    async def _store_together(self, rows: Sequence[dict[str, Any]]) -> None:
        """One transaction for all that arrive while another is under way: a commit costs far more than a row."""
        arrived = self._arrived
        arrived.rows.extend(rows)
        async with self._storing:
            if arrived.stored:
                return
            if self._arrived is arrived:
                self._arrived = _Arrived()
            try:
                await self._store(arrived.rows)
            except Exception:  # raised again where no other event can be at fault
                if len(arrived.rows) == len(rows):
                    raise
                # One of the others may be at fault: ours alone. Those who wait behind us do the same with theirs.
                await self._store(rows)
            else:
                arrived.stored = True

    async def _store(self, rows: Sequence[dict[str, Any]]) -> None:
        async with self._database.connection() as connection:
            await connection.execute(_INSERT[connection.dialect.name], list(rows))

    async def work(self) -> int:
        """Handle one batch of waiting events. Returns how many were taken."""
        self._meter.beat()
        if self._pulse.inbox.at > self._clock.now():
            return 0
        with self._pulse.inbox.looking():
            waiting: list[_Waiting] = []

            async def turn(computed: Computed) -> None:
                waiting.clear()
                async with unit_of_work(self._database, self._clock, self._pulse, computed) as work:
                    waiting.extend(await self._take(work))
                    await self._handle_in(work, waiting)

            try:
                await with_labour(turn, most=_COMPUTED)
                self._note_done(waiting)
            except Exception as problem:  # one event must not stop all that wait behind it
                if not waiting or is_away(problem):
                    # No event is at fault: they wait.
                    raise
                await self._handle_apart(waiting, problem)
        return len(waiting)

    async def next_due(self) -> datetime | None:
        """When an event that failed is to be tried again; events that are new are due at once."""
        if self._pulse.inbox.at == NOW:
            with self._pulse.inbox.looking():
                async with self._database.connection() as connection:
                    self._pulse.inbox.sooner((await connection.execute(_NEXT)).scalar_one())
        return self._pulse.inbox.known

    async def _take(self, work: Work) -> list[_Waiting]:
        """The events to be handled now. Ours alone until the end of the transaction, so that they stay in order."""
        connection = await work.session.connection()
        await self._database.take_turn(connection, "inbox")
        rows = (await connection.execute(_WAITING, {"now": work.now, "most": self._batch})).all()
        if not rows:
            self._pulse.inbox.sooner((await connection.execute(_later, {"now": work.now})).scalar_one())
        elif len(rows) == self._batch:
            self._pulse.inbox.look()
        else:
            self._pulse.inbox.sooner(rows[0].later)
        return [_Waiting(row.id, row.payload) for row in rows]

    async def _handle_in(self, work: Work, waiting: Sequence[_Waiting]) -> None:
        if waiting:
            begun = perf_counter()
            for one in waiting:
                one.event = event_from_json(one.payload)
            await self._handle(work, [one.event for one in waiting if one.event])
            self._meter.took("inbox", perf_counter() - begun)
            connection = await work.session.connection()
            await connection.execute(_DONE, {"ids": [one.id for one in waiting]})

    async def _handle_apart(self, waiting: Sequence[_Waiting], problem: Exception) -> None:
        """One of them is at fault, or takes long: alone, each either succeeds or is put aside."""
        failed = len(waiting) == 1 and not isinstance(problem, Laborious)
        for one in waiting:
            fault = problem if failed else await self._handle_alone(one)
            if fault is not None:
                if is_away(fault):
                    raise fault
                await self._put_aside(one, fault)

    async def _handle_alone(self, one: _Waiting) -> Exception | None:
        """Handle one event in a transaction of its own. Returns what went wrong."""

        async def turn(computed: Computed) -> None:
            async with unit_of_work(self._database, self._clock, self._pulse, computed) as work:
                if await self._still_new(work, one):
                    await self._handle_in(work, [one])

        try:
            await with_labour(turn)
        except Exception as problem:  # the caller counts it against this event
            return problem
        self._note_done([one])
        return None

    def _note_done(self, waiting: Sequence[_Waiting]) -> None:
        done = [one.event for one in waiting if one.event]
        for event in done:
            self._meter.handled(event.type, "done")
        _log_each("event_handled", done)

    async def _still_new(self, work: Work, one: _Waiting) -> bool:
        connection = await work.session.connection()
        await self._database.take_turn(connection, "inbox")
        return (await connection.execute(_STILL_NEW, {"event": one.id})).first() is not None

    async def _put_aside(self, one: _Waiting, problem: Exception) -> None:
        """An event whose handler failed: again later, and at last never, with a word to its author."""
        fault = hashlib.sha256(one.payload.encode()).hexdigest()[:8]
        try:
            event = event_from_json(one.payload)
        except ValidationError:
            event = None
        name = event.event_id if event else "unreadable"
        with logged_as(cause_of(event) if event else ""):
            log.error("event_failed", fault=fault, event_id=name, row=one.id, exc_info=problem)
            try:
                state = await self._count_failure(one, fault, event)
            except Exception:  # raised again where nobody is to be told
                if event is None:
                    raise
                # Saying sorry must not be what keeps the event from being counted.
                log.exception("apology_failed", fault=fault)
                state = await self._count_failure(one, fault, None)
        self._meter.handled(event.type if event else name, "parked" if state == "parked" else "failed")

    async def _count_failure(self, one: _Waiting, fault: str, author_of: Event | None) -> str:
        """Count it, and tell the author at the first time. Returns the event's state."""
        async with unit_of_work(self._database, self._clock, self._pulse) as work:
            if not await self._still_new(work, one):
                return "done"
            row = await work.session.get_one(InboxEvent, one.id)
            row.attempts += 1
            row.error = fault
            row.retry_at = work.now + _FIRST_RETRY * 4 ** (row.attempts - 1)
            if row.attempts >= ATTEMPTS:
                row.state = "parked"
            if author_of is not None and row.attempts == 1:
                with work.caused_by(cause_of(author_of)):
                    await self._apologise(work, author_of, fault)
            if author_of is not None and row.state == "parked" and self._given_up is not None:
                with work.caused_by(cause_of(author_of)):
                    await self._given_up(work, author_of, fault)
        self._pulse.inbox.sooner(row.retry_at if row.state == "new" else None)
        return row.state


def _log_each(what: str, events: Sequence[Event]) -> None:
    """A line for each event at the level `debug`; nothing is put together for it where nobody listens."""
    if _level.isEnabledFor(logging.DEBUG):
        for event in events:
            log.debug(what, cause=cause_of(event), kind=event.type, event_id=event.event_id)
