"""The small Discord for tests: its gateway, as the real discord.py sees it."""

import asyncio
from collections.abc import AsyncGenerator

import discord
import pytest

from tests.discordserver import permissions
from tests.discordserver.deeds_messages import Draft
from tests.discordserver.houses import House, open_house
from tests.discordserver.intents import GUILD_MEMBERS, MESSAGE_CONTENT
from tests.discordserver.listener import QUIET, addressed, connected
from tests.discordserver.state import PRIVATE_THREAD, PUBLIC_THREAD, Overwrite


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with open_house() as house:
        yield house


async def test_the_library_logs_in_and_knows_its_guild(house: House) -> None:
    async with connected(house.server) as client:
        assert client.user and client.user.id == int(house.bot)
        guild = client.guilds[0]
        assert (guild.name, [each.name for each in guild.text_channels]) == ("Libraries", ["hall"])
        assert guild.me.guild_permissions.send_messages
        assert client.application_id == int(house.world.app.id)


async def test_content_is_there_in_private_in_mentions_and_in_replies_only(house: House) -> None:
    async with connected(house.server) as client:
        question = house.world.post(house.hall, house.bot, "who is there?")
        await house.ana.say("hall", "hello all")
        await house.ana.say("hall", "@counterpart hello")
        await house.ana.say("hall", "me", reply_to=question)
        await house.ana.say("hall", "me, quietly", reply_to=question, ping=False)
        await house.ana.say(house.ana.direct, "between us")
        await house.server.settled()
        bot = house.bot
        assert [each.content for each in client.messages] == [
            "who is there?", "", f"<@{bot}> hello", "me", "", "between us",
        ]  # fmt: skip
        assert client.messages[1].author.name == "ana"


async def test_with_the_privileged_intent_content_is_there(house: House) -> None:
    house.world.app.privileged = MESSAGE_CONTENT
    async with connected(house.server, QUIET | discord.Intents(message_content=True)) as client:
        await house.ana.say("hall", "hello all")
        await house.server.settled()
        assert [each.content for each in client.messages] == ["hello all"]


async def test_intents_that_are_not_switched_on_are_refused(house: House) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(house.server, QUIET | discord.Intents(members=True)):
            pass


async def test_what_is_missed_is_told_after_a_broken_connection(house: House) -> None:
    async with connected(house.server) as client:
        house.server.gateway.drop()
        await house.ana.say(house.ana.direct, "can you hear me?")
        await client.until(lambda: "RESUMED" in client.heard)
        await house.server.settled()
        assert [each.content for each in client.messages] == ["can you hear me?"]
        assert client.heard.count("READY") == 1


async def test_reconnecting_when_asked_resumes(house: House) -> None:
    async with connected(house.server) as client:
        house.server.gateway.reconnect()
        await house.ana.say(house.ana.direct, "one")
        await client.until(lambda: "RESUMED" in client.heard)
        house.server.gateway.invalidate(resumable=True)
        await house.ana.say(house.ana.direct, "two")
        await client.until(lambda: client.heard.count("RESUMED") == 2)
        await house.server.settled()
        assert [each.content for each in client.messages] == ["one", "two"]


async def test_codes_that_close_the_connection(house: House) -> None:
    async with connected(house.server) as client:
        house.server.gateway.close(4000, "Unknown error")
        await client.until(lambda: client.heard.count("RESUMED") == 1)
        house.server.gateway.close(4009, "Session timed out")
        await client.until(lambda: client.heard.count("READY") == 2)
    with pytest.raises(discord.ConnectionClosed) as closed:
        house.server.gateway.next_identify_fails(code=4004)
        async with connected(house.server):
            pass
    assert closed.value.code == 4004


async def test_a_client_of_several_shards(house: House) -> None:
    up = asyncio.Event()

    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """Without the library's five seconds."""

        async def on_ready(self) -> None:
            up.set()

    with addressed(house.server):
        client = Sharded(intents=QUIET, shard_count=3, guild_ready_timeout=0.02)
        running = asyncio.create_task(client.start(house.world.app.token))
        await asyncio.wait_for(up.wait(), 10)
        assert sorted(each.shard for each in house.server.gateway.sessions) == [(0, 3), (1, 3), (2, 3)]
        assert client.guilds[0].shard_id == (int(house.guild.id) >> 22) % 3
        await house.ana.say("hall", "@counterpart hello")
        await house.ana.say(house.ana.direct, "hello")
        await house.server.settled()
        assert len(client.cached_messages) == 2
        await client.close()
        await running


async def test_an_invalid_session_begins_anew_and_misses_something(house: House) -> None:
    async with connected(house.server) as client:
        house.server.gateway.invalidate()
        await house.ana.say(house.ana.direct, "nobody hears this")
        await client.until(lambda: client.heard.count("READY") == 2)
        await house.server.settled()
        assert client.messages == []
        assert len(house.server.gateway.sessions) == 2


async def test_a_session_that_waits_too_long_is_not_resumed(house: House) -> None:
    async with connected(house.server) as client:
        house.server.gateway.drop()
        await house.server.gateway.left()
        house.clock.turn(600)
        await client.until(lambda: client.heard.count("READY") == 2)
        assert "RESUMED" not in client.heard


