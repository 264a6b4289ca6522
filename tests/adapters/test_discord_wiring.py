"""The Discord adapter as a whole: in and out over one connection, as the core uses it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from adapters.discord.settings import DiscordSettings, variable
from adapters.discord.wiring import DiscordAdapter, build
from bot.language.acts import Post
from bot.language.adapter import Ground, NotConnected
from bot.language.events import Answered, Commanded, Event
from bot.language.messages import Choices, Input, Message, Option, say
from bot.language.places import Actor
from tests.adapters.discord_inward import COMMANDS, TEMPO, Inbox, Known, Now, a_server, settings
from tests.discordserver.community import Community
from tests.discordserver.person import Person
from tests.discordserver.server import DiscordServer
from tests.discordserver.state import Channel
from tests.slackserver.bench import Clock, until


@dataclass
class Core:
    """A core that answers at once what it was told: as soon as it is stored, before anybody has been told of that."""

    inbox: Inbox = field(default_factory=Inbox)
    answering: set["asyncio.Task[object]"] = field(default_factory=set["asyncio.Task[object]"])
    adapter: DiscordAdapter | None = None

    async def receive(self, events: Sequence[Event]) -> None:
        await self.inbox.receive(events)
        for event in events:
            if isinstance(event, Commanded | Answered) and self.adapter is not None:
                in_place = event.address if event.address != event.actor.direct else event.actor.direct
                only_for = event.actor.user if in_place != event.actor.direct else ""
                act = Post(f"reply:{event.event_id}", "reply", in_place, say("Here you are."), only_for, prompted=True)
                self.answering.add(asyncio.create_task(self.adapter.perform(act)))


@dataclass
class Whole:
    """A server, and the adapter in it."""

    server: DiscordServer
    clock: Clock
    home: Community
    hall: Channel
    ana: Person
    core: Core
    adapter: DiscordAdapter

    async def answered(self) -> None:
        """Wait until the core has answered."""
        await until(lambda: bool(self.core.answering))
        await asyncio.gather(*self.core.answering)
        await self.server.settled()
        await self.adapter.inward.lanes.settled()

    async def ask(self, message: Message) -> None:
        """Have the core write to Ana."""
        address = Actor("discord", self.home.id, self.ana.id).direct
        await self.adapter.perform(Post("question:1", "question", address, message))


@asynccontextmanager
async def whole() -> AsyncGenerator[Whole]:
    async with a_server() as (server, clock):
        home = server.add_guild("Librarians")
        hall, ana, core = home.add_channel("mentoring"), home.add_member("ana", "Ana Ruiz"), Core()
        known = Known(halls={home.id: hall.id})
        adapter = DiscordAdapter(settings(server), Ground(Now(clock), COMMANDS, "", known), TEMPO)
        core.adapter = adapter
        await adapter.start(core.receive)
        try:
            await until(lambda: bool(core.inbox.events))
            yield Whole(server, clock, home, hall, ana, core, adapter)
        finally:
            await adapter.stop()


async def test_what_it_is() -> None:
    async with whole() as it:
        assert it.adapter.name == "discord"
        assert it.adapter.capabilities.replies_in_place
        assert not it.adapter.capabilities.home


async def test_a_command_is_answered_in_its_place() -> None:
    """However quick the core is, the answer takes the place of “thinking …”, and nobody else sees it."""
    async with whole() as it:
        pressed = await it.ana.command("mentoring status", it.hall)
        await it.answered()
        assert not pressed.thinking
        assert [message.content for message in it.ana.ephemerals(it.hall)] == ["Here you are."]
        assert it.home.messages(it.hall) == []


async def test_a_command_in_private_is_answered_there() -> None:
    async with whole() as it:
        pressed = await it.ana.command("mentoring status")
        await it.answered()
        assert not pressed.thinking
        assert [message.content for message in it.ana.dm()] == ["Here you are."]


async def test_a_question_and_its_answer() -> None:
    """What the way out puts there, the way in reads back."""
    token = "flow:7:interests:2"
    options = tuple(Option(f"value-{number}", f"Label {number}") for number in range(30))
    async with whole() as it:
        await it.ask(say("Which of these?", Choices(token, options, many=True)))
        [message] = [each for each in it.ana.dm() if each.components]
        await it.ana.choose(message, "Label 3", ["Label 3", "Label 1"])
        await it.ana.choose(message, "Label 29", ["Label 29"])
        await it.ana.press(message, "Save")
        [event] = it.core.inbox.of(Answered)
        assert (event.token, event.values) == (token, ("value-1", "value-3", "value-29"))
        await it.answered()


async def test_words_in_a_form() -> None:
    async with whole() as it:
        await it.ask(say("What do you hope for?", Input("flow:7:hope:3", "What do you hope for?", "long")))
        [message] = [each for each in it.ana.dm() if each.components]
        await it.ana.press(message, "Write an answer")
        modal = it.ana.modal()
        assert modal is not None
        [label] = [each["label"] for each in modal.components]
        await it.ana.submit(modal, {label: "To learn."})
        [event] = it.core.inbox.of(Answered)
        assert (event.token, event.values) == ("flow:7:hope:3", ("To learn.",))
        await it.answered()


async def test_a_closed_conversation_and_a_thread_in_its_place() -> None:
    async with whole() as it:
        it.ana.close_dms()
        await it.ask(say("Do you agree?", Choices("flow:7:agree:1", (Option("yes", "Yes"), Option("no", "No")))))
        [thread] = it.ana.threads()
        [message] = [each for each in it.ana.messages(thread) if each.components]
        assert (await it.ana.press(message, "Yes")).acknowledged
        [event] = it.core.inbox.of(Answered)
        assert event.address == event.actor.direct
        assert event.message == f"{thread.id}/{message.id}"
        await it.answered()


async def test_building(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.chdir(str(tmp_path))
    for name in DiscordSettings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    ground = Ground(Now(Clock()), COMMANDS)
    with pytest.raises(NotConnected, match="Discord is not set up"):
        build(ground)
    monkeypatch.setenv(variable("token"), "a.b.c")
    assert build(ground).name == "discord"
