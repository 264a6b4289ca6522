"""A small office for tests of the engine: real parts, and a platform of pigeons that can be told what goes wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from bot.engine.calendar import Calendar, Watch
from bot.engine.clock import VirtualClock
from bot.engine.courier import Courier, Outcome
from bot.engine.engine import Engine
from bot.engine.inbox import Inbox
from bot.engine.pulse import Pulse
from bot.engine.work import Work, unit_of_work
from bot.language.acts import Act, Post, Receipt
from bot.language.adapter import Capabilities, Receive, Unknown
from bot.language.events import Event, Said
from bot.language.messages import say
from bot.language.places import Actor, Address, Place
from storage.database import Database
from storage.traffic import InboxEvent, OutboxAct

START = datetime(2026, 9, 1, 9, tzinfo=UTC)


class Lost(Exception):
    """The deed is done, but its answer never comes back."""


@dataclass
class Pigeons:
    """A platform. `trouble` and `find_trouble` hold what meets the next attempts at an act, by its key."""

    clock: VirtualClock
    capabilities: Capabilities = field(default_factory=Capabilities)
    trouble: dict[str, list[Exception]] = field(default_factory=dict[str, list[Exception]])
    find_trouble: dict[str, list[Exception]] = field(default_factory=dict[str, list[Exception]])
    done: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    looked_up: list[str] = field(default_factory=list[str])
    receipts: dict[str, Receipt] = field(default_factory=dict[str, Receipt])
    meanwhile: Callable[[Act], object] = lambda act: None
    """What happens while an act is performed."""
    name: str = "pigeons"

    async def start(self, receive: Receive) -> None:
        """Nothing comes in by itself."""

    async def stop(self) -> None:
        """Nothing is held."""

    async def perform(self, act: Act) -> Receipt:
        problem = _next(self.trouble, act.key)
        if problem is not None and not isinstance(problem, Lost):
            raise problem
        self.meanwhile(act)
        self.done.append((self.clock.now(), act.key))
        receipt = self.receipts[act.key] = Receipt(self.clock.now(), f"m{len(self.done)}")
        if problem is not None:
            raise Unknown("the answer was lost")
        return receipt

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        self.looked_up.append(act.key)
        if problem := _next(self.find_trouble, act.key):
            raise problem
        return self.receipts.get(act.key)

    @property
    def keys(self) -> list[str]:
        """The keys of all that was done, in order."""
        return [key for _, key in self.done]


def _next(plan: dict[str, list[Exception]], key: str) -> Exception | None:
    return plan[key].pop(0) if plan.get(key) else None


class Office:
    """The engine on a database, with what its handlers saw. `stumble` may raise while an event is handled."""

    def __init__(self, database: Database, pigeons: Pigeons | None = None, watches: Sequence[Watch] = ()) -> None:
        self.database = database
        self.pigeons = pigeons or Pigeons(VirtualClock(START))
        self.clock = self.pigeons.clock
        self.handled: list[str] = []
        self.sorry: list[tuple[str, str]] = []
        self.outcomes: list[Outcome] = []
        self.stumble: Callable[[Event], object] = lambda event: None
        self.falter: Callable[[Outcome], object] = lambda outcome: None
        self.pulse = Pulse()
        self.inbox = Inbox(database, self.clock, self._handle, self._apologise, pulse=self.pulse)
        self.courier = self.make_courier()
        self.calendar = Calendar(database, self.clock, watches, pulse=self.pulse)
        self.engine = Engine(self.inbox, self.courier, self.calendar, self.pulse)

    def make_courier(
        self, batch: int = 200, patience: timedelta = timedelta(seconds=25), late: timedelta | None = None
    ) -> Courier:
        """Another courier, as another process would have it, with the same pulse."""
        return Courier(
            self.database,
            self.clock,
            {self.pigeons.name: self.pigeons},
            self._settled,
            pulse=self.pulse,
            batch=batch,
            patience=patience,
            late=late,
        )

    async def _handle(self, work: Work, events: Sequence[Event]) -> None:
        for event in events:
            work.enqueue(post(f"answer:{event.event_id}", event.actor.user))
            self.stumble(event)
        self.handled += [event.event_id for event in events]

    async def _apologise(self, work: Work, event: Event, fault: str) -> None:
        self.sorry.append((event.event_id, fault))
        work.enqueue(post(f"fault:{fault}", event.actor.user))

    async def _settled(self, work: Work, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.then:
                work.enqueue(post(f"then:{outcome.act.key}", "next"))
            self.falter(outcome)
            self.outcomes.append(outcome)

    async def enqueue(
        self, *acts: Act, after: timedelta = timedelta(), subject: str = "", then: str = "", pulse: Pulse | None = None
    ) -> None:
        """Store acts in a transaction of their own."""
        async with unit_of_work(self.database, self.clock, pulse or self.pulse) as work:
            for act in acts:
                work.enqueue(act, due_at=self.clock.now() + after, subject=subject, then=then)

    async def pass_time(self, seconds: float) -> None:
        """Later, all that is due by then is done, and nothing before it is due."""
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))
        await self.engine.settle()

    async def acts(self) -> dict[str, OutboxAct]:
        """The rows of the outbox by their keys."""
        async with self.database.transaction() as session:
            return {row.key: row for row in await session.exec(select(OutboxAct).order_by(col(OutboxAct.id)))}

    async def states(self) -> dict[str, str]:
        """The state of each act by its key."""
        return {key: row.state for key, row in (await self.acts()).items()}

    async def events(self) -> dict[str, InboxEvent]:
        """The rows of the inbox by their event ids."""
        async with self.database.transaction() as session:
            return {row.event_id: row for row in await session.exec(select(InboxEvent).order_by(col(InboxEvent.id)))}


def post(key: str, to: str = "ana", kind: str = "notice") -> Post:
    """A message to somebody's own conversation."""
    return Post(key, kind, Address("pigeons", "loft", Place.DIRECT, to), say("Hello"))


def said(event_id: str, user: str = "ana") -> Said:
    """Somebody wrote to the bot."""
    actor = Actor("pigeons", "loft", user)
    return Said(event_id, START, actor, actor.direct, "hello")


async def run_out(office: Office, until: float = 1e9) -> None:
    """Turn the clock from one due moment to the next; each must lie ahead."""
    await office.engine.settle()
    while (due := await office.engine.next_due()) is not None and due < START + timedelta(seconds=until):
        assert due > office.clock.now()
        office.clock.set(due)
        await office.engine.settle()
