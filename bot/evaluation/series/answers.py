"""What people chose in surveys: the share of each answer to the questions with options, with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.evaluation.disclosure import LEAST, shown
from bot.evaluation.history import RoundHistory, SurveyFacts
from bot.evaluation.series.measures import Share, share
from bot.evaluation.series.names import readable
from bot.evaluation.series.said import Said, Table, alternative, counted, nothing, percent, percent_span

NAME, TITLE = "answers", "What people answered"
YES_NO = frozenset({"yes", "no"})
MOST_OPTIONS, MOST_QUESTIONS = 8, 8


@dataclass(frozen=True, slots=True)
class Question:
    """One question: each answer with its share, in the kit's order. Of a yes-or-no question only the yes."""

    title: str
    survey: str
    answers: tuple[tuple[str, Share], ...]


@dataclass(frozen=True, slots=True)
class AnswerSeries:
    """The questions that five people or more answered, those of the last survey first."""

    questions: tuple[Question, ...]
    said: Said


def answer_series(history: RoundHistory) -> AnswerSeries:
    """Count the answers to each question of which one answer is chosen."""
    found = [
        question
        for survey in reversed(history.surveys)
        for name, counts in survey.choices.items()
        if (question := _question(history, survey, name, counts)) is not None
    ]
    kept = tuple(found[:MOST_QUESTIONS])
    return AnswerSeries(kept, _said(kept, len(found) - len(kept)))


def _question(history: RoundHistory, survey: SurveyFacts, name: str, counts: Mapping[str, int]) -> Question | None:
    """None for a question with few answers, with many options, or of which several could be chosen."""
    total = sum(counts.values())
    several = any(isinstance(person.surveys.get(survey.name, {}).get(name), tuple) for person in history.people)
    labels = history.labels.get(f"{survey.name}.{name}", {})
    options = [*labels, *(value for value in counts if value not in labels)]
    if several or not shown(total) or total > max(survey.begun, survey.done) or len(options) > MOST_OPTIONS:
        return None
    title = history.titles.get(f"{survey.name}.{name}") or readable(name)
    told = ["yes"] if set(options) <= YES_NO else options
    answers = tuple((labels.get(value, readable(value)), share(counts.get(value, 0), total)) for value in told)
    return Question(title, survey.title, answers)


def _said(questions: tuple[Question, ...], more: int) -> Said:
    if not questions:
        return nothing(NAME, TITLE, f"No question with options has {LEAST} answers yet.")
    first = questions[0]
    most, how_many = max(first.answers, key=lambda one: one[1].value)
    headline = f"{first.title}: {percent(how_many.value)} answered “{most}” ({how_many.count:,} of {how_many.of:,})."
    items = [
        f"{question.title} ({question.survey}): "
        + ", ".join(f"{answer} {one.count:,} of {one.of:,} ({percent(one.value)})" for answer, one in question.answers)
        for question in questions
    ]
    caption = "Bars are shares of those who answered the question. Whiskers are 95 % intervals (Wilson)."
    if more:
        caption += f" {counted(more, 'more question')} of this kind {'is' if more == 1 else 'are'} not drawn."
    rows = tuple(
        (
            f"{question.title} ({question.survey})",
            answer,
            f"{one.count:,} of {one.of:,}",
            f"{percent(one.value)} ({percent_span(one.low, one.high)})",
        )
        for question in questions
        for answer, one in question.answers
    )
    table = Table(("Question", "Answer", "People", "Share (95 % interval)"), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)
