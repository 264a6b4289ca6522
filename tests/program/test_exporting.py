"""`export` as a coordinator gets it: one file, in private, with nobody in it."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from adapters.local.crowd import Command
from bot.exporting import make_export
from bot.language.acts import Post, act_from_json
from bot.language.messages import Document
from bot.program.exporting import KEPT, MEDIA_TYPE
from storage.files import StoredFile
from storage.traffic import OutboxAct
from tests.planted import Plan, histories
from tests.program.desk import BOSS, Desk, opened
from tests.program.proposal import proposed
from topics.kit import find_kit, load_kit

SIX = ("alex", "bea", "cem", "dora", "emil", "fatou")


async def documents(desk: Desk) -> list[tuple[Post, Document]]:
    acts = [act_from_json(row.payload) for row in await desk.rows(OutboxAct)]
    return [
        (act, element)
        for act in acts
        if isinstance(act, Post)
        for element in act.message.elements
        if isinstance(element, Document)
    ]


async def begun(desk: Desk, *users: str) -> None:
    await proposed(desk, *users)
    await desk.command(BOSS, "match approve")
    await desk.until((await desk.round()).opens_at + timedelta(days=60))
    assert (await desk.round()).state in ("running", "ended")


async def test_one_file_comes_in_private_and_nobody_is_in_it() -> None:
    async with opened() as desk:
        await begun(desk, *SIX)
        told = await desk.command(BOSS, "export")
        assert "What the rounds say" in told
        ((post, document),) = await documents(desk)
        assert post.address == desk.direct(BOSS)
        (kept,) = [row for row in await desk.rows(StoredFile) if row.key == document.file]
        assert (kept.person_id, kept.media_type, kept.drop_after) == (None, MEDIA_TYPE, kept.made_at + KEPT)
        with ZipFile(BytesIO(kept.content)) as archive:
            files = {name: archive.read(name).decode() for name in archive.namelist()}
        text = "".join(files.values())
        assert "dataset.csv" in files and "findings.txt" in files and "kit.diff" not in files
        assert len(list(csv.reader(StringIO(files["dataset.csv"])))) == 1 + len(SIX)
        assert not [user for user in SIX if user in text.casefold()] and "example.org" not in text


async def test_what_is_asked_for_in_a_channel_comes_in_private_all_the_same() -> None:
    async with opened() as desk:
        await begun(desk, *SIX)
        await desk.adapter.act(Command(BOSS, desk.desk, "export", desk.clock.now()))
        await desk.settle()
        assert {post.address for post, _ in await documents(desk)} == {desk.direct(BOSS)}


@pytest.mark.parametrize("user", ["alex", "hugo"])
async def test_nobody_but_coordinators_gets_it(user: str) -> None:
    async with opened() as desk:
        await begun(desk, *SIX)
        assert "Only coordinators" in await desk.command(user, "export")
        assert await documents(desk) == []


async def test_before_a_round_has_begun_there_is_nothing() -> None:
    async with opened() as desk:
        assert "No round has begun yet" in await desk.command(BOSS, "export")
        assert await desk.rows(StoredFile) == []


def test_the_same_rounds_make_files_of_the_same_names_and_no_time() -> None:
    kit = load_kit(find_kit("librarians"))
    with ZipFile(BytesIO(make_export(histories(kit, 1, Plan(people=60, rounds=1)), kit))) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        assert archive.namelist() == sorted(archive.namelist())
