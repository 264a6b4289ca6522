"""`counterpart run`: a house in real time, on the platforms that the settings name."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import structlog

from bot.app import ADAPTERS, House, build, command_table, kit_of, knowledge
from bot.engine.bell import Bell
from bot.engine.clock import SystemClock
from bot.health.metrics import Metrics
from bot.health.web import Vitals, served_as
from bot.language.adapter import Adapter, Ground
from bot.language.events import Event
from bot.settings import Settings, variable
from storage.database import Database
from storage.migrate import migrate

PLAYGROUND = "local"
EXTRAS = ("slack", "discord")
"""Platforms whose libraries come as an extra of the same name."""

log = structlog.get_logger()

Connect = Callable[[Ground], Adapter]
"""What stands under the entry-point group `counterpart.adapters`: makes an adapter that reads its own settings.

Raises NotConnected when one of them is missing or wrong.
"""


class NoAdapter(Exception):
    """A platform that the settings name cannot be connected. The text says what to do."""


def connector(name: str) -> Connect:
    """What makes the adapter of that name. Raises NoAdapter when it, or a library that it needs, is not installed."""
    for point in entry_points(group=ADAPTERS):
        if point.name == name:
            return loaded(point)
    raise NoAdapter(f"{variable('adapters')} names “{name}”, and no such adapter is installed. {_advice(name)}")


def loaded(point: EntryPoint) -> Any:
    """What an entry point of a platform names. Raises NoAdapter when a library that it needs is not installed."""
    try:
        return point.load()
    except ImportError as problem:
        raise NoAdapter(f"The adapter “{point.name}” cannot be loaded ({problem}). {_advice(point.name)}") from problem


def check_platforms(names: Sequence[str]) -> dict[str, Connect]:
    """What connects these platforms, by name. Raises NoAdapter for the first that cannot be connected."""
    if PLAYGROUND in names:
        raise NoAdapter(
            f"The playground opens with `counterpart demo`. `counterpart run` is for platforms with real people: name "
            f"them in {variable('adapters')}, separated by commas ({', '.join(EXTRAS)})."
        )
    return {name: connector(name) for name in names}


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises NoAdapter, KitError, NewerDatabase or CannotListen before anything is connected, NotConnected when a
    platform refuses.
    """
    connectors = check_platforms(settings.adapters)
    kits = kit_of(settings.kit)
    clock, metrics = SystemClock(), Metrics()
    database = Database(settings.database())
    try:
        await migrate(database)
        ground = Ground(clock, command_table(), settings.database(), knowledge(database, clock, kits))
        house = build(database, clock, [connect(ground) for connect in connectors.values()], kits, metrics)
        bell = Bell(house.engine, clock, meter=metrics)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, bell.stop)
        vitals = Vitals(database, clock, metrics, house.program.watches, awaited=tuple(house.adapters))
        async with served_as(vitals, settings.health_host, settings.health_port):
            await _work(house, bell, metrics)
    finally:
        await database.close()


async def _work(house: House, bell: Bell, metrics: Metrics) -> None:
    async def receive(events: Sequence[Event]) -> None:
        await house.engine.inbox.receive(events)
        bell.wake()

    await house.engine.courier.recover()
    connected: list[Adapter] = []
    try:
        for adapter in house.adapters.values():
            await adapter.start(receive)
            connected.append(adapter)
            metrics.connected(adapter.name, now=True)
            log.info("connected", platform=adapter.name)
        await bell.run()
    finally:
        for adapter in connected:
            metrics.connected(adapter.name, now=False)
            await adapter.stop()
            log.info("disconnected", platform=adapter.name)


def _advice(name: str) -> str:
    if name in EXTRAS:
        return f'Install it: pip install "counterpart[{name}]"'
    return "Install the package that brings it into the same Python environment, or correct the name."
