"""After an interruption: rooms that are gone, what was written meanwhile, and nothing that counts twice."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from adapters.discord.inward import Inward
from bot.language.adapter import KnownRoom
from bot.language.events import Installed, Joined, Left, RoomGone, Said, Uninstalled
from bot.language.places import Address, Place
from tests.adapters.discord_inward import Inbox, Known, a_server, connected, open_bench, send, settled
from tests.discordserver.community import Community
from tests.discordserver.faults import error, status
from tests.discordserver.person import Person
from tests.discordserver.server import DiscordServer
from tests.discordserver.state import Channel
from tests.slackserver.bench import Clock, until


@dataclass
class Interrupted:
    """A server in which a room is, with a bot that is away and comes back."""

    server: DiscordServer
    clock: Clock
    home: Community
    ana: Person
    bo: Person
    room: Channel
    inbox: Inbox
    known: Known

    @property
    def address(self) -> Address:
        return Address("discord", self.home.id, Place.ROOM, self.room.id)

    @asynccontextmanager
    async def back(self) -> AsyncGenerator[Inward]:
        async with connected(self.server, self.clock, self.inbox, self.known) as inward:
            await until(lambda: bool(self.inbox.of(Installed)))
            await self.server.settled()
            await settled(inward)
            yield inward


@asynccontextmanager
async def interrupted() -> AsyncGenerator[Interrupted]:
    async with a_server() as (server, clock):
        home = server.add_guild("Librarians")
        ana, bo = home.add_member("ana", "Ana Ruiz"), home.add_member("bo")
        room = home.add_channel("pair-1", only=[ana, bo, home.bot_role])
        found = Interrupted(server, clock, home, ana, bo, room, Inbox(), Known())
        found.known.open_rooms = [KnownRoom(found.address, clock())]
        yield found


async def test_what_was_written_in_a_room() -> None:
    async with interrupted() as it:
        await it.ana.say(it.room, "known already")
        it.clock.turn(60)
        it.known.open_rooms = [KnownRoom(it.address, it.clock())]
        it.clock.turn(60)
        first = await it.ana.say(it.room, "for Bo alone")
        it.clock.turn(60)
        second = await it.bo.say(it.room, "for Ana alone")
        async with it.back():
            pass
        said = it.inbox.of(Said)
        assert [(event.event_id, event.actor.user, event.text) for event in said] == [
            (f"message:{first.id}", it.ana.id, ""),
            (f"message:{second.id}", it.bo.id, ""),
        ]
        assert [event.at for event in said] == [first.created, second.created]
        assert {event.address for event in said} == {it.address}
        async with it.back():
            pass
        assert len(it.inbox.of(Said)) == 2, "the same again counts once"


async def test_much_was_written() -> None:
    async with interrupted() as it:
        it.known.open_rooms = [KnownRoom(it.address, None)]
        for number in range(230):
            it.clock.turn(1)
            await it.ana.say(it.room, f"word {number}")
        async with it.back():
            pass
        assert len(it.inbox.of(Said)) == 230


async def test_a_room_in_which_nothing_new_is() -> None:
    async with interrupted() as it:
        await it.ana.say(it.room, "known already")
        it.clock.turn(60)
        it.known.open_rooms = [KnownRoom(it.address, it.clock())]
        async with it.back():
            pass
        assert it.inbox.news == []
        assert not [each for each in it.server.requests if each.method == "GET /channels/{channel_id}/messages"]


async def test_a_room_that_is_gone() -> None:
    async with interrupted() as it:
        it.home.delete_channel(it.room)
        async with it.back():
            pass
        [gone] = it.inbox.news
        assert isinstance(gone, RoomGone)
        assert (gone.address, gone.event_id) == (it.address, f"gone:{it.room.id}")


@pytest.mark.parametrize("trouble", [status(503), error(50001)])
async def test_trouble_is_no_fact_about_rooms(trouble: object) -> None:
    async with interrupted() as it:
        it.home.delete_channel(it.room)
        it.server.faults.add("GET /channels/{channel_id}", trouble, times=1)  # type: ignore[arg-type] - of either kind of trouble
        async with it.back() as inward:
            assert it.inbox.news == []
            it.clock.turn(61)
            await inward.tick()
            await settled(inward)
            expected = trouble == status(503)
            assert bool(it.inbox.of(RoomGone)) == expected, "it is looked at again, unless that is how it is"


async def test_a_server_from_which_the_bot_was_taken_meanwhile() -> None:
    async with interrupted() as it:
        other = it.server.add_guild("Archivists")
        it.known.servers = [it.home.id, other.id]
        async with it.back():
            assert it.inbox.of(Uninstalled) == []
        other.remove_bot()
        async with it.back():
            pass
        [gone] = it.inbox.of(Uninstalled)
        assert gone.address.community == other.id


async def test_trouble_is_no_fact_about_servers() -> None:
    async with interrupted() as it:
        other = it.server.add_guild("Archivists", allowed=None)
        it.known.servers = [it.home.id, other.id, "not an id"]
        it.server.faults.add("GET /guilds/{guild_id}", status(503))
        async with it.back():
            pass
        assert it.inbox.of(Uninstalled) == []


async def test_a_thread_that_sleeps_is_not_gone_and_a_locked_one_is() -> None:
    async with a_server() as (server, clock):
        home = server.add_guild("Librarians")
        hall = home.add_channel("mentoring")
        ana, inbox, known = home.add_member("ana"), Inbox(), Known()
        async with connected(server, clock, inbox, known) as inward:
            made = await inward.http.start_thread_without_message(
                hall.id, name="pair-1", auto_archive_duration=10080, type=12
            )
            thread = home.channel(str(made["id"]))
            await inward.http.add_user_to_thread(thread.id, ana.id)
            await send(inward, thread, {"content": "Welcome"})
        known.open_rooms = [KnownRoom(Address("discord", home.id, Place.ROOM, thread.id), None)]
        home.archive(thread)
        it = Interrupted(server, clock, home, ana, ana, thread, inbox, known)
        async with it.back():
            assert inbox.of(RoomGone) == []
        home.archive(thread, locked=True)
        async with it.back():
            [gone] = inbox.of(RoomGone)
            assert gone.address.id == thread.id


async def test_answers_that_were_typed_meanwhile() -> None:
    async with interrupted() as it:
        async with it.back() as inward:
            await send(inward, it.ana.direct, {"content": "Where do you live?"})
            await it.ana.say(it.ana.direct, "live")
            await it.server.settled()
            await settled(inward)
        it.clock.turn(60)
        await it.ana.say(it.ana.direct, "In Bergen")
        await it.bo.say(it.bo.direct, "nobody asked me")
        it.known.waiting[it.home.id] = [it.ana.id, "123456789012345678"]
        async with it.back():
            pass
        assert [event.text for event in it.inbox.of(Said)] == ["live", "In Bergen"]


async def test_answers_for_another_server() -> None:
    async with interrupted() as it:
        other = it.server.add_guild("Archivists")
        other.join(it.ana)
        it.known.active[it.ana.id] = other.id
        it.known.waiting = {it.home.id: [it.ana.id], other.id: [it.ana.id]}
        await it.ana.say(it.ana.direct, "In Bergen")
        async with it.back() as inward:
            await until(lambda: len(it.inbox.of(Installed)) == 2)
            await settled(inward)
        assert [event.actor.community for event in it.inbox.of(Said)] == [other.id]


# Live


async def test_rooms_that_go_while_the_bot_looks_on() -> None:
    async with open_bench() as bench:
        room = bench.home.add_channel("pair-1", only=[bench.ana, bench.home.bot_role])
        bench.home.delete_channel(room)
        await bench.settled()
        [gone] = bench.inbox.news
        assert isinstance(gone, RoomGone)
        assert gone.address == Address("discord", bench.home.id, Place.ROOM, room.id)


async def test_a_thread_that_is_locked() -> None:
    async with open_bench() as bench:
        made = await bench.inward.http.start_thread_without_message(
            bench.hall.id, name="pair-1", auto_archive_duration=10080, type=12
        )
        thread = bench.home.channel(str(made["id"]))
        bench.home.archive(thread)
        await bench.settled()
        assert bench.inbox.news == [], "it wakes when somebody writes"
        bench.home.archive(thread, locked=True)
        await bench.settled()
        assert [type(event) for event in bench.inbox.news] == [RoomGone]


async def test_who_is_let_in_and_put_out() -> None:
    async with open_bench() as bench:
        room = bench.home.add_channel("pair-1", only=[bench.ana, bench.home.bot_role])
        await bench.settled()
        bench.home.allow(room, bench.bo, 1 << 10)
        await bench.settled()
        bench.home.deny(room, bench.ana, 1 << 10)
        await bench.settled()
        joined, left = bench.inbox.news
        assert (type(joined), joined.actor.user) == (Joined, bench.bo.id)
        assert (type(left), left.actor.user) == (Left, bench.ana.id)
        assert joined.address == left.address == Address("discord", bench.home.id, Place.ROOM, room.id)


async def test_an_outage_and_a_farewell() -> None:
    async with open_bench() as bench:
        other = bench.server.add_guild("Archivists")
        await bench.settled()
        assert [event.name for event in bench.inbox.of(Installed)] == ["Librarians", "Archivists"]
        other.remove_bot()
        await bench.settled()
        [gone] = bench.inbox.of(Uninstalled)
        assert gone.actor.community == other.id
        bench.clock.turn(60)
        other.invite_bot(0)
        await bench.settled()
        assert [event.name for event in bench.inbox.of(Installed)] == ["Librarians", "Archivists", "Archivists"]


async def test_what_cannot_be_stored_at_once_is_kept() -> None:
    """A message is told once: it is stored as soon as that can be done."""
    async with open_bench() as it:
        it.inbox.breaks = 2
        with capture_logs() as logs:
            await it.ana.say(it.ana.direct, "my answer")
            await it.settled()
        assert [event.text for event in it.inbox.of(Said)] == ["my answer"]
        assert "secret" not in str(logs)
        it.inbox.breaks = 3
        await it.ana.say(it.ana.direct, "another")
        await it.settled()
        assert len(it.inbox.of(Said)) == 1
        assert "Something went wrong" in it.ana.dm()[-1].content
