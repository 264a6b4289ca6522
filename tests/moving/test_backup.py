"""Backups are whole, whoever writes meanwhile; a round goes on from one, and nobody hears anything twice."""

import sqlite3
import stat
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from bot.addresses import file_of, full
from bot.app import kit_of
from bot.backup import CannotBackUp, PutBack, back_up, look_up_all, put_file_back
from bot.engine.clock import VirtualClock
from bot.language.acts import Act, Receipt
from storage.database import Database
from storage.migrate import migrate, newest
from storage.traffic import OutboxAct
from tests.moving.conftest import New
from tests.moving.played import first_part, go_on, house_at
from tests.program.house import BEGIN, Paper


@dataclass
class Remembering(Paper):
    """A platform on which can be looked up what was done, as long as one does not look too late."""

    receipts: dict[str, Receipt] = field(default_factory=dict[str, Receipt])
    looked_up: list[str] = field(default_factory=list[str])

    async def perform(self, act: Act) -> Receipt:
        receipt = self.receipts[act.key] = await super().perform(act)
        return receipt

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        self.looked_up.append(act.key)
        receipt = self.receipts.get(act.key)
        return receipt if receipt and since and receipt.at >= since else None


def path(url: URL) -> Path:
    file = file_of(url)
    assert file is not None
    return file


def hidden(folder: Path) -> list[Path]:
    return list(folder.glob(".*"))


async def put_back(url: URL, paper: Paper) -> PutBack:
    database = Database(full(url))
    try:
        return await look_up_all(database, paper.clock, kit_of("librarians"))
    finally:
        await database.close()


async def made(url: URL) -> Path:
    """A database of this version."""
    database = Database(full(url))
    await migrate(database)
    await database.close()
    return path(url)


def twice(paper: Paper) -> dict[str, int]:
    return {key: times for key, times in Counter(act.key for _, act in paper.done).items() if times > 1}


async def test_a_round_goes_on_from_a_backup_and_nobody_hears_anything_twice(new_file: New, tmp_path: Path) -> None:
    paper, here, kept = Remembering(VirtualClock(BEGIN)), new_file(), tmp_path / "kept.db"
    await first_part(here, paper)
    async with house_at(here, paper) as running:
        await running.engine.settle()
        back_up(path(here), kept)
    known = len(paper.done)
    await go_on(here, paper, 21)
    since = {act.key for _, act in paper.done[known:] if not act.key.startswith("event:")}
    assert {key.partition(":")[0] for key in since} >= {"topic", "case"}, "much happened after the backup"
    aside = put_file_back(kept, path(here), force=True)
    assert aside is not None and aside.is_file()
    found = await put_back(here, paper)
    assert found.known is not None and found.known <= BEGIN + timedelta(days=2)
    await go_on(here, paper, 45)
    # What the program decides anew, it says anew (a silent pair, to coordinators). Partners hear nothing twice.
    assert set(twice(paper)) <= {"case:1:1"}
    # The second topic is too late by now, and is left out.
    late = {key for key in since if key.startswith(("topic:3:", "flow:"))}
    assert len(late) > 4 and late <= set(paper.looked_up), "what was sent after the backup was looked up"
    later = [act.key for at, act in paper.done if at > BEGIN + timedelta(days=22)]
    assert any(key.startswith("topic:") for key in later), "the round goes on"


async def test_without_looking_up_they_would(new_file: New, tmp_path: Path) -> None:
    """The test above can fail."""
    paper, here, kept = Remembering(VirtualClock(BEGIN)), new_file(), tmp_path / "kept.db"
    await first_part(here, paper)
    back_up(path(here), kept)
    await go_on(here, paper, 21)
    put_file_back(kept, path(here), force=True)
    await go_on(here, paper, 22)
    assert any(key.startswith("topic:") for key in twice(paper))


async def test_what_was_not_sent_before_the_end_is_sent_after_the_restore(new_file: New, tmp_path: Path) -> None:
    paper, here, kept = Remembering(VirtualClock(BEGIN)), new_file(), tmp_path / "kept.db"
    async with house_at(here, paper) as house:
        await house.open()
        await house.partners("ana", "ben")
    back_up(path(here), kept)
    put_file_back(kept, path(here), force=True)
    found = await put_back(here, paper)
    assert found.acts > 0 and paper.done == []
    async with house_at(here, paper) as house:
        await house.until(BEGIN + timedelta(days=1))
        assert {act.state for act in await house.rows(OutboxAct)} == {"sent"}
    assert {act.key for _, act in paper.done} <= set(paper.looked_up) and twice(paper) == {}


