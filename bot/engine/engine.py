"""The whole engine as one thing that can be settled: everything that can be done now is done."""

from datetime import datetime

from bot.engine.calendar import Calendar
from bot.engine.courier import Courier
from bot.engine.inbox import Inbox
from bot.engine.pulse import Pulse


class Engine:
    """Inbox, calendar and courier, taken round until nothing is left to do at this moment."""

    def __init__(self, inbox: Inbox, courier: Courier, calendar: Calendar, pulse: Pulse) -> None:
        self.inbox = inbox
        self.courier = courier
        self.calendar = calendar
        self.pulse = pulse

    async def settle(self) -> int:
        """Do all that is due now. Returns how many events, acts and watches were handled."""
        total = 0
        while True:
            done = 0
            while moved := await self.inbox.work() + await self.courier.work():
                done += moved
            done += await self.calendar.ring()
            total += done
            if not done:
                return total

    async def next_due(self) -> datetime | None:
        """When there will be something to do again, if nobody says anything before."""
        moments = [await part.next_due() for part in (self.inbox, self.courier, self.calendar)]
        return min((moment for moment in moments if moment is not None), default=None)
