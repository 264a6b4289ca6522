"""What buttons, lists and forms bear, so that an answer says all that is needed: nothing is kept in memory.

A `custom_id` of Discord has at most 100 characters. Ours are `kind|guild|mark|token|value`: what kind of answer it is,
the server that is meant (a private conversation belongs to none; base 36, to save room), a mark of the act that put the
message there (by which it is found again), the question's token, and for some kinds a value.
"""

import base64
import hashlib
from dataclasses import dataclass

PLATFORM = "discord"
CUSTOM_ID = 100
"""Characters of a custom id."""

PRESS = "p"
"""A button that is an answer: `value` is the option's."""
PICK = "k"
"""A list of which one is chosen; choosing answers. `value` is a number that tells several lists of a token apart."""
MANY = "m"
"""A list of which several are chosen. Choosing is no answer yet: the message itself keeps what is chosen in it (as the
list's defaults), until `DONE` is pressed. `value` is a number, as in `PICK`."""
DONE = "d"
"""The button that sends what is chosen in all `MANY` of its token."""
WRITE = "w"
"""The button that opens a form to write in; its value is a `Field`."""
FORM = "a"
"""A form that answers a question."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Mark:
    """A custom id, read. `guild` is the server's id in decimal digits, empty where none is meant."""

    kind: str
    guild: str
    act: str
    token: str
    value: str = ""

    def __str__(self) -> str:
        """The custom id. It may be too long: see `fits`."""
        return "|".join([self.kind, short(self.guild), self.act, self.token, self.value])

    @property
    def fits(self) -> bool:
        """Whether it can be a custom id, and is read back as it was."""
        return len(str(self)) <= CUSTOM_ID and "|" not in self.token

    @classmethod
    def parse(cls, custom_id: str) -> "Mark | None":
        """Read a custom id back; None for one that is not ours."""
        parts = custom_id.split("|", 4)
        if len(parts) < 5 or parts[0] not in (PRESS, PICK, MANY, DONE, WRITE, FORM):
            return None
        kind, guild, act, token, value = parts
        return cls(kind, long(guild), act, token, value)


@dataclass(frozen=True, slots=True)
class Field:
    """What a `WRITE` button knows of the form that it opens: what is asked (cut to what fits), and its kind."""

    kind: str
    label: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.label}"

    @classmethod
    def parse(cls, text: str) -> "Field":
        """Read back what `str()` wrote."""
        kind, _, label = text.partition(":")
        return cls(kind, label)


def act_mark(key: str) -> str:
    """The mark of the act with this key: eight letters and digits."""
    return _digest(key)[:8]


def nonce(key: str, part: int = 0) -> str:
    """What makes a message one however often it is sent, for some minutes: at most 25 characters."""
    return f"{_digest(key)[:20]}.{part}"


def reference(channel: str, message: str) -> str:
    """How the core calls a message: an id alone does not say where it stands."""
    return f"{channel}/{message}"


def message_of(reference: str) -> tuple[str, str]:
    """The channel and the message of what `reference` made."""
    channel, _, message = reference.partition("/")
    return channel, message


def short(identity: str) -> str:
    """A number of decimal digits in base 36; empty for an empty one."""
    if not identity:
        return ""
    number, digits = int(identity), ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def long(digits: str) -> str:
    """Read back what `short` wrote; empty for what it did not."""
    try:
        return str(int(digits, 36)) if digits else ""
    except ValueError:
        return ""


def _digest(key: str) -> str:
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()
