"""Messages to Discord: posted once, edited, shown to one person, or told in private however that can be."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from adapters.discord.marks import PRESS, Mark, act_mark, nonce, reference
from bot.language.acts import ShowHome
from bot.language.adapter import Gone, Refused, Retry
from bot.language.files import MOST_BYTES
from bot.language.messages import Choices, Document, Link, Option, Picture
from bot.language.places import Place
from tests.adapters.discord_outward import Bench, open_bench
from tests.discordserver import permissions as may
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, status
from tests.discordserver.reading import links, words

YES = Choices("flow:1:sure:2", (Option("yes", "Yes", "primary"), Option("no", "No")))
HOSTILE = "<@100000000000000002> @everyone <t:0:R> [x](http://evil.example.org) **b** ||s|| <:a:1> `c` :tada:"


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


# To channels


async def test_a_message(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.post(bench.hall.id, "Hello **you**", YES, key="act:1"))
    (message,) = bench.guild.messages(bench.hall)
    assert receipt.reference == reference(bench.hall.id, message.id) and receipt.at == bench.clock()
    assert (message.content, message.flags, message.nonce) == ("Hello **you**", 4, nonce("act:1"))
    first = message.components[0]["components"][0]["custom_id"]
    assert Mark.parse(first) == Mark(PRESS, bench.guild.id, act_mark("act:1"), YES.token, "yes")


async def test_nobody_is_called(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.post(bench.hall.id, HOSTILE, "plain <@&1> @here"))
    (message,) = bench.guild.messages(bench.hall)
    assert not message.mentions and not message.mention_roles and not message.mention_everyone
    assert message.allowed_mentions == {"parse": []}
    await bench.outbound.perform(bench.edit(receipt.reference, HOSTILE))
    assert message.allowed_mentions == {"parse": []}


async def test_a_long_message_is_an_embed(bench: Bench) -> None:
    text = "This is a sentence. " * 290
    await bench.outbound.perform(bench.post(bench.hall.id, text))
    (message,) = bench.guild.messages(bench.hall)
    assert message.content == "" and len(message.embeds) == 2 and message.flags == 0
    assert words(message).split() == text.split()
    with pytest.raises(Refused, match="too long for Discord"):
        await bench.outbound.perform(bench.post(bench.hall.id, text * 2))


CAT = Picture("f1", "A cat", "cat.png", content=b"\x89PNG\r\n\x1a\n not really")


async def test_a_document_is_uploaded_beside_a_picture(bench: Bench) -> None:
    document = Document("my-data.json", "application/json", '{"name": "Zoë"}')
    paper = Document("paper.pdf", "application/pdf", file="f2", content=b"%PDF-1.7 \xff\x00")
    act = bench.post(bench.hall.id, "Your data", document, CAT, paper)
    receipt = await bench.outbound.perform(act)
    (message,) = bench.guild.messages(bench.hall)
    assert message.content == "Your data"
    assert [(each.name, each.content, each.type) for each in message.attachments] == [
        ("cat.png", CAT.content, "image/png"),
        ("my-data.json", '{"name": "Zoë"}'.encode(), "application/json"),
        ("paper.pdf", b"%PDF-1.7 \xff\x00", "application/pdf"),
    ]
    assert await bench.restarted().find(act, bench.clock()) == receipt


async def test_a_picture_is_uploaded(bench: Bench) -> None:
    act = bench.post(bench.hall.id, "Look", CAT, Link("More", "https://example.org"))
    receipt = await bench.outbound.perform(act)
    (message,) = bench.guild.messages(bench.hall)
    assert [(each.name, each.description, each.content) for each in message.attachments] == [
        ("cat.png", "A cat", CAT.content)
    ]
    assert links(message) == ["https://example.org"]
    assert await bench.restarted().find(act, bench.clock()) == receipt
    await bench.outbound.perform(bench.edit(receipt.reference, "No picture"))
    assert (message.content, message.attachments, message.components) == ("No picture", [], [])
    await bench.outbound.perform(bench.post(bench.hall.id, replace(CAT, content=b""), key="k2"))
    assert bench.guild.messages(bench.hall)[-1].content == "\\[A cat\\]"


async def test_a_large_picture_is_uploaded(bench: Bench) -> None:
    large = replace(CAT, content=CAT.content + bytes(MOST_BYTES - len(CAT.content)))
    await bench.outbound.perform(bench.post(bench.hall.id, large))
    assert [len(each.content) for each in bench.guild.messages(bench.hall)[-1].attachments] == [MOST_BYTES]


async def test_no_hall_yet(bench: Bench) -> None:
    with pytest.raises(Refused, match="/mentoring setup"):
        await bench.outbound.perform(bench.post(""))


async def test_a_channel_that_is_gone(bench: Bench) -> None:
    bench.guild.delete_channel(bench.hall)
    act = bench.post(bench.hall.id)
    with pytest.raises(Gone):
        await bench.outbound.perform(act)
    assert await bench.outbound.find(act, bench.clock()) is None


@pytest.mark.parametrize(("denied", "said"), [(may.VIEW_CHANNEL, "View Channel"), (may.SEND_MESSAGES, "Send Messages")])
async def test_a_channel_in_which_the_bot_may_not_write(bench: Bench, denied: int, said: str) -> None:
    bench.guild.deny(bench.hall, bench.guild.bot_role, denied)
    with pytest.raises(Refused, match=said):
        await bench.outbound.perform(bench.post(bench.hall.id))


async def test_the_bot_was_thrown_out(bench: Bench) -> None:
    bench.guild.remove_bot()
    with pytest.raises((Gone, Refused)):
        await bench.outbound.perform(bench.post(bench.hall.id))


async def test_no_home(bench: Bench) -> None:
    act = ShowHome("h", "home", bench.at(Place.DIRECT, "1"), bench.post("1").message)
    with pytest.raises(Refused):
        await bench.outbound.perform(act)


# Edits


async def test_an_edit_takes_the_buttons_away(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.post(bench.hall.id, "Sure?", YES))
    bench.clock.forward(minutes=5)
    for _ in range(2):
        edited = await bench.outbound.perform(bench.edit(receipt.reference, "You said yes."))
        assert (edited.reference, edited.at) == (receipt.reference, bench.clock())
    (message,) = bench.guild.messages(bench.hall)
    assert (message.content, message.components) == ("You said yes.", [])
    assert await bench.outbound.find(bench.edit(receipt.reference)) is None, "it can simply be done again"


async def test_an_edit_of_what_is_gone(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.post(bench.hall.id))
    bench.server.world.delete(bench.guild.messages(bench.hall)[0])
    with pytest.raises(Gone, match="deleted"):
        await bench.outbound.perform(bench.edit(receipt.reference))


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(500)])
async def test_an_edit_whose_answer_got_lost_is_done_again(bench: Bench, kind: Kind) -> None:
    receipt = await bench.outbound.perform(bench.post(bench.hall.id))
    bench.server.faults.add("PATCH *", kind, times=1)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.edit(receipt.reference, "changed"))
    await bench.outbound.perform(bench.edit(receipt.reference, "changed"))
    assert [each.content for each in bench.guild.messages(bench.hall)] == ["changed"]


async def test_an_edit_in_an_archived_thread(bench: Bench) -> None:
    room = await bench.restarted(rooms="threads").perform(bench.room())
    receipt = await bench.outbound.perform(bench.post(room.reference, "Sure?", place=Place.ROOM))
    bench.guild.archive(room.reference)
    await bench.outbound.perform(bench.edit(receipt.reference, "Yes."))
    assert [each.content for each in bench.guild.messages(room.reference)] == ["Yes."]
    bench.guild.archive(room.reference, locked=True)
    bench.clock.forward(seconds=5)
    with pytest.raises(Gone, match="locked"):
        await bench.outbound.perform(bench.edit(receipt.reference, "No."))
