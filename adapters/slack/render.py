"""Messages as Block Kit: blocks, and a text for notifications. Pure; everything that a button needs stands in its ids.

A picture is shown by its alternative text: Slack takes pictures only as uploads or from public addresses. A document is
named where its file comes after the message; where a workspace takes no files, its words stand in the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from adapters.slack import marks
from adapters.slack.mrkdwn import calm, escaped, label, pieces, plain, read
from bot.language.adapter import Capabilities, Refused
from bot.language.cutting import shortened, size
from bot.language.messages import Choices, Document, Element, Input, Link, Message, Option, Picture, Text
from bot.language.runs import Block, Run, safe_url

Json = dict[str, Any]
"""A JSON object as it travels."""

CAPABILITIES = Capabilities(
    buttons=5,
    options=100,
    text=12_000,
    pictures=True,
    documents=True,
    documents_stay=True,
    ephemeral=True,
    home=True,
    replies_in_place=True,
    edits_answered=True,
    local_times=True,
    per_second=5,
    per_address_second=1,
    rooms_per_minute=20,
    sends_apart=True,
)
"""What Slack can show, and how fast it may be written to."""

SAVE = "Save"
WRITE_ANSWER = "Write an answer"
CHOOSE = "Choose"
CHOOSE_DAY = "Choose a day"
CHOOSE_ALL = "Choose all that apply, then press Save."

MESSAGE_BLOCKS, HOME_BLOCKS = 50, 100
SECTION = 2_900
"""Characters of a section's text. Slack's limit is 3,000."""
HEADER, OPTION_LABEL, OPTION_VALUE, BUTTON_VALUE, BLOCK_ID, URL = 150, 75, 150, 2_000, 255, 3_000
CHECKBOXES = 10
FALLBACK = 3_000
"""Characters of the text for notifications."""
_LINKS = 5
"""Links side by side in one row."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as Slack takes it. `text` is for notifications, and for readers of the screen."""

    blocks: tuple[Json, ...]
    text: str


def message(shown: Message, *, unfold: bool = False) -> Shown:
    """What is posted. With `unfold`, no files come along: the words of documents and pictures are shown.

    Raises Refused for a message without anything in it, or one that is too long.
    """
    return Shown(_fitting(shown, MESSAGE_BLOCKS, unfold=unfold), _fallback(shown))


def home(shown: Message) -> Json:
    """The view of somebody's home tab. Raises Refused as `message` does."""
    return {"type": "home", "blocks": list(_fitting(shown, HOME_BLOCKS))}


def _fitting(shown: Message, most: int, *, unfold: bool = False) -> tuple[Json, ...]:
    blocks = _Blocks(unfold=unfold).of(shown)
    if len(blocks) > most:
        blocks = _Blocks(dense=True, unfold=unfold).of(shown)
    if not blocks:
        raise Refused("a message without anything in it")
    if len(blocks) > most:
        raise Refused(f"The message is too long for Slack: {len(blocks)} blocks, and it takes {most}.")
    return tuple(blocks)


