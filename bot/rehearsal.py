"""A whole round in virtual time: the house, a stage of people, and a clock that jumps to whatever is due next."""

from dataclasses import dataclass
from datetime import datetime

from bot.app import House
from bot.engine.clock import VirtualClock
from bot.language.rehearsal import Stage


class Stuck(Exception):
    """Something is due, and handling it changes nothing: a fault of ours that would go on for ever."""


@dataclass(slots=True)
class Rehearsal:
    """Turns the clock of a house that plays on a stage."""

    house: House
    stage: Stage
    clock: VirtualClock
    _same: int = 0

    async def start(self) -> None:
        """Take up where the last process stopped: what it had in hand is looked up, events left over come in."""
        await self.house.engine.courier.recover()
        await self.stage.start(self.house.engine.inbox.receive)

    async def settle(self) -> int:
        """Do all that is due now, people's doings included. Returns how much was done."""
        total = 0
        while True:
            done = await self.stage.let_people_act()
            done += await self.house.engine.settle()
            total += done
            if not done:
                return total

    async def next_due(self) -> datetime | None:
        """The next moment at which anybody, or the program, does something."""
        moments = [self.stage.next_due(), await self.house.engine.next_due()]
        return min((moment for moment in moments if moment is not None), default=None)

    async def step(self, until: datetime | None = None) -> bool:
        """Go to the next moment at which anything is due, and see it through. False if there is none (before `until`).

        Raises Stuck when nothing comes of what is due.
        """
        await self.settle()
        due = await self.next_due()
        if due is None or (until is not None and due > until):
            return False
        now = self.clock.now()
        if due > now:
            self.stage.move_clock(due)
        elif self._same > 3:
            raise Stuck(f"due at {due.isoformat()}, and it is {now.isoformat()}")
        self._same = self._same + 1 if due <= now else 0
        await self.settle()
        return True
