"""Mistakes in topics, texts and pages, and folders that are no kit: each named with file and line."""

from pathlib import Path

import pytest

from tests.kits import base_of, copy_of, only_problem, spoil
from topics.kit import KitError, check_kit, load_kit

FIRST, HARD = "01-first-bell.md", "03-the-hard-days.md"

TOPICS = [
    (FIRST, "title: The first bell", "titel¦: The first bell\ntitle: x", "unknown key `titel`"),
    (FIRST, "title: The first bell", "title: The first: ¦bell", "quotes if it has a colon"),
    (FIRST, "title: The first bell", "title¦:", "the title is missing"),
    (FIRST, "title: The first bell", "title¦: 1984", "a mere number in quotes"),
    (FIRST, "---\ntitle: The first bell", "¦---\ntitle: 2026-13-45", "or is a date"),
    (FIRST, "title: The first bell", "just words¦", "must hold a line `title:"),
    (FIRST, "---\ntitle: The first bell\n---\n", "¦", "must begin with ---"),
    (FIRST, "## Why it matters", "Lost words¦\n\n## Why it matters", "below a heading"),
    (FIRST, "## Further reading", "## Further Readings¦", "(did you mean `Further reading`?)"),
    (FIRST, "## Further reading", "## Zzz¦", "the headings are"),
    (FIRST, "## Further reading", "## Questions¦", "`Questions` is there twice"),
    (
        FIRST,
        "## Questions\n- When does your day begin, and when is your work really over?\n",
        "## Questions¦\n",
        "has 2",
    ),
    (FIRST, "## Questions\n", "## Questions¦\n- one\n- two\n- three\n", "3 to 5 questions; this one has 6"),
    (FIRST, "- What made you", "What¦ made you", "is a list"),
    (FIRST, "### early", "### earli¦", "no option of `level` (did you mean `early`?)"),
    (FIRST, "### vocational", "### Early years (up to 6)¦", "a variant for `early` already"),
    (FIRST, "### early\n", "Lost words¦\n### early\n", "below a heading"),
    (FIRST, "### early\n", "### upper¦\n### early\n", "nothing stands below `### upper`"),
    (HARD, "## Why it matters\n", "¦", "`## Why it matters` is missing"),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), TOPICS, ids=[case[2] for case in TOPICS])
