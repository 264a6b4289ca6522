"""`counterpart match`: pairs with their proof, who is left out and why, and a sentence for what cannot be."""

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.program.matching.table import COLUMNS
from tests.cli.stage import counterpart
from tests.form_samples import file_of, line_of
from topics.kit import find_kit

PEOPLE = [
    line_of(Name="Ana", Email="ana@example.org", Country="France", Time_zone="Europe/Paris", Former=""),
    line_of(Name="Bo", Email="bo@example.org", Country="Sweden", Time_zone="Europe/Stockholm", Former=""),
    line_of(Name="Caro", Email="caro@example.org", Country="Peru", Time_zone="America/Lima", Former="ana@example.org"),
    line_of(Name="Dina", Email="dina@example.org", Country="Japan", Time_zone="Asia/Tokyo", Former=""),
]
WORDS = ("match", "--applicants", "applicants.csv", "--out", "pairs.csv")


@pytest.fixture
def people(folder: Path) -> Callable[..., Path]:
    """Writes the file of applications."""

    def write(*lines: str) -> Path:
        path = folder / "applicants.csv"
        path.write_bytes(file_of(*lines))
        return path

    return write


def pairs() -> list[dict[str, str]]:
    with Path("pairs.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_pairs_are_written_and_who_is_left_out_is_told(people: Callable[..., Path]) -> None:
    people(
        *PEOPLE,
        line_of(Email="ANA@example.org ", Timestamp="2026-07-02 10:00:00", Country="France", Former=""),
        line_of(Email="late@example.org", Timestamp="2026-08-02 00:00:00"),
        line_of(Email="early@example.org", Timestamp="2026-06-30 23:59:59"),
        line_of(Email="offline@example.org", Do_you_have="No"),
        line_of(Email="nobody"),
    )
    result = counterpart(*WORDS[:-1], "out/pairs.csv")
    assert result.exit_code == 0, result.output
    told = result.stderr
    assert "line 2: ana@example.org duplicate: a later application of this person counts" in told
    assert "line 7: late@example.org late: applications closed on Saturday 1 August 2026" in told
    assert "line 8: early@example.org early: applications open on Wednesday 1 July 2026" in told
    assert re.search(r"line 9: offline@example.org ineligible: \w+", told)
    assert 'line 10: unreadable: "nobody" is no e-mail address' in told
    shutil.move("out/pairs.csv", "pairs.csv")
    assert tuple(pairs()[0]) == COLUMNS
    paired = {email.partition("@")[0] for row in pairs() for email in list(row.values())[:3] if email}
    assert (len(pairs()), paired) == (2, {"ana", "bo", "caro", "dina"})
    assert re.search(r"people to pair\W+4\b", result.stdout)


def test_each_tier_is_told_with_its_bound(people: Callable[..., Path]) -> None:
    people(*PEOPLE)
    result = counterpart(*WORDS)
    assert re.search(r"1\. People with a partner\W+4 people, the best possible", result.stdout)
    assert re.search(r"2\. Pairs across countries\W+2 pairs, the best possible", result.stdout)
    assert re.search(r"4\. Similarity of interests\W+4\.00 points, the best possible", result.stdout)
    assert "Proved: nobody can do better." in result.stdout


def test_the_order_of_rows_changes_nothing_and_the_seed_only_ties(people: Callable[..., Path]) -> None:
    people(*PEOPLE)
    assert counterpart(*WORDS, "--seed", "7").exit_code == 0
    first = {frozenset((row["email_1"], row["email_2"])) for row in pairs()}
    people(*reversed(PEOPLE))
    assert counterpart(*WORDS, "--seed", "7").exit_code == 0
    assert {frozenset((row["email_1"], row["email_2"])) for row in pairs()} == first


def test_locked_pairs_stay_and_an_odd_one_may_wait(people: Callable[..., Path]) -> None:
    people(*PEOPLE[:3])
    result = counterpart(*WORDS, "--lock", "Bo@example.org, ana@example.org", "--odd", "waitlist")
    assert result.exit_code == 0, result.output
    assert "caro@example.org (line 4) waits: " in result.stdout
    assert [row["locked"] for row in pairs()] == ["true"]


def test_three_make_a_trio(people: Callable[..., Path]) -> None:
    people(*PEOPLE[1:])
    assert counterpart(*WORDS).exit_code == 0
    assert [bool(row["email_3"]) for row in pairs()] == [True]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--lock", "ana@example.org,bo"], "bo is no e-mail address"),
        (["--lock", "ana@example.org"], "A locked group has two or three people"),
        (["--lock", "ana@example.org,zoe@example.org"], "zoe@example.org, who is not among the people"),
        (["--lock", "ana@example.org,caro@example.org"], "by the rule “never a former or blocked partner”"),
        (
            ["--lock", "ana@example.org,bo@example.org", "--lock", "bo@example.org,dina@example.org"],
            "bo@example.org is locked twice",
        ),
        (["--lock", "ana@example.org,ana@example.org"], "ana@example.org is locked twice"),
        (["--lock", ""], "A locked group has two or three people, not 0"),
        (["--time-limit", "0"], "--time-limit 0: give a whole number from 1"),
        (["--report", "pairs.csv"], "--out and --report are both pairs.csv"),
        (["--report", "."], "--report . is a folder. Name the HTML file to write"),
        (["--report", "applicants.csv"], "is the file of the applications itself"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    people: Callable[..., Path], words: list[str], sentence: str
) -> None:
    before = people(*PEOPLE).read_bytes()
    result = counterpart(*WORDS, *words)
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1 and sentence in lines[0]
    assert "Traceback" not in result.output
    assert [path.name for path in Path().iterdir()] == ["applicants.csv"]
    assert Path("applicants.csv").read_bytes() == before


def test_pairs_cannot_be_written_over_a_folder(people: Callable[..., Path]) -> None:
    people(*PEOPLE)
    result = counterpart(*WORDS[:-1], ".")
    assert (result.exit_code, result.stderr) == (2, "--out . is a folder. Name the CSV file to write.\n")


def test_a_priority_that_asks_about_nothing_is_named(people: Callable[..., Path], folder: Path) -> None:
    people(*PEOPLE)
    shutil.copytree(find_kit("librarians"), folder / "mine")
    program = folder / "mine" / "program.toml"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace('of = "library_type"', 'of = "library_typ"'), encoding="utf-8")
    result = counterpart(*WORDS, "--kit", "mine")
    assert result.exit_code == 2, result.output
    assert "library_typ" in result.stderr and "program.toml:" in result.stderr
    assert not Path("pairs.csv").exists()


