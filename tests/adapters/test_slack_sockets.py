"""Socket Mode: two lines, replaced without loss whenever one breaks, is to be closed, or falls silent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from adapters.slack.inward import Inward
from adapters.slack.sockets import Sockets
from bot.language.adapter import Ground, NotConnected
from bot.language.events import Commanded, Said
from tests.adapters.slack_inward import Connected, Inbox, Now, a_house, connected, open_way, settings, turns
from tests.slackserver.bench import House, until
from tests.slackserver.faults import RESET_BEFORE, error, ratelimited, status
from tests.slackserver.sockets import Connection, Reason


@dataclass
class Lines:
    """A connected adapter, and its lines as Slack sees them."""

    slack: Connected

    @property
    def sockets(self) -> Sockets:
        assert self.slack.inward.sockets is not None
        return self.slack.inward.sockets

    @property
    def there(self) -> list[Connection]:
        """The connections, at Slack's end."""
        return list(self.slack.server.sockets.connections)

    async def pass_by(self, seconds: float) -> None:
        """Some time, and a look at the lines."""
        self.slack.house.clock.turn(seconds)
        await self.sockets.tick()

    async def live(self, seconds: float) -> None:
        """Some time, in which pings are answered as quickly as they are."""
        await self.pass_by(seconds)
        await until(lambda: not any(each.awaiting for each in self.sockets.lines))

    async def until_only(self, count: int) -> None:
        await until(lambda: len(self.there) == count and self.sockets.open_lines == count)

    async def say(self, text: str) -> None:
        ana = self.slack.person()
        await ana.say(ana.direct, text)

    @property
    def said(self) -> list[str]:
        return [event.text for event in self.slack.inbox.of(Said)]


@asynccontextmanager
async def lines() -> AsyncGenerator[Lines]:
    async with open_way() as slack:
        found = Lines(slack)
        await found.until_only(2)
        yield found


async def test_there_are_two() -> None:
    async with lines() as line:
        for number in range(6):
            await line.say(f"word {number}")
        assert len(line.said) == 6
    assert line.there == []


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_slack_says_that_it_will_close(reason: Reason) -> None:
    """The next line is open before the old one ends, and nothing is lost between them."""
    async with lines() as line:
        old = line.there
        line.slack.server.sockets.disconnect(reason)
        await line.say("meanwhile")
        await until(lambda: len(line.there) >= 2 and not set(line.there) & set(old))
        await line.until_only(2)
        await line.say("after that")
        await line.slack.server.settled()
        assert sorted(line.said) == ["after that", "meanwhile"]


async def test_what_is_being_stored_is_acknowledged_on_the_old_line() -> None:
    async with lines() as line:
        inbox = line.slack.inbox
        inbox.gate, inbox.came = asyncio.Event(), asyncio.Event()
        said = asyncio.create_task(line.say("a word on the way"))
        await inbox.came.wait()
        line.slack.server.sockets.disconnect("warning")
        await until(lambda: len(line.there) >= 3)
        await turns()
        inbox.gate.set()
        await said
        await line.until_only(2)
        assert [parcel.attempt for parcel in line.slack.server.delivery.parcels] == [0], "it was not sent again"
        assert line.said == ["a word on the way"]


async def test_connections_that_break() -> None:
    async with lines() as line:
        old = line.there
        line.slack.server.sockets.drop()
        await until(lambda: not set(line.there) & set(old))
        await line.say("while there is none")
        await until(lambda: line.sockets.open_lines < 2)
        await line.sockets.tick()
        await line.until_only(2)
        await line.slack.server.settled()
        assert line.said == ["while there is none"]


async def test_what_was_on_a_broken_line_comes_again() -> None:
    async with lines() as line:
        inbox = line.slack.inbox
        inbox.gate, inbox.came = asyncio.Event(), asyncio.Event()
        said = asyncio.create_task(line.say("a word on the way"))
        await inbox.came.wait()
        line.slack.server.sockets.drop()
        inbox.gate.set()
        await said
        await until(lambda: line.sockets.open_lines < 2)
        await line.sockets.tick()
        await line.until_only(2)
        line.slack.server.expire_acks()
        await line.slack.server.settled()
        assert line.said == ["a word on the way"]
        assert inbox.received > len(inbox.events), "it came more than once, and was kept once"


async def test_a_line_that_answers_no_pings() -> None:
    async with lines() as line:
        zombies = line.there
        line.slack.server.sockets.haunt(mute=True)
        await line.pass_by(10)
        await line.pass_by(20)
        assert line.there == zombies, "there is still hope"
        await line.pass_by(30)
        await line.until_only(2)
        assert not set(line.there) & set(zombies)
        await line.say("hello")
        assert line.said == ["hello"]


async def test_lines_that_answer_are_kept() -> None:
    async with lines() as line:
        old = line.there
        for _ in range(4):
            await line.live(45)
        assert line.there == old


