"""One call of Discord's API through the library's own client: what becomes of everything that can go wrong."""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from discord.http import HTTPClient, Route
from structlog.testing import capture_logs

from adapters.discord.calls import AGAIN, Answer, Calls
from adapters.discord.paces import Paces
from adapters.discord.quiet import speak_to
from bot.language.adapter import Gone, Refused, Retry, Unknown
from tests.adapters.discord_outward import MESSAGES, Bench, Time, open_bench
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, slow, status

SECRET_WORDS = "what Ana wrote to Bo"
READ = "GET /channels/{channel_id}"


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


def calls_of(bench: Bench, patience: float = 10.0) -> Calls:
    return Calls(bench.line, Paces(Time(bench.clock)), patience)


async def write(calls: Calls, bench: Bench, **more: Any) -> Answer:
    body = {"content": SECRET_WORDS}
    path = "/channels/{channel_id}/messages"
    return await calls.call("POST", path, json=body, once=True, channel_id=bench.hall.id, **more)


async def read(calls: Calls, bench: Bench, **more: Any) -> Answer:
    return await calls.call("GET", "/channels/{channel_id}", channel_id=bench.hall.id, **more)


async def test_answers(bench: Bench) -> None:
    calls = calls_of(bench)
    assert (await write(calls, bench)).json["content"] == SECRET_WORDS
    assert (await read(calls, bench)).json["name"] == "hall"
    channels = await calls.call("GET", "/guilds/{guild_id}/channels", guild_id=bench.guild.id)
    assert [each["name"] for each in channels.items] == ["hall"]


@pytest.mark.parametrize("kind", [status(500), status(502), status(503), RESET_BEFORE, RESET_AFTER])
async def test_an_answer_that_does_not_come(bench: Bench, kind: Kind) -> None:
    """What would be done twice must be looked up; everything else may be asked for again. The library asks once."""
    bench.server.faults.add("*", kind)
    calls = calls_of(bench)
    with pytest.raises(Unknown):
        await write(calls, bench)
    with pytest.raises(Retry) as caught:
        await read(calls, bench)
    assert caught.value.seconds == AGAIN
    assert len(bench.asked(MESSAGES)) == 1
    # The HTTP client itself asks once more for what is only read, if an old connection breaks.
    assert len(bench.asked(READ)) == (2 if kind in (RESET_BEFORE, RESET_AFTER) else 1)


@pytest.mark.parametrize("kind", [status(500), ratelimited(0.5), RESET_BEFORE, error(50013)])
async def test_the_library_is_left_as_it_was(bench: Bench, kind: Kind) -> None:
    """After a call that went wrong its limiter holds nobody up, neither us nor the other half."""
    bench.server.faults.add("*", kind, times=20)
    calls = calls_of(bench)
    for _ in range(20):
        with pytest.raises((Retry, Unknown, Refused)):
            await write(calls, bench)
        bench.clock.forward(seconds=20)
    async with asyncio.timeout(2):
        for _ in range(3):
            await write(calls, bench)
        path = "/channels/{channel_id}/messages"
        await bench.line.client.request(Route("POST", path, channel_id=bench.hall.id), json={"content": "theirs"})
    limiters: list[Any] = list(bench.line.client._buckets.values())
    assert all(each.outgoing == 0 and not each._pending_requests for each in limiters)


async def test_a_client_that_nobody_traces(bench: Bench) -> None:
    """What was done is not taken for undone, although the library is in nobody's hands then."""
    client = HTTPClient(asyncio.get_running_loop())
    await client.static_login(bench.server.app.token)
    bench.line.client = client
    calls = calls_of(bench)
    assert (await write(calls, bench)).json["content"] == SECRET_WORDS
    bench.server.faults.add("GET *", error(10003))
    with pytest.raises(Gone):
        await read(calls, bench)
    await client.close()


