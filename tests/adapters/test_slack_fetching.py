"""Files that people send in Slack: brought from Slack alone, with the bot's token for nobody else."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from adapters.slack.fetching import HOSTS
from adapters.slack.manifest import SCOPES
from bot.language.acts import FetchFile, Receipt, receipt_to_json
from bot.language.adapter import Gone, Refused, Retry
from bot.language.fetched import may_lie_at
from bot.language.places import Place
from tests.adapters.slack_outward import Bench, open_bench
from tests.slackserver import shapes
from tests.slackserver.faults import RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, status
from tests.slackserver.state import Json, Team, Upload

PNG = b"\x89PNG\r\n\x1a\n\xff\x00 not really"
MOST = 1_000


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench(scopes=SCOPES) as bench:
        yield bench


async def sent(bench: Bench, content: bytes = PNG) -> FetchFile:
    """The act that brings what somebody sent to the bot."""
    ana = bench.house.workspace.person("U1")
    message = await ana.say(ana.direct, "", files=[("Zoë's desk.png", "image/png", content)])
    (file,) = message.extra["files"]
    return FetchFile("f1", "file", bench.at(Place.DIRECT, "U1"), file["id"], MOST)


async def test_what_was_sent_is_brought_and_stands_in_no_receipt(bench: Bench) -> None:
    receipt = await bench.outbound.perform(await sent(bench))
    assert receipt.content == PNG
    assert "content" not in receipt_to_json(receipt) and "PNG" not in repr(receipt)


async def test_it_can_simply_be_brought_again(bench: Bench) -> None:
    act = await sent(bench)
    await bench.outbound.perform(act)
    assert await bench.restarted().find(act) is None
    assert (await bench.restarted().perform(act)).content == PNG


async def test_a_file_that_is_not_there(bench: Bench) -> None:
    act = await sent(bench)
    bench.house.workspace.team.uploads[act.reference].content = None
    with pytest.raises(Gone, match="deleted"):
        await bench.outbound.perform(act)
    with pytest.raises(Gone, match="deleted"):
        await bench.outbound.perform(FetchFile("f2", "file", act.address, "F999", MOST))


async def test_a_file_of_a_conversation_that_the_bot_is_not_in(bench: Bench) -> None:
    act = await sent(bench)
    bench.house.workspace.team.uploads[act.reference].shared = []
    with pytest.raises(Gone, match="cannot see it"):
        await bench.outbound.perform(act)


async def test_what_is_too_large_is_not_even_asked_for(bench: Bench) -> None:
    with pytest.raises(Refused, match="too large"):
        await bench.outbound.perform(await sent(bench, bytes(MOST + 1)))
    assert bench.calls("download") == []


async def test_what_is_larger_than_it_said_is_not_read_to_its_end(bench: Bench) -> None:
    act = await sent(bench)
    bench.house.workspace.team.uploads[act.reference].content = bytes(5_000_000)
    with pytest.raises(Refused, match="larger than Slack said"):
        await bench.outbound.perform(act)


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(503), ratelimited(2)], ids=str)
@pytest.mark.parametrize("method", ["files.info", "download"])
async def test_after_any_trouble_it_is_tried_again(bench: Bench, method: str, kind: Kind) -> None:
    act = await sent(bench)
    bench.server.faults.add(method, kind, times=1)
    try:
        # What only reads may be asked twice: a library that does so by itself does no harm.
        receipt = await bench.outbound.perform(act)
    except Retry:
        bench.house.clock.turn(60)
        receipt = await bench.outbound.perform(act)
    assert receipt.content == PNG


async def test_without_the_permission_it_says_which_is_missing() -> None:
    async with open_bench(scopes=set(SCOPES) - {"files:read"}) as bench:
        with pytest.raises(Refused, match="files:read"):
            await bench.outbound.perform(await sent(bench))


async def test_a_page_where_people_sign_in_is_not_followed(bench: Bench) -> None:
    act = await sent(bench)
    bench.server.faults.add("download", status(302), times=1)
    with pytest.raises(Refused, match="files:read"):
        await bench.outbound.perform(act)


@asynccontextmanager
async def elsewhere() -> AsyncGenerator[tuple[str, list[str]]]:
    """Another server, and the secrets that were sent to it."""
    secrets: list[str] = []

    async def take(request: web.Request) -> web.Response:
        secrets.append(request.headers.get("Authorization", ""))
        return web.Response(body=PNG)

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server: Any = site._server
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", secrets
    await runner.cleanup()


async def test_the_token_is_sent_to_nobody_else(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    act = await sent(bench)
    async with elsewhere() as (url, secrets):

        def moved(_: str, team: Team, upload: Upload) -> Json:
            return shapes.file_shape(url, team, upload)

        monkeypatch.setattr("tests.slackserver.methods.extras.file_shape", moved)
        with pytest.raises(Refused, match="not kept by Slack") as refused:
            await bench.outbound.perform(act)
        assert secrets == [] and url not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.png", True),
        ("https://files.slack.com:443/a.png", True),
        ("http://files.slack.com/a.png", False),
        ("https://files.slack.com:8443/a.png", False),
        ("https://files.slack.com.example.org/a.png", False),
        ("https://files.slack.com@example.org/a.png", False),
        ("https://user:word@files.slack.com/a.png", False),
        ("https://example.org/files.slack.com", False),
        ("https://evil.slack.com/a.png", False),
        ("file:///etc/passwd", False),
        ("https://files.slack.com:port/", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_addresses_of_slack(url: str, trusted: bool) -> None:
    assert "files.slack.com" in HOSTS
    assert may_lie_at(url, HOSTS, "https://slack.com/api/") is trusted


async def test_an_error_of_slack_is_told(bench: Bench) -> None:
    act = await sent(bench)
    bench.server.faults.add("files.info", error("access_denied"), times=1)
    with pytest.raises(Refused, match="access_denied"):
        await bench.outbound.perform(act)
    assert isinstance(await bench.outbound.perform(act), Receipt)
