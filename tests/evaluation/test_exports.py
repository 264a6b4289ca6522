"""Nobody can be singled out of what is exported, no cell is a formula, and JSON and tables hold the same numbers."""

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from random import Random

import pycountry
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.evaluation.analysis import analyse
from bot.evaluation.cells import csv_text, safe_cell
from bot.evaluation.disclosure import LEAST, merged
from bot.evaluation.exports import export_files
from bot.evaluation.grouping import OTHER, Group, coarsened
from bot.evaluation.history import CaseFacts, MemberFacts, PairFacts, PersonFacts, RoundHistory, SurveyFacts, TopicDay
from bot.world.countries import country_name
from bot.world.regions import ELSEWHERE, REGIONS, region_of
from tests.planted import Plan, histories
from topics.kit import find_kit, load_kit

KIT = load_kit(find_kit("librarians"))
TYPES = tuple(option.value for option in KIT.question("library_type").options)
BEGUN = datetime(2025, 9, 1, 9, tzinfo=UTC)
WELL_KNOWN = ("PE", "BO", "EC", "CL", "FR", "DE", "JP", "KE", "unknown", "")
HOSTILE = st.sampled_from(
    ["=1+1", "\t@x", "Western Europe", "elsewhere", "other", "＝2", "x\n=3", "DROP", "Peru", "a;-1"]
)
FORMULA = re.compile(r"[=+\-@\u2212]")


def table(text: str) -> tuple[list[str], list[list[str]]]:
    heading, *rows = csv.reader(StringIO(text))
    return heading, rows


@st.composite
def people(draw: st.DrawFn, least: int = 0) -> list[PersonFacts]:
    """Clumps of alike people and some who are like nobody else."""
    places = st.one_of(st.sampled_from(WELL_KNOWN), HOSTILE)
    kinds = st.one_of(st.sampled_from(TYPES[:3]), HOSTILE)
    clumps = draw(st.lists(st.tuples(places, kinds, st.integers(1, 9)), min_size=0, max_size=12))
    found: list[PersonFacts] = []
    for country, kind, count in clumps:
        for _ in range(count):
            found.append(person(len(found) + 1, country, kind, draw(st.sampled_from(["1", "5", "=9", "", "٣"]))))
    while len(found) < least:
        found.append(person(len(found) + 1, "PE", "public", "4"))
    return found


def person(key: int, country: str, kind: str, liked: str) -> PersonFacts:
    surveys = {"closing": {"partner": liked, "program": liked, "recommend": "10", "again": "=yes"}} if liked else {}
    return PersonFacts(key, country, "=Zone", "accepted", True, True, True, False, {"library_type": kind}, surveys)


def a_round(number: int, everybody: list[PersonFacts], word: str = "=pace") -> RoundHistory:
    members = [MemberFacts(one.key, (1, 0, 3), 4.0, (2.0, 9.0), 1, 1) for one in everybody]
    pairs = tuple(
        PairFacts(
            key=n,
            members=tuple(members[n : n + 2]),
            countries=(),
            announced_at=BEGUN,
            ended_at=BEGUN + timedelta(weeks=3),
            end_reason=word,
            live=True,
            lasted=False,
            weeks=3,
            wishes={"country": 1.0, word: 0.5},
            similarity=0.3,
            zone_hours=9.0,
            pace=word,
            elsewhere=False,
            first_contact_hours=5.0,
            talked=(word,),
        )
        for n in range(0, len(members) - 1, 2)
    )
    counts = {1: 1, 5: max(0, len(everybody) - 1)}
    return RoundHistory(
        program=word,
        name=f"{word}{number}",
        number=number,
        opens_at=BEGUN,
        closes_at=BEGUN,
        starts_on=date(2025, 9, 1),
        ends_on=date(2025, 12, 29),
        ended=True,
        people=tuple(everybody),
        pairs=pairs,
        cases=tuple(CaseFacts(word, "closed", word, BEGUN, BEGUN, 1) for _ in range(number)),
        surveys=(
            SurveyFacts("closing", word, "closing", False, len(everybody), 1, len(everybody), {"partner": counts}, {}),
        ),
        topics=(TopicDay(1, word, word, date(2025, 9, 1)),),
        labels={},
    )


