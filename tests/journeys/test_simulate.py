"""A round that is played in virtual time keeps every promise, whatever the application file looks like."""

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.applicants import ALARM, FORMULA, Mix, export
from tests.journeys.evidence import Rules, read, table
from tests.journeys.played import FILES, Played, play

SHORT: dict[str, Any] = {"weeks": 3}
"""Three weeks are enough where the end is not what is looked at."""
FEWER = ("1", "2", "10")


def test_a_whole_round_keeps_its_promises(round_of_ninety: Played) -> None:
    assert round_of_ninety.complaints() == []


def test_the_file_was_as_messy_as_it_was_meant_to_be(round_of_ninety: Played) -> None:
    seen = read(round_of_ninety.applicants, round_of_ninety.out, Rules())
    found = Counter(status for _, status in seen.statuses)
    assert found["accepted"] > 60
    assert all(found[status] >= 2 for status in ("duplicate", "ineligible", "late"))
    largest = Counter(row.country for row in seen.counting.values()).most_common(5)
    assert sum(count for _, count in largest) > len(seen.counting) / 2
    assert {"unknown"} <= {row.country for row in seen.counting.values()}
    assert any(row.apart for row in seen.counting.values())
    states = Counter(pair.state for pair in seen.pairs)
    assert states["live"] > 20
    assert states["ended"] > 3
    kinds = Counter(line.kind for line in seen.ledger)
    assert {"invitation", "welcome", "introduction", "topic", "nudge", "case", "survey", "notice"} <= kinds.keys()


def test_nobody_can_make_a_spreadsheet_calculate(round_of_ninety: Played) -> None:
    names = {row["name"] for row in table(round_of_ninety.out / "participants.csv")}
    assert f"'{FORMULA}" in names
    for name in ("participants.csv", "partnerships.csv"):
        for row in csv.reader(io.StringIO(round_of_ninety.text(name))):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_name_cannot_call_everybody(round_of_ninety: Played) -> None:
    seen = read(round_of_ninety.applicants, round_of_ninety.out, Rules())
    loud = {row.email for row in seen.rows if row.name == ALARM}
    assert loud
    heard = [line.text for line in seen.ledger if line.kind == "introduction" and loud & {*line.emails}]
    assert heard
    assert all("channel" in text and "everyone" in text for text in heard), "the name is shown, and harmless"


def test_the_summary_counts_what_is_there(round_of_ninety: Played) -> None:
    summary = round_of_ninety.summary()
    seen = read(round_of_ninety.applicants, round_of_ninety.out, Rules())
    assert summary["participants"] == dict(sorted(Counter(status for _, status in seen.statuses).items()))
    assert summary["partnerships"] == dict(sorted(Counter(pair.state for pair in seen.pairs).items()))
    assert summary["messages"] == dict(sorted(Counter(line.kind for line in seen.ledger).items()))
    assert summary["rows_in_file"] == len(seen.rows) + seen.unreadable
    assert summary["virtual_days"] > 170
    assert not {"dead", "new", "claimed", "unknown", "retry"} & summary["acts"].keys()


def test_little_is_left_to_decide_and_nobody_waits_without_a_word(round_of_ninety: Played) -> None:
    summary, listed = round_of_ninety.summary(), table(round_of_ninety.out / "decisions.csv")
    decisions, waits, again = summary["decisions"], summary["never_arrived"], summary["looking_again"]
    assert decisions["asked"] == sum(decisions["by_kind"].values()) == sum(int(row["asked"]) for row in listed)
    assert decisions["settled_unasked"] > decisions["asked"]
    assert waits["people_who_waited"] > 0 and waits["longest_days_without_a_word"] < 10
    assert again["people"] >= again["within_a_week"] + again["later"]
    assert summary["let_go"]["people"] > 0 and summary["let_go"]["had_written_of_late"] == 0


async def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    data = export(seed=5, people=10)
    first, again, other = [tmp_path / name for name in ("first", "again", "other")]
    for folder in (first, again, other):
        folder.mkdir()
    one, two = await play(first, data, **SHORT), await play(again, data, **SHORT)
    for name in FILES:
        assert one.text(name) == two.text(name)
    measured = dict.fromkeys(("real_seconds", "peak_memory_mb"))
    assert one.summary() | measured == two.summary() | measured
    three = await play(other, data, **SHORT, seed=8)
    assert one.text("ledger.jsonl") != three.text("ledger.jsonl")


@pytest.mark.parametrize(
    "choices",
    [{"capacity": 24}, {"country_cap": 0.1}, {"capacity": 25, "country_cap": 0.2, "odd": "waitlist"}],
    ids=["capacity", "country cap", "both, and the odd one waits"],
)
async def test_places_are_given_as_the_coordinators_wish(tmp_path: Path, choices: dict[str, Any]) -> None:
    played = await play(tmp_path, export(seed=3, people=40, mix=Mix(again=0.2)), **choices, **SHORT)
    rules = Rules(**choices, topics=FEWER)
    assert played.complaints(rules) == []
    seen = read(played.applicants, played.out, rules)
    assert len(seen.with_status("waitlisted")) > 3
    if rules.capacity:
        assert len(seen.with_status("accepted")) == rules.capacity


async def test_somebody_who_applies_twice_within_an_hour_counts_once(tmp_path: Path) -> None:
    lines = export(seed=1, people=8, mix=Mix(ineligible=0, again=0, unknown_country=0)).decode().splitlines()
    first = next(line for line in lines if "q5.7@" in line)
    at = datetime.fromisoformat(first[:19])
    later = first.replace(str(at), str(at + timedelta(minutes=40))).replace("q5.7@example", "Q5.7@Example")
    played = await play(tmp_path, "\n".join([*lines, later]).encode(), **SHORT)
    assert played.complaints(Rules(topics=FEWER)) == []
    statuses = read(played.applicants, played.out, Rules()).statuses
    assert [status for email, status in statuses if email == "q5.7@example.org"] == ["duplicate", "accepted"]
