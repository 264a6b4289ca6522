"""The whole house on the local platform, for tests of what people and coordinators say and hear.

People act as they do on the page; nothing of ours is replaced. Time stands still until it is moved.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel, col, select

from adapters.local.crowd import Command, Press, Say
from adapters.local.outbound import Delivered
from adapters.local.records import Account as Seat
from adapters.local.shelf import Shown
from adapters.local.wiring import build as build_adapter
from bot.app import Setup, build, kit_of, set_up
from bot.engine.clock import VirtualClock
from bot.engine.work import unit_of_work
from bot.flows.spec import Answer
from bot.language.acts import Act, act_from_json
from bot.language.events import Answered, Event
from bot.language.messages import Choices, Option
from bot.language.places import Actor, Address, Place
from bot.program import admission
from bot.program.people import identify
from bot.program.turn import Turn
from storage.people import Account, Person
from storage.rounds import Application, Round
from storage.scratch import ScratchDatabase
from storage.traffic import FlowRun, OutboxAct
from tests.program.folk import ANSWERS, CODES, PEOPLE, complete
from topics.model import Kit

BEGIN = datetime(2026, 12, 20, 10, tzinfo=UTC)
"""A Sunday morning on which the teachers' applications are open, for a round from 1 February 2027."""
DAY = timedelta(days=1)
BOSS = "boss"


@cache
def _kit(name: str) -> Mapping[str, Kit]:
    return kit_of(name)