async def test_logging_in_that_fails_is_tried_again(house: House) -> None:
    house.server.gateway.next_identify_fails(2)
    async with connected(house.server):
        assert house.server.gateway.starts.remaining == 1000 - 3


async def test_a_silent_connection_is_noticed_and_what_it_swallowed_is_told(house: House) -> None:
    async with connected(house.server, heartbeat_timeout=0.2) as client:
        house.server.gateway.haunt()
        await house.ana.say(house.ana.direct, "hello?")
        await house.server.settled()
        assert client.messages == []
        await client.until(lambda: client.messages)
        assert client.messages[0].content == "hello?"


async def test_events_come_twice_or_in_disorder(house: House) -> None:
    async with connected(house.server) as client:
        house.server.gateway.double_every(2)
        for word in ("a", "b", "c"):
            await house.ana.say(house.ana.direct, word)
        await house.server.settled()
        assert [each.content for each in client.messages] == ["a", "b", "b", "c"]
        house.server.gateway.double_every(0)
        house.server.gateway.reorder(3, seed=1)
        for word in ("d", "e", "f", "g"):
            await house.ana.say(house.ana.direct, word)
        house.server.gateway.flush()
        await house.server.settled()
        later = [each.content for each in client.messages[4:]]
        assert sorted(later[:3]) == ["d", "e", "f"] != later[:3]
        assert later[3:] == ["g"]


async def test_channels_that_the_bot_does_not_see_are_silent(house: House) -> None:
    house.community.allow_bot(permissions.EVERYONE)
    secret = house.world.create_channel(
        house.guild, "secret", overwrites=[Overwrite(house.bot, 1, deny=permissions.VIEW_CHANNEL)]
    )
    async with connected(house.server) as client:
        await house.ana.say(secret, "@counterpart?")
        thread = house.world.create_thread(secret, "more", house.ana.id, kind=PUBLIC_THREAD)
        await house.ana.say(thread, "still here")
        hidden = house.world.create_thread(house.hall, "the two of us", house.ana.id, members=[house.bo.id])
        await house.bo.say(hidden, "and nobody else")
        await house.server.settled()
        assert client.messages == []
        assert "THREAD_CREATE" not in client.heard
        house.world.join_thread(hidden, house.bot)
        await house.bo.say(hidden, "@counterpart come in")
        await house.server.settled()
        assert [each.content for each in client.messages] == [f"<@{house.bot}> come in"]
        assert client.guilds[0].get_thread(int(hidden.id))
        house.world.leave_thread(hidden, house.bot)
        await house.bo.say(hidden, "gone?")
        await house.server.settled()
        assert len(client.messages) == 1


async def test_members_are_listed_by_id_without_the_intent_and_all_with_it(house: House) -> None:
    async with connected(house.server) as client:
        assert client.guilds[0].member_count == 4
        assert [each.name for each in client.guilds[0].members] == ["counterpart"]
        found = await client.guilds[0].query_members(user_ids=[int(house.ana.id), 1], cache=False)
        assert [each.name for each in found] == ["ana"]
        found = await client.guilds[0].query_members("b", cache=False)
        assert [each.name for each in found] == ["bo"]
        house.world.update_member(house.guild, house.ana.id, nick="Ana R")
        await house.server.settled()
        assert "GUILD_MEMBER_UPDATE" not in client.heard
    house.world.app.privileged = GUILD_MEMBERS
    async with connected(house.server, QUIET | discord.Intents(members=True)) as client:
        members = await client.guilds[0].chunk()
        assert sorted(each.display_name for each in members) == ["Ana R", "Bo", "Olivia Owner", "counterpart"]
        await house.bo.leave(house.guild)
        await house.server.settled()
        assert client.heard[-1] == "GUILD_MEMBER_REMOVE"


async def test_what_happens_to_the_guild_is_told(house: House) -> None:
    async with connected(house.server) as client:
        world, guild = house.world, house.guild
        cases = world.create_channel(guild, "cases", 4)
        room = world.create_channel(guild, "room", parent=cases.id)
        world.delete_channel(cases)
        world.update_channel(room, name="den")
        thread = world.create_thread(house.hall, "talk", world.app.bot, kind=PRIVATE_THREAD)
        world.archive(thread)
        world.delete_channel(house.hall)
        world.rename_guild(guild, "Libraries of the North")
        await house.server.settled()
        assert [each.name for each in client.guilds[0].channels] == ["den"]
        assert client.guilds[0].name == "Libraries of the North"
        house.server.gateway.outage(guild)
        await house.server.settled()
        assert client.guilds[0].unavailable
        house.server.gateway.recover(guild)
        await house.server.settled()
        assert not client.guilds[0].unavailable
        world.remove_bot(guild)
        await house.server.settled()
        assert not client.guilds
        world.invite_bot(guild, 0)
        await house.server.settled()
        assert len(client.guilds) == 1


async def test_an_ephemeral_message_is_told_to_nobody(house: House) -> None:
    async with connected(house.server) as client:
        draft = Draft("for your eyes only", ephemeral_for=house.ana.id, flags=64)
        house.world.post(house.hall, house.bot, draft)
        await house.server.settled()
        assert client.messages == []
