"""Coarse values for a data set: bands that say enough to compare, and too little to know somebody again. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands by where each one but the first begins."""

    begins: tuple[float, ...]
    names: tuple[str, ...]

    def of(self, value: float | None) -> str:
        """The name of the band of a value; empty where the value is not known."""
        return "" if value is None else self.names[bisect_right(self.begins, value)]


HOURS_APART = Bands((2, 4, 8), ("0 to 2", "2 to 4", "4 to 8", "8 or more"))
SIMILARITY = Bands((1e-9, 0.1, 0.25), ("none", "below a tenth", "a tenth to a quarter", "a quarter or more"))
SHARE = Bands(
    (1e-9, 0.25, 0.5, 0.75),
    ("none", "below a quarter", "a quarter to half", "half to three quarters", "three quarters or more"),
)
WEEKS = Bands((1, 5, 9, 13), ("0", "1 to 4", "5 to 8", "9 to 12", "13 or more"))
A_WEEK = Bands((1e-9, 1, 3, 7), ("0", "below 1", "1 to 3", "3 to 7", "7 or more"))
WAIT = Bands((24, 72, 168), ("below a day", "1 to 3 days", "3 to 7 days", "more than a week"))
REPLY = Bands((12, 24, 72), ("below 12 hours", "12 to 24 hours", "1 to 3 days", "more than 3 days"))
FEW = Bands((1, 2), ("0", "1", "2 or more"))
TOPICS = Bands((1, 3, 6), ("0", "1 or 2", "3 to 5", "6 or more"))
RECOMMEND = Bands((7, 9), ("0 to 6", "7 or 8", "9 or 10"))


def met(share: float | None) -> str:
    """How far a wish was met; empty where nobody in the pair had it."""
    if share is None:
        return ""
    return "none" if share <= 0 else "all" if share >= 1 else "some"


MET: Sequence[str] = ("none", "some", "all")
