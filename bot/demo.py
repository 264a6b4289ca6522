"""`counterpart demo`: the playground on this machine, with twenty simulated people and two seats for a visitor."""

import asyncio
import json
import shutil
import webbrowser
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.app import STAGES, House, Setup, begin_round, build, found, kit_of, set_up
from bot.engine.clock import VirtualClock
from bot.glance import look
from bot.language.rehearsal import Delivery, Glance, Player, Stage, Stages, Suggestion
from bot.rehearsal import Rehearsal
from bot.settings import Settings
from bot.site.serving import ServedSite
from bot.site.web import PATH
from storage.database import Database
from storage.migrate import migrate
from topics.model import Kit

FOLDER = "playground"
SEED = 7
_CLOSES, _STARTS = timedelta(days=9), timedelta(days=14)
_TICK = 0.2
_DAY, _LONGEST = timedelta(days=1), timedelta(days=60)

log = structlog.get_logger()


class DemoControl:
    """Turns the playground's clock. One thing happens at a time, whoever asked for it."""

    def __init__(self, rehearsal: Rehearsal, kit: Kit, visitors: Sequence[Player]) -> None:
        self._rehearsal = rehearsal
        self._kit = kit
        self._emails = frozenset(player.email for player in visitors)
        self._turn = asyncio.Lock()
        self._running: asyncio.Task[None] | None = None
        self._seen = False
        self._glance = Glance()

    @property
    def house(self) -> House:
        """The house that plays."""
        return self._rehearsal.house

    def watch(self, seen: Delivery) -> None:
        """A message was delivered: one that a visitor can see is worth stopping for."""
        self._seen = self._seen or (not seen.prompted and not self._emails.isdisjoint(seen.emails))

    def glance(self) -> Glance:
        """Where the round stands now."""
        return self._glance

    async def step(self) -> None:
        """Go on until a visitor gets to see something new (a message, or the round's next step)."""
        await self.pause()
        async with self._turn:
            self._seen = False
            # While people apply there is little that visitors get to see: a day at a time lets them watch the numbers.
            # While a proposal waits for the coordinator, nobody should miss it by pressing on.
            slow = self._glance.state in ("planned", "open", "closed")
            limit = self._rehearsal.clock.now() + (_DAY if slow else _LONGEST)
            while not self._seen and await self._rehearsal.step(limit):
                pass
            if slow and not self._seen:
                self._rehearsal.stage.move_clock(limit)
            await self.refresh()

    async def run(self, speed: float) -> None:
        """Let the clock run `speed` times as fast as real time, until paused."""
        await self.pause()
        self._running = asyncio.create_task(self._run(speed))

    async def pause(self) -> None:
        """Let the clock stand."""
        task, self._running = self._running, None
        if task is None:
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with self._turn:
            self._rehearsal.stage.move_clock(self._rehearsal.clock.now())

    async def settle(self) -> None:
        """Handle what people just did, without moving the clock."""
        async with self._turn:
            await self._rehearsal.settle()
            await self.refresh()

    async def refresh(self) -> None:
        """Look anew at where the round stands, and have the page show it."""
        house = self._rehearsal.house
        async with house.database.transaction() as session:
            seen = await look(session, self._kit, self._rehearsal.clock.now())
        self._glance = replace(seen, commands=suggestions(house))
        self._rehearsal.stage.touch()

    async def _run(self, speed: float) -> None:
        while True:
            await asyncio.sleep(_TICK)
            # A tick is never cut off in the middle: cancelling waits until it has been seen through.
            await asyncio.shield(self._tick(timedelta(seconds=_TICK * speed), speed))

    async def _tick(self, span: timedelta, speed: float) -> None:
        async with self._turn:
            until = self._rehearsal.clock.now() + span
            while await self._rehearsal.step(until):
                pass
            self._rehearsal.stage.move_clock(until, speed)
            await self.refresh()


def suggestions(house: House) -> tuple[Suggestion, ...]:
    """The commands that the page offers."""
    return tuple(
        Suggestion(str(command.usage), command.help, "coordinator" if command.spec.coordinators else "anyone")
        for command in house.program.commands
    )


async def demo(settings: Settings, *, port: int, fresh: bool = False, open_browser: bool = True) -> None:
    """Serve the playground until stopped. What happened there is kept; `fresh` begins anew."""
    # First what may be wrong: a kit with mistakes must not cost anybody their playground.
    kits = kit_of(settings.kit)
    kit = next(iter(kits.values()))
    # A visitor should see a case when it comes up, not in a week's time.
    kit = replace(kit, plan=replace(kit.plan, cases_weekday=None))
    stages: Stages = found(STAGES, "local")
    folder = settings.data_dir / FOLDER
    if fresh and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite+aiosqlite:///{folder / 'playground.db'}")
    try:
        await migrate(database)
        control, stage = await _prepare(database, kit, stages, folder)
        site = ServedSite(database, control.house.clock, control.house.kits, f"{PATH}/")
        server = stages.page(stage, control, port, {PATH: site.app()})
        address = f"http://127.0.0.1:{port}/"
        log.info("playground", address=address, kept_in=str(folder))
        if open_browser:
            asyncio.get_running_loop().call_later(0.5, webbrowser.open, address)
        await server.serve()
        await control.pause()
        await stage.adapter.stop()
    finally:
        await database.close()


async def _prepare(database: Database, kit: Kit, stages: Stages, folder: Path) -> tuple[DemoControl, Stage]:
    seed, began = _beginning(folder / "beginning.json")
    clock = VirtualClock(began)
    players = stages.playground(seed, began)
    visitors = [player for player in players if player.part.startswith("visit")]
    told: list[DemoControl] = []

    def watch(seen: Delivery) -> None:
        for control in told:
            control.watch(seen)

    stage = stages.build(
        clock, players, seed=seed, opens=began, journal=folder / "journal.jsonl", lively=True, watch=watch
    )
    house = build(database, clock, [stage.adapter], {kit.slug: kit})
    desk = tuple((p.user, p.email, p.name) for p in players if p.part == "visiting coordinator")
    program = await set_up(house, Setup("local", "playground", kit.slug, coordinators=desk))
    await begin_round(
        house,
        program,
        {
            "starts": (began + _STARTS).date().isoformat(),
            "closes": (began + _CLOSES).date().isoformat(),
            "seed": str(seed),
        },
    )
    rehearsal = Rehearsal(house, stage, clock)
    control = DemoControl(rehearsal, kit, visitors)
    told.append(control)
    await rehearsal.start()
    await control.settle()
    if clock.now() == began:
        await _greet(stage, visitors)
        await control.settle()
    return control, stage


async def _greet(stage: Stage, visitors: Sequence[Player]) -> None:
    """The visitors' screens begin with a word from the bot that says what they can do."""
    for player in visitors:
        await stage.say(player.user, "hello" if player.part == "visitor" else "/mentoring round")


def _beginning(path: Path) -> tuple[int, datetime]:
    """The seed and the first moment of this playground, the same after every restart."""
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return int(kept["seed"]), datetime.fromisoformat(kept["began"])
    today = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    path.write_text(json.dumps({"seed": SEED, "began": today.isoformat()}), encoding="utf-8")
    return SEED, today
