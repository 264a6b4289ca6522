"""An ambassador reads nothing of people outside their countries, whatever they type, press, or ask to be offered."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from adapters.local.records import Account as Seat
from bot.app import kit_of, knowledge
from bot.flows.spec import Answer
from bot.language.adapter import Knowledge
from bot.language.places import Actor
from bot.program import admission
from bot.program.access import Who
from bot.program.people import identify
from storage.partnerships import Case
from storage.rounds import Round
from storage.traffic import FlowRun, OutboxAct
from tests.program.desk import BOSS, DAY, Desk
from tests.program.folk import complete

ZAN = Seat("u7zan", "Zanthe Quorl", "zq77@elsewhere.example", "Asia/Ulaanbaatar")
VEX = Seat("u8vex", "Vexil Drumm", "vd88@elsewhere.example", "America/Paramaribo")
QUI = Seat("u9qui", "Quibla Fenn", "qf99@elsewhere.example", "Asia/Thimphu")
COUNTRIES = {ZAN.user: "MN", VEX.user: "SR", QUI.user: "BT"}
OUTSIDERS = (ZAN, VEX, QUI)
"""Zanthe is the partner of Alex from Portugal; Vexil and Quibla are partners. Hugo is the ambassador for Portugal."""
PLANTED = (
    *(word.casefold() for seat in OUTSIDERS for word in seat.name.split()),
    *(seat.email for seat in OUTSIDERS),
    *(seat.user for seat in OUTSIDERS),
    *("mongolia", "suriname", "bhutan", "ulaanbaatar", "paramaribo", "thimphu", "planted"),
)
AMBASSADOR = "hugo"


class World:
    """One desk for all examples, with a loop of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.Runner()
        self.desk = Desk(now=datetime(2026, 12, 21, 13, tzinfo=UTC), more=OUTSIDERS)
        self.known: Knowledge = knowledge(self.desk.database, self.desk.clock, kit_of("teachers"))
        self.loop.run(self._build())

    async def _build(self) -> None:
        """A round that runs, in which everything is said about the outsiders that can be."""
        desk = await self.desk.open("cap:0 odd:waitlist")
        await desk.applied("alex", country="PT")
        await desk.applied("emil", country="PT")
        for seat in OUTSIDERS:
            await self._applies(seat)
        await desk.closed()
        await desk.command(BOSS, f"match pair alex@example.org {ZAN.email}")
        await desk.command(BOSS, f"match pair {VEX.email} {QUI.email}")
        await desk.command(BOSS, "match approve")
        await desk.says(AMBASSADOR, "hello")
        await desk.command(BOSS, "ambassador hugo@example.org Portugal")
        await desk.command(QUI.user, "volunteer")
        for words in ("Suriname", "skip", "planted: why"):
            await desk.says(QUI.user, words)
        await desk.command(BOSS, f"contact {VEX.email}")
        for words in ("planted: a question", "The coordinators", "submit"):
            await desk.says(BOSS, words)
        await desk.until(datetime(2027, 2, 7, 13, tzinfo=UTC))
        await self._writes_a_story()
        await desk.command(VEX.user, "another-partner")
        await desk.until(desk.clock.now() + DAY)
        assert len(await desk.rows(Case)) > 1, "there are cases about them"

    async def _writes_a_story(self) -> None:
        """Zanthe wrote one about her partnership with Alex, who has agreed: it is with the coordinators."""
        await self.desk.command(ZAN.user, "story")
        for words in ("planted: a title", "planted: a text", "skip", "1", "submit"):
            await self.desk.says(ZAN.user, words)
        await self.desk.until(self.desk.clock.now() + DAY)
        await self.desk.press("alex", "Yes")

    async def _applies(self, seat: Seat) -> None:
        given: dict[str, Answer] = {"country": COUNTRIES[seat.user], "zone": seat.zone}
        async with self.desk.turn() as turn:
            known = await identify(turn, self.actor(seat))
            assert known is not None
            everything = complete(turn.kit(known.program), given)
            round_row = await turn.get(Round, 1)
            await admission.submit(turn, round_row, known.account, everything, key=seat.user)
        await self.desk.settle()

    def actor(self, seat: Seat) -> Actor:
        return Actor("local", "playground", seat.user, seat.name, seat.email, seat.zone)

    # What the ambassador does, and what comes of it

    async def begin(self) -> int:
        """Nothing waits for an answer of the ambassador. Returns the number of the last act so far."""
        async with self.desk.turn() as turn:
            for run in await turn.session.exec(select(FlowRun).where(FlowRun.status == "open")):
                run.status = "over"
            last = await turn.session.exec(select(OutboxAct.id).order_by(col(OutboxAct.id).desc()).limit(1))
            return last.one() or 0

    async def told_since(self, act: int) -> tuple[str, set[str]]:
        """All that the ambassador was sent since that act, words and buttons; and whom else anything was sent to."""
        mine = str(self.desk.direct(AMBASSADOR))
        async with self.desk.turn() as turn:
            rows = list(await turn.session.exec(select(OutboxAct).where(col(OutboxAct.id) > act)))
        told = "\n".join(row.payload for row in rows if row.lane == mine)
        return told.replace("\\", "").casefold(), {row.lane for row in rows} - {mine}

    async def offered(self, command: str, argument: str, typed: str) -> str:
        seat = self.desk.adapter.platform.world.accounts[AMBASSADOR]
        offers = await self.known.offers(self.actor(seat), command, argument, {argument: typed})
        return str(offers).casefold()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World()
    yield made
    made.loop.run(made.desk.database.close())
    made.loop.close()


