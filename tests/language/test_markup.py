"""Outside text shows as it was written, formatting is read as plain words, and nobody is called who was not meant."""

import time
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.language.markup import Markdown, defang, escape, moment, moment_in, plain, tidy, tidy_line

ANY = st.text(max_size=200)
SIGNS = st.text(st.sampled_from("\\`*_{}[]()#+-.!<>|~&:@=/ \n\t1a9é"), max_size=60)


@given(ANY | SIGNS)
@example("1. one\n  22. two\n3)")
@example("  leading and trailing  \n")
@example("title\n===\n=")
@example("\\\\*not*\\")
@example("[label](https://example.org/a_(b))")
def test_what_is_escaped_reads_back_as_it_was(text: str) -> None:
    assert plain(escape(text)) == text


@given(st.text(st.sampled_from("\\`*_{}[]()#+-.!<>|~&:@=1a \n"), max_size=40))
def test_what_is_escaped_formats_nothing(text: str) -> None:
    tokens = MarkdownIt("commonmark").disable(["code"]).parse(f"Before\n{escape(text)}")
    blocks = {token.type for token in tokens}
    inlines = {child.type for token in tokens for child in token.children or []}
    assert blocks <= {"paragraph_open", "paragraph_close", "inline"}
    assert inlines <= {"text", "text_special", "softbreak", "hardbreak"}


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("# Welcome", "Welcome"),
        ("a\n### Three  \nb #4", "a\nThree  \nb #4"),
        ("**bold** and __bold__, *slanted* and _slanted_", "bold and bold, slanted and slanted"),
        ("***both***.", "both."),
        ("(*all of it*)", "(all of it)"),
        ("snake_case and 5 * 3 and 2*3", "snake_case and 5 * 3 and 2*3"),
        ("* one\n* two\n- three", "* one\n* two\n- three"),
        ("> a quote", "> a quote"),
        ("[guide](https://example.org/a_b_c)", "guide (https://example.org/a_b_c)"),
        ("[**the** guide](https://example.org)", "the guide (https://example.org)"),
        ("[https://example.org](https://example.org)", "https://example.org"),
        (r"[a\]b](https://example.org/\(x\))", "a]b (https://example.org/(x))"),
        ("[no link] (here)", "[no link] (here)"),
        ("say `/mentoring help_me` now", "say /mentoring help_me now"),
        ("``a ` b``", "a ` b"),
        ("```\n*as it is*\n```", "\n*as it is*\n"),
        (r"\*\*not bold\*\*", "**not bold**"),
        (r"\\*slanted*", "\\slanted"),
        ("a lone ` and a lone [", "a lone ` and a lone ["),
        ("", ""),
    ],
)
def test_formatting_is_read_as_plain_words(markdown: str, words: str) -> None:
    assert plain(markdown) == words


@pytest.mark.parametrize("sign", ["[", "`", "*", "_", "#", "\\", "[x](", "`a``", "1.", "\n", " ", "@", "<", "@a"])
def test_hostile_text_takes_no_time(sign: str) -> None:
    text = sign * (20_000 // len(sign))
    began = time.process_time()
    for read in (escape, plain, defang, tidy):
        read(text)
    assert time.process_time() - began < 1


@given(ANY)
def test_tidy_text_is_harmless_and_stays_as_it_is(text: str) -> None:
    once = tidy(text, 50)
    assert len(once) <= 50
    assert tidy(once, 50) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\t" for c in once)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x1b[31m\x7f", "ab[31m"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("e\x00\u0301", "é"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\ud800lone\ue000", "lone"),
        ("  around  ", "around"),
    ],
)
def test_tidy_drops_what_cannot_be_read(text: str, kept: str) -> None:
    assert tidy(text) == kept


def test_a_line_is_one_line() -> None:
    assert tidy_line("  Ana\u2028 \n Maria\t Silva ") == "Ana Maria Silva"
    assert tidy_line("x" * 300) == "x" * 200


@pytest.mark.parametrize(
    "call",
    [
        "@everyone",
        "@here",
        "x@everyone",
        "@everyone.Hello",
        "@EVERYONE",
        "<!channel>",
        "<!here|here>",
        "<@U123>",
        "<@!123>",
        "<@&123>",
        "<#C1>",
        "<#C1|general>",
        "<!subteam^S1>",
        "<:smile:1>",
        "<t:1>",
        "</help:1>",
        "<https://example.org|label>",
        "@channel",
        "hello @ana.maria",
        "a@b",
    ],
)
def test_nobody_is_called(call: str) -> None:
    harmless = defang(call)
    assert call not in harmless
    assert harmless.replace("\u2060", "") == call
    assert defang(harmless) == harmless


@given(ANY | SIGNS)
def test_defanged_words_read_the_same(text: str) -> None:
    harmless = defang(text)
    assert harmless.replace("\u2060", "") == text.replace("\u2060", "")
    assert defang(harmless) == harmless
    assert not any(f"<{sign}" in harmless for sign in "!@#:/")


@pytest.mark.parametrize(
    "text",
    ["ana.silva+x@library.example.org", "I <3 books", "1 < 2", "at 5 @ the door", "j@hereford.example.org", "<-"],
)
def test_ordinary_text_stays_readable(text: str) -> None:
    assert defang(text) == text


def test_markdown_is_a_text_of_its_own_kind() -> None:
    assert Markdown("*a*") == "*a*"
    assert isinstance(Markdown("*a*"), str)


def test_a_moment() -> None:
    at = datetime(2027, 1, 18, 23, 59, tzinfo=ZoneInfo("Africa/Nairobi"))
    said = moment(at)
    assert said == f"[2027-01-18 20:59 UTC](moment:{int(at.timestamp())})"
    assert plain(f"Until {said}.") == "Until 2027-01-18 20:59 UTC."
    assert moment_in(f"moment:{int(at.timestamp())}") == int(at.timestamp())
    for other in ("moment:", "moment:-5", "moment:1e9", "moment:٣", "https://example.org", "moment:999999999999999"):
        assert moment_in(other) is None
