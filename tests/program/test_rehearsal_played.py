"""The playing of a rehearsal itself: its bounds, its faults, and a report in messages on a platform without files."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import delete

from bot.app import build
from bot.dryrun import rehearsal
from bot.engine.clock import VirtualClock
from bot.engine.engine import Engine
from bot.language.adapter import Adapter, Capabilities
from bot.program.copied import Copied, copy_round
from bot.program.played import Played, Unplayed
from storage.database import Database
from storage.people import Program
from storage.rounds import Round
from storage.traffic import Occurrence
from tests.program.desk import BOSS, Desk, opened
from tests.program.house import BEGIN as PAPER_BEGIN
from tests.program.house import House, Paper, words
from topics.model import Kit

FOUR = ("alex", "bea", "cem", "dora")


async def _played(desk: Desk, kit: Kit, seconds: float) -> Played | Unplayed:
    """The round of the desk played with another kit, or with little time."""
    async with desk.turn() as turn:
        copied: Copied = await copy_round(turn, await turn.get(Program, 1), await turn.get(Round, 1))

    def on_paper(scratch: Database, clock: VirtualClock, paper: Sequence[Adapter]) -> Engine:
        return build(scratch, clock, paper, {kit.slug: kit}).engine

    play = rehearsal(on_paper, {kit.slug: kit}, lambda platform: Capabilities())
    return await asyncio.to_thread(play, copied, desk.clock.now(), seconds)


async def test_what_takes_too_long_is_stopped_and_what_fails_is_told() -> None:
    async with opened() as desk:
        for user in FOUR:
            await desk.applied(user)
        kit = desk.house.kits["teachers"].kit
        assert await _played(desk, kit, 0.0) == Unplayed("rehearse.too_long", {"seconds": 0})
        assert await _played(desk, replace(kit, slug="other"), 60.0) == Unplayed("rehearse.failed")
        silent = replace(kit, texts={**kit.texts, "closing.thanks": "", "round.closed": ""})
        played = await _played(desk, silent, 60.0)
    assert isinstance(played, Played)
    assert ("rehearse.empty", {"kind": "notice"}) in [(found.key, found.values) for found in played.findings]


async def test_without_files_the_report_comes_in_messages_and_says_how_long_rooms_take_on_a_slow_platform() -> None:
    """And on a round that is about to close."""
    slow = Paper(VirtualClock(PAPER_BEGIN), capabilities=Capabilities(rooms_per_minute=0.5))
    house = House(paper=slow)
    try:
        await house.open()
        for user in FOUR:
            await house.person(user)
        async with house.turn() as turn:
            await turn.session.exec(delete(Occurrence))  # type: ignore[call-overload] - it knows no DELETE
            row = await turn.get(Round, 1)
            row.state, row.closes_at = "open", turn.now + timedelta(days=2)
            row.opens_at, row.starts_on = turn.now - timedelta(hours=1), date(2026, 9, 10)
        assert "The rehearsal is on the desk" in await house.command(BOSS, "rehearse")
    finally:
        await house.database.close()
    texts = [words(post) for post in slow.posts(kind="rehearsal")]
    assert texts[0].startswith("**Rehearsal of Autumn 2026**")
    assert "The platform needs about 4 minutes to open them" in texts[0]
    assert any(text.startswith("**What would be sent, and when**") for text in texts)
    assert any(text.startswith("**The 2 partnerships**") for text in texts)
    assert sum("**Example: topic**" in text for text in texts) == 1
    assert max(len(text.splitlines()) for text in texts) < 60
