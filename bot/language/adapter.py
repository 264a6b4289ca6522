"""What an adapter must do, what it can do, and how it says that it could not."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.language.acts import Act, Receipt
from bot.language.commands import CommandSpec
from bot.language.events import Event
from bot.language.places import Actor, Address

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
    documents: bool = False
    """Whether a small file can be sent along with a message (`Document`)."""
    documents_stay: bool = False
    """Whether a file stays as it was sent when its message is edited: nothing of others is put into files then."""
    events: bool = False
    """Whether a community has events that all its people see (`PlanEvent`, `DropEvent`)."""
    ephemeral: bool = True
    home: bool = False
    """Whether there is a home page for each account (`ShowHome`, `Opened`)."""
    replies_in_place: bool = False
    """Whether the answer to a command is shown where it was given, to its giver alone, not in their conversation."""
    edits_answered: bool = False
    """Whether a question that was answered is to be replaced by one that says what was chosen, without its buttons."""
    has_desk: bool = False
    """Whether the coordinators' channel is there from the beginning; otherwise the core has it opened like a room."""
    local_times: bool = False
    """Whether a moment (`markup.moment`) is shown to each reader in their own time."""
    rooms_read_by_others: bool = False
    """Whether those who run the community can read rooms that they are not in, so that participants must be told."""
    rooms_per_minute: float = 0.0
    """How many rooms can be opened in a minute; 0 means no limit worth telling."""
    per_second: float = 0.0
    """Acts a second over the whole community; 0 means no limit."""
    per_address_second: float = 0.0
    """Acts a second to one address; 0 means no limit."""
    one_connection: bool = True
    """Whether only one process may be connected at a time; otherwise every process may take events in."""
    sends_apart: bool = False
    """Whether acts can be performed by a process that is not connected: the adapter is a `Sender` then."""


class Clock(Protocol):
    """What time it is, aware and in UTC."""

    def now(self) -> datetime:
        """The current time."""
        ...


@dataclass(frozen=True, slots=True)
class KnownRoom:
    """A room that is open as far as the core knows. `heard_at` is when a person last wrote there, None for never."""

    address: Address
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that an argument can have: `value` is what is typed, `label` plain text for people."""

    value: str
    label: str


class Knowledge(Protocol):
    """What an adapter may ask the core for, beside what the core tells it to do. Asking changes nothing.

    For platforms that tell less than the core knows: which of several communities somebody means in their private
    conversation, which rooms must be looked after when the connection was lost, what can be typed for an argument.
    """

    async def hall(self, platform: str, community: str) -> str:
        """The id of the public channel of a community; empty where none was chosen yet."""
        ...

    async def community_of(self, platform: str, user: str) -> str:
        """The community in which this account was active last; empty for a stranger."""
        ...

    async def reference(self, address: Address) -> str:
        """What the platform called the message that the bot put last at an address; empty if it is not known."""
        ...

    async def communities(self, platform: str) -> Sequence[str]:
        """The communities in which the bot is, as far as the core knows; by id."""
        ...

    async def rooms(self, platform: str, community: str) -> Sequence[KnownRoom]:
        """The rooms that should be there, the coordinators' desk among them."""
        ...

    async def accounts(self, platform: str, community: str) -> Sequence[str]:
        """The accounts that take part in a round that has not ended, and have not left; by id."""
        ...

    async def asked(self, platform: str, community: str) -> Sequence[str]:
        """The accounts, by id, that the bot has asked something that they have not answered yet."""
        ...

    async def offers(
        self, actor: Actor, command: str, argument: str, given: Mapping[str, str], channel: str = ""
    ) -> Sequence[Offer]:
        """What this actor could write for an argument, of which `given[argument]` is written already: 25 at most.

        `given` holds all arguments that are filled in; `channel` is the id of the channel in which they are, where it
        is no private conversation. Whoever may not give the command is offered nothing.
        """
        ...


class NothingKnown:
    """Knowledge of a core that knows nothing: for adapters that stand alone."""

    async def hall(self, platform: str, community: str) -> str:
        """See `Knowledge`."""
        return ""

    async def community_of(self, platform: str, user: str) -> str:
        """See `Knowledge`."""
        return ""

    async def reference(self, address: Address) -> str:
        """See `Knowledge`."""
        return ""

    async def communities(self, platform: str) -> Sequence[str]:
        """See `Knowledge`."""
        return ()

    async def rooms(self, platform: str, community: str) -> Sequence[KnownRoom]:
        """See `Knowledge`."""
        return ()

    async def accounts(self, platform: str, community: str) -> Sequence[str]:
        """See `Knowledge`."""
        return ()

    async def asked(self, platform: str, community: str) -> Sequence[str]:
        """See `Knowledge`."""
        return ()

    async def offers(
        self, actor: Actor, command: str, argument: str, given: Mapping[str, str], channel: str = ""
    ) -> Sequence[Offer]:
        """See `Knowledge`."""
        return ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What an adapter is given to stand on when it is built; its own settings it reads itself.

    `commands` is the one command table; `database_url` the project's database, for what the platform's library keeps
    there itself (installations), in tables of its own.
    """

    clock: Clock
    commands: tuple[CommandSpec, ...] = ()
    database_url: str = ""
    knowledge: Knowledge = field(default_factory=NothingKnown)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `counterpart doctor` looked at: how it is, and where it is not `good`, what to do."""

    what: str
    good: bool
    text: str


class NotConnected(Exception):
    """The platform cannot be connected as it is set up: a setting is missing, a token is not accepted.

    The text is for the operator: it says what is wrong and what to do, and holds no secret.
    """


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


class Lost(Exception):
    """Nobody knows whether it was done, and nobody ever will: what only one person was shown can be looked up nowhere.

    It is given up rather than done a second time.
    """


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
        """Begin to hand events to `receive`. Returns once the platform is reached. May come again after `stop`."""
        ...

    async def stop(self) -> None:
        """Take no more events and let go of the platform."""
        ...

    async def perform(self, act: Act) -> Receipt:
        """Do the deed. Raises Retry, Gone, Refused or Unknown."""
        ...

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """The receipt of this act if it was done earlier (by its key), None if it certainly was not.

        It was not tried before `since`: a platform that keeps no keys can tell by that which messages it may be.
        Raises Unknown or Retry when that cannot be told now, Lost when it never can.
        """
        ...


@runtime_checkable
class Sender(Protocol):
    """An adapter whose acts can be performed without being connected (`Capabilities.sends_apart`)."""

    async def prepare(self) -> None:
        """Get ready to perform acts without `start`. Doing it again is no mistake. Raises NotConnected."""
        ...
