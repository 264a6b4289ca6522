"""E-mail addresses of people in a text."""

import re

from bot.flows.reading import Accepted, Question, Reading, Refused, shown_list
from bot.flows.words import fold, yes_or_no

ADDRESS = re.compile(r"[^\s@<>,;:()\[\]\"'|]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}")
"""What is taken for an e-mail address: enough to catch slips of the hand, no full RFC 5322."""
NOBODY = frozenset({"none", "nobody", "no one", "noone", "nil", "n a", "nothing", "nope", "not applicable", "no"})
MOST = 20
"""People that one answer names at most, where the step does not say."""

_QUOTED = re.compile(r'"[^"\n]*"')
_IN_BRACKETS = re.compile(r"<([^<>|]*)(?:\|[^<>|]*)?>")


def read_people(text: str, question: Question) -> Reading:
    """The addresses in the text, in lower case and each once; none for "none"."""
    step = question.step
    if fold(text) in NOBODY or text.strip() in ("-", "–", "—", "0") or yes_or_no(text) == "no":
        people: tuple[str, ...] = ()
    else:
        people, others = split_people(text)
        if others:
            return Refused("flow.not_people", {"values": shown_list(others), "count": len(others)})
        if not people:
            return Accepted(None) if not step.required else Refused("flow.people_empty")
    minimum, maximum = step.minimum or 0, MOST if step.maximum is None else step.maximum
    if len(people) > maximum:
        return Refused("flow.too_many", {"count": len(people), "maximum": maximum})
    if len(people) < minimum:
        return Refused("flow.too_few", {"count": len(people), "minimum": minimum})
    return Accepted(people)


def split_people(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses, and whatever else stands in the text. `Name <address>` is an address with a name to it."""
    found: list[str] = []
    others: list[str] = []
    for part in re.split(r"[,;\n]", _QUOTED.sub(" ", text) if "<" in text else text):
        rest: list[str] = []
        for word in (" ".join(_IN_BRACKETS.findall(part)) or part).split():
            bare = word.strip(".,;:()[]\"'").removeprefix("mailto:")
            if is_address(bare):
                found.append(bare.lower())
            elif fold(bare) not in ("and", ""):
                rest.append(word)
        if rest:
            others.append(" ".join(rest))
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(others))


def is_address(text: str) -> bool:
    """Whether this is one e-mail address."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None
