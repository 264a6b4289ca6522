"""Leaving somebody out of a text, and what follows from everybody's answers. Pure."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.program.stories import Verdict, verdict, without_names
from storage.stories import StoryConsent

NOW = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("I met Amina Njeri.", ["Amina Njeri"], "I met X."),
        ("amina njeri and AMINA NJERI", ["Amina Njeri"], "X and X"),
        ("Amina said: Njeri is my name.", ["Amina Njeri"], "X said: X is my name."),
        ("Will wrote. I will write.", ["Will Smith"], "X wrote. I will write."),
        ("Ann’s Annals, by Ann-Marie.", ["Ann"], "X’s Annals, by X-Marie."),
        ("Jean-Luc met Luc and Jean.", ["Jean-Luc"], "X met X and X."),
        ("José e JOSÉ", ["José"], "X e X"),
        ("山田さんと山田", ["山田"], "XさんとX"),
        ("山田さんが言った", ["山田 太郎"], "Xさんが言った"),
        ("สมชายสอนฉัน", ["สมชาย"], "Xสอนฉัน"),
        ("지민이가 말했다", ["지민"], "X이가 말했다"),
        ("قالت أمينة لي", ["أمينة علي"], "قالت X لي"),
        ("Mr. A+B (C)", ["A+B"], "Mr. X (C)"),
        ("de la Cruz and la casa", ["Maria de la Cruz"], "de la X and la casa"),
        ("Maria Cruz", ["Maria de la Cruz"], "X"),
        ("Nobody here", ["", "A"], "Nobody here"),
        ("", ["Amina"], ""),
        ("One.\n\nAmina sang.", ["Amina"], "One.\n\nX sang."),
    ],
)
def test_names_are_left_out(text: str, names: list[str], left: str) -> None:
    assert without_names(text, names, "X") == left


def test_a_sentence_begins_as_sentences_do() -> None:
    text = "Amina sang, and Amina danced. “Amina!” Amina? Njeri.\nAmina Amina Njeri: Amina."
    left = without_names(text, ["Amina Njeri"], "my partner")
    assert left == (
        "My partner sang, and my partner danced. “My partner!” My partner? My partner.\nMy partner: my partner."
    )


@given(st.text(max_size=80), st.lists(st.text("abcAB é-", min_size=2, max_size=12), max_size=3))
def test_no_whole_name_is_left_and_a_second_time_changes_nothing(text: str, names: list[str]) -> None:
    left = without_names(text, names, "§")
    for name in names:
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", left), (text, names, left)
    assert without_names(left, names, "§") == left


def consents(*answers: str) -> list[StoryConsent]:
    return [
        StoryConsent(
            program_id=1,
            story_id=1,
            person_id=number,
            answer=each.strip("-"),
            asked_at=NOW,
            withdrawn_at=NOW if each.endswith("-") else None,
        )
        for number, each in enumerate(answers)
    ]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (("yes", "yes"), "agreed"),
        (("yes", "out", "absent"), "agreed"),
        (("yes", ""), "waits"),
        (("", ""), "waits"),
        (("yes", "no", ""), "no"),
        (("yes", "yes-"), "no"),
        (("-", "yes"), "no"),
    ],
)
def test_one_who_does_not_agree_is_enough(answers: tuple[str, ...], expected: Verdict) -> None:
    assert verdict(consents(*answers)) == expected
