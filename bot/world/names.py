"""What people give as their name and address, cleaned."""

import re
import unicodedata

_LONGEST_EMAIL = 254
_LONGEST_LOCAL = 64
_LONGEST_NAME = 80
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f]+")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?")
_ANGLED = re.compile(r"[^<>@]*<([^<>\s]+)>")
_JOINERS = "\u200c\u200d"
"""Joiners that spell names in Persian and in languages of India."""


def clean_email(text: str) -> str | None:
    """An e-mail address in lower case without blanks around it, or None when `text` is no address.

    "mailto:" and the form "Name <address>" are understood. Two spellings of one address become the same text.
    """
    if len(text) > _LONGEST_EMAIL * 2:
        return None
    visible = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    address = visible.strip().lower().removeprefix("mailto:")
    angled = _ANGLED.fullmatch(address)
    if angled:
        address = angled.group(1).removeprefix("mailto:")
    local, at, domain = address.partition("@")
    if not at or len(address) > _LONGEST_EMAIL or len(local) > _LONGEST_LOCAL:
        return None
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return None
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return None if dots else address


def clean_name(text: str) -> str:
    """A name on one line: NFC, without control, invisible or direction-changing characters, at most 80 characters.

    The signs of the name stay as they were typed: whoever shows it escapes it.
    """
    normal = unicodedata.normalize("NFC", text[: _LONGEST_NAME * 20])
    kept = (" " if c.isspace() else c for c in normal if c.isspace() or c in _JOINERS or not _invisible(c))
    line = " ".join("".join(kept).split())
    end = _LONGEST_NAME
    while end < len(line) and unicodedata.combining(line[end]) and end > 0:
        end -= 1
    return line[:end].strip(" " + _JOINERS)


def _invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")
