"""What the two halves of the adapter share: the connection, who the bot is there, and which private replies are due."""

from dataclasses import dataclass, field
from typing import Protocol

from discord.http import HTTPClient


@dataclass(frozen=True, slots=True)
class Reply:
    """A way to answer an interaction, good for 15 minutes. `token` is a secret: it is never logged or stored.

    `waiting` says that Discord shows “thinking …” until the original answer is edited or deleted.
    """

    application: str
    token: str = field(repr=False)
    waiting: bool = False


class Replies(Protocol):
    """The interactions that can still be answered, by account and channel, the newest first."""

    def take(self, user: str, channel: str) -> Reply | None:
        """How to answer this account in this channel so that nobody else sees it; None where that is over.

        A `waiting` one is given out once: from then on it is answered, and what comes next follows up.
        """
        ...

    def direct(self, user: str) -> Reply | None:
        """The `waiting` reply to a command of this account in its private conversation; None where none is due."""
        ...


class Line(Protocol):
    """The connection to Discord, made anew when it must be."""

    @property
    def http(self) -> HTTPClient:
        """The library's client, logged in. Raises Retry while there is none."""
        ...

    @property
    def user(self) -> str:
        """The bot's own account id."""
        ...

    @property
    def application(self) -> str:
        """The application's id."""
        ...

    def suspect(self, guild: str, user: str) -> None:
        """Something that was sent says that this account may have left: it is looked at soon."""
        ...