def test_an_endless_answer_is_read_and_told(people: Callable[..., Path]) -> None:
    people(*PEOPLE[:3], line_of(Email="long@example.org", Country="Chad", Former="", Professional="x" * 10_000))
    result = counterpart(*WORDS)
    assert result.exit_code == 0, result.output
    (told,) = [line for line in result.stderr.splitlines() if "is no option of" in line]
    assert told.startswith("line 5: long@example.org ") and told.endswith("(taken all the same)") and len(told) < 200
    assert len(pairs()) == 2


def test_five_hundred_rows_of_one_person_are_one_person(people: Callable[..., Path]) -> None:
    people(*[PEOPLE[0]] * 500)
    result = counterpart(*WORDS)
    assert result.exit_code == 0, result.output
    assert re.search(r"duplicate\W+499\b", result.stdout)
    assert "ana@example.org (line 501) waits: There is nobody else to pair with yet." in result.stdout
    assert pairs() == []


def test_many_who_answered_alike_are_all_placed(people: Callable[..., Path]) -> None:
    people(*[line_of(Email=f"twin{n}@example.org", Former="") for n in range(101)])
    result = counterpart(*WORDS)
    assert result.exit_code == 0, result.output
    assert len(pairs()) == 50 and {row["country_different"] for row in pairs()} == {"false"}
    assert "Proved: nobody can do better." in result.stdout


@pytest.mark.parametrize(("count", "made"), [(0, 0), (1, 0), (2, 1)])
def test_small_pools(people: Callable[..., Path], count: int, made: int) -> None:
    people(*PEOPLE[:count])
    result = counterpart(*WORDS, "--report", "report.html")
    assert result.exit_code == 0, result.output
    assert len(pairs()) == made
    assert Path("pairs.csv").read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    assert ("There is nobody to pair" in result.stderr) == (count == 0)
    assert "waits: There is nobody else to pair with yet." in result.stdout or count != 1
    assert "<h1>Who meets whom</h1>" in Path("report.html").read_text(encoding="utf-8")


def test_a_kit_without_those_wishes_gives_the_same_columns(people: Callable[..., Path], folder: Path) -> None:
    people(*PEOPLE)
    shutil.copytree(find_kit("librarians"), folder / "mine")
    program = folder / "mine" / "program.toml"
    text = program.read_text(encoding="utf-8")
    text = text.replace('must_meet = ["interests"]', "")
    tables = re.split(r"(?=^\[\[wishes\]\])", text, flags=re.MULTILINE)
    program.write_text("".join(t for t in tables if 'rule = "wished"' not in t and 'rule = "similar"' not in t))
    result = counterpart(*WORDS, "--kit", "mine", "--report", "report.html")
    assert result.exit_code == 0, result.output
    assert tuple(pairs()[0]) == COLUMNS
    assert {(row["type_wishes"], row["interest_similarity"]) for row in pairs()} == {("0", "0.0000")}
    assert "Similar interests" not in Path("report.html").read_text(encoding="utf-8")
