"""`counterpart run`: a house in real time, on the platforms that the settings name."""

import asyncio
import gc
import os
import secrets
import signal
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import structlog

from bot.app import ADAPTERS, Share, build, command_table, kit_of, knowledge
from bot.engine.bell import Bell
from bot.engine.clock import Clock, SystemClock
from bot.engine.leases import Leases
from bot.engine.sending import SendingLanes
from bot.health.metrics import Metrics
from bot.health.web import Vitals, served_as
from bot.language.adapter import Adapter, Ground
from bot.program.privacy import Privacy
from bot.settings import ROLES, Settings, variable
from bot.shift import CALENDAR, GATEWAY, WORKER, Shared, Shift
from bot.site.serving import ServedSite
from bot.site.web import PATH, site_served
from storage.alone import alone
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
    if database.is_sqlite and set(settings.roles) != set(ROLES):
        raise NoAdapter(
            f"With SQLite, one process does everything: leave {variable('roles')} as it is, or use PostgreSQL."
        )
    try:
        with alone(settings.database()):
            await migrate(database)
            ground = Ground(clock, command_table(), settings.database(), knowledge(database, clock, kits))
            adapters = [connect(ground) for connect in connectors.values()]
            shared = None if database.is_sqlite else _shared(database, clock, adapters, settings.roles)
            share = Share(_does(adapters, settings.roles), shared.lanes if shared else None)
            house = build(database, clock, adapters, kits, metrics, _privacy(settings), share)
            bell = Bell(house.engine, clock, meter=metrics)
            shift = Shift(house, bell, metrics, settings.roles, shared)
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, shift.stop)
            awaited = tuple(each.platform for each in shift.gateways if not each.awaits)
            vitals = Vitals(database, clock, metrics, house.program.watches, awaited=awaited)
            # What was loaded stays to the end: looking through it for garbage again and again would hold everything up.
            gc.collect()
            gc.freeze()
            site = ServedSite(database, clock, house.kits, f"{PATH}/")
            async with (
                served_as(vitals, settings.health_host, settings.health_port),
                site_served(site, settings.host, settings.port, settings.site == "on"),
            ):
                await shift.run()
    finally:
        await database.close()


def _shared(database: Database, clock: Clock, adapters: Sequence[Adapter], roles: Sequence[str]) -> Shared:
    leases = Leases(database, f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}")
    by_name = {adapter.name: adapter for adapter in adapters}
    return Shared(leases, SendingLanes(database, clock, leases, by_name, worker=WORKER in roles))


def _does(adapters: Sequence[Adapter], roles: Sequence[str]) -> tuple[str, ...]:
    """The parts of the engine that a process with these roles needs."""
    bound = any(not adapter.capabilities.sends_apart for adapter in adapters)
    parts = {
        "inbox": WORKER in roles,
        # Where only the connected process can send, it does.
        "courier": WORKER in roles or (GATEWAY in roles and bound),
        "calendar": CALENDAR in roles,
    }
    return tuple(part for part, needed in parts.items() if needed)


def _privacy(settings: Settings) -> Privacy:
    return Privacy(settings.forget_key.get_secret_value().encode(), timedelta(days=settings.keep_days))


def _advice(name: str) -> str:
    if name in EXTRAS:
        return f'Install it: pip install "counterpart[{name}]"'
    return "Install the package that brings it into the same Python environment, or correct the name."
