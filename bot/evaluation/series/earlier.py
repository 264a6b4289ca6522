"""This round beside earlier ones: the same rates, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bot.evaluation.disclosure import LEAST, shown
from bot.evaluation.history import RoundHistory
from bot.evaluation.series.asked import closing_scales
from bot.evaluation.series.measures import mean_of_counts, share
from bot.evaluation.series.said import Said, Table, alternative, decimal, nothing, percent, span

NAME, TITLE = "rounds", "Beside earlier rounds"
MOST = 6
"""So many rounds are compared: this one and those right before it."""


@dataclass(frozen=True, slots=True)
class Point:
    """One round's value with its interval (None where there is none) and how many it is of; `value` None: not known."""

    value: float | None
    low: float | None
    high: float | None
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One rate over the rounds, the oldest first. `most` is the end of its axis; None: as far as it goes."""

    name: str
    of: str
    least: float
    most: float | None
    percent: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class EarlierSeries:
    """The rounds by name, the oldest first, this one last, and the measures of which two rounds know something."""

    rounds: tuple[str, ...]
    measures: tuple[Measure, ...]
    said: Said


def earlier_series(history: RoundHistory, earlier: Sequence[RoundHistory]) -> EarlierSeries:
    """Compare a round with those before it. `earlier` may be in any order."""
    rounds = [*sorted(earlier, key=lambda one: one.number)[-(MOST - 1) :], history]
    names = tuple(one.name for one in rounds)
    if len(rounds) < 2:
        return EarlierSeries(names, (), nothing(NAME, TITLE, "There is no earlier round to compare with."))
    every = (*_rates(rounds), _wait(rounds), *_scales(history, rounds))
    measures = tuple(each for each in every if sum(1 for point in each.points if point.value is not None) > 1)
    return EarlierSeries(names, measures, _said(names, measures))


def _rates(rounds: Sequence[RoundHistory]) -> list[Measure]:
    funnels = [one.funnel for one in rounds]
    live = [sum(1 for pair in one.pairs if pair.announced_at is not None and pair.live) for one in rounds]
    made = [sum(1 for pair in one.pairs if pair.announced_at is not None) for one in rounds]
    closing = [[survey for survey in one.surveys if survey.when == "closing"] for one in rounds]
    return [
        _measure("Placed", "of those who may take part", [(one.placed, one.eligible) for one in funnels]),
        _measure("Partnerships live", "of those introduced", list(zip(live, made, strict=True))),
        _measure(
            "Completed",
            "of those placed, rounds that are over",
            [
                (funnel.completed, funnel.placed if one.ended else 0)
                for one, funnel in zip(rounds, funnels, strict=True)
            ],
        ),
        _measure(
            "Closing survey finished",
            "of those who got it",
            [(sum(one.done for one in found), sum(one.sent for one in found)) for found in closing],
        ),
    ]


def _measure(name: str, of: str, counts: Sequence[tuple[int, int]]) -> Measure:
    return Measure(name, of, 0.0, 1.0, True, tuple(_rate(count, whole) for count, whole in counts))


def _rate(count: int, of: int) -> Point:
    if not shown(of):
        return Point(None, None, None, of, f"fewer than {LEAST}" if of else "not known")
    found = share(count, of)
    return Point(found.value, found.low, found.high, of, f"{percent(found.value)} of {of:,}")


def _wait(rounds: Sequence[RoundHistory]) -> Measure:
    points: list[Point] = []
    for one in rounds:
        waits = [pair.first_contact_hours / 24 for pair in one.pairs if pair.first_contact_hours is not None]
        if not shown(len(waits)):
            points.append(Point(None, None, None, len(waits), f"fewer than {LEAST}" if waits else "not known"))
            continue
        middle = median(waits)
        points.append(Point(middle, None, None, len(waits), f"{decimal(middle)} days, {len(waits):,} partnerships"))
    return Measure("Days to first contact", "middle value, no interval", 0.0, None, False, tuple(points))


def _scales(history: RoundHistory, rounds: Sequence[RoundHistory]) -> list[Measure]:
    """The scales of this round's closing surveys that an earlier round asked, too."""
    measures: list[Measure] = []
    for scale in closing_scales(history):
        points: list[Point] = []
        for one in rounds:
            same = next(
                (s for s in closing_scales(one) if (s.survey, s.question) == (scale.survey, scale.question)), None
            )
            mean = mean_of_counts(same.counts, scale.least, scale.most) if same else None
            if mean is None or not shown(mean.count):
                count = mean.count if mean else 0
                points.append(Point(None, None, None, count, f"fewer than {LEAST}" if count else "not known"))
                continue
            interval = f" ({span(mean.low, mean.high)})" if mean.low is not None and mean.high is not None else ""
            words = f"{decimal(mean.value)}{interval}, {mean.count:,} answers"
            points.append(Point(mean.value, mean.low, mean.high, mean.count, words))
        of = f"mean of {scale.least} to {scale.most}"
        measures.append(Measure(scale.title, of, scale.least, scale.most, False, tuple(points)))
    return measures


def _said(names: tuple[str, ...], measures: tuple[Measure, ...]) -> Said:
    if not measures:
        return nothing(NAME, TITLE, "The rounds have too few people to be compared.")
    headline = "; ".join(_now_and_before(measure) for measure in measures[:3] if measure.percent)
    headline = f"{headline[:1].upper()}{headline[1:]}." if headline else f"{len(names)} rounds side by side."
    items = [f"{measure.name} ({measure.of}): {_each_round(names, measure)}" for measure in measures]
    caption = (
        "This round last. Dots are values, whiskers their 95 % intervals (Wilson for shares, Student’s t for means). "
        f"Where there are fewer than {LEAST}, or nothing is known, there is no dot. "
        "Where whiskers overlap much, the difference may be chance."
    )
    rows = tuple((f"{measure.name}, {measure.of}", *(point.words for point in measure.points)) for measure in measures)
    table = Table(("What", *names), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)


def _now_and_before(measure: Measure) -> str:
    """`placed: 95 %, before 94 %`."""
    *before, now = measure.points
    known = [point for point in before if point.value is not None]
    told = [percent(now.value) if now.value is not None else "not known yet"]
    told += [f"before {percent(known[-1].value)}"] if known and known[-1].value is not None else []
    return f"{measure.name[:1].lower()}{measure.name[1:]} {', '.join(told)}"


def _each_round(names: tuple[str, ...], measure: Measure) -> str:
    return ", ".join(f"{name} {point.words}" for name, point in zip(names, measure.points, strict=True))
