"""A little round that is played on one database, and goes on with another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.engine import URL

from bot.addresses import full
from bot.engine.clock import VirtualClock
from storage.database import Database
from tests.program.house import BEGIN, House, Paper
from tests.program.story import answer, decide, write

DAYS = (2, 21, 45)
"""Where the round is interrupted, in days from its beginning."""


def new_paper() -> Paper:
    """The platform, which is the same whatever database the program has."""
    return Paper(VirtualClock(BEGIN))


@asynccontextmanager
async def house_at(url: URL, paper: Paper) -> AsyncIterator[House]:
    """The program on that database, at the time that the platform has."""
    database = Database(full(url))
    try:
        yield House(database, paper)
    finally:
        await database.close()


async def first_part(url: URL, paper: Paper) -> None:
    """Two pairs are introduced; one of them begins to talk, somebody is away, somebody writes a story."""
    async with house_at(url, paper) as house:
        await house.open()
        await house.introduced("ana", "ben", zones=("Europe/Paris", "Asia/Tokyo"))
        await house.partners("cléa", "dan", zones=("America/Lima", "Europe/Athens"))
        await house.until(BEGIN + timedelta(days=1))
        await house.wrote("ana", 1)
        await house.wrote("ben", 1)
        await house.command("ana", "away 2026-10-01 2026-10-08")
        await house.type("dan", "hello")
        await write(house, "ana")
        await house.until(BEGIN + timedelta(days=DAYS[0]))


async def go_on(url: URL, paper: Paper, days: int) -> None:
    """The round goes on until so many days from its beginning; the partner agrees to the story, then it is public."""
    async with house_at(url, paper) as house:
        house.events = 1000 * days
        await house.type("ana", "hello")
        await (answer(house, "ben", "yes") if days == DAYS[1] else decide(house, "approve"))
        await house.until(BEGIN + timedelta(days=days))


async def undisturbed(url: URL) -> Paper:
    """The same round on one database, from beginning to end."""
    paper = new_paper()
    await first_part(url, paper)
    for days in DAYS[1:]:
        await go_on(url, paper, days)
    return paper
