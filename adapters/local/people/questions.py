"""What a message of the bot asks for, as somebody who reads it sees it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.language.messages import Choices, Input, Message, Option

REVIEW = "review"
"""The step that shows all answers and waits to be submitted."""
SKIP, KEEP, BACK, OTHER = ":skip", ":keep", ":back", ":other"
_FLOW_PARTS = 4
_NUMBERED = frozenset({"case", "match"})
"""Tokens of these end in a number that grows whenever the message is edited."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that can be answered. All its elements bear the same token.

    `key` stays the same when the question is put again; `step` is the question's name in a conversation, else empty.
    `small` are the values of the buttons beneath (`:skip`, `:back`, `:keep`); `typed` is the kind of the input, if any.
    """

    token: str
    key: str
    step: str
    options: tuple[Option, ...] = ()
    many: bool = False
    small: tuple[str, ...] = ()
    typed: str = ""

    @property
    def head(self) -> str:
        """The token's first word: who handles the answer."""
        return self.token.partition(":")[0]

    @property
    def values(self) -> tuple[str, ...]:
        """What can be chosen."""
        return tuple(option.value for option in self.options)


def questions_in(message: Message) -> tuple[Question, ...]:
    """The questions of a message, in its order; most messages have none, one or two."""
    found: dict[str, list[Choices | Input]] = {}
    for element in message.elements:
        if isinstance(element, Choices | Input):
            found.setdefault(element.token, []).append(element)
    return tuple(_question(token, elements) for token, elements in found.items()) if found else ()


def _question(token: str, elements: Iterable[Choices | Input]) -> Question:
    options: tuple[Option, ...] = ()
    small: tuple[str, ...] = ()
    many, typed = False, ""
    for element in elements:
        if isinstance(element, Input):
            typed = element.kind
        elif all(option.value.startswith(":") for option in element.options):
            small += tuple(option.value for option in element.options)
        else:
            options, many = options + element.options, many or element.many
    return Question(token, key_of(token), _step_of(token), options, many, small, typed)


def key_of(token: str) -> str:
    """What stays the same in a token when its question is put again."""
    parts = token.split(":")
    if parts[0] == "flow" and len(parts) == _FLOW_PARTS:
        return f"flow:{parts[1]}"
    return ":".join(parts[:-1]) if parts[0] in _NUMBERED and len(parts) > 2 else token


def _step_of(token: str) -> str:
    parts = token.split(":")
    return parts[2] if parts[0] == "flow" and len(parts) == _FLOW_PARTS else ""
