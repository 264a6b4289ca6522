"""A house whose site is served at a real address."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bot.site.serving import ServedSite
from bot.site.web import PATH, site_app
from bot.webserver import served
from storage.certificates import Certificate
from storage.communications import Announcement
from storage.database import Database
from storage.stories import Story
from tests.program.house import House
from topics.model import Kit

HOST = "127.0.0.1"


@dataclass
class Visited:
    """A house, its site, and somebody who asks for pages."""

    house: House
    site: ServedSite
    address: str
    client: httpx.AsyncClient

    async def get(self, path: str = "", **headers: str) -> httpx.Response:
        """Ask for a page below the site's path."""
        return await self.client.get(f"{PATH}/{path}", headers=headers)

    async def story(self, **fields: Any) -> int:
        """A story, published as it lies in the database."""
        now = self.house.clock.now()
        usual: dict[str, Any] = {
            "title": "Two towns",
            "text": "One.\n\nTwo.",
            "signed": "Ana, Kenya",
            "state": "published",
            "written_at": now,
            "published_at": now,
        }
        async with self.house.turn() as turn:
            row = Story(program_id=1, round_id=1, partnership_id=1, person_id=2, **usual | fields)
            return (await turn.add(row)).id or 0

    async def certificate(self, code: str, **fields: Any) -> None:
        """A certificate that was issued."""
        now = self.house.clock.now()
        usual: dict[str, Any] = {"person_id": 2, "name": "Ana", "state": "issued", "made_at": now, "issued_at": now}
        async with self.house.turn() as turn:
            await turn.add(Certificate(program_id=1, round_id=1, code=code, **usual | fields))

    async def change(self, row: type[Any], identity: int, **fields: Any) -> None:
        """Change a row as the program does."""
        async with self.house.turn() as turn:
            found = await turn.get(row, identity)
            for name, value in fields.items():
                setattr(found, name, value)

    async def announce(self, text: str, **fields: Any) -> None:
        """An announcement that was sent to everybody."""
        now = self.house.clock.now()
        usual: dict[str, Any] = {"audience": "everybody", "state": "sent", "made_at": now, "sent_at": now}
        async with self.house.turn() as turn:
            await turn.add(Announcement(program_id=1, round_id=1, person_id=1, text=text, **usual | fields))


@asynccontextmanager
async def visited(kits: Mapping[str, Kit] | None = None, database: Database | None = None) -> AsyncIterator[Visited]:
    """A house with a pair in it, and its site."""
    house = House(database, kits=kits)
    try:
        await house.open()
        await house.live("ana", "bo")
        site = ServedSite(house.database, house.clock, house.kits, f"{PATH}/")
        async with served(site_app(site), HOST, 0, "{problem}") as port:
            address = f"http://{HOST}:{port}"
            async with httpx.AsyncClient(base_url=address) as client:
                yield Visited(house, site, address, client)
    finally:
        await house.database.close()
