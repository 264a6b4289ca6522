"""Commands, buttons, lists and forms: stored, then acknowledged, always in time; and what is said where that fails."""

import pytest

from adapters.discord.answering import EPHEMERAL
from adapters.discord.line import Reply
from adapters.discord.marks import DONE, MANY, PICK, PRESS, WRITE, Field, Mark, reference
from bot.language.adapter import Offer
from bot.language.events import Answered, Commanded
from bot.language.places import Address, Place
from tests.adapters.discord_inward import (
    Inbox,
    Known,
    a_server,
    button,
    connected,
    open_bench,
    pick,
    send,
)
from tests.discordserver.pressed import Pressed

ACT, TOKEN = "abcdefgh", "flow:12:country:3"


def mark(kind: str, guild: str = "", value: str = "", token: str = TOKEN) -> Mark:
    return Mark(kind, guild, ACT, token, value)


def said(pressed: Pressed) -> str:
    """What was answered, for the eyes of one person only."""
    assert pressed.answer["data"]["flags"] & EPHEMERAL
    return str(pressed.answer["data"]["content"])


# Buttons and lists


async def test_a_button() -> None:
    async with open_bench() as bench:
        message = await bench.post(bench.ana.direct, [button("Yes", mark(PRESS, bench.home.id, "yes"))])
        pressed = await bench.ana.press(message, "Yes")
        assert pressed.type == 6
        [event] = bench.inbox.of(Answered)
        assert (event.token, event.values) == (TOKEN, ("yes",))
        assert event.address == event.actor.direct
        assert event.event_id == f"interaction:{pressed.id}"
        assert event.message == reference(bench.ana.direct.id, message.id)
        assert (event.actor.community, event.actor.name, event.actor.locale) == (bench.home.id, "Ana Ruiz", "en-GB")
        assert not event.actor.owner


async def test_a_button_in_a_room_and_in_the_hall() -> None:
    async with open_bench() as bench:
        room = bench.home.add_channel("pair-1", only=[bench.ana, bench.home.bot_role])
        bench.home.allow(room, bench.home.bot_role, 1 << 10 | 1 << 11)
        owner = bench.server.person(bench.server.owner.id)
        for person, channel in ((bench.ana, room), (owner, bench.hall)):
            message = await bench.post(channel, [button("Yes", mark(PRESS, bench.home.id, "yes"))])
            assert (await person.press(message, "Yes")).type == 6
        first, second = bench.inbox.of(Answered)
        assert (first.address.place, first.address.id) == (Place.ROOM, room.id)
        assert (second.address.place, second.address.id) == (Place.HALL, bench.hall.id)
        assert (first.actor.owner, second.actor.owner) == (False, True)


async def test_a_list() -> None:
    async with open_bench() as bench:
        message = await bench.post(bench.ana.direct, [pick(mark(PICK, bench.home.id, "0"), "kenya", "norway")])
        assert (await bench.ana.choose(message, "Norway")).type == 6
        [event] = bench.inbox.of(Answered)
        assert event.values == ("norway",)


async def test_several_lists_keep_what_is_chosen() -> None:
    """Choosing is no answer yet: the message itself keeps it, over a restart too, until Done is pressed."""
    async with a_server() as (server, clock):
        home = server.add_guild("Librarians")
        ana, inbox, known = home.add_member("ana"), Inbox(), Known()
        lists = [
            pick(mark(MANY, home.id, str(number)), *values, many=True)
            for number, values in enumerate((("books", "maps"), ("music", "film")))
        ]
        async with connected(server, clock, inbox, known) as inward:
            body = {
                "components": [
                    *({"type": 1, "components": [each]} for each in lists),
                    {"type": 1, "components": [button("Save", mark(DONE, home.id))]},
                ],
                "content": "Which?",
            }
            channel = ana.direct
            await send(inward, channel, body)
            [message] = ana.dm()
            assert (await ana.choose(message, str(mark(MANY, home.id, "0")), ["maps", "books"])).type == 7
            assert (await ana.choose(message, str(mark(MANY, home.id, "1")), ["film"])).type == 7
            assert (await ana.choose(message, str(mark(MANY, home.id, "0")), ["maps"])).type == 7
            assert inbox.of(Answered) == []
        async with connected(server, clock, inbox, known):
            await server.settled()
            assert (await ana.press(message, "Save")).type == 6
            [event] = inbox.of(Answered)
            assert event.values == ("maps", "film")


