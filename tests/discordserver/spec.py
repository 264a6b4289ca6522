"""What Discord's OpenAPI document says: read from `specs/`, and used to check requests and answers.

Both are checked by JSON Schema, once for each form that they come in: of thousands of alike messages only the first is.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tests.discordserver.state import Json

FILE = Path(__file__).parent / "specs" / "discord.json"

_BOUNDS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern", "uniqueItems"})
"""Rules about values, as opposed to forms: what breaks them in a request is answered with 50035, which tells enough."""


_AS_TEXT = frozenset({"allow", "deny", "permissions", "default_member_permissions"})
"""Numbers that may be written as text in requests: bits of permissions do not fit everywhere."""

_ALSO_TAKEN: Mapping[str, tuple[str, ...]] = {
    "RichEmbed": ("flags",),
    "MessageEditRequestPartial": ("tts",),
    "ApplicationCommandCreateRequest": ("nsfw",),
    "ApplicationCommandUpdateRequest": ("nsfw",),
    "ApplicationCommandPatchRequestPartial": ("nsfw",),
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": ("tts",),
    "IncomingWebhookUpdateRequestPartial": ("tts",),
}
"""Fields that discord.py sends, and Discord takes, though the document has none of them; by schema."""


@cache
def _document() -> Json:
    return cast(Json, json.loads(FILE.read_text(encoding="utf-8")))


@cache
def _good() -> set[object]:
    """The forms that were found to be good; what is good once is so in every server of this process."""
    return set()


@cache
def _taken() -> Json:
    """The document for requests: ids may be numbers, and numbers of permissions may be texts."""
    document: Json = json.loads(FILE.read_text(encoding="utf-8"))
    document["schemas"]["SnowflakeType"] = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"}
    for schema, names in _ALSO_TAKEN.items():
        document["schemas"][schema]["properties"] |= {name: {} for name in names}
    document["operations"]["PUT /channels/{channel_id}/permissions/{overwrite_id}"]["body"]["properties"]["id"] = {}
    for operation in document["operations"].values():
        for schema in operation["query"].values():
            if schema.get("type") == "boolean":
                schema["type"] = ["boolean", "integer"]
    for properties in _all_properties(document):
        for name in _AS_TEXT & set(properties):
            if "integer" in properties[name].get("type", ()):
                properties[name]["type"] = ["integer", "string", "null"]
    return document


def _all_properties(part: Any) -> Iterator[Json]:
    if isinstance(part, dict):
        for word, value in cast(Json, part).items():
            if word == "properties":
                yield value
            yield from _all_properties(value)
    elif isinstance(part, list):
        for each in cast(list[Any], part):
            yield from _all_properties(each)


class Spec:
    """Checks requests and answers."""

    def knows(self, operation: str) -> bool:
        """Whether there is such an operation: `POST /users/@me/channels`."""
        return operation in _document()["operations"]

    def request(self, operation: str, query: Mapping[str, str], body: object, *, given: bool) -> list[str]:
        """What in a request is not as the document says. `given` tells whether there was any body."""
        known = _document()["operations"].get(operation)
        if known is None:
            return [f"{operation}: no such operation is specified"]
        wrong = [f"{operation}: unknown in the query: {name}" for name in query if name not in known["query"]]
        wrong += [f"{operation}: missing in the query: {name}" for name in known["needed"] if name not in query]
        for name, value in query.items():
            if name in known["query"]:
                wrong += self._check(operation, f"query/{name}", _read(value))
        if known["body"] is None:
            return [*wrong, f"{operation}: takes no body"] if given and body else wrong
        if not given:
            return [*wrong, f"{operation}: needs a body"]
        return wrong + self._check(operation, "body", body, bounds=False)

    def answer(self, operation: str, status: int, body: object, *, given: bool) -> list[str]:
        """What in a good answer is not as the document says."""
        known = _document()["operations"].get(operation)
        if known is None:
            return []
        if str(status) not in known["answers"]:
            return [f"{operation}: no answer {status} is specified"]
        if known["answers"][str(status)] is None:
            return [f"{operation}: an answer {status} has no body"] if given else []
        return self._check(operation, f"answers/{status}", body)

    def event(self, schema: str, body: object) -> list[str]:
        """What in something is not as the schema of this name says."""
        return _validate(f"#/schemas/{schema}", schema, body, bounds=True, taken=False)

    def _check(self, operation: str, part: str, body: object, *, bounds: bool = True) -> list[str]:
        form = operation, part, _form(body)
        if form in _good():
            return []
        where = f"#/operations/{quote(operation.replace('/', '~1'))}/{part}"
        taken = not part.startswith("answers")
        found = _validate(where, f"{operation}: {part}", body, bounds=bounds, taken=taken)
        if not found:
            _good().add(form)
        return found


@cache
def _validator(pointer: str, taken: bool) -> Draft202012Validator:
    return Draft202012Validator({**(_taken() if taken else _document()), "$ref": pointer})


def _validate(pointer: str, name: str, body: Any, *, bounds: bool, taken: bool) -> list[str]:
    found = [each for each in _validator(pointer, taken).iter_errors(body) if bounds or not _only_bounds(each)]
    if not found:
        return []
    best = _deepest(found[0])
    place = "/".join(str(each) for each in best.absolute_path)
    return [f"{name}: {place or 'as a whole'}: {best.message[:300]}"]


def _deepest(error: ValidationError) -> ValidationError:
    """The error that tells most: of several forms that are allowed, that in the form which was meant."""
    while error.context:
        branches: dict[object, list[ValidationError]] = {}
        for each in error.context:
            branches.setdefault(each.schema_path[0], []).append(each)
        meant = [each for each in branches.values() if not any(_of_other_type(error, one) for one in each)]
        error = (meant or list(branches.values()))[0][0]
    return error


def _of_other_type(whole: ValidationError, error: ValidationError) -> bool:
    below = list(error.absolute_path)[len(whole.absolute_path) :]
    return below == ["type"] or (not below and error.validator == "type")


def _only_bounds(error: ValidationError) -> bool:
    """Whether nothing but a value's size is wrong, in at least one of the forms that are allowed."""
    if not error.context:
        return error.validator in _BOUNDS
    branches: dict[object, bool] = {}
    for each in error.context:
        branch = each.schema_path[0]
        branches[branch] = branches.get(branch, True) and _only_bounds(each)
    return any(branches.values())


def _form(value: object) -> object:
    """What two values have in common that are made alike: the names and types in them, and small numbers."""
    if isinstance(value, dict):
        return tuple((key, _form(each)) for key, each in sorted(cast(Json, value).items()))
    if isinstance(value, list):
        return frozenset(_form(each) for each in cast(list[Any], value))
    if isinstance(value, bool) or value is None:
        return value
    return value if isinstance(value, int) and value < 64 else type(value)


def _read(text: str) -> object:
    """A value of a query: a number or truth where it is one, unless it is too long to be anything but an id."""
    if text in ("true", "false", "True", "False"):
        return text.lower() == "true"
    return int(text) if text.isdecimal() and len(text) < 12 else text
