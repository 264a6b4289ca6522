"""How what stands in a history is called: questions, answers, wishes, kinds of cases."""

from bot.evaluation.history import RoundHistory
from bot.world.countries import country_name

UNKNOWN = "Country not given"


def land(code: str) -> str:
    """A country's name; one that nobody knows says so."""
    return country_name(code) if is_land(code) else UNKNOWN


def is_land(code: str) -> bool:
    """Whether it is known which country it is."""
    return code.casefold() not in ("", "unknown")


def value_label(history: RoundHistory, question: str, value: str) -> str:
    """How the kit calls an answer; the answer itself where it has no name."""
    return history.labels.get(question, {}).get(value, value)


def readable(name: str) -> str:
    """A name from a kit as words: `partner_type` becomes `Partner type`."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
