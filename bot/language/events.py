"""What happened on a platform. An adapter makes these; the inbox stores each once.

Texts are present only where somebody speaks to the bot itself. What partners write to each other never enters an
event: an adapter hands over `text=""` for everything said in a room.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from bot.language.places import Actor, Address

TEXT_LIMIT = 8_000
"""Characters of a text that an event carries at most. An adapter cuts longer ones and sets `cut`."""


MOST_FILES = 10
"""Files of one message that an event tells of."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that somebody sent to the bot, without what is in it: that is brought by the act `FetchFile`.

    `reference` is what the platform finds it by. `media_type` and `size` (bytes) are what it says of it: empty and 0
    where it says nothing.
    """

    reference: str
    name: str = ""
    media_type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody wrote something, at `address`. In a room only who, where and when is known.

    Of a text that was `cut`, `length` is how many characters the whole of it had; 0 where nobody knows. `files` are
    told only in the direct conversation.
    """

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    text: str = ""
    cut: bool = False
    length: int = 0
    files: tuple[SentFile, ...] = ()
    type: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody pressed a button, chose from a list or submitted a form that carried `token`.

    `message` is the platform's id of the message that bore the choice, where it says so.
    """

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    token: str
    values: tuple[str, ...]
    message: str = ""
    type: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True)
class Commanded:
    """Somebody gave a slash command; `text` is all that follows `/mentoring`."""

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    text: str = ""
    type: Literal["commanded"] = "commanded"


@dataclass(frozen=True, slots=True)
class Joined:
    """An account came into a room, or into the community when `address` is its hall."""

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    type: Literal["joined"] = "joined"


@dataclass(frozen=True, slots=True)
class Left:
    """An account left a room, or the community when `address` is its hall."""

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    type: Literal["left"] = "left"


@dataclass(frozen=True, slots=True)
class RoomGone:
    """A room was deleted or archived by somebody other than the bot."""

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    type: Literal["room_gone"] = "room_gone"


@dataclass(frozen=True, slots=True)
class Installed:
    """The bot can be reached in this community: it is new there, or back after it was gone.

    `actor` is who installed it, with an empty `user` where the platform does not say. `address` is the hall, its `id`
    empty as long as nobody chose one. Handing it in at each start is fine: what is known already changes nothing.
    """

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    name: str = ""
    type: Literal["installed"] = "installed"


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The bot was taken out of this community, or its permission was withdrawn: nothing can be sent there any more."""

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    type: Literal["uninstalled"] = "uninstalled"


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened the bot's home page, where the platform has one; `address` is their direct conversation."""

    event_id: str
    at: datetime
    actor: Actor
    address: Address
    type: Literal["opened"] = "opened"


Event = Said | Answered | Commanded | Joined | Left | RoomGone | Installed | Uninstalled | Opened

_events: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


def event_to_json(event: Event) -> str:
    """The event as one line of JSON."""
    return _events.dump_json(event).decode()


def event_from_json(text: str) -> Event:
    """Read back what `event_to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _events.validate_json(text)
