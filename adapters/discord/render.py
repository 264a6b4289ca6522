"""Messages as Discord takes them: content, or embeds where that is too short, and rows of buttons and lists. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from adapters.discord.controls import LIST, LISTS, Controls, Json, Origin, can_be_pressed
from adapters.discord.markdown import pieces, read, shown
from adapters.discord.marks import act_mark
from bot.language.adapter import Capabilities, Refused
from bot.language.cutting import shortened, size
from bot.language.messages import Choices, Document, Element, Input, Link, Message, Picture, Text
from bot.language.runs import Block, Run, safe_url

CONTENT, EMBED, EMBEDS = 2_000, 4_096, 6_000
"""Characters of a message's content, of one embed, and of all its embeds together."""
ALT = 1_024
"""Characters of what describes a picture."""
FILES = 10
"""Files that one message takes."""
NO_PREVIEWS = 4
"""The flag that keeps links from being shown as pages. It would hide our own embeds, too."""
ONLY_FOR_ONE = 64
"""The flag of what only one person is shown."""
NO_MENTIONS: Mapping[str, Sequence[str]] = MappingProxyType({"parse": ()})

CAPABILITIES = Capabilities(
    buttons=5,
    options=LIST * LISTS,
    text=CONTENT,
    pictures=True,
    documents=True,
    events=True,
    ephemeral=True,
    replies_in_place=True,
    edits_answered=True,
    local_times=True,
    rooms_read_by_others=True,
    rooms_per_minute=20,
    per_second=40,
    per_address_second=1,
)
"""What Discord can show, and how fast it may be written to."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as Discord takes it: either content or embeds, rows of components, and files to be uploaded."""

    content: str
    embeds: tuple[str, ...] = ()
    rows: tuple[Json, ...] = ()
    pictures: tuple[Picture, ...] = ()
    documents: tuple[Document, ...] = ()

    def payload(self) -> Json:
        """The whole message: whatever an earlier one of its place had, and it has not, is taken away."""
        return {
            "content": self.content,
            "embeds": [{"description": text} for text in self.embeds],
            "components": list(self.rows),
            "attachments": [
                *(
                    {"id": number, "filename": picture.name, "description": shortened(picture.alt, ALT)}
                    for number, picture in enumerate(self.pictures)
                ),
                *(
                    {"id": number, "filename": document.name}
                    for number, document in enumerate(self.documents, start=len(self.pictures))
                ),
            ],
            "allowed_mentions": {key: list(value) for key, value in NO_MENTIONS.items()},
            "flags": 0 if self.embeds else NO_PREVIEWS,
        }


def message(shown_: Message, guild: str, key: str) -> Shown:
    """What is posted for the act with this key. Of files that were dropped, the words are shown.

    Raises Refused for a message without anything in it, or one that is too long.
    """
    controls = Controls(Origin(guild, act_mark(key)), sum(isinstance(each, Input) for each in shown_.elements))
    for element in shown_.elements:
        if isinstance(element, Choices | Input | Link):
            controls.add(element)
    rows, placed = controls.settled()
    uploads = [each for each in shown_.elements if isinstance(each, Picture) and each.content][:FILES]
    documents = [each for each in shown_.elements if isinstance(each, Document) and each.data]
    documents = documents[: FILES - len(uploads)]
    blocks = [
        block
        for element in shown_.elements
        if id(element) not in placed and not any(element is each for each in (*uploads, *documents))
        for block in _words(element)
    ]
    content, embeds = _texts(blocks)
    if not (content or embeds or rows or uploads or documents):
        raise Refused("a message without anything in it")
    return Shown(content, embeds, tuple(rows), tuple(uploads), tuple(documents))


def _words(element: Element) -> Sequence[Block]:
    """What stands in the text for an element that is no button, list or picture."""
    match element:
        case Text():
            return read(element.markdown)
        case Choices():
            lines = (f"{number}. {option.label}" for number, option in enumerate(element.options, 1))
            return [Block((Run(line),), gap="\n") for line in lines]
        case Link():
            linked = safe_url(element.url) and not can_be_pressed(element)
            return [Block((Run(element.label or element.url, url=element.url if linked else ""),))]
        case Picture():
            return [Block((Run(f"[{element.alt}]"),))]
        case Document():
            return [Block((Run(f"[{element.name}]"),))]
        case Input():
            return []


def _texts(blocks: Sequence[Block]) -> tuple[str, tuple[str, ...]]:
    whole = "".join(block.gap * bool(number) + shown(block) for number, block in enumerate(blocks))
    if size(whole) <= CONTENT:
        return whole, ()
    embeds = tuple(pieces(blocks, EMBED))
    if (total := sum(size(text) for text in embeds)) > EMBEDS:
        raise Refused(f"The message is too long for Discord: {total} characters, and it takes {EMBEDS}.")
    return "", embeds
