"""`counterpart copy`: the same rows on another database, and the round goes on there."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlmodel import col, select

from bot.addresses import NoSuchDatabase, address, full, shown
from bot.copying import BATCH, CannotCopy, Copied, copy, in_use
from storage.database import Database
from storage.migrate import migrate
from storage.people import Person
from storage.traffic import OutboxAct
from tests.moving.conftest import New
from tests.moving.played import DAYS, first_part, go_on, new_paper, undisturbed


async def run(url: URL, *statements: str) -> list[Any]:
    """Run statements on a database that is brought up to date first. Returns the rows of the last."""
    database = Database(full(url))
    try:
        await migrate(database)
        async with database.connection() as connection:
            results = [await connection.execute(text(statement)) for statement in statements]
            return list(results[-1].all()) if results and results[-1].returns_rows else []
    finally:
        await database.close()


async def test_a_round_goes_on_on_postgresql_and_back_in_a_file(new_file: New, new_postgresql: New) -> None:
    expected = await undisturbed(new_file())
    paper = new_paper()
    here, there, back = new_file(), new_postgresql(), new_file()
    await first_part(here, paper)
    up = await copy(here, there)
    assert up.rows["outbox_act"] >= 8 and up.rows["partnership"] == 2
    await go_on(there, paper, DAYS[1])
    down = await copy(there, back)
    assert down.rows["outbox_act"] > up.rows["outbox_act"]
    await go_on(back, paper, DAYS[2])
    keys = Counter(act.key for _, act in paper.done)
    assert {key: times for key, times in keys.items() if times > 1} == {}
    assert keys["story:1:1:published"] == 1, "a story that was asked about here, agreed to there, and public after both"
    assert [(at, act.key) for at, act in paper.done] == [(at, act.key) for at, act in expected.done]


async def test_what_comes_back_is_what_went(new_file: New, new_postgresql: New) -> None:
    here, there, back = new_file(), new_postgresql(), new_file()
    await first_part(here, new_paper())
    up = await copy(here, there)
    assert await copy(there, back) == up
    assert len(set(up.sums.values())) > 5, "the sums are of the rows"


async def test_any_change_in_any_column_changes_the_sum(new_file: New) -> None:
    """Of every table that holds a row: the comparison is not blind."""
    here = new_file()
    await first_part(here, new_paper())
    before = await copy(here, new_file())
    changed = {
        "outbox_act": "UPDATE outbox_act SET reason = 'x' WHERE id = 1",
        "person": "UPDATE person SET created_at = datetime(created_at, '+1 second') WHERE id = 2",
        "partnership": "UPDATE partnership SET score = '{}' WHERE id = 1",
        "absence": "UPDATE absence SET last = '2026-10-09'",
        "member": "UPDATE member SET first_wrote_at = NULL WHERE first_wrote_at IS NOT NULL",
    }
    await run(here, *changed.values())
    after = await copy(here, new_file())
    assert {name for name in before.sums if before.sums[name] != after.sums[name]} == set(changed)


async def test_new_rows_get_new_numbers(new_file: New, new_postgresql: New) -> None:
    here, there = new_file(), new_postgresql()
    at = datetime(2026, 9, 1, tzinfo=UTC)
    source = Database(full(here))
    await migrate(source)
    async with source.transaction() as session:
        session.add(Person(id=7, name='Zoë\u2028 \\ "x" 🌍', created_at=at))
    await source.close()
    await copy(here, there)
    target = Database(full(there))
    async with target.transaction() as session:
        session.add(Person(name="new", created_at=at))
    async with target.transaction() as session:
        people = list(await session.exec(select(Person).order_by(col(Person.id))))
    await target.close()
    assert [(person.id, person.name) for person in people] == [(7, 'Zoë\u2028 \\ "x" 🌍'), (8, "new")]


async def test_tables_of_libraries_come_along(new_file: New, new_postgresql: New) -> None:
    """Installations are kept by a platform's own library, in tables that no migration knows."""
    here, there, back = new_file(), new_postgresql(), new_file()
    await run(
        here,
        "CREATE TABLE slack_bots (id INTEGER PRIMARY KEY, team VARCHAR(32), is_enterprise BOOLEAN DEFAULT 0 NOT NULL,"
        " token_expires_at DATETIME)",
        "INSERT INTO slack_bots VALUES (4, 'T1', 1, '2026-09-01 10:00:00.000000'), (5, 'T2', 0, NULL)",
    )
    up = await copy(here, there)
    assert up.rows["slack_bots"] == 2
    await run(there, "INSERT INTO slack_bots (team, is_enterprise) VALUES ('T3', true)")
    assert (await copy(there, back)).rows["slack_bots"] == 3
    assert await run(back, "SELECT id, team FROM slack_bots ORDER BY id") == [(4, "T1"), (5, "T2"), (6, "T3")]


