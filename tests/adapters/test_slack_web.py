"""HTTP mode: only what Slack has signed gets in, and nothing that is too large is read."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pytest

from adapters.slack.inward import Inward
from adapters.slack.web import LARGEST
from bot.language.adapter import Ground, NotConnected
from bot.language.events import Commanded, Said
from tests.adapters.slack_inward import Connected, Inbox, Now, a_house, open_way, settings
from tests.slackserver.push import signature
from tests.slackserver.state import Json

FORM = "application/x-www-form-urlencoded"


@dataclass
class Stranger:
    """Somebody who sends requests to the bot, with whatever signature."""

    slack: Connected
    web: httpx.AsyncClient

    async def send(
        self,
        body: str,
        headers: Mapping[str, str] | None = None,
        *,
        kind: str = "application/json",
        secret: str = "",
        at: float | None = None,
    ) -> httpx.Response:
        stamp = str(int(time.time() if at is None else at))
        signed = signature(secret or self.slack.server.app.signing_secret, stamp, body)
        given = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed, "Content-Type": kind}
        sent = httpx.Headers({**given, **(headers or {})}, encoding="latin-1")
        return await self.web.post("/slack/events", content=body.encode(), headers=sent)


@asynccontextmanager
async def a_stranger() -> AsyncGenerator[Stranger]:
    async with open_way("http") as slack:
        assert slack.inward.web is not None
        base = f"http://127.0.0.1:{slack.inward.web.port}"
        async with httpx.AsyncClient(base_url=base, trust_env=False) as web:
            yield Stranger(slack, web)


def said(slack: Connected, text: str = "hello") -> str:
    event = {
        "type": "message",
        "channel": "D1",
        "channel_type": "im",
        "user": "U1",
        "ts": "1788249600.0001",
        "text": text,
    }
    return json.dumps(
        {"type": "event_callback", "event_id": "Ev77", "team_id": slack.house.workspace.id, "event": event}
    )


async def test_what_is_signed_gets_in() -> None:
    async with a_stranger() as stranger:
        assert (await stranger.send(said(stranger.slack))).status_code == 200
        again = await stranger.send(said(stranger.slack), {"x-slack-retry-num": "1"})
        assert again.status_code == 200
        assert [event.text for event in stranger.slack.inbox.of(Said)] == ["hello"]
        challenge: Json = {"type": "url_verification", "challenge": "abc"}
        assert "abc" in (await stranger.send(json.dumps(challenge))).text


async def test_forged_and_old_requests(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with a_stranger() as stranger:
        body = said(stranger.slack, "a forged word")
        now = time.time()
        refused = [
            await stranger.send(body, secret="another"),
            await stranger.send(body, at=now - 310),
            await stranger.send(body, at=now + 310),
            await stranger.send(body, {"X-Slack-Signature": "v0=é"}),
            await stranger.send(body, {"X-Slack-Request-Timestamp": "soon"}),
            await stranger.send(body, {"X-Slack-Request-Timestamp": ""}),
            await stranger.web.post("/slack/events", content=body),
            # Bolt would answer this one before it looks at the signature.
            await stranger.send(urlencode({"ssl_check": "1", "command": "/mentoring"}), kind=FORM, secret="another"),
            await stranger.send(json.dumps({"type": "url_verification", "challenge": "abc"}), secret="another"),
        ]
        assert [answer.status_code for answer in refused] == [401] * len(refused)
        assert stranger.slack.inbox.news == []
        assert not any("forged word" in record.getMessage() for record in caplog.records)


async def test_too_large() -> None:
    async with a_stranger() as stranger:
        body = said(stranger.slack, "x" * LARGEST)
        assert (await stranger.send(body)).status_code == 413
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            while sent < 50 * LARGEST:
                sent += 65_536
                yield b"x" * 65_536

        try:
            answer = await stranger.web.post("/slack/events", content=endless())
            assert answer.status_code == 413
        except httpx.HTTPError:
            # It hung up while the rest was on its way.
            pass
        assert sent < 50 * LARGEST
        assert stranger.slack.inbox.news == []
        assert (await stranger.send(said(stranger.slack, "x" * (LARGEST // 2)))).status_code == 200


@pytest.mark.parametrize("body", ["{", "[]", "[1, 2]", "7", '"x"', "[" * 100_000, "{" + '"a":{' * 50_000, "payload={"])
async def test_signed_nonsense(body: str) -> None:
    async with a_stranger() as stranger:
        for kind in ("application/json", FORM):
            answer = await stranger.send(body, kind=kind)
            assert answer.status_code in (200, 400)
        assert stranger.slack.inbox.news == []


async def test_bytes_that_are_no_text() -> None:
    async with a_stranger() as stranger:
        answer = await stranger.web.post(
            "/slack/events",
            content=b"\xff\xfe",
            headers={"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=1"},
        )
        assert answer.status_code == 401


async def test_behind_a_reverse_proxy() -> None:
    async with a_stranger() as stranger:
        fields = {
            "command": "/mentoring", "text": "help", "team_id": stranger.slack.house.workspace.id, "user_id": "U1",
            "channel_id": "D1", "channel_name": "directmessage", "trigger_id": "1.2",
        }  # fmt: skip
        forwarded = {
            "Host": "mentoring.example.org",
            "X-Forwarded-For": "203.0.113.7",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "mentoring.example.org",
        }
        assert (await stranger.send(urlencode(fields), headers=forwarded, kind=FORM)).status_code == 200
        assert [event.text for event in stranger.slack.inbox.of(Commanded)] == ["help"]


async def test_other_addresses() -> None:
    async with a_stranger() as stranger:
        healthy = await stranger.web.get("/healthz")
        assert (healthy.status_code, healthy.text) == (200, "ok")
        assert (await stranger.web.get("/slack/events")).status_code == 405
        # One workspace: nobody else can install the app.
        assert (await stranger.web.get("/slack/install")).status_code == 404
        assert (await stranger.web.get("/slack/oauth_redirect")).status_code == 404
        assert (await stranger.web.get("/")).status_code == 404


async def test_the_port_is_let_go() -> None:
    async with a_house() as house:
        ground = Ground(Now(house.clock))
        first = Inward(settings(house.server, "http"), ground)
        await first.start(Inbox().receive)
        assert first.web is not None
        port = first.web.port
        assert port != 0
        second = Inward(settings(house.server, "http", port=port), ground)
        with pytest.raises(NotConnected, match="COUNTERPART_SLACK_PORT"):
            await second.start(Inbox().receive)
        await first.stop()
        third = Inward(settings(house.server, "http", port=port), ground)
        await third.start(Inbox().receive)
        await third.stop()


async def test_stopping_answers_what_is_under_way() -> None:
    async with a_house() as house:
        inbox = Inbox()
        inward = Inward(settings(house.server, "http"), Ground(Now(house.clock)))
        await inward.start(inbox.receive)
        assert inward.web is not None
        await house.server.use_http(f"http://127.0.0.1:{inward.web.port}/slack/events")
        inbox.gate, inbox.came = asyncio.Event(), asyncio.Event()
        command = asyncio.create_task(house.workspace.person("U1").command("/mentoring", "help"))
        await inbox.came.wait()
        asyncio.get_running_loop().call_later(0.05, inbox.gate.set)
        await inward.stop()
        assert (await command).acknowledged
        await house.server.use_sockets()
