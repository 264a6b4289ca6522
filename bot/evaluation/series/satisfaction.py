"""What people answered on the scales of surveys: how many gave which answer, and the mean with its interval."""

from dataclasses import dataclass

from bot.evaluation.disclosure import LEAST, shown
from bot.evaluation.history import RoundHistory
from bot.evaluation.series.asked import Scale, scales_of
from bot.evaluation.series.measures import Mean, mean_of_counts
from bot.evaluation.series.said import Said, Table, alternative, counted, decimal, nothing, span

NAME, TITLE = "satisfaction", "How satisfied people are"


@dataclass(frozen=True, slots=True)
class Answers:
    """One question: its scale with the counts, and the mean."""

    survey: str
    scale: Scale
    mean: Mean


@dataclass(frozen=True, slots=True)
class SatisfactionSeries:
    """The questions that five people or more answered, those of the last survey first."""

    questions: tuple[Answers, ...]
    said: Said


def satisfaction_series(history: RoundHistory) -> SatisfactionSeries:
    """Count the answers to each question with a scale."""
    questions: list[Answers] = []
    few: list[str] = []
    for survey in reversed(history.surveys):
        for scale in scales_of(history, survey):
            mean = mean_of_counts(scale.counts, scale.least, scale.most)
            if mean is not None and shown(mean.count):
                questions.append(Answers(survey.title, scale, mean))
            elif mean is not None:
                few.append(scale.title)
    return SatisfactionSeries(tuple(questions), _said(history, questions, few))


def mean_words(mean: Mean) -> str:
    """`4.2 (4.0–4.4)`."""
    if mean.low is None or mean.high is None:
        return f"{decimal(mean.value)} (all the same)"
    return f"{decimal(mean.value)} ({span(mean.low, mean.high)})"


def _said(history: RoundHistory, questions: list[Answers], few: list[str]) -> Said:
    if not questions:
        if few:
            return nothing(NAME, TITLE, f"Fewer than {LEAST} people have answered, so their answers are not shown.")
        sent = any(survey.sent for survey in history.surveys)
        return nothing(NAME, TITLE, "Nobody has answered yet." if sent else "No survey has been sent yet.")
    first = questions[0]
    headline = (
        f"{first.scale.title}: {decimal(first.mean.value)} of {first.scale.most} on average, "
        f"by {counted(first.mean.count, 'answer')}."
    )
    items = [
        f"{one.scale.title} ({one.survey}), {one.scale.least} to {one.scale.most}: mean {mean_words(one.mean)}, "
        f"{counted(one.mean.count, 'answer')} ({', '.join(f'{value}: {count}' for value, count in _counts(one.scale))})"
        for one in questions
    ]
    caption = (
        "Columns count answers. The diamond is the mean, the bar through it its 95 % interval (Student’s t, cut at the "
        f"ends of the scale). {_went(history)}"
    )
    if few:
        caption += f" Questions that fewer than {LEAST} people answered are not shown: {len(few)}."
    rows = tuple(
        (
            f"{one.scale.title} ({one.survey})",
            f"{one.mean.count:,}",
            mean_words(one.mean),
            ", ".join(f"{value}: {count:,}" for value, count in _counts(one.scale)),
        )
        for one in questions
    )
    table = Table(("Question", "Answers", "Mean (95 % interval)", "Each answer"), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)


def _counts(scale: Scale) -> list[tuple[int, int]]:
    return [(value, scale.counts.get(value, 0)) for value in range(scale.least, scale.most + 1)]


def _went(history: RoundHistory) -> str:
    told = [
        f"“{survey.title}” was sent to {survey.sent:,}, {survey.done:,} finished it"
        for survey in history.surveys
        if survey.sent
    ]
    return f"{'; '.join(told)}." if told else ""
