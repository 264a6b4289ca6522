"""Rooms in Slack: one for each name, whatever happens on the way, and true about who is in it."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.language.acts import Receipt
from bot.language.adapter import Gone, Refused, Retry
from bot.language.places import Place
from tests.adapters.slack_outward import Bench, open_bench
from tests.slackserver.faults import HTML, RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, status

STEPS = (
    "users.conversations", "conversations.create", "conversations.setPurpose", "bookmarks.add", "conversations.invite",
    "conversations.members",
)  # fmt: skip
NAME = "autumn-001-ab12"


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        bench.house.workspace.add_user("U3", "cleo", "Cleo Marsh")
        yield bench


def whole(bench: Bench, receipt: Receipt) -> None:
    """The one room is as it should be."""
    rooms = [each for each in bench.house.workspace.team.channels.values() if each.kind == "private_channel"]
    assert [each.name for each in rooms] == [NAME]
    (room,) = rooms
    assert receipt.room == bench.at(Place.ROOM, room.id) and receipt.reference == room.id
    assert receipt.present == ("U1", "U2") and set(room.members) == {"U1", "U2", bench.house.workspace.bot}
    assert room.purpose.value == "Ana and Bo"
    assert [(each.title, each.link) for each in room.bookmarks] == [
        ("My partnership", f"https://slack.com/app_redirect?app={bench.server.app.id}&team={bench.team}")
    ]
    assert sum(each.subtype == "channel_purpose" for each in room.messages) == 1


async def test_a_room_is_opened(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    whole(bench, receipt)
    assert receipt.note == ""
    assert tuple(each.method for each in bench.calls()) == STEPS


async def test_twice_is_one_room(bench: Bench) -> None:
    await bench.outbound.perform(bench.room())
    whole(bench, await bench.outbound.perform(bench.room()))
    whole(bench, await bench.restarted().perform(bench.room()))
    assert len(bench.calls("conversations.create")) == 1, "it is known to be there"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", [RESET_BEFORE, RESET_AFTER, status(503), HTML, ratelimited(30)])
async def test_a_crash_between_the_steps(bench: Bench, step: str, kind: Kind) -> None:
    # The HTTP client asks once more for what it only reads, so that there it must go wrong twice.
    reading = step in ("users.conversations", "conversations.members") and kind in (RESET_BEFORE, RESET_AFTER)
    bench.server.faults.add(step, kind, times=2 if reading else 1)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.room())
    whole(bench, await bench.restarted().perform(bench.room()))


@pytest.mark.parametrize("step", STEPS[1:])
async def test_trouble_between_the_steps_and_no_restart(bench: Bench, step: str) -> None:
    bench.server.faults.add(step, status(500), times=1)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.room())
    whole(bench, await bench.outbound.perform(bench.room()))


async def test_looking_it_up(bench: Bench) -> None:
    assert await bench.outbound.find(bench.room()) is None
    receipt = await bench.outbound.perform(bench.room())
    assert await bench.restarted().find(bench.room()) == receipt
    await bench.house.workspace.person("U2").leave(receipt.reference)
    assert await bench.restarted().find(bench.room()) is None, "there is something left to do"
    whole(bench, await bench.restarted().perform(bench.room()))
    await bench.house.workspace.archive(receipt.reference, "U1")
    assert await bench.restarted().find(bench.room()) is None


async def test_a_name_that_slack_would_not_take(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room(name="Autumn Röund 1"))
    assert bench.house.workspace.channel("autumn-r-und-1").id == receipt.reference
    assert (await bench.restarted().perform(bench.room(name="Autumn Röund 1"))).reference == receipt.reference


async def test_a_title_from_outside(bench: Bench) -> None:
    await bench.outbound.perform(bench.room(title=f"<!channel> & {'x' * 300}"))
    purpose = bench.channel().purpose.value
    assert len(purpose) == 250 and "<!" not in purpose


# Names that are taken


async def test_the_name_is_somebody_elses(bench: Bench) -> None:
    bench.house.workspace.add_channel(NAME, ["U1"], private=True)
    with pytest.raises(Refused, match=r"#autumn-001-ab12 already, which is not Counterpart's \(name_taken\)"):
        await bench.outbound.perform(bench.room())


async def test_a_trap_with_the_right_name(bench: Bench) -> None:
    """Somebody made a channel of this name and invited the bot: it is not the room."""
    bench.house.workspace.add_channel(NAME, ["U3"], private=True, bot=True)
    with pytest.raises(Refused, match="not Counterpart's"):
        await bench.outbound.perform(bench.room())
    assert bench.channel().members == ["U3", bench.house.workspace.bot]


async def test_the_room_is_archived(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    await bench.outbound.perform(bench.close(receipt.reference))
    for outbound in (bench.outbound, bench.restarted()):
        with pytest.raises(Gone, match="is archived"):
            await outbound.perform(bench.room())
    await bench.house.workspace.unarchive(receipt.reference, "U1")
    whole(bench, await bench.restarted().perform(bench.room()))


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_room_that_its_people_renamed(bench: Bench, restarted: bool) -> None:
    receipt = await bench.outbound.perform(bench.room())
    await bench.house.workspace.rename(receipt.reference, "ana-and-bo", "U1")
    outbound = bench.restarted() if restarted else bench.outbound
    assert (await outbound.perform(bench.room())).reference == receipt.reference
    assert len(bench.calls("conversations.create")) == 1


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_room_that_was_put_away(bench: Bench, restarted: bool) -> None:
    """Renamed and archived, it makes room for a new one."""
    receipt = await bench.outbound.perform(bench.room())
    await bench.house.workspace.rename(receipt.reference, "old", "U1")
    await bench.house.workspace.archive(receipt.reference, "U1")
    outbound = bench.restarted() if restarted else bench.outbound
    new = await outbound.perform(bench.room())
    assert new.reference != receipt.reference and bench.channel().id == new.reference


async def test_a_room_that_was_deleted(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    await bench.house.workspace.delete(receipt.reference)
    new = await bench.outbound.perform(bench.room())
    assert new.reference != receipt.reference
    whole(bench, new)


async def test_a_room_from_which_the_bot_was_removed(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    await bench.house.workspace.remove_from(receipt.reference, bench.house.workspace.bot, "U1")
    with pytest.raises(Refused, match="name_taken"):
        await bench.outbound.perform(bench.room())


async def test_among_very_many_rooms(bench: Bench) -> None:
    for number in range(1_900):
        bench.house.workspace.add_channel(f"r-{number}", [], private=True, bot=True)
    assert (await bench.outbound.perform(bench.room(name="r-1899", title=""))).present == ("U1", "U2")
    assert len(bench.calls("users.conversations")) == 3
    assert bench.calls("conversations.create") == []


# Who comes


async def test_somebody_who_is_deactivated(bench: Bench) -> None:
    await bench.house.workspace.deactivate("U3")
    receipt = await bench.outbound.perform(bench.room("U1", "U3", "U2"))
    assert receipt.present == ("U1", "U2")
    assert receipt.note == "U3 could not be brought into the room. This person cannot be invited (cant_invite)."


async def test_somebody_who_was_never_there_and_a_guest(bench: Bench) -> None:
    bench.house.workspace.team.users["U3"].is_ultra_restricted = True
    receipt = await bench.outbound.perform(bench.room("U9", "U1", "U3"))
    assert receipt.present == ("U1",)
    assert "user_not_found" in receipt.note and "ura_max_channels" in receipt.note
    alone = await bench.outbound.perform(bench.room("U9", name="r-2"))
    assert alone.present == () and "user_not_found" in alone.note


async def test_where_one_keeps_out_all_they_are_invited_one_by_one(bench: Bench) -> None:
    bench.server.faults.add(
        "conversations.invite", error("user_is_restricted"), when=lambda args: "U3" in args["users"]
    )
    receipt = await bench.outbound.perform(bench.room("U1", "U2", "U3"))
    assert receipt.present == ("U1", "U2")
    assert "U3 could not" in receipt.note and "U1" not in receipt.note


async def test_somebody_more(bench: Bench) -> None:
    first = await bench.outbound.perform(bench.room("U1", "U2"))
    second = await bench.outbound.perform(bench.room("U1", "U2", "U3"))
    assert (first.present, second.present, second.note) == (("U1", "U2"), ("U1", "U2", "U3"), "")
    assert bench.calls("conversations.invite")[-1].args["users"] == "U3"


async def test_strangers_are_not_counted(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room("U1"))
    await bench.house.workspace.person("U1").invite(receipt.reference, "U3")
    assert (await bench.outbound.perform(bench.room("U1"))).present == ("U1",)


async def test_a_room_without_its_furniture_is_a_room(bench: Bench) -> None:
    bench.house.workspace.installation.scopes -= {"bookmarks:write"}
    bench.server.faults.add("conversations.setPurpose", error("user_is_restricted"))
    receipt = await bench.outbound.perform(bench.room())
    assert receipt.present == ("U1", "U2")
    assert (bench.channel().bookmarks, bench.channel().purpose.value) == ([], "")


async def test_a_purpose_that_people_wrote_stays(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.channel().purpose.value = "Our own words"
    await bench.restarted().perform(bench.room())
    assert bench.house.workspace.channel(receipt.reference).purpose.value == "Our own words"


# Closing


async def test_closing(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    for _ in range(2):
        assert (await bench.outbound.perform(bench.close(receipt.reference))).reference == receipt.reference
    assert bench.channel().archived
    await bench.house.workspace.delete(receipt.reference)
    with pytest.raises(Gone):
        await bench.outbound.perform(bench.close(receipt.reference))


async def test_closing_is_forbidden(bench: Bench) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.server.faults.add("conversations.archive", error("restricted_action"))
    with pytest.raises(Refused, match="archive the channel yourself"):
        await bench.outbound.perform(bench.close(receipt.reference))


@pytest.mark.parametrize("kind", [RESET_AFTER, RESET_BEFORE, status(500)])
async def test_closing_is_simply_done_again(bench: Bench, kind: Kind) -> None:
    receipt = await bench.outbound.perform(bench.room())
    bench.server.faults.add("conversations.archive", kind, times=1)
    with pytest.raises(Retry):
        await bench.outbound.perform(bench.close(receipt.reference))
    await bench.outbound.perform(bench.close(receipt.reference))
    assert bench.channel().archived


# Many


async def test_many_rooms_at_once(bench: Bench) -> None:
    """Twenty are opened in a minute; the others are not begun, and Slack never has to refuse."""

    async def attempt(number: int) -> str:
        try:
            return (await bench.outbound.perform(bench.room(name=f"r-{number}"))).reference
        except Retry as problem:
            return f"{problem.seconds:g}"

    first = await asyncio.gather(*(attempt(number) for number in range(30)))
    assert sorted(each for each in first if not each.startswith("C")) == ["61"] * 10
    assert len([each for each in bench.house.workspace.team.channels.values() if len(each.members) == 3]) == 20
    bench.house.clock.turn(61)
    second = await asyncio.gather(*(attempt(number) for number in range(30) if not first[number].startswith("C")))
    assert len({*first, *second} - {"61"}) == 30
    assert bench.server.limited == {}