async def test_more_rows_than_a_batch(new_file: New) -> None:
    here = new_file()
    values = ", ".join(f"('n{n}', '', '2026-09-01 00:00:00.000000')" for n in range(BATCH * 2 + 1))
    await run(here, f"INSERT INTO person (name, zone, created_at) VALUES {values}")
    assert (await copy(here, new_file())).rows["person"] == BATCH * 2 + 1


async def test_files_come_along_a_few_at_a_time(new_file: New, new_postgresql: New) -> None:
    here, there, back = new_file(), new_postgresql(), new_file()
    await first_part(here, new_paper())
    names = "program_id, key, name, media_type, content, made_at"
    values = ", ".join(
        f"(1, 'k{n}', 'n', 'image/png', x'8950ff{n:02x}', '2026-09-01 00:00:00.000000')" for n in range(9)
    )
    await run(here, f"INSERT INTO stored_file ({names}) VALUES {values}")
    up, down = await copy(here, there), await copy(there, back)
    assert up.rows["stored_file"] == 9 and up.sums == down.sums
    found = await run(back, "SELECT content FROM stored_file ORDER BY id")
    assert [bytes(row[0]) for row in found] == [bytes((0x89, 0x50, 0xFF, n)) for n in range(9)]


async def test_a_target_that_is_not_empty_is_left_alone(new_file: New, new_postgresql: New) -> None:
    here, there = new_file(), new_postgresql()
    await first_part(here, new_paper())
    await copy(here, there)
    with pytest.raises(CannotCopy, match=r"is not empty: there are rows in .*person.*nothing is ever overwritten"):
        await copy(here, there)
    with pytest.raises(CannotCopy, match="is not empty"):
        await copy(here, here)


async def test_a_copy_that_fails_leaves_an_empty_target_and_may_be_tried_again(
    new_file: New, new_postgresql: New
) -> None:
    here, there = new_file(), new_postgresql()
    await first_part(here, new_paper())
    await run(here, "UPDATE person SET name = 'a' || char(0) || 'b' WHERE id = 2")
    with pytest.raises(CannotCopy, match="Nothing was copied") as failed:
        await copy(here, there)
    assert "0x00" in str(failed.value)
    assert await run(there, "SELECT count(*) FROM community") == [(0,)]
    await run(here, "UPDATE person SET name = 'ab' WHERE id = 2")
    assert (await copy(here, there)).rows["person"] == 5


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "is in the form 0001, and this version needs"),
        ("DROP TABLE alembic_version", "is no database of Counterpart"),
    ],
)
async def test_a_source_in_another_form_is_refused(new_file: New, statement: str, sentence: str) -> None:
    here = new_file()
    await run(here, statement)
    with pytest.raises(CannotCopy, match=sentence):
        await copy(here, new_file())


async def test_what_cannot_be_reached_is_named_without_its_password(new_file: New, tmp_path: Any) -> None:
    nowhere = address("postgresql://bo:geheim@127.0.0.1:9/x")
    here = new_file()
    with pytest.raises(CannotCopy, match="There is no database"):
        await copy(here, nowhere)
    await run(here)
    for pair in ((here, nowhere), (nowhere, here)):
        with pytest.raises(CannotCopy, match=r"bo:\*\*\*@") as failed:
            await copy(*pair)
        assert "geheim" not in str(failed.value)
    with pytest.raises(CannotCopy, match="There is no folder"):
        await copy(here, address(f"sqlite:{tmp_path}/no/such.db"))


async def test_whoever_is_connected_is_seen(new_file: New, new_postgresql: New) -> None:
    for url in (new_file(), new_postgresql()):
        await run(url)
        assert not await in_use(url)
        other = Database(full(url))
        async with other.transaction() as session:
            await session.exec(select(OutboxAct))
        assert await in_use(url)
        # Copying does not need to be alone, and does not disturb.
        assert isinstance(await copy(url, new_file()), Copied)
        await other.close()
        assert not await in_use(url)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:counterpart.db", "sqlite+aiosqlite:///counterpart.db"),
        ("sqlite:///counterpart.db", "sqlite+aiosqlite:///counterpart.db"),
        ("sqlite:////srv/x.db", "sqlite+aiosqlite:////srv/x.db"),
        ("sqlite:/srv/x.db", "sqlite+aiosqlite:////srv/x.db"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("postgres://bo:pw@db/x", "postgresql+psycopg://bo:***@db/x"),
        ("postgresql+psycopg://db/x", "postgresql+psycopg://db/x"),
    ],
)
def test_short_addresses_are_understood(written: str, meant: str) -> None:
    assert shown(address(written)) == meant


@pytest.mark.parametrize("written", ["", "x.db", "sqlite:", "sqlite:///", "mysql://bo:geheim@db/x", "postgresql://"])
def test_what_is_no_address_is_named(written: str) -> None:
    with pytest.raises(NoSuchDatabase, match="is no address of a database") as refused:
        address(written)
    assert "geheim" not in str(refused.value)
