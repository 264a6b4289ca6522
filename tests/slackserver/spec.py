"""What Slack's reference says about its methods: read from `specs/`, and used to check requests and answers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from tests.slackserver.state import Json, Kind

SPECS = Path(__file__).parent / "specs"

GENERAL_ERRORS = frozenset(
    {
        "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission",
        "missing_scope", "not_allowed_token_type", "org_login_required", "ekm_access_denied", "access_denied",
        "method_deprecated", "enterprise_is_restricted", "invalid_arguments", "invalid_arg_name",
        "invalid_array_arg", "invalid_charset", "invalid_form_data", "invalid_post_type", "missing_post_type",
        "team_added_to_org", "ratelimited", "accesslimited", "request_timeout", "service_unavailable",
        "team_access_not_granted", "fatal_error", "internal_error", "unknown_method",
    }
)  # fmt: skip
"""Errors that any method may give."""

EVERYWHERE = frozenset({"ok", "error", "warning", "response_metadata", "needed", "provided", "errors", "acceptable"})
"""Fields that any answer may have."""

ALWAYS_TAKEN = frozenset({"token", "team_id"})
"""Arguments that no method minds: clients of org-wide installations send `team_id` along with everything."""

FAMILY: Mapping[Kind, str] = {
    "public_channel": "channels",
    "private_channel": "groups",
    "im": "im",
    "mpim": "mpim",
}
"""The word with which the scopes for a kind of conversation begin."""

SCOPES_OF_EVENTS: Mapping[str, frozenset[str]] = {
    "message.im": frozenset({"im:history"}),
    "message.mpim": frozenset({"mpim:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.channels": frozenset({"channels:history"}),
    "app_mention": frozenset({"app_mentions:read"}),
    "app_home_opened": frozenset(),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    **{
        f"{word}_{what}": frozenset({f"{family}:read"})
        for word, family in (("channel", "channels"), ("group", "groups"))
        for what in ("archive", "unarchive", "deleted", "left", "rename")
    },
    "user_change": frozenset({"users:read"}),
    "team_join": frozenset({"users:read"}),
    "app_uninstalled": frozenset(),
    "tokens_revoked": frozenset(),
}
"""What an app can subscribe to, and the scopes of which it needs one."""

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Web API."""

    name: str
    verb: str
    json: bool
    tier: int
    scopes: tuple[str, ...]
    """Any one of them is enough."""
    required: tuple[str, ...]
    args: Mapping[str, tuple[str, ...]]
    errors: frozenset[str]
    answer_required: tuple[str, ...]
    answer_fields: Mapping[str, tuple[str, ...]]


@cache
def methods() -> Mapping[str, Method]:
    """Every method that is specified, by its name."""
    written = cast(dict[str, Json], json.loads((SPECS / "methods.json").read_text(encoding="utf-8")))
    return {name: _method(name, entry) for name, entry in written.items()}


def manifest_schema() -> Json:
    """The JSON Schema of an app's manifest."""
    return cast(Json, json.loads((SPECS / "manifest.schema.json").read_text(encoding="utf-8")))


def _method(name: str, entry: Json) -> Method:
    answer: Json = entry["answer"]
    return Method(
        name=name,
        verb=entry["verb"],
        json=entry["json"],
        tier=entry["tier"],
        scopes=tuple(entry["scopes"]),
        required=tuple(entry["required"]),
        args={arg: tuple(types) for arg, types in entry["args"].items()},
        errors=frozenset(entry["errors"]),
        answer_required=tuple(answer["required"]),
        answer_fields={field: tuple(types) for field, types in answer["fields"].items()},
    )


def faults_of_answer(method: Method, answer: Json) -> Iterator[str]:
    """What in an answer is not as the reference says: an unknown error, a field that is missing or of another type."""
    if not answer.get("ok"):
        code = str(answer.get("error"))
        if code not in method.errors | GENERAL_ERRORS:
            yield f"{method.name}: the reference knows no error {code!r}"
        return
    yield from (f"{method.name}: the answer lacks {name!r}" for name in method.answer_required if name not in answer)
    for name, value in answer.items():
        if name in EVERYWHERE:
            continue
        types = method.answer_fields.get(name)
        if types is None:
            yield f"{method.name}: the reference knows no field {name!r} in the answer"
        elif types and not any(_fits(value, each) for each in types):
            yield f"{method.name}: {name!r} in the answer is {type(value).__name__}, not {' or '.join(types)}"


def _fits(value: Any, wanted: str) -> bool:
    # In Python a bool is an int; in JSON it is not.
    if isinstance(value, bool) and wanted in ("integer", "number"):
        return False
    return isinstance(value, _TYPES[wanted])
