"""Slack's JSON, read carefully: whatever is missing or of another kind is empty."""

import re
from typing import Any, cast

Json = dict[str, Any]
"""A JSON object as it travels."""

_ENTITY = re.compile(r"<((?:[@#!]|[A-Za-z][\w+.-]{0,30}:)[^<>|]*)(?:\|([^<>]*))?>")
_SAID = {"!here": "@here", "!channel": "@channel", "!everyone": "@everyone"}


def as_object(value: object) -> Json:
    """The value where it is an object, an empty one otherwise."""
    return cast(Json, value) if isinstance(value, dict) else {}


def part(of: Json, *names: str) -> Json:
    """The object that stands under these names, one within the other."""
    for name in names:
        of = as_object(of.get(name))
    return of


def parts(of: Json, name: str) -> list[Json]:
    """The objects in the list of this name."""
    found: object = of.get(name)
    return [as_object(each) for each in cast(list[object], found)] if isinstance(found, list) else []


def word(of: Json, *names: str) -> str:
    """The text that stands under these names, one within the other."""
    found: object = part(of, *names[:-1]).get(names[-1])
    return found if isinstance(found, str) else ""


def flag(of: Json, name: str) -> bool:
    """Whether it is true; forms write that as a word."""
    return of.get(name) in (True, "true")


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
