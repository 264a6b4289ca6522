"""A database server: every process has connections of its own, and what one locks the others really wait for."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Database
from tests.simulation.loop import Life, VirtualLoop, tick


class Server:
    """The database at that address, in the place of a disk. Its processes may be held up; they are not killed."""

    def __init__(self, address: str, loop: VirtualLoop) -> None:
        self._address = address
        self._loop = loop

    def open(self, life: Life) -> "RealDatabase":
        """The database as this process has it."""
        return RealDatabase(self._address, life, self._loop)

    def close(self) -> None:
        """Whoever made it throws it away."""


class RealDatabase(Database):
    """The production database. Virtual time stands still while one of its transactions is open."""

    def __init__(self, address: str, life: Life, loop: VirtualLoop) -> None:
        super().__init__(address)
        self._life = life
        self._loop = loop

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        await tick()
        async with self._abroad(), super().transaction() as session:
            yield session
        await tick()

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection]:
        await tick()
        async with self._abroad(), super().connection() as connection:
            yield connection
        await tick()

    @asynccontextmanager
    async def _abroad(self) -> AsyncGenerator[None]:
        self._life.in_database += 1
        self._loop.abroad(1)
        try:
            yield
        finally:
            self._loop.abroad(-1)
            self._life.in_database -= 1
