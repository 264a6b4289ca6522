"""Finding the line of each TOML value, without which no mistake could be named with its line."""

import json
import tomllib

from hypothesis import given
from hypothesis import strategies as st

from topics.lines import Path, find_lines

DOCUMENT = '''# a remark with [brackets] and "quotes
title = "a # no remark"
"quoted key".inner = 1

[one]
list = [ # a remark, with ] in it
    "first",
    { value = "x", label = "}" },
    ["deep",
     'deeper'],
]
when = 1979-05-27 07:32:00
words = """
second line of words
with \\""" inside""""
literal = \'\'\'
it\'s "free"\'\'\'

[[rows]]
name = "a"

  [[rows.inner]]
  name = "b"
  [[rows.inner]]
  name = "c"

[[rows]]
name = "d"
[rows.table]
key = true
[[rows.inner]]
name = "e"
'''


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(DOCUMENT.splitlines(), start=1) if words in line)


def test_every_value_is_found_where_it_stands() -> None:
    assert tomllib.loads(DOCUMENT)
    lines = find_lines(DOCUMENT)
    expected: dict[Path, str] = {
        ("title",): "title",
        ("quoted key", "inner"): "quoted key",
        ("one",): "[one]",
        ("one", "list", 0): '"first"',
        ("one", "list", 1, "label"): "label",
        ("one", "list", 2, 0): '"deep"',
        ("one", "list", 2, 1): "deeper",
        ("one", "when"): "when",
        ("one", "literal"): "literal",
        ("rows", 0, "name"): 'name = "a"',
        ("rows", 0, "inner", 1, "name"): 'name = "c"',
        ("rows", 1, "name"): 'name = "d"',
        ("rows", 1, "table", "key"): "key = true",
        ("rows", 1, "inner", 0, "name"): 'name = "e"',
    }
    assert {path: lines.of(path) for path in expected} == {path: line_of(words) for path, words in expected.items()}


def test_words_begin_after_the_opening_quotes() -> None:
    lines = find_lines(DOCUMENT)
    assert lines.contents["one", "words"] == line_of("second line of words")
    assert lines.contents["title",] == line_of("title")


def test_what_is_not_there_is_looked_for_further_out() -> None:
    lines = find_lines(DOCUMENT)
    assert lines.of(("rows", 1, "missing")) == max(
        n for n, line in enumerate(DOCUMENT.splitlines(), 1) if line == "[[rows]]"
    )
    assert lines.of(("nothing",)) == 1


values = st.recursive(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), st.integers(0, 99), st.booleans()
    ),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.text("abc-", min_size=1), values, max_size=4), max_size=4), st.integers(0, 2))
def test_any_document_is_walked_to_its_end(tables: list[dict[str, object]], blank: int) -> None:
    written: list[str] = []
    expected: dict[Path, int] = {}
    for position, table in enumerate(tables):
        written += ["# remark"] * blank + ["[[rows]]"]
        expected["rows", position] = len(written)
        for key, value in table.items():
            # JSON's strings, numbers and lists are TOML's too, surrogate pairs apart.
            written.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
            expected["rows", position, key] = len(written)
    text = "\n".join(written)
    assert tomllib.loads(text).get("rows", []) == tables
    lines = find_lines(text)
    assert {path: lines.of(path) for path in expected} == expected