class Desk:
    """A community with a program, a coordinator called `boss`, and the people of `PEOPLE`."""

    def __init__(
        self,
        kit: str = "teachers",
        now: datetime = BEGIN,
        more: Sequence[Seat] = (),
        kits: Mapping[str, Kit] | None = None,
    ) -> None:
        self.clock = VirtualClock(now)
        self.database = ScratchDatabase()
        self.seen: list[Delivered] = []
        boss = Seat(BOSS, "Bo Boss", "boss@example.org", "Europe/Berlin", role="coordinator")
        people = [Seat(user, user.title(), f"{user}@example.org", zone) for user, (_, zone) in PEOPLE.items()]
        self.adapter = build_adapter(self.clock, accounts=[boss, *people, *more], watch=self.seen.append)
        self.slug, self._forged = kit, 0
        self._kits = kits or _kit(kit)
        self.twice = False
        """Whether the core is handed everything twice, as by a platform whose acknowledgement got lost."""
        self._wire()

    def _wire(self) -> None:
        self.house = build(self.database, self.clock, [self.adapter], self._kits)

    async def open(self, given: str | None = "") -> "Desk":
        """Tables, the community and its program; unless None, a round opened by command with this said after it."""
        await self.database.create_tables()
        hall, desk = self.adapter.platform.world.hall, self.adapter.platform.world.desk
        boss = (BOSS, "boss@example.org", "Bo Boss")
        await set_up(self.house, Setup("local", "playground", self.slug, hall.id, desk.id, (boss,)))
        await self.adapter.start(self._receive)
        if given is not None:
            await self.command(BOSS, f"round open {given}")
        return self

    async def restart(self) -> None:
        """Let the process end and a new one begin: only the database and the platform are the same."""
        self._wire()
        await self.house.engine.courier.recover()
        await self.adapter.start(self._receive)
        await self.settle()

    async def _receive(self, events: Sequence[Event]) -> None:
        for _ in range(1 + self.twice):
            await self.house.engine.inbox.receive(events)

    # What people do

    async def settle(self) -> None:
        await self.house.engine.settle()

    async def says(self, user: str, text: str) -> str:
        """Write to the bot in private. Returns what it answers at once."""
        before = len(self.seen)
        await self.adapter.act(Say(user, self.direct(user), text, self.clock.now()))
        await self.settle()
        return self._answers(user, before)

    async def command(self, user: str, text: str) -> str:
        """Give a command. Returns what the bot answers in private."""
        before = len(self.seen)
        await self.adapter.act(Command(user, self.direct(user), text, self.clock.now()))
        await self.settle()
        return self._answers(user, before)

    async def press(self, user: str, what: str, at: Address | None = None) -> str:
        """Press the newest button whose label or value this is, in private or at another place."""
        before = len(self.seen)
        for shown in reversed(self.shown(at or self.direct(user))):
            for choices in buttons(shown):
                for option in choices.options:
                    if what in (option.label, option.value):
                        await self.press_on(user, shown, choices.token, option.value)
                        return self._answers(user, before)
        raise AssertionError(f"{user} has no button {what!r}")

    async def press_on(self, user: str, shown: Shown, token: str, *values: str) -> None:
        """Press a button of that very message, however old."""
        await self.adapter.act(Press(user, shown.address, token, values, self.clock.now(), shown.reference))
        await self.settle()

    async def forge(self, user: str, token: str, *values: str) -> str:
        """A press that no honest screen offers: any account, any token."""
        self._forged, before = self._forged + 1, len(self.seen)
        seat = self.adapter.platform.world.accounts[user]
        actor = Actor("local", "playground", user, seat.name, seat.email, seat.zone)
        event = Answered(f"forged{self._forged}", self.clock.now(), actor, self.direct(user), token, values)
        await self.house.engine.inbox.receive([event])
        await self.settle()
        return self._answers(user, before)

    async def applies(self, user: str, **answers: str) -> str:
        """Apply by answering each question in words, up to the end. Returns the last answer of the bot."""
        await self.says(user, "apply")
        return await self.answers(user, **answers)

    async def answers(self, user: str, **answers: str) -> str:
        """Answer what is asked until the application is sent."""
        country, zone = PEOPLE.get(user, ("Portugal", "Europe/Lisbon"))
        given = {"country": country, "zone": zone, "review": "submit", **ANSWERS, **answers}
        for _ in range(40):
            step = await self.waiting(user)
            if step is None:
                return self.last(user)
            await self.says(user, given[step])
        raise AssertionError(f"{user} is asked without end: {self.last(user)}")

    async def applied(self, user: str, country: str = "", **answers: Answer) -> None:
        """Apply without the conversation, with stored answers. The person is told as always."""
        zone = PEOPLE[user][1] if user in PEOPLE else "Europe/Lisbon"
        given: dict[str, Answer] = {"country": country or CODES.get(user, "PT"), "zone": zone} | answers
        async with self.turn() as turn:
            known = await identify(turn, Actor("local", "playground", user, user.title(), f"{user}@example.org", zone))
            assert known is not None
            rows = await turn.session.exec(select(Round).order_by(col(Round.id).desc()).limit(1))
            key = f"applied:{user}:{self.clock.now()}"
            everything = complete(turn.kit(known.program), given)
            await admission.submit(turn, rows.one(), known.account, everything, key=key)
        await self.settle()

    # What they see

    def direct(self, user: str) -> Address:
        return Address("local", "playground", Place.DIRECT, user)

    @property
    def desk(self) -> Address:
        return self.adapter.platform.world.desk

    @property
    def hall(self) -> Address:
        return self.adapter.platform.world.hall

    def shown(self, at: Address) -> list[Shown]:
        """The bot's messages at a place, oldest first."""
        shelf = self.adapter.platform.shelf
        assert shelf is not None
        return [shown for shown in shelf.at(at) if not shown.author]

    def heard(self, where: str | Address, kind: str = "", key: str = "") -> list[str]:
        """What was delivered to an account or a place, oldest first."""
        address = self.direct(where) if isinstance(where, str) else where
        return [
            seen.text
            for seen in self.seen
            if seen.address == address and kind in ("", seen.kind) and seen.key.startswith(key)
        ]

    def last(self, where: str | Address) -> str:
        """The newest message delivered there; empty if there is none."""
        heard = self.heard(where)
        return heard[-1] if heard else ""

    def step(self, user: str) -> str | None:
        """The step that the newest message asks for, None if it asks for nothing."""
        shown = self.shown(self.direct(user))
        tokens = [question.token.split(":") for question in shown[-1].questions] if shown else []
        return next((parts[2] for parts in tokens if parts[0] == "flow"), None)

    async def waiting(self, user: str) -> str | None:
        """The step at which the conversation of this account waits, None if it has none."""
        accounts = {account.id: account.external_id for account in await self.rows(Account)}
        runs = [run for run in await self.rows(FlowRun) if run.status == "open" and accounts[run.account_id] == user]
        return runs[-1].step if runs else None

    def options(self, user: str) -> list[Option]:
        """The buttons of the newest message."""
        return [option for choices in buttons(self.shown(self.direct(user))[-1]) for option in choices.options]

    def _answers(self, user: str, before: int) -> str:
        address = self.direct(user)
        return "\n".join(seen.text for seen in self.seen[before:] if seen.address == address)

    # Time and rows

    async def until(self, at: datetime) -> None:
        """Let time pass, each due moment in its order."""
        await self.settle()
        while (due := await self.house.engine.next_due()) is not None and due <= at:
            assert due > self.clock.now(), "something stays due"
            self.adapter.platform.move_clock(due)
            await self.settle()
        self.adapter.platform.move_clock(at)
        await self.settle()

    async def closed(self) -> None:
        """Have the coordinator close applications, and let everybody be told of it in their daytime."""
        await self.command(BOSS, "round close")
        await self.until(self.clock.now() + DAY)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        async with unit_of_work(self.database, self.clock, self.house.engine.pulse) as work:
            yield Turn(work, self.house.kits)

    async def rows(self, row: type[SQLModel]) -> list[Any]:
        async with self.turn() as turn:
            return list(await turn.session.exec(select(row).order_by(col(row.id))))  # type: ignore[attr-defined] - every table has an id, their base has none

    async def round(self) -> Round:
        return (await self.rows(Round))[-1]

    async def person(self, user: str) -> Person:
        """The person behind an account."""
        accounts = {account.external_id: account.person_id for account in await self.rows(Account)}
        return next(person for person in await self.rows(Person) if person.id == accounts[user])

    async def application(self, user: str) -> Application | None:
        """The newest application of the person behind an account."""
        person = await self.person(user)
        mine = [one for one in await self.rows(Application) if one.person_id == person.id]
        return mine[-1] if mine else None

    async def statuses(self) -> dict[str, str]:
        """What became of everybody, by the account they applied from."""
        accounts = {account.id: account.external_id for account in await self.rows(Account)}
        return {accounts[one.account_id]: one.status for one in await self.rows(Application)}

    async def counts(self) -> dict[str, list[Any]]:
        """Every row of every table, in a form that can be compared."""
        async with self.turn() as turn:
            found: dict[str, list[Any]] = {}
            connection = await turn.session.connection()
            for name, table in SQLModel.metadata.tables.items():
                found[name] = [tuple(row) for row in (await connection.execute(table.select())).all()]
            return found

    async def at_night(self) -> list[tuple[str, datetime]]:
        """Who was written to unasked between nine in the evening and eight in the morning: kind and local time."""
        zones = {user: seat.zone for user, seat in self.adapter.platform.world.accounts.items()}
        found: list[tuple[str, datetime]] = []
        for row in await self.rows(OutboxAct):
            if not row.payload:
                # A question of an anonymous survey, whose words went when it closed.
                continue
            act: Act = act_from_json(row.payload)
            if row.sent_at is None or act.address.place is not Place.DIRECT or getattr(act, "prompted", False):
                continue
            local = row.sent_at.astimezone(ZoneInfo(zones[act.address.id]))
            if not 8 <= local.hour < 21:
                found.append((row.key, local))
        return found


def buttons(shown: Shown) -> list[Choices]:
    """The choices of a message."""
    return [question for question in shown.questions if isinstance(question, Choices)]


@asynccontextmanager
async def opened(
    given: str | None = "cap:0", *, kit: str = "teachers", now: datetime = BEGIN, more: Sequence[Seat] = ()
) -> AsyncIterator[Desk]:
    """A desk that is let go of afterwards. `given` follows the `round open` of its coordinator; None opens no round."""
    desk = Desk(kit, now, more)
    try:
        yield await desk.open(given)
    finally:
        await desk.database.close()
