"""Texts in Slack's own writing, as plain words."""

import re

_ENTITY = re.compile(r"<((?:[@#!]|[A-Za-z][\w+.-]{0,30}:)[^<>|]*)(?:\|([^<>]*))?>")
_SAID = {"!here": "@here", "!channel": "@channel", "!everyone": "@everyone"}


def words_of(text: str) -> str:
    """What people read of a text in Slack's own writing: names, links and escaped signs as they were typed."""
    plain = _ENTITY.sub(_shown, text) if "<" in text else text
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(found: re.Match[str]) -> str:
    target, label = found[1], found[2] or ""
    if target.startswith(("@", "#")):
        sign, name = target[0], (label or target[1:]).removeprefix(target[0])
        return f"{sign}{name}"
    if target.startswith("!"):
        return _SAID.get(target, label or target[1:].partition("^")[0])
    return label or target.removeprefix("mailto:")
