"""JSON of a platform, read carefully: whatever is missing or of another kind is empty."""

from typing import Any, cast

Json = dict[str, Any]
"""A JSON object as it travels."""


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


def number(of: Json, *names: str) -> int:
    """The whole number that stands under these names, one within the other; 0 where none does."""
    found: object = part(of, *names[:-1]).get(names[-1])
    return found if isinstance(found, int) else 0


def flag(of: Json, name: str) -> bool:
    """Whether it is true; forms write that as a word."""
    return of.get(name) in (True, "true")
