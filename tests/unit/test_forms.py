from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.program.forms import FormRow, RowProblem, eligibility, in_window, latest, read_form
from tests.form_samples import GOOD, KIT, file_of, line_of
from topics.model import Kit
from topics.outside import ImportColumns


def only(data: bytes, kit: Kit = KIT) -> FormRow:
    (row,) = read_form(data, kit).rows
    return row


def reasons(data: bytes) -> list[tuple[int, str, bool]]:
    return [(problem.line, problem.reason, problem.used) for problem in read_form(data, KIT).problems]


def test_a_good_row_becomes_an_application() -> None:
    row = only(file_of(line_of()))
    assert (row.line, row.at, row.email) == (2, datetime(2026, 7, 1, 1, 58, tzinfo=UTC), "p52.3@example.org")
    assert row.name == "Thandiwe Tanaka"
    assert row.answers == {
        "country": "AU",
        "zone": "Australia/Adelaide",
        "library_type": "academic",
        "partner_type": "same",
        "interests": ("leadership", "metadata", "open-access"),
        "similar": "yes",
        "internet": "yes",
        "english": "yes",
        "hour": "yes",
        "former": ("p3.3@example.org", "p9.3@example.org"),
        "conduct": "yes",
    }
    assert row.raw == GOOD
    assert row.problems == ()
    assert eligibility(KIT, row.answers, complete=True) is None


def test_untidy_cells_are_tidied() -> None:
    row = only(
        file_of(line_of(Name='=HYPERLINK("http://example.org","x")', Email="P31.5@EXAMPLE.ORG ", Country=" england"))
    )
    assert (row.name, row.email) == ('=HYPERLINK("http://example.org","x")', "p31.5@example.org")
    assert row.answers["country"] == "GB"
    assert row.problems == ()


@pytest.mark.parametrize(
    ("cell", "expected"), [("No preference", "any"), ("same AS mine", "same"), ("public", "public"), ("", None)]
)
def test_a_choice_is_read_by_value_or_label(cell: str, expected: str | None) -> None:
    row = only(file_of(line_of(Type_of_library_you=cell)))
    assert row.answers.get("partner_type") == expected
    assert row.problems == ()


@pytest.mark.parametrize(
    ("cell", "expected"), [("YES", "yes"), ("n", "no"), ("No, sorry", "no"), ("true", "yes"), ("oui", "yes")]
)
def test_yes_and_no_in_several_spellings(cell: str, expected: str) -> None:
    assert only(file_of(line_of(Are=cell))).answers["english"] == expected


@pytest.mark.parametrize(
    ("country", "zone", "answers", "problems"),
    [
        ("Japan", "", ("JP", "Asia/Tokyo"), ()),
        ("Japan", "asia/tokyo", ("JP", "Asia/Tokyo"), ()),
        ("USA", "EST", ("US", "America/New_York"), ()),
        (
            "USA",
            "nowhere",
            ("US", "America/New_York"),
            ('time zone "nowhere" is not known, America/New_York is taken instead',),
        ),
        ("Atlantis", "", ("unknown", "UTC"), ('country "Atlantis" is not known',)),
        ("Austrlia", "", ("unknown", "UTC"), ('country "Austrlia" is not known (Australia or Austria?)',)),
        ("", "Asia/Tokyo", ("unknown", "Asia/Tokyo"), ("no country given",)),
        ("Korea", "", ("unknown", "UTC"), ('country "Korea" may be South Korea or North Korea',)),
        ("Korea", "Asia/Seoul", ("KR", "Asia/Seoul"), ()),
    ],
)
def test_country_and_zone(country: str, zone: str, answers: tuple[str, str], problems: tuple[str, ...]) -> None:
    row = only(file_of(line_of(Country=country, Time_zone=zone)))
    assert (row.answers["country"], row.answers["zone"]) == answers
    assert row.problems == problems


def test_odd_answers_are_left_out_and_reported() -> None:
    data = file_of(
        line_of(
            Type="circus", Professional="metadata, juggling, metadata", Would="perhaps", Please="Bob, b@example.org"
        )
    )
    row = only(data)
    assert "library_type" not in row.answers
    assert "similar" not in row.answers
    assert row.answers["interests"] == ("metadata",)
    assert row.answers["avoid"] == ("b@example.org",)
    assert reasons(data) == [
        (2, '"circus" is no option of "Type of library"', True),
        (2, '"juggling" is no option of "Interests"', True),
        (2, '"perhaps" is neither yes nor no ("Similar interests")', True),
        (2, '"Bob" is no e-mail address ("Not to be paired with")', True),
    ]


def test_of_very_many_odd_answers_the_first_are_named_and_the_others_counted() -> None:
    data = file_of(line_of(Professional="metadata, " + ", ".join(f"word {number}" for number in range(2_000))))
    assert [reason for _, reason, _ in reasons(data)] == [
        '"word 0" is no option of "Interests"',
        '"word 1" is no option of "Interests"',
        '"word 2" is no option of "Interests"',
        '1,997 more are no options of "Interests"',
    ]


