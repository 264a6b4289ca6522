"""Makes `specs/discord.json`: the part of Discord's OpenAPI document that this server checks against.

    python -m tests.discordserver.distil openapi.json

The source is `openapi.json` of https://github.com/discord/discord-api-spec (MIT licence), version 10, commit 74fda0fa.
Kept are the operations for which this server has routes, and the schemas that they use; away go descriptions, and
formats that nobody checks. Objects are closed (`additionalProperties: false`), so that unknown fields are noticed.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from tests.discordserver.spec import FILE
from tests.discordserver.state import Json

OPERATIONS = """
GET /gateway
GET /gateway/bot
GET /users/@me
GET /users/{user_id}
GET /users/@me/guilds
POST /users/@me/channels
GET /applications/@me
GET /oauth2/applications/@me
GET POST PUT /applications/{application_id}/commands
GET PATCH DELETE /applications/{application_id}/commands/{command_id}
GET POST PUT /applications/{application_id}/guilds/{guild_id}/commands
GET PATCH DELETE /applications/{application_id}/guilds/{guild_id}/commands/{command_id}
GET /guilds/{guild_id}
GET POST PATCH /guilds/{guild_id}/channels
GET /guilds/{guild_id}/members
GET /guilds/{guild_id}/members/search
GET /guilds/{guild_id}/members/{user_id}
GET POST /guilds/{guild_id}/scheduled-events
DELETE /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}
GET POST /guilds/{guild_id}/roles
GET /guilds/{guild_id}/roles/{role_id}
PUT DELETE /guilds/{guild_id}/members/{user_id}/roles/{role_id}
GET /guilds/{guild_id}/threads/active
GET PATCH DELETE /channels/{channel_id}
PUT DELETE /channels/{channel_id}/permissions/{overwrite_id}
GET POST /channels/{channel_id}/messages
GET PATCH DELETE /channels/{channel_id}/messages/{message_id}
GET /channels/{channel_id}/messages/pins
PUT DELETE /channels/{channel_id}/messages/pins/{message_id}
GET /channels/{channel_id}/pins
PUT DELETE /channels/{channel_id}/pins/{message_id}
POST /channels/{channel_id}/threads
POST /channels/{channel_id}/typing
GET /channels/{channel_id}/thread-members
PUT DELETE /channels/{channel_id}/thread-members/@me
GET PUT DELETE /channels/{channel_id}/thread-members/{user_id}
GET /channels/{channel_id}/threads/archived/public
GET /channels/{channel_id}/threads/archived/private
GET /channels/{channel_id}/users/@me/threads/archived/private
POST /interactions/{interaction_id}/{interaction_token}/callback
POST /webhooks/{webhook_id}/{webhook_token}
GET PATCH DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original
GET PATCH DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}
"""

KEPT = frozenset(
    {
        "type", "properties", "required", "items", "oneOf", "anyOf", "enum", "const", "additionalProperties",
        "maxLength", "minLength", "maxItems", "minItems", "minimum", "maximum", "pattern", "uniqueItems",
        "maxProperties", "$ref",
    }
)  # fmt: skip
"""The words of JSON Schema that are kept."""

_REF = "#/components/schemas/"


def main(source: Path) -> None:
    """Read the document, and write what is kept of it."""
    document = cast(Json, json.loads(source.read_text(encoding="utf-8")))
    parts = [
        f'"{part}": {{\n'
        + ",\n".join(f"{json.dumps(name)}: {json.dumps(each)}" for name, each in named.items())
        + "\n}"
        for part, named in distilled(document).items()
    ]
    FILE.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def distilled(document: Json) -> Json:
    """The operations by name, and the schemas by name."""
    operations = {f"{method} {path}": _operation(document["paths"][path], method) for method, path in wanted()}
    schemas: Json = {}
    waiting = sorted(_refs(operations))
    while waiting:
        name = waiting.pop()
        if name not in schemas:
            schemas[name] = _schema(document["components"]["schemas"][name])
            waiting += sorted(_refs(schemas[name]))
    return {"operations": operations, "schemas": schemas}


def wanted() -> Iterator[tuple[str, str]]:
    """Method and path of each operation that is kept."""
    for line in OPERATIONS.split("\n"):
        *methods, path = line.split() or [""]
        yield from ((method, path) for method in methods)


def _operation(path: Json, method: str) -> Json:
    written: Json = path[method.lower()]
    query = [each for each in [*path.get("parameters", []), *written.get("parameters", [])] if each["in"] == "query"]
    content: Json = written.get("requestBody", {}).get("content", {})
    body: Json = content.get("application/json") or {}
    answers: Json = {}
    for status, answer in written["responses"].items():
        if status.startswith("2"):
            shown: Json = answer.get("content", {}).get("application/json") or {}
            answers[status] = _schema(shown["schema"]) if shown else None
    return {
        "query": {each["name"]: _schema(each["schema"]) for each in query},
        "needed": [each["name"] for each in query if each.get("required")],
        "body": _schema(body["schema"]) if body else None,
        "multipart": "multipart/form-data" in content,
        "answers": answers,
    }


def _schema(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_schema(each) for each in cast(list[Any], schema)]
    if not isinstance(schema, dict):
        return schema
    given = cast(Json, schema)
    kept: Json = {}
    for word, value in given.items():
        if word not in KEPT:
            continue
        if word == "properties":
            kept[word] = {name: _schema(each) for name, each in value.items()}
        elif word == "$ref":
            kept[word] = "#/schemas/" + value.removeprefix(_REF)
        elif word in ("items", "oneOf", "anyOf", "additionalProperties"):
            kept[word] = _schema(value)
        else:
            kept[word] = value
    if "properties" in kept:
        kept.setdefault("additionalProperties", False)
    return kept


def _refs(part: Any) -> Iterable[str]:
    if isinstance(part, dict):
        for word, value in cast(Json, part).items():
            if word == "$ref":
                yield str(value).removeprefix("#/schemas/")
            else:
                yield from _refs(value)
    elif isinstance(part, list):
        for each in cast(list[Any], part):
            yield from _refs(each)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
