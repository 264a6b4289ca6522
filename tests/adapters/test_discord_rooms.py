"""Rooms in Discord: one for each name, whatever happens on the way, and true about who is in it."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.language.acts import Receipt
from bot.language.adapter import Gone, Refused, Retry
from bot.language.places import Place
from tests.adapters.discord_outward import CHANNELS, NAME, THREADS, Bench, open_bench
from tests.discordserver import permissions as may
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, status
from tests.discordserver.server import BOT
from tests.discordserver.state import CATEGORY, TEXT, Channel, Overwrite

STEPS = (
    "GET /guilds/{guild_id}/channels", "GET /guilds/{guild_id}/threads/active",
    "GET /channels/{channel_id}/users/@me/threads/archived/private", "GET /guilds/{guild_id}/members/{user_id}",
    "GET /guilds/{guild_id}", CHANNELS,
)  # fmt: skip
ALLOWED = may.VIEW_CHANNEL | may.SEND_MESSAGES | may.READ_MESSAGE_HISTORY | may.ATTACH_FILES | may.EMBED_LINKS
ALLOWED |= may.ADD_REACTIONS | may.USE_COMMANDS
TALKS = may.VIEW_CHANNEL | may.SEND_MESSAGES | may.READ_MESSAGE_HISTORY


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


def rooms(bench: Bench) -> list[Channel]:
    return [each for each in bench.guild.guild.channels.values() if each.type == TEXT and each is not bench.hall]


def categories(bench: Bench) -> list[Channel]:
    return [each for each in bench.guild.guild.channels.values() if each.type == CATEGORY]


def may_do(bench: Bench, channel: Channel, user: str) -> int:
    return may.in_channel(bench.guild.guild, channel, user)


def whole(bench: Bench, receipt: Receipt) -> None:
    """The one room is as it should be."""
    (room,) = rooms(bench)
    ana, bo = bench.person("ana"), bench.person("bo")
    assert receipt.room == bench.at(Place.ROOM, room.id) and receipt.reference == room.id
    assert receipt.present == (ana, bo) and receipt.note == ""
    assert room.name == NAME and room.topic == f"Ana and Bo\nKept by Counterpart · {NAME}"
    assert [each.name for each in categories(bench)] == ["Mentoring rooms"]
    assert room.parent == categories(bench)[0].id
    assert {key: (each.type, each.allow, each.deny) for key, each in room.overwrites.items()} == {
        bench.guild.id: (0, 0, may.VIEW_CHANNEL),
        bench.line.user: (1, ALLOWED | may.MANAGE_CHANNELS, 0),
        ana: (1, ALLOWED, 0),
        bo: (1, ALLOWED, 0),
    }
    stranger = bench.guild.add_member("cleo")
    assert not may_do(bench, room, stranger.id), "nobody else sees it"
    bench.guild.leave(stranger)


async def test_a_room_is_opened(bench: Bench) -> None:
    whole(bench, await bench.outbound.perform(bench.room()))
    assert [each.method for each in bench.asked()].count(CHANNELS) == 2, "the category, and the room"


async def test_twice_is_one_room(bench: Bench) -> None:
    await bench.outbound.perform(bench.room())
    whole(bench, await bench.outbound.perform(bench.room()))
    again = bench.restarted()
    assert await again.find(bench.room()) is None, "it can simply be asked for again"
    whole(bench, await again.perform(bench.room()))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", [RESET_BEFORE, RESET_AFTER, status(503), ratelimited(30), ratelimited(3, "global")])
async def test_trouble_at_any_step(bench: Bench, step: str, kind: Kind) -> None:
    bench.server.faults.add(step, kind, times=2 if step.startswith("GET") and kind.name.startswith("reset") else 1)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.room())
    whole(bench, await bench.patiently(lambda: bench.outbound.perform(bench.room())))
    whole(bench, await bench.restarted().perform(bench.room()))


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(500)])
async def test_an_answer_lost_when_something_was_made(bench: Bench, nth: int, kind: Kind) -> None:
    """The category, and the room: neither is there twice, with or without a restart."""
    bench.server.faults.add(CHANNELS, kind, nth=nth)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.room())
    whole(bench, await bench.patiently(lambda: bench.restarted().perform(bench.room())))
    whole(bench, await bench.patiently(lambda: bench.outbound.perform(bench.room())))


async def test_a_foreign_channel_of_that_name(bench: Bench) -> None:
    foreign = bench.guild.add_channel(NAME)
    bench.guild.add_category("Mentoring rooms")
    receipt = await bench.outbound.perform(bench.room())
    assert receipt.reference != foreign.id and foreign.overwrites == {}
    assert len(categories(bench)) == 2


async def test_whoever_has_left_is_left_out(bench: Bench) -> None:
    bo = bench.person("bo")
    bench.guild.leave(bench.server.world.users[bo])
    receipt = await bench.outbound.perform(bench.room())
    assert receipt.present == (bench.person("ana"),)
    assert bo in receipt.note and "not in the server any more" in receipt.note
    assert bench.line.suspects == [(bench.guild.id, bo)]
    bench.guild.join(bench.server.world.users[bo])
    whole(bench, await bench.outbound.perform(bench.room()))


async def test_whoever_lost_their_place_gets_it_back(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    room = bench.guild.channel(receipt.reference)
    bench.server.world.delete_overwrite(room, bench.person("ana"))
    bench.guild.deny(room, bench.guild.person(bench.person("bo")), may.VIEW_CHANNEL)
    whole(bench, await bench.outbound.perform(bench.room()))


async def test_a_deleted_room_is_opened_anew(bench: Bench) -> None:
    first = await bench.outbound.perform(bench.room())
    bench.guild.delete_channel(first.reference)
    second = await bench.outbound.perform(bench.room())
    assert second.reference != first.reference
    whole(bench, second)


async def test_a_renamed_room_is_still_that_room(bench: Bench) -> None:
    first = await bench.outbound.perform(bench.room())
    bench.guild.rename_channel(first.reference, "our-own-name")
    assert (await bench.restarted().perform(bench.room())).reference == first.reference


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        (may.MANAGE_CHANNELS, "Manage Channels"),
        (may.SEND_MESSAGES, "Send Messages"),
    ],
)
async def test_a_missing_permission_is_named(bench: Bench, lacking: int, words: str) -> None:
    everyone = bench.guild.guild.roles[bench.guild.id]
    everyone.permissions &= ~lacking
    bench.guild.allow_bot(BOT & ~lacking)
    with pytest.raises(Refused, match=words) as caught:
        await bench.outbound.perform(bench.room())
    assert "Roles" in str(caught.value)
    bench.guild.allow_bot(BOT)
    assert (await bench.outbound.perform(bench.room())).present, "at once, when it is put right"


async def test_a_permission_that_is_taken_away_in_the_middle(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.guild.allow_bot(BOT & ~may.MANAGE_ROLES)
    with pytest.raises(Refused, match="Manage Roles"):
        await bench.outbound.perform(bench.close(receipt.reference))
    bench.server.world.delete_overwrite(bench.guild.channel(receipt.reference), bench.person("ana"))
    with pytest.raises(Refused, match="Manage Roles"):
        await bench.outbound.perform(bench.room())


async def test_a_title_that_would_do_something(bench: Bench) -> None:
    title = "<@1> **Ana** @everyone http://x.example.org " + "and more " * 200
    receipt = await bench.outbound.perform(bench.room(title=title))
    topic = bench.guild.channel(receipt.reference).topic
    assert (
        topic.startswith("\\<@1> \\*\\*Ana\\*\\* \\@everyone http\\://x")
        and topic.endswith(NAME)
        and len(topic) <= 1_024
    )
    thread = await bench.restarted(rooms="threads").perform(bench.room(name="t-1", title=title))
    assert len(bench.guild.channel(thread.reference).name) <= 100


async def test_looking_through_threads_is_no_need(bench: Bench) -> None:
    """A server whose rooms are channels need not let the bot read the public channel's history."""
    bench.guild.deny(bench.hall, bench.guild.bot_role, may.READ_MESSAGE_HISTORY)
    whole(bench, await bench.outbound.perform(bench.room()))
    with pytest.raises(Refused, match="Read Message History"):
        await bench.restarted(rooms="threads").perform(bench.room(name="t-1"))


