"""`report` as coordinators see it: the numbers, a picture a message with its words, and the whole as files."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from bot.language.acts import Post, act_from_json
from bot.language.messages import Document, Picture, Text
from bot.program.reporting import FRESH, LONGEST
from storage.files import StoredFile
from storage.traffic import OutboxAct
from tests.program.desk import BOSS, Desk, opened

FIVE = ("alex", "bea", "cem", "dora", "emil", "gita")


async def applied(desk: Desk) -> None:
    for user in FIVE:
        await desk.applied(user)


async def posts(desk: Desk) -> list[Post]:
    acts = [act_from_json(row.payload) for row in await desk.rows(OutboxAct)]
    return [act for act in acts if isinstance(act, Post)]


async def pictures(desk: Desk, before: int = 0) -> list[Picture]:
    elements = [element for post in await posts(desk) for element in post.message.elements]
    return [element for element in elements if isinstance(element, Picture)][before:]


async def test_pictures_follow_the_numbers_each_with_its_words() -> None:
    async with opened() as desk:
        await applied(desk)
        told = await desk.command(BOSS, "report")
        assert "Applications: 6" in told and "1 picture follows, each with its message" in told
        assert "How far people came" in told and "Each stage is a part of the one before" in told
        shown = await pictures(desk)
        assert [picture.name for picture in shown] == ["funnel.png"]
        assert shown[0].alt.startswith("6 people applied; nobody has a partner yet. Applied: 6")
        assert "What the data suggests" in told and "too little data to compare anything" in told
        assert "Not shown" in told and "Time to first contact: No partners have been introduced yet." in told
        kept = {row.key: row for row in await desk.rows(StoredFile)}
        assert all(kept[picture.file].content.startswith(b"\x89PNG") for picture in shown)
        assert all(kept[picture.file].person_id is None for picture in shown)
        bearing = [post for post in await posts(desk) if any(not isinstance(e, Text) for e in post.message.elements)]
        assert {post.address for post in bearing if "report" in post.key} == {desk.direct(BOSS)}, (
            "nobody else sees them"
        )
        papers = [each for each in bearing[-1].message.elements if isinstance(each, Document)]
        assert [paper.name for paper in papers] == ["report.html", "report.pdf"]
        assert kept[papers[1].file].content.startswith(b"%PDF")


async def test_whoever_asks_again_gets_what_was_drawn_until_it_is_old() -> None:
    async with opened() as desk:
        await applied(desk)
        await desk.command(BOSS, "report")
        first = await pictures(desk)
        await desk.applied("hugo")
        told = await desk.command(BOSS, "report")
        assert await pictures(desk, len(first)) == first and "Applications: 7" in told, (
            "the numbers are always those of now"
        )
        await desk.until(desk.clock.now() + FRESH + timedelta(seconds=1))
        await desk.command(BOSS, "report")
        assert (await pictures(desk, 2 * len(first)))[0].alt.startswith("7 people applied")


async def test_a_round_of_which_nothing_can_be_drawn_yet() -> None:
    async with opened() as desk:
        told = await desk.command(BOSS, "report")
        assert (
            "There is nothing to make pictures of yet." in told
            and "How far people came: Nobody has applied yet." in told
        )
        assert await pictures(desk) == [] and not any(
            isinstance(e, Document) for post in await posts(desk) for e in post.message.elements
        )


async def test_another_round_and_those_before_it() -> None:
    async with opened("starts:2027-02-01 weeks:4") as desk:
        await applied(desk)
        await desk.until(datetime(2027, 3, 10, tzinfo=UTC))
        await desk.command(BOSS, "round open starts:2027-05-01 weeks:4 cap:0")
        name = (await desk.round()).name
        told = await desk.command(BOSS, f'report round:"{name}"')
        assert f"{name} in numbers" in told and "Beside earlier rounds" in told
        told = await desk.command(BOSS, "report round:Summer")
        assert "no round" in told.lower() and "in numbers" not in told


async def test_without_the_libraries_there_are_the_numbers_and_a_word_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as desk:
        await applied(desk)
        monkeypatch.setitem(sys.modules, "matplotlib", None)  # as if it were not installed
        told = await desk.command(BOSS, "report")
        assert "Applications: 6" in told and "pip install 'counterpart[report]'" in told
        assert await pictures(desk) == [] and await desk.rows(StoredFile) == []


async def test_what_goes_wrong_while_drawing_is_told_and_the_numbers_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as desk:
        await applied(desk)
        monkeypatch.delitem(sys.modules, "bot.roundreport.making", raising=False)
        monkeypatch.setitem(sys.modules, "bot.roundreport.paper", None)  # as if it were broken
        with capture_logs() as logged:
            told = await desk.command(BOSS, "report")
        assert "Applications: 6" in told and "The pictures could not be drawn" in told
        assert [each["event"] for each in logged if each["log_level"] == "error"] == ["report_failed"]
        monkeypatch.delitem(sys.modules, "bot.roundreport.paper")
        assert "1 picture follows" in await desk.command(BOSS, "report"), "it is tried anew"


async def test_nobody_but_coordinators_gets_it() -> None:
    async with opened() as desk:
        await applied(desk)
        told = await desk.command("alex", "report")
        assert "in numbers" not in told and await pictures(desk) == [] and await desk.rows(StoredFile) == []


async def test_the_files_are_dropped_after_some_days() -> None:
    async with opened() as desk:
        await applied(desk)
        await desk.command(BOSS, "report")
        kept = [row.drop_after for row in await desk.rows(StoredFile)]
        assert kept and all(at is not None and at - desk.clock.now() <= timedelta(days=7) for at in kept)


async def test_long_findings_come_in_several_messages() -> None:
    async with opened() as desk:
        await applied(desk)
        await desk.command(BOSS, "report")
        async with desk.turn() as turn:
            index = (await turn.session.exec(select(StoredFile).where(StoredFile.key == "report:1"))).one()
            kept = json.loads(index.content)
            kept["findings"] = [{"text": f"Finding {number} {'words ' * 80}"} for number in range(12)]
            index.content = json.dumps(kept).encode()
        before = len(await posts(desk))
        await desk.command(BOSS, "report")
        told = [
            "".join(e.markdown for e in post.message.elements if isinstance(e, Text))
            for post in (await posts(desk))[before:]
        ]
        about = [text for text in told if "Finding " in text]
        assert len(about) > 2 and all(len(text) <= LONGEST for text in about)
        assert [number for number in range(12) if f"Finding {number} " in "".join(about)] == list(range(12))
