"""A kit's questions as the steps of a conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.flows.labels import Say
from bot.flows.spec import Step, StepKind
from bot.language.markup import Markdown, plain
from bot.language.messages import Option
from topics.model import Question, QuestionKind
from topics.questions import answers_of, columns_of


def step_of(question: Question) -> Step:
    """The step that asks this question."""
    return Step(
        name=question.name,
        kind=StepKind(question.kind.value),
        prompt=question.prompt,
        help=question.help,
        short=question.short,
        options=tuple(Option(choice.value, choice.label) for choice in question.options),
        required=question.required,
        minimum=question.minimum,
        maximum=question.maximum,
        only_if=question.only_if,
    )


def survey_steps(questions: Sequence[Question], say: Say) -> tuple[Step, ...]:
    """The steps of a survey: as `steps_of`, with a step for each row of a matrix. Scales are choices from 1 to 5."""
    steps: list[Step] = []
    for question in questions:
        columns = columns_of(question)
        for number, column in enumerate(columns, start=1):
            if column.kind is not QuestionKind.SCALE:
                steps.append(step_of(column))
                continue
            prompt = question.prompt
            if question.kind is QuestionKind.MATRIX:
                row, count = column.rows[0].label, len(columns)
                prompt = say("survey.row", prompt=Markdown(question.prompt), row=row, number=number, count=count)
            step = step_of(replace(column, kind=QuestionKind.CHOICE, prompt=prompt))
            steps.append(replace(step, options=_scale(column, say)))
    return tuple(steps)


def scale_labels(question: Question, say: Say) -> Mapping[str, str]:
    """What stands for each answer to a scale, in words: `1 - not at all`, `2`, …"""
    known = answers_of(question) or {}
    return {
        value: value if label == value else plain(say("survey.scale", value=value, label=label))
        for value, label in known.items()
    }


def _scale(question: Question, say: Say) -> tuple[Option, ...]:
    return tuple(Option(value, label) for value, label in scale_labels(question, say).items())


def in_matrix(step: str, other: str) -> bool:
    """Whether two steps are rows of the same matrix."""
    return "." in step and step.partition(".")[0] == other.partition(".")[0]


def steps_of(questions: Sequence[Question]) -> tuple[Step, ...]:
    """The steps that ask these questions, in their order."""
    return tuple(step_of(question) for question in questions)