async def test_a_bot_that_may_do_little_gives_no_more(bench: Bench) -> None:
    everyone = bench.guild.guild.roles[bench.guild.id]
    everyone.permissions = may.VIEW_CHANNEL
    bench.guild.allow_bot(may.MANAGE_CHANNELS | TALKS)
    receipt = await bench.outbound.perform(bench.room())
    room = bench.guild.channel(receipt.reference)
    assert room.overwrites[bench.person("ana")].allow == TALKS


async def test_an_administrator(bench: Bench) -> None:
    bench.guild.allow_bot(may.ADMINISTRATOR)
    whole(bench, await bench.outbound.perform(bench.room()))


# Where many rooms are


async def test_forty_five_in_a_category(bench: Bench) -> None:
    bench.server.limits.enabled = False
    for number in range(46):
        await bench.patiently(lambda number=number: bench.outbound.perform(bench.room(name=f"r-{number}")))
    names = {each.id: each.name for each in categories(bench)}
    held = [names[each.parent] for each in rooms(bench)]
    assert {name: held.count(name) for name in names.values()} == {"Mentoring rooms": 45, "Mentoring rooms 2": 1}
    await bench.patiently(lambda: bench.restarted().perform(bench.room(name="r-99")))
    assert len(categories(bench)) == 2


async def test_a_category_that_others_have_filled(bench: Bench) -> None:
    await bench.outbound.perform(bench.room(name="r-1"))
    for number in range(49):
        bench.guild.add_channel(f"theirs-{number}", category=categories(bench)[0])
    receipt = await bench.outbound.perform(bench.room(name="r-2"))
    assert bench.guild.channel(receipt.reference).parent == categories(bench)[1].id


