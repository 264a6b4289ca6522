"""The judge itself: whatever is broken in the files of a good round, it complains of that and can name it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.journeys.evidence import Rules, read
from tests.journeys.played import Played

Lines = list[dict[str, Any]]
Change = Callable[[Lines], Lines]


def without(**wanted: str) -> Change:
    """Take out the lines of which each named cell contains this."""

    def change(lines: Lines) -> Lines:
        kept = [line for line in lines if not all(text in line[name] for name, text in wanted.items())]
        assert len(kept) < len(lines), "there was no such line"
        return kept

    return change


def first_of(**wanted: str) -> Callable[[Lines], int]:
    """Where the first line is of which each named cell begins with this."""
    return lambda lines: next(
        index for index, line in enumerate(lines) if all(line[name].startswith(text) for name, text in wanted.items())
    )


def doubled(where: Callable[[Lines], int], **other: str) -> Change:
    """Repeat a line, with some cells changed."""

    def change(lines: Lines) -> Lines:
        index = where(lines)
        return [*lines[: index + 1], lines[index] | other, *lines[index + 1 :]]

    return change


def moved(where: Callable[[Lines], int], hours: float) -> Change:
    """Date a line otherwise."""

    def change(lines: Lines) -> Lines:
        line = lines[where(lines)]
        line["at"] = (datetime.fromisoformat(line["at"]) + timedelta(hours=hours)).isoformat()
        return sorted(lines, key=lambda line: line["at"])

    return change


def replaced(where: Callable[[Lines], int], **other: str) -> Change:
    """Change cells of a line."""

    def change(lines: Lines) -> Lines:
        lines[where(lines)].update(other)
        return lines

    return change


TOPIC = first_of(kind="topic", key="topic:5:")
INTRODUCTION = first_of(kind="introduction")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (without(kind="topic", key="topic:4:"), "live_pairs_get_every_topic"),
        (doubled(TOPIC, key="topic:5:again"), "live_pairs_get_every_topic"),
        (doubled(TOPIC), "nothing_comes_twice"),
        (moved(TOPIC, 12), "live_pairs_get_every_topic"),
        (moved(TOPIC, -24 * 30), "live_pairs_get_every_topic"),
        (moved(first_of(kind="survey", key="survey:"), 12), "nights_are_quiet"),
        (moved(INTRODUCTION, 12), "nights_are_quiet"),
        (replaced(TOPIC, to="local/playground/room/r9999"), "live_pairs_get_every_topic"),
        (doubled(first_of(kind="nudge"), key="nudge:again"), "nothing_comes_twice"),
        (without(kind="welcome"), "accepted_people_hear_how_it_goes"),
        (without(kind="introduction"), "introductions_come_first"),
        (without(text="cannot offer you a place"), "everybody_was_told"),
        (without(text="closed on"), "everybody_was_told"),
        (replaced(INTRODUCTION, text="Meet <!channel> Bob"), "names_stay_names"),
        (lambda lines: lines[::-1], "time_runs_forward"),
    ],
)
def test_a_changed_ledger_is_noticed(tampered: Played, change: Change, rule: str) -> None:
    tampered.rewrite_ledger(change)
    assert rule in {complaint.partition(":")[0] for complaint in tampered.complaints()}


def test_wrong_people_are_noticed(tampered: Played) -> None:
    seen = read(tampered.applicants, tampered.out, Rules())
    placed = sorted(seen.with_status("accepted"))[0]
    refused = sorted(seen.with_status("ineligible"))[0]

    def swapped(text: str) -> str:
        return text.replace(f'"{placed},', f'"{refused},').replace(f", {placed}", f", {refused}")

    tampered.rewrite("partnerships.csv", swapped)
    rules = {complaint.partition(":")[0] for complaint in tampered.complaints()}
    assert "accepted_people_are_placed" in rules
    assert f"accepted_people_are_placed: never placed: {placed}" in tampered.complaints()


def test_a_lost_or_refused_person_is_noticed(tampered: Played) -> None:
    lines = tampered.text("participants.csv").splitlines(keepends=True)
    accepted = [line for line in lines if ",accepted," in line]
    tampered.rewrite("participants.csv", lambda text: text.replace(accepted[0], ""))
    assert {"every_row_has_a_fate", "eligible_people_are_accepted"} <= _rules(tampered)
    tampered.rewrite("participants.csv", lambda text: text.replace(",ineligible,", ",accepted,", 1))
    assert any("not eligible" in complaint for complaint in tampered.complaints())


def test_forbidden_partners_are_noticed(tampered: Played) -> None:
    pair = read(tampered.applicants, tampered.out, Rules()).pairs[4]
    for one, other in (pair.emails[:2], pair.emails[1::-1]):
        text = tampered.applicants.read_text(encoding="utf-8")
        rows = [f"{row},{other}" if one in row.lower() else f"{row}," for row in text.splitlines()[1:]]
        changed = Played(tampered.applicants.with_name(f"{one}.csv"), tampered.out)
        # The last column becomes one that nobody reads, and the new one takes its name.
        head = text.splitlines()[0].replace("Please do not match me with (email)", "Remarks")
        changed.applicants.write_text(
            "\n".join([f"{head},Please do not match me with (email)", *rows]) + "\n", encoding="utf-8"
        )
        assert "nobody_meets_whom_they_must_not" in _rules(changed)


def test_neighbours_and_repeats_are_noticed(tampered: Played) -> None:
    seen = read(tampered.applicants, tampered.out, Rules())
    lines = tampered.text("partnerships.csv").splitlines(keepends=True)
    twice = lines[1].replace("1,", "99,", 1)
    tampered.rewrite("partnerships.csv", lambda text: text + twice)
    assert any("were partners 2 times" in complaint for complaint in tampered.complaints())
    countries: dict[str, list[str]] = {}
    for email in sorted(seen.with_status("accepted")):
        countries.setdefault(seen.known[email].country, []).append(email)
    one, other = next(people[:2] for people in countries.values() if len(people) > 1)
    tampered.rewrite("partnerships.csv", lambda text: text.replace(lines[2].split('"')[1], f"{one}, {other}"))
    assert "partners_live_in_different_countries" in _rules(tampered)


def test_a_place_out_of_turn_is_noticed(round_of_ninety: Played) -> None:
    complaints = round_of_ninety.complaints(Rules(capacity=20))
    assert sum("a place that belongs to somebody who came before" in complaint for complaint in complaints) > 20
    capped = round_of_ninety.complaints(Rules(country_cap=0.1))
    assert any("a place that belongs to somebody who came before" in complaint for complaint in capped)


def _rules(played: Played) -> set[str]:
    return {complaint.partition(":")[0] for complaint in played.complaints()}