async def test_many_at_once(bench: Bench) -> None:
    """Those that wait for the same way are let through one after the other."""
    bench.server.limits.enabled = False
    calls = calls_of(bench)
    answers = await asyncio.gather(*(read(calls, bench) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}


async def test_an_answer_that_comes_too_late(bench: Bench) -> None:
    release = asyncio.Event()
    bench.server.faults.add("*", slow(release))
    calls = calls_of(bench, patience=0.2)
    with pytest.raises(Unknown):
        await write(calls, bench)
    with pytest.raises(Retry):
        await read(calls, bench)
    release.set()


async def test_nobody_listens(bench: Bench) -> None:
    with socket.socket() as taken:
        # Bound, but not listening: whoever connects is refused.
        taken.bind(("127.0.0.1", 0))
        speak_to(f"http://127.0.0.1:{taken.getsockname()[1]}/api/v10")
        calls = calls_of(bench)
        for call in (write, read):
            with pytest.raises(Retry, match="reached") as caught:
                await call(calls, bench)
            assert caught.value.seconds == AGAIN
    assert bench.asked() == []


# Patience


async def test_discord_asks_for_patience_on_one_way(bench: Bench) -> None:
    bench.server.faults.add(MESSAGES, ratelimited(30, "shared"), times=1)
    calls = calls_of(bench)
    for _ in range(3):
        with pytest.raises(Retry) as caught:
            await write(calls, bench)
        assert caught.value.seconds == 30
    assert len(bench.asked()) == 1, "it is not asked again before"
    await read(calls, bench)
    bench.clock.forward(seconds=30)
    await write(calls, bench)


async def test_discord_asks_for_patience_everywhere(bench: Bench) -> None:
    bench.server.faults.add(MESSAGES, ratelimited(20, "global"), times=1)
    calls = calls_of(bench)
    for call in (write, read, read):
        with pytest.raises(Retry) as caught:
            await call(calls, bench)
        assert caught.value.seconds == 20
    assert len(bench.asked()) == 1
    bench.clock.forward(seconds=20)
    await read(calls, bench)


async def test_what_discord_says_is_left_is_obeyed(bench: Bench) -> None:
    """It takes five messages in five seconds, and says so: the sixth is not sent, and nothing sleeps."""
    calls = calls_of(bench)
    async with asyncio.timeout(2):
        for _ in range(5):
            await write(calls, bench)
        with pytest.raises(Retry) as caught:
            await write(calls, bench)
    assert caught.value.seconds == 5
    assert not bench.server.limited
    bench.clock.forward(seconds=5)
    await write(calls, bench)


async def test_fifty_a_second_are_never_reached(bench: Bench) -> None:
    bench.server.limits.buckets["GET /channels/{channel_id}"] = (1_000, 10)
    calls, done = calls_of(bench), 0
    for _ in range(60):
        try:
            await read(calls, bench)
            done += 1
        except Retry as problem:
            assert problem.seconds == 1
    assert done == 40
    assert not bench.server.limited


async def test_after_many_refusals_nothing_is_asked_for_a_while(bench: Bench) -> None:
    """Discord shuts out an address after ten thousand; a thousand are enough."""
    bench.server.limits.enabled = False
    bench.guild.allow_bot(0)
    calls = calls_of(bench)
    for _ in range(1_000):
        with pytest.raises(Refused):
            await calls.call("POST", "/guilds/{guild_id}/channels", json={"name": "x"}, guild_id=bench.guild.id)
        bench.clock.forward(seconds=0.1)
    with pytest.raises(Retry) as caught:
        await read(calls, bench)
    assert 400 < caught.value.seconds < 600
    assert len(bench.asked()) == 1_000
    bench.clock.forward(seconds=caught.value.seconds)
    await read(calls, bench)


async def test_the_guard_before_discord_has_shut_the_door(bench: Bench) -> None:
    """No answer of Discord's own, and no number of seconds in it: nothing is asked for ten minutes."""
    bench.server.limits._invalid.extend([bench.clock()] * 10_000)
    calls = calls_of(bench)
    for call in (write, read):
        with pytest.raises(Retry) as caught:
            await call(calls, bench)
        assert caught.value.seconds == 600
    assert len(bench.asked()) == 1


# Refusals


async def test_errors_that_are_answers(bench: Bench) -> None:
    calls = calls_of(bench)
    path, user = "/guilds/{guild_id}/members/{user_id}", bench.server.world.add_user("cleo").id
    answer = await calls.call("GET", path, takes=(10007,), guild_id=bench.guild.id, user_id=user)
    assert (answer.status, answer.code) == (404, 10007)
    with pytest.raises(Gone, match="10007"):
        await calls.call("GET", path, guild_id=bench.guild.id, user_id=user)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (10003, Gone, "no such channel"),
        (10008, Gone, "was deleted"),
        (40003, Retry, "more slowly"),
        (50001, Refused, "View Channel"),
        (50013, Refused, "Send Messages"),
        (160006, Refused, "active threads"),
        (20026, Refused, "abuse"),
    ],
)
async def test_codes_are_told_in_words(bench: Bench, code: int, kind: type[Exception], words: str) -> None:
    bench.server.faults.add(MESSAGES, error(code))
    with pytest.raises(kind, match=words) as caught:
        await write(calls_of(bench), bench)
    assert str(code) in str(caught.value) and str(caught.value).endswith(".")


async def test_a_token_that_is_not_accepted(bench: Bench) -> None:
    bench.line.client.token = "another"
    with pytest.raises(Retry, match="token") as caught:
        await write(calls_of(bench), bench)
    assert caught.value.seconds == 600, "what is to be sent waits until it is put right"


@pytest.mark.parametrize("kind", [status(500), RESET_AFTER, ratelimited(5), error(50013), error(50035)])
async def test_nothing_that_was_sent_is_told(bench: Bench, kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    bench.server.faults.add("*", kind)
    caplog.set_level(logging.INFO)
    with capture_logs() as logs, pytest.raises((Retry, Refused, Unknown)) as caught:
        await write(calls_of(bench), bench)
    told = f"{caught.value!r} {caught.value.__cause__!r} {logs} {caplog.text}"
    assert SECRET_WORDS not in told and bench.server.app.token not in told
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


async def test_where_a_form_is_wrong_is_logged(bench: Bench) -> None:
    with capture_logs() as logs, pytest.raises(Refused, match="fault of Counterpart"):
        body = {"content": SECRET_WORDS * 300}
        await calls_of(bench).call("POST", "/channels/{channel_id}/messages", json=body, channel_id=bench.hall.id)
    assert logs[-1]["faults"] == ("content: BASE_TYPE_MAX_LENGTH",)