@pytest.mark.parametrize("channels", [480, 498])
async def test_a_full_server(bench: Bench, channels: int) -> None:
    """A thread is the room then, and coordinators are told what to do."""
    while len(bench.guild.guild.channels) < channels:
        bench.guild.add_channel(f"c-{len(bench.guild.guild.channels)}")
    receipt = await bench.outbound.perform(bench.room())
    assert "30013" in receipt.note and "COUNTERPART_DISCORD_ROOMS=threads" in receipt.note
    (thread,) = bench.guild.threads
    assert receipt.reference == thread.id and receipt.present == (bench.person("ana"), bench.person("bo"))
    bench.guild.delete_channel("c-5")
    assert (await bench.outbound.perform(bench.room())).reference == thread.id, "it stays where it is"
    with pytest.raises(Refused, match="30013"):
        await bench.outbound.perform(bench.room(name="mentoring-desk", kind="desk"))


async def test_a_server_that_fills_up_meanwhile(bench: Bench) -> None:
    bench.server.faults.add(CHANNELS, error(30013))
    assert "30013" in (await bench.outbound.perform(bench.room())).note


async def test_many_rooms_at_once(bench: Bench) -> None:
    """The courier performs up to sixteen at once: twenty channels are made in a minute, and Discord never refuses."""

    async def attempt(number: int) -> str:
        try:
            return (await bench.outbound.perform(bench.room(name=f"r-{number}"))).reference
        except Retry:
            return ""

    waiting, minutes = list(range(45)), 0.0
    while waiting:
        done = await asyncio.gather(*(attempt(number) for number in waiting[:16]))
        waiting = [number for number, got in zip(waiting[:16], done, strict=True) if not got] + waiting[16:]
        bench.clock.forward(seconds=5)
        minutes += 5 / 60
    assert len(rooms(bench)) == len({each.name for each in rooms(bench)}) == 45
    assert len(categories(bench)) == 1
    assert 2 < minutes < 6 and not bench.server.limited


# Closing


async def test_closing(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    room, moderator = bench.guild.channel(receipt.reference), bench.guild.add_role("Moderators")
    bench.server.world.set_overwrite(room, Overwrite(moderator.id, 0, may.VIEW_CHANNEL | may.SEND_MESSAGES))
    await bench.outbound.perform(bench.post(room.id, "Welcome", place=Place.ROOM))
    for _ in range(2):
        assert (await bench.outbound.perform(bench.close(room.id))).reference == room.id
    for name in ("ana", "bo"):
        granted = may_do(bench, room, bench.person(name))
        assert granted & TALKS == may.VIEW_CHANNEL | may.READ_MESSAGE_HISTORY
        assert not granted & (may.ADD_REACTIONS | may.CREATE_PUBLIC_THREADS | may.SEND_MESSAGES_IN_THREADS)
    assert [each.content for each in room.messages.values()] == ["Welcome"], "what was written stays"
    assert room.overwrites[moderator.id].allow == may.VIEW_CHANNEL | may.SEND_MESSAGES, "others are left alone"
    await bench.outbound.perform(bench.post(room.id, "Farewell", place=Place.ROOM, key="k2"))
    assert len([each for each in bench.asked() if each.method.startswith("PUT")]) == 2
    bench.guild.delete_channel(room)
    with pytest.raises(Gone):
        await bench.outbound.perform(bench.close(room.id))


async def test_a_room_is_closed_to_who_has_left_the_server_too(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    room, ana, bo = bench.guild.channel(receipt.reference), bench.person("ana"), bench.person("bo")
    bench.guild.leave(bench.server.world.users[bo])
    for _ in range(2):
        await bench.outbound.perform(bench.close(room.id))
    assert may_do(bench, room, ana) & TALKS == may.VIEW_CHANNEL | may.READ_MESSAGE_HISTORY
    bench.guild.join(bench.server.world.users[bo])
    assert not may_do(bench, room, bo) & may.VIEW_CHANNEL, "nor can they write there when they are back"


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(500)])
async def test_closing_is_simply_done_again(bench: Bench, nth: int, kind: Kind) -> None:
    receipt = await bench.outbound.perform(bench.room())
    put, whom = "PUT /channels/{channel_id}/permissions/{overwrite_id}", bench.person("ana" if nth == 1 else "bo")
    # The HTTP client itself asks once more for what changes nothing if it is done twice.
    times = 2 if kind.name.startswith("reset") else 1
    bench.server.faults.add(put, kind, when=lambda args: args["overwrite_id"] == whom, times=times)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.close(receipt.reference))
    await bench.outbound.perform(bench.close(receipt.reference))
    room = bench.guild.channel(receipt.reference)
    assert not any(may_do(bench, room, bench.person(name)) & may.SEND_MESSAGES for name in ("ana", "bo"))


async def test_the_desk_is_a_channel_in_any_case(bench: Bench) -> None:
    act = bench.room(bench.person("ana"), name="mentoring-desk", title="Coordinators", kind="desk", beside=900)
    receipt = await bench.restarted(rooms="threads").perform(act)
    assert bench.guild.channel(receipt.reference).type == TEXT
    assert not bench.asked(THREADS)
