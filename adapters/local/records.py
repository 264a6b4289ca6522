"""Everything that can change the local platform, one frozen record each. A journal is a file of these, one a line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Base64Bytes, Field, TypeAdapter

from adapters.local.crowd import Action
from bot.language.acts import CloseRoom, Edit, OpenRoom, Post


@dataclass(frozen=True, slots=True)
class Account:
    """One account on the local platform. `role` decides who sits at the desk; `simulated` ones belong to the crowd."""

    user: str
    name: str
    email: str = ""
    zone: str = ""
    locale: str = "en"
    role: Literal["participant", "coordinator"] = "participant"
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class AccountAdded:
    """An account came to be; where `announce`, the bot hears of it as somebody who joined."""

    at: datetime
    account: Account
    announce: bool = False
    type: Literal["account"] = "account"


@dataclass(frozen=True, slots=True)
class Posted:
    """The bot's message reached its address."""

    at: datetime
    act: Post
    type: Literal["posted"] = "posted"


@dataclass(frozen=True, slots=True)
class FileBrought:
    """The bot brought a file, which messages name by its `key`; in the place of one that had the key already."""

    at: datetime
    key: str
    content: Base64Bytes
    type: Literal["file"] = "file"


@dataclass(frozen=True, slots=True)
class Edited:
    """The bot replaced one of its messages."""

    at: datetime
    act: Edit
    type: Literal["edited"] = "edited"


@dataclass(frozen=True, slots=True)
class RoomOpened:
    """The bot opened a room, or found it by its name and asked everybody in again."""

    at: datetime
    act: OpenRoom
    type: Literal["room_opened"] = "room_opened"


@dataclass(frozen=True, slots=True)
class RoomClosed:
    """The bot archived a room."""

    at: datetime
    act: CloseRoom
    type: Literal["room_closed"] = "room_closed"


@dataclass(frozen=True, slots=True)
class Acted:
    """Somebody did something. `crowd` marks what the simulated people did by themselves."""

    at: datetime
    action: Annotated[Action, Field(discriminator="type")]
    crowd: bool = False
    type: Literal["acted"] = "acted"


@dataclass(frozen=True, slots=True)
class Took:
    """The crowd was asked what it does at `at`; the `Acted` records that follow are its answer."""

    at: datetime
    type: Literal["took"] = "took"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The core has stored these events; they are not handed in again."""

    at: datetime
    event_ids: tuple[str, ...]
    type: Literal["acknowledged"] = "acknowledged"


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """The clock was turned to `now`, and runs `speed` times as fast as real time (0: it stands)."""

    now: datetime
    speed: float = 0.0
    type: Literal["clock"] = "clock"


Record = (
    AccountAdded | Posted | Edited | FileBrought | RoomOpened | RoomClosed | Acted | Took | Acknowledged | ClockMoved
)

_records: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="type")])


def record_to_json(record: Record) -> bytes:
    """The record as one line of JSON, without the line break."""
    return _records.dump_json(record)


def record_from_json(line: bytes) -> Record:
    """Read back what `record_to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _records.validate_json(line)
