"""A plan of what goes wrong: which requests, and how.

server.faults.add("POST /channels/{channel_id}/messages", RESET_AFTER, nth=2)
server.faults.add("PUT *", ratelimited(0.2, "shared"), every=5)
server.faults.add("*", status(502), when=lambda args: args.get("channel_id") == hall.id, times=1)
server.faults.cycle([ratelimited(0.1), status(500), RESET_BEFORE, RESET_AFTER], every=7)
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import cycle
from typing import Literal

from tests.discordserver.state import Json

Name = Literal["ratelimited", "status", "reset_before", "reset_after", "slow", "error"]
Scope = Literal["user", "shared", "global"]
When = Callable[[Json], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which a request goes wrong."""

    name: Name
    number: int = 0
    """The HTTP status, or Discord's error code."""
    seconds: float = 0
    scope: Scope = "user"
    release: asyncio.Event | None = None
    reached: asyncio.Event | None = None
    """Set when a request has been done and its answer is being held."""

    @property
    def after(self) -> bool:
        """Whether the request is carried out, and only its answer suffers."""
        return self.name in ("reset_after", "slow")

    def __str__(self) -> str:
        if self.name == "ratelimited":
            return f"ratelimited({self.seconds}, {self.scope})"
        return f"{self.name}({self.number})" if self.number else self.name


RESET_BEFORE = Kind("reset_before")
"""The connection breaks, and nothing was done."""
RESET_AFTER = Kind("reset_after")
"""It was done, but the connection breaks before the answer."""


def ratelimited(seconds: float, scope: Scope = "user") -> Kind:
    """429 with this `retry_after`: of the bot's own bucket, of one shared with others, or of all routes."""
    return Kind("ratelimited", seconds=seconds, scope=scope)


def status(number: int) -> Kind:
    """An answer of an intermediary with this HTTP status, such as 500 or 502; nothing was done."""
    return Kind("status", number)


def error(code: int) -> Kind:
    """One of Discord's errors (`errors.MESSAGES`), such as 40003; nothing was done."""
    return Kind("error", code)


def slow(release: asyncio.Event, reached: asyncio.Event | None = None) -> Kind:
    """It is done, and the answer comes when `release` is set. `reached` is set when it is being held."""
    return Kind("slow", release=release, reached=reached)


@dataclass
class Rule:
    """Which of the requests that match go wrong. Each rule counts for itself, from the moment it was added."""

    pattern: str
    kinds: Callable[[], Kind]
    nth: int = 0
    every: int = 0
    when: When | None = None
    times: int = 0
    seen: int = field(default=0, init=False)
    struck: int = field(default=0, init=False)

    def strikes(self, operation: str, args: Json) -> bool:
        """Count the request if it matches, and say whether it goes wrong."""
        if not fnmatchcase(operation, self.pattern) or (self.when and not self.when(args)):
            return False
        self.seen += 1
        over = bool(self.times) and self.struck >= self.times
        if over or (self.nth and self.seen != self.nth) or (self.every and self.seen % self.every):
            return False
        self.struck += 1
        return True


class Faults:
    """The plan. The first rule that strikes decides."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(
        self, pattern: str, kind: Kind, *, nth: int = 0, every: int = 0, when: When | None = None, times: int = 0
    ) -> Rule:
        """Let requests like `pattern` go wrong: `*`, `PUT *`, or method and template in full.

        The `nth` one; or each `every`-th; or those for whose arguments (path, query and body in one) `when` is true; at
        most `times` of them. Without any of these all go wrong.
        """
        return self._add(Rule(pattern, lambda: kind, nth, every, when, times))

    def cycle(self, kinds: Sequence[Kind], *, every: int, pattern: str = "*") -> Rule:
        """Let each `every`-th request go wrong, in one of these ways after the other."""
        turns = cycle(kinds)
        return self._add(Rule(pattern, lambda: next(turns), every=every))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.rules.clear()

    def pick(self, operation: str, args: Json) -> Kind | None:
        """What goes wrong with this request, if anything. Every rule counts it, whichever strikes."""
        striking = [rule for rule in self.rules if rule.strikes(operation, args)]
        return striking[0].kinds() if striking else None

    def _add(self, rule: Rule) -> Rule:
        self.rules.append(rule)
        return rule