@dataclass
class _Blocks:
    """Makes the blocks of one message. `dense` puts all texts that follow each other into as few sections as can be."""

    dense: bool = False
    unfold: bool = False
    _found: list[Json] = field(default_factory=list[Json])
    _texts: list[Block] = field(default_factory=list[Block])
    _links: list[Json] = field(default_factory=list[Json])
    _ids: int = 0

    def of(self, shown: Message) -> list[Json]:
        """The blocks of all elements, in order."""
        for element in shown.elements:
            if not isinstance(element, Link):
                self._flush_links()
            if not isinstance(element, Text) or not self.dense:
                self._flush_texts()
            self._add(element)
        self._flush_texts()
        self._flush_links()
        return self._found

    def _add(self, element: Element) -> None:
        match element:
            case Text():
                self._texts += read(element.markdown)
            case Choices():
                self._choices(element)
            case Input():
                self._input(element)
            case Link():
                self._link(element)
            case Picture():
                # What comes after the message bears its alternative text itself.
                words = element.name if element.content and not self.unfold else element.alt
                self._texts.append(Block((Run(f"[{words}]"),)))
            case Document():
                self._texts.append(Block((Run(f"[{element.name}]"),)))
                if self.unfold and element.text:
                    self._texts.append(Block((Run(element.text.replace("\r\n", "\n").rstrip("\n"), code=True),)))

    # Texts

    def _flush_texts(self) -> None:
        waiting: list[Block] = []
        for block in self._texts:
            if block.level == 1 and not self.dense and size(block.words) <= HEADER and "\n" not in block.words:
                self._sections(waiting)
                waiting = []
                self._found.append({"type": "header", "text": _plain(block.words, HEADER)})
            else:
                waiting.append(block)
        self._sections(waiting)
        self._texts = []

    def _sections(self, blocks: Sequence[Block]) -> None:
        self._found += [{"type": "section", "text": _mrkdwn(text)} for text in pieces(tuple(blocks), SECTION)]

    # Choices

    def _choices(self, choices: Choices) -> None:
        if not choices.options:
            return
        count = len(choices.options)
        values = [option.value for option in choices.options]
        listed = count <= CAPABILITIES.options and _are_list_values(values)
        pressed = count <= CAPABILITIES.buttons and all(size(value) <= BUTTON_VALUE for value in values)
        if choices.many and listed:
            self._many(choices)
        elif not choices.many and pressed:
            self._actions(choices.token, [_button(option, number) for number, option in enumerate(choices.options)])
        elif not choices.many and listed:
            chosen = [_option(option) for option in choices.options if option.value in choices.chosen]
            element = _list("static_select", marks.PICK, choices)
            self._actions(choices.token, [element | ({"initial_option": chosen[0]} if chosen else {})])
        else:
            lines = (f"{number}. {option.label}" for number, option in enumerate(choices.options, 1))
            self._sections([Block((Run(line),), gap="\n") for line in lines])

    def _many(self, choices: Choices) -> None:
        chosen = [_option(option) for option in choices.options if option.value in choices.chosen]
        initial: Json = {"initial_options": chosen} if chosen else {}
        if len(choices.options) <= CHECKBOXES:
            options = [_option(option) for option in choices.options]
            boxes = {"type": "checkboxes", "action_id": marks.MANY, "options": options, **initial}
            self._actions(choices.token, [boxes])
        else:
            element = _list("multi_static_select", marks.MANY, choices) | initial
            section = {"type": "section", "block_id": self._block_id(choices.token), "text": _mrkdwn(CHOOSE_ALL)}
            self._found.append(section | {"accessory": element})
        save = {"type": "button", "action_id": marks.DONE, "text": _plain(SAVE, OPTION_LABEL), "style": "primary"}
        self._actions(choices.token, [save])

    # Places to type, and links

    def _input(self, asked: Input) -> None:
        if asked.kind == "date":
            picker: Json = {"type": "datepicker", "action_id": marks.DAY, "placeholder": _plain(CHOOSE_DAY, 150)}
            self._actions(asked.token, [picker | ({"initial_date": asked.value} if _is_day(asked.value) else {})])
            return
        value = marks.Field(asked.label, asked.kind, asked.value).to_json()
        button = {"type": "button", "action_id": marks.WRITE, "text": _plain(WRITE_ANSWER, OPTION_LABEL)}
        self._actions(asked.token, [button | {"value": value}])

    def _link(self, link: Link) -> None:
        if not safe_url(link.url) or size(link.url) > URL:
            self._flush_links()
            self._texts.append(Block((Run(link.label or link.url),)))
            return
        self._flush_texts()
        if len(self._links) == _LINKS:
            self._flush_links()
        action = f"{marks.LINK}:{len(self._links)}"
        button = {"type": "button", "action_id": action, "text": _plain(link.label or link.url, OPTION_LABEL)}
        self._links.append(button | {"url": link.url})

    def _flush_links(self) -> None:
        if self._links:
            self._found.append({"type": "actions", "elements": self._links})
            self._links = []

    def _actions(self, token: str, elements: Sequence[Json]) -> None:
        self._found.append({"type": "actions", "block_id": self._block_id(token), "elements": list(elements)})

    def _block_id(self, token: str) -> str:
        """An id that bears the token, and that no other block of this message has."""
        identity = marks.block_id(token, self._ids)
        self._ids += 1
        if size(identity) > BLOCK_ID:
            raise Refused(f"the token of a question has {len(token)} characters, too many for Slack")
        return identity


def _fallback(shown: Message) -> str:
    """The words of the message, escaped; what can be chosen or done only where there are no words."""
    words = "\n".join(part for element in shown.elements if (part := _words(element)))
    if not words.strip():
        options = [each.options for each in shown.elements if isinstance(each, Choices)]
        words = calm(", ".join(option.label for each in options for option in each)).strip() or WRITE_ANSWER
    return escaped(shortened(words, FALLBACK))


def _words(element: Element) -> str:
    match element:
        case Text():
            return plain(element.markdown)
        case Link():
            return calm(f"{element.label}: {element.url}" if safe_url(element.url) else element.label)
        case Picture():
            return calm(element.alt)
        case _:
            return ""


def _mrkdwn(text: str) -> Json:
    # Verbatim: what looks like an address, a channel or a mention is not made one.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(text: str, most: int) -> Json:
    return {"type": "plain_text", "text": label(text, most), "emoji": False}


def _button(option: Option, number: int) -> Json:
    button = {"type": "button", "action_id": f"{marks.PRESS}:{number}", "text": _plain(option.label, OPTION_LABEL)}
    style: Json = {} if option.style == "plain" else {"style": option.style}
    return button | {"value": option.value} | style


def _list(kind: str, action: str, choices: Choices) -> Json:
    options = [_option(option) for option in choices.options]
    return {"type": kind, "action_id": action, "placeholder": _plain(CHOOSE, 150), "options": options}


def _option(option: Option) -> Json:
    return {"text": _plain(option.label, OPTION_LABEL), "value": option.value}


def _are_list_values(values: Sequence[str]) -> bool:
    """Whether a list can have these values. A longer one would need a memory of what it stands for: numbers instead."""
    return len(set(values)) == len(values) and all(value and size(value) <= OPTION_VALUE for value in values)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
