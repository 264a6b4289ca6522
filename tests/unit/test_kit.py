"""Kits: the built-in ones are whole, and loading and finding one works or says why not."""

from datetime import time
from pathlib import Path

import pytest

from tests.kits import base_of, copy_of, spoil
from topics.kit import KitError, base_texts, built_in_kits, check_kit, find_kit, load_kit
from topics.model import Choice, QuestionKind, Rule
from topics.outside import ImportColumns
from topics.problems import Findings
from topics.texts import BASE, read_texts


@pytest.mark.parametrize("name", built_in_kits())
def test_built_in_kits_have_no_mistake(name: str) -> None:
    assert check_kit(find_kit(name)) == ()
    assert load_kit(find_kit(name)).slug == name


@pytest.mark.parametrize("name", built_in_kits())
def test_built_in_kits_show_every_question_in_few_words(name: str) -> None:
    """Slack shows 75 characters of an option, Discord 100."""
    kit = load_kit(find_kit(name))
    assert [question.name for question in kit.questions if not question.short] == []
    asked = [*kit.questions, *(question for survey in kit.surveys for question in survey.questions)]
    assert [option.label for question in asked for option in question.options if len(option.label) > 75] == []


def test_the_librarians_kit_asks_what_its_form_asks() -> None:
    kit = load_kit(find_kit("librarians"))
    assert [question.name for question in kit.questions] == [
        *("country", "zone", "library_type", "partner_type", "interests", "similar", "about", "internet", "english"),
        *("hour", "former", "avoid", "conduct"),
    ]
    assert [wish.rule for wish in kit.wishes] == [Rule.DIFFERENT, Rule.WISHED, Rule.SIMILAR, Rule.OVERLAP]
    assert (kit.wishes[1].same, kit.wishes[1].anything, kit.wishes[3].hours) == ("same", "any", (time(9), time(17)))
    assert [question.name for question in kit.questions if question.must] == ["internet", "english", "hour", "conduct"]
    assert [question.name for question in kit.questions if not question.column] == ["about", "conduct"]
    assert kit.columns == ImportColumns(consent_given=True)
    assert [topic.number for topic in kit.topics] == list(range(1, 11))
    values = {option.value for option in kit.question("library_type").options}
    assert all(set(topic.variants) <= values for topic in kit.topics)
    assert [survey.when for survey in kit.surveys] == ["arrival", "middle", "closing", "exit"]
    assert [survey.name for survey in kit.surveys if survey.anonymous] == ["exit"]


def test_the_second_kit_shares_nothing_with_librarians() -> None:
    kit = load_kit(find_kit("teachers"))
    assert len(kit.topics) == 4
    assert kit.columns is None
    assert (kit.plan.weeks, kit.plan.odd, kit.rhythm.weekday) == (10, "waitlist", 3)
    assert kit.rhythm.daytime == ((time(12), time(20)), (time(8), time(21)))
    assert [pace.quiet_days for pace in kit.checkins.paces] == [9, 24]
    assert kit.question("subjects").options[0] == Choice("Arts", "Arts")
    assert kit.question("project_idea").only_if == ("class_project", ("yes",))
    assert kit.topics[2].title == "The hard days: noise, tiredness and help"
    assert set(kit.topics[2].variants) == {"upper"}
    found = kit.question_of_kind(QuestionKind.DATE)
    assert found and found.name == "term_ends"
    with pytest.raises(KeyError):
        kit.question("library_type")
    with pytest.raises(KeyError):
        kit.survey("closing")
    assert kit.survey("farewell").questions[0].options[3].value == "No"


def test_an_item_goes_on_in_an_indented_line(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    spoil(kit / "01-first-bell.md", "- When does your day begin", "1. When does¦\n   your day begin")
    topic = load_kit(kit).topics[0]
    assert topic.questions[0] == "When does your day begin, and when is your work really over?"
    assert topic.reading == ("What Teachers Make (Taylor Mali, 2012)",)


def test_texts_of_the_kit_replace_those_of_the_base(tmp_path: Path) -> None:
    base = base_of(tmp_path, '[texts]\n"a.one" = "One {{ name }}"\n[texts.b]\ntwo = "Two"\n')
    kit = copy_of("teachers", tmp_path)
    (kit / "texts.toml").write_text('[texts]\n"a.one" = "{{ name | upper }} first"\n', encoding="utf-8")
    assert load_kit(kit, base).texts == {"a.one": "{{ name | upper }} first", "b.two": "Two"}


def test_no_base_means_no_texts(tmp_path: Path) -> None:
    assert load_kit(copy_of("librarians", tmp_path), tmp_path / "nothing").texts == {}


def test_the_base_texts_are_valid() -> None:
    assert set(base_texts()) == set(load_kit(find_kit("teachers")).texts)


def test_each_base_text_is_written_once() -> None:
    files = [read_texts(path, Findings()) for path in sorted(BASE.glob("*.toml"))]
    keys = [key for texts in files for key in texts.templates]
    assert [key for key in keys if keys.count(key) > 1] == []


def test_a_base_text_that_is_no_template_is_named(tmp_path: Path) -> None:
    base = base_of(tmp_path, '[texts]\nfine = "{{ a }}"\nbroken = "{{ a"\n')
    with pytest.raises(KitError) as caught:
        base_texts(base)
    assert str(caught.value).startswith(f"{base / 'texts.toml'}:3: the text `broken` is no valid template")


def test_files_from_windows_are_read(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    for file in kit.iterdir():
        words = file.read_text(encoding="utf-8").replace("\n", "\r\n")
        file.write_bytes(b"\xef\xbb\xbf" + words.encode())
    assert load_kit(kit) == load_kit(find_kit("teachers"))


def test_a_kit_is_found_by_name_or_path(tmp_path: Path) -> None:
    assert (find_kit("teachers") / "program.toml").is_file()
    assert find_kit(str(tmp_path)) == tmp_path
    assert BASE.name not in built_in_kits()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("librarian", "did you mean `librarians`?"),
        ("zzz", "the built-in kits are `librarians`, `teachers`"),
        ("base", "there is no kit of this name"),
        ("", "there is no kit of this name"),
        ("../topics/none", "no such folder"),
    ],
)
def test_a_kit_that_is_not_there(name: str, words: str) -> None:
    with pytest.raises(KitError, match=r".+:1: ") as caught:
        find_kit(name)
    assert words in str(caught.value)


def test_loading_says_everything_that_checking_finds(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    lines = [
        spoil(kit / "program.toml", "weeks = 10", "weeks¦ = 0"),
        spoil(kit / "program.toml", 'odd = "waitlist"', 'odd¦ = "wait"'),
    ]
    (kit / "conduct.md").unlink()
    (kit / "surveys.toml").write_text("[[surveys]\n", encoding="utf-8")
    problems = check_kit(kit)
    assert [(Path(problem.file).name, problem.line) for problem in problems] == [
        ("conduct.md", 1),
        ("program.toml", lines[0]),
        ("program.toml", lines[1]),
        ("surveys.toml", 1),
    ]
    with pytest.raises(KitError) as caught:
        load_kit(kit)
    assert caught.value.problems == problems
    assert str(caught.value).count("\n") == 3
