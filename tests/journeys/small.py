"""A small round of six teachers. Its process can lose its power at any moment, and the next goes on from the files."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.local.faults import Faults
from adapters.local.journal import load
from adapters.local.records import Edited, Posted, RoomClosed, RoomOpened
from adapters.local.rehearsal import LocalStage, LocalStages
from bot.app import Setup, begin_round, build, kit_of, set_up
from bot.engine.clock import VirtualClock
from bot.language.acts import Act, Receipt
from bot.language.adapter import Adapter, Capabilities, Receive
from bot.language.events import Event
from bot.language.rehearsal import Player
from bot.rehearsal import Rehearsal
from storage.scratch import ScratchDatabase
from topics.model import Kit

_NUMBER = re.compile(r"\b[em]\d{6}\b|(?<=flow:)\d+|(?<=run:)\d+|(?<=case:)\d+|(?<=care:)\d+")
STARTS = date(2027, 2, 1)
BEGIN = datetime(2027, 1, 18, tzinfo=UTC)
"""Applications open on this day, and close a week later."""
WEEKS = 6
END = datetime(2027, 3, 22, tzinfo=UTC)
DESK = "desk"
_PEOPLE = (
    ("Kenya", "Africa/Nairobi", "keen"),
    ("Japan", "Asia/Tokyo", "steady"),
    ("Peru", "America/Lima", "keen"),
    ("Norway", "Europe/Oslo", "wants_another"),
    ("Fiji", "Pacific/Fiji", "steady"),
    ("India", "Asia/Kolkata", "never_arrives"),
)
_ANSWERS = {"level": "Primary (6 to 11)", "partner_level": "I am open", "subjects": "Music", "years": "7"}


class Crash(BaseException):
    """The process ends here and now. No `except Exception` holds it up."""


class Moment(StrEnum):
    """When the power may be cut."""

    BEFORE_COMMIT = "before a commit"
    AFTER_COMMIT = "after a commit"
    BEFORE_DEED = "before a deed"
    AFTER_DEED = "after a deed"
    BEFORE_STORED = "before events are stored"
    BEFORE_ACKNOWLEDGED = "before events are acknowledged"
    CLOCK_MOVED = "after the clock moved"


@dataclass(slots=True)
class Power:
    """What a process lives on: it is cut at the `last` of the moments that count (never, where that is 0).

    Those of the kind `only` count, or all of them.
    """

    last: int = 0
    only: Moment | None = None
    passed: int = 0
    off: bool = False

    def check(self) -> None:
        """Nothing happens any more once the power is off. Raises Crash then."""
        if self.off:
            raise Crash("the power is off")

    def pass_by(self, moment: Moment) -> None:
        """The power may be cut now. Raises Crash where it is."""
        self.check()
        self.passed += self.only in (None, moment)
        if self.last and self.passed == self.last:
            self.off = True
            raise Crash(moment)


class PoweredDatabase(ScratchDatabase):
    """A database whose power may be cut just before and just after each commit."""

    def __init__(self, file: Path, power: Power) -> None:
        super().__init__(file)
        self._power = power

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        self._power.check()
        async with super().transaction() as session:
            yield session
            self._power.pass_by(Moment.BEFORE_COMMIT)
        self._power.pass_by(Moment.AFTER_COMMIT)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection]:
        self._power.check()
        async with super().connection() as connection:
            yield connection
            self._power.pass_by(Moment.BEFORE_COMMIT)
        self._power.pass_by(Moment.AFTER_COMMIT)


class PoweredAdapter:
    """An adapter whose power may be cut just before and just after each deed."""

    def __init__(self, adapter: Adapter, power: Power) -> None:
        self._adapter = adapter
        self._power = power

    @property
    def name(self) -> str:
        return self._adapter.name

    @property
    def capabilities(self) -> Capabilities:
        return self._adapter.capabilities

    async def start(self, receive: Receive) -> None:
        await self._adapter.start(receive)

    async def stop(self) -> None:
        await self._adapter.stop()

    async def perform(self, act: Act) -> Receipt:
        self._power.pass_by(Moment.BEFORE_DEED)
        receipt = await self._adapter.perform(act)
        self._power.pass_by(Moment.AFTER_DEED)
        return receipt

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        self._power.check()
        return await self._adapter.find(act, since)


class PoweredStage:
    """A stage whose power may be cut before events are stored, and after that before they are acknowledged."""

    def __init__(self, stage: LocalStage, power: Power) -> None:
        self._stage = stage
        self._power = power
        self.adapter = PoweredAdapter(stage.adapter, power)

    async def start(self, receive: Receive) -> None:
        async def guarded(events: Sequence[Event]) -> None:
            self._power.pass_by(Moment.BEFORE_STORED)
            await receive(events)
            self._power.pass_by(Moment.BEFORE_ACKNOWLEDGED)

        await self._stage.start(guarded)

    def next_due(self) -> datetime | None:
        return self._stage.next_due()

    async def let_people_act(self) -> int:
        self._power.check()
        return await self._stage.let_people_act()

    def move_clock(self, now: datetime, speed: float = 0.0) -> None:
        self._power.check()
        self._stage.move_clock(now, speed)
        self._power.pass_by(Moment.CLOCK_MOVED)

    def touch(self) -> None:
        self._stage.touch()

    async def say(self, user: str, text: str) -> None:
        await self._stage.say(user, text)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What reached the platform, in order: (address, kind, key)."""

    acts: tuple[tuple[str, str, str], ...]

    @property
    def twice(self) -> list[str]:
        """Keys that reached it more than once."""
        return [key for key, count in Counter(key for _, _, key in self.acts).items() if count > 1]

    @property
    def by_address(self) -> dict[str, list[tuple[str, str]]]:
        """What each address got, in order, by bare keys."""
        found: dict[str, list[tuple[str, str]]] = {}
        for address, kind, key in self.acts:
            found.setdefault(address, []).append((kind, bare(key)))
        return found


