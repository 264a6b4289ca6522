"""What a message consists of: checked as Slack checks it, and completed as Slack completes it."""

import json
from typing import Any, cast

from tests.slackserver.blocks import elements_of, faults
from tests.slackserver.errors import ApiError, invalid
from tests.slackserver.state import Counts, Json

LONGEST = 40_000
"""Characters of a text."""
LARGEST_METADATA = 8_000


def checked_blocks(counts: Counts, blocks: Any, known: frozenset[str]) -> list[Json]:
    """Blocks as they are kept; `known` are the errors of the method that was called."""
    if blocks is None:
        return []
    if wrong := faults(blocks, "message"):
        code = "invalid_blocks" if "invalid_blocks" in known else "invalid_arguments"
        raise ApiError(code, errors=wrong, response_metadata={"messages": wrong})
    return completed(counts, cast(list[Json], blocks))


def completed(counts: Counts, blocks: list[Json]) -> list[Json]:
    """A copy of the blocks in which all have ids, as Slack gives them to those that have none."""
    copies = cast(list[Json], json.loads(json.dumps(blocks)))
    for block in copies:
        if not block.get("block_id"):
            block["block_id"] = counts.next("b")
        for element in elements_of(block):
            if not element.get("action_id"):
                element["action_id"] = counts.next("a")
    return copies


def checked_text(text: str) -> str:
    """The text, if it is not too long."""
    if len(text) > LONGEST:
        raise ApiError("msg_too_long")
    return text


def checked_metadata(metadata: Any) -> Json | None:
    """Metadata as it is kept: what event it stands for, and its payload."""
    if not metadata:
        return None
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    found = cast(Json, metadata)
    if not isinstance(found.get("event_type"), str) or not isinstance(found.get("event_payload"), dict):
        raise ApiError("invalid_metadata_schema")
    if len(json.dumps(found)) > LARGEST_METADATA:
        raise ApiError("metadata_too_large")
    return {"event_type": found["event_type"], "event_payload": found["event_payload"]}


def checked_attachments(attachments: Any) -> list[Json]:
    """The old kind of additions; at most a hundred."""
    if attachments is None or isinstance(attachments, bool):
        return []
    if not isinstance(attachments, list):
        raise invalid("[ERROR] must provide an array [json-pointer:/attachments]")
    found = cast(list[Json], attachments)
    if len(found) > 100:
        raise ApiError("too_many_attachments")
    return found