def test_a_mistake_in_a_topic_is_named(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    kit = copy_of("teachers", tmp_path)
    line = spoil(kit / file, old, new)
    named = [problem for problem in check_kit(kit) if problem.file == str(kit / file) and words in problem.text]
    assert len(named) == 1, check_kit(kit)
    assert named[0].line == line


@pytest.mark.parametrize("part", ["Why it matters", "Questions", "Something to do or show"])
def test_a_part_that_is_missing_or_empty_is_named(tmp_path: Path, part: str) -> None:
    kit = copy_of("teachers", tmp_path)
    file = kit / "04-looking-back.md"
    text = file.read_text(encoding="utf-8")
    begin = text.index(f"## {part}")
    end = text.find("\n## ", begin) if "\n## " in text[begin:] else len(text)
    file.write_text(text[:begin] + text[end:], encoding="utf-8")
    problem = only_problem(kit)
    assert (problem.file, problem.line) == (str(file), 4)
    assert f"the part `## {part}` is missing" in problem.text
    file.write_text(text[:begin] + f"## {part}\n" + text[end:], encoding="utf-8")
    problem = only_problem(kit)
    assert problem.line == text[:begin].count("\n") + 1
    assert problem.text == f"nothing stands below `## {part}`"


def test_topics_are_numbered_without_gaps(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / "02-a-lesson-that-worked.md").rename(kit / "07-a-lesson-that-worked.md")
    problems = check_kit(kit)
    assert [Path(problem.file).name for problem in problems] == [HARD, "07-a-lesson-that-worked.md"]
    assert "topic 02 is missing" in problems[0].text


def test_topics_share_neither_number_nor_name(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / "04-looking-back.md").rename(kit / "03-first-bell.md")
    problems = check_kit(kit)
    assert {problem.file for problem in problems} <= {str(kit / HARD), str(kit / "03-first-bell.md")}
    assert any("this number is taken" in problem.text for problem in problems)
    assert any("01-first-bell.md has this name too" in problem.text for problem in problems)


def test_a_kit_needs_topics(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    for file in kit.glob("0*.md"):
        file.unlink()
    assert "no topics" in only_problem(kit).text


def test_variants_need_a_question_that_selects_them(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    spoil(kit / "program.toml", 'variant_by = "level"\n', "¦")
    assert {Path(problem.file).name for problem in check_kit(kit)} == {FIRST, HARD}
    assert all("variants need `variant_by`" in problem.text for problem in check_kit(kit))


BASE = '[texts]\ngreet = "Hello {{ name }}, {{ round.title | loud }}"\nplain = "Good day"\n'

TEXTS = [
    ('[texts]\ngreat = "x"', 2, "no text `great` to replace (did you mean `greet`?)"),
    ('[texts]\n\ngreet = """\nHello\n{{ nam }}"""', 5, "no placeholder `nam` (did you mean `name`?)"),
    ('[texts]\nplain = "{{ other }}"', 2, "no placeholder `other`: it has none"),
    ('[texts]\ngreet = """\n\n{% if name %}\nno end"""', 4, "no valid template"),
    ('[texts]\ngreet = "{{ name"', 2, "no valid template"),
    ('[texts]\ngreet = "{{ name | lowre }}"', 2, "no filter `lowre` (did you mean `lower`?)"),
    ('[texts]\ngreet = "{% if name is defned %}{% endif %}"', 2, "no test `defned`"),
    ("[texts]\ngreet = \"{% include '/etc/hostname' %}\"", 2, "cannot take in other files"),
    ("[texts]\ngreet = 3", 2, "must be text in quotes"),
    ("texts = 3", 1, "`texts` must be a table"),
    ('[text]\ngreet = "x"', 1, "unknown table `text`"),
    ("[texts]\ngreet = hello", 2, "not valid TOML"),
]


@pytest.mark.parametrize(("text", "line", "words"), TEXTS)
def test_a_mistake_in_the_texts_is_named(tmp_path: Path, text: str, line: int, words: str) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / "texts.toml").write_text(text, encoding="utf-8")
    problem = only_problem(kit, base_of(tmp_path, BASE))
    assert (problem.file, problem.line) == (str(kit / "texts.toml"), line)
    assert words in problem.text


def test_filters_of_the_base_are_known(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / "texts.toml").write_text('[texts]\ngreet = "{{ name | loud }}"', encoding="utf-8")
    assert check_kit(kit, base_of(tmp_path, BASE)) == ()


@pytest.mark.parametrize("page", ["welcome.md", "guidance.md", "conduct.md", "program.toml"])
def test_a_needed_file_must_be_there(tmp_path: Path, page: str) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / page).unlink()
    problem = only_problem(kit)
    assert str(problem) == f"{kit / page}:1: this file is missing"


def test_a_page_must_say_something(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / "welcome.md").write_text("\n \n", encoding="utf-8")
    assert only_problem(kit).text == "this file is empty"


def test_a_page_has_no_placeholders(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    line = spoil(kit / "guidance.md", "- **Away?**", "¦- {{ name }}: **Away?**")
    problem = only_problem(kit)
    assert (problem.line, problem.file) == (line, str(kit / "guidance.md"))


@pytest.mark.parametrize("file", ["program.toml", "surveys.toml", "texts.toml", "conduct.md", FIRST])
def test_a_file_in_another_encoding_is_named(tmp_path: Path, file: str) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / file).write_bytes("# a\n# b\n# é\n".encode("latin-1"))
    problem = only_problem(kit)
    assert (problem.file, problem.line) == (str(kit / file), 3)
    assert "UTF-8" in problem.text


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / "conduct.md").unlink()
    (kit / "conduct.md").mkdir()
    assert "cannot be read" in only_problem(kit).text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("1-too-short.md", "topics are named like"),
        ("welcom.md", "did you mean `welcome.md`?"),
        ("Survey.toml", "`surveys.toml`"),
    ],
)
def test_a_file_that_nobody_reads_is_named(tmp_path: Path, name: str, words: str) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / "README.md").write_text("Notes for ourselves.", encoding="utf-8")
    (kit / name).write_text("", encoding="utf-8")
    problem = only_problem(kit)
    assert problem.file == str(kit / name)
    assert words in problem.text


def test_folders_that_are_no_kit(tmp_path: Path) -> None:
    missing, empty, file = tmp_path / "missing", tmp_path / "empty", tmp_path / "file.toml"
    empty.mkdir()
    file.write_text("", encoding="utf-8")
    assert "no such folder" in only_problem(missing).text
    assert "this folder is empty" in only_problem(empty).text
    assert "a kit is a folder" in only_problem(file).text
    with pytest.raises(KitError):
        load_kit(missing)


def test_a_folder_without_a_program_is_no_kit(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert str(tmp_path / "program.toml") + ":1: this file is missing" in map(str, check_kit(tmp_path))


def test_the_sites_theme_is_read_from_its_file(tmp_path: Path) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / "theme.css").write_text(":root { --one: #123456; }", encoding="utf-8")
    assert load_kit(kit).theme == ":root { --one: #123456; }"
    (kit / "theme.css").unlink()
    problem = only_problem(kit)
    assert (problem.file, problem.text) == (str(kit / "theme.css"), "this file is missing")
