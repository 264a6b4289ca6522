"""Files that people send in Discord: found again by their message, and brought from Discord alone."""

from collections.abc import AsyncGenerator

import pytest

from adapters.discord.fetching import HOSTS, reference_of
from bot.language.acts import FetchFile
from bot.language.adapter import Gone, Refused, Retry
from bot.language.fetched import may_lie_at
from bot.language.places import Place
from tests.adapters.discord_outward import Bench, open_bench
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, status
from tests.discordserver.state import Message

PNG = b"\x89PNG\r\n\x1a\n\xff\x00 not really"
MOST = 1_000
READ = "GET /channels/{channel_id}/messages/{message_id}"


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        bench.outbound = bench.restarted(api_url=bench.server.api_url)
        yield bench


async def sent(bench: Bench, content: bytes = PNG) -> tuple[FetchFile, Message]:
    """The act that brings what somebody sent to the bot, and the message that it stands in."""
    ana = bench.guild.person(bench.person("ana"))
    message = await ana.say(ana.direct, "", files=[("Zoë's desk.png", "image/png", content)])
    reference = reference_of(message.channel, message.id, message.attachments[0].id)
    return FetchFile("f1", "file", bench.at(Place.DIRECT, ana.id), reference, MOST), message


async def test_what_was_sent_is_brought_also_again(bench: Bench) -> None:
    act, _ = await sent(bench)
    assert (await bench.outbound.perform(act)).content == PNG
    assert await bench.outbound.find(act, bench.clock()) is None
    assert (await bench.outbound.perform(act)).content == PNG


async def test_a_file_that_is_not_there(bench: Bench) -> None:
    act, message = await sent(bench)
    ana = bench.guild.person(bench.person("ana"))
    message.attachments = []
    with pytest.raises(Gone):
        await bench.outbound.perform(act)
    await ana.delete(message)
    with pytest.raises(Gone):
        await bench.outbound.perform(act)


@pytest.mark.parametrize("reference", ["", "1", "1/2", "a/b/c", "../../x/y/z"])
async def test_a_reference_that_is_none(bench: Bench, reference: str) -> None:
    act, _ = await sent(bench)
    with pytest.raises(Gone):
        await bench.outbound.perform(FetchFile("f2", "file", act.address, reference, MOST))
    assert bench.asked(READ) == []


async def test_what_is_too_large_is_refused(bench: Bench) -> None:
    act, _ = await sent(bench, bytes(MOST + 1))
    with pytest.raises(Refused, match="too large"):
        await bench.outbound.perform(act)


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(503)], ids=str)
async def test_after_any_trouble_it_is_tried_again(bench: Bench, kind: object) -> None:
    act, _ = await sent(bench)
    bench.server.faults.add(READ, kind, times=1)  # pyright: ignore[reportArgumentType] - kinds of faults
    try:
        # What only reads may be asked twice: a library that does so by itself does no harm.
        receipt = await bench.outbound.perform(act)
    except Retry:
        bench.clock.forward(seconds=60)
        receipt = await bench.outbound.perform(act)
    assert receipt.content == PNG


async def test_nothing_is_fetched_from_elsewhere(bench: Bench) -> None:
    act, _ = await sent(bench)
    with pytest.raises(Refused, match="not kept by Discord") as refused:
        await bench.restarted(api_url="https://discord.com/api/v10").perform(act)
    assert bench.server.url not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.png?ex=1&is=2&hm=3", True),
        ("https://media.discordapp.net/attachments/1/2/a.png", True),
        ("http://cdn.discordapp.com/a.png", False),
        ("https://cdn.discordapp.com.example.org/a.png", False),
        ("https://cdn.discordapp.com@example.org/a.png", False),
        ("https://discord.com/a.png", False),
        ("https://127.0.0.1/a.png", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_addresses_of_discord(url: str, trusted: bool) -> None:
    assert "cdn.discordapp.com" in HOSTS
    assert may_lie_at(url, HOSTS, "") is trusted
