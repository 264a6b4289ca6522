"""Texts as HTML: only what is meant as markup is markup, and only safe links are links."""

import pytest

from bot.site.markup import html, link_in, paragraphs, safe_link, without_title


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("mailto:ana@example.org", True),
        ("../conduct/index.html", True),
        ("./", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("\\\\example.org", False),
        ("https://", False),
        ("https://[", False),
        ("mailto:", False),
    ],
)
def test_safe_links(url: str, safe: bool) -> None:
    assert safe_link(url) is safe


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("# One\n\n## Two", "<h2>One</h2>\n<h3>Two</h3>\n"),
        ("## One\n\n#### Two\n\n## Three", "<h2>One</h2>\n<h3>Two</h3>\n<h2>Three</h2>\n"),
        ("### Only", "<h2>Only</h2>\n"),
        ("###### Six\n\n# One", "<h2>Six</h2>\n<h2>One</h2>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("![x](https://example.org/x.png)", '<p>!<a href="https://example.org/x.png">x</a></p>\n'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("    code", "<p>code</p>\n"),
        ("", ""),
    ],
)
def test_markdown(markdown: str, shown: str) -> None:
    assert html(markdown) == shown


def test_a_title_is_taken_off_where_there_is_one() -> None:
    assert without_title("# Title\n\nRest\n") == ("Title", "Rest")
    assert without_title("No title\n\n# Later") == ("", "No title\n\n# Later")
    assert without_title("") == ("", "")


def test_paragraphs_are_as_they_were_written() -> None:
    assert paragraphs(" a\nb <i>\n \n\n\nc\x00\u202e ") == "<p>a<br>\nb &lt;i&gt;</p>\n<p>c</p>"
    assert paragraphs("\n\n") == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to a.b@example.org.", 'Write to <a href="mailto:a.b@example.org">a.b@example.org</a>.'),
        ("(See https://example.org/x?a=1&b=2.)", '(See <a href="https://example.org/x?a=1&amp;b=2">'),
        ("[x y@example.org z](https://example.org/)", '<a href="https://example.org/">x y@example.org z</a>'),
        ("`y@example.org`", "<code>y@example.org</code>"),
        ("\\<b> javascript:alert(1)", "&lt;b&gt; javascript:alert(1)"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_addresses_can_be_followed(text: str, shown: str) -> None:
    assert html(text).startswith(f"<p>{shown}")


def test_only_words_that_are_nothing_but_a_link_are_one() -> None:
    assert link_in(" https://join.example.org/ ") == "https://join.example.org/"
    for text in ("Join at https://join.example.org/", "https://join.example.org/ now", "javascript:alert(1)", ""):
        assert link_in(text) == ""
