"""The adapter of the simulation: what one process has of the town."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.language.acts import Act, OpenRoom, Receipt
from bot.language.adapter import Capabilities, Gone, Receive, Refused, Retry, Unknown
from bot.language.events import Event
from tests.simulation.loop import Life
from tests.simulation.town import PLATFORM, Asked, Line, Town
from tests.simulation.weather import Trouble

PER_SECOND, PER_ADDRESS = 4.0, 1.0
CAPABILITIES = Capabilities(has_desk=True, text=12_000, per_second=PER_SECOND, per_address_second=PER_ADDRESS)
BEFORE_DEED, AFTER_DEED = "before a deed", "after a deed"
BEFORE_STORED, BEFORE_ACKNOWLEDGED = "before events are stored", "before events are acknowledged"


class Wire:
    """`bot.language.adapter.Adapter` of one process, in any weather."""

    name = PLATFORM

    def __init__(self, town: Town, life: Life, capabilities: Capabilities = CAPABILITIES) -> None:
        self._town = town
        self._life = life
        self.capabilities = capabilities

    async def start(self, receive: Receive) -> None:
        """Listen; first to what was left over."""

        async def guarded(events: Sequence[Event]) -> None:
            self._life.mark(BEFORE_STORED)
            await receive(events)
            self._life.mark(BEFORE_ACKNOWLEDGED)

        left_over = self._town.connect(Line(self._life, guarded))
        await guarded(left_over)
        self._town.acknowledge([event.event_id for event in left_over])

    async def stop(self) -> None:
        """Never: a process of the simulation dies, or the time is over."""

    async def perform(self, act: Act) -> Receipt:
        """Do the deed."""
        self._life.mark(BEFORE_DEED)
        asked = self._ask("perform", act)
        try:
            receipt = await self._perform(act, self._town.weather.for_act(act.key))
        except (Retry, Gone, Refused) as problem:
            asked.outcome = "not done"
            asked.wait = problem.seconds if isinstance(problem, Retry) else 0.0
            raise
        except Unknown:
            asked.outcome = "unknown"
            raise
        asked.outcome = "done"
        self._life.mark(AFTER_DEED)
        return receipt

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """Whether it was done."""
        asked = self._ask("find", act)
        weather = self._town.weather
        trouble = weather.for_look_up(act.key)
        await self._wait(weather.latency())
        match trouble:
            case Trouble.REFUSED:
                asked.wait = weather.seconds(1, 60)
                raise Retry(asked.wait, trouble)
            case Trouble.SILENT:
                await self._wait(3_600)
            case Trouble.ERROR:
                raise Unknown(trouble)
            case _:
                pass
        if self._town.under_way[act.key]:
            raise Unknown("it is on its way")
        receipt = self._town.receipts.get(act.key)
        await self._wait(weather.latency())
        asked.outcome = "done" if receipt else "not done"
        return receipt

    async def _perform(self, act: Act, trouble: Trouble) -> Receipt:
        weather, town = self._town.weather, self._town
        match trouble:
            case Trouble.NONE:
                receipt = await town.send(act, weather.latency())
                await self._wait(weather.latency())
                return receipt
            case Trouble.LOST:
                await town.send(act, weather.latency())
                raise Unknown(trouble)
            case Trouble.LATE:
                town.send(act, weather.seconds(1, 120))
            case Trouble.SILENT:
                if weather.happens(0.5):
                    town.send(act, weather.seconds(0, 60))
                await self._wait(3_600)
            case Trouble.FAULT:
                raise RuntimeError("a fault of the adapter")
            case _:
                pass
        await self._wait(weather.latency())
        if trouble in (Trouble.REFUSED, Trouble.LIMIT):
            raise Retry(weather.seconds(0.5, 90), trouble)
        raise Unknown(trouble)

    def _ask(self, what: str, act: Act) -> Asked:
        lane = f"{act.address}/{act.name}" if isinstance(act, OpenRoom) else str(act.address)
        asked = Asked(self._town.loop.now(), self._life.name, what, act.key, str(act.address), lane)
        self._town.asked.append(asked)
        return asked

    async def _wait(self, seconds: float) -> None:
        loop = self._town.loop
        over: asyncio.Future[None] = loop.create_future()
        handle = loop.later(seconds, lambda: over.done() or over.set_result(None))
        try:
            await over
        finally:
            handle.cancel()