rounds = st.lists(people(), min_size=0, max_size=3).map(
    lambda several: tuple(a_round(n, one) for n, one in enumerate(several, start=1))
)
often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(rounds, st.integers())
def test_of_every_round_place_and_type_there_are_five_people_or_none(
    several: tuple[RoundHistory, ...], seed: int
) -> None:
    files = export_files(several, KIT, None, Random(seed))
    sizes = {str(n): len(one.people) for n, one in enumerate(several, start=1) if len(one.people) >= LEAST}
    assert ("dataset.csv" in files) == bool(sizes)
    if not sizes:
        return
    heading, rows = table(files["dataset.csv"])
    assert heading[:3] == ["round", "place", "type"]
    groups = Counter(tuple(row[:3]) for row in rows)
    assert min(groups.values()) >= LEAST
    # Nobody is left out of a round that is told of, so its total says nothing either.
    assert Counter(row[0] for row in rows) == sizes
    known = {country_name(code) for code in REGIONS} | set(REGIONS.values()) | {ELSEWHERE}
    assert {row[1] for row in rows} <= known
    assert {row[2] for row in rows} <= {*TYPES, OTHER, "not told"}


@often
@given(rounds, st.integers())
def test_subtracting_what_is_told_from_the_published_numbers_leaves_nobody_or_five(
    several: tuple[RoundHistory, ...], seed: int
) -> None:
    """Somebody has the numbers of countries and the data set, and takes the one from the other."""
    files = export_files(several, KIT, None, Random(seed))
    if "dataset.csv" not in files:
        return
    _, figures = table(files["figures.csv"])
    _, rows = table(files["dataset.csv"])
    for number in {row[0] for row in rows}:
        told = Counter(row[1] for row in rows if row[0] == number)
        published = {row[3]: int(row[4]) for row in figures if row[:2] == ["countries", number]}
        for country, count in published.items():
            if country != ELSEWHERE:
                # A country is told of with all its people or with none.
                assert told[country_name(country)] in (0, count)
        for place, count in told.items():
            code = next((code for code in REGIONS if country_name(code) == place), None)
            if code is not None:
                assert code in published, "a country whose number is hidden is not told of"
                continue
            # What of this part of the world is in no country's published number that is not told by itself.
            here = {c for c in published if c != ELSEWHERE and told[country_name(c)] == 0}
            mine = [c for c in here if place in (ELSEWHERE, region_of(c))]
            spread = [c for c in mine if place == ELSEWHERE and told[region_of(c)]]
            if not spread:
                rest = count - sum(published[c] for c in mine if place != ELSEWHERE or not told[region_of(c)])
                assert rest == 0 or rest >= LEAST


@often
@given(rounds, st.integers())
def test_no_cell_is_a_formula_and_json_holds_the_same(several: tuple[RoundHistory, ...], seed: int) -> None:
    files = export_files(several, KIT, None, Random(seed))
    for name, text in files.items():
        if name.endswith(".csv"):
            for cell in (cell for row in csv.reader(StringIO(text)) for cell in row):
                for part in re.split(r"[,;\t\r\n]", cell):
                    assert not FORMULA.match(part.lstrip(' "')), (name, cell)
    heading, rows = table(files["figures.csv"])
    figures = json.loads(files["figures.json"])["figures"]
    assert [[*row[:3], float(row[4]), int(row[5])] for row in rows] == [
        [safe_cell(f["table"]), f["round"], safe_cell(f["name"]), f["number"], f["people"]] for f in figures
    ]
    assert heading == ["table", "round", "name", "value", "number", "people"]
    if "dataset.csv" in files:
        heading, rows = table(files["dataset.csv"])
        written = [
            ["" if value is None else str(value) for value in row.values()] for row in json.loads(files["dataset.json"])
        ]
        assert written == rows
        names = [row[0] for row in table(files["dictionary.csv"])[1]]
        assert names == heading


