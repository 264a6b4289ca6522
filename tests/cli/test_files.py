"""Commands that read files: simulate, kit, and what match shares with them. Bad input gets a sentence, and nothing is
written."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.stage import counterpart
from tests.form_samples import HEAD, file_of, line_of
from topics.kit import find_kit

PEOPLE = [
    line_of(Name="Ana", Email="ana@example.org", Country="France", Time_zone="Europe/Paris", Former=""),
    line_of(Name="Bo", Email="bo@example.org", Country="Sweden", Time_zone="Europe/Stockholm", Former=""),
    line_of(Name="Caro", Email="caro@example.org", Country="Peru", Time_zone="America/Lima", Former="ana@example.org"),
    line_of(Name="Dina", Email="dina@example.org", Country="Japan", Time_zone="Asia/Tokyo", Former=""),
]
MISSING = HEAD.replace("Time zone,", "").encode()


@pytest.fixture
def applicants(folder: Path) -> Path:
    path = folder / "applicants.csv"
    path.write_bytes(file_of(*PEOPLE))
    return path


@pytest.mark.parametrize(("command", "code"), [("simulate", 1), ("match", 2)])
@pytest.mark.parametrize(
    ("data", "words", "sentence"),
    [
        (None, [], "There is no file applicants.csv"),
        (b"", [], "The file is empty"),
        (b"PK\x03\x04", [], "Excel workbook"),
        (HEAD.encode() + "\nZoë".encode("cp1252"), [], "not encoded in UTF-8"),
        (MISSING, [], 'One column is missing: "Time zone"'),
        (file_of(line_of(Email="nobody")), [], "no row|No row"),
        (file_of(*PEOPLE), ["--kit", "librarian"], r"there is no kit of this name.*did you mean `librarians`"),
        (file_of(*PEOPLE), ["--odd", "three"], "--odd three: write trio .* or waitlist"),
        (file_of(*PEOPLE), ["--starts", "1.9.2026"], "--starts 1.9.2026: this is no date. Write it as YYYY-MM-DD"),
        (file_of(*PEOPLE), ["--starts", "0001-01-01"], "the year must lie between 2000 and 2100"),
        (file_of(*PEOPLE), ["--seed", "-1"], "--seed -1: give a whole number"),
    ],
)
def test_bad_input_gets_a_sentence(
    folder: Path, command: str, code: int, data: bytes | None, words: list[str], sentence: str
) -> None:
    if data is not None:
        (folder / "applicants.csv").write_bytes(data)
    result = counterpart(command, "--applicants", "applicants.csv", "--out", "result", *words)
    assert result.exit_code == code, result.output
    assert re.search(sentence, result.stderr)
    assert "Traceback" not in result.output
    assert not (folder / "result").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--country-cap", "1.5"], "--country-cap 1.5: a share lies between 0 and 1"),
        (["--country-cap", "nan"], "--country-cap nan: a share lies between 0 and 1"),
        (["--capacity", "-3"], "--capacity -3: give a whole number"),
        (["--weeks", "0"], "--weeks 0: give a whole number from 1 to 104"),
        (["--starts", "2025-09-01"], "All applications of the file are late .* Give a later --starts"),
        (["--out", "applicants.csv"], "applicants.csv is a file. Name a folder to write to"),
    ],
)
def test_a_rehearsal_that_cannot_be_is_refused(applicants: Path, words: list[str], sentence: str) -> None:
    result = counterpart("simulate", "--applicants", applicants, "--out", "result", *words)
    assert (result.exit_code, bool(re.search(sentence, result.stderr))) == (1, True), result.output
    assert not Path("result").exists()


@pytest.mark.parametrize(
    "words", ["simulate", "simulate --applicants x --out y --seed many", "match --out y", "frob", "kit check", "--x"]
)
def test_wrong_usage_is_told_apart(words: str) -> None:
    assert counterpart(*words.split()).exit_code == 2


def test_a_whole_round_is_played(applicants: Path) -> None:
    applicants.write_bytes(file_of(*PEOPLE, line_of(Email="no address")))
    result = counterpart("simulate", "--applicants", applicants, "--out", "result/round", "--weeks", "5", "--seed", "3")
    assert result.exit_code == 0, result.output
    assert "line 6: " in result.stderr and "1 of 5 rows cannot be used" in result.stderr
    assert "Written to result/round: participants.csv" in result.stdout
    summary = json.loads(Path("result/round/summary.json").read_text(encoding="utf-8"))
    assert (summary["seed"], summary["rows_in_file"], summary["participants"]["accepted"]) == (3, 5, 4)
    with Path("result/round/partnerships.csv").open(encoding="utf-8") as file:
        pairs = [set(row["emails"].split(", ")) for row in csv.DictReader(file)]
    assert {"ana@example.org", "caro@example.org"} not in pairs


def test_kits_are_listed_and_checked(folder: Path) -> None:
    assert "librarians: Librarians Across Borders" in counterpart("kit", "list").stdout
    shutil.copytree(find_kit("teachers"), folder / "mine")
    assert "can be used" in counterpart("kit", "check", "mine").stdout
    program = folder / "mine" / "program.toml"
    lines = program.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines) if text.startswith("weeks"))
    lines[line] = 'weeks = "ten"'
    program.write_text("\n".join(lines), encoding="utf-8")
    (folder / "mine" / "guidance.md").unlink()
    result = counterpart("kit", "check", "mine")
    assert result.exit_code == 1
    assert f"mine/program.toml:{line + 1}: " in result.stderr
    assert "mine/guidance.md:1: " in result.stderr
    assert "2 to correct." in result.stderr
