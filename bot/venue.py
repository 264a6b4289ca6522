"""A platform as journeys see it: the people on it, a few hands and eyes for them, what goes wrong, and a clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

DAY = timedelta(days=1)
KIT = "teachers"
"""The kit of the journeys: ten weeks, four topics."""
STARTS = date(2027, 2, 1)
BEGINS = datetime.fromisoformat("2027-01-04T09:00:00+00:00")
"""When a venue's clock stands at first: a Monday, four weeks before the round."""


class Where(StrEnum):
    """A place, as one person knows it: their conversation with the bot, their room, the desk, the public channel."""

    PRIVATE = "private"
    ROOM = "room"
    DESK = "desk"
    HALL = "hall"


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody on the platform. `owner` runs the workspace or server."""

    key: str
    name: str
    email: str
    zone: str
    country: str = ""
    owner: bool = False


BOSS = Seat("boss", "Bo Boss", "boss@example.org", "Europe/Paris", owner=True)
ANA = Seat("ana", "Ana Abreu", "ana@example.org", "Europe/Lisbon", "Portugal")
BEN = Seat("ben", "Ben Bakari", "ben@example.org", "Africa/Nairobi", "Kenya")
CLEO = Seat("cleo", "Cleo Carta", "cleo@example.org", "Europe/Rome", "Italy")
DAN = Seat("dan", "Dan Dogan", "dan@example.org", "Europe/Istanbul", "Türkiye")
CAST = (BOSS, ANA, BEN, CLEO, DAN)
PARTNERS = (ANA, BEN, CLEO, DAN)


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as its readers see it now: its words, the labels of what can be pressed or chosen, names of files."""

    text: str
    labels: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Venue(Protocol):
    """A platform with the cast on it, a house behind it (kit `KIT`), and a clock that can be turned.

    Each deed returns once the bot has done all that follows from it at this moment.
    """

    async def say(self, who: Seat, text: str, where: Where = Where.PRIVATE) -> None:
        """Write something."""
        ...

    async def send_picture(self, who: Seat, name: str, content: bytes) -> None:
        """Send a file to the bot in private."""
        ...

    async def press(self, who: Seat, label: str, where: Where = Where.PRIVATE) -> None:
        """Press the newest button, or choose the newest option, that is called so. Raises LookupError if none is."""
        ...

    async def fill(self, who: Seat, command: str, values: Mapping[str, str], where: Where = Where.PRIVATE) -> None:
        """Give a command: by its form where the platform has one, else typed."""
        ...

    async def shown(self, who: Seat, where: Where = Where.PRIVATE) -> Sequence[Shown]:
        """What somebody sees at a place, oldest first, answers that only they see included."""
        ...

    async def members(self, who: Seat) -> frozenset[str]:
        """The keys of the people in somebody's room, themselves included; empty where they have none."""
        ...

    async def is_open(self, who: Seat) -> bool:
        """Whether something can still be written in the room that somebody had last."""
        ...

    def now(self) -> datetime:
        """The venue's time."""
        ...

    async def until(self, at: datetime) -> None:
        """Let time pass, every due moment in its order."""
        ...

    async def restart(self) -> None:
        """End the bot's process and begin a new one: only the platform and the database stay."""
        ...

    # What goes wrong

    async def leave(self, who: Seat) -> None:
        """Somebody leaves the community, or their account is closed: they are in no room, and hear nothing more."""
        ...

    async def lose_room(self, who: Seat) -> None:
        """Somebody deletes the room of this person. It was not the bot."""
        ...

    def shut_out(self, who: Seat, *, out: bool = True) -> None:
        """The platform brings this person into no room that is opened from now on; with `out=False` it does again."""
        ...

    def outage(self, *, over: bool = False) -> None:
        """The platform answers nothing that the bot asks or sends, until it is `over`. People go on as before."""
        ...

    def double(self) -> None:
        """Whatever people do from now on is told to the bot twice."""
        ...

    def events(self) -> Sequence[str] | None:
        """The words of what stands in the community's events; None where the platform has none."""
        ...
