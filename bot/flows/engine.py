"""What comes next in a conversation: pure decisions from a flow, a state and what a person pressed or typed."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from bot.flows import options
from bot.flows.answers import read, satisfies
from bot.flows.places import country_before, zones_before
from bot.flows.reading import Accepted, Question, Unclear
from bot.flows.spec import CHANGE, REVIEW, Answer, Flow, Step, StepKind, active_steps
from bot.flows.state import Ask, Done, Given, Outcome, Pressed, Reject, Sent, State, Stopped, Typed
from bot.flows.words import fold, is_keep, word, yes_or_no
from bot.language.markup import Markdown
from bot.language.messages import Option

SUBMIT = "submit"
STOP = "stop"
BACK_VALUE, SKIP_VALUE, KEEP_VALUE = ":back", ":skip", ":keep"
"""What the small buttons beneath a question bear."""

_PRESSED_WORDS: dict[tuple[str, ...], str] = {
    (BACK_VALUE,): "back",
    (SKIP_VALUE,): "skip",
    (KEEP_VALUE,): "keep",
    (":stop",): "stop",
    (":help",): "help",
}
_REVIEW_OPTIONS = (Option(SUBMIT, "Submit", "primary"), Option(CHANGE, "Change an answer"), Option(STOP, "Stop"))
_WITH_OPTIONS = (StepKind.CHOICE, StepKind.MANY, StepKind.YES_NO)


def begin(
    flow: Flow,
    known: Mapping[str, Answer] | None = None,
    today: date | None = None,
    passed: Collection[str] = (),
) -> Ask | Done:
    """The first question, or the review when all is known. Known answers that a step does not take are asked again.

    `passed` names optional steps that were passed over before: without an answer they are not asked again either.
    """
    answers = {
        name: answer
        for name, answer in (known or {}).items()
        if (step := flow.step(name)) is None or satisfies(step, answer, today)
    }
    skipped = tuple(s.name for s in flow.steps if s.name in passed and not s.required and s.name not in answers)
    return _go_on(flow, State(step="", answers=answers, skipped=skipped))


def resume(flow: Flow, state: State) -> Ask | Done:
    """The question that waits, again. Where the flow has it no longer: the first one without an answer."""
    step = _step(flow, state)
    if step is None:
        return _go_on(flow, state)
    return Ask(replace(state, revision=state.revision + 1), step)


def advance(flow: Flow, state: State, given: Given, today: date) -> Outcome:
    """What follows from this answer. `today` is the day on which the person answers.

    Never raises, whatever was given. Whether a button belongs to an older question, ask `state.is_stale` before.
    """
    step = _step(flow, state)
    if step is None:
        return _go_on(flow, state)
    if isinstance(given, Sent):
        return _answered(flow, state, step, given, False, today)
    said = _word(step, given)
    if said is not None and said != "keep":
        return _obey(flow, state, step, said)
    if step.name == REVIEW:
        return _reviewed(flow, state, step, given)
    if step.name == CHANGE:
        return _chosen(flow, state, step, given)
    return _answered(flow, state, step, given, said == "keep", today)


def refuse(flow: Flow, state: State, reason: str, values: Mapping[str, object]) -> Ask | Reject | Done:
    """What was sent is no answer, for a reason that is known outside: the waiting question is put again."""
    step = _step(flow, state)
    return _go_on(flow, state) if step is None else _reject(state, step, reason, values)


def kept(step: Step, state: State, today: date | None = None) -> Answer | None:
    """The answer that is offered to be kept: the one given before in this flow, else that of an earlier round."""
    for answer in (state.answers.get(step.name), step.previous):
        if answer is not None and satisfies(step, answer, today):
            return answer
    return None


def place(flow: Flow, state: State) -> tuple[int, int]:
    """Which question of how many the waiting one is, counting from 1; as far as the answers tell so far."""
    names = [step.name for step in active_steps(flow, state.answers)]
    return (names.index(state.step) + 1 if state.step in names else len(names)), len(names)


def _word(step: Step, given: Pressed | Typed) -> str | None:
    if isinstance(given, Pressed):
        return _PRESSED_WORDS.get(given.values)
    said = word(given.text)
    if said is None or given.text.lstrip().startswith("/"):
        return said
    # Where a kit calls an option "Skip" or "Help", whoever types it means the option.
    if step.kind in _WITH_OPTIONS and step.name != REVIEW and options.exact(given.text, step.options) is not None:
        return None
    return said


def _obey(flow: Flow, state: State, step: Step, said: str) -> Outcome:
    if said == "stop":
        return Stopped(state)
    if said == "help":
        values = {"help": Markdown(step.help), "required": step.required}
        return _again(state, step, "flow.help_review" if step.name in (REVIEW, CHANGE) else "flow.help", values)
    if said == "back":
        return _back(flow, state, step)
    if step.name == CHANGE:
        return _review(flow, state)
    if step.name == REVIEW or step.required:
        return _reject(state, step, "flow.review_what" if step.name == REVIEW else "flow.required", {})
    return _store(flow, state, step, None)


def _back(flow: Flow, state: State, step: Step) -> Outcome:
    if step.name == CHANGE:
        return _review(flow, state)
    active = active_steps(flow, state.answers)
    if step.name == REVIEW:
        return _ask(state, active[-1], editing=True)
    if state.editing and _missing(active, state) is None:
        return _review(flow, state)
    names = [each.name for each in active]
    position = names.index(step.name) if step.name in names else 0
    if position == 0:
        return _again(state, step, "flow.at_first", {})
    return _ask(state, active[position - 1], editing=state.editing)


def _reviewed(flow: Flow, state: State, step: Step, given: Pressed | Typed) -> Outcome:
    if isinstance(given, Pressed):
        choice = given.values[0] if len(given.values) == 1 else ""
    else:
        text = given.text[:200]
        choice = {"yes": SUBMIT, "no": CHANGE}.get(yes_or_no(text) or "") or options.one(text, step.options) or ""
        named = fold(text).removeprefix("change ").removeprefix("edit ").removeprefix("my ")
        wanted = options.one(named, _titles(flow, state)) if choice == "" and not named.isdigit() else None
        if wanted is not None:
            return _chosen(flow, state, step, Pressed((wanted,)))
    if choice == SUBMIT:
        return _go_on(flow, state, submit=True)
    if choice == CHANGE:
        return _ask(state, _change_step(flow, state))
    if choice == STOP:
        return Stopped(state)
    return _reject(state, step, "flow.review_what", {})


def _chosen(flow: Flow, state: State, step: Step, given: Pressed | Typed) -> Outcome:
    titles = _titles(flow, state)
    if isinstance(given, Pressed):
        name = given.values[0] if len(given.values) == 1 else ""
    else:
        name = options.one(given.text[:200], titles) or ""
    wanted = flow.step(name) if any(option.value == name for option in titles) else None
    if wanted is None:
        return _reject(state, step, "flow.change_what", {})
    return _ask(state, wanted, editing=True)


def _answered(flow: Flow, state: State, step: Step, given: Given, keep: bool, today: date) -> Outcome:
    offer = kept(step, state, today)
    if isinstance(given, Typed) and offer is not None and step.kind is not StepKind.YES_NO:
        keep = is_keep(given.text) and not (step.options and options.exact(given.text, step.options))
        if step.kind is StepKind.TEXT and yes_or_no(given.text) == "no":
            return _again(state, step, "flow.type_new", {})
    if keep and offer is None:
        return _again(state, step, "flow.nothing_to_keep", {})
    if keep:
        return _store(flow, state, step, offer)
    country = country_before(flow, step, state.answers) if step.kind is StepKind.ZONE else ""
    reading = read(given, Question(step, today, state.offered, state.misses, country))
    if isinstance(reading, Accepted):
        return _store(flow, state, step, reading.value)
    if isinstance(reading, Unclear):
        return _again(replace(state, offered=reading.offered), step, reading.note, reading.values)
    return _reject(replace(state, offered=reading.offered), step, reading.reason, reading.values)


def _store(flow: Flow, state: State, step: Step, value: Answer | None) -> Outcome:
    answers = dict(state.answers)
    before = answers.pop(step.name, None)
    skipped = [name for name in state.skipped if name != step.name]
    if value is None:
        skipped.append(step.name)
    else:
        answers[step.name] = value
    if step.kind is StepKind.COUNTRY and before is not None and before != value:
        _ask_zone_again(flow, answers)
    active = {each.name for each in active_steps(flow, answers)}
    for each in flow.steps:
        if each.name not in active:
            answers.pop(each.name, None)
    skipped = [name for name in skipped if name in active]
    return _go_on(flow, replace(state, answers=answers, skipped=tuple(skipped)))


def _ask_zone_again(flow: Flow, answers: dict[str, Answer]) -> None:
    """Forget time zones that are none of the country which was just changed."""
    for step in flow.steps:
        if step.kind is StepKind.ZONE and answers.get(step.name) not in zones_before(flow, step, answers):
            answers.pop(step.name, None)


def _go_on(flow: Flow, state: State, submit: bool = False) -> Ask | Done:
    active = active_steps(flow, state.answers)
    missing = _missing(active, state)
    if missing is not None:
        return _ask(state, missing, editing=state.editing)
    if flow.review and active and not submit:
        return _review(flow, state)
    answers = {step.name: state.answers[step.name] for step in active if step.name in state.answers}
    return Done(_moved(state, ""), answers)


def _missing(active: tuple[Step, ...], state: State) -> Step | None:
    return next((step for step in active if step.name not in state.answers and step.name not in state.skipped), None)


def _review(flow: Flow, state: State) -> Ask | Done:
    if _missing(active_steps(flow, state.answers), state) is not None:
        return _go_on(flow, state)
    return _ask(state, _review_step())


def _ask(state: State, step: Step, editing: bool = False) -> Ask:
    return Ask(_moved(state, step.name, editing), step)


def _moved(state: State, name: str, editing: bool = False) -> State:
    revision = state.revision + 1
    return State(name, state.answers, state.skipped, revision, revision, editing)


def _again(state: State, step: Step, note: str, values: Mapping[str, object]) -> Ask:
    return Ask(replace(state, revision=state.revision + 1), step, note, values)


def _reject(state: State, step: Step, reason: str, values: Mapping[str, object]) -> Reject:
    return Reject(replace(state, revision=state.revision + 1, misses=state.misses + 1), step, reason, values)


def _step(flow: Flow, state: State) -> Step | None:
    if state.step == REVIEW:
        # A kit that was changed meanwhile may ask what nobody answered yet.
        complete = _missing(active_steps(flow, state.answers), state) is None
        return _review_step() if flow.review and complete else None
    if state.step == CHANGE:
        return _change_step(flow, state) if flow.review else None
    step = flow.step(state.step)
    return step if step is not None and step in active_steps(flow, state.answers) else None


def _review_step() -> Step:
    return Step(REVIEW, StepKind.CHOICE, "", options=_REVIEW_OPTIONS)


def _change_step(flow: Flow, state: State) -> Step:
    return Step(CHANGE, StepKind.CHOICE, "", options=_titles(flow, state))


def _titles(flow: Flow, state: State) -> tuple[Option, ...]:
    return tuple(Option(step.name, step.title) for step in active_steps(flow, state.answers))
