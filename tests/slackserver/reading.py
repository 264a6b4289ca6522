"""What a person sees of a message: its words from top to bottom."""

import re
from collections.abc import Sequence
from typing import Any, cast

from tests.slackserver.state import Json, Message, View
from tests.slackserver.typing_in import fields, labels

_MENTION = re.compile(r"<([@!#][^|>]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<([a-z][a-z0-9+.-]*:[^|>]+)(?:\|[^>]*)?>", re.IGNORECASE)


def words(shown: Message | View) -> str:
    """The text of a message or view as it is read, blocks line by line. Where there are blocks, `text` is not shown."""
    if shown.blocks:
        return "\n".join(line for block in shown.blocks for line in _lines(block))
    if not isinstance(shown, Message):
        return ""
    files = cast(Sequence[Json], shown.extra.get("files") or [])
    return "\n".join([shown.text, *(str(file["alt_txt"]) for file in files if file.get("alt_txt"))]).strip()


def buttons(shown: Message | View) -> list[str]:
    """The labels of what can be pressed or chosen."""
    return labels(shown.blocks)


def files(shown: Message) -> tuple[str, ...]:
    """The names of the files that came with it."""
    return tuple(str(file["name"]) for file in cast(Sequence[Json], shown.extra.get("files") or []))


def mentions(shown: Message | View) -> list[str]:
    """Whom the text would call, as Slack would take it: `@U…`, `!channel`, `!subteam^S…`, and channels as `#C…`."""
    return [found for text in _marked_up(shown) for found in _MENTION.findall(text)]


def links(shown: Message | View) -> list[str]:
    """Where links lead: those in the text, and those of buttons."""
    found = [link for text in _marked_up(shown) for link in _LINK.findall(text)]
    return found + [str(each.element["url"]) for each in fields(shown.blocks) if each.element.get("url")]


def _marked_up(shown: Message | View) -> list[str]:
    """All texts in which Slack looks for mentions and links. In plain text objects it does not."""
    texts = [shown.text] if isinstance(shown, Message) else []
    waiting: list[Any] = list(shown.blocks)
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            known = cast(Json, part)
            if known.get("type") in ("mrkdwn", "markdown"):
                texts.append(str(known.get("text", "")))
            waiting += known.values()
        elif isinstance(part, list):
            waiting += cast(list[Any], part)
    return texts


def _lines(block: Json) -> list[str]:
    lines: list[str] = []
    for name in ("title", "text", "label", "hint"):
        lines += _text(block.get(name))
    for name in ("fields", "elements"):
        for each in cast(Sequence[Any], block.get(name) or []):
            if isinstance(each, dict) and cast(Json, each).get("type") in ("plain_text", "mrkdwn"):
                lines += _text(each)
    if block.get("type") == "rich_text":
        lines.append("".join(_runs(block)))
    if block.get("alt_text"):
        lines.append(str(block["alt_text"]))
    return lines


def _text(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(cast(Json, value).get("text", ""))] if isinstance(value, dict) else []


def _runs(part: Json) -> list[str]:
    if part.get("type") == "text":
        return [str(part.get("text", ""))]
    return [run for each in cast(Sequence[Json], part.get("elements") or []) for run in _runs(each)]
