"""The little Markdown of messages as Discord's: what formats, and that outside text only shows."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.markdown import SPACE, label, markdown, pieces, read, safe
from bot.language.cutting import size
from bot.language.markup import escape, moment, plain, tidy

HOSTILE = (
    "<@123456789012345678>", "<@!1>", "<@&1>", "<#1>", "<:name:1>", "<a:name:1>", "<t:0:R>", "</mentoring help:1>",
    "<id:customize>", "@everyone", "@here", "@Ana", "*Ana*", "**x**", "_x_", "__x__", "~~x~~", "||x||", "`x`",
    "```x```", "***x***", "[x](http://evil.example.org)", "[x](<http://evil.example.org>)", "http://evil.example.org",
    "https://evil.example.org/a_b_c", "discord://x", "<http://evil.example.org>", "> quote", ">>> quote", "# heading",
    "### x", "-# small", "- item", "* item", "+ item", "1. item", ":tada:", ":+1:", "a*b*c", "\\*x\\*", "\\", "\\\\",
    "x\n> y\n# z\n- w", "Ana <ana@example.org>", "¯\\_(ツ)_/¯", "x\\", "[", "]", "](", "10:30 (CET)", "well-known #1",
    "snake_case", "`", "``", "a`b``c", "|", "~", "1.", "12. x", "  - x", "\t# x",
)  # fmt: skip
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HAPPENS = re.compile(
    r"<(?:@[!&]?|#)\d+>|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|</[^>]+:\d+>|<id:\w+>|@everyone|@here|:[\w+~-]+:"
    r"|(?:https?|discord)://\S+|\[[^\[\]]*\]\([^)]*\)"
)
"""What Discord makes something else of: mentions, emoji, times, links."""
_LINE = re.compile(r"^[ \t]*(?:>{1,3}[ ]|#{1,3}[ ]|-#[ ]|[-*][ ]|\d+\.[ ])")
"""What at the beginning of a line makes a quote, a heading, small words, or an item."""
_STYLE = re.compile(
    r"\*\*(?=\S).+?\*\*|\*(?=[^\s*]).+?\*|__.+?__|(?<!\w)_.+?_(?!\w)|~~.+?~~|\|\|.+?\|\||`[^`]+`", re.DOTALL
)


@dataclass
class Sight:
    """What somebody sees: the characters, and whatever is not just characters."""

    words: str
    happens: list[str] = field(default_factory=list[str])


def sight(text: str) -> Sight:
    """A small reader of Discord's Markdown, of its own. An escaped sign is put aside before anything else is read."""
    kept: list[str] = []

    def aside(found: re.Match[str]) -> str:
        kept.append(found[1])
        return chr(0xE000 + len(kept) - 1)

    bare = _ESCAPED.sub(aside, text)
    happens = [*_HAPPENS.findall(bare), *_STYLE.findall(bare)]
    happens += [line for line in bare.split("\n") if _LINE.match(line)]
    words = "".join(kept[ord(char) - 0xE000] if 0xE000 <= ord(char) < 0xE000 + len(kept) else char for char in bare)
    return Sight(words.replace(SPACE, ""), happens)


