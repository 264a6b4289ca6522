"""Messages as Discord takes them: what becomes of each element, and what happens when it is too much."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.marks import DONE, MANY, PICK, PRESS, Field, Mark, act_mark
from adapters.discord.render import CAPABILITIES, Shown, message
from bot.language.adapter import Refused
from bot.language.cutting import size
from bot.language.messages import Choices, Document, Element, Input, Link, Option, Picture, say

GUILD, KEY, TOKEN = "123456789012345678", "flow:12:3", "flow:12:country:3"


def shown(*parts: str | Element) -> Shown:
    return message(say(*parts), GUILD, KEY)


def rows(*parts: str | Element) -> list[list[dict[str, Any]]]:
    found = shown(*parts).rows
    assert len(found) <= 5 and all(1 <= len(row["components"]) <= 5 for row in found)
    ids = [each["custom_id"] for row in found for each in row["components"] if "custom_id" in each]
    assert len(set(ids)) == len(ids) and all(len(each) <= 100 for each in ids)
    return [row["components"] for row in found]


def mark(component: dict[str, Any]) -> Mark:
    found = Mark.parse(component["custom_id"])
    assert found is not None and (found.guild, found.act) == (GUILD, act_mark(KEY))
    return found


def options(count: int, label: str = "Country") -> tuple[Option, ...]:
    return tuple(Option(f"v{number}", f"{label} {number}") for number in range(1, count + 1))


def test_words() -> None:
    found = shown("# Hello\n\n**Ana**", "And more")
    assert (found.content, found.embeds, found.rows) == ("# Hello\n\n**Ana**\n\nAnd more", (), ())
    payload = found.payload()
    assert payload["allowed_mentions"] == {"parse": []}
    assert payload["flags"] == 4, "links make no previews"


# Choices


def test_few_options_are_buttons() -> None:
    (row,) = rows(Choices(TOKEN, (Option("yes", "Yes", "primary"), Option("no", "No", "danger"), Option("x", "Later"))))
    assert [(each["label"], each["style"]) for each in row] == [("Yes", 1), ("No", 4), ("Later", 2)]
    assert [(mark(each).kind, mark(each).token, mark(each).value) for each in row] == [
        (PRESS, TOKEN, "yes"), (PRESS, TOKEN, "no"), (PRESS, TOKEN, "x"),
    ]  # fmt: skip


@pytest.mark.parametrize("option", [Option("v" * 80, "A value that is long"), Option("v", "A label too long " * 5)])
def test_what_does_not_fit_a_button_stands_in_a_list(option: Option) -> None:
    ((only,),) = rows(Choices(TOKEN, (option, Option("no", "No"))))
    assert (only["type"], mark(only).kind) == (3, PICK)
    assert [each["value"] for each in only["options"]] == [option.value, "no"]


def test_a_label_that_is_too_long_goes_on_below() -> None:
    words = "Cataloguing and metadata, " * 6
    ((only,),) = rows(Choices(TOKEN, (Option("a", words), *options(5))))
    first = only["options"][0]
    assert size(first["label"]) <= 100 and size(first["description"]) <= 100
    assert f"{first['label']} {first['description']}" == words.strip()


def test_more_options_are_a_list() -> None:
    ((only,),) = rows(Choices(TOKEN, options(25)))
    assert (only["type"], only["min_values"], only["max_values"]) == (3, 1, 1)
    assert (mark(only).kind, mark(only).token, mark(only).value) == (PICK, TOKEN, "0")
    assert len(only["options"]) == 25


def test_many_more_are_several_lists() -> None:
    """Thirty-one options: each list says which are in it."""
    lists = [row[0] for row in rows(Choices(TOKEN, options(31)))]
    assert [len(each["options"]) for each in lists] == [25, 6]
    assert [mark(each).value for each in lists] == ["0", "1"]
    assert [each["placeholder"] for each in lists] == ["1–25: Country 1 … Country 25", "26–31: Country 26 … Country 31"]
    assert CAPABILITIES.options == 100 and len(rows(Choices(TOKEN, options(100)))) == 4


def test_what_was_chosen_can_be_chosen_again() -> None:
    """A list's default, chosen again, would be no answer: nobody would be told."""
    ((only,),) = rows(Choices(TOKEN, options(8), chosen=("v3",)))
    assert only["placeholder"] == "Now: Country 3"
    assert not any(each.get("default") for each in only["options"])


@pytest.mark.parametrize(("count", "lists"), [(3, 1), (25, 1), (31, 2), (100, 4)])
def test_several_of_many(count: int, lists: int) -> None:
    *found, last = rows(Choices(TOKEN, options(count), many=True, chosen=("v2", f"v{count}")))
    assert len(found) == lists and mark(last[0]).kind == DONE and last[0]["label"] == "Save"
    for (only,) in found:
        assert (mark(only).kind, only["min_values"], only["max_values"]) == (MANY, 0, len(only["options"]))
    chosen = [each["value"] for (only,) in found for each in only["options"] if each.get("default")]
    assert chosen == ["v2", f"v{count}"]


@pytest.mark.parametrize(
    "choices",
    [
        Choices(TOKEN, options(101)),
        Choices(TOKEN, options(101), many=True),
        Choices(TOKEN, tuple(Option("v" * 101, f"L {number}") for number in range(6))),
        Choices(TOKEN, tuple(Option("same", f"L {number}") for number in range(6))),
    ],
)
def test_what_fits_no_list_is_numbered(choices: Choices) -> None:
    found = shown("Which?", choices)
    assert not found.rows
    words = found.content or "\n".join(found.embeds)
    assert words.startswith("Which?\n1\\. ") and f"\n{len(choices.options)}\\. " in words


