"""The interactions that can still be answered, in memory: their tokens are secrets that live for 15 minutes."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.discord.line import Reply
from bot.language.adapter import Clock

LIFE = timedelta(minutes=14)
"""How long an interaction is answered; Discord says 15 minutes."""
PATIENCE = timedelta(minutes=2)
"""How long “thinking …” may stand before it is taken away."""
OPENING = 3.0
"""Seconds that a message waits for the interaction that it answers to be acknowledged."""


@dataclass(slots=True)
class _Due:
    """An interaction that can be answered. `private` is one in the private conversation with the bot."""

    user: str
    channel: str
    private: bool
    at: datetime
    reply: Reply
    waiting: bool = field(default=False)


class KnownReplies:
    """See `adapters.discord.line.Replies`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[_Due] = []
        self._opening: dict[str, list[asyncio.Event]] = {}

    def put(self, user: str, channel: str, reply: Reply, *, private: bool) -> None:
        """From now on this interaction can be answered."""
        self._due.append(_Due(user, channel, private, self._clock.now(), reply, reply.waiting))

    def take(self, user: str, channel: str) -> Reply | None:
        """How to answer this account in this channel so that nobody else sees it; None where that is over.

        One that is `waiting` goes first, the oldest of several, since answers come in the order of what they answer.
        """
        return self._taken([due for due in self._living() if due.user == user and due.channel == channel])

    def direct(self, user: str) -> Reply | None:
        """The `waiting` reply to a command of this account in its private conversation; None where none is due."""
        return self._taken([due for due in self._living() if due.user == user and due.private and due.waiting])

    def overdue(self) -> list[Reply]:
        """Those that wait for too long. They are answered no more."""
        now = self._clock.now()
        late = [due for due in self._living() if due.waiting and now - due.at >= PATIENCE]
        self._due = [due for due in self._due if due not in late]
        return [due.reply for due in late]

    def opening(self, user: str) -> asyncio.Event:
        """Something that this account did is being stored and acknowledged, until `opened`."""
        opened = asyncio.Event()
        self._opening.setdefault(user, []).append(opened)
        return opened

    def opened(self, user: str, opened: asyncio.Event) -> None:
        """That is done."""
        opened.set()
        self._opening[user].remove(opened)
        if not self._opening[user]:
            del self._opening[user]

    async def settled(self, user: str) -> None:
        """Wait until what this account did is acknowledged: the core may answer it sooner than Discord knows that."""
        try:
            async with asyncio.timeout(OPENING):
                for opened in list(self._opening.get(user, ())):
                    await opened.wait()
        except TimeoutError:
            pass  # long enough: the core may answer now

    def _living(self) -> list[_Due]:
        now = self._clock.now()
        self._due = [due for due in self._due if now - due.at < LIFE]
        return self._due

    @staticmethod
    def _taken(found: list[_Due]) -> Reply | None:
        if not found:
            return None
        due = next((each for each in found if each.waiting), found[-1])
        waiting, due.waiting = due.waiting, False
        return Reply(due.reply.application, due.reply.token, waiting)
