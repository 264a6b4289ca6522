"""What the data of some rounds suggests: what went together, as differences with intervals (docs/evaluation.md).

Imported only where an evaluation is asked for, since the statistics library is large and an extra.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.disclosure import shown
from bot.evaluation.exposures import Column, columns_of
from bot.evaluation.findings import (
    Answered,
    Evaluation,
    Exposure,
    Finding,
    Kind,
    Lack,
    Outcome,
    TopicRank,
    Verdict,
)
from bot.evaluation.history import RoundHistory
from bot.evaluation.observed import Line, lines_of, together
from bot.evaluation.regression import corrected, difference, wilson
from bot.evaluation.titles import topic_titles
from topics.model import Kit

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FEWEST_PEOPLE, FEWEST_PAIRS, FEWEST_EXPECTED = 30, 10, 5
"""On each side of a comparison: people, pairs, and of a yes-or-no outcome people to be expected with either answer."""
CHANCE = 0.05
"""The chance that anything at all is called found where there is nothing."""
_UNITS = {
    Outcome.PARTNER: "points",
    Outcome.PROGRAM: "points",
    Outcome.COMPLETION: "percentage points",
    Outcome.CONTACT: "messages a week",
    Outcome.USEFUL: "percentage points",
}
_HUNDRED = 100.0


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The lines as numbers: outcomes (NaN where not known), pairs and people."""

    outcomes: dict[Outcome, Floats]
    pairs: Whole
    people: Whole


def analyse(histories: Sequence[RoundHistory], kit: Kit) -> Evaluation:
    """Everything that is looked at in these rounds of one program, in the same order each time."""
    lines = lines_of(histories)
    numbers = _Numbers(
        {
            Outcome.PARTNER: _known([line.partner for line in lines]),
            Outcome.PROGRAM: _known([line.program for line in lines]),
            Outcome.COMPLETION: _known([line.completion for line in lines]) * _HUNDRED,
            Outcome.CONTACT: _known([line.contact for line in lines]),
        },
        np.array([line.pair for line in lines], dtype=np.int64),
        np.array([line.person for line in lines], dtype=np.int64),
    )
    findings = [
        _compared(numbers, outcome, column)
        for column in (columns_of(lines, histories, kit) if lines else ())
        for outcome in numbers.outcomes
    ]
    findings += _useful(lines, histories, kit)
    looks = [finding.p for finding in findings if finding.p is not None]
    return Evaluation(
        rounds=tuple(history.name for history in histories),
        findings=tuple(_judged(findings, corrected(looks))),
        ranking=_ranking(lines, histories, kit),
        answered={outcome: _answered(lines, outcome) for outcome in numbers.outcomes},
        looks=len(looks),
    )


