"""The local platform as the core sees it: what acts do, and which events people's doings become."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.crowd import Command, Delete, Enter, Leave, Press, Say
from adapters.local.outbound import Delivered
from adapters.local.platform import NotPossible
from adapters.local.records import Account
from bot.language.acts import CloseRoom, Edit, OpenRoom
from bot.language.adapter import Adapter, Gone, Refused
from bot.language.events import TEXT_LIMIT, Answered, Commanded, Joined, Left, RoomGone, Said
from bot.language.messages import Choices, Input, Option, say
from bot.language.places import Address, Place
from tests.adapters.local_stage import DESK, HALL, START, Inbox, TurnedClock, direct, post, room_act, stage

YES_NO = Choices("flow:7:consent:1", (Option("y", "Yes"), Option("n", "No")))


async def test_a_post_is_done_once_it_has_a_receipt_and_is_found_by_its_key() -> None:
    clock = TurnedClock()
    adapter: Adapter = stage(clock)
    act = post("welcome:alex", direct("alex"), "Hello")
    assert await adapter.find(act) is None
    clock.pass_by(5)
    receipt = await adapter.perform(act)
    assert receipt.at == START + timedelta(seconds=5)
    assert receipt.reference
    assert await adapter.find(act) == receipt


async def test_a_careless_second_post_is_seen_twice_as_on_real_platforms() -> None:
    adapter = stage()
    act = post("welcome:alex", direct("alex"), "Hello")
    first, second = await adapter.perform(act), await adapter.perform(act)
    assert first.reference != second.reference
    assert await adapter.find(act) == first
    assert adapter.platform.shelf is not None
    assert len(adapter.platform.shelf.at(direct("alex"))) == 2


async def test_a_room_is_opened_once_under_its_name_and_without_those_who_left() -> None:
    adapter = stage()
    adapter.platform.act(Leave("alex", START))
    receipt = await adapter.perform(room_act())
    assert receipt.room is not None
    assert receipt.room.place is Place.ROOM
    assert receipt.present == ("amina",)
    adapter.platform.act(Enter("alex", START))
    again = await adapter.perform(room_act("room:1:again"))
    assert again.room == receipt.room
    assert again.present == ("alex", "amina")
    assert await adapter.find(room_act("room:2")) is None


@pytest.mark.parametrize("name", ["", "With Capitals", "a_b", "-x", "a" * 81, "room\n"])
async def test_a_room_needs_a_proper_name(name: str) -> None:
    with pytest.raises(Refused):
        await stage().perform(room_act(name=name))


async def test_a_closed_room_takes_nothing_more_and_closing_it_again_succeeds() -> None:
    adapter = stage()
    room = (await adapter.perform(room_act())).room
    assert room is not None
    posted = await adapter.perform(post("topic:1", room, "A topic"))
    await adapter.perform(CloseRoom("close:1", "close", room))
    await adapter.perform(CloseRoom("close:1:again", "close", room))
    for act in (
        post("topic:2", room, "Another"),
        Edit("edit:1", "topic", room, posted.reference, say("Changed")),
        room_act("room:1:again"),
    ):
        with pytest.raises(Gone):
            await adapter.perform(act)
    with pytest.raises(NotPossible, match="closed"):
        await adapter.act(Say("alex", room, "Anybody here?", START))


@pytest.mark.parametrize(
    "address",
    [
        direct("nobody"),
        Address("local", "playground", Place.ROOM, "r0099"),
        Address("local", "playground", Place.DESK, "other"),
        Address("local", "playground", Place.HALL, "other"),
        Address("local", "elsewhere", Place.HALL, "hall"),
        Address("slack", "playground", Place.HALL, "hall"),
    ],
)
async def test_what_is_not_there_is_gone(address: Address) -> None:
    adapter = stage()
    with pytest.raises(Gone):
        await adapter.perform(post("x", address, "Hello"))
    assert await adapter.find(post("x", address, "Hello")) is None


async def test_an_account_that_left_cannot_be_written_to() -> None:
    adapter = stage()
    room = (await adapter.perform(room_act())).room
    assert room is not None
    await adapter.act(Leave("alex", START))
    for act in (post("a", direct("alex"), "Hello"), post("b", room, "Hello", only_for="alex")):
        with pytest.raises(Gone):
            await adapter.perform(act)
    await adapter.perform(post("c", room, "Hello, Amina"))


async def test_an_edit_replaces_the_message_it_names() -> None:
    adapter = stage()
    posted = await adapter.perform(post("case:1", DESK, "A case", YES_NO))
    await adapter.perform(Edit("case:1:done", "case", DESK, posted.reference, say("Settled")))
    shelf = adapter.platform.shelf
    assert shelf is not None
    (shown,) = shelf.at(DESK)
    assert shown.message == say("Settled")
    assert shown.edited
    for address, target in ((DESK, "m999999"), (direct("alex"), posted.reference)):
        with pytest.raises(Gone):
            await adapter.perform(Edit("case:1:other", "case", address, target, say("Settled")))


async def test_empty_and_overlong_messages_are_refused() -> None:
    adapter = stage()
    for act in (post("a", HALL, ""), post("b", HALL, "x" * (adapter.capabilities.text + 1))):
        with pytest.raises(Refused):
            await adapter.perform(act)


async def test_the_watch_sees_what_is_delivered_and_who_can_read_it() -> None:
    seen: list[Delivered] = []
    adapter = stage(watch=seen.append, keep_texts=False)
    room = (await adapter.perform(room_act())).room
    assert room is not None
    await adapter.perform(post("topic:1", room, "**Hello**, you", kind="topic"))
    await adapter.perform(post("note:1", room, "Only you", only_for="alex"))
    await adapter.perform(post("case:1", DESK, "A case"))
    assert [(d.key, d.emails, d.text) for d in seen] == [
        ("topic:1", ("alex@example.org", "amina@example.org"), "Hello, you"),
        ("note:1", ("alex@example.org",), "Only you"),
        ("case:1", ("cora@example.org",), "A case"),
    ]
    assert seen[0].at == START
    assert seen[0].kind == "topic"


async def test_what_is_said_to_the_bot_is_heard_and_what_partners_say_is_not() -> None:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    room = (await adapter.perform(room_act())).room
    assert room is not None
    await adapter.act(Say("alex", direct("alex"), " Viet\u202e Nam\x00 ", START))
    await adapter.act(Say("alex", room, "Hello Amina, a secret", START))
    await adapter.act(Say("cora", DESK, "What shall we do?", START))
    said = [event for event in inbox.events if isinstance(event, Said)]
    assert [(event.text, event.address) for event in said] == [("Viet Nam", direct("alex")), ("", room), ("", DESK)]
    assert said[0].actor.email == "alex@example.org"
    assert said[0].actor.zone == "America/Toronto"
    assert len({event.event_id for event in said}) == 3


async def test_a_command_is_one_wherever_it_is_typed() -> None:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    room = (await adapter.perform(room_act())).room
    assert room is not None
    await adapter.act(Say("alex", room, "/mentoring  pause until Friday ", START))
    await adapter.act(Command("cora", DESK, "report", START))
    await adapter.act(Say("alex", direct("alex"), "/mentoringx", START))
    first, second, third = inbox.events
    assert isinstance(first, Commanded)
    assert (first.text, first.address) == ("pause until Friday", room)
    assert isinstance(second, Commanded)
    assert second.text == "report"
    assert isinstance(third, Said)


async def test_ten_megabytes_are_cut_and_marked() -> None:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    await adapter.act(Say("alex", direct("alex"), "ab " * 3_500_000, START))
    (event,) = inbox.events
    assert isinstance(event, Said)
    assert event.cut and event.length == 10_500_000
    assert len(event.text) <= TEXT_LIMIT


@given(st.text(max_size=300), st.integers(0, 40))
async def test_texts_arrive_tidy_whole_and_within_the_limit(text: str, times: int) -> None:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    long = text * times
    if not long.strip():
        with pytest.raises(NotPossible):
            await adapter.act(Say("alex", direct("alex"), long, START))
        return
    await adapter.act(Say("alex", direct("alex"), long, START))
    (event,) = inbox.events
    assert isinstance(event, Said | Commanded)
    assert len(event.text) <= TEXT_LIMIT
    assert "\x00" not in event.text


async def test_an_answer_bears_its_token_its_message_and_its_values() -> None:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    asked = await adapter.perform(post("q:1", direct("alex"), "Do you agree?", YES_NO))
    await adapter.act(Press("alex", direct("alex"), YES_NO.token, ("y",), START, asked.reference))
    (event,) = inbox.events
    assert isinstance(event, Answered)
    assert (event.token, event.values, event.message) == (YES_NO.token, ("y",), asked.reference)


@pytest.mark.parametrize(
    ("user", "token", "values"),
    [
        ("alex", "flow:7:other:1", ("y",)),
        ("alex", YES_NO.token, ("maybe",)),
        ("alex", YES_NO.token, ("y", "n")),
        ("alex", YES_NO.token, ()),
        ("cora", YES_NO.token, ("y",)),
        ("nobody", YES_NO.token, ("y",)),
    ],
)
async def test_only_what_was_asked_can_be_answered(user: str, token: str, values: tuple[str, ...]) -> None:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    asked = await adapter.perform(post("q:1", direct("alex"), "Do you agree?", YES_NO))
    with pytest.raises(NotPossible):
        await adapter.act(Press(user, direct("alex"), token, values, START, asked.reference))
    assert inbox.events == []


async def test_a_question_is_open_until_it_is_answered_or_a_newer_one_of_its_run_stands_there() -> None:
    adapter = stage()
    shelf = adapter.platform.shelf
    assert shelf is not None
    for number, token in enumerate(("flow:7:name:1", "flow:8:name:1", "flow:7:country:2", "case:4")):
        await adapter.perform(post(f"q:{number}", direct("alex"), "?", Input(token, "Your answer")))
    await adapter.perform(post("q:amina", direct("amina"), "?", Input("flow:7:name:3", "Your answer")))
    assert [shelf.is_open(shown) for shown in shelf.at(direct("alex"))] == [False, True, True, True]
    adapter.platform.act(Press("alex", direct("alex"), "flow:7:country:2", ("Ghana",), START))
    adapter.platform.act(Press("alex", direct("alex"), "case:4", ("close",), START))
    assert [shelf.is_open(shown) for shown in shelf.at(direct("alex"))] == [False, True, False, True]


async def test_coming_and_going_are_heard() -> None:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    room = (await adapter.perform(room_act())).room
    assert room is not None
    await adapter.act(Leave("alex", START, room))
    await adapter.act(Enter("alex", START, room))
    await adapter.act(Delete("alex", room, START))
    await adapter.act(Leave("alex", START))
    adapter.platform.add(Account("carl", "Carl Duarte"), announce=True)
    await adapter.hand_in()
    kinds = [(type(event), event.address) for event in inbox.events]
    assert kinds == [(Left, room), (Joined, room), (RoomGone, room), (Left, HALL), (Joined, HALL)]
    for act in (post("a", room, "Hello"), OpenRoom("r", "room", HALL, "autumn-1", "", ("alex",))):
        with pytest.raises(Gone):
            await adapter.perform(act)


async def test_events_that_could_not_be_stored_come_again_in_order() -> None:
    adapter, inbox = stage(), Inbox(broken=True)
    await adapter.start(inbox.receive)
    for text in ("one", "two"):
        with pytest.raises(ConnectionError):
            await adapter.act(Say("alex", direct("alex"), text, START))
    inbox.broken = False
    assert await adapter.hand_in() == 2
    assert [event.text for event in inbox.events if isinstance(event, Said)] == ["one", "two"]
    assert await adapter.hand_in() == 0


async def test_after_stop_events_wait_for_the_next_start() -> None:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    await adapter.stop()
    await adapter.act(Say("alex", direct("alex"), "hello", START))
    assert inbox.events == []
    await adapter.start(inbox.receive)
    assert len(inbox.events) == 1


async def test_without_texts_nothing_of_them_is_kept() -> None:
    adapter = stage(keep_texts=False)
    for number in range(50):
        await adapter.perform(post(f"topic:{number}", direct("alex"), f"Topic {number}"))
    await adapter.act(Say("alex", direct("alex"), "hello", START))
    assert adapter.platform.shelf is None
    assert len(adapter.platform.receipts) == 50
