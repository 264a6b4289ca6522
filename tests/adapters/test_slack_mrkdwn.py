"""The little Markdown of messages as Slack's mrkdwn: what formats, and that outside text only shows."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.mrkdwn import JOINER, SPACE, label, mrkdwn, pieces, plain, read, safe
from bot.language.cutting import shortened, size
from bot.language.markup import escape, moment, tidy
from tests.slackserver.reading import links, mentions
from tests.slackserver.state import Message

HOSTILE = (
    "<!channel>", "<!here|here>", "<@U123>", "<#C123|hall>", "<!subteam^S1>", "<!date^0^{date}|x>", "@here",
    "@everyone",
    "*Ana*", "_x_", "__x__", "~x~", "`x`", "```x```", "***x***", "[x](http://evil.example.org)", "![x](http://x.example.org)",
    "<http://evil.example.org|bank>", "<javascript:alert(1)>", "http://evil.example.org", "&lt;!channel&gt;", "&amp;",
    "> quote", ">>> quote", "# heading", "- item", "1. item", ":tada:", ":+1:", "a*b*c", "\\*x\\*", "x\n> y\n# z",
    "<", ">", "&", "|", "<U1", "Ana <ana@example.org>",
)  # fmt: skip
SIGNS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")


def read_back(shown: str) -> str:
    """The characters that a reader of this mrkdwn sees, if nothing in it formats."""
    bare = shown.replace(JOINER, "").replace(SPACE, "")
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def squeezed(text: str) -> str:
    """The text without white space, and without what nobody sees."""
    return "".join(text.replace(JOINER, "").replace(SPACE, "").split())


def harmless(shown: str) -> bool:
    message = Message("C1", "1.0", shown, "U0")
    return not mentions(message) and not links(message)


def apart(shown: str) -> bool:
    """Whether each sign that could format stands alone."""
    found = list(SIGNS.finditer(shown))
    return all(shown[each.start() - 1] == JOINER == shown[each.end()] for each in found)


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**bold** and *italic*", "*bold* and _italic_"),
        ("**both *of* them**", "*both _of_ them*"),
        ("***all***", "_*all*_"),
        ("# A title\n\nWords", "*A title*\n\nWords"),
        ("## With **bold**", "*With bold*"),
        ("one\ntwo", "one\ntwo"),
        ("**one\ntwo**", "*one*\n*two*"),
        ("- one\n- two\n  - three", "• one\n• two\n    ◦ three"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("- one\n\n  more of it", "• one\n\n    more of it"),
        ("> said\n> so", "> said\n> so"),
        ("> - in a quote", "> • in a quote"),
        ("[here](https://example.org/a?b=1&c=2)", "<https://example.org/a?b=1&amp;c=2|here>"),
        ("**[he*r*e](https://example.org)**", "*<https://example.org|here>*"),
        ("[mail](mailto:ana@example.org)", "mail (mailto:ana@example.org)"),
        ("type `/mentoring help`", "type `/mentoring help`"),
        ("```\na < b\n\nc\n```", "```\na &lt; b\n\nc\n```"),
        ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        ("snake_case_name and a_b@example.org", "snake_case_name and a_b@example.org"),
        ("half**bold**ness", f"half{SPACE}*bold*{SPACE}ness"),
        ("above\n\n---\n\nbelow", "above\n\n———\n\nbelow"),
        ("    four spaces", "four spaces"),
    ],
)
def test_what_formats(markdown: str, shown: str) -> None:
    assert mrkdwn(markdown) == shown


def test_unsafe_links_are_words() -> None:
    assert "<javascript" not in mrkdwn("[x](javascript:alert(1))")
    long = f"[x](https://example.org/{'a' * 3_000})"
    assert mrkdwn(long).startswith("x (https://example.org/aaa")
    assert harmless(mrkdwn("[x](javascript:alert(1))")) and harmless(mrkdwn(long))


@pytest.mark.parametrize("name", HOSTILE)
def test_outside_text_shows_exactly_its_characters(name: str) -> None:
    shown = mrkdwn(f"Hello {escape(name)}, you")
    assert squeezed(read_back(shown)) == squeezed(f"Hello {name}, you")
    assert harmless(shown)


@pytest.mark.parametrize("name", HOSTILE)
def test_signs_of_outside_text_are_taken_apart(name: str) -> None:
    shown = safe(name)
    assert apart(shown)
    assert not re.search(r":[\w+'-]+:", shown)
    assert not re.search(r"^\s*&gt;", shown, re.MULTILINE)


@pytest.mark.parametrize("name", HOSTILE)
def test_outside_text_in_bold_leaves_the_bold_alone(name: str) -> None:
    shown = mrkdwn(f"**{escape(' '.join(name.split()))}**")
    assert shown[0] == shown[-1] == "*"
    assert squeezed(read_back(shown[1:-1])) == squeezed(name)
    assert harmless(shown)


@pytest.mark.parametrize("name", HOSTILE)
def test_outside_text_in_a_notification(name: str) -> None:
    told = plain(f"Hello {escape(name)}")
    assert squeezed(told) == squeezed(f"Hello {name}")
    assert apart(told)


def test_plain_words() -> None:
    links = "[there](https://example.org) and [https://x.example.org](https://x.example.org)"
    text = f"# Title\n\n**Hello** {links}\n\n- a\n- b"
    assert plain(text) == "Title\nHello there (https://example.org) and https://x.example.org\n• a\n• b"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_outside_text_only_shows(text: str) -> None:
    text = tidy(text)
    shown = mrkdwn(escape(text))
    assert squeezed(read_back(shown)) == squeezed(text)
    assert harmless(shown)


# Cutting


def test_a_long_text_is_cut_at_sentences() -> None:
    sentence = "This is a sentence of eight words, roughly. "
    parts = pieces(read(sentence * 300), 2_900)
    assert len(parts) == 5
    assert all(part.endswith((".", ". ")) for part in parts)
    assert squeezed("".join(parts)) == squeezed(sentence * 300)


def test_paragraphs_stay_whole_where_they_can() -> None:
    paragraphs = [f"**{number}** {'word ' * 120}".strip() for number in range(20)]
    parts = pieces(read("\n\n".join(paragraphs)), 2_900)
    assert all(part.startswith("*") and part.endswith("word") for part in parts)
    assert sum(part.count("*") for part in parts) == 40


@pytest.mark.parametrize("sign", ["&", "<", "*", "_", "😀", "👩\u200d👩\u200d👧", "e\u0301"])
def test_nothing_is_cut_in_two(sign: str) -> None:
    parts = pieces(read(escape(sign * 4_000)), 2_900)
    assert all(size(part) <= 2_900 for part in parts)
    assert all(read_back(part).strip().count(sign) * len(sign) == len(read_back(part).strip()) for part in parts)
    assert sum(read_back(part).count(sign) for part in parts) == 4_000


def test_a_link_is_never_cut() -> None:
    link = "[a label of some length](https://example.org/page?a=1&b=2)"
    parts = pieces(read(" ".join([link] * 300)), 2_900)
    found = Counter(url for part in parts for url in links(Message("C1", "1.0", part, "U0")))
    assert found == {"https://example.org/page?a=1&amp;b=2": 300}


def test_a_style_ends_and_begins_again_where_it_is_cut() -> None:
    parts = pieces(read(f"**{'bold words. ' * 500}end**"), 2_900)
    assert len(parts) == 3
    assert all(part.startswith("*bold") and part.rstrip().endswith("*") for part in parts)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["**", "*", "_", "[x](https://example.org)", "> ", "- ", "\n", "\n\n", "word ", "&", "`a`", "\\*", "x" * 90]
        ),
        max_size=120,
    )
)
def test_any_markdown_fits_into_pieces(parts: list[str]) -> None:
    markdown = "".join(parts)
    found = pieces(read(markdown), 300)
    assert all(0 < size(part) <= 300 for part in found)
    assert squeezed("".join(block.words for block in read(markdown))).count("x") <= "".join(found).count("x")


# Labels


def test_labels() -> None:
    assert label("Yes", 75) == "Yes"
    assert label("  one\n two ", 75) == "one two"
    assert label("", 75) == "–"
    assert label("x" * 80, 75) == "x" * 74 + "…"
    assert size(label("😀" * 80, 75)) <= 75
    assert label("@here <!channel>", 75) == f"@{JOINER}here <{JOINER}!channel>"
    assert shortened("short", 5) == "short"


def test_a_moment_is_shown_in_the_readers_own_time() -> None:
    at = datetime(2027, 1, 18, 23, 59, tzinfo=UTC)
    stamp = int(at.timestamp())
    shown = f"<!date^{stamp}^{{date_long_pretty}} {{time}}|2027-01-18 23:59 UTC>"
    assert mrkdwn(f"Until {moment(at)}.") == f"Until {shown}."
    assert plain(f"Until {moment(at)}.") == "Until 2027-01-18 23:59 UTC."
    assert "<!date" not in mrkdwn(escape(moment(at)))
