"""Messages as Block Kit: every element, its limits, and what hostile texts do in it (nothing)."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import marks
from adapters.slack.mrkdwn import JOINER
from adapters.slack.render import CAPABILITIES, CHOOSE_ALL, SAVE, WRITE_ANSWER, home, message
from bot.language.adapter import Refused
from bot.language.markup import escape, plain, tidy
from bot.language.messages import Choices, Element, Input, Link, Message, Option, Picture, Text, say
from tests.slackserver.blocks import elements_of, faults, view_faults
from tests.slackserver.reading import buttons, links, mentions, words
from tests.slackserver.state import Message as Posted


def shown(*parts: str | Element) -> Posted:
    """The message as Slack has it, if Slack takes it."""
    made = message(say(*parts))
    assert faults(list(made.blocks), "message") == []
    return Posted("C1", "1.0", made.text, "U0", blocks=list(made.blocks))


def elements(posted: Posted) -> list[dict[str, Any]]:
    return [element for block in posted.blocks for element in elements_of(block)]


def options(count: int, label: str = "Option") -> tuple[Option, ...]:
    return tuple(Option(f"v{number}", f"{label} {number}") for number in range(count))


def test_texts_and_headings() -> None:
    posted = shown("# Welcome, *Ana*\n\nHello **you**", "## Smaller\n\nmore")
    assert [block["type"] for block in posted.blocks] == ["header", "section", "section"]
    assert words(posted) == "Welcome, Ana\nHello *you*\n*Smaller*\n\nmore"
    assert posted.text == "Welcome, Ana\nHello you\nSmaller\nmore"
    assert all(block["text"]["verbatim"] for block in posted.blocks[1:])
    assert [block["type"] for block in shown(f"# {'long ' * 40}").blocks] == ["section"]


def test_up_to_five_options_are_buttons() -> None:
    chosen = Choices("flow:1:s:2", (Option("a", "A"), Option("b", "B", "primary"), Option("c", "C", "danger")))
    posted = shown("Which?", chosen)
    assert buttons(posted) == ["A", "B", "C"]
    assert [(e["action_id"], e["value"], e.get("style")) for e in elements(posted)] == [
        ("press:0", "a", None),
        ("press:1", "b", "primary"),
        ("press:2", "c", "danger"),
    ]
    assert marks.token_of(posted.blocks[1]["block_id"]) == "flow:1:s:2"
    assert len(elements(shown(Choices("t", options(5))))) == 5


def test_more_options_are_a_list() -> None:
    posted = shown("Which?", Choices("t", options(6), chosen=("v3",)))
    (element,) = elements(posted)
    assert (element["type"], element["action_id"], element["initial_option"]["value"]) == (
        "static_select",
        "pick",
        "v3",
    )
    (full,) = elements(shown(Choices("t", options(100), chosen=("gone",))))
    assert len(full["options"]) == 100 and "initial_option" not in full


def test_several_of_ten_are_boxes() -> None:
    posted = shown("Which?", Choices("t", options(10), many=True, chosen=("v1", "v9")))
    boxes, save = elements(posted)
    assert (boxes["type"], boxes["action_id"]) == ("checkboxes", "many")
    assert [each["value"] for each in boxes["initial_options"]] == ["v1", "v9"]
    assert (save["action_id"], save["text"]["text"]) == ("done", SAVE)
    assert [marks.token_of(block["block_id"]) for block in posted.blocks[1:]] == ["t", "t"]


def test_several_of_thirty_one_are_a_list() -> None:
    posted = shown(Choices("t", options(31), many=True, chosen=("v30",)))
    many, save = elements(posted)
    assert (many["type"], many["action_id"], len(many["options"])) == ("multi_static_select", "many", 31)
    assert [each["value"] for each in many["initial_options"]] == ["v30"]
    assert save["action_id"] == "done"
    assert words(posted) == CHOOSE_ALL
    assert posted.text.startswith("Option 0, Option 1")


@pytest.mark.parametrize("many", [False, True])
def test_still_more_are_numbered(many: bool) -> None:
    posted = shown("Which?", Choices("t", options(120), many=many))
    assert elements(posted) == []
    assert words(posted).splitlines()[1:4] == ["1. Option 0", "2. Option 1", "3. Option 2"]
    assert words(posted).endswith("120. Option 119")


@pytest.mark.parametrize("values", [("x" * 151,), ("same", "same"), ("",)])
def test_a_list_cannot_have_every_value(values: tuple[str, ...]) -> None:
    listed = (*options(6), *(Option(value, "Odd") for value in values))
    posted = shown(Choices("t", listed), Choices("t", listed, many=True))
    assert elements(posted) == []
    assert words(posted).count("Odd") == 2 * len(values)
    assert len(elements(shown(Choices("t", (Option("x" * 2_000, "Long"),))))) == 1
    assert elements(shown(Choices("t", (Option("x" * 2_001, "Longer"),)))) == []


def test_labels_are_cut() -> None:
    posted = shown(Choices("t", (Option("a", "word " * 40), Option("b", ""))))
    assert [len(each) <= 75 for each in buttons(posted)] == [True, True]
    assert buttons(posted)[0].endswith("…") and buttons(posted)[1] == "–"
    assert posted.text


def test_places_to_type() -> None:
    posted = shown("Name?", Input("t:1", "Your name", "long", "Ana"))
    (button,) = elements(posted)
    assert (button["action_id"], button["text"]["text"]) == ("write", WRITE_ANSWER)
    assert marks.Field.from_json(button["value"]) == marks.Field("Your name", "long", "Ana")
    assert marks.token_of(posted.blocks[1]["block_id"]) == "t:1"
    (long,) = elements(shown(Input("t", "L" * 5_000, "text", "v" * 8_000)))
    assert marks.Field.from_json(long["value"]) == marks.Field("L" * 150, "text", "")


@pytest.mark.parametrize(("value", "first"), [("2027-09-01", "2027-09-01"), ("1 September", None), ("20270901", None)])
def test_days(value: str, first: str | None) -> None:
    (picker,) = elements(shown(Input("t", "When?", "date", value)))
    assert (picker["type"], picker["action_id"], picker.get("initial_date")) == ("datepicker", "day", first)


def test_links() -> None:
    posted = shown(*(Link(f"L{n}", f"https://example.org/{n}") for n in range(7)), "after")
    assert [len(elements_of(block)) for block in posted.blocks] == [5, 2, 0]
    assert all(marks.kind_of(each["action_id"]) == marks.LINK for each in elements(posted))
    assert links(posted) == [f"https://example.org/{n}" for n in range(7)]
    assert "L0: https://example.org/0" in posted.text
    unsafe = shown(
        Link("Bad", "javascript:alert(1)"), Link("Long", f"https://example.org/{'x' * 3_000}"), Link("", "x:y")
    )
    assert (links(unsafe), words(unsafe)) == ([], "Bad\nLong\nx:y")


def test_pictures_are_their_words() -> None:
    posted = shown(Picture("f1", "A map of <!channel>", "map.png"))
    assert words(posted) == f"[A map of &lt;{JOINER}!channel&gt;]", "the file was dropped"
    assert words(shown(Picture("f1", "A map", "map.png", content=b"PNG"))) == "[map.png]"


def test_the_same_token_several_times() -> None:
    posted = shown(
        Choices("t", options(3)), Choices("t", options(2)), Input("t", "Or write"), Link("x", "https://example.org")
    )
    ids = [block["block_id"] for block in posted.blocks if "block_id" in block]
    assert len(set(ids)) == 3 and {marks.token_of(each) for each in ids} == {"t"}


def test_nothing_and_too_much() -> None:
    for empty in (Message(()), say(Text("")), say(" \n"), say(Choices("t", ()))):
        with pytest.raises(Refused):
            message(empty)
    with pytest.raises(Refused):
        message(say(*(Choices(f"t{n}", options(2)) for n in range(51))))
    with pytest.raises(Refused):
        message(say(Choices("t" * 300, options(2))))


def test_many_texts_are_put_together() -> None:
    posted = shown(*(f"# Title {number}\n\nText {number}" for number in range(60)))
    assert len(posted.blocks) == 1
    assert words(posted).startswith("*Title 0*\n\nText 0\n\n*Title 1*")


def test_the_longest_text_fits() -> None:
    text = "\n\n".join(escape("Ana & Bo <3 say *hello*. " * 20) for _ in range(20))
    assert len(plain(text)) <= CAPABILITIES.text
    posted = shown(text, text, text)
    assert all(len(block["text"]["text"]) <= 3_000 for block in posted.blocks)
    assert words(posted).count("&lt;3") == 1_200
    assert len(posted.text) < 16_000


def test_a_home_page() -> None:
    view = home(say("# Home", Choices("t", options(3)), *(Choices(f"t{n}", options(2)) for n in range(80))))
    assert view["type"] == "home" and view_faults(view) == []
    with pytest.raises(Refused):
        home(say(*(Choices(f"t{n}", options(2)) for n in range(101))))


# Anything at all


@dataclass(frozen=True)
class Seed:
    """What an element of any kind is grown from; small, so that a failure can be read."""

    kind: str
    words: str
    times: int
    count: int
    mark: str
    many: bool
    style: Literal["plain", "primary", "danger"]

    def grown(self) -> Element:
        outside = self.words * self.times
        match self.kind:
            case "choices":
                # Values get longer and longer: at some number a list does not take them any more.
                options = [
                    Option(f"{n}{'v' * (n + self.times)}", f"{outside}{n}", self.style) for n in range(self.count)
                ]
                return Choices("t:1", tuple(options), self.many, tuple(each.value for each in options[2:4]))
            case "input":
                return Input("t:1", outside, "text", outside)
            case "day":
                return Input("t:1", outside, "date", self.words)
            case "link":
                return Link(outside, "https://example.org/a?b&c" if self.many else f"x{outside}")
            case "picture":
                return Picture("f1", outside)
            case _:
                return Text(self.mark.format(escape(tidy(outside))))


EVIL = st.sampled_from(
    [
        "<!channel>",
        "<@U123>",
        "@here ",
        "*x* ",
        "_x_",
        "~x~",
        "`x`",
        "<http://evil.example.org|x>",
        "&lt;!here&gt;",
        ":x:",
    ]
)
MARKS = st.sampled_from(["{}", "**{}**", "# {}", "- {}", "> {}", "*{}*", "[{}](https://example.org)", "## {}"])
SEEDS = st.builds(
    Seed,
    st.sampled_from(["text", "text", "choices", "input", "day", "link", "picture"]),
    st.one_of(EVIL, st.text(max_size=20)),
    st.one_of(st.integers(1, 3), st.integers(1, 300)),
    st.one_of(st.integers(0, 12), st.integers(0, 130)),
    MARKS,
    st.booleans(),
    st.sampled_from(["plain", "primary", "danger"]),
)


@settings(deadline=None)
@given(st.lists(SEEDS, max_size=6))
def test_any_message_keeps_the_limits_and_calls_nobody(seeds: list[Seed]) -> None:
    grown = Message(tuple(seed.grown() for seed in seeds))
    try:
        made = message(grown)
    except Refused:
        return
    assert faults(list(made.blocks), "message") == []
    assert 0 < len(made.text) <= 40_000
    posted = Posted("C1", "1.0", made.text, "U0", blocks=list(made.blocks))
    assert mentions(posted) == []
    assert {each.partition("?")[0] for each in links(posted)} <= {"https://example.org/a", "https://example.org"}
    assert view_faults(home(grown)) == []