async def test_nothing_chosen_is_an_answer_too() -> None:
    async with open_bench() as bench:
        rows = [pick(mark(MANY, bench.home.id, "0"), "a", "b", many=True)], [button("Save", mark(DONE, bench.home.id))]
        message = await bench.post(bench.ana.direct, *rows)
        await bench.ana.press(message, "Save")
        [event] = bench.inbox.of(Answered)
        assert event.values == ()


@pytest.mark.parametrize(
    "custom_id", ["something|else", "p|zz", "x|1|abcdefgh|t|v", "w|1|abcdefgh||long:", "a|1|abcdefgh|flow:1:x:1|"]
)
async def test_buttons_that_are_none_of_ours_or_too_old(custom_id: str) -> None:
    async with open_bench() as bench:
        stale = {"type": 2, "style": 2, "label": "Old", "custom_id": custom_id}
        message = await bench.post(bench.ana.direct, [stale])
        assert "over" in said(await bench.ana.press(message, "Old"))
        assert bench.inbox.news == []


async def test_a_button_of_another_server() -> None:
    async with open_bench() as bench:
        message = await bench.post(bench.hall, [button("Yes", mark(PRESS, "123456789012345678", "yes"))])
        assert "over" in said(await bench.ana.press(message, "Yes"))
        message = await bench.post(bench.ana.direct, [button("Yes", mark(PRESS, "123456789012345678", "yes"))])
        assert "not in that server" in said(await bench.ana.press(message, "Yes"))
        assert bench.inbox.news == []


async def test_two_servers_and_one_conversation() -> None:
    """A button says which server is meant, whatever the person did last."""
    known = Known()
    async with open_bench(known=known) as bench:
        other = bench.server.add_guild("Archivists")
        other.join(bench.ana)
        known.active[bench.ana.id] = other.id
        await bench.settled()
        message = await bench.post(bench.ana.direct, [button("Yes", mark(PRESS, bench.home.id, "yes"))])
        await bench.ana.press(message, "Yes")
        await bench.ana.command("mentoring status")
        assert [event.actor.community for event in bench.inbox.news] == [bench.home.id, other.id]


# Forms


async def test_a_form() -> None:
    async with open_bench() as bench:
        write = button("Write", mark(WRITE, bench.home.id, str(Field("long", "What do you hope for?"))))
        message = await bench.post(bench.ana.direct, [write])
        opened = await bench.ana.press(message, "Write")
        assert opened.type == 9
        modal = bench.ana.modal()
        assert modal is not None
        sent = await bench.ana.submit(modal, {"What do you hope for?": "  To learn \u202efrom others. "})
        assert sent.type == 6
        [event] = bench.inbox.of(Answered)
        assert (event.token, event.values) == (TOKEN, ("To learn from others.",))
        assert event.message == reference(bench.ana.direct.id, message.id)


async def test_a_restart_while_a_form_is_open() -> None:
    async with a_server() as (server, clock):
        home = server.add_guild("Librarians")
        ana, inbox, known = home.add_member("ana"), Inbox(), Known()
        async with connected(server, clock, inbox, known) as inward:
            write = button("Write", mark(WRITE, home.id, str(Field("number", "How many?"))))
            body = {"components": [{"type": 1, "components": [write]}], "content": "?"}
            await send(inward, ana.direct, body)
            await ana.press(ana.dm()[0], "Write")
        modal = ana.modal()
        assert modal is not None
        async with connected(server, clock, inbox, known):
            assert (await ana.submit(modal, {"How many?": "17"})).type == 6
        [event] = inbox.of(Answered)
        assert event.values == ("17",)


# Commands


