"""What an adapter must do, what it can do, and how it says that it could not."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.language.acts import Act, Receipt
from bot.language.events import Event

Receive = Callable[[Sequence[Event]], Awaitable[None]]
"""Hands events to the inbox. Once it returns they are stored and may be acknowledged; if it raises, they may not."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can show and how fast it may be written to; the renderer and the courier go by it."""

    buttons: int = 5
    """Options up to which choices are shown as buttons; a list above."""
    options: int = 25
    """Options a list can hold; numbered text above."""
    text: int = 3_000
    """Characters of one text element."""
    pictures: bool = False
    ephemeral: bool = True
    per_second: float = 0.0
    """Acts a second over the whole community; 0 means no limit."""
    per_address_second: float = 0.0
    """Acts a second to one address; 0 means no limit."""


class Retry(Exception):
    """Not done, and it may be tried again after `seconds` (a 429's Retry-After, a connection refused)."""

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(reason or f"try again in {seconds:g} s")
        self.seconds = seconds


class Gone(Exception):
    """Not done, and never will be: the address does not exist any more (a deleted room, a person who left)."""


class Refused(Exception):
    """Not done, and the same act would be refused again (a missing permission, an invalid message)."""


class Unknown(Exception):
    """Nobody knows whether it was done: the connection broke on the way. Look it up before repeating it."""


class Adapter(Protocol):
    """One platform, as the core sees it."""

    @property
    def name(self) -> str:
        """The platform's name, as in `Address.platform`."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What this platform can show and how fast it may be written to."""
        ...

    async def start(self, receive: Receive) -> None:
        """Begin to hand events to `receive`. Returns once the platform is reached."""
        ...

    async def stop(self) -> None:
        """Take no more events and let go of the platform."""
        ...

    async def perform(self, act: Act) -> Receipt:
        """Do the deed. Raises Retry, Gone, Refused or Unknown."""
        ...

    async def find(self, act: Act) -> Receipt | None:
        """The receipt of this act if it was done earlier (by its key), None if it certainly was not.

        Raises Unknown or Retry when that cannot be told now.
        """
        ...
