"""`counterpart export` and `counterpart kit suggest` on a real database file, with a round that is over."""

import asyncio
import csv
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.program.completion import ROUND_OVER
from storage.partnerships import Member, Partnership, SurveyAnswer
from storage.people import Account, Person
from storage.rounds import Application
from tests.cli.stage import OPENS, counterpart, town
from tests.kits import copy_of
from topics.kit import load_kit

BEGUN, OVER = datetime(2026, 9, 1, 9, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC)
PLACES = (("PE", "America/Lima"), ("FR", "Europe/Paris"))


def a_round(pairs: int, **changes: Any) -> None:
    """A round in which pairs of one mind are more satisfied by a point and a half; its rows are as the program's."""

    async def made() -> None:
        database = await town(**({"state": "ended"} | changes))
        async with database.transaction() as session:
            await _people(session, 2 * pairs)
            for pair in range(pairs):
                session.add(
                    Partnership(
                        program_id=1,
                        round_id=1,
                        number=pair + 1,
                        state="ended",
                        end_reason=ROUND_OVER,
                        made_at=BEGUN,
                        announced_at=BEGUN,
                        live_at=BEGUN,
                        ended_at=OVER,
                    )
                )
            await session.flush()
            for key in range(1, 2 * pairs + 1):
                pair, place = divmod(key - 1, 2)
                _somebody(session, key, pair, place, alike=pair % 2 == 0)
        await database.close()

    asyncio.run(made())


async def _people(session: Any, count: int) -> None:
    for key in range(1, count + 1):
        session.add(Person(id=key, email=f"p{key}@example.org", name=f"Somebody {key}", created_at=OPENS))
    await session.flush()
    for key in range(1, count + 1):
        session.add(Account(id=key, community_id=1, person_id=key, external_id=f"u{key}"))
    await session.flush()


