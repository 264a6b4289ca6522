"""What buttons and fields bear, so that an answer says all that is needed: nothing is kept in memory.

A block's id is the question's token and a number (`flow:12:country:3|0`), since Slack wants each id once in a message.
An action's id says what kind of answer it is.
"""

import json
from dataclasses import dataclass

PLATFORM = "slack"

PRESS = "press"
"""A button that is an answer: its value is the option's. Several in a message are `press:0`, `press:1` …"""
PICK = "pick"
"""A list of which one is chosen; choosing answers."""
MANY = "many"
"""A list or boxes of which several are chosen. Choosing is no answer yet: `DONE` is."""
DONE = "done"
"""The button that sends what is chosen in all `MANY` of its token."""
WRITE = "write"
"""The button that opens a form to write in; its value is a `Field`."""
DAY = "day"
"""A date picker; choosing answers."""
LINK = "link"
"""A button that only leads somewhere: pressing it is no answer."""

ANSWER_FORM = "answer"
"""The callback id of a form that answers a question."""
COMMAND_FORM = "command"
"""The callback id of a form that gives a command."""
KEY_EVENT = "counterpart_act"
"""The type of the metadata that bears an act's key."""


def block_id(token: str, number: int) -> str:
    """The id of the block number `number` that belongs to `token`."""
    return f"{token}|{number}"


def token_of(block: str) -> str:
    """The token that a block's id bears; empty for a block that is none of ours."""
    token, mark, _ = block.rpartition("|")
    return token if mark else ""


def kind_of(action: str) -> str:
    """What kind of answer an action's id stands for."""
    return action.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Field:
    """What a `WRITE` button knows of the form that it opens: what is asked (`label`), its kind, what was answered."""

    label: str
    kind: str
    value: str = ""

    def to_json(self) -> str:
        """As the value of a button: at most 2,000 characters, so a long earlier answer is left out."""
        text = json.dumps([self.label[:150], self.kind, self.value], ensure_ascii=False)
        return text if len(text) <= 2_000 else json.dumps([self.label[:150], self.kind, ""], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Field":
        """Read back what `to_json` wrote. Raises ValueError for anything else."""
        label, kind, value = (str(part) for part in json.loads(text))
        return cls(label, kind, value)


def channel_name(name: str) -> str:
    """A room's name as Slack takes it: at most 80 of lowercase letters, digits, hyphens, underscores."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name.lower())
    return kept[:80] or "room"
