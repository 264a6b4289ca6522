"""What surveys of a round came to, as figures: from the answers that carry a name and those that do not. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from bot.evaluation.history import Given, SurveyFacts
from bot.world.countries import country_name
from storage.partnerships import SurveyAnswer
from topics.model import Kit, Question, QuestionKind, Survey
from topics.questions import answers_of, columns_of

_SCALES, _NUMBER = (QuestionKind.NUMBER, QuestionKind.SCALE), 16
_OPEN = (QuestionKind.TEXT, QuestionKind.PEOPLE, QuestionKind.DATE, QuestionKind.PICTURE)
_COUNTED = (QuestionKind.CHOICE, QuestionKind.MANY, QuestionKind.YES_NO)


def survey_facts(
    survey: Survey, rows: Sequence[SurveyAnswer], begun: int, unnamed: Iterable[Mapping[str, Any]]
) -> SurveyFacts:
    """The figures of one survey. `begun` counts those who are in the middle of it, `unnamed` are answers of nobody."""
    given = [*(row.answers for row in rows), *unnamed]
    kinds = columns(survey.questions)
    scales = {name for name, question in kinds.items() if is_scale(question)}
    return SurveyFacts(
        name=survey.name,
        title=survey.title,
        when=survey.when,
        anonymous=survey.anonymous,
        sent=len(rows),
        begun=sum(1 for row in rows if row.state != "sent") + begun,
        done=sum(1 for row in rows if row.state == "done"),
        scales={name: _numbers(given, name) for name in kinds if name in scales},
        choices={
            name: _values(given, name)
            for name, question in kinds.items()
            if name not in scales and question.kind in _COUNTED
        },
    )


def columns(questions: Iterable[Question]) -> Mapping[str, Question]:
    """The questions by the names under which their answers are stored."""
    return {column.name: column for question in questions for column in columns_of(question)}


def is_scale(question: Question) -> bool:
    """Whether a question is answered with a whole number: a number, or options whose values are all numbers."""
    if question.kind is QuestionKind.CHOICE:
        return all(choice.value.isdecimal() for choice in question.options)
    return question.kind in _SCALES


def closed_answers(questions: Mapping[str, Question], answers: Mapping[str, Any]) -> dict[str, Given]:
    """Those answers that are no free text and name no people, as an evaluation has them."""
    return {
        name: tuple(cast("list[str]", value)) if isinstance(value, list) else str(value)
        for name, value in answers.items()
        if name in questions and questions[name].kind not in _OPEN
    }


def labels_of(kit: Kit, countries: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """The words for values, by question, then value; of countries only those that are asked for."""
    named = {question.name: question for question in kit.questions}
    for survey in kit.surveys:
        named |= {f"{survey.name}.{name}": question for name, question in columns(survey.questions).items()}
    labels: dict[str, Mapping[str, str]] = {}
    for name, question in named.items():
        if question.kind is QuestionKind.COUNTRY:
            labels[name] = {code: country_name(code) for code in sorted(countries)}
        elif (words := answers_of(question)) is not None:
            labels[name] = words
    return labels


def titles_of(kit: Kit) -> Mapping[str, str]:
    """The short names of all questions, named as in `labels_of`."""
    titles = {question.name: question.short or question.name for question in kit.questions}
    for survey in kit.surveys:
        titles |= {
            f"{survey.name}.{name}": question.short or question.name
            for name, question in columns(survey.questions).items()
        }
    return titles


def _numbers(given: Sequence[Mapping[str, Any]], name: str) -> dict[int, int]:
    values = (answers.get(name) for answers in given)
    counted = Counter(int(v) for v in values if isinstance(v, str) and len(v) < _NUMBER and _is_whole(v))
    return dict(sorted(counted.items()))


def _is_whole(value: str) -> bool:
    return value.removeprefix("-").isdecimal()


def _values(given: Sequence[Mapping[str, Any]], name: str) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for answers in given:
        value = answers.get(name)
        if isinstance(value, str):
            counted[value] += 1
        elif isinstance(value, list):
            counted.update(set(cast("list[str]", value)))
    return dict(sorted(counted.items()))
