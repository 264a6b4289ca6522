"""What the page needs of whoever turns the clock: the composition root implements it, the web app calls it."""

from typing import Literal, NotRequired, Protocol, TypedDict


class Stage(TypedDict):
    """One stage of the round, for the stepper: applications, pairing, rooms, topics, survey, end."""

    name: str
    title: str
    state: Literal["done", "now", "next"]
    detail: str


class Entry(TypedDict):
    """Something that comes next or just happened. `at` is UTC in ISO 8601."""

    at: str
    title: str
    detail: str


class Counter(TypedDict):
    """A number worth watching; `total` is 0 where it has no end."""

    label: str
    value: int
    total: int


class Suggestion(TypedDict):
    """A command that the page offers: `text` as it is typed, `/mentoring` included; `role` says to whom."""

    text: str
    help: str
    role: Literal["anyone", "participant", "coordinator"]


class Overview(TypedDict):
    """Where the round stands. `progress` goes from 0 to 1; `hint` says what a visitor could do."""

    round: str
    state: str
    dates: str
    hint: str
    progress: float
    stages: list[Stage]
    counters: list[Counter]
    calendar: list[Entry]
    happened: list[Entry]
    commands: NotRequired[list[Suggestion]]


class Control(Protocol):
    """Turns the clock and tells where the round stands. Call `Platform.touch()` when the overview has changed."""

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
        """Handle what people just did, without moving the clock. Called after each action on the page."""
        ...

    def overview(self) -> Overview:
        """Where the round stands now: from memory, without I/O."""
        ...
