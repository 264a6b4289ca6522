"""Reading texts, numbers and dates."""

import re
import unicodedata
from datetime import date, timedelta

from bot.flows.dates import date_label, read_date
from bot.flows.reading import Accepted, Question, Reading, Refused, Unclear, shown
from bot.flows.spec import Step
from bot.flows.words import fold
from bot.language.markup import tidy

TEXT_MAXIMUM = 2_000
"""Characters of a text, where the step does not say."""
BUTTONS = 11
"""Numbers from `minimum` to `maximum` up to which each has its button."""

_BLANKS = "\u2800\u3164\u115f\u1160\uffa0"
_NUMBER = re.compile(r"(?<![\w.,])[-+\u2212]?\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+(?![\w])|[-+\u2212]?\d+(?:[.,]\d+)?")
_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
_WORDS = {word: number for number, word in enumerate(_NUMBER_WORDS.split())}


def is_blank(text: str) -> bool:
    """Whether nothing of this text can be seen."""
    return all(c in _BLANKS or unicodedata.category(c) in ("Cf", "Cc", "Zs", "Zl", "Zp", "Mn") for c in text)


def read_text(text: str, question: Question) -> Reading:
    """The text, tidied, within the step's limits of characters."""
    step = question.step
    tidied = tidy(text, len(text) + 1)
    if is_blank(tidied):
        return Refused("flow.empty") if step.required else Accepted(None)
    minimum, maximum = step.minimum or 0, text_maximum(step)
    if len(tidied) > maximum:
        return Refused("flow.too_long", {"count": len(tidied), "maximum": maximum})
    if len(tidied) < minimum:
        return Refused("flow.too_short", {"count": len(tidied), "minimum": minimum})
    return Accepted(tidied)


def text_maximum(step: Step) -> int:
    """Characters that an answer to this step may have."""
    return TEXT_MAXIMUM if step.maximum is None else step.maximum


def read_number(text: str, question: Question) -> Reading:
    """The one whole number in a short text, in any script's digits or a word up to twenty, within the limits."""
    number = _number(text)
    if number is None:
        return Refused("flow.not_a_number", {"value": shown(text)} | _limits(question.step))
    step = question.step
    if (step.minimum is not None and number < step.minimum) or (step.maximum is not None and number > step.maximum):
        return Refused("flow.number_range", {"value": str(number)} | _limits(step))
    return Accepted(str(number))


def _limits(step: Step) -> dict[str, object]:
    return {"minimum": step.minimum, "maximum": step.maximum}


def _number(text: str) -> int | None:
    if len(text) > 60:
        return None
    found: list[str] = [match.group() for match in _NUMBER.finditer(text)]
    if not found:
        named = [_WORDS[word] for word in fold(text).split() if word in _WORDS]
        return named[0] if len(named) == 1 else None
    if len(found) > 1:
        return None
    bare = re.sub(r"[,\u202f\u00a0 ](?=\d{3}(?!\d))", "", found[0]).replace("\u2212", "-")
    bare = re.sub(r"[.,]0{1,2}$", "", bare)
    return int(bare) if re.fullmatch(r"[-+]?\d{1,15}", bare) else None


def read_day(text: str, question: Question) -> Reading:
    """The date that is meant, as YYYY-MM-DD, within the step's limits (days from today)."""
    step, today = question.step, question.today
    days = read_date(text, today).candidates
    if not days:
        return Refused("flow.not_a_date", {"value": shown(text), "example": date_label(str(_example(step, today)))})
    fitting = tuple(day for day in days if _too_far(step, day, today) is None)
    if len(fitting) > 1:
        return Unclear(tuple(str(day) for day in fitting), "flow.date_which", {"value": shown(text)})
    if fitting:
        return Accepted(str(fitting[0]))
    return _too_far(step, days[0], today) or Accepted(str(days[0]))


def within_days(step: Step, day: date, today: date) -> bool:
    """Whether a date keeps the step's limits."""
    return _too_far(step, day, today) is None


def _too_far(step: Step, day: date, today: date) -> Refused | None:
    ahead = (day - today).days
    if step.minimum is not None and ahead < step.minimum:
        earliest = _moved(today, step.minimum)
        key = "flow.date_past" if step.minimum == 0 else "flow.date_early"
        return Refused(key, {"date": date_label(str(day)), "earliest": date_label(str(earliest))})
    if step.maximum is not None and ahead > step.maximum:
        latest = _moved(today, step.maximum)
        return Refused("flow.date_late", {"date": date_label(str(day)), "latest": date_label(str(latest))})
    return None


def _moved(today: date, days: int) -> date:
    return date.fromordinal(min(max(today.toordinal() + days, 1), date.max.toordinal()))


def _example(step: Step, today: date) -> date:
    return today + timedelta(days=max(step.minimum or 0, 14 if step.maximum is None else min(14, step.maximum)))
