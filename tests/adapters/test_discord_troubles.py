"""What people press and give where storing fails or takes long, and where the answer does not get through."""

import asyncio

import pytest

from adapters.discord.answering import EPHEMERAL
from adapters.discord.marks import PRESS, Mark
from tests.adapters.discord_inward import (
    TEMPO,
    button,
    open_bench,
)
from tests.discordserver.faults import RESET_AFTER, RESET_BEFORE, Kind, status
from tests.discordserver.pressed import Pressed
from tests.slackserver.bench import until

ACT, TOKEN = "abcdefgh", "flow:12:country:3"


def mark(kind: str, guild: str = "", value: str = "", token: str = TOKEN) -> Mark:
    return Mark(kind, guild, ACT, token, value)


def said(pressed: Pressed) -> str:
    """What was answered, for the eyes of one person only."""
    assert pressed.answer["data"]["flags"] & EPHEMERAL
    return str(pressed.answer["data"]["content"])


@pytest.mark.parametrize("what", ["a button", "a command"])
async def test_what_cannot_be_stored_is_said(what: str) -> None:
    async with open_bench() as bench:
        message = await bench.post(bench.ana.direct, [button("Yes", mark(PRESS, bench.home.id, "yes"))])
        bench.inbox.breaks = 1

        async def act() -> Pressed:
            if what == "a button":
                return await bench.ana.press(message, "Yes")
            return await bench.ana.command("mentoring status", bench.hall)

        pressed = await act()
        text = said(pressed)
        assert "Something went wrong" in text
        assert f"id {pressed.id[-6:]}" in text
        assert "secret" not in text
        assert bench.inbox.news == []
        await act()
        assert len(bench.inbox.news) == 1


@pytest.mark.parametrize("broken", [False, True])
async def test_storing_that_takes_long(broken: bool) -> None:
    """Discord is told to wait; whoever pressed hears of it where it fails in the end."""
    async with open_bench() as bench:
        message = await bench.post(bench.ana.direct, [button("Yes", mark(PRESS, bench.home.id, "yes"))])
        bench.inbox.gate = asyncio.Event()
        pressed = await bench.ana.press(message, "Yes")
        given = await bench.bo.command("mentoring status", bench.hall)
        assert (pressed.type, given.type) == (6, 5)
        assert bench.inbox.news == []
        bench.inbox.breaks = 2 if broken else 0
        bench.inbox.gate.set()
        await bench.settled()
        assert len(bench.inbox.news) == (0 if broken else 2)
        if broken:
            assert "Something went wrong" in bench.ana.dm()[-1].content or bench.ana.ephemerals(bench.ana.direct)
            assert "Something went wrong" in bench.bo.ephemerals(bench.hall)[-1].content


async def test_what_one_account_does_stays_in_order() -> None:
    """And nobody waits for anybody else."""
    async with open_bench() as bench:
        message = await bench.post(bench.ana.direct, [button("Yes", mark(PRESS, bench.home.id, "yes"))])
        bench.inbox.gate = asyncio.Event()
        await bench.ana.say(bench.ana.direct, "first")
        pressing = asyncio.create_task(bench.ana.press(message, "Yes"))
        await until(lambda: bool(bench.server.interactions.all))
        await bench.ana.say(bench.ana.direct, "third")
        await pressing
        bench.inbox.gate.set()
        await bench.settled()
        kinds = [type(event).__name__ for event in bench.inbox.news]
        assert kinds == ["Said", "Answered", "Said"]


async def test_an_answer_that_does_not_get_through() -> None:
    async with open_bench(tempo=TEMPO) as bench:
        message = await bench.post(bench.ana.direct, [button("Yes", mark(PRESS, bench.home.id, "yes"))])
        bench.server.faults.add("POST /interactions/*", status(404), times=1)
        pressing = asyncio.create_task(bench.ana.press(message, "Yes"))
        await until(lambda: bool(bench.inbox.news))
        await bench.inward.lanes.settled()
        bench.server.interactions.expire()
        assert not (await pressing).acknowledged
        assert bench.inward.replies.take(bench.ana.id, bench.ana.direct.id) is None
        assert (await bench.ana.press(message, "Yes")).acknowledged, "the next one does"


@pytest.mark.parametrize("trouble", [RESET_BEFORE, RESET_AFTER])
async def test_a_connection_that_breaks_while_an_interaction_is_answered(trouble: Kind) -> None:
    async with open_bench(tempo=TEMPO) as bench:
        message = await bench.post(bench.ana.direct, [button("Yes", mark(PRESS, bench.home.id, "yes"))])
        bench.server.faults.add("POST /interactions/*", trouble, times=2)
        assert (await bench.ana.press(message, "Yes")).acknowledged
        assert len(bench.inbox.news) == 1
