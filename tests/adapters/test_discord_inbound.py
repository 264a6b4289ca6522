"""What happens in Discord, as events: through the real gateway, the library's real client, and the real door."""

import pytest

from adapters.discord.inbound import moved, said, words_of
from adapters.discord.marks import short
from adapters.discord.people import name_of
from bot.language.events import TEXT_LIMIT, Commanded, Installed, Joined, Left, Said, SentFile
from bot.language.payload import Json
from bot.language.places import Actor, Address, Place
from tests.adapters.discord_inward import BEGINNING, Bench, Known, open_bench
from tests.discordserver.state import Channel

ANA = Actor("discord", "1", "7")


async def test_the_bot_is_in_a_server() -> None:
    async with open_bench() as bench:
        [installed] = bench.inbox.of(Installed)
        assert installed.name == "Librarians"
        assert installed.address == Address("discord", bench.home.id, Place.HALL, "")
        assert (installed.actor.community, installed.actor.user) == (bench.home.id, "")


async def test_words_to_the_bot() -> None:
    async with open_bench() as bench:
        message = await bench.ana.say(bench.ana.direct, "  Hello \u202e@counterpart and @bo!  ")
        await bench.settled()
        [said] = bench.inbox.news
        assert isinstance(said, Said)
        assert said.text == "Hello  and @Bo Lund!", "as it is read, and without the mention that only calls the bot"
        assert said.event_id == f"message:{message.id}"
        assert said.address == said.actor.direct
        assert (said.actor.community, said.actor.user, said.actor.name) == (bench.home.id, bench.ana.id, "Ana Ruiz")
        assert said.at == bench.clock()


async def test_a_command_typed_as_text() -> None:
    async with open_bench() as bench:
        await bench.ana.say(bench.ana.direct, "/mentoring status now")
        await bench.settled()
        [event] = bench.inbox.news
        assert isinstance(event, Commanded)
        assert event.text == "status now"


@pytest.mark.parametrize("where", ["a private channel", "the hall"])
async def test_words_in_a_server_are_left_at_the_door(where: str) -> None:
    async with open_bench() as bench:
        room = bench.home.add_channel("pair-1", only=[bench.ana, bench.bo, bench.home.bot_role])
        place = room if where == "a private channel" else bench.hall
        await bench.ana.say(place, "something for Bo alone @counterpart")
        await bench.settled()
        if where == "the hall":
            assert bench.inbox.news == []
            return
        [said] = bench.inbox.news
        assert isinstance(said, Said)
        assert (said.text, said.address) == ("", Address("discord", bench.home.id, Place.ROOM, room.id))


async def talk_with_ana(bench: Bench) -> Channel:
    """The thread in which the bot talks with her, as the way out makes it."""
    made = await bench.inward.http.start_thread_without_message(
        bench.hall.id, name=f"Counterpart and Ana · {short(bench.ana.id)}", auto_archive_duration=10080, type=12
    )
    thread = bench.home.channel(str(made["id"]))
    await bench.inward.http.add_user_to_thread(int(thread.id), int(bench.ana.id))
    return thread


async def test_a_thread_in_the_place_of_private_messages() -> None:
    """What is written there is not shown to the bot, unless it is called: that is no answer, and is said once."""
    async with open_bench() as bench:
        thread = await talk_with_ana(bench)
        await bench.ana.say(thread, "In Bergen")
        await bench.ana.say(thread, "Do you read this?")
        await bench.settled()
        assert bench.inbox.news == []
        [hint] = [each for each in bench.ana.messages(thread) if each.author == bench.inward.user]
        assert "I cannot read" in hint.content
        await bench.ana.say(thread, "@counterpart In Bergen")
        await bench.settled()
        await bench.ana.say(thread, "In Oslo", reply_to=hint)
        await bench.settled()
        first, second = bench.inbox.of(Said)
        assert (first.text, second.text) == ("In Bergen", "In Oslo")
        assert first.address == second.address == first.actor.direct
        bench.clock.turn(3601)
        await bench.ana.say(thread, "What now?")
        await bench.settled()
        assert len([each for each in bench.ana.messages(thread) if each.author == bench.inward.user]) == 2


async def test_a_moderator_in_somebody_elses_thread() -> None:
    """Answers for nobody but themselves."""
    async with open_bench() as bench:
        thread = await talk_with_ana(bench)
        owner = bench.server.person(bench.server.owner.id)
        await owner.say(thread, "@counterpart I answer for Ana")
        await bench.settled()
        [said_there] = bench.inbox.of(Said)
        assert (said_there.text, said_there.address.place) == ("", Place.ROOM)