def _known(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _compared(numbers: _Numbers, outcome: Outcome, column: Column) -> Finding:
    values = numbers.outcomes[outcome]
    use = ~np.isnan(values) & ~np.isnan(column.values)
    y, x = values[use], column.values[use]
    pairs, people = numbers.pairs[use], numbers.people[use]
    finding = Finding(
        outcome,
        column.exposure,
        _UNITS[outcome],
        people=len(np.unique(people)),
        pairs=len(np.unique(pairs)),
        verdict=Verdict.NOT_ENOUGH,
    )
    lack = _lack(outcome, y, x, pairs, people)
    if lack is not None:
        return replace(finding, why=lack)
    return _estimated(finding, y, x, column.others[use], pairs, people)


def _estimated(finding: Finding, y: Floats, x: Floats | None, others: Floats, pairs: Whole, people: Whole) -> Finding:
    estimate = difference(y, x, others, pairs, people)
    if estimate is None:
        return replace(finding, why=Lack.TANGLED)
    return replace(
        finding,
        effect=estimate.effect,
        low=estimate.low,
        high=estimate.high,
        p=estimate.p,
    )


def _lack(outcome: Outcome, y: Floats, x: Floats, pairs: Whole, people: Whole) -> Lack | None:
    """What is missing for a comparison, if anything is."""
    if len(y) < 2 * FEWEST_PEOPLE:
        return Lack.FEW
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return Lack.ALIKE
    side = x > x.mean()
    for one in (side, ~side):
        if len(np.unique(people[one])) < FEWEST_PEOPLE or len(np.unique(pairs[one])) < FEWEST_PAIRS:
            return Lack.FEW
        if outcome is Outcome.COMPLETION:
            share = float(y.mean()) / _HUNDRED
            if int(one.sum()) * min(share, 1 - share) < FEWEST_EXPECTED:
                return Lack.FEW
    return None


def _useful(lines: Sequence[Line], histories: Sequence[RoundHistory], kit: Kit) -> Iterator[Finding]:
    """For each topic: how much more often it was named among the most useful than the others of its round."""
    slugs = [{topic.slug for topic in history.topics} for history in histories]
    chose = [line for line in lines if line.useful]
    for slug, title in topic_titles(histories, kit).items():
        asked = [line for line in chose if slug in slugs[line.round] and len(slugs[line.round]) > 1]
        gaps = np.array([_gap(line.useful or frozenset(), slug, slugs[line.round]) for line in asked]) * _HUNDRED
        pairs = np.array([line.pair for line in asked], dtype=np.int64)
        people = np.array([line.person for line in asked], dtype=np.int64)
        finding = Finding(
            Outcome.USEFUL,
            Exposure(Kind.TOPIC, slug, title),
            _UNITS[Outcome.USEFUL],
            people=len(np.unique(people)),
            pairs=len(np.unique(pairs)),
            verdict=Verdict.NOT_ENOUGH,
        )
        if finding.people < FEWEST_PEOPLE or finding.pairs < FEWEST_PAIRS:
            yield replace(finding, why=Lack.FEW)
        elif np.ptp(gaps) == 0:
            yield replace(finding, why=Lack.ALIKE)
        else:
            yield _estimated(finding, gaps, None, np.empty((len(gaps), 0)), pairs, people)


def _gap(named: frozenset[str], slug: str, slugs: set[str]) -> float:
    """1 where only this topic was named, down to -1 where all the others were; 0 on average if all are alike."""
    return float(slug in named) - len(named & (slugs - {slug})) / (len(slugs) - 1)


def _judged(findings: Sequence[Finding], adjusted: Sequence[float]) -> Iterator[Finding]:
    """The findings with what is left of each after all looks are corrected for."""
    left = iter(adjusted)
    for finding in findings:
        if finding.p is None:
            yield finding
            continue
        chance = next(left)
        yield replace(finding, adjusted=chance, verdict=Verdict.FOUND if chance < CHANCE else Verdict.NOT_SHOWN)


def _ranking(lines: Sequence[Line], histories: Sequence[RoundHistory], kit: Kit) -> tuple[TopicRank, ...]:
    """The topics, the most useful first; those that too few people were asked about are left out."""
    slugs = [{topic.slug for topic in history.topics} for history in histories]
    titles = topic_titles(histories, kit)
    chosen = {
        slug: [slug in line.useful for line in lines if line.useful and slug in slugs[line.round]] for slug in titles
    }
    counts = {slug: (sum(named), len(named)) for slug, named in chosen.items() if shown(len(named))}
    shares = {slug: named / answered for slug, (named, answered) in counts.items()}
    many = Counter(shares.values())
    ranks: list[TopicRank] = []
    for slug, share in sorted(shares.items(), key=lambda item: -item[1]):
        low, high = wilson(*counts[slug])
        talked = _talked(lines, histories, slug)
        rank = 1 + sum(1 for other in shares.values() if other > share)
        ranks.append(
            TopicRank(
                slug, titles[slug], rank, many[share] > 1, *counts[slug], share, low, high, sum(talked), len(talked)
            )
        )
    return tuple(ranks)


def _talked(lines: Sequence[Line], histories: Sequence[RoundHistory], slug: str) -> list[bool]:
    """Of each pair that was together when the topic came: whether they said that they talked about it."""
    days = [{topic.slug: topic for topic in history.topics} for history in histories]
    pairs = {line.pair: line for line in lines}.values()
    return [
        slug in line.facts.talked
        for line in pairs
        if (day := days[line.round].get(slug)) and together(line.facts, day, histories[line.round].ends_on)
    ]


def _answered(lines: Sequence[Line], outcome: Outcome) -> Answered:
    """Of how many people of all rounds an outcome is known; somebody in two rounds counts in both."""
    everybody = {(line.round, line.person) for line in lines}
    known = {(line.round, line.person) for line in lines if getattr(line, outcome.value) is not None}
    return Answered(len(known), len(everybody))
