"""Houses with one part broken on purpose, to see that the judge notices."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from sqlalchemy import select, update

from bot.app import LATE, House
from bot.engine.clock import Clock
from bot.engine.courier import Courier, _Attempt
from bot.engine.inbox import Apologise, Handle, Inbox
from bot.engine.outbox import Claim
from bot.engine.pulse import Pulse
from bot.engine.work import Work, unit_of_work
from bot.language.acts import Act
from bot.language.events import Event
from storage.database import Database, table_of
from storage.traffic import OutboxAct
from tests.simulation.loop import Life
from tests.simulation.run import Change
from tests.simulation.weather import Climate

_acts = table_of(OutboxAct)
_numbers = count()


class GullibleInbox(Inbox):
    """It takes every event for a new one, however often it comes."""

    async def receive(self, events: Sequence[Event]) -> None:
        await super().receive([replace(event, event_id=f"{event.event_id}~{next(_numbers)}") for event in events])


class LooseInbox(Inbox):
    """It stores what is to be done outside after, not with, the change that caused it."""

    def __init__(self, database: Database, clock: Clock, handle: Handle, apologise: Apologise, pulse: Pulse) -> None:
        self._later: list[dict[str, Any]] = []

        async def loosely(work: Work, events: Sequence[Event]) -> None:
            apart = copy(work)
            apart._acts = []
            await handle(apart, events)
            self._later += apart._acts

        super().__init__(database, clock, loosely, apologise, pulse=pulse)

    async def work(self) -> int:
        done = await super().work()
        acts, self._later = self._later, []
        if acts:
            async with unit_of_work(self._database, self._clock, self._pulse) as work:
                work._acts += acts
        return done


class RashCourier(Courier):
    """It sends again what it is not sure of, without looking."""

    async def _attempt(self, claim: Claim, act: Act) -> _Attempt:
        attempt = await super()._attempt(replace(claim, look_up=False), act)
        return replace(attempt, result=replace(attempt.result, claim=claim))


class StubbornCourier(Courier):
    """It writes what became of an act even where its lease was lost."""

    async def _store_together(self, attempts: Sequence[_Attempt], *, told: bool = True) -> None:
        ids = [attempt.result.claim.id for attempt in attempts]
        async with self._database.connection() as connection:
            await connection.execute(update(_acts).where(_acts.c.id.in_(ids)).values(state="claimed"))
            rows = await connection.execute(select(_acts.c.id, _acts.c.fence).where(_acts.c.id.in_(ids)))
            fences = {row.id: row.fence for row in rows}
        await super()._store_together([_with_fence(attempt, fences) for attempt in attempts], told=told)


def _with_fence(attempt: _Attempt, fences: Mapping[int, int]) -> _Attempt:
    claim = attempt.result.claim
    return replace(attempt, result=replace(attempt.result, claim=replace(claim, fence=fences[claim.id])))


def without_dedupe(house: House, life: Life) -> None:
    """Events are not told apart."""
    reception = house.program.reception
    house.engine.inbox = GullibleInbox(
        house.database, house.clock, reception.handle, reception.apologise, pulse=house.engine.pulse
    )


def without_common_transaction(house: House, life: Life) -> None:
    """Acts are enqueued in a transaction of their own."""
    reception = house.program.reception
    house.engine.inbox = LooseInbox(
        house.database, house.clock, reception.handle, reception.apologise, house.engine.pulse
    )


def without_look_up(house: House, life: Life) -> None:
    """Nothing is looked up."""
    house.engine.courier = _courier(RashCourier, house)


def without_fence(house: House, life: Life) -> None:
    """Whoever lost its lease writes."""
    house.engine.courier = _courier(StubbornCourier, house)


def _courier(kind: type[Courier], house: House) -> Courier:
    settled = house.program.reception.settled
    return kind(house.database, house.clock, house.adapters, settled, pulse=house.engine.pulse, late=LATE)


@dataclass(frozen=True, slots=True)
class Broken:
    """How a part is broken, and the weather in which that matters."""

    change: Change
    climate: Climate


BROKEN: Mapping[str, Broken] = {
    "the dedupe of events": Broken(without_dedupe, Climate(twice=0.3, unheard=0.2)),
    "the look-up before sending again": Broken(without_look_up, Climate(act=0.3)),
    "the fence": Broken(without_fence, Climate(act=0.4, workers=2, holds=150)),
    "the common transaction": Broken(without_common_transaction, Climate(deaths=14, life=1_200)),
}