async def test_who_meant_which_server() -> None:
    known = Known()
    async with open_bench(known=known) as bench:
        other = bench.server.add_guild("Archivists")
        cleo = other.add_member("cleo")
        await bench.settled()
        await cleo.say(cleo.direct, "hello")
        await bench.settled()
        assert bench.inbox.of(Said)[-1].actor.community == other.id, "found among the members"
        other.join(bench.ana)
        await bench.ana.command("mentoring status", bench.hall)
        await bench.ana.say(bench.ana.direct, "hello")
        await bench.settled()
        assert bench.inbox.of(Said)[-1].actor.community == bench.home.id, "where something was done before"
        known.active[bench.ana.id] = other.id
        await bench.ana.say(bench.ana.direct, "hello")
        await bench.settled()
        assert bench.inbox.of(Said)[-1].actor.community == other.id, "as the core knows"


async def test_what_others_than_people_write() -> None:
    async with open_bench() as bench:
        room = bench.home.add_channel("pair-1", only=[bench.ana, bench.home.bot_role])
        bench.home.allow(room, bench.home.bot_role, 1 << 10 | 1 << 11)
        await bench.post(room, content="of the bot itself")
        await bench.settled()
        assert bench.inbox.news == []


def message(**more: object) -> Json:
    author = {"id": "7", "username": "ana"}
    return {"id": "1", "channel_id": "2", "type": 0, "author": author, "content": "hi", **more}


@pytest.mark.parametrize(
    "more",
    [
        {"author": {"id": "7", "bot": True}},
        {"author": {"id": "7", "system": True}},
        {"author": {}},
        {"author": None},
        {"webhook_id": "5"},
        {"type": 6},
        {"type": 18},
    ],
)
def test_messages_that_nobody_wrote(more: Json) -> None:
    assert said(message(**more), ANA, ANA.direct, BEGINNING, "9") is None


def test_replies_are_messages_and_times_are_those_of_discord() -> None:
    found = said(message(type=19, timestamp="2026-08-31T10:00:00.5+00:00"), ANA, ANA.direct, BEGINNING, "9")
    assert found is not None
    assert found.at.isoformat() == "2026-08-31T10:00:00.500000+00:00"
    odd = said(message(timestamp="2099-01-01T00:00:00+00:00"), ANA, ANA.direct, BEGINNING, "9")
    assert odd is not None
    assert odd.at == BEGINNING, "no clock of another machine puts somebody into the future"
    odd = said(message(timestamp="no time at all"), ANA, ANA.direct, BEGINNING, "9")
    assert odd is not None


def test_very_long_words() -> None:
    found = said(message(content="a" * 50_000), ANA, ANA.direct, BEGINNING, "9")
    assert isinstance(found, Said)
    assert (len(found.text), found.cut, found.length) == (TEXT_LIMIT, True, 50_000)


def test_words_as_they_are_read() -> None:
    told = message(mentions=[{"id": "5", "username": "bo", "member": {"nick": "Bo L."}}])
    text = "<@5> <@!6> <@&8> <#4> </mentoring status:77> <:wave:1> <a:dance:2> <@9> <b> a < b"
    assert words_of(text, told, "9") == "@Bo L. @6 @8 #4 /mentoring status :wave: :dance:  <b> a < b"
    assert name_of({"username": "bo", "global_name": " Bo \u202e Lund "}, {"nick": None}) == "Bo Lund"


@pytest.mark.parametrize(("kind", "made"), [(1, Joined), (2, Left)])
def test_who_is_put_into_a_thread_and_out_of_it(kind: int, made: type) -> None:
    room = Address("discord", "1", Place.ROOM, "2")
    told = message(type=kind, mentions=[{"id": "8", "username": "bo"}])
    event = moved(told, room, BEGINNING)
    assert isinstance(event, made)
    assert event is not None
    assert (event.actor.user, event.address) == ("8", room)
    assert moved(told, ANA.direct, BEGINNING) is None
    assert moved(message(type=kind, mentions=[{"id": "8", "bot": True}]), room, BEGINNING) is None
    assert moved(message(type=kind), room, BEGINNING) is None


async def test_files_are_told_of_in_private_alone() -> None:
    async with open_bench() as bench:
        room = bench.home.add_channel("pair-1", only=[bench.ana, bench.bo, bench.home.bot_role])
        files = [("my desk.png", "image/png", b"12345")]
        message = await bench.ana.say(bench.ana.direct, "", files=files)
        await bench.ana.say(room, "Look", files=files)
        await bench.settled()
        private, in_room = bench.inbox.news
        assert isinstance(private, Said) and isinstance(in_room, Said)
        (attachment,) = message.attachments
        reference = f"{message.channel}/{message.id}/{attachment.id}"
        assert (private.text, private.files) == ("", (SentFile(reference, "my desk.png", "image/png", 5),))
        assert (in_room.text, in_room.files) == ("", ())
