"""The small Discord: rate limits by the clock, and what goes wrong on purpose."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from tests.adapters.discord_rest import Stage, open_stage
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, slow, status
from tests.discordserver.records import LOG

POST = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with open_stage(limits=True) as stage:
        yield stage
        assert stage.server.violations == []


async def test_a_bucket_is_told_and_kept(stage: Stage) -> None:
    answers = [await stage.rest.call("POST", stage.path, {"content": "x"}) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    headers = answers[4].headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("5", "0")
    assert (headers["X-RateLimit-Reset-After"], headers["Content-Type"]) == ("5.000", "application/json")
    limited = answers[5]
    message = "You are being rate limited."
    assert limited.json() == {"message": message, "retry_after": 5.0, "global": False, "code": 0}
    assert (limited.headers["Retry-After"], limited.headers["X-RateLimit-Scope"]) == ("5", "user")
    assert limited.headers["Via"]
    other = stage.guild.add_channel("other")
    await stage.rest.ok("POST", f"/channels/{other.id}/messages", {"content": "x"})
    stage.clock.turn(5)
    await stage.send()
    assert stage.server.limited == {POST: 1}


async def test_all_routes_together_have_a_limit(stage: Stage) -> None:
    stage.server.limits.buckets |= {"GET /users/@me": (100, 1), POST: (1, 60)}
    answers = [await stage.rest.call("GET", "/users/@me") for _ in range(51)]
    limited = answers[50]
    assert (limited.status_code, limited.json()["global"]) == (429, True)
    assert (limited.headers["X-RateLimit-Global"], limited.headers["X-RateLimit-Scope"]) == ("true", "global")
    stage.clock.turn(1)
    await stage.send()
    assert (await stage.rest.call("POST", stage.path, {"content": "x"})).json()["retry_after"] == 60


async def test_limits_can_be_switched_off(stage: Stage) -> None:
    stage.server.limits.enabled = False
    for _ in range(20):
        answer = await stage.rest.call("POST", stage.path, {"content": "x"})
        assert "X-RateLimit-Limit" not in answer.headers


async def test_a_channel_is_renamed_twice_in_ten_minutes(stage: Stage) -> None:
    path = f"/channels/{stage.hall.id}"
    for name in ("one", "two", "two"):
        await stage.rest.ok("PATCH", path, {"name": name})
    limited = await stage.rest.call("PATCH", path, {"name": "three"})
    assert (limited.status_code, limited.json()["retry_after"]) == (429, 600)
    assert limited.headers["X-RateLimit-Remaining"] != "0"
    await stage.rest.ok("PATCH", path, {"position": 4})
    stage.clock.turn(10 * 60)
    await stage.rest.ok("PATCH", path, {"name": "three"})


async def test_many_invalid_requests_ban_the_address(stage: Stage) -> None:
    assert (await stage.rest.call("GET", "/users/@me", headers={"Authorization": "Bot other"})).json()["code"] == 0
    assert stage.server.limits.invalid == 1
    for _ in range(9_999):
        stage.server.limits.count_invalid(403)
    banned = await stage.rest.call("GET", "/users/@me")
    assert (banned.status_code, "Via" in banned.headers, banned.text) == (429, False, "error code: 1015")
    stage.clock.turn(10 * 60)
    await stage.rest.ok("GET", "/users/@me")


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [(status(500), 500, "0"), (status(502), 502, ""), (error(50007), 403, "50007"), (error(40003), 400, "40003")],
)
async def test_errors_on_purpose(stage: Stage, kind: Kind, number: int, code: str) -> None:
    stage.server.faults.add(POST, kind, nth=2)
    await stage.send()
    assert (await stage.rest.call("POST", stage.path, {"content": "x"})).status_code == number
    await stage.send()
    assert len(stage.hall.messages) == 2
    found = stage.server.records.of(POST)[1]
    assert (found.status, found.error, found.fault) == (number, code, str(kind))


async def test_connections_break_before_and_after(stage: Stage) -> None:
    stage.server.faults.add(POST, RESET_BEFORE, times=1)
    with pytest.raises(httpx.TransportError):
        await stage.send()
    assert stage.hall.messages == {}
    stage.server.faults.clear()
    stage.server.faults.add(POST, RESET_AFTER, when=lambda args: args["content"] == "this")
    with pytest.raises(httpx.TransportError):
        await stage.send("this")
    assert [each.content for each in stage.hall.messages.values()] == ["this"]
    assert [each.status for each in stage.server.requests] == [0, 0]


async def test_limits_on_purpose(stage: Stage) -> None:
    stage.server.faults.add("*", ratelimited(0.25, "shared"), every=2)
    stage.server.faults.add("GET *", ratelimited(30, "global"), nth=1)
    limited = await stage.rest.call("GET", "/users/@me")
    assert (limited.json()["retry_after"], limited.json()["global"], limited.headers["Retry-After"]) == (30, True, "30")
    limited = await stage.rest.call("POST", stage.path, {"content": "x"})
    assert (limited.json()["retry_after"], limited.headers["X-RateLimit-Scope"]) == (0.25, "shared")
    assert stage.server.limited == {}


async def test_an_answer_can_be_held_back(stage: Stage) -> None:
    release, reached = asyncio.Event(), asyncio.Event()
    stage.server.faults.add(POST, slow(release, reached), times=1)
    sending = asyncio.create_task(stage.send())
    await reached.wait()
    assert len(stage.hall.messages) == 1
    assert not sending.done()
    release.set()
    await sending


async def test_faults_go_round(stage: Stage) -> None:
    stage.server.faults.cycle([status(500), status(502)], every=2)
    numbers = [(await stage.rest.call("GET", "/users/@me")).status_code for _ in range(8)]
    assert numbers == [200, 500, 200, 502] * 2


async def test_requests_are_written_down_without_secrets(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOG, str(tmp_path / "log"))
    await stage.send()
    await stage.rest.fails("PATCH", "/webhooks/1/secret-token/messages/@original", {"content": "x"})
    lines = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    assert [each["method"] for each in lines] == [
        POST,
        "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
    ]
    assert lines[0]["args"] == {"channel_id": stage.hall.id, "content": "hello"}
    assert (lines[0]["team"], lines[1]["args"]["webhook_token"]) == (stage.guild.id, "secre…")
    assert set(lines[0]) == {"at", "method", "team", "args", "status", "error", "fault"}
