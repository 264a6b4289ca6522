"""The smallest listener that keeps what it hears, to compare with: Slack's Bolt, and one INSERT for each event.

python -m benchmarks.listening DATABASE SECRET PORT
"""

import asyncio
import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.database import Database

HEARD = Table(
    "heard", MetaData(), Column("id", Integer, primary_key=True), Column("event_id", Text), Column("payload", Text)
)


def listener(database: Database, secret: str) -> Starlette:
    """Bolt as its guide sets it up, behind the web server that Counterpart has, too."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_user_id="U0", bot_id="B0", bot_token="xoxb-0")

    app = AsyncApp(signing_secret=secret, authorize=authorize)

    @app.event("message")
    async def hear(body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction] - Bolt calls it
        async with database.connection() as connection:
            await connection.execute(insert(HEARD), {"event_id": body["event_id"], "payload": str(body)})

    handler = AsyncSlackRequestHandler(app)

    async def take(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", take, methods=["POST"])])


async def main(address: str, secret: str, port: int) -> None:
    """Listen until stopped."""
    database = Database(address)
    await database.with_connection(HEARD.metadata.create_all)
    config = uvicorn.Config(listener(database, secret), host="127.0.0.1", port=port, log_config=None)
    await uvicorn.Server(config).serve()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