async def test_a_line_that_delivers_nothing() -> None:
    """It answers pings, and that is all: from outside nobody can tell it from a quiet night. So it is renewed."""
    async with lines() as line:
        zombies = line.there
        line.slack.server.sockets.haunt()
        said = asyncio.create_task(line.say("into the void"))
        await until(lambda: len(line.slack.server.delivery.parcels) == 1)
        for _ in range(16):
            await line.live(30)
        await line.until_only(2)
        assert not set(line.there) & set(zombies)
        line.slack.server.expire_acks()
        await said
        await line.slack.server.settled()
        assert line.said == ["into the void"]


async def test_both_are_never_renewed_at_once() -> None:
    async with lines() as line:
        old = set(line.there)
        for _ in range(6):
            await line.live(45)
        await line.until_only(2)
        assert len(old & set(line.there)) == 1


async def test_asking_slack_keeps_lines_awake() -> None:
    async with lines() as line:
        asked = len(line.slack.server.records.of("auth.test"))
        await line.pass_by(59)
        assert len(line.slack.server.records.of("auth.test")) == asked
        await line.pass_by(2)
        assert len(line.slack.server.records.of("auth.test")) == asked + 1
        line.slack.server.faults.add("auth.test", status(503))
        await line.pass_by(61)
        await line.say("all the same")
        assert line.said == ["all the same"]


async def test_trying_again_takes_longer_and_longer() -> None:
    async with lines() as line:
        rule = line.slack.server.faults.add("apps.connections.open", error("internal_error"))
        line.slack.server.sockets.drop()
        await until(lambda: line.sockets.open_lines == 0)
        await line.sockets.tick()
        tries = [rule.struck]
        for _ in range(60):
            await line.pass_by(1)
            tries.append(rule.struck)
        # After 1, 2, 4, 8, 16, 32 seconds, for each of the two.
        assert tries[0] == 2
        assert tries[-1] == 12
        line.slack.server.faults.clear()
        await line.pass_by(32)
        await line.until_only(2)
        await line.say("back again")
        assert line.said == ["back again"]


async def test_slack_says_how_long_to_wait() -> None:
    async with lines() as line:
        rule = line.slack.server.faults.add("apps.connections.open", ratelimited(40), times=2)
        line.slack.server.sockets.drop()
        await until(lambda: line.sockets.open_lines == 0)
        await line.sockets.tick()
        await line.pass_by(39)
        assert (rule.seen, line.sockets.open_lines) == (2, 0)
        await line.pass_by(2)
        await line.until_only(2)


async def test_a_fault_at_the_second_line_is_no_reason_not_to_start() -> None:
    async with a_house() as house:
        house.server.faults.add("apps.connections.open", RESET_BEFORE, nth=2)
        async with connected(house) as slack:
            line = Lines(slack)
            assert line.sockets.open_lines == 1
            await line.say("with one line")
            await line.pass_by(2)
            await line.until_only(2)
            assert line.said == ["with one line"]


async def test_socket_mode_is_switched_off_meanwhile() -> None:
    async with lines() as line:
        line.slack.server.sockets.disconnect("link_disabled")
        await until(lambda: line.there == [])
        await until(lambda: line.sockets.open_lines == 0)
        await line.pass_by(5)
        line.slack.server.app.socket_mode = True
        await line.pass_by(60)
        await line.until_only(2)
        assert (await line.slack.person().command("/mentoring", "help")).acknowledged
        assert len(line.slack.inbox.of(Commanded)) == 1


async def not_started(house: House, **more: str) -> str:
    inward = Inward(settings(house.server, "sockets", **more), Ground(Now(house.clock)))
    with pytest.raises(NotConnected) as told:
        await inward.start(Inbox().receive)
    assert inward.sockets is None
    return str(told.value)


async def test_what_hinders_a_start_is_said() -> None:
    async with a_house() as house:
        assert "COUNTERPART_SLACK_APP_TOKEN is not accepted" in await not_started(house, app_token="xapp-wrong")
        assert "COUNTERPART_SLACK_BOT_TOKEN is not accepted" in await not_started(house, bot_token="xoxb-wrong")
        house.server.app.app_scopes.clear()
        assert "connections:write" in await not_started(house)
        house.server.app.app_scopes.add("connections:write")
        house.server.app.socket_mode = False
        assert "“Enable Socket Mode”" in await not_started(house)
        house.server.app.socket_mode = True
        assert "COUNTERPART_SLACK_API_URL" in await not_started(house, api_url="http://127.0.0.1:9/api/")
        house.server.faults.add("apps.connections.open", status(503))
        assert "status.slack.com" in await not_started(house)
        token = house.workspace.token
        await house.workspace.uninstall()
        assert "not installed any more" in await not_started(house, bot_token=token)
