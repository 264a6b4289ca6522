"""What is known of a round that was played in advance: frozen, so that it can be put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.language.places import Place


@dataclass(frozen=True, slots=True)
class Sent:
    """Messages of one kind that would go to one kind of place on one day (UTC), with the words of the first."""

    first: datetime
    kind: str
    name: str
    """The first word of their keys, which tells notices apart."""
    place: Place
    count: int
    example: str
    """Markdown, as the reader would see it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that coordinators should look at: the key of its text and what it is filled with."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Played:
    """A round as it was played."""

    began: datetime
    ended: datetime
    seconds: float
    """How long it took to play it."""
    people: int
    sent: Sequence[Sent]
    pairs: Sequence[tuple[str, ...]]
    """The names of each partnership's people."""
    rooms: int
    """Rooms that were opened."""
    rooms_per_minute: float
    """How fast the platform opens them; 0 where it does not say."""
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Unplayed:
    """Why it was not played to its end: the key of the text that says so, and what it is filled with."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
