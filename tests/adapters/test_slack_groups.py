"""Where a workspace forbids private channels: a group conversation is the room."""

from collections.abc import AsyncGenerator

import pytest

from bot.language.adapter import Refused
from bot.language.places import Place
from tests.adapters.slack_outward import Bench, open_bench


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        bench.house.workspace.add_user("U3", "cleo", "Cleo Marsh")
        yield bench


async def test_a_group_conversation_in_its_place(bench: Bench) -> None:
    bench.house.workspace.forbid_private_channels()
    receipt = await bench.outbound.perform(bench.room())
    assert receipt.room is not None and receipt.room.place is Place.ROOM
    group = bench.house.workspace.channel(receipt.room.id)
    assert (group.kind, set(group.members)) == ("mpim", {"U1", "U2", bench.house.workspace.bot})
    assert receipt.present == ("U1", "U2")
    assert "may not create private channels in this workspace (restricted_action)" in receipt.note
    assert (await bench.restarted().perform(bench.room())).room == receipt.room
    assert await bench.restarted().find(bench.room()) is None
    act = bench.post(group.id, place=Place.ROOM)
    posted = await bench.outbound.perform(act)
    assert await bench.restarted().find(act) == posted
    for _ in range(2):
        assert (await bench.outbound.perform(bench.close(group.id))).reference == group.id


async def test_a_channel_from_before_is_still_the_room(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.house.workspace.forbid_private_channels()
    assert (await bench.restarted().perform(bench.room())).room == receipt.room


async def test_a_group_of_those_who_are_left(bench: Bench) -> None:
    bench.house.workspace.forbid_private_channels()
    await bench.house.workspace.deactivate("U3")
    receipt = await bench.outbound.perform(bench.room("U1", "U3", "U9", "U2"))
    assert receipt.present == ("U1", "U2")


async def test_no_group_of_one(bench: Bench) -> None:
    bench.house.workspace.forbid_private_channels()
    await bench.house.workspace.deactivate("U2")
    for members in (("U1",), ("U1", "U2")):
        with pytest.raises(Refused, match=r"allow it to members and apps.* too few people"):
            await bench.outbound.perform(bench.room(*members))


async def test_no_group_without_permission(bench: Bench) -> None:
    bench.house.workspace.forbid_private_channels()
    bench.house.workspace.installation.scopes -= {"mpim:write"}
    with pytest.raises(Refused, match=r"restricted_action.*mpim:write"):
        await bench.outbound.perform(bench.room())


async def test_no_group_of_nine(bench: Bench) -> None:
    bench.house.workspace.forbid_private_channels()
    for number in range(10, 19):
        bench.house.workspace.add_user(f"U{number}", f"p{number}")
    with pytest.raises(Refused, match="too_many_users"):
        await bench.outbound.perform(bench.room(*(f"U{number}" for number in range(10, 19))))
