"""Outward deeds. The core enqueues an act; the courier has the adapter perform it; the receipt is the proof.

Every act names its business `key` (unique in the outbox) and `kind` (what it is to people: invitation, question,
welcome, introduction, topic, nudge, case, survey, notice …).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from bot.language.messages import Content, Message
from bot.language.places import Address


@dataclass(frozen=True, slots=True)
class Post:
    """Put a message at an address. `only_for` (a user id) shows it to that account alone.

    `prompted` marks an answer to something that its reader did a moment ago.
    """

    key: str
    kind: str
    address: Address
    message: Message
    only_for: str = ""
    prompted: bool = False
    type: Literal["post"] = "post"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the message that the platform knows as `target`."""

    key: str
    kind: str
    address: Address
    target: str
    message: Message
    type: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Open a private room named `name` (lowercase letters, digits, hyphens) for `members` (user ids), or find it.

    `address` is the hall of the community in which the room is opened. Receipt: the room's address and who is in it.
    `beside` is how many rooms of its kind there are or will be, this one among them (0: not known): a platform that has
    several kinds of rooms chooses by it.
    """

    key: str
    kind: str
    address: Address
    name: str
    title: str
    members: tuple[str, ...]
    beside: int = 0
    type: Literal["open_room"] = "open_room"


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """Archive or lock the room at `address`. Closing a closed room succeeds."""

    key: str
    kind: str
    address: Address
    type: Literal["close_room"] = "close_room"


@dataclass(frozen=True, slots=True)
class ShowHome:
    """Put `message` on the home page that the account at `address` (a direct one) sees, in the place of what was there.

    Only where `Capabilities.home`. Doing it twice is doing it once.
    """

    key: str
    kind: str
    address: Address
    message: Message
    type: Literal["show_home"] = "show_home"


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """Put what will take place into the events of a community (`address` is its hall): everybody there sees it.

    Only where `Capabilities.events`. `title`, `words` and `place` are plain text; `begins` is aware.
    """

    key: str
    kind: str
    address: Address
    title: str
    words: str
    place: str
    begins: datetime
    minutes: int
    type: Literal["plan_event"] = "plan_event"


@dataclass(frozen=True, slots=True)
class DropEvent:
    """Take the event that the platform knows as `target` out of the community's events. Doing it twice succeeds."""

    key: str
    kind: str
    address: Address
    target: str
    type: Literal["drop_event"] = "drop_event"


@dataclass(frozen=True, slots=True)
class FetchFile:
    """Bring what is in a file that somebody sent to the bot in their direct conversation, which is `address`.

    `reference` is the platform's, as it stood in `SentFile`. Receipt: the `content`. A file of more than `most_bytes`
    is refused. Doing it twice changes nothing.
    """

    key: str
    kind: str
    address: Address
    reference: str
    most_bytes: int
    type: Literal["fetch_file"] = "fetch_file"


Act = Post | Edit | OpenRoom | CloseRoom | ShowHome | PlanEvent | DropEvent | FetchFile


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that an act was done: when, and what the platform calls the result.

    `reference` is the message's or room's id; `room` and `present` (user ids in it) come with OpenRoom. `note` is what
    coordinators should know of how it was done, in plain words; empty where there is nothing to tell. `content` comes
    with FetchFile, for whatever goes on after it: it is in memory only, and never in JSON.
    """

    at: datetime
    reference: str = ""
    room: Address | None = None
    present: tuple[str, ...] = ()
    note: str = ""
    content: Content = field(default=b"", repr=False, compare=False)


_acts: TypeAdapter[Act] = TypeAdapter(Annotated[Act, Field(discriminator="type")])
_receipts: TypeAdapter[Receipt] = TypeAdapter(Receipt)


def act_to_json(act: Act) -> str:
    """The act as one line of JSON."""
    return _acts.dump_json(act).decode()


def act_from_json(text: str) -> Act:
    """Read back what `act_to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _acts.validate_json(text)


def receipt_to_json(receipt: Receipt) -> str:
    """The receipt as one line of JSON."""
    return _receipts.dump_json(receipt).decode()


def receipt_from_json(text: str) -> Receipt:
    """Read back what `receipt_to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _receipts.validate_json(text)
