"""What the operator decides about people's data."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Privacy:
    """`mark_key`: the key of the marks of people who were forgotten; empty where one is kept in the database.

    `keep`: how long words and finished doings are kept; None keeps everything, as rehearsals do.
    """

    mark_key: bytes = b""
    keep: timedelta | None = None


EVERYTHING = Privacy()
"""For rehearsals and tests: nothing is cleared up."""
