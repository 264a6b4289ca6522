"""The door: everything is stored before it is acknowledged, and once, whatever Slack and the database do."""

import asyncio
import logging

import pytest

from adapters.slack.people import PATIENCE, People
from bot.language.events import Answered, Commanded, Said
from tests.adapters.slack_inward import (
    WAYS,
    Inbox,
    Now,
    Way,
    a_house,
    actions,
    button,
    connected,
    open_way,
    post,
    turns,
)
from tests.slackserver.bench import until
from tests.slackserver.faults import HTML, RESET_BEFORE, error, ratelimited, slow, status


@pytest.mark.parametrize("way", WAYS)
async def test_what_cannot_be_stored_is_not_acknowledged(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with open_way(way) as slack:
        slack.inbox.breaks = 2
        ana = slack.person()
        said = asyncio.create_task(ana.say(ana.direct, "my own words"))
        await until(lambda: slack.inbox.broken == 1)
        if way == "sockets":
            # Over HTTP Slack is told that it failed; here it waits in vain for an acknowledgement.
            await turns()
            assert slack.server.delivery.parcels[0].state == "sent"
            slack.server.expire_acks()
        await until(lambda: slack.inbox.broken == 2)
        if way == "http":
            await until(lambda: slack.server.delivery.parcels[0].state == "waiting")
        slack.server.expire_acks()
        await said
        await slack.server.settled()
        assert [event.text for event in slack.inbox.of(Said)] == ["my own words"]
        assert slack.server.delivery.open == slack.server.delivery.lost == []
        assert all(parcel.acknowledged for parcel in slack.server.delivery.parcels)
        logged = "".join(record.getMessage() for record in caplog.records)
        assert "my own words" not in logged
        assert "secret word" not in logged


@pytest.mark.parametrize("way", WAYS)
async def test_stored_first_then_acknowledged(way: Way) -> None:
    async with open_way(way) as slack:
        slack.inbox.gate, slack.inbox.came = asyncio.Event(), asyncio.Event()
        ana = slack.person()
        command = asyncio.create_task(ana.command("/mentoring", "help"))
        await slack.inbox.came.wait()
        assert [parcel.acknowledged for parcel in slack.server.delivery.parcels] == [False]
        slack.inbox.gate.set()
        assert (await command).acknowledged
        assert len(slack.inbox.of(Commanded)) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_a_command_or_button_that_cannot_be_stored(way: Way) -> None:
    """Slack does not send them again: the person sees at once that it did not work."""
    async with open_way(way) as slack:
        ana = slack.person()
        shown = await post(slack.house.client, ana, actions("flow:1:a:0", button("Yes", "press:0", "yes")))
        for deed in (lambda: ana.command("/mentoring", "help"), lambda: ana.press(shown, "Yes")):
            slack.inbox.breaks, slack.inbox.broken = 1, 0
            under_way = asyncio.create_task(deed())
            await until(lambda: slack.inbox.broken == 1)
            await turns()
            assert under_way.done() is (way == "http")
            slack.server.expire_acks()
            assert (await under_way).state == "lost"
        assert slack.inbox.news == []
        assert (await ana.press(shown, "Yes")).acknowledged
        assert len(slack.inbox.of(Answered)) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_doubled_and_shuffled(way: Way) -> None:
    async with open_way(way) as slack:
        slack.server.delivery.double_every(2)
        slack.server.delivery.reorder(7, seed=3)
        ana = slack.person()
        texts = [f"word {number}" for number in range(20)]
        for text in texts:
            slack.house.clock.turn(1)
            said = asyncio.create_task(ana.say(ana.direct, text))
            await asyncio.sleep(0)
            del said
        slack.server.delivery.reorder(0)
        await slack.server.settled()
        events = slack.inbox.of(Said)
        assert sorted(event.text for event in events) == sorted(texts)
        assert len({event.event_id for event in events}) == 20
        assert slack.inbox.received == 1 + 30
        # Whoever puts them in order has the times at which they were written.
        assert [event.text for event in sorted(events, key=lambda event: event.at)] == texts


@pytest.mark.parametrize("kind", [RESET_BEFORE, HTML, status(503), ratelimited(30), error("user_not_found")])
async def test_without_facts_the_event_goes_in(kind: object) -> None:
    async with open_way() as slack:
        slack.server.faults.add("users.info", kind, times=1)  # pyright: ignore[reportArgumentType] - of any kind of fault
        ana = slack.person()
        await ana.say(ana.direct, "hello")
        (event,) = slack.inbox.of(Said)
        assert (event.actor.user, event.actor.name, event.text) == ("U1", "", "hello")
        slack.house.clock.turn(31)
        await ana.say(ana.direct, "again")
        assert slack.inbox.of(Said)[1].actor.name == "Ana Ruiz"


async def test_slow_facts_do_not_hold_up_an_event() -> None:
    async with open_way() as slack:
        release = asyncio.Event()
        slack.server.faults.add("users.info", slow(release), times=1)
        ana, loop = slack.person(), asyncio.get_running_loop()
        began = loop.time()
        await ana.say(ana.direct, "hello")
        assert loop.time() - began < PATIENCE + 0.9, "Slack waits for three seconds"
        assert [event.actor.name for event in slack.inbox.of(Said)] == [""]
        release.set()
        # What came late is known from then on.
        workspace = await slack.inward.workspaces.workspace(slack.house.workspace.id)
        assert workspace is not None
        await ana.say(ana.direct, "again")
        assert slack.inbox.of(Said)[1].actor.name == "Ana Ruiz"
        assert len(slack.server.records.of("users.info")) == 1


async def test_facts_are_asked_once_in_a_while() -> None:
    async with open_way() as slack:
        ana = slack.person()
        together = [asyncio.create_task(ana.say(ana.direct, f"word {number}")) for number in range(5)]
        await asyncio.gather(*together)
        assert len(slack.server.records.of("users.info")) == 1
        ana.user.real_name = "Ana Ruiz Gil"
        slack.house.clock.turn(601)
        await ana.say(ana.direct, "later")
        assert slack.inbox.of(Said)[-1].actor.name == "Ana Ruiz Gil"
        assert len(slack.server.records.of("users.info")) == 2
        ana.user.real_name = "Ana Gil"
        await slack.house.workspace.reactivate("U1")
        await ana.say(ana.direct, "after a change of the profile")
        assert slack.inbox.of(Said)[-1].actor.name == "Ana Gil"
        assert len(slack.server.records.of("users.info")) == 2


async def test_while_slack_limits_nobody_asks() -> None:
    async with open_way() as slack:
        slack.server.faults.add("users.info", ratelimited(30), times=1)
        for user in ("U1", "U2"):
            person = slack.person(user)
            await person.say(person.direct, "hello")
        assert [event.actor.name for event in slack.inbox.of(Said)] == ["", ""]
        assert len(slack.server.records.of("users.info")) == 1


async def test_facts_are_forgotten_in_the_end() -> None:
    async with a_house() as house:
        people = People(Now(house.clock))
        for number in range(20_010):
            people.note("T1", {"id": f"U{number}", "team_id": "T1", "name": f"name {number}"})
        assert people.remembered("T1", "U0").name == ""
        assert people.remembered("T1", "U20009").name == "name 20009"
        await people.stop()


async def test_a_bot_is_nobody() -> None:
    async with open_way() as slack:
        workspace = slack.house.workspace
        room = workspace.add_channel("mentoring-1", ["U1"], private=True, bot=True)
        workspace.add_user("U9", "polls", "Polls", is_bot=True, bot_id="B9")
        await slack.person().invite(room, "U9")
        await workspace.remove_from(room, "U9", by="U1")
        assert slack.inbox.news == []


@pytest.mark.parametrize("way", WAYS)
async def test_a_workspace_that_is_not_known(way: Way) -> None:
    async with open_way(way) as slack:
        other = slack.server.add_workspace("T0A00000002", "Elsewhere")
        other.add_user("U7", "dee")
        dee = other.person("U7")
        await dee.say(dee.direct, "hello")
        parcel = await dee.command("/mentoring", "help")
        assert parcel.acknowledged
        assert "not installed here" in str(parcel.answer["text"])
        assert slack.inbox.news == []


async def test_stopping_acknowledges_what_is_being_stored() -> None:
    async with a_house() as house:
        inbox = Inbox()
        ana = house.workspace.person("U1")
        async with connected(house, "sockets", inbox):
            inbox.gate, inbox.came = asyncio.Event(), asyncio.Event()
            said = asyncio.create_task(ana.say(ana.direct, "hello"))
            await inbox.came.wait()
            asyncio.get_running_loop().call_later(0.05, inbox.gate.set)
        await said
        assert [parcel.acknowledged for parcel in house.server.delivery.parcels] == [True]


async def test_libraries_are_quiet(caplog: pytest.LogCaptureFixture) -> None:
    """At their most talkative they would write down whole payloads."""
    logging.getLogger().setLevel(logging.DEBUG)
    caplog.set_level("DEBUG")
    async with open_way() as slack:
        ana = slack.person()
        await ana.say(ana.direct, "words for the bot alone")
        await ana.command("/mentoring", "note words for the bot alone")
    assert not any("for the bot alone" in record.getMessage() for record in caplog.records)
