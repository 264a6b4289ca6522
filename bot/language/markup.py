"""The little Markdown that messages use: escaping outside text, and reading it back as plain words."""

import re
import unicodedata

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!<>|~&:@-])")
_LINE_START = re.compile(r"^(\s*)(\d+)([.)])", re.MULTILINE)
_UNESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+!<>|~&:@.\-])")
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\(([^)\s]*)\)")
_BOLD = re.compile(r"(?<!\\)\*\*|(?<!\\)__")
_ITALIC = re.compile(r"(?<![\\\w])[*_](?=\S)|(?<=\S)(?<!\\)[*_](?!\w)")
_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)


class Markdown(str):
    """Text that is Markdown already, and is not to be escaped again when it is put into other Markdown."""

    __slots__ = ()


def tidy(text: str, limit: int = 4_000) -> str:
    """Outside text made harmless to store: NFC, no control or direction-changing characters, at most `limit` long.

    Line breaks and tabs stay; everything else of Unicode's control, format-override and surrogate classes goes.
    """
    kept = (c for c in unicodedata.normalize("NFC", text) if c in "\n\t" or not _unwanted(c))
    return "".join(kept).strip()[:limit].rstrip()


def tidy_line(text: str, limit: int = 200) -> str:
    """`tidy`, and every run of white space becomes one space: for names and other one-line answers."""
    return " ".join(tidy(text, limit * 2).split())[:limit].rstrip()


def _unwanted(char: str) -> bool:
    if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn"):
        return True
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def escape(text: str) -> str:
    """Outside text as Markdown that shows exactly these characters."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return _LINE_START.sub(r"\1\2\\\3", escaped)


def plain(markdown: str) -> str:
    """The words of a text without its formatting, links as `label (url)`."""
    text = _LINK.sub(lambda m: m.group(1) if m.group(1) == m.group(2) else f"{m.group(1)} ({m.group(2)})", markdown)
    text = _HEADING.sub("", text)
    text = _BOLD.sub("", text)
    text = _ITALIC.sub("", text)
    return _UNESCAPE.sub(r"\1", text)


def defang(text: str) -> str:
    """Plain words in which no platform sees a mention of everybody, a channel, a role or a person.

    A word joiner (U+2060) goes between the sign and the name, so that the words read the same.
    """
    text = re.sub(r"@(?=\w)(?!\S+\.\w)", "@\u2060", text)
    return re.sub(r"<(?=[!@#:a-zA-Z/])", "<\u2060", text)