async def test_a_backup_is_of_one_moment_though_others_write(new_file: New, tmp_path: Path) -> None:
    here = await made(new_file())
    with closing(sqlite3.connect(here, isolation_level=None)) as writer:
        insert = "INSERT INTO person (name, zone, created_at) VALUES (?, '', '2026-09-01 00:00:00.000000')"
        writer.executemany(insert, [("x" * 4000,)] * 1_500)
        shares: list[float] = []

        def write(share: float) -> None:
            shares.append(share)
            writer.execute(insert, ("late",))

        backup = back_up(here, tmp_path / "kept.db", tell=write)
        assert len(shares) > 2, "others wrote in the middle of it"
    with closing(sqlite3.connect(tmp_path / "kept.db")) as connection:
        counted = connection.execute("SELECT count(*), max(name = 'late') FROM person").fetchone()
        assert counted == (1_500, 0)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert backup.form == newest() and backup.size == (tmp_path / "kept.db").stat().st_size
    assert stat.S_IMODE((tmp_path / "kept.db").stat().st_mode) == 0o600
    assert hidden(tmp_path) == [], "nothing is left lying about"


async def test_nothing_is_replaced_without_force(new_file: New, tmp_path: Path) -> None:
    here, kept = await made(new_file()), tmp_path / "kept.db"
    kept.write_text("something else")
    with pytest.raises(CannotBackUp, match=r"is there already.*--force"):
        back_up(here, kept)
    assert kept.read_text() == "something else"
    back_up(here, kept, force=True)
    with pytest.raises(CannotBackUp, match=r"is there already\. Name another file"):
        back_up(here, here, force=True)
    with pytest.raises(CannotBackUp, match="With --force it is set aside"):
        put_file_back(kept, here)


async def test_what_cannot_be_backed_up_leaves_nothing(new_file: New, tmp_path: Path) -> None:
    broken, kept = tmp_path / "broken.db", tmp_path / "kept.db"
    broken.write_bytes(b"SQLite format 3\x00" + b"\x00" * 4096)
    for source, target, sentence in (
        (tmp_path / "none.db", kept, "There is no database"),
        (broken, kept, "cannot be backed up|no database of Counterpart"),
        (await made(new_file()), tmp_path / "no" / "kept.db", "cannot be written"),
        (path(new_file()).parent / "none", tmp_path, "no database"),
    ):
        with pytest.raises(CannotBackUp, match=sentence):
            back_up(source, target)
    assert not kept.exists() and hidden(tmp_path) == []


async def test_a_backup_that_is_damaged_or_newer_is_not_put_back(new_file: New, tmp_path: Path) -> None:
    here, kept = await made(new_file()), tmp_path / "kept.db"
    back_up(here, kept)
    for statement, sentence in (
        ("UPDATE alembic_version SET version_num = '9999'", "update Counterpart"),
        ("DELETE FROM alembic_version", "is damaged"),
        ("DROP TABLE alembic_version", "no database of Counterpart"),
    ):
        with closing(sqlite3.connect(kept, isolation_level=None)) as connection:
            connection.execute(statement)
        before = here.read_bytes()
        with pytest.raises(CannotBackUp, match=sentence):
            put_file_back(kept, here, force=True)
        assert here.read_bytes() == before


async def test_a_database_in_use_is_not_replaced(new_file: New, tmp_path: Path) -> None:
    url = new_file()
    here, kept = await made(url), tmp_path / "kept.db"
    back_up(here, kept)
    database = Database(full(url))
    async with database.connection():
        pass
    with pytest.raises(CannotBackUp, match="still running"):
        put_file_back(kept, here, force=True)
    await database.close()
    assert put_file_back(kept, here, force=True) is not None


async def test_an_empty_database_has_nothing_to_look_up(new_file: New) -> None:
    assert await put_back(new_file(), Remembering(VirtualClock(BEGIN))) == PutBack(None, 0)
