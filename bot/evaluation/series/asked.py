"""What was asked with numbers: the scales of surveys, and what each person answered to them."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.evaluation.history import PersonFacts, RoundHistory, SurveyFacts
from bot.evaluation.series.names import readable

FIRST = ("partner", "program")
"""What the questions of a closing survey are called that satisfaction is measured by, the most telling first."""
SHORT_SCALE = 7
"""The highest value up to which a scale begins with one; a longer one begins with nought."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A question answered with whole numbers from `least` to `most`; `counts` has how many gave which."""

    survey: str
    question: str
    title: str
    least: int
    most: int
    counts: Mapping[int, int]

    @property
    def answers(self) -> int:
        """How many answered."""
        return sum(self.counts.values())


def scales_of(history: RoundHistory, survey: SurveyFacts) -> list[Scale]:
    """The scales of a survey, in its order."""
    found: list[Scale] = []
    for question, counts in survey.scales.items():
        whole = f"{survey.name}.{question}"
        least, most = _ends(history, whole, counts)
        title = history.titles.get(whole) or readable(question)
        found.append(Scale(survey.name, question, title, least, most, counts))
    return found


def closing_scales(history: RoundHistory) -> list[Scale]:
    """The scales of the surveys at the end: what satisfaction is measured by, the most telling first."""
    every = [scale for survey in history.surveys if survey.when == "closing" for scale in scales_of(history, survey)]
    return sorted(every, key=lambda scale: FIRST.index(scale.question) if scale.question in FIRST else len(FIRST))


def answer_on(person: PersonFacts, scale: Scale) -> int | None:
    """What somebody answered on a scale by name; None where they did not, or nobody knows that it was them."""
    value = person.surveys.get(scale.survey, {}).get(scale.question, "")
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 4 else None


def _ends(history: RoundHistory, whole: str, counts: Mapping[int, int]) -> tuple[int, int]:
    named = [int(value) for value in history.labels.get(whole, {}) if value.isdecimal()]
    if named:
        return min(named), max(named)
    highest = max(counts, default=0)
    if highest <= SHORT_SCALE and 0 not in counts:
        return 1, max(5, highest)
    return 0, max(10, highest)
