"""What stands on a certificate, and who draws it: a function that the composition root hands in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Paper:
    """The words of a certificate, each without any formatting, from top to bottom."""

    program: str
    title: str
    opening: str
    name: str
    body: str
    issued: str
    code_label: str
    code: str
    confirming: str
    issued_at: datetime
    """For the file's own date, so that the same paper is the same file."""


Undrawn = Literal["library", "letters"]
"""Why there is none: what draws it is not installed, or no letters of ours can write the name."""
Draw = Callable[[Paper], bytes | Undrawn]
"""Makes a PDF of a paper. It takes a while, and runs in a thread."""


def undrawn(paper: Paper) -> bytes | Undrawn:
    """Draws nothing: for rounds that are only played, where nobody keeps a paper."""
    return "library"
