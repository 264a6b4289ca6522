"""A platform on paper, and the people on it: everything is noted, nothing leaves, everybody does what is expected."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.engine.clock import Clock
from bot.language.acts import Act, CloseRoom, OpenRoom, Post, Receipt
from bot.language.adapter import Capabilities, Receive
from bot.language.events import Answered, Event, Said
from bot.language.messages import Choices, Message, Text
from bot.language.places import Actor, Address, Place
from bot.program.copied import Copied
from bot.program.played import Sent
from storage.people import Account, Community, Program, Role
from storage.rounds import Proposal
from topics.model import Kit

APPROVES = timedelta(hours=1)
"""So long after a proposal has come a coordinator approves it."""
_WRITES = timedelta(hours=6)
_STEP = 6
"""Hours of the day at which people act, so that the clock need not stop for each of them."""

_Group = tuple[date, str, str, Place]


@dataclass(slots=True)
class _Tally:
    first: datetime
    example: str
    count: int = 0


class Cast:
    """Everybody who takes part: partners write in their rooms in good time, a coordinator approves the proposal."""

    def __init__(self, kit: Kit, copied: Copied, program: Program) -> None:
        pace = next((p for p in kit.checkins.paces if p.value == kit.checkins.default_pace), kit.checkins.paces[0])
        self._every = timedelta(days=max(1, pace.quiet_days * 2 // 3))
        self._boss = _coordinator(copied, program)
        self._members: dict[Address, tuple[str, ...]] = {}
        self._awake: set[Address] = set()
        self._plans: list[tuple[datetime, int, Address, str]] = []
        self._count = 0

    def begin(self, copied: Copied, now: datetime) -> None:
        """A proposal that waits on the desk already is approved as well."""
        drafts = [row["id"] for row in copied.rows(Proposal) if row["state"] == "draft"]
        if drafts and self._boss is not None:
            desk = Address(self._boss.platform, self._boss.community, Place.DESK, "desk")
            self._plan(now + APPROVES, desk, f"match:{drafts[-1]}")

    def opened(self, room: Address, members: Sequence[str]) -> None:
        """A room was opened."""
        self._members[room] = tuple(members)

    def closed(self, room: Address) -> None:
        """A room was closed: nobody writes there any more."""
        self._members.pop(room, None)

    def saw(self, post: Post, at: datetime) -> None:
        """Something was posted: in a room for the first time, or with a proposal's buttons."""
        if post.address.place is Place.ROOM and post.address not in self._awake:
            self._awake.add(post.address)
            self._plan(_later(at + _WRITES), post.address)
        for element in post.message.elements:
            if isinstance(element, Choices) and element.token.startswith("match:"):
                self._plan(at + APPROVES, post.address, element.token)

    def next_due(self) -> datetime | None:
        """When somebody does something next."""
        return self._plans[0][0] if self._plans else None

    def take_due(self, now: datetime) -> list[Event]:
        """What people do now."""
        events: list[Event] = []
        while self._plans and self._plans[0][0] <= now:
            at, _, address, token = heapq.heappop(self._plans)
            if token:
                events += self._approval(at, address, token)
                continue
            members = self._members.get(address, ())
            events += [
                Said(self._id(), at, Actor(address.platform, address.community, user), address) for user in members
            ]
            if members:
                self._plan(at + self._every, address)
        return events

    def _approval(self, at: datetime, desk: Address, token: str) -> list[Event]:
        return [Answered(self._id(), at, self._boss, desk, token, ("approve",))] if self._boss is not None else []

    def _plan(self, at: datetime, address: Address, token: str = "") -> None:
        self._count += 1
        heapq.heappush(self._plans, (at, self._count, address, token))

    def _id(self) -> str:
        self._count += 1
        return f"rehearsed{self._count}"


@dataclass(slots=True)
class Paper:
    """`bot.language.adapter.Adapter` without any platform behind it. Its paces hold nobody up."""

    name: str
    able: Capabilities
    clock: Clock
    cast: Cast
    rooms: int = 0
    empty: list[str] = field(default_factory=list[str])
    """The kinds of messages that had nothing in them."""
    _tallies: dict[_Group, _Tally] = field(default_factory=dict[_Group, _Tally])
    _messages: int = 0

    @property
    def capabilities(self) -> Capabilities:
        """What the platform can, as fast as anybody likes."""
        return replace(self.able, per_second=0.0, per_address_second=0.0)

    async def start(self, receive: Receive) -> None:
        """Nothing comes in by itself."""

    async def stop(self) -> None:
        """There is nothing to let go of."""

    async def perform(self, act: Act) -> Receipt:
        """Note the deed."""
        self._messages += 1
        reference = f"paper{self._messages}"
        now = self.clock.now()
        match act:
            case OpenRoom():
                self.rooms += 1
                room = Address(act.address.platform, act.address.community, Place.ROOM, f"{act.name}-{self._messages}")
                self.cast.opened(room, act.members)
                self._note(act, Place.ROOM, act.title)
                return Receipt(now, reference, room, act.members)
            case Post():
                self.cast.saw(act, now)
                self._note(act, act.address.place, _words(act.message))
                if not act.message.elements or (not _words(act.message).strip() and _only_text(act.message)):
                    self.empty.append(act.kind)
            case CloseRoom():
                self.cast.closed(act.address)
                self._note(act, Place.ROOM, "")
            case _:
                pass
        return Receipt(now, reference)

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        """Nothing is ever done without a receipt."""
        return None

    def sent(self) -> list[Sent]:
        """What would have been sent, summed up by day, kind and place."""
        return [
            Sent(tally.first, kind, name, place, tally.count, tally.example)
            for (_, kind, name, place), tally in self._tallies.items()
        ]

    def _note(self, act: Act, place: Place, words: str) -> None:
        now = self.clock.now()
        kind = "close" if isinstance(act, CloseRoom) else act.kind
        group = (now.date(), kind, act.key.partition(":")[0], place)
        tally = self._tallies.setdefault(group, _Tally(now, words))
        tally.count += 1


def _words(message: Message) -> str:
    """The texts of a message and the labels of its buttons."""
    parts: list[str] = []
    for element in message.elements:
        if isinstance(element, Text):
            parts.append(element.markdown)
        elif isinstance(element, Choices):
            parts.append(" ".join(f"[{option.label}]" for option in element.options))
    return "\n\n".join(parts)


def _only_text(message: Message) -> bool:
    return all(isinstance(element, Text) for element in message.elements)


def _later(at: datetime) -> datetime:
    """The next of the hours at which people act."""
    floor = at.replace(hour=at.hour - at.hour % _STEP, minute=0, second=0, microsecond=0)
    return floor if floor == at else floor + timedelta(hours=_STEP)


def _coordinator(copied: Copied, program: Program) -> Actor | None:
    """A coordinator's account in the program's own community."""
    community = next(row for row in copied.rows(Community) if row["id"] == program.community_id)
    people = [row["person_id"] for row in copied.rows(Role) if row["role"] == "coordinator"]
    accounts: Sequence[Any] = copied.rows(Account)
    return next(
        (
            Actor(community["platform"], community["external_id"], account["external_id"])
            for account in accounts
            if account["person_id"] in people and account["community_id"] == program.community_id
        ),
        None,
    )
