"""The little Markdown that messages use: escaping outside text, and reading it back as plain words."""

import re
import unicodedata
from datetime import UTC, datetime

# The backslash comes first: those before the others must not be doubled.
_SPECIAL = r"\`*_{}[]()#+!<>|~&:@=-"
_NUMBERED = re.compile(r"\.(?<=[0-9]\.)(?=\s|\Z)")
# Every alternative begins with a sign of its own, so that the words between are passed over at full speed.
_MARK = re.compile(
    r"\\([!-/:-@\[-`{-~])"  # an escaped sign
    r"|`(`*+)(.{1,1000}?)(?<!`)`\2(?!`)"  # a code span
    r"|\[((?:\\.|[^\[\]\\])*+)\]\(((?:\\.|[^)\s\\]){0,2000}+)\)"  # a link
    r"|\*\*|__"  # bold
    r"|\*(?=\S)(?<![\w]\*)|\*(?!\w)(?<=\S\*)|_(?=\S)(?<![\w]_)|_(?!\w)(?<=\S_)"  # italic
    r"|#(?<![^\n]#)#{0,5}[ \t]+",  # a heading
    re.DOTALL,
)
_SIGN, _CODE, _LINK = 1, 3, 5
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MENTION = re.compile(r"@(?=\w)(?:(?<![\w.+-]@)|(?![\w-]+\.\w)|(?=(?:everyone|here)\b))|<(?=[!@#:a-z/])", re.IGNORECASE)


MOMENT = "moment:"
"""How the address of a link begins that is a moment in time rather than a place."""


class Markdown(str):
    """Text that is Markdown already, and is not to be escaped again when it is put into other Markdown."""

    __slots__ = ()


def tidy(text: str, limit: int = 4_000) -> str:
    """Outside text made harmless to store: NFC, no control or direction-changing characters, at most `limit` long.

    Line breaks and tabs stay; everything else of Unicode's control, format-override and surrogate classes goes.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", "").replace("\t", "").isprintable():
        unwanted = {ord(char): None for char in set(text) if char not in "\n\t" and _unwanted(char)}
        text = text.translate(unwanted) if unwanted else text
    return unicodedata.normalize("NFC", text).strip()[:limit].rstrip()


def tidy_line(text: str, limit: int = 200) -> str:
    """`tidy`, and every run of white space becomes one space: for names and other one-line answers."""
    return " ".join(tidy(text, limit * 2).split())[:limit].rstrip()


def _unwanted(char: str) -> bool:
    if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn"):
        return True
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def escape(text: str) -> str:
    """Outside text as Markdown that shows exactly these characters."""
    escaped = text
    for sign in _SPECIAL:
        # Quicker by far than one pass that looks at each character.
        escaped = escaped.replace(sign, f"\\{sign}")
    return _NUMBERED.sub(r"\\.", escaped)


def moment(at: datetime) -> Markdown:
    """A moment (aware), which a platform with `Capabilities.local_times` shows in the reader's own time and words."""
    return Markdown(f"[{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC]({MOMENT}{int(at.timestamp())})")


def moment_in(url: str) -> int | None:
    """The seconds since 1970 of what `moment` wrote as an address; None for any other address."""
    digits = url.removeprefix(MOMENT)
    return int(digits) if digits != url and digits.isascii() and digits.isdecimal() and len(digits) < 12 else None


def plain(markdown: str) -> str:
    """The words of a text without its formatting, links as `label (url)`."""
    return _MARK.sub(_words, markdown)


def _words(found: re.Match[str]) -> str:
    kind = found.lastindex
    if kind in (_SIGN, _CODE):
        return found[kind]
    if kind == _LINK:
        label, url = plain(found[4]), _ESCAPED.sub(r"\1", found[5])
        return label if label == url or moment_in(url) is not None else f"{label} ({url})"
    return ""


def defang(text: str) -> str:
    """Plain words in which no platform sees a mention of everybody, a channel, a role or a person.

    A word joiner (U+2060) goes between the sign and the name, so that the words read the same. An e-mail address stays
    as it is.
    """
    return _MENTION.sub("\\g<0>\u2060", text)
