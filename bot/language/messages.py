"""Messages as the core composes them; an adapter renders them within its capabilities.

`Text.markdown` is a small Markdown: paragraphs, `#` headings, `**bold**`, `*italic*`, lists, `>` quotes and links. Text
from outside must pass `markup.escape` before it is put in, so that it can neither format nor mention.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

Content = Annotated[bytes, Field(exclude=True)]
"""Bytes that are in memory only, and never in JSON."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words to read."""

    markdown: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen: `value` comes back in `Answered.values`, `label` is plain text for people."""

    value: str
    label: str
    style: Literal["plain", "primary", "danger"] = "plain"


@dataclass(frozen=True, slots=True)
class Choices:
    """Options to choose one of, or several of where `many`. The answer bears `token`.

    `chosen` holds the values that are already chosen (when a question is asked again).
    """

    token: str
    options: tuple[Option, ...]
    many: bool = False
    chosen: tuple[str, ...] = ()
    type: Literal["choices"] = "choices"


@dataclass(frozen=True, slots=True)
class Input:
    """A place to type an answer: its `token` comes back with the text as the only value.

    Plain text said in the direct conversation means the same, so that a platform without inputs needs nothing.
    """

    token: str
    label: str
    kind: Literal["text", "long", "number", "date"] = "text"
    value: str = ""
    type: Literal["input"] = "input"


@dataclass(frozen=True, slots=True)
class Link:
    """A link to somewhere else."""

    label: str
    url: str
    type: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its alternative text: PNG, JPEG, GIF or WebP.

    `file` is the key of the stored file. `content` is its bytes, which the courier brings just before the message goes
    out, and which are written nowhere else; empty where the file was dropped, so that its words are shown instead.
    """

    file: str
    alt: str
    name: str = "picture.png"
    content: Content = field(default=b"", repr=False, compare=False)
    type: Literal["picture"] = "picture"


@dataclass(frozen=True, slots=True)
class Document:
    """A small file to keep: only where `Capabilities.documents`.

    It is either `text`, which travels with the message, or the stored file of the key `file`; `content` is then as that
    of a picture.
    """

    name: str
    media_type: str
    text: str = ""
    file: str = ""
    content: Content = field(default=b"", repr=False, compare=False)
    type: Literal["document"] = "document"

    @property
    def data(self) -> bytes:
        """What is in the file; empty where it was dropped."""
        return self.content if self.file else self.text.encode()


Element = Text | Choices | Input | Link | Picture | Document


@dataclass(frozen=True, slots=True)
class Message:
    """What is put at one address in one go."""

    elements: tuple[Element, ...]


def say(*parts: str | Element) -> Message:
    """A message of texts and elements in the order given."""
    return Message(tuple(Text(part) if isinstance(part, str) else part for part in parts if part != ""))
