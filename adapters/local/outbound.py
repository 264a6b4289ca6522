"""The adapter: what the core wants done happens on the local platform, and what people did reaches the core."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.local.crowd import Action
from adapters.local.faults import Fault, FaultPlan, Faults, Trouble
from adapters.local.platform import Platform
from adapters.local.records import Edited, Posted, RoomClosed, RoomOpened
from adapters.local.render import Words
from bot.language.acts import Act, CloseRoom, DropEvent, Edit, FetchFile, OpenRoom, PlanEvent, Post, Receipt, ShowHome
from bot.language.adapter import Capabilities, Gone, Receive, Refused, Retry, Unknown
from bot.language.files import contents_in
from bot.language.places import Address, Place

ROOM_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")

CAPABILITIES = Capabilities(
    buttons=5, options=25, text=12_000, pictures=True, documents=True, ephemeral=True, has_desk=True
)
"""What the page can show. Nothing limits how fast the local platform is written to."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message exactly as it reached the platform: for the ledger. `accounts` can see it."""

    at: datetime
    kind: str
    key: str
    address: Address
    accounts: tuple[str, ...]
    emails: tuple[str, ...]
    text: str
    edited: bool = False
    prompted: bool = False
    """Whether it answers something that its reader did a moment ago."""


Watch = Callable[[Delivered], None]
Wait = Callable[[float], Awaitable[None]]


