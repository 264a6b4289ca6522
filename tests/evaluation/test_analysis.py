"""What the analysis finds in histories with known effects, and what it says where there is too little."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from scipy import stats

from bot.evaluation.analysis import CHANCE, FEWEST_PAIRS, FEWEST_PEOPLE, analyse
from bot.evaluation.findings import Evaluation, Finding, Kind, Lack, Outcome, Verdict
from bot.evaluation.history import PairFacts, PersonFacts, RoundHistory
from bot.evaluation.regression import corrected, difference, wilson
from tests.planted import Plan, histories, truth
from topics.kit import find_kit, load_kit

KIT = load_kit(find_kit("librarians"))
SEEDS = (1, 2, 3, 4, 5)
POOR = KIT.topics[Plan().poor_topic].slug


@pytest.fixture(scope="module")
def judged() -> dict[int, Evaluation]:
    return {seed: analyse(histories(KIT, seed), KIT) for seed in SEEDS}


def of(evaluation: Evaluation, outcome: Outcome, kind: Kind, name: str = "") -> Finding:
    return next(
        f
        for f in evaluation.findings
        if f.outcome is outcome and f.exposure.kind is kind and f.exposure.name == (name or f.exposure.name)
    )


@pytest.mark.parametrize(
    ("outcome", "kind", "name"),
    [
        (Outcome.PARTNER, Kind.SIMILAR, ""),
        (Outcome.CONTACT, Kind.FAR, ""),
        (Outcome.USEFUL, Kind.TOPIC, POOR),
    ],
)
def test_what_was_put_in_is_found_and_its_size_lies_within_the_interval(
    judged: dict[int, Evaluation], outcome: Outcome, kind: Kind, name: str
) -> None:
    """The hundred seeds are for `benchmarks/analysis.py`; of these few, one interval may miss."""
    findings = [of(evaluation, outcome, kind, name) for evaluation in judged.values()]
    true = truth(outcome, findings[0].exposure, KIT)
    assert true
    assert all(f.verdict is Verdict.FOUND and (f.effect or 0) * true > 0 for f in findings)
    covered = sum(1 for f in findings if (f.low or 0) <= true <= (f.high or 0))
    assert covered >= len(SEEDS) - 1


def test_what_was_not_put_in_is_not_claimed(judged: dict[int, Evaluation]) -> None:
    false = [
        (seed, finding)
        for seed, evaluation in judged.items()
        for finding in evaluation.found
        if truth(finding.outcome, finding.exposure, KIT) == 0
    ]
    claims = sum(len(evaluation.found) for evaluation in judged.values())
    assert len(false) <= CHANCE * claims
    held = [
        (f.low or 0) <= 0 <= (f.high or 0)
        for evaluation in judged.values()
        for f in evaluation.findings
        if f.effect is not None and truth(f.outcome, f.exposure, KIT) == 0
    ]
    assert 0.9 < sum(held) / len(held) < 0.99


def test_all_looks_are_corrected_for(judged: dict[int, Evaluation]) -> None:
    evaluation = judged[1]
    looked = [f for f in evaluation.findings if f.p is not None]
    assert evaluation.looks == len(looked) > 60
    least = min(looked, key=lambda f: f.p or 0)
    assert least.adjusted == pytest.approx(min(1.0, (least.p or 0) * len(looked)))
    assert all((f.adjusted or 0) >= (f.p or 0) for f in looked)
    assert any((f.p or 0) < CHANCE and f.verdict is Verdict.NOT_SHOWN for f in looked)


def test_the_same_history_gives_the_same_findings_in_any_order_of_rows() -> None:
    first = histories(KIT, 9, Plan(people=150))
    turned = tuple(replace(one, people=tuple(reversed(one.people)), pairs=tuple(reversed(one.pairs))) for one in first)
    for one, other in zip(analyse(first, KIT).findings, analyse(turned, KIT).findings, strict=True):
        assert (one.outcome, one.exposure, one.verdict, one.why) == (
            other.outcome,
            other.exposure,
            other.verdict,
            other.why,
        )
        assert one.effect == pytest.approx(other.effect)
        assert one.p == pytest.approx(other.p)


def test_the_share_of_those_who_answered_is_told(judged: dict[int, Evaluation]) -> None:
    rounds = histories(KIT, 1)
    answered = sum(1 for one in rounds for person in one.people if person.surveys)
    assert judged[1].answered[Outcome.PARTNER].known == answered
    assert judged[1].answered[Outcome.PARTNER].of == 1500


def test_topics_are_ranked_with_their_intervals_and_ties(judged: dict[int, Evaluation]) -> None:
    ranking = judged[1].ranking
    rounds = histories(KIT, 1)
    chosen = [p.surveys["closing"]["topics"] for one in rounds for p in one.people if p.surveys]
    chosen = [topics for topics in chosen if topics]
    assert {rank.slug for rank in ranking} == {topic.slug for topic in KIT.topics}
    assert ranking[-1].slug == POOR
    for rank in ranking:
        assert rank.answered == len(chosen)
        assert rank.named == sum(1 for topics in chosen if rank.slug in topics)
        assert rank.low < rank.share < rank.high
    assert [rank.rank for rank in ranking] == sorted(rank.rank for rank in ranking)
    same = histories(KIT, 1, Plan(people=30, rounds=1, answers=1.0))
    tied = [rank for rank in analyse(same, KIT).ranking if rank.tied]
    assert tied
    assert all(sum(1 for other in tied if other.named == rank.named) > 1 for rank in tied)


def everybody(change: Callable[[PersonFacts], PersonFacts]) -> Callable[[RoundHistory], RoundHistory]:
    return lambda one: replace(one, people=tuple(change(person) for person in one.people))


def every_pair(change: Callable[[PairFacts], PairFacts]) -> Callable[[RoundHistory], RoundHistory]:
    return lambda one: replace(one, pairs=tuple(change(pair) for pair in one.pairs))


def answers(**given: str | tuple[str, ...]) -> Callable[[PersonFacts], PersonFacts]:
    return lambda person: replace(person, surveys={"closing": given})


STRANGE: dict[str, Callable[[RoundHistory], RoundHistory]] = {
    "no pairs": lambda one: replace(one, pairs=()),
    "pairs whose people are gone": lambda one: replace(one, people=()),
    "no surveys": lambda one: replace(one, surveys=()),
    "nobody answered": everybody(lambda person: replace(person, surveys={})),
    "all gave the same": everybody(answers(partner="5", program="5", topics=("no-such-topic",))),
    "answers that are no numbers": everybody(answers(partner="5; --", program="٥", topics="")),
    "nothing is known of pairs": every_pair(
        lambda pair: replace(pair, wishes={}, similarity=None, zone_hours=None, pace="", talked=())
    ),
    "all pairs are alike": every_pair(
        lambda pair: replace(pair, wishes={"country": 1.0}, similarity=0.5, zone_hours=3.0, pace="weekly")
    ),
    "nobody was introduced": every_pair(lambda pair: replace(pair, announced_at=None)),
    "all talk elsewhere": every_pair(lambda pair: replace(pair, elsewhere=True)),
    "not a week": every_pair(lambda pair: replace(pair, weeks=0)),
    "no topics": lambda one: replace(one, topics=()),
    "one topic": lambda one: replace(one, topics=one.topics[:1]),
    "all completed": everybody(lambda person: replace(person, completed=True)),
}


@pytest.mark.parametrize("case", STRANGE)
def test_a_strange_history_gives_an_answer_and_no_false_claim(case: str) -> None:
    rounds = tuple(
        STRANGE[case](one) for one in histories(KIT, 3, Plan(people=90, rounds=2, similar=0, far=0, poor=0.3))
    )
    evaluation = analyse(rounds, KIT)
    assert [finding.outcome for finding in evaluation.found] == []
    for finding in evaluation.findings:
        assert (finding.effect is None) == (finding.verdict is Verdict.NOT_ENOUGH) == (finding.why is not None)


def test_no_rounds_at_all() -> None:
    evaluation = analyse((), KIT)
    assert [f for f in evaluation.findings if f.verdict is not Verdict.NOT_ENOUGH] == []
    assert (evaluation.looks, evaluation.ranking, evaluation.rounds) == (0, (), ())


def test_what_all_pairs_have_alike_is_said_to_be_so() -> None:
    rounds = tuple(STRANGE["all pairs are alike"](one) for one in histories(KIT, 3, Plan(people=200, rounds=1)))
    evaluation = analyse(rounds, KIT)
    assert of(evaluation, Outcome.PARTNER, Kind.FAR).why is Lack.ALIKE
    assert of(evaluation, Outcome.CONTACT, Kind.WISH, "country").why is Lack.ALIKE


def test_a_small_side_is_not_enough_and_one_more_pair_is() -> None:
    one = histories(KIT, 4, Plan(people=200, rounds=1, answers=1.0))[0]

    def with_far(count: int) -> Finding:
        pairs = tuple(
            replace(pair, zone_hours=11.0 if n < count else 2.0, elsewhere=False) for n, pair in enumerate(one.pairs)
        )
        return of(analyse((replace(one, pairs=pairs),), KIT), Outcome.CONTACT, Kind.FAR)

    enough = max(FEWEST_PAIRS, FEWEST_PEOPLE // 2)
    assert with_far(enough - 1).why is Lack.FEW
    assert with_far(enough).verdict is not Verdict.NOT_ENOUGH


def test_what_comes_only_together_with_something_else_is_not_told_apart() -> None:
    first, second = histories(KIT, 5, Plan(people=200, rounds=2))
    near = every_pair(lambda pair: replace(pair, zone_hours=2.0))(first)
    far = every_pair(lambda pair: replace(pair, zone_hours=10.0))(second)
    finding = of(analyse((near, far), KIT), Outcome.CONTACT, Kind.FAR)
    assert (finding.verdict, finding.why) == (Verdict.NOT_ENOUGH, Lack.TANGLED)


def test_completion_is_of_rounds_that_are_over() -> None:
    running = tuple(replace(one, ended=False) for one in histories(KIT, 5, Plan(people=200, rounds=1)))
    evaluation = analyse(running, KIT)
    assert evaluation.answered[Outcome.COMPLETION].known == 0
    assert of(evaluation, Outcome.COMPLETION, Kind.FAR).verdict is Verdict.NOT_ENOUGH
    assert of(evaluation, Outcome.CONTACT, Kind.FAR).verdict is not Verdict.NOT_ENOUGH


def test_satisfaction_belongs_to_the_last_partner() -> None:
    """Somebody who changed partners answers about the last one, and does not count for the first."""
    one = histories(KIT, 6, Plan(people=200, rounds=1, answers=1.0))[0]
    again = tuple(replace(pair, key=pair.key + 1000, zone_hours=11.0, elsewhere=False) for pair in one.pairs)
    before = tuple(replace(pair, zone_hours=1.0, elsewhere=False, announced_at=_earlier(pair)) for pair in one.pairs)
    evaluation = analyse((replace(one, pairs=(*before, *again)),), KIT)
    satisfied = of(evaluation, Outcome.PARTNER, Kind.ZONE)
    assert (satisfied.why, satisfied.pairs) == (Lack.ALIKE, len(again))
    assert of(evaluation, Outcome.CONTACT, Kind.ZONE).pairs == 2 * len(again)


def _earlier(pair: PairFacts) -> datetime:
    assert pair.announced_at is not None
    return pair.announced_at.replace(day=1)


def test_a_difference_is_that_of_the_means_with_the_error_of_pairs() -> None:
    """Against the sandwich written out by hand: sums of residuals over each pair, squared."""
    rng = np.random.default_rng(7)
    pairs = np.repeat(np.arange(60), 2)
    x = (pairs % 3 == 0).astype(np.float64)
    y = 2 + 0.7 * x + np.repeat(rng.normal(size=60), 2) + rng.normal(size=120)
    found = difference(y, x, np.empty((120, 0)), pairs, np.arange(120))
    assert found is not None
    effect = y[x == 1].mean() - y[x == 0].mean()
    assert found.effect == pytest.approx(effect)
    rest = np.where(x == 1, y - y[x == 1].mean(), y - y[x == 0].mean())
    sums = np.bincount(pairs, weights=(x - x.mean()) * rest)
    factor = 60 / 59 * 119 / 118
    error = np.sqrt(factor * (sums**2).sum()) / ((x - x.mean()) ** 2).sum()
    weights = np.bincount(pairs, weights=(x - x.mean()) ** 2)
    telling = weights.sum() ** 2 / (weights**2).sum()
    error *= np.sqrt(telling / (telling - 1))
    reach = stats.t(telling - 1).ppf(0.975) * error
    assert (found.low, found.high) == (pytest.approx(effect - reach), pytest.approx(effect + reach))


def test_partners_who_answer_alike_do_not_count_twice() -> None:
    """With both of each pair saying the same, the interval is that of half as many people."""
    rng = np.random.default_rng(8)
    one, x = rng.normal(size=200), (np.arange(200) % 2).astype(np.float64)
    none = np.empty((200, 0))
    alone = difference(one, x, none, np.arange(200), np.arange(200))
    twice = difference(
        np.repeat(one, 2), np.repeat(x, 2), np.empty((400, 0)), np.repeat(np.arange(200), 2), np.arange(400)
    )
    assert alone is not None
    assert twice is not None
    assert twice.high - twice.low == pytest.approx(alone.high - alone.low, rel=0.02)


def test_whoever_comes_again_does_not_count_as_somebody_else() -> None:
    rng = np.random.default_rng(9)
    nature = rng.normal(size=100)
    x = np.tile((np.arange(100) % 2).astype(np.float64), 4)
    y = np.tile(nature, 4) + 0.1 * rng.normal(size=400)
    pairs, people = np.arange(400), np.tile(np.arange(100), 4)
    known = difference(y, x, np.empty((400, 0)), pairs, people)
    taken_apart = difference(y, x, np.empty((400, 0)), pairs, np.arange(400))
    assert known is not None
    assert taken_apart is not None
    assert known.high - known.low > 1.7 * (taken_apart.high - taken_apart.low)


def test_corrections_and_shares_are_those_of_the_books() -> None:
    """Holm's steps by hand; Wilson's interval for 10 of 20 by its formula."""
    assert corrected([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert corrected([]) == []
    z = stats.norm.ppf(0.975)
    middle, reach = 0.5, z / (1 + z**2 / 20) * np.sqrt(0.25 / 20 + z**2 / (4 * 400))
    assert wilson(10, 20) == (pytest.approx(middle - reach), pytest.approx(middle + reach))
    assert wilson(0, 7)[0] == pytest.approx(0)


def test_the_statistics_library_is_not_loaded_by_the_program() -> None:
    """It is large, and an extra: what the bot runs on, and what only shows findings, do without."""
    code = (
        "import sys, bot.__main__, bot.running, bot.evaluation.findings, bot.evaluation.telling\n"
        "import bot.evaluation.suggestions, bot.evaluation.kitdiff\n"
        "print(sorted({'statsmodels', 'scipy', 'pandas', 'patsy'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