def test_rows_that_cannot_be_used_are_named_by_line_and_the_others_are_read() -> None:
    data = file_of(
        line_of(Email="nobody"),
        line_of(Email=" "),
        line_of(Timestamp="yesterday"),
        "2026-07-01 00:00:00,too,short@example.org",
        line_of() + ",extra",
        "",
        line_of(Name="two\nlines", Email="a@example.org"),
        line_of(Name="x" * 140_000),
        line_of(Email="b@example.org") + ",,",
    )
    read = read_form(data, KIT)
    assert [(row.line, row.email, row.name) for row in read.rows] == [
        (8, "a@example.org", "two lines"),
        (11, "b@example.org", "Thandiwe Tanaka"),
    ]
    assert read.problems == (
        RowProblem(2, '"nobody" is no e-mail address'),
        RowProblem(3, "no e-mail address given"),
        RowProblem(4, '"yesterday" is no clear date and time (write it as 2026-07-01 09:30:00)'),
        RowProblem(5, "it has 3 cells where the heading has 14"),
        RowProblem(6, "it has 15 cells where the heading has 14"),
        RowProblem(10, "a cell has more than 131,072 characters"),
    )


def test_a_quotation_mark_that_is_never_closed_is_reported_with_the_lines_it_costs() -> None:
    data = file_of(line_of(), '2026-07-01,"open', line_of())
    read = read_form(data, KIT)
    assert [row.line for row in read.rows] == [2]
    assert [problem.line for problem in read.problems] == [3]


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("2026-07-01T01:58:00Z", "2026-07-01 01:58"),
        ("2026-07-01T01:58:00.123+02:00", "2026-06-30 23:58"),
        ("2026/07/01 1:58:00 PM GMT+2", "2026-07-01 11:58"),
        ("2026/07/01 12:05:00 AM GMT-5:30", "2026-07-01 05:35"),
        ("01.07.2026 01:58", "2026-07-01 01:58"),
        ("7/13/2026 1:58:00", "2026-07-13 01:58"),
        ("13/7/2026 1:58:00", "2026-07-13 01:58"),
        ("2026-07-01", "2026-07-01 00:00"),
    ],
)
def test_timestamps_as_form_tools_write_them(stamp: str, utc: str) -> None:
    assert f"{only(file_of(line_of(Timestamp=stamp))).at:%Y-%m-%d %H:%M}" == utc


def test_day_and_month_are_told_apart_by_the_other_rows() -> None:
    unclear, clear = line_of(Timestamp="07/01/2026 9:00:00"), line_of(Timestamp="07/31/2026 9:00:00")
    assert reasons(file_of(unclear))[0][1].startswith('"07/01/2026 9:00:00" is no clear date')
    assert [row.at.date() for row in read_form(file_of(unclear, clear), KIT).rows] == [
        date(2026, 7, 1),
        date(2026, 7, 31),
    ]


@pytest.mark.parametrize(
    "stamp", ["2026-13-01 00:00", "2026-07-01 25:00", "0000-01-01", "1", "2026-07-01 00:00 +99", "²026-07-01"]
)
def test_impossible_timestamps_are_reported(stamp: str) -> None:
    assert [used for _, _, used in reasons(file_of(line_of(Timestamp=stamp)))] == [False]


def test_local_timestamps_are_those_of_the_kits_zone() -> None:
    kit = replace(KIT, columns=ImportColumns(zone="Australia/Sydney"))
    assert only(file_of(line_of()), kit).at == datetime(2026, 6, 30, 15, 58, tzinfo=UTC)


def test_consent_is_not_taken_for_given_unless_the_kit_says_so() -> None:
    row = only(file_of(line_of()), replace(KIT, columns=ImportColumns(consent_given=False)))
    assert "conduct" not in row.answers
    assert eligibility(KIT, row.answers) is None
    assert eligibility(KIT, row.answers, complete=True) == KIT.question("conduct").otherwise


def test_the_later_of_two_submissions_counts() -> None:
    data = file_of(
        line_of(Timestamp="2026-07-03 00:00:00", Name="third"),
        line_of(Timestamp="2026-07-01 00:00:00", Name="first", Email="P52.3@EXAMPLE.ORG "),
        line_of(Email="other@example.org"),
        line_of(Timestamp="2026-07-03 00:00:00", Name="same moment, further down"),
    )
    kept, superseded = latest(read_form(data, KIT).rows)
    assert [row.line for row in kept] == [4, 5]
    assert [row.line for row in superseded] == [2, 3]


def test_eligibility_is_the_reason_of_the_first_failing_question() -> None:
    assert eligibility(KIT, {}) is None
    assert eligibility(KIT, {"english": "no", "hour": "no"}) == KIT.question("english").otherwise
    assert eligibility(KIT, {}, complete=True) == KIT.question("internet").otherwise


def test_the_window_includes_both_its_days() -> None:
    opens, closes = date(2026, 7, 1), date(2026, 8, 1)
    assert in_window(datetime(2026, 7, 1, tzinfo=UTC), opens, closes)
    assert in_window(datetime(2026, 8, 1, 23, 59, 59, tzinfo=UTC), opens, closes)
    assert not in_window(datetime(2026, 8, 2, 0, 0, 5, tzinfo=UTC), opens, closes)
    assert not in_window(datetime.fromisoformat("2026-07-01T01:00:00+02:00"), opens, closes)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=30), min_size=14, max_size=14))
def test_any_cells_are_read_or_reported(cells: list[str]) -> None:
    line = ",".join('"' + cell.replace('"', '""').replace("\ud800", "") + '"' for cell in cells)
    data = file_of(line_of(Email="first@example.org")) + line.encode("utf-8", "ignore") + b"\n"
    read = read_form(data, KIT)
    assert read.rows[0].email == "first@example.org"
    blank = not any(cell.strip() for cell in cells)
    assert blank or len(read.rows) == 2 or read.problems
