"""Nothing that is logged bears a secret: not of the settings, not in an address, an error, or what a library says."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import httpx
import pytest
import structlog
from sqlalchemy.exc import DBAPIError

from adapters.slack.quiet import client_for
from bot import logs
from bot.cli.service import settled
from storage.database import Database

PASSWORD = 'p@ss"wört/\\1'
ENCODED = "p%40ss%22w%C3%B6rt%2F%5C1"
BOT, APP, KEY = "planted-bot-token-1", "planted-app-token-2", "planted-key-3"
OF_A_WORKSPACE = "xoxb-1234567890-abcdefghij"
OF_DISCORD = "planted.discord.token-4"
PLANTED = (PASSWORD, ENCODED, BOT, APP, KEY, OF_A_WORKSPACE, OF_DISCORD, 'p@ss\\"w', "p%40ss")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that hold secrets."""
    for name, value in {
        "DATABASE_URL": f"postgresql+psycopg://bo:{ENCODED}@127.0.0.1:9/x",
        "SLACK_BOT_TOKEN": BOT,
        "SLACK_APP_TOKEN": APP,
        "SLACK_ENCRYPTION_KEY": f"{KEY},another-key",
        "DISCORD_TOKEN": OF_DISCORD,
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
    }.items():
        monkeypatch.setenv(f"COUNTERPART_{name}", value)


@asynccontextmanager
async def server() -> AsyncIterator[str]:
    """Answers every request, with the words of a platform that knows nobody."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"ok": false, "error": "invalid_auth"}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(body) + body)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def say_everything(url: str) -> None:
    """All the ways in which a secret comes near the log."""
    log = structlog.get_logger()
    log.info("connecting", url=url, headers={"Authorization": f"Bearer {OF_A_WORKSPACE}"}, password=PASSWORD)
    log.debug("tokens", found=[BOT, APP, KEY], of_discord=f"Bot {OF_DISCORD}")
    database = Database(url)
    try:
        async with database.connection():
            pass
    except DBAPIError:
        log.exception("no_database", url=url)
    finally:
        await database.close()
    async with server() as address:
        async with httpx.AsyncClient() as client:
            await client.get(f"{address}/{BOT}", params={"token": APP, "password": PASSWORD})
        for token in (BOT, OF_A_WORKSPACE):
            try:
                await client_for(token, f"{address}/").auth_test()
            except Exception:  # what is logged of it is what is looked at
                log.exception("not_let_in", token=token)
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:9/bot{BOT}?key={KEY}"):
            pass
    except aiohttp.ClientError as problem:
        log.exception("no_answer", problem=repr(problem), tried=f"/bot{BOT}?key={KEY}")
    try:
        raise ConnectionError(f"no way to postgresql://bo:{PASSWORD}@127.0.0.1:9/x with {KEY}")
    except ConnectionError:
        structlog.get_logger().exception("lost")


@pytest.mark.parametrize("form", ["json", "console"])
async def test_no_secret_is_in_any_line(environment: None, capsys: pytest.CaptureFixture[str], form: str) -> None:
    settings = settled()
    hidden = capsys.readouterr().err
    written = io.StringIO()
    logs.configure("debug", "json" if form == "json" else "console", stream=written)
    await say_everything(settings.database())
    openly = written.getvalue()
    assert {BOT, APP, KEY} <= {secret for secret in PLANTED if secret in openly}, "they come near the log"
    with pytest.MonkeyPatch.context() as more:
        more.setenv("COUNTERPART_LOG_FORMAT", form)
        settings = settled()
    capsys.readouterr()
    await say_everything(settings.database())
    said = capsys.readouterr()
    text = hidden + said.out + said.err
    assert [secret for secret in PLANTED if secret in text] == []
    assert text.count(logs.HIDDEN) > 10 and "HTTP Request: GET" in text and "Traceback" in text


@pytest.mark.parametrize(
    "text",
    [
        "xoxb-1-2-abc",
        "xoxe.xoxp-1-abcdef",
        "xapp-1-A0-123-abc",
        "https://discord.com/api/webhooks/1234/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MA",
        "Authorization: Bot MTIz.abc.def-ghi",
    ],
)
def test_what_looks_like_a_token_is_hidden_though_no_setting_holds_it(text: str) -> None:
    written = io.StringIO()
    logs.configure("info", "json", stream=written)
    structlog.get_logger().info("said", text=f"so {text} so")
    assert (
        text.rsplit("/", maxsplit=1)[-1].rsplit(maxsplit=1)[-1] not in written.getvalue()
        and logs.HIDDEN in written.getvalue()
    )


def test_what_only_resembles_one_is_left() -> None:
    written = io.StringIO()
    logs.configure("info", "json", stream=written)
    structlog.get_logger().info("said", text="the Bot is here, Bearer of news, /webhooks/12, xoxo")
    assert logs.HIDDEN not in written.getvalue()
