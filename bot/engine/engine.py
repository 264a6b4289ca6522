"""The whole engine as one thing that can be settled: everything that can be done now is done."""

from collections.abc import Collection
from datetime import datetime

from bot.engine.calendar import Calendar
from bot.engine.courier import Courier
from bot.engine.inbox import Inbox
from bot.engine.pulse import Pulse


class Engine:
    """Inbox, calendar and courier, taken round until nothing is left to do at this moment.

    `does` names what this process does, where others do the rest.
    """

    def __init__(
        self,
        inbox: Inbox,
        courier: Courier,
        calendar: Calendar,
        pulse: Pulse,
        does: Collection[str] = ("inbox", "courier", "calendar"),
    ) -> None:
        self.inbox = inbox
        self.courier = courier
        self.calendar = calendar
        self.pulse = pulse
        self._does = frozenset(does)
        self._stopping = False

    def stop(self) -> None:
        """Begin nothing more: what waits is for the next process."""
        self._stopping = True
        self.courier.stop()

    async def settle(self) -> int:
        """Do all that is due now. Returns how many events, acts and watches were handled."""
        total = 0
        while not self._stopping:
            done = 0
            while moved := await self._move():
                done += moved
            if "calendar" in self._does and not self._stopping:
                done += await self.calendar.ring()
            total += done
            if not done:
                break
        return total

    async def next_due(self) -> datetime | None:
        """When there will be something to do again, if nobody says anything before."""
        parts = {"inbox": self.inbox, "courier": self.courier, "calendar": self.calendar}
        moments = [await part.next_due() for name, part in parts.items() if name in self._does]
        return min((moment for moment in moments if moment is not None), default=None)

    async def _move(self) -> int:
        if self._stopping:
            return 0
        events = await self.inbox.work() if "inbox" in self._does else 0
        return events + (await self.courier.work() if "courier" in self._does else 0)