MEANT = (
    *(seat.email for seat in OUTSIDERS),
    *(seat.name for seat in OUTSIDERS),
    *(f'"{seat.name}"' for seat in OUTSIDERS),
    *(f"<@{seat.user}>" for seat in OUTSIDERS),
    *(
        "",
        "1",
        "2",
        "3",
        "#1",
        "99",
        "all",
        "live",
        "none",
        "on",
        "page:2",
        "MN",
        "Suriname",
        "%",
        "_",
        "alex@example.org",
    ),
)
"""What can be given to a command: outsiders by whatever names them, and numbers of their pairs, cases and threads."""
TABLE = Desk().house.program.commands
HEADS = sorted({*Desk().house.program.reception.buttons, "flow"})
VALUES = (
    "answer",
    "write",
    "send",
    "undo",
    "approve",
    "take",
    "message",
    "note",
    "another",
    "wait",
    "done",
    "play",
    "MN",
    "yes",
    "withdraw",
    "again",
    "down",
)

commands = st.builds(
    lambda command, given: f"/mentoring {command.name} {' '.join(given)}".strip(),
    st.sampled_from(TABLE),
    st.lists(st.sampled_from(MEANT), max_size=3),
)
presses = st.builds(
    lambda head, numbers, value: (":".join((head, *map(str, numbers))), value),
    st.sampled_from(HEADS),
    st.lists(st.integers(1, 6), max_size=3),
    st.sampled_from(VALUES),
)
words = st.sampled_from(["1", "2", "yes", "submit", "skip", "back", "status", "continue", "help", "Hello"])


@given(st.lists(st.one_of(commands, presses, words), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_whatever_an_ambassador_does(world: World, acts: Sequence[str | tuple[str, str]]) -> None:
    """Nothing of the outsiders is in what comes back, but what the ambassador typed; and nobody else hears of it."""

    async def play() -> None:
        before, typed = await world.begin(), ""
        for act in acts:
            if isinstance(act, str):
                typed += f" {act}"
                await world.desk.says(AMBASSADOR, act)
            else:
                await world.desk.forge(AMBASSADOR, act[0], act[1])
        told, others = await world.told_since(before)
        assert told, "everything is answered"
        assert [word for word in PLANTED if word in told and word not in typed.casefold()] == []
        assert others == set()

    world.loop.run(play())


def test_every_command_about_everybody(world: World) -> None:
    """The same, for all commands and all that can be given to them, one by one."""

    async def play() -> None:
        for command in TABLE:
            before = await world.begin()
            # What is refused is refused whatever is given to it: there, a few will do.
            for meant in MEANT if command.who in (Who.ANYONE, Who.AMBASSADOR) else MEANT[::9]:
                told = (await world.desk.command(AMBASSADOR, f"{command.name} {meant}")).casefold()
                assert [word for word in PLANTED if word in told and word not in meant.casefold()] == [], command.name
            _, others = await world.told_since(before)
            assert others == set(), command.name

    world.loop.run(play())


def test_whatever_is_offered_while_typing(world: World) -> None:
    async def play() -> str:
        found: list[str] = []
        for command in TABLE:
            for argument in command.arguments:
                for typed in ("", "z", "vexil", "1", "u"):
                    found.append(await world.offered(command.name, argument.name, typed))
        return " ".join(found)

    offered = world.loop.run(play())
    assert "alex@example.org" in offered, "their own are offered"
    assert [word for word in PLANTED if word in offered] == []


@pytest.mark.parametrize("command", ["contact", "case", "forget", "pair"])
def test_outsiders_are_like_people_who_do_not_exist(world: World, command: str) -> None:
    """The answer about somebody of another country is the answer about nobody, word for word."""

    async def answer(about: str) -> str:
        said = await world.desk.command(AMBASSADOR, f"{command} {about}")
        for typed in (about, about[:20], *about.split()):
            said = said.replace(typed, "somebody")
        return said

    async def play() -> None:
        number = str(max(case.id for case in await world.desk.rows(Case)))
        for about, nobody in ((VEX.email, "nobody@elsewhere.example"), (VEX.name, "No Body"), (number, "98")):
            assert await answer(about) == await answer(nobody)

    world.loop.run(play())


def test_it_bites(world: World) -> None:
    """A coordinator does see the outsiders by the same acts: the test would notice."""

    async def play() -> None:
        for text in ("pairs", "cases", f"contact {VEX.email}", "applications", "stories"):
            told = (await world.desk.command(BOSS, text)).casefold()
            assert [word for word in PLANTED if word in told and word not in text], text
        assert "Alex" in await world.desk.command(AMBASSADOR, "cases"), "and the ambassador does see their own"

    world.loop.run(play())
