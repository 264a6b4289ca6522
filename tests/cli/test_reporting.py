"""`counterpart report --out`: which round it is about, what is written, and what is said where that cannot be."""

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import SQLModel

from storage.database import Database
from storage.partnerships import Member, Partnership, SurveyAnswer
from storage.people import Program
from storage.rounds import Application, Round
from tests.cli.stage import URL, counterpart, member, town

TOLD = datetime(2025, 9, 1, 10, tzinfo=UTC)
PAIRS = 6


def rows_of(round_id: int) -> list[SQLModel]:
    """A round of six pairs who all wrote and answered; the first one is over."""
    here: dict[str, Any] = {"program_id": 1, "round_id": round_id}
    wrote = TOLD + timedelta(hours=30)
    rows: list[SQLModel] = []
    for person in range(1, 2 * PAIRS + 1):
        land = ("DE", "KE")[person % 2]
        place: dict[str, Any] = {"status": "accepted", "submitted_at": TOLD, "accepted_at": TOLD}
        rows.append(Application(**here, person_id=person, answers={"country": land, "zone": "UTC"}, **place))
        given = {"program": "4", "partner": str(3 + person % 3), "contact": "weekly", "recommend": "9"}
        rows.append(SurveyAnswer(**here, person_id=person, survey="closing", state="done", sent_at=TOLD, answers=given))
        key = (round_id - 1) * PAIRS + (person + 1) // 2
        rows.append(Member(program_id=1, partnership_id=key, person_id=person, account_id=person, first_wrote_at=wrote))
    ended: dict[str, Any] = {"state": "ended", "ended_at": TOLD + timedelta(days=90), "end_reason": "round_over"}
    state: dict[str, Any] = ended if round_id == 1 else {"state": "live"}
    for number in range(1, PAIRS + 1):
        times: dict[str, Any] = {"made_at": TOLD, "announced_at": TOLD, "live_at": wrote}
        rows.insert(0, Partnership(id=(round_id - 1) * PAIRS + number, **here, number=number, **times, **state))
    return rows


@pytest.fixture
def build() -> Callable[[], None]:
    """Makes a database with a round that is over and one that runs."""

    async def made() -> None:
        database = await town(state="ended")
        for number in range(2 * PAIRS):
            await member(database, f"somebody{number}@example.org")
        async with database.transaction() as session:
            session.add(
                Round(
                    program_id=1,
                    name="Spring 2027",
                    state="running",
                    opens_at=TOLD,
                    closes_at=TOLD + timedelta(days=9),
                    starts_on=date(2027, 3, 1),
                    ends_on=date(2027, 6, 28),
                )
            )
            await session.flush()
            for row in (*rows_of(1), *rows_of(2)):
                session.add(row)
                await session.flush()
        await database.close()

    return lambda: asyncio.run(made())


def test_the_report_of_the_newest_round_is_written_beside_earlier_ones(build: Callable[[], None]) -> None:
    build()
    Path("report/pictures").mkdir(parents=True)
    for name in ("cases.png", "mine.txt"):
        Path("report/pictures", name).write_text("of another report")
    result = counterpart("report", "--out", "report")
    assert result.exit_code == 0, result.output
    assert result.stderr == "", "the libraries keep quiet"
    assert "Written to report: report.html, report.pdf, pictures/, participants.csv, partnerships.csv" in result.stdout
    page = Path("report/report.html").read_text(encoding="utf-8")
    assert "<h1>Spring 2027</h1>" in page and "It is not over yet." in page and "Beside earlier rounds" in page
    assert "What the data suggests" in page and "too little data to compare anything" in page
    assert PdfReader("report/report.pdf").pages[0].extract_text().startswith("Spring 2027")
    names = {path.name for path in Path("report/pictures").iterdir()}
    assert {"funnel.png", "first.png", "satisfaction.png", "countries.png", "meetings.png", "rounds.png"} <= names
    assert "cases.png" not in names and "mine.txt" in names, "only pictures that are no longer true are taken away"
    assert "@example.org" not in page and "Somebody" not in page.replace("Somebody had", ""), "nobody is named"


def test_another_round_by_its_name(build: Callable[[], None]) -> None:
    build()
    result = counterpart("report", "--out", "report", "--round", " autumn  2026")
    assert result.exit_code == 0, result.output
    assert "Autumn 2026 (ended)" in result.stdout
    page = Path("report/report.html").read_text(encoding="utf-8")
    assert "<h1>Autumn 2026</h1>" in page and "Beside earlier rounds" not in page
    assert "Of 12 people who applied, 12 had a partner and 12 completed the round." in page


def test_a_round_that_nobody_knows_is_answered_by_those_there_are(build: Callable[[], None]) -> None:
    build()
    result = counterpart("report", "--round", "Summer")
    assert result.exit_code == 1
    assert result.stderr == "There is no round called “Summer”. There are: “Spring 2027”, “Autumn 2026”.\n"


def test_without_the_libraries_there_are_tables_and_a_word_about_it(
    build: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    monkeypatch.setitem(sys.modules, "fpdf", None)  # as if it were not installed
    result = counterpart("report", "--out", "report")
    assert result.exit_code == 0
    assert "pip install 'counterpart[report]'" in result.stderr
    assert "Written to report: participants.csv, partnerships.csv" in result.stdout
    assert sorted(path.name for path in Path("report").iterdir()) == ["participants.csv", "partnerships.csv"]


def test_a_kit_that_is_not_named_in_the_settings_gives_tables(build: Callable[[], None]) -> None:
    build()
    asyncio.run(_other_kit())
    result = counterpart("report", "--out", "report")
    assert result.exit_code == 0 and "name that one in COUNTERPART_KIT" in result.stderr
    assert not Path("report/report.html").exists()


async def _other_kit() -> None:
    database = Database(URL)
    async with database.transaction() as session:
        (await session.get_one(Program, 1)).kit = "elsewhere"
    await database.close()
