"""The small Discord for tests: its gateway in raw frames."""

import asyncio
import json
import zlib
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest

from tests.discordserver.houses import House, open_house
from tests.discordserver.state import Json
from tests.discordserver.wire import identity, wired


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with open_house() as house:
        yield house


async def test_a_wrong_token_is_refused(house: House) -> None:
    async with wired(house) as wire:
        await wire.say(2, {**identity(house), "token": "another"})
        assert await wire.code() == 4004


async def test_shards_hear_of_their_guilds(house: House) -> None:
    async with wired(house) as first, wired(house) as second:
        mine = (int(house.guild.id) >> 22) % 2
        wires = {0: first, 1: second}
        ready = {number: await wire.log_in(house, shard=[number, 2]) for number, wire in wires.items()}
        assert [each["id"] for each in ready[mine]["guilds"]] == [house.guild.id]
        assert ready[1 - mine]["guilds"] == []
        await house.ana.say("hall", "@counterpart")
        assert (await wires[mine].until("MESSAGE_CREATE"))["d"]["guild_id"] == house.guild.id
        await house.ana.say(house.ana.direct, "in private")
        told = (await first.until("MESSAGE_CREATE"))["d"]
        assert "guild_id" not in told and told["content"] == "in private"


async def test_frames_are_compressed_as_one_stream(house: House) -> None:
    async with wired(house, "v=10&encoding=json&compress=zlib-stream") as wire:
        unpack = zlib.decompressobj()
        frames: list[Json] = []
        await wire.say(2, identity(house))
        while len(frames) < 3:
            data = (await wire.socket.receive()).data
            assert data.endswith(b"\x00\x00\xff\xff")
            frames.append(json.loads(unpack.decompress(data)))
        assert [each["t"] for each in frames] == [None, "READY", "GUILD_CREATE"]


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (8, {"guild_id": "1"}, 4003),
        (2, "nothing", 4002),
        (2, {"intents": 1 << 50}, 4013),
        (2, {"intents": 1 << 1}, 4014),
        (2, {"shard": [2, 2]}, 4010),
        (6, {"token": "another", "session_id": "x", "seq": 1}, 4004),
    ],
)
async def test_what_is_wrong_is_refused(house: House, op: int, data: Any, code: int) -> None:
    async with wired(house) as wire:
        await wire.say(op, {**identity(house), **data} if op == 2 and isinstance(data, dict) else data)
        assert await wire.code() == code
    house.server.violations.clear()


async def test_a_second_login_on_a_connection_and_an_unknown_operation(house: House) -> None:
    for op, code in ((2, 4005), (99, 4001)):
        async with wired(house) as wire:
            await wire.log_in(house)
            await wire.say(op, identity(house))
            assert await wire.code() == code


async def test_too_many_frames_and_impossible_numbers(house: House) -> None:
    async with wired(house) as wire:
        ready = await wire.log_in(house)
        for _ in range(121):
            await wire.say(3, {"status": "online"})
        assert await wire.code() == 4008
    async with wired(house) as wire:
        await wire.say(6, {"token": house.world.app.token, "session_id": ready["session_id"], "seq": 1000})
        assert await wire.code() == 4007
    async with wired(house) as wire:
        await wire.say(6, {"token": house.world.app.token, "session_id": ready["session_id"], "seq": 1})
        assert (await wire.hear()) == {"op": 9, "d": False, "s": None, "t": None}


async def test_a_client_without_heartbeats_is_let_go(house: House) -> None:
    house.server.gateway.heartbeat = 0.01
    house.server.gateway.grace = 0.01
    async with wired(house) as wire:
        await wire.log_in(house)
        assert await wire.code() == 4009


async def test_where_the_gateway_is_and_how_often_one_may_log_in(house: House) -> None:
    async with wired(house) as wire:
        await wire.log_in(house)
    headers = {"Authorization": f"Bot {house.world.app.token}"}
    url = f"{house.server.api_url}/gateway/bot"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        told = await response.json()
    assert told["url"] == house.server.gateway.address
    assert (told["shards"], told["session_start_limit"]["remaining"]) == (1, 999)
    house.server.gateway.starts.used = 1000
    async with wired(house) as wire:
        await wire.say(2, identity(house))
        assert await wire.code() == 4004
    house.server.violations.clear()


async def test_what_a_client_has_read_is_known_by_its_pongs_and_its_heartbeats(house: House) -> None:
    async with wired(house) as wire:
        await wire.log_in(house)
        gateway = house.server.gateway
        await wire.until("GUILD_CREATE")
        assert (gateway.sent, gateway.seen) == (2, 0)
        await wire.say(1, 1)
        assert (await wire.hear())["op"] == 11
        assert gateway.seen == 1
        reading = asyncio.create_task(wire.hear())
        await gateway.confirmed()
        assert gateway.seen == gateway.sent
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
