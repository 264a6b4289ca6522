"""What the report shows, counted from the pairs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.matchfile import Matched
from bot.program.matching import PairScore, score_group
from bot.program.matching.tiers import wanted
from bot.world.countries import country_name
from topics.model import Kit, QuestionKind, Rule, Wish

HOUR = 60
FIFTHS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a picture: its name, how much, and out of how much (0: of nothing in particular)."""

    name: str
    count: int
    of: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """How often people of two countries meet in a group."""

    one: str
    other: str
    count: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures of a pairing. What the kit has no wish for is empty."""

    scores: tuple[PairScore, ...]
    flows: tuple[Flow, ...]
    """The most frequent first; a country with itself is the same country."""
    countries: tuple[str, ...]
    """Codes, those with most people in pairs first; `unknown` for an unlisted country."""
    minutes: tuple[Bar, ...]
    """Groups by their shared working minutes; the first bar has none at all."""
    similarity: tuple[Bar, ...]
    """Groups by the similarity of their interests, of those in which somebody asked; the first bar has none at all."""
    types: tuple[Bar, ...]
    """For each wished-for kind of partner how many wishes were met, out of how many; the most wished-for first."""

    @property
    def apart(self) -> int:
        """How many groups share no working time."""
        return self.minutes[0].count if self.minutes else 0


def facts_of(matched: Matched) -> Facts:
    """Count everything that the report shows."""
    problem, groups = matched.prepared.problem, matched.pairing.groups
    scores = tuple(score_group(problem, group.ids) for group in groups)
    rules = {wish.rule for wish in problem.wishes}
    counted, countries = _countries(matched)
    return Facts(
        scores=scores,
        flows=tuple(Flow(*pair, count) for pair, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))),
        countries=tuple(code for code, _ in sorted(countries.items(), key=lambda one: (-one[1], one[0]))),
        minutes=_minutes(matched, scores) if Rule.OVERLAP in rules else (),
        similarity=_similarity(scores) if Rule.SIMILAR in rules else (),
        types=_types(matched),
    )


def code_name(code: str) -> str:
    """A country's name in a list of them; one that nobody knows is `Unknown`."""
    return "Unknown" if code == "unknown" else country_name(code)


def option_label(kit: Kit, question: str, value: str) -> str:
    """How the kit calls an answer, whatever its case."""
    options = kit.question(question).options
    return next((option.label for option in options if option.value.casefold() == value), value)


def _countries(matched: Matched) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    flows: Counter[tuple[str, str]] = Counter()
    people: Counter[str] = Counter()
    question = matched.prepared.kit.question_of_kind(QuestionKind.COUNTRY)
    if question is None:
        return flows, people
    known = matched.prepared.problem.by_id()
    for group in matched.pairing.groups:
        codes = [(known[key].one(question.name) or "unknown").upper() for key in group.ids]
        codes = ["unknown" if code == "UNKNOWN" else code for code in codes]
        people.update(codes)
        for one, other in combinations(codes, 2):
            flows[min(one, other), max(one, other)] += 1
    return flows, people


def _minutes(matched: Matched, scores: Sequence[PairScore]) -> tuple[Bar, ...]:
    # A trio's figure is the sum of its three pairs: here it counts by their mean.
    sizes = [len(group.ids) for group in matched.pairing.groups]
    shared = [score.overlap_minutes / (3 if size > 2 else 1) for score, size in zip(scores, sizes, strict=True)]
    most = max((int(-(-minutes // HOUR)) for minutes in shared), default=0)
    bars = [Bar("none", sum(1 for minutes in shared if minutes == 0))]
    for hour in range(most):
        name = "under 1" if hour == 0 else f"{hour}–{hour + 1}"
        inside = [m for m in shared if m and hour * HOUR <= m and (m < (hour + 1) * HOUR or hour == most - 1)]
        bars.append(Bar(name, len(inside)))
    return tuple(bars)


def _similarity(scores: Sequence[PairScore]) -> tuple[Bar, ...]:
    shares = [score.interest_similarity / score.interest_wishes for score in scores if score.interest_wishes]
    bars = [Bar("none", sum(1 for share in shares if share <= 0))]
    for fifth in range(FIFTHS):
        # Thirds and fifths are no whole floats: what is a hair below its limit belongs to the next bar.
        inside = [s for s in shares if s > 0 and min(int(s * FIFTHS + 1e-9), FIFTHS - 1) == fifth]
        bars.append(Bar(f"{20 * fifth}–{20 * fifth + 20}" if fifth else "under 20", len(inside)))
    return tuple(bars)


def _types(matched: Matched) -> tuple[Bar, ...]:
    problem, kit = matched.prepared.problem, matched.prepared.kit
    wish = next((wish for wish in problem.wishes if wish.rule is Rule.WISHED), None)
    if wish is None:
        return ()
    asked, met = _wished(matched, wish)
    return tuple(
        Bar(option_label(kit, wish.of, value), met[value], count)
        for value, count in sorted(asked.items(), key=lambda one: (-one[1], one[0]))
    )


def _wished(matched: Matched, wish: Wish) -> tuple[Mapping[str, int], Counter[str]]:
    """How many ask for each kind of partner, and how many of them get one (in a trio, if either of the others is)."""
    known = matched.prepared.problem.by_id()
    asked = Counter(value for person in known.values() if (value := wanted(wish, person)))
    met: Counter[str] = Counter()
    for group in matched.pairing.groups:
        for key in group.ids:
            value = wanted(wish, known[key])
            if value and any(known[other].one(wish.of) == value for other in group.ids if other != key):
                met[value] += 1
    return asked, met
