"""What partners have in common, as figures for an evaluation: wishes met, likeness, distance of clocks. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import combinations

from bot.program.matching import Candidate
from bot.program.matching.hours import overlap_minutes
from bot.program.matching.score import gets, jaccard
from bot.program.matching.tiers import asks_similar, different_answer, wanted, zone_of
from bot.world.zones import is_zone, load_zone
from topics.model import Rule, Wish

_HOURS = 24


@dataclass(slots=True)
class Common:
    """Compares partners by a kit's wishes, on one day. Time zones are looked up once."""

    wishes: Sequence[Wish]
    on: date
    _overlaps: dict[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])
    _offsets: dict[str, float | None] = field(default_factory=dict[str, float | None])

    def met(self, people: Sequence[Candidate]) -> Mapping[str, float]:
        """By the name of a wish: the share of those who had it whose partners met it, 0 to 1.

        In a trio a wish for difference or for hours in common is met by both partners, any other by one of them.
        """
        shares: dict[str, float] = {}
        for wish in self.wishes:
            had = [self._got(wish, one, [each for each in people if each is not one]) for one in people]
            answers = [got for got in had if got is not None]
            if answers:
                shares[wish.name] = sum(answers) / len(answers)
        return shares

    def _got(self, wish: Wish, one: Candidate, others: Sequence[Candidate]) -> bool | None:
        """Whether somebody got what they wished; None where they had no such wish."""
        match wish.rule:
            case Rule.DIFFERENT:
                return all(different_answer(wish, one) != different_answer(wish, other) for other in others)
            case Rule.WISHED:
                return any(gets(wish, one, other) for other in others) if wanted(wish, one) else None
            case Rule.SIMILAR:
                return any(jaccard(wish, one, other) > 0 for other in others) if asks_similar(wish, one) else None
            case Rule.OVERLAP:
                return all(self._overlap(wish, one, other) > 0 for other in others)

    def _overlap(self, wish: Wish, one: Candidate, other: Candidate) -> int:
        first, second = sorted((zone_of(one, wish.question), zone_of(other, wish.question)))
        if (first, second, wish.name) not in self._overlaps:
            self._overlaps[first, second, wish.name] = overlap_minutes(first, second, self.on, wish.hours)
        return self._overlaps[first, second, wish.name]

    def similarity(self, people: Sequence[Candidate]) -> float | None:
        """How alike partners are in what the kit wants alike, 0 to 1, the mean over each two of them.

        None where the kit wants nothing alike, or somebody said nothing of it.
        """
        wish = next((each for each in self.wishes if each.rule is Rule.SIMILAR), None)
        if wish is None or len(people) < len(("one", "other")) or any(not each.many(wish.question) for each in people):
            return None
        values = [float(jaccard(wish, one, other)) for one, other in combinations(people, 2)]
        return sum(values) / len(values)

    def zone_hours(self, zones: Iterable[str]) -> float | None:
        """The largest distance of two of these clocks on that day, 0 to 12 hours; None where a zone is not known."""
        ahead = [self._ahead(zone) for zone in zones]
        known = [hours for hours in ahead if hours is not None]
        if len(known) < len(ahead) or not known:
            return None
        return max((_around(one - other) for one, other in combinations(known, 2)), default=0.0)

    def _ahead(self, zone: str) -> float | None:
        if zone not in self._offsets:
            noon = datetime.combine(self.on, time(12), UTC)
            offset = noon.astimezone(load_zone(zone)).utcoffset() if is_zone(zone) else None
            self._offsets[zone] = None if offset is None else offset.total_seconds() / 3600
        return self._offsets[zone]


def _around(hours: float) -> float:
    """A distance on the clock's face: 23 hours apart is one hour."""
    apart = abs(hours) % _HOURS
    return min(apart, _HOURS - apart)