@often
@given(rounds)
def test_no_number_is_of_fewer_than_five(several: tuple[RoundHistory, ...]) -> None:
    _, rows = table(export_files(several, KIT, None, Random(1))["figures.csv"])
    assert all(int(row[5]) >= LEAST for row in rows if row[0] != "cases")
    assert all(int(row[4]) >= LEAST for row in rows if row[0] in ("countries", "cases"))


def test_people_and_pairs_cannot_be_joined_to_anything() -> None:
    """Neither keys nor dates nor an order: two exports of the same rounds differ in nothing but the order of rows."""
    several = histories(KIT, 1, Plan(people=60, rounds=2))
    one, other = (export_files(several, KIT, None, Random(seed)) for seed in (1, 2))
    assert one["dataset.csv"] != other["dataset.csv"]
    assert sorted(map(str, table(one["dataset.csv"])[1])) == sorted(map(str, table(other["dataset.csv"])[1]))
    text = "".join(one.values())
    assert not re.search(r"\b20\d\d-\d\d", text)
    heading, _ = table(one["dataset.csv"])
    assert not {"person", "pair", "key", "id", "country", "zone"} & set(heading)


@pytest.mark.parametrize(
    ("people", "groups"),
    [
        ([("PE", "public")] * 5, {("PE", "public"): 5}),
        ([("PE", "public")] * 12 + [("PE", "school")] * 2, {("PE", "public"): 9, ("PE", "other"): 5}),
        ([("PE", "public")] * 5 + [("PE", "school")] * 2 + [("FR", "public")] * 5, {("PE", "other"): 0}),
        (
            [("PE", "public")] * 3 + [("BO", "public")] * 2 + [("FR", "public")] * 6,
            {("South America", "public"): 5, ("FR", "public"): 6},
        ),
        (
            [("PE", "public")] * 3 + [("JP", "school")] * 2 + [("FR", "public")] * 6,
            {("elsewhere", "other"): 5, ("FR", "public"): 6},
        ),
        (
            [("PE", "public"), ("JP", "school"), ("KE", "public"), ("FR", "school"), ("DE", "public")],
            {("elsewhere", "other"): 5},
        ),
        ([("PE", "public")] * 2 + [("FR", "public")] * 7, {("elsewhere", "public"): 9}),
    ],
)
def test_small_groups_become_coarser(people: list[tuple[str, str]], groups: dict[tuple[str, str], int]) -> None:
    told = Counter((g.place, g.type) for g in coarsened([Group(*one) for one in people], region_of, Random(1)))
    assert {group: told[group] for group in groups} == groups
    assert min(told.values()) >= LEAST
    assert sum(told.values()) == len(people)


def test_fewer_than_five_people_are_no_data_set() -> None:
    several = tuple(a_round(n, [person(k, "PE", "public", "5") for k in range(4)]) for n in (1, 2, 3))
    files = export_files(several, KIT, None, Random(1))
    assert sorted(files) == ["figures.csv", "figures.json"]
    assert table(files["figures.csv"])[1] == []
    with pytest.raises(ValueError, match="fewer than 5"):
        coarsened([Group("PE", "public")] * 4, region_of, Random(1))


def test_somebody_who_is_there_twice_counts_once() -> None:
    """Rows of one person under one key are one person; five rows of three people are no group of five."""
    few = [person(k, "PE", "public", "5") for k in (1, 2, 3)]
    files = export_files((a_round(1, [*few, *few[:2]]),), KIT, None, Random(1))
    assert "dataset.csv" not in files


