"""Acts a second, delivered by 1, 2 and 4 workers on PostgreSQL, beside what the platform allows. Asserts nothing.

    python -m benchmarks.acts [--seconds 120] [--workers 1 2 4]

The workers are `counterpart run --roles worker`, the platform is the Slack for tests, which lets 300 messages a minute
into a workspace, and one a second into a channel. Twice as many acts wait as can go out in the time. What is measured
is how many arrive between the first and the last second, and how many requests came too fast.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from adapters.slack.manifest import SCOPES
from benchmarks.databases import Databases, say
from bot.engine.clock import SystemClock
from bot.engine.work import unit_of_work
from bot.language.acts import Post
from bot.language.messages import Message, Text
from bot.language.places import Address, Place
from storage.database import Database
from storage.migrate import migrate
from tests.slackserver.limits import POSTS_A_MINUTE
from tests.slackserver.server import SlackServer

ROOMS = 200
WARM_UP = 15.0


@asynccontextmanager
async def worker(address: str, slack: SlackServer) -> AsyncIterator[None]:
    """One process that performs acts."""
    environment = {
        **os.environ,
        "COUNTERPART_DATABASE_URL": address,
        "COUNTERPART_ADAPTERS": "slack",
        "COUNTERPART_LOG_LEVEL": "error",
        "COUNTERPART_SLACK_BOT_TOKEN": slack.workspace.token,
        "COUNTERPART_SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "COUNTERPART_SLACK_API_URL": slack.api_url,
    }
    arguments = ("-m", "bot", "run", "--roles", "worker")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def enqueue(address: str, slack: SlackServer, rooms: list[str], count: int) -> None:
    """Have so many messages wait, each room's turn after the other's."""
    database = Database(address)
    await migrate(database)
    async with unit_of_work(database, SystemClock()) as work:
        for number in range(count):
            place = Address("slack", slack.workspace.team.id, Place.ROOM, rooms[number % ROOMS])
            work.enqueue(Post(f"b{number}", "topic", place, Message((Text(f"Topic {number}"),))))
    await database.close()


async def measure(address: str, workers: int, seconds: float) -> tuple[float, int]:
    """Acts a second after the beginning, and the requests that came too fast."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackServer(scopes=SCOPES))
        slack.workspace.add_user("U1", "ana", "Ana")
        rooms = [slack.workspace.add_channel(f"room-{n}", ["U1"], bot=True, private=True).id for n in range(ROOMS)]
        await enqueue(address, slack, rooms, round(2 * POSTS_A_MINUTE / 60 * (seconds + WARM_UP)))
        for _ in range(workers):
            await stack.enter_async_context(worker(address, slack))
        posted = slack.records.of("chat.postMessage")
        while not posted:
            await asyncio.sleep(0.1)
            posted = slack.records.of("chat.postMessage")
        await asyncio.sleep(WARM_UP)
        before, began = delivered(slack), time.perf_counter()
        await asyncio.sleep(seconds)
        return (delivered(slack) - before) / (time.perf_counter() - began), slack.limits.limited.total()


def delivered(slack: SlackServer) -> int:
    """Messages that the platform has taken."""
    return sum(request.status == 200 and not request.error for request in slack.records.of("chat.postMessage"))


async def main(workers: list[int], seconds: float) -> None:
    """Measure, and print."""
    allowed = POSTS_A_MINUTE / 60
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases("postgresql", Path(folder))
        try:
            for count in workers:
                rate, limited = await measure(databases.fresh(), count, seconds)
                say(
                    f"{count} workers: {rate:.2f} acts a second, {rate / allowed:.1%} of what the platform allows"
                    f" (aim: at least 95 %), {limited} requests too fast (aim: 0)"
                )
        finally:
            databases.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    given = parser.parse_args()
    asyncio.run(main(given.workers, given.seconds))
