"""What a person sees of a message or a modal: its words from top to bottom, and what can be pressed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

from tests.discordserver.fields import BUTTON, LABEL, TEXT, fields, labels
from tests.discordserver.modals import Modal
from tests.discordserver.state import Json, Message

_MENTION = re.compile(r"<(@!?\d+|@&\d+|#\d+)>|(?<!\w)(@everyone|@here)\b")
_TIME = re.compile(r"<t:(-?\d+)(?::[tTdDfFRsS])?>")
_LINK = re.compile(r"https?://[^\s<>)\]]+")


def words(shown: Message | Modal) -> str:
    """The text as it is read, line by line; times stand in it as `2026-03-01 09:00 UTC`. Pictures are read by their
    descriptions."""
    texts = [_TIME.sub(lambda found: f"{_moment(found[1]):%Y-%m-%d %H:%M} UTC", each) for each in _texts(shown)]
    files = shown.attachments if isinstance(shown, Message) else ()
    return "\n".join([*texts, *(each.description for each in files if each.description)])


def buttons(shown: Message | Modal) -> list[str]:
    """The labels of what can be pressed or chosen: buttons that are not disabled, and options of lists."""
    return labels(shown.components)


def disabled(shown: Message | Modal) -> list[str]:
    """The labels of buttons that are there, but cannot be pressed."""
    return [each.label for each in fields(shown.components) if each.disabled]


def mentions(shown: Message) -> list[str]:
    """What in the text looks like a mention: `@…`, `@&…` (a role), `#…` (a channel), `@everyone`, `@here`.

    Whether somebody was in fact called is in the message's own `mentions`, `mention_roles` and `mention_everyone`.
    """
    found = [each for text in _texts(shown) for each in _MENTION.findall(text)]
    return [(named or loud).replace("@!", "@") for named, loud in found]


def times(shown: Message | Modal) -> list[datetime]:
    """The moments that are shown to every reader in their own time zone."""
    return [_moment(each) for text in _texts(shown) for each in _TIME.findall(text)]


def links(shown: Message | Modal) -> list[str]:
    """Where links lead: those in the text, and those of buttons."""
    found = [link for text in _texts(shown) for link in _LINK.findall(text)]
    pressed = [each.component.get("url") for each in fields(shown.components) if each.kind == BUTTON]
    return found + [str(url) for url in pressed if url]


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _texts(shown: Message | Modal) -> list[str]:
    if isinstance(shown, Modal):
        return [shown.title, *(text for each in shown.components for text in _of_component(each))]
    texts = [shown.content, *(text for each in shown.embeds for text in _of_embed(each))]
    texts += [text for each in shown.components for text in _of_component(each)]
    return [each for each in texts if each]


def _of_embed(embed: Json) -> Iterator[str]:
    yield str((embed.get("author") or {}).get("name") or "")
    yield str(embed.get("title") or "")
    yield str(embed.get("description") or "")
    for each in cast(list[Json], embed.get("fields") or []):
        yield from (str(each.get("name") or ""), str(each.get("value") or ""))
    yield str((embed.get("footer") or {}).get("text") or "")


def _of_component(component: Json) -> Iterator[str]:
    kind = component.get("type")
    if kind == TEXT:
        yield str(component.get("content") or "")
    elif kind == LABEL:
        yield from (str(component[name]) for name in ("label", "description") if component.get(name))
    elif kind != BUTTON:
        if component.get("placeholder"):
            yield str(component["placeholder"])
        for each in cast(list[Any], component.get("components") or []):
            yield from _of_component(each)
