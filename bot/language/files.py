"""Files that messages name: which these are, and the message with what is in them. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from bot.language.acts import Act, Edit, Post
from bot.language.messages import Document, Element, Message, Picture

MOST_BYTES = 8 * 1024 * 1024
"""So large may a file be: what every platform takes, and what a process can hold for many at once."""
_MARKS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
"""How the kinds of pictures begin."""


def picture_type(content: bytes) -> str:
    """The media type of a picture by how it begins; empty for what is no picture that platforms show."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for mark, media_type in _MARKS if content.startswith(mark)), "")


def files_in(act: Act) -> tuple[str, ...]:
    """The keys of the stored files that an act needs."""
    if not isinstance(act, Post | Edit):
        return ()
    return tuple(each.file for each in act.message.elements if isinstance(each, Picture | Document) and each.file)


def contents_in(act: Act) -> dict[str, bytes]:
    """What the files that an act bears hold, by their keys."""
    if not isinstance(act, Post | Edit):
        return {}
    files = [each for each in act.message.elements if isinstance(each, Picture | Document) and each.file]
    return {each.file: each.content for each in files if each.content}


def bearing(act: Act, contents: Mapping[str, bytes]) -> Act:
    """The same act with the contents of its files, by their keys; one that is not among them is empty."""
    if not isinstance(act, Post | Edit):
        return act

    def filled(element: Element) -> Element:
        if isinstance(element, Picture | Document) and element.file:
            return replace(element, content=contents.get(element.file, b""))
        return element

    return replace(act, message=Message(tuple(filled(element) for element in act.message.elements)))
