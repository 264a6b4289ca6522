"""Where a person is in a flow, what can happen next, and how that is kept as one small text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bot.flows.spec import Answer, Step


@dataclass(frozen=True, slots=True)
class State:
    """Where a person is: the step that waits for an answer, and the answers so far.

    `revision` grows with every message of the flow; `since` is the revision at which the waiting question was first
    put, so that each message that bears it stays good. `skipped` names optional steps that were passed over, `editing`
    says that the person came from the review, `misses` counts how often an answer to this step was not understood.
    `offered` holds values put before the person at this step: candidates to choose from, or what is already understood
    of a list.
    """

    step: str
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    skipped: tuple[str, ...] = ()
    revision: int = 0
    since: int = 0
    editing: bool = False
    misses: int = 0
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button pressed, options chosen, or a form submitted (then its text is the only value)."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """Something written. `cut` says that the adapter cut a longer text, of `length` characters where that is known."""

    text: str
    cut: bool = False
    length: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture that was sent, and is kept by now under the key `file`."""

    file: str


Given = Pressed | Typed | Sent


@dataclass(frozen=True, slots=True)
class Ask:
    """Put this question. `note` is the key of a text said before it (with `values`), where there is one."""

    state: State
    step: Step
    note: str = ""
    values: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Reject:
    """That was no answer: say why (`reason` is the key of a text, with `values`), and put the question again."""

    state: State
    step: Step
    reason: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Done:
    """The flow is over. `answers` holds the answers of the steps that were called for, in their order."""

    state: State
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person stopped. The state stays good: `engine.resume` goes on at the same question."""

    state: State


Outcome = Ask | Reject | Done | Stopped


def to_json(state: State) -> str:
    """The state as one line of JSON."""
    fields: dict[str, object] = {"step": state.step, "revision": state.revision, "since": state.since}
    fields["answers"] = dict(state.answers)
    if state.skipped:
        fields["skipped"] = state.skipped
    if state.editing:
        fields["editing"] = True
    if state.misses:
        fields["misses"] = state.misses
    if state.offered:
        fields["offered"] = state.offered
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> State:
    """Read back what `to_json` wrote. Raises ValueError for anything else."""
    try:
        fields = cast(dict[str, Any], json.loads(text))
        return State(
            step=str(fields["step"]),
            answers={str(name): _answer(value) for name, value in fields["answers"].items()},
            skipped=_texts(fields.get("skipped", [])),
            revision=int(fields["revision"]),
            since=int(fields["since"]),
            editing=bool(fields.get("editing", False)),
            misses=int(fields.get("misses", 0)),
            offered=_texts(fields.get("offered", [])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not the state of a flow: {error!r}") from error


def _answer(value: Any) -> Answer:
    return value if isinstance(value, str) else _texts(value)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError("a list of texts is needed")
    return tuple(str(value) for value in cast(list[object], values))


def make_token(run: str, state: State) -> str:
    """The token of the question that waits: `flow:RUN:STEP:REV`. `run` bears no colon."""
    return f"flow:{run}:{state.step}:{state.revision}"


def parse_token(token: str) -> tuple[str, str, int]:
    """Run, step and revision of a token. Raises ValueError for what is none."""
    word, run, step, revision = token.split(":")
    if word != "flow" or not revision.isascii() or not revision.isdigit() or len(revision) > 9:
        raise ValueError(f"not the token of a question: {token[:80]!r}")
    return run, step, int(revision)


def is_stale(state: State, step: str, revision: int) -> bool:
    """Whether a button of that step and revision belongs to a question that waits no longer."""
    return step != state.step or not state.since <= revision <= state.revision
