"""Shares and means with their intervals: how far off they may be, since those who answered are not everybody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, cast

from scipy import stats  # pyright: ignore[reportMissingTypeStubs] - the library has no types

LEVEL = 0.95
"""The true value lies within an interval 95 times in 100."""
WILSON = "Whiskers are 95 % intervals (Wilson)."
STUDENT = "Whiskers are 95 % intervals of the mean (Student’s t, cut at the ends of the scale)."
_stats = cast("Any", stats)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the interval of Wilson."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """0 to 1; 0 of nothing."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of `count` values. `low` and `high` are None where values do not differ, since then nothing is known of
    how they spread."""

    count: int
    value: float
    low: float | None
    high: float | None


def share(count: int, of: int) -> Share:
    """A share with its interval; of nothing, everything is possible."""
    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    interval = _stats.binomtest(count, of).proportion_ci(confidence_level=LEVEL, method="wilson")
    return Share(count, of, float(interval.low), float(interval.high))


def mean_of(values: Iterable[float], least: float, most: float) -> Mean | None:
    """The mean of values that lie between `least` and `most`, with its interval; None of no values."""
    every = list(values)
    count = len(every)
    if not count:
        return None
    middle = sum(every) / count
    spread = sum((value - middle) ** 2 for value in every)
    if count < 2 or spread <= 1e-12:
        return Mean(count, middle, None, None)
    reach = float(_stats.t.ppf((1 + LEVEL) / 2, count - 1)) * sqrt(spread / (count - 1) / count)
    return Mean(count, middle, max(least, middle - reach), min(most, middle + reach))


def mean_of_counts(counts: Mapping[int, int], least: float, most: float) -> Mean | None:
    """The mean of answers of which it is known how many gave which."""
    return mean_of((float(value) for value, count in counts.items() for _ in range(count)), least, most)