def test_the_files_of_a_history_with_findings() -> None:
    several = histories(KIT, 1, Plan(people=200, rounds=2))
    evaluation = analyse(several, KIT)
    files = export_files(several, KIT, evaluation, Random())
    heading, rows = table(files["findings.csv"])
    whole = json.loads(files["figures.json"])
    assert len(rows) == len(evaluation.findings) == len(whole["findings"])
    for row, finding, written in zip(rows, evaluation.findings, whole["findings"], strict=True):
        assert row[heading.index("effect")] == ("" if finding.effect is None else repr(finding.effect))
        assert written["effect"] == finding.effect
    assert len(table(files["topics.csv"])[1]) == len(evaluation.ranking) == len(whole["topics"])
    page = files["dictionary.md"]
    assert "400 rows" in page
    assert "k = 5" in page
    heading, rows = table(files["dataset.csv"])
    about = {row[0]: row for row in table(files["dictionary.csv"])[1]}
    for n, name in enumerate(heading[3:], start=3):
        values = {row[n] for row in rows} - {""}
        assert values <= set(about[name][3].split(" | ")), name
        assert about[name][4] or "" not in {row[n] for row in rows}, name


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("  =1", "'  =1"),
        ("\t1", "'\t1"),
        ("\r\n=1", "'\r'\n'=1"),
        ("＝1", "'＝1"),
        ("\u200b@x", "'\u200b@x"),
        ("one\n=2", "one\n'=2"),
        ("one;=2", "one;'=2"),
        ("-5", "'-5"),
        ("−5", "'−5"),
        ('"=1', "'\"=1"),
        ("Ana-Maria", "Ana-Maria"),
        ("a@example.org, b@example.org", "a@example.org, b@example.org"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_marked(cell: str, safe: str) -> None:
    assert safe_cell(cell) == safe


@given(st.text(alphabet=st.sampled_from("=+-@ \t\r\n'\";,aé＝－"), max_size=12))
def test_no_text_at_all_becomes_a_formula(text: str) -> None:
    cell = safe_cell(text)
    for part in re.split(r"[,;\t\r\n]", cell):
        assert not re.match(r"[\s\"']*[=+\-@＝－]", part) or part.lstrip(' "').startswith("'")
    assert cell.replace("'", "") == text.replace("'", "")


def test_numbers_stay_numbers() -> None:
    assert csv_text(("a", "b", "c", "d"), [(-5, -0.25, None, True)]) == "a,b,c,d\n-5,-0.25,,yes\n"


def test_every_country_has_its_part_of_the_world() -> None:
    assert {country.alpha_2 for country in pycountry.countries} <= set(REGIONS)
    names = {country_name(code) for code in REGIONS}
    assert not names & set(REGIONS.values())
    assert len(names) == len(REGIONS)
    assert region_of("unknown") == region_of("=1") == region_of(ELSEWHERE) == ELSEWHERE


def test_the_merged_numbers_of_countries_are_those_of_the_figures() -> None:
    everybody = [person(n, code, "public", "") for n, code in enumerate(["PE"] * 9 + ["BO"] * 3 + ["FR"] * 6)]
    _, rows = table(export_files((a_round(1, everybody),), KIT, None, Random(1))["figures.csv"])
    assert {row[3]: int(row[4]) for row in rows if row[0] == "countries"} == merged(
        {"PE": 9, "BO": 3, "FR": 6}, ELSEWHERE
    )


@pytest.mark.parametrize(("ended", "shown"), [(True, True), (False, False)])
def test_what_was_said_without_a_name_waits_for_the_end_of_the_round(ended: bool, shown: bool) -> None:
    """Two exports, one answer apart, would tell what the one who left in between said."""
    one = a_round(1, [person(k, "PE", "public", "5") for k in range(8)])
    anonymous = replace(one.surveys[0], name="exit", when="exit", anonymous=True)
    files = export_files((replace(one, ended=ended, surveys=(anonymous,)),), KIT, None, Random(1))
    assert ("survey exit" in files["figures.csv"]) is shown
