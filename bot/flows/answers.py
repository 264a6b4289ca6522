"""From what a person pressed or typed to the answer that a step stores."""

from collections.abc import Callable
from datetime import date

from bot.flows import options
from bot.flows.people import is_address, read_people
from bot.flows.places import is_country, read_country, read_zone
from bot.flows.reading import Accepted, Question, Reading, Refused, shown, shown_list
from bot.flows.scalars import is_blank, read_day, read_number, read_text, text_maximum, within_days
from bot.flows.spec import LISTS, Answer, Step, StepKind
from bot.flows.state import Given, Pressed, Sent
from bot.flows.words import fold, yes_or_no
from bot.language.events import TEXT_LIMIT
from bot.language.markup import tidy
from bot.world.zones import is_zone

CHOICE_LIMIT = 2_000
"""Characters that are looked at where options are expected."""


def read(given: Given, question: Question) -> Reading:
    """What this means as an answer to the question. Never raises, whatever was typed."""
    step = question.step
    if isinstance(given, Sent):
        return Accepted(given.file) if step.kind is StepKind.PICTURE else Refused("flow.no_picture")
    if isinstance(given, Pressed):
        if step.kind in _PRESSED:
            return _PRESSED[step.kind](given.values, question)
        text, cut, length = ", ".join(given.values), False, 0
    else:
        text, cut, length = given.text, given.cut, given.length
    limit = TEXT_LIMIT if step.kind in (StepKind.TEXT, StepKind.PEOPLE) else CHOICE_LIMIT
    if cut or len(text) > limit:
        maximum = text_maximum(step) if step.kind is StepKind.TEXT else limit
        known = {"count": length or len(text)} if length or not cut else {}
        return Refused("flow.too_long" if known else "flow.too_long_cut", {"maximum": min(limit, maximum)} | known)
    if step.kind is StepKind.TEXT:
        return read_text(text, question)
    text = tidy(text, limit)
    if is_blank(text):
        return Refused("flow.empty") if step.required else Accepted(None)
    return _TYPED[step.kind](text, question)


def _pressed_choice(values: tuple[str, ...], question: Question) -> Reading:
    if len(values) == 1 and question.step.option(values[0]):
        return Accepted(values[0])
    return Refused("flow.not_an_option", {"value": shown_list(values)})


def _pressed_many(values: tuple[str, ...], question: Question) -> Reading:
    chosen = tuple(option.value for option in question.step.options if option.value in values)
    unknown = tuple(value for value in dict.fromkeys(values) if value not in chosen)
    if unknown:
        return Refused("flow.not_options", {"values": shown_list(unknown), "count": len(unknown)}, chosen)
    return _counted(chosen, question.step)


def _pressed_yes_no(values: tuple[str, ...], question: Question) -> Reading:
    if values in (("yes",), ("no",)):
        return Accepted(values[0])
    return Refused("flow.not_yes_no", {"value": shown_list(values)})


def _choice(text: str, question: Question) -> Reading:
    value = options.one(text, question.step.options)
    return Refused("flow.not_an_option", {"value": shown(text)}) if value is None else Accepted(value)


def _many(text: str, question: Question) -> Reading:
    step = question.step
    if fold(text) in ("none", "none of them", "nothing", "none of these") and options.exact(text, step.options) is None:
        return _counted((), step)
    understood = options.several(text, step.options)
    if understood.unknown:
        values: dict[str, object] = {"values": shown_list(understood.unknown), "count": len(understood.unknown)}
        return Refused("flow.not_options", values, understood.values)
    return _counted(understood.values, step)


def _counted(values: tuple[str, ...], step: Step) -> Reading:
    minimum, maximum = many_limits(step)
    if len(values) > maximum:
        return Refused("flow.too_many", {"count": len(values), "maximum": maximum}, values)
    if values or minimum == 0:
        if len(values) < minimum:
            return Refused("flow.too_few", {"count": len(values), "minimum": minimum}, values)
        return Accepted(values)
    return Refused("flow.too_few", {"count": 0, "minimum": minimum}) if step.required else Accepted(None)


def many_limits(step: Step) -> tuple[int, int]:
    """How few and how many options this step of kind `many` takes."""
    minimum = step.minimum if step.minimum is not None else int(step.required)
    return minimum, len(step.options) if step.maximum is None else step.maximum


def _yes_no(text: str, question: Question) -> Reading:
    value = options.exact(text, question.step.options) or yes_or_no(text)
    if value is None and text.strip(" .)#") in ("1", "2"):
        value = "yes" if text.strip(" .)#") == "1" else "no"
    return Refused("flow.not_yes_no", {"value": shown(text)}) if value not in ("yes", "no") else Accepted(value)


def _picture(text: str, question: Question) -> Reading:
    """Words in the place of a picture: whoever says no sends none."""
    if yes_or_no(text) == "no" and not question.step.required:
        return Accepted(None)
    return Refused("flow.picture_wanted", {"required": question.step.required})


_PRESSED: dict[StepKind, Callable[[tuple[str, ...], Question], Reading]] = {
    StepKind.CHOICE: _pressed_choice,
    StepKind.MANY: _pressed_many,
    StepKind.YES_NO: _pressed_yes_no,
}
_TYPED: dict[StepKind, Callable[[str, Question], Reading]] = {
    StepKind.NUMBER: read_number,
    StepKind.CHOICE: _choice,
    StepKind.MANY: _many,
    StepKind.YES_NO: _yes_no,
    StepKind.COUNTRY: read_country,
    StepKind.ZONE: read_zone,
    StepKind.DATE: read_day,
    StepKind.PEOPLE: read_people,
    StepKind.PICTURE: _picture,
}


def satisfies(step: Step, value: Answer, today: date | None = None) -> bool:
    """Whether a stored answer is one that this step takes. Limits of dates are checked when `today` is given."""
    if isinstance(value, tuple):
        return step.kind in LISTS and _satisfies_list(step, value)
    if step.kind is StepKind.TEXT:
        return (step.minimum or 0) <= len(value) <= text_maximum(step) and not is_blank(value)
    if step.kind is StepKind.CHOICE:
        return step.option(value) is not None
    if step.kind is StepKind.YES_NO:
        return value in ("yes", "no")
    if step.kind is StepKind.COUNTRY:
        return is_country(value)
    if step.kind is StepKind.ZONE:
        return is_zone(value)
    if step.kind is StepKind.PICTURE:
        return bool(value)
    if step.kind is StepKind.NUMBER:
        return _satisfies_number(step, value)
    return step.kind is StepKind.DATE and _satisfies_date(step, value, today)


def _satisfies_list(step: Step, values: tuple[str, ...]) -> bool:
    if len(set(values)) != len(values):
        return False
    if step.kind is StepKind.PEOPLE:
        fits = (step.minimum or 0) <= len(values) and (step.maximum is None or len(values) <= step.maximum)
        return fits and all(is_address(value) for value in values)
    minimum, maximum = many_limits(step)
    return minimum <= len(values) <= maximum and all(step.option(value) for value in values)


def _satisfies_number(step: Step, value: str) -> bool:
    if not value.removeprefix("-").isdecimal() or len(value) > 16:
        return False
    number = int(value)
    return (step.minimum is None or number >= step.minimum) and (step.maximum is None or number <= step.maximum)


def _satisfies_date(step: Step, value: str, today: date | None) -> bool:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return False
    return today is None or within_days(step, day, today)