def squeezed(text: str) -> str:
    """The text without white space, and without what nobody sees."""
    return "".join(text.replace(SPACE, "").split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** and *italic*", "**bold** and *italic*"),
        ("**both *of* them**", "**both *of* them**"),
        ("***all***", "***all***"),
        ("**a***b*", f"**a**{SPACE}*b*"),
        ("# A title\n\nWords", "# A title\n\nWords"),
        ("### With **bold** and *italic*", "### With bold and *italic*"),
        ("#### Too small", "**Too small**"),
        ("one\ntwo", "one\ntwo"),
        ("**one\ntwo**", "**one**\n**two**"),
        ("- one\n- two\n  - three", "- one\n- two\n   - three"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("- one\n\n  more of it", "- one\n\n   more of it"),
        ("> said\n> so", "> said\n> so"),
        ("> - in a quote", "> - in a quote"),
        ("[here](https://example.org/a?b=1&c=2)", "[here](<https://example.org/a?b=1&c=2>)"),
        ("**[he*r*e](https://example.org)**", "**[here](<https://example.org>)**"),
        ("[https://example.org](https://example.org)", "<https://example.org>"),
        ("[https://x.org](https://example.org)", "https\\://x.org (<https://example.org>)"),
        ("[a\\]b](https://example.org)", "a\\]b (<https://example.org>)"),
        ("[mail](mailto:ana@example.org)", "mail (mailto:ana@example.org)"),
        ("[x](<https://example.org/a b>)", "[x](<https://example.org/a%20b>)"),
        ("type `/mentoring help`", "type `/mentoring help`"),
        ("`a``b`", "a\\`\\`b"),
        ("```\na < b\n\nc\n```", "```\na < b\n\nc\n```"),
        ("10:30 (CET), well-known #1, a > b", "10:30 (CET), well-known #1, a > b"),
        ("above\n\n---\n\nbelow", "above\n\n———\n\nbelow"),
        ("    four spaces", "four spaces"),
    ],
)  # fmt: skip
def test_what_formats(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_unsafe_links_are_words() -> None:
    assert markdown("[x](javascript:alert(1))") == "\\[x\\](javascript:alert(1))"
    long = markdown(f"[x](https://example.org/{'a' * 3_000})")
    assert long.startswith("x (https\\://example.org/aaa") and not sight(long).happens


@pytest.mark.parametrize("name", HOSTILE)
def test_outside_text_shows_exactly_its_characters(name: str) -> None:
    for before, after in (("Hello ", ", you"), ("", ""), ("- ", "")):
        seen = sight(markdown(f"{before}{escape(name)}{after}").removeprefix("- "))
        assert squeezed(seen.words) == squeezed(f"{before.removeprefix('- ')}{name}{after}")
        assert not seen.happens, seen


@pytest.mark.parametrize("name", HOSTILE)
def test_outside_text_alone(name: str) -> None:
    seen = sight(safe(name))
    assert seen.words == name
    assert not seen.happens


@pytest.mark.parametrize("name", HOSTILE)
def test_outside_text_in_bold_leaves_the_bold_alone(name: str) -> None:
    line = " ".join(name.split())
    shown = markdown(f"**{escape(line)}**")
    assert shown.startswith("**") and shown.endswith("**")
    seen = sight(shown[2:-2])
    assert squeezed(seen.words) == squeezed(line)
    assert not seen.happens


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_outside_text_only_shows(text: str) -> None:
    text = tidy(text)
    seen = sight(markdown(escape(text)))
    assert squeezed(seen.words) == squeezed(text)
    assert not seen.happens


SIGNS = st.lists(st.sampled_from([*"*_~|`[]()<>@#:-+.\\!&1 \n", "everyone", "http://x", "a", "t:1:R"]), max_size=40)


@settings(deadline=None)
@given(SIGNS)
def test_any_signs_only_show(parts: list[str]) -> None:
    text = tidy("".join(parts))
    seen = sight(markdown(f"To {escape(text)}"))
    assert squeezed(seen.words) == squeezed(f"To {text}")
    assert not seen.happens


# Cutting


def test_a_long_text_is_cut_at_sentences() -> None:
    sentence = "This is a sentence of eight words, roughly. "
    parts = pieces(read(sentence * 300), 4_096)
    assert all(part.endswith((".", ". ")) for part in parts)
    assert squeezed("".join(parts)) == squeezed(sentence * 300)


@pytest.mark.parametrize("sign", ["*", "_", "<", "😀", "👩\u200d👩\u200d👧", "e\u0301"])
def test_nothing_is_cut_in_two(sign: str) -> None:
    parts = pieces(read(escape(sign * 3_000)), 2_000)
    assert all(size(part) <= 2_000 for part in parts)
    assert all(sight(part).words.strip().replace(sign, "") == "" for part in parts)
    assert sum(sight(part).words.count(sign) for part in parts) == 3_000


def test_a_link_is_never_cut() -> None:
    parts = pieces(read(" ".join(["[a label of some length](https://example.org/page?a=1&b=2)"] * 300)), 2_000)
    assert sum(part.count("[a label of some length](<https://example.org/page?a=1&b=2>)") for part in parts) == 300


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
    text = "".join(parts)
    found = pieces(read(text), 300)
    assert all(0 < size(part) <= 300 for part in found)
    assert squeezed("".join(block.words for block in read(text))).count("x") <= "".join(found).count("x")


# Labels


def test_labels() -> None:
    assert label("  one\n two ", 80) == "one two"
    assert label("", 80) == "–"
    assert size(label("😀" * 80, 80)) <= 80
    assert "@everyone" not in label("@everyone", 80) and plain(label("**x**", 80)) == "x"


def test_a_moment_is_shown_in_the_readers_own_time() -> None:
    at = datetime(2027, 1, 18, 23, 59, tzinfo=UTC)
    assert markdown(f"Until **{moment(at)}**.") == f"Until **<t:{int(at.timestamp())}:f>**."
    assert markdown(escape(moment(at))) != markdown(moment(at)), "outside text only shows"
    assert sight(markdown(escape(moment(at)))).words == moment(at)
