"""A kit's questions as the steps of a conversation."""

from collections.abc import Sequence

from bot.flows.spec import Step, StepKind
from bot.language.messages import Option
from topics.model import Question


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


def steps_of(questions: Sequence[Question]) -> tuple[Step, ...]:
    """The steps that ask these questions, in their order."""
    return tuple(step_of(question) for question in questions)
