"""A small house for tests of the program: a real database, the real engine, and a platform that only takes notes."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlmodel import SQLModel, col, select

from bot.app import build, kit_of
from bot.engine.clock import VirtualClock
from bot.engine.work import unit_of_work
from bot.language.acts import Act, CloseRoom, Edit, FetchFile, OpenRoom, Post, Receipt
from bot.language.adapter import Capabilities, Gone, Receive
from bot.language.events import Answered, Commanded, Event, Joined, Left, RoomGone, Said, SentFile
from bot.language.messages import Choices, Text
from bot.language.places import Actor, Address, Place
from bot.program.openings import NewPartnership, create
from bot.program.turn import Turn
from storage.database import Database
from storage.migrate import migrate
from storage.partnerships import Partnership
from storage.people import Account, Community, Person, Program, Role
from storage.rounds import Application, Round
from storage.scratch import ScratchDatabase
from storage.traffic import Occurrence
from topics.model import Kit

PLATFORM, COMMUNITY = "paper", "town"
STARTS, ENDS = date(2026, 9, 1), date(2026, 12, 29)
BEGIN = datetime(2026, 9, 1, 12, tzinfo=UTC)
BOSS = "boss"
COUNTRIES = ("FR", "KE", "BR", "JP", "IN")
"""People come from these in turn, so that neighbours in a test live in different countries."""


@dataclass
class Paper:
    """A platform that writes down what it is asked to do. `absent` never come into rooms; `refuse` may raise."""

    clock: VirtualClock
    name: str = PLATFORM
    capabilities: Capabilities = field(default_factory=Capabilities)
    done: list[tuple[datetime, Act]] = field(default_factory=list[tuple[datetime, Act]])
    absent: set[str] = field(default_factory=set[str])
    refuse: Callable[[Act], None] = lambda act: None
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """What people sent, by reference."""

    async def start(self, receive: Receive) -> None:
        """Nothing comes in by itself."""

    async def stop(self) -> None:
        """Nothing to let go of."""

    async def perform(self, act: Act) -> Receipt:
        self.refuse(act)
        self.done.append((self.clock.now(), act))
        if isinstance(act, FetchFile):
            if act.reference not in self.files:
                raise Gone("it was deleted")
            return Receipt(self.clock.now(), act.reference, content=self.files[act.reference])
        if isinstance(act, OpenRoom):
            room = Address(PLATFORM, COMMUNITY, Place.ROOM, act.name)
            present = tuple(member for member in act.members if member not in self.absent)
            return Receipt(self.clock.now(), act.name, room, present)
        if isinstance(act, Edit):
            return Receipt(self.clock.now(), act.target)
        return Receipt(self.clock.now(), f"m{len(self.done)}")

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        return None

    def posts(self, key: str = "", kind: str = "", to: str = "") -> list[Post]:
        """What was posted, by the beginning of its key, its kind, and the id of the address."""
        return [
            act
            for _, act in self.done
            if isinstance(act, Post)
            and act.key.startswith(key)
            and kind in ("", act.kind)
            and to in ("", act.address.id)
        ]

    def edits(self) -> list[Edit]:
        return [act for _, act in self.done if isinstance(act, Edit)]

    def closed(self) -> list[CloseRoom]:
        return [act for _, act in self.done if isinstance(act, CloseRoom)]

    def at(self, key: str) -> datetime:
        """When the act of that key was done. Raises StopIteration if it was not."""
        return next(at for at, act in self.done if act.key == key)


@cache
def kit() -> Mapping[str, Kit]:
    """The kit of every house, read once. Each case comes at once, and nobody is asked how they have arrived: the weekly
    message of cases and that survey have tests of their own.
    """
    return {
        slug: replace(
            one,
            plan=replace(one.plan, cases_weekday=None),
            surveys=tuple(survey for survey in one.surveys if survey.when != "arrival"),
        )
        for slug, one in weekly_kit().items()
    }


@cache
def weekly_kit() -> Mapping[str, Kit]:
    """The kit as it is, with a weekly message of cases."""
    return kit_of("librarians")


def words(act: Post | Edit) -> str:
    """All texts of a message."""
    return "\n".join(element.markdown for element in act.message.elements if isinstance(element, Text))


def choices(act: Post | Edit) -> list[Choices]:
    """The buttons of a message."""
    return [element for element in act.message.elements if isinstance(element, Choices)]


class House:
    """Everything, wired; time stands still until it is moved."""

    def __init__(
        self, database: Database | None = None, paper: Paper | None = None, kits: Mapping[str, Kit] | None = None
    ) -> None:
        self.paper = paper or Paper(VirtualClock(BEGIN))
        self.clock = self.paper.clock
        self.lasting = database is not None
        self.database = database or ScratchDatabase()
        house = build(self.database, self.clock, [self.paper], kits or kit())
        self.kits, self.engine = house.kits, house.engine
        self.events = 0

    async def open(self) -> "House":
        """Tables, a community, a program with a coordinator, and a round that runs."""
        await (migrate(self.database) if self.lasting else self.database.create_tables())
        async with self.turn() as turn:
            await turn.add(Community(platform=PLATFORM, external_id=COMMUNITY, hall="hall", desk="desk"))
            await turn.add(Program(community_id=1, kit="librarians", name="Librarians"))
            await turn.add(
                Round(
                    program_id=1,
                    name="Autumn 2026",
                    state="running",
                    opens_at=datetime(2026, 7, 1, tzinfo=UTC),
                    closes_at=datetime(2026, 8, 2, tzinfo=UTC),
                    starts_on=STARTS,
                    ends_on=ENDS,
                )
            )
            for kind in ("announce", "closing_soon", "close", "start"):
                turn.session.add(Occurrence(program_id=1, round_id=1, kind=kind, due_at=turn.now, handled_at=turn.now))
        await self.person(BOSS, zone="Europe/Berlin", applies=False)
        async with self.turn() as turn:
            turn.session.add(Role(program_id=1, person_id=1, role="coordinator", since=turn.now))
        return self

    async def person(
        self, user: str, *, name: str = "", zone: str = "Europe/Paris", applies: bool = True, **answers: Any
    ) -> int:
        """Somebody with an account, who was accepted unless they do not apply."""
        async with self.turn() as turn:
            who = await turn.add(
                Person(email=f"{user}@example.org", name=name or user.title(), zone=zone, created_at=turn.now)
            )
            account = await turn.add(
                Account(community_id=1, person_id=who.id or 0, external_id=user, name=name or user.title())
            )
            if applies:
                await turn.add(
                    Application(
                        program_id=1,
                        round_id=1,
                        person_id=who.id or 0,
                        account_id=account.id,
                        status="accepted",
                        answers={
                            "country": COUNTRIES[(who.id or 0) % len(COUNTRIES)],
                            "zone": zone,
                            "library_type": "public",
                            **answers,
                        },
                        submitted_at=turn.now,
                    )
                )
            return who.id or 0

    async def partners(self, *users: str, zones: Sequence[str] = ()) -> int:
        """Some new people in a partnership. Returns its id; nothing is sent yet."""
        people = [await self.person(user, zone=zones[n] if zones else "Europe/Paris") for n, user in enumerate(users)]
        return await self.pair(*people)

    async def pair(self, *people: int) -> int:
        """People put together. Returns the partnership's id."""
        async with self.turn() as turn:
            group = NewPartnership(people, {"sentences": ["You live in different countries."]})
            program, round_row = await turn.get(Program, 1), await turn.get(Round, 1)
            made = await create(turn, program, round_row, [group], not_before=turn.now)
            return made[0].id or 0

    async def introduced(self, *users: str, zones: Sequence[str] = ()) -> int:
        """Some new people who have just been introduced to each other."""
        identity = await self.partners(*users, zones=zones)
        await self.until(datetime(2026, 9, 1, 14, tzinfo=UTC))
        return identity

    async def live(self, *users: str) -> int:
        """Some new people who have been introduced and have all written."""
        identity = await self.introduced(*users)
        for user in users:
            await self.wrote(user, identity)
        return identity

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        async with unit_of_work(self.database, self.clock, self.engine.pulse) as work:
            yield Turn(work, self.kits)

    async def until(self, at: datetime) -> None:
        """Let time pass, handling each due moment in its order."""
        await self.engine.settle()
        while (due := await self.engine.next_due()) is not None and due <= at:
            self.clock.set(due)
            await self.engine.settle()
        self.clock.set(at)
        await self.engine.settle()

    async def rows(self, row: type[SQLModel]) -> list[Any]:
        async with self.turn() as turn:
            return list(await turn.session.exec(select(row).order_by(col(row.id))))  # type: ignore[attr-defined] - every table has an id, their base has none

    async def row(self, row: type[SQLModel], identity: int = 1) -> Any:
        async with self.turn() as turn:
            return await turn.get(row, identity)

    async def room(self, identity: int) -> Address:
        return Address.parse((await self.row(Partnership, identity)).room)

    async def receive(self, *events: Event) -> None:
        await self.engine.inbox.receive(events)
        await self.engine.settle()

    def actor(self, user: str) -> Actor:
        return Actor(PLATFORM, COMMUNITY, user)

    def head(self, user: str, at: datetime | None = None) -> dict[str, Any]:
        self.events += 1
        return {"event_id": f"e{self.events}", "at": at or self.clock.now(), "actor": self.actor(user)}

    async def wrote(self, user: str, identity: int, at: datetime | None = None) -> None:
        await self.receive(Said(**self.head(user, at), address=await self.room(identity)))

    async def joined(self, user: str, identity: int) -> None:
        await self.receive(Joined(**self.head(user, None), address=await self.room(identity)))

    async def left(self, user: str, identity: int | None = None) -> None:
        hall = Address(PLATFORM, COMMUNITY, Place.HALL, "hall")
        await self.receive(Left(**self.head(user, None), address=await self.room(identity) if identity else hall))

    async def room_gone(self, identity: int) -> None:
        await self.receive(RoomGone(**self.head(BOSS, None), address=await self.room(identity)))

    async def press(
        self, user: str, token: str, *values: str, message: str = "", desk: bool = False, at: Address | None = None
    ) -> None:
        place = Address(PLATFORM, COMMUNITY, Place.DESK, "desk") if desk else at or self.direct(user)
        head = self.head(user, None)
        await self.receive(Answered(**head, address=place, token=token, values=values, message=message))

    async def command(self, user: str, text: str, at: Address | None = None) -> str:
        """Give a command, in private or at another place. Returns the words of the answers."""
        before = len(self.paper.done)
        await self.receive(Commanded(**self.head(user, None), address=at or self.direct(user), text=text))
        return self.answers(user, before)

    async def type(self, user: str, text: str) -> str:
        before = len(self.paper.done)
        await self.receive(Said(**self.head(user, None), address=self.direct(user), text=text))
        return self.answers(user, before)

    async def send(self, user: str, *files: SentFile, text: str = "") -> str:
        """Send files to the bot. Returns the words of the answers."""
        before = len(self.paper.done)
        await self.receive(Said(**self.head(user, None), address=self.direct(user), text=text, files=files))
        return self.answers(user, before)

    def answers(self, user: str, before: int) -> str:
        new = [act for _, act in self.paper.done[before:] if isinstance(act, Post) and act.address.id == user]
        return "\n".join(words(act) for act in new)

    def direct(self, user: str) -> Address:
        return Address(PLATFORM, COMMUNITY, Place.DIRECT, user)

    def question(self, user: str) -> str:
        """The token of the question that was last put to somebody."""
        shown = [act for _, act in self.paper.done if isinstance(act, Post | Edit) and act.address.id == user]
        tokens = [c.token for act in shown for c in choices(act) if c.token.startswith("flow:")]
        return tokens[-1]


@asynccontextmanager
async def opened(kits: Mapping[str, Kit] | None = None) -> AsyncIterator[House]:
    """A house that is let go of afterwards."""
    house = House(kits=kits)
    try:
        yield await house.open()
    finally:
        await house.database.close()
