"""The message that puts a question: what was wrong before it, the question itself, and where to answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.flows.answers import many_limits
from bot.flows.engine import BACK_VALUE, KEEP_VALUE, SKIP_VALUE, kept, place
from bot.flows.labels import Say, answer_label, value_label
from bot.flows.places import OTHER, country_before, offered_zones
from bot.flows.scalars import BUTTONS, text_maximum
from bot.flows.spec import CHANGE, REVIEW, UNKNOWN, Flow, Step, StepKind, active_steps
from bot.flows.state import Ask, Reject, State
from bot.language.markup import Markdown, plain, tidy
from bot.language.messages import Choices, Element, Input, Message, Option, Text
from bot.world.zones import zones_of

REVIEW_LENGTH = 300
"""Characters of one answer that the review shows."""
REVIEW_CHUNK = 2_000
"""Characters of the review in one text, so that every platform can show it."""
ONE_LINE = 120
"""Characters up to which a text is typed into one line."""
_TYPED = ("value", "values")
"""The names of values that repeat what was typed."""
HELP_AFTER = 2
"""Misses from which a question comes with its help unasked."""


def question_message(flow: Flow, outcome: Ask | Reject, token: str, say: Say, now: datetime) -> Message:
    """The question that waits, as a message whose answers bear `token` (`state.make_token`).

    `now` (aware) decides the time shown with a time zone, and the day that counts as today.
    """
    state, step = outcome.state, outcome.step
    parts: list[Element] = []
    reason = outcome.reason if isinstance(outcome, Reject) else outcome.note
    if reason:
        parts.append(Text(say(reason, **_told(flow, outcome.values))))
    if step.name == REVIEW:
        parts += _review(flow, state, say, now)
        parts.append(Choices(token, _labelled(step, say, now)))
    elif step.name == CHANGE:
        parts.append(Text(say("flow.change_which")))
        parts += [Choices(token, step.options), Choices(token, (_small(BACK_VALUE, "flow.button.back", say),))]
    else:
        parts += _question(flow, state, step, say, now, first=not reason)
        parts += _places_to_answer(flow, state, step, token, say, now)
        parts += _small_buttons(flow, state, step, token, say, now)
    return Message(tuple(parts))


def _question(flow: Flow, state: State, step: Step, say: Say, now: datetime, first: bool) -> list[Element]:
    number, count = place(flow, state)
    opening = first and number == 1 and not state.editing
    intro = flow.intro if opening and state.revision == 1 else ""
    where = say("flow.editing") if state.editing else say("flow.progress", number=number, count=count)
    lines = [where if state.editing or count > 1 else "", step.prompt, _hint(flow, state, step, say)]
    answer = kept(step, state, now.date())
    if answer is not None and not flow.unnamed:
        key = "flow.answered_now" if step.name in state.answers else "flow.answered_before"
        lines.append(say(key, answer=_short(answer_label(step, answer, say, now))))
    if state.misses >= HELP_AFTER and step.help:
        lines.append(step.help)
    if opening:
        lines.append(say("flow.words"))
    return [Text(text) for text in (intro, "\n\n".join(line for line in lines if line)) if text]


def _hint(flow: Flow, state: State, step: Step, say: Say) -> str:
    """How many may be chosen, where neither the options nor the prompt show it; what else a time zone may be; how a
    picture is sent."""
    if step.kind is StepKind.MANY:
        minimum, maximum = many_limits(step)
        limited = (minimum > 1 or maximum < len(step.options)) and str(maximum) not in step.prompt
        return say("flow.hint_many", minimum=minimum, maximum=maximum) if limited else ""
    if step.kind is StepKind.PICTURE:
        return say("flow.hint_picture", required=step.required)
    if step.kind is StepKind.ZONE and state.offered != (OTHER,):
        count = len(offered_zones(zones_of(country_before(flow, step, state.answers))))
        return say("flow.hint_zone", count=count)
    return ""


def _told(flow: Flow, values: Mapping[str, object]) -> Mapping[str, object]:
    """The values of a text, without what was typed where that must not stand in a message."""
    return {name: "…" if flow.unnamed and name in _TYPED else value for name, value in values.items()}


def _places_to_answer(flow: Flow, state: State, step: Step, token: str, say: Say, now: datetime) -> list[Element]:
    if flow.unnamed:
        state = replace(state, answers={}, offered=())
    if step.kind is StepKind.MANY:
        given = state.answers.get(step.name, step.previous or ())
        chosen = state.offered or (given if isinstance(given, tuple) else ())
        return [Choices(token, step.options, many=True, chosen=tuple(v for v in chosen if step.option(v)))]
    if step.kind in (StepKind.CHOICE, StepKind.YES_NO):
        given = state.answers.get(step.name, step.previous)
        options = _choice_options(step, say)
        return [Choices(token, options, chosen=tuple(option.value for option in options if option.value == given))]
    if step.kind is StepKind.NUMBER and _has_buttons(step):
        low, high = step.minimum or 0, step.maximum or 0
        options = tuple(step.option(str(n)) or Option(str(n), str(n)) for n in range(low, high + 1))
        return [Choices(token, options)]
    if step.kind is StepKind.PICTURE:
        return []
    offered = _offered(flow, state, step, say, now)
    elements: list[Element] = [Choices(token, offered)] if offered else []
    if not (step.kind is StepKind.ZONE and offered):
        elements.append(Input(token, step.title, _input_kind(step), _typed_before(step, state)))
    return elements


def _input_kind(step: Step) -> Literal["text", "long", "number", "date"]:
    if step.kind is StepKind.NUMBER:
        return "number"
    if step.kind is StepKind.DATE:
        return "date"
    return "long" if step.kind is StepKind.TEXT and text_maximum(step) > ONE_LINE else "text"


def _has_buttons(step: Step) -> bool:
    return step.minimum is not None and step.maximum is not None and 0 < step.maximum - step.minimum < BUTTONS


def _choice_options(step: Step, say: Say) -> tuple[Option, ...]:
    if step.kind is StepKind.CHOICE or step.options:
        return step.options
    return (Option("yes", plain(say("flow.yes"))), Option("no", plain(say("flow.no"))))


def _offered(flow: Flow, state: State, step: Step, say: Say, now: datetime) -> tuple[Option, ...]:
    if step.kind is StepKind.ZONE:
        if state.offered == (OTHER,):
            return ()
        zones = offered_zones(zones_of(country_before(flow, step, state.answers)))
        options = tuple(Option(zone, value_label(step, zone, say, now)) for zone in zones)
        return (*options, Option(OTHER, plain(say("flow.button.other_zone")))) if options else ()
    return tuple(
        Option(value, plain(say("flow.button.unlisted")) if value == UNKNOWN else value_label(step, value, say, now))
        for value in state.offered
    )


def _typed_before(step: Step, state: State) -> str:
    answer = state.answers.get(step.name, step.previous)
    if answer is None or step.kind in (StepKind.COUNTRY, StepKind.ZONE, StepKind.PICTURE):
        return ""
    return answer if isinstance(answer, str) else ", ".join(answer)


def _small_buttons(flow: Flow, state: State, step: Step, token: str, say: Say, now: datetime) -> list[Element]:
    options: list[Option] = []
    if kept(step, state, now.date()) is not None:
        options.append(_small(KEEP_VALUE, "flow.button.keep", say))
    if place(flow, state)[0] > 1 or state.editing:
        options.append(_small(BACK_VALUE, "flow.button.back", say))
    if not step.required:
        options.append(_small(SKIP_VALUE, "flow.button.skip", say))
    return [Choices(token, tuple(options))] if options else []


def _small(value: str, key: str, say: Say) -> Option:
    return Option(value, plain(say(key)))


def _labelled(step: Step, say: Say, now: datetime) -> tuple[Option, ...]:
    return tuple(Option(o.value, plain(say(f"flow.button.{o.value}")), o.style) for o in step.options)


def _review(flow: Flow, state: State, say: Say, now: datetime) -> list[Element]:
    chunks = [say("flow.review", title=flow.title)]
    steps = active_steps(flow, state.answers)
    for step in steps:
        answer = _short(answer_label(step, state.answers.get(step.name), say, now))
        line = say("flow.review_line", question=step.title, answer=answer)
        if len(chunks[-1]) + len(line) > REVIEW_CHUNK:
            chunks.append(line)
        else:
            chunks[-1] += ("\n\n" if len(chunks) == 1 and step is steps[0] else "\n") + line
    return [Text(chunk) for chunk in (*chunks, say("flow.review_end"))]


def _short(answer: Markdown) -> Markdown:
    """One line of an answer, cut where it is long."""
    line = " ".join(tidy(answer).split())
    if len(line) <= REVIEW_LENGTH:
        return Markdown(line)
    # Never between a backslash and the sign that it guards.
    return Markdown(line[:REVIEW_LENGTH].rstrip("\\") + "…")