class LocalAdapter:
    """`bot.language.adapter.Adapter` for the local platform.

    `watch` hears of each message as it is delivered (never of those that a restart replays); `wait` is how delays pass.
    """

    def __init__(
        self,
        platform: Platform,
        *,
        capabilities: Capabilities = CAPABILITIES,
        watch: Watch | None = None,
        wait: Wait = asyncio.sleep,
    ) -> None:
        self.platform = platform
        self._capabilities = capabilities
        self._words = Words(capabilities)
        self._watch = watch
        self._wait = wait
        self._faults = FaultPlan()
        self._late: dict[str, tuple[datetime, Act]] = {}
        self._receive: Receive | None = None
        self._handing_in = asyncio.Lock()

    @property
    def name(self) -> str:
        """The platform's name, as in `Address.platform`."""
        return self.platform.world.hall.platform

    @property
    def capabilities(self) -> Capabilities:
        """What the local platform can show."""
        return self._capabilities

    def fail(self, faults: Faults) -> None:
        """Meet acts from now on with this plan of trouble; `Faults()` ends all trouble."""
        self._faults = FaultPlan(faults)

    async def start(self, receive: Receive) -> None:
        """Begin to hand events to `receive`, first those that were not acknowledged before a restart."""
        self._receive = receive
        await self.hand_in()

    async def stop(self) -> None:
        """Hand in no more events, and close the journal. What people do after that waits for the next start."""
        self._receive = None
        self.platform.close()

    async def hand_in(self) -> int:
        """Hand all waiting events to the core, in order, and acknowledge them. Returns how many.

        Raises whatever `receive` raises: they are not acknowledged then, and are handed in again next time.
        """
        async with self._handing_in:
            events = tuple(self.platform.waiting.values())
            if not events or self._receive is None:
                return 0
            await self._receive(events)
            self.platform.acknowledge(tuple(event.event_id for event in events))
            return len(events)

    async def act(self, action: Action, files: Mapping[str, bytes] | None = None) -> None:
        """Somebody does something now, and the core is told. Raises NotPossible, and nothing has happened then."""
        self.platform.act(action, files)
        await self.hand_in()

    async def let_people_act(self) -> int:
        """Let simulated people do what they have in mind up to now, and tell the core. Returns how many things."""
        count = self.platform.let_people_act()
        await self.hand_in()
        return count

    async def perform(self, act: Act) -> Receipt:
        """Do the deed on the platform. Raises Retry, Gone, Refused, or Unknown."""
        self._settle_late()
        fault = self._faults.strike(act)
        if fault is None:
            return self._do(act)
        return await self._in_trouble(act, fault)

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """The receipt of the act with this key, None if it was not done. Raises Unknown or Retry in trouble."""
        self._settle_late()
        if (fault := self._faults.strike(act, "find")) is not None:
            if fault.trouble in (Trouble.DROP, Trouble.LIMIT):
                raise Retry(fault.seconds, "the local platform was told to fail")
            raise Unknown("the local platform was told not to answer")
        if act.key in self._late:
            raise Unknown("the local platform has not come to it yet")
        return self.platform.receipts.get(act.key)

    async def _in_trouble(self, act: Act, fault: Fault) -> Receipt:
        match fault.trouble:
            case Trouble.DROP:
                raise Retry(fault.seconds, "connection refused")
            case Trouble.LIMIT:
                raise Retry(fault.seconds, "429: too many requests")
            case Trouble.REFUSE:
                raise Refused("the local platform was told to refuse this")
            case Trouble.LOST:
                self._do(act)
                raise Unknown("the connection broke before the answer came")
            case Trouble.LATE:
                self._check(act)
                self._late[act.key] = (self.platform.clock.now() + timedelta(seconds=fault.seconds), act)
                raise Unknown("no answer in time")
            case Trouble.DELAY:
                await self._wait(fault.seconds)
                return self._do(act)

    def _settle_late(self) -> None:
        if not self._late:
            return
        now = self.platform.clock.now()
        for key, (due, act) in tuple(self._late.items()):
            if due <= now:
                del self._late[key]
                try:
                    self._do(act)
                except (Gone, Refused):
                    # Its address went away meanwhile: it was never done, and `find` says so.
                    continue

    def _do(self, act: Act) -> Receipt:
        self._check(act)
        now = self.platform.clock.now()
        self.platform.bring(contents_in(act))
        match act:
            case Post():
                receipt = self.platform.commit(Posted(now, act))
                self._tell(act, act.only_for, now)
            case Edit():
                receipt = self.platform.commit(Edited(now, act))
                shown = self.platform.shelf.get(act.target) if self.platform.shelf else None
                self._tell(act, shown.only_for if shown else "", now)
            case OpenRoom():
                receipt = self.platform.commit(RoomOpened(now, act))
            case CloseRoom():
                receipt = self.platform.commit(RoomClosed(now, act))
            case ShowHome():
                raise Refused("the playground has no home pages")
            case PlanEvent() | DropEvent():
                raise Refused("the playground has no events")
            case FetchFile():
                receipt = Receipt(now, act.reference, content=self.platform.files[act.reference])
        return receipt

    def _tell(self, act: Post | Edit, only_for: str, now: datetime) -> None:
        if self._watch is None:
            return
        world = self.platform.world
        accounts = world.readers(act.address, only_for)
        emails = tuple(world.accounts[user].email for user in accounts)
        text = self._words.of(act.message)
        edited, prompted = isinstance(act, Edit), isinstance(act, Post) and act.prompted
        self._watch(Delivered(now, act.kind, act.key, act.address, accounts, emails, text, edited, prompted))

    def _check(self, act: Act) -> None:
        world = self.platform.world
        match act:
            case ShowHome():
                raise Refused("the playground has no home pages")
            case PlanEvent() | DropEvent():
                raise Refused("the playground has no events")
            case FetchFile():
                if (content := self.platform.files.get(act.reference)) is None:
                    raise Gone("there is no such file")
                if len(content) > act.most_bytes:
                    raise Refused("the file is too large")
            case OpenRoom():
                if not ROOM_NAME.fullmatch(act.name):
                    raise Refused(f"not a name for a room: {act.name!r}")
                if (room := world.room_named(act.name)) and room.closed:
                    raise Gone(f"the room {act.name} is closed")
            case CloseRoom():
                if act.address.place is not Place.ROOM or world.room(act.address) is None:
                    raise Gone(f"there is no room at {act.address}")
            case Post():
                self._check_message(act)
                if act.only_for and not world.may_see(act.only_for, act.address):
                    raise Gone(f"{act.only_for} is not at {act.address}")
            case Edit():
                self._check_message(act)
                shelf = self.platform.shelf
                if shelf and ((shown := shelf.get(act.target)) is None or shown.address != act.address):
                    raise Gone(f"there is no message {act.target} at {act.address}")

    def _check_message(self, act: Post | Edit) -> None:
        if not self.platform.world.is_open(act.address):
            raise Gone(f"nothing can be put at {act.address}")
        if not act.message.elements:
            raise Refused("a message without anything in it")
        if any(len(text) > self._capabilities.text for text in self._texts(act)):
            raise Refused(f"a text of more than {self._capabilities.text} characters")

    @staticmethod
    def _texts(act: Post | Edit) -> list[str]:
        return [element.markdown for element in act.message.elements if element.type == "text"]
