"""A platform in our own process, with simulated people on it: what the playground and rehearsals ask of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from bot.language.adapter import Adapter, Receive
from bot.language.places import Address


class TurnableClock(Protocol):
    """A clock that can be turned. Times are aware and in UTC."""

    def now(self) -> datetime:
        """The current time."""
        ...

    def set(self, now: datetime) -> None:
        """Turn the clock forward."""
        ...


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody on the stage. `part` says who plays: a simulated person, or the visitor at the page.

    `answers` are the words a simulated applicant types or chooses, by the question's name; `applies_at` is the moment
    at which their application is sent.
    """

    user: str
    name: str
    email: str = ""
    zone: str = ""
    country: str = ""
    part: Literal["applicant", "coordinator", "visitor", "visiting coordinator"] = "applicant"
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    applies_at: datetime | None = None
    temper: str = ""
    """How a simulated person takes part, in the stage's own words; empty lets the seed decide."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message exactly as it reached the stage. `emails` tells who can see it."""

    at: datetime
    kind: str
    key: str
    address: Address
    emails: tuple[str, ...]
    text: str
    edited: bool = False
    prompted: bool = False


Watch = Callable[[Delivery], None]
Web = Callable[[Any, Any, Any], Awaitable[None]]
"""A web application, as ASGI has it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a round on the page's stepper. `state` is done, now or next."""

    name: str
    title: str
    state: Literal["done", "now", "next"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that comes next, or just happened."""

    at: datetime
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """A number worth watching; `total` is 0 where it has no end."""

    label: str
    value: int
    total: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A command that the page offers: `text` as it is typed, and who may give it."""

    text: str
    help: str
    role: Literal["anyone", "participant", "coordinator"]


@dataclass(frozen=True, slots=True)
class Glance:
    """Where a round stands, for the page. `progress` goes from 0 to 1 over its dates; `hint` says what to do now."""

    round: str = ""
    state: str = ""
    dates: str = ""
    hint: str = ""
    progress: float = 0.0
    steps: tuple[Step, ...] = ()
    counters: tuple[Counter, ...] = ()
    coming: tuple[Entry, ...] = ()
    happened: tuple[Entry, ...] = ()
    commands: tuple[Suggestion, ...] = ()


class Control(Protocol):
    """Turns the clock for the page, and tells it where the round stands."""

    def glance(self) -> Glance:
        """Where the round stands now: from memory, without I/O."""
        ...

    async def step(self) -> None:
        """Go to the next moment at which anything is due, and see it through."""
        ...

    async def run(self, speed: float) -> None:
        """Let the clock run `speed` times as fast as real time, until paused. Returns at once."""
        ...

    async def pause(self) -> None:
        """Let the clock stand."""
        ...

    async def settle(self) -> None:
        """Handle what people just did, without moving the clock."""
        ...


class Stage(Protocol):
    """The platform, the people on it, and its page."""

    @property
    def adapter(self) -> Adapter:
        """The platform as the core sees it."""
        ...

    async def start(self, receive: Receive) -> None:
        """Begin to hand in events, first those that were left over at a restart."""
        ...

    def next_due(self) -> datetime | None:
        """When a simulated person does something next."""
        ...

    async def let_people_act(self) -> int:
        """Let simulated people do what they have in mind up to now, and hand it in. Returns how many things."""
        ...

    def move_clock(self, now: datetime, speed: float = 0.0) -> None:
        """Turn the clock, and remember it over a restart."""
        ...

    def touch(self) -> None:
        """Tell the page that the overview has changed."""
        ...

    async def say(self, user: str, text: str) -> None:
        """Have an account write to the bot."""
        ...


class PageServer(Protocol):
    """The stage's web page while it is served."""

    should_exit: bool
    """Set it to have the server stop."""

    async def serve(self) -> None:
        """Serve until told to stop."""
        ...


class Stages(Protocol):
    """How a stage is made; found under the entry-point group `counterpart.stages`."""

    def build(
        self,
        clock: TurnableClock,
        players: Sequence[Player],
        *,
        seed: int,
        opens: datetime | None = None,
        journal: Path | None = None,
        keep_texts: bool = True,
        lively: bool = False,
        watch: Watch | None = None,
    ) -> Stage:
        """A stage with these players, as it was when its journal was last written.

        Nobody sits down to apply before `opens`. `lively` people act often and soon, for somebody who looks on.
        """
        ...

    def playground(self, seed: int, starts: datetime) -> Sequence[Player]:
        """About twenty invented applicants, and the seats of a visitor and of a visiting coordinator."""
        ...

    def page(self, stage: Stage, control: Control, port: int, beside: Mapping[str, Web] | None = None) -> PageServer:
        """The page on which everybody's screens are shown, on 127.0.0.1; `beside` it others, each by its path."""
        ...