def test_too_many_questions_for_five_rows() -> None:
    """The largest is numbered; buttons share their rows before that."""
    yes = (Option("yes", "Yes"), Option("no", "No"))
    assert len(rows(*(Choices(f"t:{number}", yes) for number in range(7)))) == 4
    found = shown(Choices("big", options(80)), Choices("t:1", yes), Choices("t:2", options(9)))
    assert "80\\. Country 80" in found.content
    assert [len(row["components"]) for row in found.rows] == [2, 1]


def test_a_token_that_is_too_long() -> None:
    for element in (Choices("t" * 90, options(9)), Input("t" * 90, "Name")):
        with pytest.raises(Refused, match="too many for Discord"):
            shown(element)


# Places to type, links, pictures


@pytest.mark.parametrize("kind", ["text", "long", "number", "date"])
def test_a_place_to_type_is_a_button(kind: Any) -> None:
    ((only,),) = rows(Input(TOKEN, "What do you hope to learn?", kind))
    assert only["label"] == "Write an answer"
    found = Field.parse(mark(only).value)
    assert found.kind == kind and "What do you hope to learn?".startswith(found.label.removesuffix("…"))


def test_what_is_asked_is_cut_to_what_fits() -> None:
    ((only,),) = rows(Input(TOKEN, "Wörter | ☃ 😀 " * 20))
    assert Field.parse(mark(only).value).label.endswith("…")


def test_several_places_to_type_say_which_they_are() -> None:
    found = rows(Input("a", "Your name"), Input("b", "Your city"))
    assert [row[0]["label"] for row in found] == ["Your name", "Your city"]


def test_links() -> None:
    found = shown("See", *(Link(f"Page {number}", f"https://example.org/{number}") for number in range(7)))
    assert [len(row["components"]) for row in found.rows] == [5, 2]
    assert found.rows[0]["components"][0] == {
        "type": 2, "style": 5, "label": "Page 0", "url": "https://example.org/0",
    }  # fmt: skip


def test_links_that_are_no_buttons() -> None:
    assert shown(Link("Evil", "javascript:alert(1)")).content == "Evil"
    long = f"https://example.org/{'a' * 600}"
    assert shown(Link("Long", long)).content == f"[Long](<{long}>)"


def test_pictures() -> None:
    one, two = Picture("f1", "A cat", "cat.png", content=b"PNG"), Picture("f2", "A dog", "dog.png")
    found = shown("Look", one, two)
    assert found.content == "Look\n\n\\[A dog\\]", "what was dropped is its words"
    assert found.payload()["attachments"] == [{"id": 0, "filename": "cat.png", "description": "A cat"}]


def test_files_that_were_dropped_and_more_than_a_message_takes() -> None:
    kept = Document("my.pdf", "application/pdf", file="f1", content=b"%PDF")
    found = shown(kept, Document("old.pdf", "application/pdf", file="f2"), Document("a.ics", "text/calendar", "BEGIN"))
    assert [each["filename"] for each in found.payload()["attachments"]] == ["my.pdf", "a.ics"]
    assert found.content == "\\[old.pdf\\]"
    many = shown(*(Picture(f"f{n}", f"Number {n}", content=b"PNG") for n in range(9)), kept, replace(kept))
    assert len(many.payload()["attachments"]) == 10 and many.content == "\\[my.pdf\\]"


# Too much


def test_a_text_that_is_too_long_for_content() -> None:
    found = shown("word " * 1_000)
    assert found.content == "" and [size(each) <= 4_096 for each in found.embeds] == [True, True]
    assert found.payload()["flags"] == 0, "they would be hidden as previews are"
    assert shown("x" * 2_000).content == "x" * 2_000
    assert len(shown("x" * 6_000).embeds) == 2
    with pytest.raises(Refused, match="6001 characters, and it takes 6000"):
        shown("x" * 6_001)


def test_nothing() -> None:
    for parts in ((), ("",), (" \n",), (Choices(TOKEN, ()),)):
        with pytest.raises(Refused, match="without anything"):
            shown(*parts)


ELEMENTS = st.one_of(
    st.text(max_size=40),
    st.builds(
        Choices,
        st.text(st.characters(exclude_characters="|", codec="utf-8"), min_size=1, max_size=30),
        st.lists(st.builds(Option, st.text(max_size=60), st.text(max_size=120)), max_size=30).map(tuple),
        st.booleans(),
    ),
    st.builds(Input, st.sampled_from(["a", "b", "c"]), st.text(max_size=200)),
    st.builds(Link, st.text(max_size=90), st.sampled_from(["https://example.org", "javascript:1", "http://[", ""])),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(ELEMENTS, max_size=6))
def test_whatever_it_is_it_fits_or_is_refused(parts: list[Any]) -> None:
    try:
        found = shown(*parts)
    except Refused:
        return
    assert size(found.content) <= 2_000 and sum(size(each) for each in found.embeds) <= 6_000
    assert len(found.rows) <= 5
    for row in found.rows:
        for each in row["components"]:
            assert len(each.get("custom_id", "")) <= 100
            assert each["type"] == 3 or 1 <= size(each["label"]) <= 80
            assert size(each.get("placeholder", "")) <= 150
            for option in each.get("options", ()):
                assert 1 <= size(option["label"]) <= 100 and 1 <= size(option["value"]) <= 100