def _somebody(session: Any, key: int, pair: int, place: int, alike: bool) -> None:
    country, zone = PLACES[place]
    answers = {
        "country": country,
        "zone": zone,
        "library_type": ("academic", "public", "school")[pair % 3],
        "partner_type": "any",
        "interests": ["metadata"] if alike or place else ["advocacy"],
        "similar": "yes",
        "about": "=secret words of somebody",
    }
    liked = (4 if alike else 2) + (pair * (place + 3) // 2) % 3 // 2
    given = {"partner": str(liked), "program": "4", "impact": "=what they wrote", "topics": ["places-and-people"]}
    session.add(
        Application(
            program_id=1,
            round_id=1,
            person_id=key,
            status="accepted",
            answers=answers,
            submitted_at=OPENS,
            accepted_at=OPENS,
        )
    )
    session.add(
        Member(
            program_id=1,
            partnership_id=pair + 1,
            person_id=key,
            account_id=key,
            first_wrote_at=BEGUN,
            messages=17 + key % 5,
            behaviour={"weekly": [17 + key % 5] + [0] * 17, "reply_hours": [], "helped": 0},
        )
    )
    session.add(
        SurveyAnswer(
            program_id=1,
            round_id=1,
            person_id=key,
            survey="closing",
            state="done",
            answers=given,
            sent_at=OVER,
            answered_at=OVER,
        )
    )


def test_everything_is_exported_and_nobody_is_in_it(folder: Path) -> None:
    a_round(80)
    result = counterpart("export", "--out", "out")
    assert result.exit_code == 0, result.output
    written = {path.name: path.read_text(encoding="utf-8") for path in (folder / "out").iterdir()}
    assert sorted(written) == [
        "dataset.csv",
        "dataset.json",
        "dictionary.csv",
        "dictionary.md",
        "figures.csv",
        "figures.json",
        "findings.csv",
        "findings.txt",
        "kit.diff",
        "topics.csv",
    ]
    assert f"Written to out: {', '.join(sorted(written))}" in result.stdout
    rows = list(csv.DictReader(written["dataset.csv"].splitlines()))
    assert len(rows) == 160
    assert {(row["place"], row["stage"]) for row in rows} == {("Peru", "completed"), ("France", "completed")}
    figures = json.loads(written["figures.json"])["figures"]
    assert {f["name"]: f["number"] for f in figures if f["table"] == "funnel"}["completed"] == 160
    text = "".join(written.values())
    assert "example.org" not in text
    assert "Somebody" not in text
    assert "secret words" not in text
    assert "what they wrote" not in text
    found = written["findings.txt"].splitlines()
    assert found[0].startswith(
        "Pairs with a quarter or more of their interests in common were 2.0 points more satisfied"
    )
    assert "Give more weight to the wish about interests" in written["findings.txt"]


def test_a_suggestion_is_written_as_a_diff_that_can_be_applied(folder: Path) -> None:
    a_round(80)
    kit = copy_of("librarians", folder)
    result = counterpart("kit", "suggest", "--kit", kit, "--out", "new/kit.diff")
    assert result.exit_code == 0, result.output
    assert "Give more weight to the wish about interests when pairs are made. Because: " in result.stdout
    assert result.stdout.endswith("Written to new/kit.diff\n")
    (kit / "README.md").write_bytes(b"\xff is no UTF-8, and nothing reads it")
    # The kit as it mostly is: a folder within somebody's repository.
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run(["git", "apply", str(folder / "new" / "kit.diff")], cwd=kit, check=True)
    assert [wish.name for wish in load_kit(kit).wishes] == ["country", "interests", "partner_type", "waking_hours"]
    again = counterpart("kit", "suggest", "--kit", kit, "--out", "again.diff")
    assert (again.exit_code, again.stdout.startswith("There is nothing to suggest")) == (0, True)
    assert not (folder / "again.diff").exists()


def test_too_little_data_is_said(folder: Path) -> None:
    a_round(2)
    (folder / "out").mkdir()
    for name in ("dataset.csv", "kit.diff", "notes.txt"):
        (folder / "out" / name).write_text("of an earlier export", encoding="utf-8")
    result = counterpart("export", "--out", "out")
    assert result.exit_code == 0, result.output
    assert not (folder / "out" / "kit.diff").exists()
    assert (folder / "out" / "notes.txt").exists()
    assert "There is no data set: it needs a round that five people at least applied for." in result.stderr
    assert not (folder / "out" / "dataset.csv").exists()
    assert "There is too little data to compare anything" in (folder / "out" / "findings.txt").read_text(
        encoding="utf-8"
    )
    assert "nothing to suggest" in counterpart("kit", "suggest", "--out", "kit.diff").stdout


def test_a_kit_that_has_to_be_changed_by_hand_is_said(folder: Path) -> None:
    a_round(80)
    kit = copy_of("librarians", folder)
    path = kit / "program.toml"
    text = path.read_text(encoding="utf-8")
    head, tail = text[: text.index("[[wishes]]")], text[text.index("[[wishes]]") :]
    inline = "wishes = [" + ", ".join(_inline(part) for part in tail.split("[[wishes]]")[1:]) + "]\n\n"
    path.write_text(inline + head, encoding="utf-8")
    assert load_kit(kit).wishes
    result = counterpart("kit", "suggest", "--kit", kit, "--out", "kit.diff")
    assert result.exit_code == 1
    assert "the order of the [[wishes]] has to be changed by hand" in result.stderr


def _inline(part: str) -> str:
    return "{" + ", ".join(line for line in part.splitlines() if "=" in line) + "}"


def test_before_a_round_has_begun_there_is_nothing_to_say() -> None:
    a_round(10, state="open")
    for words in (("export", "--out", "out"), ("kit", "suggest", "--out", "kit.diff")):
        result = counterpart(*words)
        assert (result.exit_code, "No round of the program has begun yet" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("export", "--out", "file"), "file is a file. Name a folder to write to."),
        (("kit", "suggest", "--out", "folder"), "--out folder is a folder. Name the file to write."),
        (("kit", "suggest", "--out", "x.diff", "--kit", "nowhere"), "there is no kit of this name"),
        (("export", "--out", "out", "--program", "7"), "Say which program with --program NUMBER: 1 is “Librarians”"),
    ],
)
def test_what_cannot_be_done_is_said(folder: Path, words: tuple[str, ...], sentence: str) -> None:
    a_round(2)
    (folder / "file").touch()
    (folder / "folder").mkdir()
    result = counterpart(*words)
    assert (result.exit_code, sentence in result.stderr) == (1, True), result.output


def test_without_the_library_numbers_and_rows_are_exported_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_round(10)
    monkeypatch.setitem(sys.modules, "statsmodels", None)  # as if it were not installed
    result = counterpart("export", "--out", "out")
    assert result.exit_code == 0, result.output
    assert "Findings are left out: the library that computes them is not installed" in result.stderr
    assert (folder / "out" / "dataset.csv").exists()
    assert not (folder / "out" / "findings.csv").exists()
    refused = counterpart("kit", "suggest", "--out", "kit.diff")
    assert (refused.exit_code, "pip install 'counterpart[report]'" in refused.stderr) == (1, True)