def bare(key: str) -> str:
    """A key without the numbers that are given across all addresses: what happens at once may change places."""
    return _NUMBER.sub("#", key)


def ledger(folder: Path) -> Ledger:
    """What the journal of the platform says was done."""
    done = [r.act for r in load(folder / "journal.jsonl") if isinstance(r, Posted | Edited | RoomOpened | RoomClosed)]
    return Ledger(tuple((str(act.address), act.kind, act.key) for act in done))


async def live(folder: Path, power: Power | None = None, faults: Faults | None = None) -> bool:
    """One life of a process on the files in `folder`: until the round is over (True), or until the power is cut."""
    power = power or Power()
    database = PoweredDatabase(folder / "round.db", power)
    clock = VirtualClock(BEGIN)
    kit = _kit()
    players = _players()
    stage = LocalStages().build(clock, players, seed=3, opens=BEGIN, journal=folder / "journal.jsonl")
    try:
        await database.create_tables()
        powered = PoweredStage(stage, power)
        house = build(database, clock, [powered.adapter], {kit.slug: kit})
        stage.adapter.fail(faults or Faults())
        await _play(Rehearsal(house, powered, clock), kit)
    except Crash:
        return False
    finally:
        # What else was going on dies too: whatever it does next raises Crash.
        rest = asyncio.all_tasks() - {task for task in (asyncio.current_task(),) if task}
        await asyncio.gather(*rest, return_exceptions=True)
        await database.close()
        stage.adapter.platform.close()
    return True


async def _play(rehearsal: Rehearsal, kit: Kit) -> None:
    program = await set_up(
        rehearsal.house,
        Setup("local", "playground", kit.slug, coordinators=((DESK, "desk@example.org", "Coordinator"),)),
    )
    await begin_round(rehearsal.house, program, {"starts": STARTS.isoformat(), "weeks": str(WEEKS), "seed": "3"})
    await rehearsal.start()
    while await rehearsal.step(END):
        pass


async def lives(
    folder: Path, chance: Random, most: int, only: Moment | None = None, faults: Faults | None = None
) -> int:
    """Process after process until the round is over, each dying within its `most` next moments. Returns how many."""
    died = 0
    while not await live(folder, Power(chance.randint(1, most), only), faults):
        died += 1
    return died


@cache
def _kit() -> Kit:
    kit = kit_of("teachers")["teachers"]
    plan = replace(kit.plan, applications_open_days_before=14, applications_close_days_before=8, weeks=WEEKS)
    return replace(kit, plan=plan)


def _players() -> list[Player]:
    people = [
        Player(
            user=f"t{number}",
            name=f"Teacher {number}",
            email=f"teacher{number}@example.org",
            zone=zone,
            country=country,
            answers={**_ANSWERS, "country": country, "zone": zone, "class_project": "no", "consent": "yes"},
            applies_at=BEGIN + timedelta(hours=30 * number + 5),
            temper=temper,
        )
        for number, (country, zone, temper) in enumerate(_PEOPLE)
    ]
    return [*people, Player(DESK, "Coordinator", "desk@example.org", "Europe/London", part="coordinator")]