async def test_a_command_in_a_server() -> None:
    async with open_bench() as bench:
        pressed = await bench.ana.command("mentoring round open", bench.hall, pairs=12, odd="trio")
        assert pressed.type == 5
        assert pressed.answer["data"]["flags"] & EPHEMERAL, "nobody else sees the answer"
        [event] = bench.inbox.of(Commanded)
        assert event.text == 'round open pairs:"12" odd:"trio"'
        assert event.address == Address("discord", bench.home.id, Place.HALL, bench.hall.id)
        await bench.settled()
        first = bench.inward.replies.take(bench.ana.id, bench.hall.id)
        assert first == Reply(bench.server.app.id, pressed.token, waiting=True)
        assert bench.inward.replies.take(bench.ana.id, bench.hall.id) == Reply(bench.server.app.id, pressed.token)
        assert bench.inward.replies.take(bench.bo.id, bench.hall.id) is None


async def test_a_command_in_private() -> None:
    async with open_bench() as bench:
        pressed = await bench.ana.command("mentoring help", command="round open")
        assert pressed.type == 5
        assert not pressed.answer.get("data", {}).get("flags")
        [event] = bench.inbox.of(Commanded)
        assert event.text == "help round open"
        assert event.address == event.actor.direct
        await bench.settled()
        reply = bench.inward.replies.direct(bench.ana.id)
        assert reply is not None
        assert reply.waiting
        assert bench.inward.replies.direct(bench.ana.id) is None


async def test_whoever_runs_the_server_is_known_in_private_too() -> None:
    async with open_bench() as bench:
        helper = bench.home.add_member("hal", roles=[bench.home.add_role("helpers", 1 << 5)])
        await bench.server.person(bench.server.owner.id).command("mentoring status")
        await helper.command("mentoring status")
        await bench.ana.command("mentoring status")
        assert [event.actor.owner for event in bench.inbox.of(Commanded)] == [True, True, False]


async def test_thinking_is_taken_away() -> None:
    async with open_bench() as bench:
        pressed = await bench.ana.command("mentoring status", bench.hall)
        answered = await bench.bo.command("mentoring status", bench.hall)
        await bench.settled()
        assert bench.inward.replies.take(bench.bo.id, bench.hall.id) is not None
        await bench.pass_by(60)
        assert pressed.thinking
        await bench.pass_by(61)
        assert not pressed.thinking
        assert answered.thinking, "that is for whoever took it to answer"
        assert bench.inward.replies.take(bench.ana.id, bench.hall.id) is None
        await bench.pass_by(14 * 60)
        assert bench.inward.replies.take(bench.bo.id, bench.hall.id) is None, "a token lives for 15 minutes"


async def test_somebody_whose_server_nobody_knows() -> None:
    known = Known()
    async with open_bench(known=known) as bench:
        other = bench.server.add_guild("Archivists")
        await bench.settled()
        gone = bench.home.add_member("gus")
        await gone.command("mentoring status")
        assert [event.actor.community for event in bench.inbox.news] == [bench.home.id], "found among its members"
        bench.home.leave(gone)
        other.join(gone)
        bench.clock.turn(3600)
        await gone.command("mentoring status")
        stranger = bench.inbox.news[-1]
        assert stranger.actor.community in (bench.home.id, other.id)


async def test_a_command_that_is_gone_meanwhile() -> None:
    async with open_bench() as bench:
        for command in bench.server.app.commands.values():
            command.content["options"].append({"type": 1, "name": "dance", "description": "Dances."})
        assert "I do not know this command" in said(await bench.ana.command("mentoring dance"))


# What is typed


async def test_what_could_be_typed_is_offered() -> None:
    known = Known(
        offered=[Offer("amina@example.org", "Amina N."), Offer("x" * 101, "too long"), Offer("bo", "y" * 150)]
    )
    async with open_bench(known=known) as bench:
        found = await bench.ana.autocomplete("mentoring match pair", "second", "Am", bench.hall, first="Bo")
        assert found == ["Amina N.", "y" * 100]
        [(actor, command, argument, given)] = known.asked_for
        assert (actor.user, actor.community) == (bench.ana.id, bench.home.id)
        assert (command, argument, given) == ("match pair", "second", {"first": "Bo", "second": "Am"})
        assert known.asked_in == [bench.hall.id]
        known.offered = [Offer("17", "Case 17"), Offer("no number", "?")]
        assert await bench.ana.autocomplete("mentoring case", "number", "1", bench.hall) == ["Case 17"]
        known.trouble = ConnectionError("away")
        assert await bench.ana.autocomplete("mentoring case", "number", "1", bench.hall) == []
        assert bench.inbox.news == []
