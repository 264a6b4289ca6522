"""The composition root: the only place where things are wired together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from typing import Any

from sqlmodel import col, select

from bot.drawing import certificate
from bot.dryrun import rehearsal
from bot.engine.calendar import Calendar
from bot.engine.clock import Clock
from bot.engine.courier import Courier
from bot.engine.engine import Engine
from bot.engine.inbox import Inbox
from bot.engine.meter import Meter
from bot.engine.pulse import Pulse
from bot.engine.sending import SendingLanes
from bot.engine.work import Work, unit_of_work
from bot.exporting import make_export
from bot.language.adapter import Adapter, Knowledge
from bot.language.commands import CommandSpec
from bot.program.commands import Program as ProgramParts
from bot.program.commands import program
from bot.program.knowledge import ProgramKnowledge
from bot.program.papers import Draw, undrawn
from bot.program.people import make_coordinator, make_person
from bot.program.privacy import EVERYTHING, Privacy
from bot.program.retention import RetentionWatch
from bot.program.rounddesk import open_round
from bot.program.turn import Turn
from bot.program.wording import Kits
from bot.reporting import report_or_why
from storage.database import Database
from storage.people import Account, Community, Program
from storage.rounds import Round
from topics.kit import KitError, Problem, find_kit, load_kit
from topics.model import Kit

ADAPTERS = "counterpart.adapters"
STAGES = "counterpart.stages"
LATE = timedelta(hours=2)
"""So long after its hour a message that nobody asked for still goes out: the widest hours of day begin and end as long
before and after those for which it was planned."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process does of the work: the parts of its engine, and the lanes on which it sends (None: on all)."""

    does: tuple[str, ...] = ("inbox", "courier", "calendar")
    lanes: SendingLanes | None = None


ALL = Share()


@dataclass(frozen=True, slots=True)
class House:
    """Everything that runs, wired."""

    database: Database
    clock: Clock
    kits: Kits
    adapters: Mapping[str, Adapter]
    program: ProgramParts
    engine: Engine


def build(
    database: Database,
    clock: Clock,
    adapters: Sequence[Adapter],
    kits: Mapping[str, Kit],
    meter: Meter | None = None,
    privacy: Privacy = EVERYTHING,
    share: Share = ALL,
    draw: Draw = certificate,
) -> House:
    """Wire a house of these parts; `meter` is told of its work, of which it does a `share`. `draw` makes certificates.

    Nothing happens yet.
    """
    by_name = {adapter.name: adapter for adapter in adapters}
    wordings = Kits(kits, {name: adapter.capabilities for name, adapter in by_name.items()}, privacy.mark_key)

    def on_paper(scratch: Database, clock: Clock, paper: Sequence[Adapter]) -> Engine:
        return build(scratch, clock, paper, kits, privacy=Privacy(privacy.mark_key), draw=undrawn).engine

    parts = program(wordings, rehearsal(on_paper, kits, wordings.able), report_or_why, make_export, draw)
    reception = parts.reception
    pulse = Pulse()
    inbox = Inbox(
        database, clock, reception.handle, reception.apologise, pulse=pulse, meter=meter, given_up=reception.given_up
    )
    settled, lanes = reception.settled, share.lanes
    courier = Courier(database, clock, by_name, settled, pulse=pulse, late=LATE, meter=meter, lanes=lanes)
    watches = parts.watches if privacy.keep is None else (*parts.watches, RetentionWatch(privacy.keep))
    calendar = Calendar(database, clock, watches, pulse=pulse, meter=meter)
    engine = Engine(inbox, courier, calendar, pulse, share.does)
    return House(database, clock, wordings, by_name, parts, engine)


def command_table() -> tuple[CommandSpec, ...]:
    """The one command table, as platforms and the command line need it."""
    return tuple(command.spec for command in program(Kits({})).commands)


def knowledge(database: Database, clock: Clock, kits: Mapping[str, Kit]) -> Knowledge:
    """What platforms may ask of the program in that database."""
    wordings = Kits(kits)
    return ProgramKnowledge(database, clock, wordings, program(wordings).commands)


def kit_of(names: str) -> Mapping[str, Kit]:
    """The kits of these names or folders, separated by commas, ready for `build`.

    A new community begins with the first. Raises KitError when something is wrong with one, or two have the same name.
    """
    kits: dict[str, Kit] = {}
    for name in [part.strip() for part in names.split(",") if part.strip()] or [names]:
        kit = load_kit(find_kit(name))
        if kit.slug in kits:
            raise KitError([Problem(name, 1, f"another kit is called `{kit.slug}` too: give the folder another name")])
        kits[kit.slug] = kit
    return kits


def found(group: str, name: str) -> Any:
    """What is registered under that name. Raises LookupError with a sentence when nothing is."""
    for point in entry_points(group=group):
        if point.name == name:
            return point.load()
    known = ", ".join(sorted(point.name for point in entry_points(group=group))) or "none"
    raise LookupError(f"There is no {group.rpartition('.')[2][:-1]} called “{name}” here. There is: {known}.")


@dataclass(frozen=True, slots=True)
class Setup:
    """A community and its program, as they are first made known. `coordinators` are (account, e-mail, name)."""

    platform: str
    community: str
    kit: str
    hall: str = "hall"
    desk: str = "desk"
    coordinators: tuple[tuple[str, str, str], ...] = ()


async def set_up(house: House, setup: Setup) -> int:
    """Make a community, its program and its coordinators known. Doing it again changes nothing. Returns the program."""
    async with unit_of_work(house.database, house.clock) as work:
        turn = Turn(work, house.kits)
        rows = await work.session.exec(
            select(Community).where(Community.platform == setup.platform, Community.external_id == setup.community)
        )
        community = rows.first()
        if community is None:
            community = await turn.add(
                Community(platform=setup.platform, external_id=setup.community, hall=setup.hall, desk=setup.desk)
            )
            kit = house.kits[setup.kit].kit
            await turn.add(Program(community_id=community.id or 0, kit=setup.kit, name=kit.name))
        program = await _program(work, community)
        present = {person.email for person in await turn.coordinators(program)}
        for account, email, name in setup.coordinators:
            if email in present:
                continue
            person = await make_person(turn, email, name)
            turn.session.add(
                Account(community_id=community.id or 0, person_id=person.id or 0, external_id=account, name=name)
            )
            await make_coordinator(turn, program, person.id or 0)
        return program.id or 0


async def begin_round(house: House, program_id: int, given: Mapping[str, str]) -> Round:
    """Open a round, unless the program is in one already."""
    async with unit_of_work(house.database, house.clock) as work:
        turn = Turn(work, house.kits)
        rows = await work.session.exec(
            select(Round).where(Round.program_id == program_id).order_by(col(Round.id).desc()).limit(1)
        )
        existing = rows.first()
        if existing is not None:
            return existing
        house.engine.pulse.look()
        return await open_round(turn, await turn.get(Program, program_id), given)


async def _program(work: Work, community: Community) -> Program:
    rows = await work.session.exec(select(Program).where(Program.community_id == community.id).limit(1))
    return rows.one()
