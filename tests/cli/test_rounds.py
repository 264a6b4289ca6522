"""`counterpart import` and `counterpart report` on a real database file."""

import asyncio
import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.partnerships import Case, Member, Partnership, SurveyAnswer
from storage.people import Community, Program
from storage.traffic import OutboxAct
from tests.cli.stage import OPENS, add, counterpart, member, town
from tests.form_samples import HEAD, file_of, line_of


@pytest.fixture
def build() -> Callable[..., None]:
    """Makes the database that the commands find, with some more rows."""

    async def made(*more: Any, **changes: Any) -> None:
        database = await town(**changes)
        await member(database, "ana@example.org")
        for row in more:
            await add(database, row)
        await database.close()

    return lambda *more, **changes: asyncio.run(made(*more, **changes))


@pytest.fixture
def applicants(folder: Path) -> Path:
    path = folder / "form.csv"
    path.write_bytes(
        file_of(
            line_of(Email="ana@example.org", Name="=cmd|'/c'!A1"),
            line_of(Email="bo@example.org", Country="Atlantis"),
            line_of(Email="late@example.org", Timestamp="2026-08-02 00:00:00"),
        )
    )
    return path


def test_an_import_tells_each_rows_fate_and_the_second_changes_nothing(
    build: Callable[..., None], applicants: Path
) -> None:
    build()
    first = counterpart("import", applicants)
    assert first.exit_code == 0, first.output
    assert "line 2: ana@example.org accepted\n" in first.stdout
    assert "line 4: late@example.org late (applications closed on Saturday 1 August 2026)\n" in first.stdout
    assert re.search(r"line 3: .*Atlantis.* \(taken all the same\)", first.stderr)
    assert "Autumn 2026: 3 taken in now" in first.stdout
    assert "2 of these people have not been seen in the community yet" in first.stderr
    second = counterpart("import", applicants)
    assert "line 2: ana@example.org accepted, as imported before\n" in second.stdout
    assert "Autumn 2026: 0 taken in now" in second.stdout


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"", "The file is empty"), (HEAD.replace("Name,", "").encode(), 'missing: "Name"')]
)
def test_a_file_that_cannot_be_imported_is_refused(
    build: Callable[..., None], folder: Path, data: bytes, sentence: str
) -> None:
    build()
    (folder / "form.csv").write_bytes(data)
    result = counterpart("import", "form.csv")
    assert (result.exit_code, sentence in result.stderr) == (1, True)


def test_a_closed_round_calls_for_pairing_again(build: Callable[..., None], applicants: Path) -> None:
    build(state="closed")
    assert "/mentoring match rerun" in counterpart("import", applicants).stderr


def test_without_a_database_or_program_both_say_what_to_do(applicants: Path) -> None:
    for words in (["import", applicants], ["report"]):
        assert counterpart(*words).stderr == "There is no database yet. Run `counterpart migrate` first.\n"
        assert not Path("counterpart.db").exists()
    assert counterpart("migrate").exit_code == 0
    for words in (["import", applicants], ["report"]):
        assert counterpart(*words).stderr.startswith("The database holds no program yet.")
    Path("counterpart.db").unlink()
    asyncio.run(_without_migrations())
    assert "not in this version's form" in counterpart("report").stderr


async def _without_migrations() -> None:
    database = Database("sqlite+aiosqlite:///counterpart.db")
    await database.create_tables()
    await database.close()


def test_with_several_programs_one_must_be_named(build: Callable[..., None], applicants: Path) -> None:
    build(
        Community(platform="paper", external_id="village", name="The Village"),
        Program(community_id=2, kit="teachers", name="Teachers"),
    )
    told = counterpart("import", applicants).stderr
    assert "1 is “Librarians” on paper (town); 2 is “Teachers” on paper (The Village)" in told
    assert counterpart("import", applicants, "--program", "1").exit_code == 0
    assert (
        "the kit “teachers”: name that one in COUNTERPART_KIT"
        in counterpart("import", applicants, "--program", "2").stderr
    )
    assert "no round yet" in counterpart("report", "--program", "2").stderr


def test_the_report_counts_and_writes_tables(build: Callable[..., None], applicants: Path) -> None:
    pair = {"program_id": 1, "round_id": 1, "made_at": OPENS}
    lane = {"platform": "paper", "community": "town", "lane": "x", "due_at": OPENS, "state": "sent"}
    build(
        Partnership(**pair, number=1, state="live", score={"country_different": True, "type_wishes": 2}),
        Partnership(**pair, number=2, state="ended", end_reason="round_over", live_at=OPENS),
        Member(program_id=1, partnership_id=1, person_id=1, account_id=1),
        Case(program_id=1, round_id=1, kind="silence", opened_at=OPENS),
        SurveyAnswer(program_id=1, round_id=1, person_id=1, survey="middle", state="done", sent_at=OPENS),
        OutboxAct(key="a", kind="topic", sent_at=OPENS, **lane),
        OutboxAct(key="b", kind="topic", sent_at=datetime(2025, 1, 1, tzinfo=UTC), **lane),
    )
    counterpart("import", applicants)
    result = counterpart("report", "--out", "tables")
    assert result.exit_code == 0, result.output
    shown = re.sub(r"[^\w\n:,]+", " ", result.stdout)
    for part in ("applications: 2", "accepted 2", "partnerships: 2", "live 2", "messages sent: 1", "topic 1", "open 1"):
        assert part in shown, shown
    assert "middle, done 1" in shown
    with Path("tables/participants.csv").open(encoding="utf-8") as file:
        people = {row["email"]: row for row in csv.DictReader(file)}
    assert people["ana@example.org"]["name"].startswith("'=cmd")
    assert (people["late@example.org"]["status"], people["bo@example.org"]["country"]) == ("late", "unknown")
    with Path("tables/partnerships.csv").open(encoding="utf-8") as file:
        pairs = list(csv.DictReader(file))
    assert [row["emails"] for row in pairs] == ["ana@example.org", ""]
    assert (pairs[0]["country_different"], pairs[0]["type_wishes"]) == ("yes", "2")


def test_tables_are_not_written_over_a_file(build: Callable[..., None], applicants: Path) -> None:
    build()
    result = counterpart("report", "--out", applicants)
    assert (result.exit_code, "is a file. Name a folder" in result.stderr) == (1, True)
