"""How what happens reaches the app: parcels, carried by sockets or by HTTP, tried again until they are acknowledged.

Events are tried four times in all, as Slack does. The first retry comes at once; the others are due after one and five
minutes by the server's clock, and are sent by `redeliver`, or by `expire` without regard to the clock. Whatever waited
because no socket was open is sent as soon as one is. Interactions and commands are tried once.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal, Protocol

from tests.slackserver.state import Clock, Json

ParcelKind = Literal["events_api", "interactive", "slash_commands"]
State = Literal["held", "sent", "waiting", "acknowledged", "lost"]

PATIENCE = 3.0
"""Seconds of real time in which Slack wants an acknowledgement."""
AGAIN = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
"""How long after each failure an event is tried again."""


@dataclass(eq=False)
class Parcel:
    """One payload on its way to the app, and how far it has come.

    `answer` is what the app said when it acknowledged: an object, `{"text": …}` where it said only words, or empty.
    """

    kind: ParcelKind
    payload: Json
    state: State = "waiting"
    attempt: int = 0
    reason: str = ""
    due: datetime | None = None
    answer: Json = field(default_factory=dict[str, Any])
    timer: asyncio.TimerHandle | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged(self) -> bool:
        return self.state == "acknowledged"

    @property
    def name(self) -> str:
        """The type of the event or interaction, or the command."""
        event: Json = self.payload.get("event") or self.payload
        return str(event.get("type") or event.get("command"))


class Carrier(Protocol):
    """What carries parcels: open sockets, or requests to the app's URL."""

    def ready(self) -> bool:
        """Whether a parcel could be carried now."""
        ...

    def carry(self, parcel: Parcel) -> None:
        """Begin to carry it. Tells `Delivery.acknowledge` or `Delivery.fail` how it ended."""
        ...


class Delivery:
    """The post office: takes parcels, hands them to the carrier, and keeps account of each."""

    def __init__(self, clock: Clock) -> None:
        self.carrier: Carrier | None = None
        self.parcels: list[Parcel] = []
        self._clock = clock
        self._double = 0
        self._counted = 0
        self._window = 0
        self._random = Random(0)
        self._held: list[Parcel] = []
        self._closed = False

    def double_every(self, number: int) -> None:
        """Deliver every `number`-th event twice, as Slack sometimes does; 0 ends it."""
        self._double, self._counted = number, 0

    def reorder(self, window: int, seed: int = 0) -> None:
        """Hold events back until there are `window` of them, then deliver them shuffled; 0 ends it."""
        self._window, self._random = window, Random(seed)
        if not window:
            self.flush()

    def flush(self) -> None:
        """Deliver what is held back for reordering."""
        held, self._held = self._held, []
        self._random.shuffle(held)
        for parcel in held:
            self._launch(parcel)

    def events(self, name: str = "", subtype: str | None = None) -> list[Json]:
        """The events sent so far, each once: those of one type, and of one subtype of messages."""
        found = {each.payload["event_id"]: each.payload["event"] for each in self.parcels if each.kind == "events_api"}
        return [
            event
            for event in found.values()
            if name in ("", event["type"]) and subtype in (None, event.get("subtype", ""))
        ]

    @property
    def lost(self) -> list[Parcel]:
        """What was given up."""
        return [each for each in self.parcels if each.state == "lost"]

    @property
    def open(self) -> list[Parcel]:
        """What is neither acknowledged nor given up."""
        return [each for each in self.parcels if each.state in ("held", "sent", "waiting")]

    def send(self, parcel: Parcel) -> Parcel:
        """Take a parcel and send it on its way."""
        copies = [parcel]
        if parcel.kind == "events_api" and self._double:
            self._counted += 1
            if self._counted % self._double == 0:
                copies.append(Parcel(parcel.kind, parcel.payload))
        for copy in copies:
            self.parcels.append(copy)
            if self._window and copy.kind == "events_api":
                copy.state = "held"
                self._held.append(copy)
            else:
                self._launch(copy)
        if self._window and len(self._held) >= self._window:
            self.flush()
        return parcel

    async def deliver(self, parcel: Parcel) -> Parcel:
        """Send a parcel and wait until it is acknowledged, put off or lost."""
        self.send(parcel)
        await self.ended(parcel)
        return parcel

    async def ended(self, parcel: Parcel) -> None:
        while parcel.state == "sent":
            await parcel.ended.wait()

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while under_way := [each for each in self.parcels if each.state == "sent"]:
            for parcel in under_way:
                await self.ended(parcel)

    def acknowledge(self, parcel: Parcel, attempt: int, answer: Json) -> None:
        """The app has taken it. An acknowledgement of an attempt that has timed out already counts for nothing."""
        if parcel.state == "sent" and parcel.attempt == attempt:
            parcel.answer = answer
            self._end(parcel, "acknowledged")

    def fail(self, parcel: Parcel, attempt: int, reason: str, *, final: bool = False) -> None:
        """This attempt has come to nothing."""
        if parcel.state != "sent" or parcel.attempt != attempt:
            return
        parcel.reason = reason
        if final or parcel.kind != "events_api" or attempt >= len(AGAIN):
            self._end(parcel, "lost")
            return
        parcel.due = self._clock() + AGAIN[attempt]
        parcel.attempt = attempt + 1
        # A retry that is due at once follows at once, unless there is nothing to carry it.
        if parcel.attempt == 1 and self._can_carry():
            self._end(parcel, "waiting")
            self._launch(parcel)
        else:
            self._end(parcel, "waiting")

    def expire(self) -> None:
        """Treat everything unacknowledged as timed out now, and send again whatever waits to be."""
        for parcel in [each for each in self.parcels if each.state == "sent"]:
            self.fail(parcel, parcel.attempt, "timeout")
        self._launch_all(self._waiting())

    def redeliver(self) -> None:
        """Send again what is due to be by the server's clock."""
        now = self._clock()
        self._launch_all([each for each in self._waiting() if each.due is None or each.due <= now])

    def carrier_is_ready(self) -> None:
        """A socket has been opened: send what waits, whenever it is due."""
        self._launch_all(self._waiting())

    def close(self) -> None:
        """Send nothing more."""
        self._closed = True
        for parcel in self.parcels:
            if parcel.state == "sent":
                self._end(parcel, "waiting")

    def _waiting(self) -> list[Parcel]:
        return [each for each in self.parcels if each.state == "waiting"]

    def _can_carry(self) -> bool:
        return not self._closed and self.carrier is not None and self.carrier.ready()

    def _launch_all(self, parcels: Sequence[Parcel]) -> None:
        if self._can_carry():
            for parcel in parcels:
                self._launch(parcel)

    def _launch(self, parcel: Parcel) -> None:
        parcel.state = "sent"
        parcel.ended = asyncio.Event()
        if self.carrier is None or not self._can_carry():
            self.fail(parcel, parcel.attempt, "connection_failed")
            return
        loop = asyncio.get_running_loop()
        parcel.timer = loop.call_later(PATIENCE, self.fail, parcel, parcel.attempt, "timeout")
        self.carrier.carry(parcel)

    def _end(self, parcel: Parcel, state: State) -> None:
        parcel.state = state
        if parcel.timer:
            parcel.timer.cancel()
            parcel.timer = None
        parcel.ended.set()
