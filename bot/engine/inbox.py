"""The inbox: events are stored before they are acknowledged, and handled once however often they arrive."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, func, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.clock import Clock
from bot.engine.pulse import NEVER, NOW, Pulse
from bot.engine.work import Work, unit_of_work
from bot.language.events import Event, event_from_json, event_to_json
from storage.database import Database
from storage.traffic import InboxEvent

Handle = Callable[[Work, Sequence[Event]], Awaitable[None]]
"""Handles events in the order given, in one transaction. If it raises, nothing of it has happened."""
Apologise = Callable[[Work, Event, str], Awaitable[None]]
"""Tells the author of an event that could not be handled, with the id under which the fault is logged."""

ATTEMPTS = 5
_FIRST_RETRY = timedelta(seconds=2)

log = structlog.get_logger()
_DONE = update(InboxEvent).where(col(InboxEvent.id) == bindparam("event")).values(state="done", error="")


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
        batch: int = 200,
    ) -> None:
        self._database = database
        self._clock = clock
        self._handle = handle
        self._apologise = apologise
        self._pulse = pulse or Pulse()
        self._batch = batch

    async def receive(self, events: Sequence[Event]) -> None:
        """Store events, each once. When this returns they may be acknowledged."""
        now = self._clock.now()
        rows = [
            {
                "platform": event.actor.platform,
                "community": event.actor.community,
                "event_id": event.event_id,
                "payload": event_to_json(event),
                "received_at": now,
                "state": "new",
                "attempts": 0,
                "error": "",
            }
            for event in events
        ]
        if not rows:
            return
        make = sqlite.insert if self._database.is_sqlite else postgresql.insert
        table = InboxEvent.__table__  # type: ignore[attr-defined] - SQLModel adds it without declaring it
        unique = ["platform", "community", "event_id"]
        async with self._database.engine.begin() as connection:
            await connection.execute(make(table).on_conflict_do_nothing(index_elements=unique), rows)
        self._pulse.inbox = NOW

    async def work(self) -> int:
        """Handle one batch of waiting events. Returns how many were taken."""
        if self._pulse.inbox > self._clock.now():
            return 0
        async with unit_of_work(self._database, self._clock) as work:
            waiting = await self._waiting(work)
            if len(waiting) < self._batch:
                self._pulse.inbox = await self._next(work.session, waiting) or NEVER
        if not waiting:
            return 0
        try:
            await self._handle_all(waiting)
        except Exception:
            if len(waiting) > 1:
                # One of them is at fault: alone, each either succeeds or is put aside.
                for one in waiting:
                    await self._handle_alone(one)
            else:
                await self._put_aside(*waiting[0])
        return len(waiting)

    async def next_due(self) -> datetime | None:
        """When an event that failed is to be tried again; events that are new are due at once."""
        if self._pulse.inbox == NOW:
            async with self._database.transaction() as session:
                self._pulse.inbox = await self._next(session, ()) or NEVER
        return None if self._pulse.inbox == NEVER else self._pulse.inbox

    async def _next(self, session: AsyncSession, taken: Sequence[tuple[int, str]]) -> datetime | None:
        """When the first waiting event is due, apart from those that are taken just now."""
        statement = select(func.min(func.coalesce(InboxEvent.retry_at, InboxEvent.received_at)))
        statement = statement.where(col(InboxEvent.state) == "new")
        if taken:
            statement = statement.where(col(InboxEvent.id).not_in([identity for identity, _ in taken]))
        return (await session.exec(statement)).one()

    async def _waiting(self, work: Work) -> list[tuple[int, str]]:
        connection = await work.session.connection()
        retry_at = col(InboxEvent.retry_at)
        rows = await connection.execute(
            select(InboxEvent.id, InboxEvent.payload)
            .where(col(InboxEvent.state) == "new", or_(retry_at.is_(None), retry_at <= work.now))
            .order_by(col(InboxEvent.id))
            .limit(self._batch)
        )
        return [(row.id, row.payload) for row in rows.all()]

    async def _handle_all(self, waiting: Sequence[tuple[int, str]]) -> None:
        async with unit_of_work(self._database, self._clock, self._pulse) as work:
            await self._handle(work, [event_from_json(payload) for _, payload in waiting])
            await work.store_acts()
            connection = await work.session.connection()
            await connection.execute(_DONE, [{"event": identity} for identity, _ in waiting])

    async def _handle_alone(self, one: tuple[int, str]) -> None:
        try:
            await self._handle_all([one])
        except Exception:
            await self._put_aside(*one)

    async def _put_aside(self, identity: int, payload: str) -> None:
        """An event whose handler failed: again later, and at last never, with a word to its author."""
        fault = uuid.uuid4().hex[:8]
        event = event_from_json(payload)
        log.exception("event_failed", fault=fault, event_id=event.event_id, type=event.type)
        async with unit_of_work(self._database, self._clock, self._pulse) as work:
            row = await work.session.get_one(InboxEvent, identity)
            row.attempts += 1
            row.error = fault
            row.retry_at = work.now + _FIRST_RETRY * 4 ** (row.attempts - 1)
            if row.attempts >= ATTEMPTS:
                row.state = "parked"
            if row.attempts == 1 or row.state == "parked":
                await self._apologise(work, event, fault)
            self._pulse.inbox = min(self._pulse.inbox, row.retry_at)

