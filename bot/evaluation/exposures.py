"""What may go together with outcomes: columns over the lines of an evaluation, and what each is held against. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.findings import Exposure, Kind
from bot.evaluation.history import PairFacts, RoundHistory
from bot.evaluation.observed import Line, together
from bot.evaluation.titles import topic_titles, wish_title
from topics.model import Kit, Rule

Floats = NDArray[np.float64]

SIMILAR = 0.25
"""From this share of common interests on, two are called similar."""
FAR = 8.0
"""From this many hours between their clocks on, two are called far apart."""
TENTH, FOUR_HOURS = 0.1, 4.0
INTERESTS, CLOCKS = "interests", "clocks"


@dataclass(frozen=True, slots=True)
class Column:
    """One exposure: its value for each line (NaN where it is not known), and the columns to hold alike meanwhile."""

    exposure: Exposure
    values: Floats
    others: Floats


@dataclass(frozen=True, slots=True)
class _Early:
    """What was known when the pair was made: which matter it belongs to, and its values."""

    about: str
    values: Floats


def columns_of(lines: Sequence[Line], histories: Sequence[RoundHistory], kit: Kit) -> Iterator[Column]:
    """Every exposure that is looked at.

    What was known when pairs were made is held against the rounds and against the other such things; the same matter in
    two measures (similar, similarity) is never held against itself. An agreed rhythm is held against all of these, and
    a topic against the rhythms and the number of topics as well. What comes later is never held alike for what
    came before, since it may be the way by which it works.
    """
    rounds = _dummies([line.round for line in lines])
    early = list(_early(lines, kit))
    for exposure, about, values in _at_pairing(lines, kit, early):
        yield Column(exposure, values, _beside([rounds, *(_filled(one.values) for one in early if one.about != about)]))
    before = _beside([rounds, *(_filled(one.values) for one in early)])
    rhythm = _default_pace(lines, kit)
    labels = {pace.value: pace.label for pace in kit.checkins.paces}
    paces = sorted({line.facts.pace for line in lines} - {rhythm, ""})
    for pace in paces:
        chosen = _column(lines, lambda pair, pace=pace: _either(pair.pace, pace, rhythm))
        exposure = Exposure(Kind.PACE, pace, labels.get(pace, pace), labels.get(rhythm, rhythm))
        yield Column(exposure, chosen, before)
    paced = [_column(lines, lambda pair, pace=pace: float(pair.pace == pace))[:, None] for pace in paces]
    yield from _topics(lines, histories, kit, _beside([before, *paced]))


def _at_pairing(lines: Sequence[Line], kit: Kit, early: Sequence[_Early]) -> Iterator[tuple[Exposure, str, Floats]]:
    """What was known when pairs were made, with the matter that it belongs to."""
    similarity = _column(lines, lambda pair: _or_nan(pair.similarity))
    zone = _column(lines, lambda pair: _or_nan(pair.zone_hours))
    yield Exposure(Kind.SIMILAR), INTERESTS, _from(similarity, SIMILAR)
    yield Exposure(Kind.SIMILARITY), INTERESTS, similarity / TENTH
    yield Exposure(Kind.FAR), CLOCKS, _from(zone, FAR)
    yield Exposure(Kind.ZONE), CLOCKS, zone / FOUR_HOURS
    for wish in kit.wishes:
        values = _column(lines, lambda pair, name=wish.name: _or_nan(pair.wishes.get(name)))
        yield Exposure(Kind.WISH, wish.name, wish_title(kit, wish)), _about(kit, wish.name), values


def _about(kit: Kit, wish: str) -> str:
    """The matter of a wish: common interests, clocks, or its own."""
    rule = next(one.rule for one in kit.wishes if one.name == wish)
    return {Rule.SIMILAR: INTERESTS, Rule.OVERLAP: CLOCKS}.get(rule, f"wish {wish}")


def _early(lines: Sequence[Line], kit: Kit) -> Iterator[_Early]:
    yield _Early(INTERESTS, _column(lines, lambda pair: _or_nan(pair.similarity)))
    yield _Early(CLOCKS, _column(lines, lambda pair: _or_nan(pair.zone_hours)))
    for wish in kit.wishes:
        if (about := _about(kit, wish.name)) not in (INTERESTS, CLOCKS):
            yield _Early(about, _column(lines, lambda pair, name=wish.name: _or_nan(pair.wishes.get(name))))


def _topics(lines: Sequence[Line], histories: Sequence[RoundHistory], kit: Kit, before: Floats) -> Iterator[Column]:
    """Each topic, among pairs who talked about as many of those that came in their time.

    Pairs who get on talk about more topics, whichever these are: that share, and its square, tells all that topics tell
    of them in common. What is left belongs to the topic.
    """
    days = [{topic.slug: topic for topic in history.topics} for history in histories]
    seen: dict[int, dict[str, float]] = {}
    for line in lines:
        if line.pair not in seen:
            ends_on = histories[line.round].ends_on
            came = [slug for slug, topic in days[line.round].items() if together(line.facts, topic, ends_on)]
            seen[line.pair] = {slug: float(slug in line.facts.talked) for slug in came}
    share = np.array([_mean(seen[line.pair].values()) for line in lines])
    others = _beside([before, share[:, None], share[:, None] ** 2])
    for slug, title in topic_titles(histories, kit).items():
        talked = np.array([seen[line.pair].get(slug, np.nan) for line in lines])
        yield Column(Exposure(Kind.TOPIC, slug, title), talked, others)


def _mean(values: Collection[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _default_pace(lines: Sequence[Line], kit: Kit) -> str:
    """The rhythm to compare with: the kit's own, or the most frequent one where nobody has that."""
    chosen = Counter(line.facts.pace for line in lines if line.facts.pace)
    if kit.checkins.default_pace in chosen or not chosen:
        return kit.checkins.default_pace
    return min(chosen, key=lambda pace: (-chosen[pace], pace))


def _either(value: str, this: str, other: str) -> float:
    return 1.0 if value == this else 0.0 if value == other else np.nan


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _from(values: Floats, least: float) -> Floats:
    return np.where(np.isnan(values), np.nan, (values >= least).astype(np.float64))


def _column(lines: Sequence[Line], of: Callable[[PairFacts], float]) -> Floats:
    known: dict[int, float] = {}
    for line in lines:
        if line.pair not in known:
            known[line.pair] = of(line.facts)
    return np.array([known[line.pair] for line in lines], dtype=np.float64)


def _filled(values: Floats) -> Floats:
    """A column to hold alike: where it is not known it has its mean, and a second column says so."""
    absent = np.isnan(values)
    mean = float(values[~absent].mean()) if not absent.all() else 0.0
    return np.column_stack([np.where(absent, mean, values), absent.astype(np.float64)])


def _dummies(values: Sequence[int]) -> Floats:
    kinds = sorted(set(values))[1:]
    return np.array([[float(value == kind) for kind in kinds] for value in values]).reshape(len(values), len(kinds))


def _beside(blocks: Sequence[Floats]) -> Floats:
    return np.column_stack(blocks)
