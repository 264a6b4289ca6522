"""Conversations as data: a flow is a tuple of steps, and a step is one question."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.language.messages import Option

Answer = str | tuple[str, ...]
"""What a step stores: a string, or a tuple of strings for the kinds `many` and `people`."""

REVIEW = "review"
"""The name of the last question of a flow with a review: submit, change or stop."""
CHANGE = "change"
"""The name of the question which answer to change."""
UNKNOWN = "unknown"
"""The answer to a country question of somebody whose country is not in the list."""

_RESERVED = frozenset({REVIEW, CHANGE, "submit", "stop"})


class StepKind(StrEnum):
    """What a step expects as its answer. The values are those of the kits' questions."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    MANY = "many"
    YES_NO = "yes_no"
    COUNTRY = "country"
    ZONE = "zone"
    DATE = "date"
    PEOPLE = "people"
    PICTURE = "picture"


LISTS = frozenset({StepKind.MANY, StepKind.PEOPLE})
"""The kinds whose answer is a tuple."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question.

    `prompt` and `help` are Markdown of the kit; `short` is the plain label in the review. What `minimum` and `maximum`
    count depends on the kind: characters (text), the number itself (number), how many (many, people), days from today
    (date: `minimum=0` means not in the past). `only_if` names an earlier question and the answers to it under which
    this one is asked at all (none: any answer); a question that no step asks is looked up among the known answers.
    `previous` is the answer of an earlier round, offered for confirmation.
    """

    name: str
    kind: StepKind
    prompt: str
    help: str = ""
    short: str = ""
    options: tuple[Option, ...] = ()
    required: bool = True
    minimum: int | None = None
    maximum: int | None = None
    only_if: tuple[str, tuple[str, ...]] | None = None
    previous: Answer | None = None

    @property
    def title(self) -> str:
        """The plain label of this question in a summary."""
        return self.short or self.name.replace("_", " ").capitalize()

    def option(self, value: str) -> Option | None:
        """The option of that value, if there is one."""
        return next((option for option in self.options if option.value == value), None)


@dataclass(frozen=True, slots=True)
class Flow:
    """A conversation: its steps in order, and whether it ends in a review.

    `intro` is Markdown before the first question; `version` tells changes of the kit apart. `unnamed`: what was
    answered is shown in no message, since messages are kept with the person's name.

    Raises ValueError for steps that cannot work: two of one name, a reserved name or one with a colon, a choice
    without options, a condition on a later step.
    """

    name: str
    title: str
    steps: tuple[Step, ...]
    review: bool = True
    intro: str = ""
    version: int = 1
    unnamed: bool = False

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        for number, step in enumerate(self.steps):
            if step.name in _RESERVED or not step.name or ":" in step.name or step.name in names[:number]:
                raise ValueError(f"flow {self.name}: no step may be called {step.name!r}, or it is there twice")
            if step.kind in (StepKind.CHOICE, StepKind.MANY) and not step.options:
                raise ValueError(f"flow {self.name}: step {step.name} has no options")
            if step.only_if is not None and step.only_if[0] in names[number:]:
                raise ValueError(f"flow {self.name}: step {step.name} depends on a later one")

    def step(self, name: str) -> Step | None:
        """The step of that name, if there is one."""
        return next((step for step in self.steps if step.name == name), None)


def with_previous(flow: Flow, previous: Mapping[str, Answer]) -> Flow:
    """The flow that offers these answers of an earlier round for confirmation."""
    steps = tuple(replace(step, previous=previous.get(step.name, step.previous)) for step in flow.steps)
    return replace(flow, steps=steps)


def active_steps(flow: Flow, answers: Mapping[str, Answer]) -> tuple[Step, ...]:
    """The steps that these answers call for, in order. A step whose condition is unanswered is not among them."""
    dropped: set[str] = set()
    active: list[Step] = []
    for step in flow.steps:
        if step.only_if is None or _holds(step.only_if, answers, dropped):
            active.append(step)
        else:
            dropped.add(step.name)
    return tuple(active)


def _holds(condition: tuple[str, tuple[str, ...]], answers: Mapping[str, Answer], dropped: set[str]) -> bool:
    name, wanted = condition
    answer = answers.get(name)
    if answer is None or name in dropped:
        return False
    if not wanted:
        return True
    return answer in wanted if isinstance(answer, str) else any(value in wanted for value in answer)
