"""`stories.toml`: what a story asks, how long its answers may be, and each mistake with its line."""

from pathlib import Path

import pytest

from tests.kits import copy_of, only_problem
from topics.kit import check_kit, load_kit
from topics.model import QuestionKind

ONE = '[[story]]\nname = "met"\nprompt = "How did you meet?"\n'


def written(tmp_path: Path, text: str) -> Path:
    kit = copy_of("teachers", tmp_path)
    (kit / "stories.toml").write_text(text, encoding="utf-8")
    return kit


def test_without_the_file_nothing_of_its_own_is_asked(tmp_path: Path) -> None:
    assert load_kit(copy_of("teachers", tmp_path)).story == ()


def test_answers_without_a_limit_share_what_the_others_leave(tmp_path: Path) -> None:
    second = '[[story]]\nname = "changed"\nprompt = "And now?"\nmaximum = 1000\nrequired = false\n'
    third = '[[story]]\nname = "advice"\nprompt = "And then?"\n'
    kit = load_kit(written(tmp_path, ONE + second + third))
    assert [(each.name, each.maximum, each.required) for each in kit.story] == [
        ("met", 1500, True),
        ("changed", 1000, False),
        ("advice", 1500, True),
    ]
    assert {each.kind for each in kit.story} == {QuestionKind.TEXT}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (ONE.replace("met", "title"), 2, "give this one another name"),
        (ONE + ONE, 5, "a question `met` already"),
        (ONE + "maximum = 4001", 4, "from 1 to 4000"),
        (ONE + 'kind = "text"', 4, "unknown key `kind`"),
        ('[[story]]\nname = "met"', 1, "the key `prompt` is missing"),
        ("[[stories]]", 1, "unknown table `stories` (did you mean `story`?)"),
        ("story = 3", 1, "begins with [[story]]"),
        (ONE + "maximum = 4000\n" + ONE.replace("met", "more") + "maximum = 1", 1, "together the answers may have"),
        (ONE + "maximum = 4000\n" + ONE.replace("met", "more"), 1, "together the answers may have"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, line: int, words: str) -> None:
    kit = written(tmp_path, text)
    problem = only_problem(kit)
    assert (problem.file, problem.line) == (str(kit / "stories.toml"), line)
    assert words in problem.text


def test_a_file_that_is_none_is_survived(tmp_path: Path) -> None:
    kit = written(tmp_path, ONE + "maximum = 0")
    (kit / "stories.toml").write_bytes(b"\xff\xfe")
    assert ["UTF-8" in problem.text for problem in check_kit(kit)] == [True]
