"""What readers see of hostile words: the words, and nothing else."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.outbound import CAPABILITIES
from adapters.local.render import Html, Words, safe_url, shape
from bot.language.adapter import Capabilities
from bot.language.markup import escape
from bot.language.messages import Choices, Input, Link, Option, Picture, say

HARMLESS_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h4", "a", "code", "pre", "hr"}
HARMLESS_ATTRIBUTES = {"href", "target", "rel", "start", "class"}


class Reader(HTMLParser):
    """Collects the tags, attributes and links of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


def options(count: int) -> tuple[Option, ...]:
    return tuple(Option(f"v{number}", f"Label {number}") for number in range(count))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<b onmouseover=x>",
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](data:text/html,x)",
        "[click](vbscript:x)",
        "[click](file:///etc/passwd)",
        "[click](//evil.example/x)",
        "![picture](https://evil.example/pixel.png)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n[x]",
        "```html\n<script>\n```",
    ],
)
def test_hostile_markdown_becomes_harmless_html(hostile: str) -> None:
    for text in (hostile, escape(hostile), f"**{hostile}**", f"> {hostile}", f"- {hostile}"):
        read = Reader(Html().text(text))
        assert read.tags <= HARMLESS_TAGS
        assert read.attributes <= HARMLESS_ATTRIBUTES
        assert all(link.startswith("https://evil.example/pixel.png") for link in read.links)


@given(st.text(max_size=200))
def test_any_text_becomes_harmless_html(text: str) -> None:
    for markdown in (text, escape(text)):
        read = Reader(Html().text(markdown))
        assert read.tags <= HARMLESS_TAGS
        assert read.attributes <= HARMLESS_ATTRIBUTES
        assert all(safe_url(link) for link in read.links)


@pytest.mark.parametrize(
    "mention", ["@everyone", "@here", "<!channel>", "<!here|here>", "<@U123>", "<@&9>", "<#C1>", "`@everyone`"]
)
def test_no_mention_works(mention: str) -> None:
    words = Words(CAPABILITIES)
    for text in (mention, escape(mention), f"**{mention}**"):
        for shown in (words.of(say(text)), Reader(Html().text(text)).words):
            assert "@everyone" not in shown
            assert "@here" not in shown
            assert not any(sign in shown for sign in ("<!", "<@", "<#"))
            assert "".join(shown.split()).replace("\u2060", "").strip("`") == mention.strip("`")


def test_an_address_of_mail_stays_whole() -> None:
    assert Words(CAPABILITIES).of(say(escape("write to desk@example.org"))) == "write to desk@example.org"


def test_words_of_a_whole_message() -> None:
    message = say(
        "# Hello\n\n**You** are in.",
        Link("Rules", "https://example.org/rules"),
        Link("Nothing", "javascript:alert(1)"),
        Choices("t", options(2)),
        Input("t", "Your answer"),
        Picture("f1", "Two people"),
    )
    words = Words(CAPABILITIES).of(message)
    assert words == "Hello\n\nYou are in.\n\nRules: https://example.org/rules\n\nNothing\n\n[Two people]"


def test_choices_that_cannot_be_shown_are_numbered_words() -> None:
    bare = Capabilities(buttons=0, options=0)
    assert Words(bare).of(say("Which?", Choices("t", options(2)))) == "Which?\n\n1. Label 0\n2. Label 1"
    hostile = Choices("t", (Option("a", "@everyone"),))
    assert "@everyone" not in Words(bare).of(say(hostile))


@pytest.mark.parametrize(
    ("count", "many", "expected"),
    [(5, False, "buttons"), (6, False, "list"), (25, False, "list"), (26, False, "numbers"), (6, True, "checks")],
)
def test_the_shape_of_choices_goes_by_their_number(count: int, many: bool, expected: str) -> None:
    assert shape(Choices("t", options(count), many), CAPABILITIES) == expected


@pytest.mark.parametrize(
    "url", ["http://", "https:///x", "ftp://x.org", "javascript://x.org/%0aalert(1)", "http://[", ""]
)
def test_other_links_are_not_followed(url: str) -> None:
    assert not safe_url(url)
    assert safe_url("https://example.org/a?b=1")


def test_headings_lists_and_links_look_as_meant() -> None:
    html = Html().text("# Topic\n\n- one\n- [two](https://example.org)")
    assert "<h4>Topic</h4>" in html
    assert '<a href="https://example.org" target="_blank" rel="noopener noreferrer">two</a>' in html
