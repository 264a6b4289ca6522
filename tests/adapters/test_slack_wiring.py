"""The whole adapter: what the one half shows, the other half understands."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from adapters.slack.settings import variable
from adapters.slack.wiring import SlackAdapter, build
from bot.language.acts import Edit, OpenRoom, Post
from bot.language.adapter import Adapter, Gone, Ground, Refused, Retry
from bot.language.events import Answered, Commanded, Installed, RoomGone, Said
from bot.language.messages import Choices, Input, Message, Option, say
from bot.language.places import Address, Place
from tests.adapters.slack_inward import COMMANDS, WAYS, Inbox, Now, Way, a_house, settings
from tests.slackserver.bench import House
from tests.slackserver.delivery import Parcel
from tests.slackserver.events import callback
from tests.slackserver.person import Person

TEAM = "T0A00000001"
DIRECT = Address("slack", TEAM, Place.DIRECT, "U1")
HALL = Address("slack", TEAM, Place.HALL, "")


@dataclass
class Whole:
    house: House
    inbox: Inbox
    adapter: SlackAdapter

    async def show(self, key: str, message: Message, address: Address = DIRECT) -> str:
        return (await self.adapter.perform(Post(key, "question", address, message))).reference

    @property
    def ana(self) -> Person:
        return self.house.workspace.person("U1")

    @property
    def answer(self) -> Answered:
        return self.inbox.of(Answered)[-1]


@asynccontextmanager
async def whole(way: Way) -> AsyncGenerator[Whole]:
    async with a_house() as house:
        found = Whole(house, Inbox(), SlackAdapter(settings(house.server, way), Ground(Now(house.clock), COMMANDS)))
        await found.adapter.start(found.inbox.receive)
        if found.adapter.inward.web is not None:
            await house.server.use_http(f"http://127.0.0.1:{found.adapter.inward.web.port}/slack/events")
        try:
            yield found
        finally:
            await house.server.use_sockets()
            await found.adapter.stop()


@pytest.mark.parametrize("way", WAYS)
async def test_a_question_and_its_answers(way: Way) -> None:
    async with whole(way) as slack:
        few = Choices("flow:1:tea:0", (Option("y", "Yes"), Option("n", "No")))
        reference = await slack.show("k1", say("Tea?", few))
        await slack.ana.press(slack.ana.dm()[-1], "No")
        assert (slack.answer.token, slack.answer.values) == ("flow:1:tea:0", ("n",))
        assert (slack.answer.message, slack.answer.address) == (reference, DIRECT)
        # The answer names the message, so that it can be replaced.
        await slack.adapter.perform(Edit("k2", "question", DIRECT, slack.answer.message, say("No tea.")))
        assert "tea" in slack.ana.dm()[-1].text

        slack.house.clock.turn(2)
        land = Choices("flow:1:land:1", tuple(Option(f"c{n}", f"Land {n}") for n in range(60)))
        await slack.show("k3", say("Where?", land))
        await slack.ana.press(slack.ana.dm()[-1], "Land 41")
        assert (slack.answer.token, slack.answer.values) == ("flow:1:land:1", ("c41",))


@pytest.mark.parametrize("count", [8, 60])
@pytest.mark.parametrize("way", WAYS)
async def test_several_at_once(way: Way, count: int) -> None:
    async with whole(way) as slack:
        chosen = Choices("flow:1:themes:2", tuple(Option(f"v{n}", f"Theme {n}") for n in range(count)), True, ("v3",))
        await slack.show("k1", say("Which?", chosen))
        shown = slack.ana.dm()[-1]
        await slack.ana.choose(shown, "many", ["Theme 1", "Theme 3", "Theme 5"])
        assert slack.inbox.of(Answered) == [], "not yet"
        await slack.ana.press(shown, "done")
        assert (slack.answer.token, slack.answer.values) == ("flow:1:themes:2", ("v1", "v3", "v5"))


@pytest.mark.parametrize("way", WAYS)
async def test_something_to_write(way: Way) -> None:
    async with whole(way) as slack:
        await slack.show("k1", say("Who are you?", Input("flow:1:about:3", "About you", "long", "Before.")))
        await slack.ana.press(slack.ana.dm()[-1], "write")
        modal = slack.ana.modal()
        assert modal
        await slack.ana.submit(modal, {"About you": "Now."})
        assert (slack.answer.token, slack.answer.values) == ("flow:1:about:3", ("Now.",))

        slack.house.clock.turn(2)
        await slack.show("k2", say("When?", Input("flow:1:day:4", "Your day", "date")))
        await slack.ana.choose(slack.ana.dm()[-1], "day", "2026-10-02")
        assert (slack.answer.token, slack.answer.values) == ("flow:1:day:4", ("2026-10-02",))


@pytest.mark.parametrize("way", WAYS)
async def test_a_room_from_its_beginning_to_its_end(way: Way) -> None:
    async with whole(way) as slack:
        act = OpenRoom("room:1", "room", HALL, "mentoring-ana-bo", "Ana and Bo", ("U1", "U2"))
        receipt = await slack.adapter.perform(act)
        assert receipt.room
        assert set(receipt.present) == {"U1", "U2"}
        await slack.house.server.settled()
        await slack.ana.say(receipt.room.id, "between the two of us")
        (said,) = slack.inbox.of(Said)
        assert (said.address, said.text) == (receipt.room, "")
        assert str(Address.parse(str(said.address))) == str(receipt.room)
        await slack.ana.command("/mentoring", "help", receipt.room.id)
        assert slack.inbox.of(Commanded)[-1].address == receipt.room
        await slack.house.workspace.delete(receipt.room.id, by="U2")
        (gone,) = slack.inbox.of(RoomGone)
        assert gone.address == receipt.room
        with pytest.raises(Gone):
            await slack.show("k1", say("Anybody here?"), receipt.room)


async def test_after_the_app_is_taken_out_nothing_is_sent() -> None:
    async with whole("sockets") as slack:
        await slack.house.workspace.uninstall()
        with pytest.raises((Gone, Refused, Retry)):
            await slack.show("k1", say("Hello?"))
        assert slack.house.server.records.of("chat.postMessage") == []


async def test_a_late_word_of_an_earlier_end() -> None:
    """The app was taken out and installed anew while the bot was away; only then it hears of the first."""
    async with whole("sockets") as slack:
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [slack.house.workspace.bot]}}
        payload = callback(
            slack.house.server.world, slack.house.workspace.team, slack.house.workspace.installation, event
        )
        slack.house.server.delivery.send(Parcel("events_api", payload))
        await slack.house.server.settled()
        assert await slack.adapter.inward.workspaces.workspace(TEAM) is not None
        assert [type(each) for each in slack.inbox.events] == [Installed]


async def test_other_variables_of_the_environment_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's library reads some by itself."""
    async with a_house() as house:
        for name in ("BOT_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "SIGNING_SECRET", "APP_TOKEN"):
            monkeypatch.setenv(f"SLACK_{name}", "of something else")
        monkeypatch.setenv(variable("bot_token"), house.workspace.token)
        monkeypatch.setenv(variable("app_token"), house.server.app.app_token)
        monkeypatch.setenv(variable("api_url"), house.server.api_url)
        adapter: Adapter = build(Ground(Now(house.clock), COMMANDS))
        inbox = Inbox()
        await adapter.start(inbox.receive)
        ana = house.workspace.person("U1")
        await ana.say(ana.direct, "hello")
        await adapter.stop()
        assert len(inbox.of(Said)) == 1
