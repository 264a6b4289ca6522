"""Texts as HTML: the Markdown of kits, and plain words. No HTML from outside, no pictures, only links that are safe."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from bot.language.markup import tidy

TOP = 2
"""The level of the first headings within a page, whose title is of the first level."""
_UNWANTED = ["image", "html_block", "html_inline", "autolink", "reference", "code"]
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BREAK = re.compile(r"\n\s*\n")


class _SafeLinks(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name for it
        """Keep markdown-it from making a link of anything but the web, a mail address, and pages beside this one."""
        return safe_link(url)


_MARKDOWN = _SafeLinks("commonmark", {"html": False, "breaks": False}).disable(_UNWANTED)


def safe_link(url: str) -> bool:
    """Whether a link may be followed: http and https with a host, mail addresses, and paths within the site."""
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https"):
            return bool(parts.hostname)
        if parts.scheme == "mailto":
            return "@" in parts.path
        return not parts.scheme and not parts.netloc and "\\" not in url and not url.startswith("//")
    except ValueError:
        return False


def html(markdown: str) -> Markup:
    """A Markdown text as HTML. Its headings begin at the second level, and none is left out between two."""
    tokens = _MARKDOWN.parse(markdown)
    _level(tokens)
    for token in tokens:
        token.children = list(_followed(token.children or ()))
    rendered: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(rendered)


def without_title(markdown: str) -> tuple[str, str]:
    """A Markdown page taken apart: its first line where that is a heading of the first level (else empty), the rest."""
    first, _, rest = markdown.lstrip().partition("\n")
    return (first[2:].strip(), rest.strip()) if first.startswith("# ") else ("", markdown)


def paragraphs(text: str) -> Markup:
    """What somebody wrote, as it was written: paragraphs and line breaks, nothing else."""
    parts = [part.strip() for part in _BREAK.split(tidy(text, len(text))) if part.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>\n").join(escape(line) for line in part.split("\n"))) for part in parts
    )


def link_in(text: str) -> str:
    """The address of words that are nothing but a link to a web page; empty for all others."""
    words = text.strip()
    return words if words.startswith(("https://", "http://")) and safe_link(words) and len(words.split()) == 1 else ""


def _followed(tokens: Sequence[Token]) -> Iterator[Token]:
    """The same tokens, with web and mail addresses among the words as links; those within a link stay words."""
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type != "text" or depth:
            yield token
            continue
        end = 0
        for found in _ADDRESS.finditer(token.content):
            url = found.group()
            target = url if url.startswith("http") else f"mailto:{url}"
            if not safe_link(target):
                continue
            yield Token("text", "", 0, content=token.content[end : found.start()])
            yield Token("link_open", "a", 1, attrs={"href": target})
            yield Token("text", "", 0, content=url)
            yield Token("link_close", "a", -1)
            end = found.end()
        yield Token("text", "", 0, content=token.content[end:])


def _level(tokens: Sequence[Token]) -> None:
    """Number the headings anew: the topmost are of the level `TOP`, and each is at most one below that before it."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    lift, before = TOP - min(levels, default=1), TOP - 1
    for token in tokens:
        if token.type == "heading_open":
            before = min(int(token.tag[1]) + lift, before + 1, 6)
            token.tag = f"h{before}"
        elif token.type == "heading_close":
            token.tag = f"h{before}"
