"""How a simulated person answers one question: pure choices, from what they want to say and how often they tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from random import Random
from types import MappingProxyType

from adapters.local.people.habits import ABOUT, OPINIONS
from adapters.local.people.questions import BACK, KEEP, OTHER, REVIEW, SKIP, Question

UNKNOWN = "unknown"
RATHER_NOT = "prefer not to say"
SAID_SKIP = "skip"
"""A word to the bot, not an answer: it is said, never filled in."""
MOST_TRIES = 4
"""Rejections of one question after which somebody takes whatever button there is; after twice as many they give up."""
_ALIKE = 0.75
LATER = frozenset({"until", "end", "to", "back", "last"})
"""Words in the names of questions that ask for the second of two dates."""
_NEUTRAL = ("other", "any", "none", "no")
_CONSENT = frozenset({"conduct", "consent"})
_SELDOM = frozenset({"word", "contact_me", "help"})
"""Yes-or-no questions that few people answer with yes, by name."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Options, or a button."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Something typed."""

    text: str


Reply = Chosen | Words
"""None in its place: no answer, they give up."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question before one person.

    `wanted` is what they mean to say (None: nothing in particular, empty: a blank), `tries` how often it was rejected,
    `today` their date, `content` how content they are (1 to 5), where that is what they are asked.
    """

    question: Question
    wanted: str | None
    tries: int
    zone: str
    today: date
    content: float | None = None


def answer(asked: Asked, chance: Random) -> Reply | None:
    """The answer, None when they have had enough."""
    question, wanted, tries = asked.question, asked.wanted, asked.tries
    if tries >= 2 * MOST_TRIES:
        return None
    if question.step == REVIEW:
        return Chosen(("submit",)) if tries < MOST_TRIES else None
    if tries >= MOST_TRIES:
        return _whatever(question)
    if question.step == "zone" or OTHER in question.values:
        return _zone(asked)
    if question.step == "country" or UNKNOWN in question.values:
        return _country(question, wanted or "", tries)
    if wanted is None and KEEP in question.small:
        return Chosen((KEEP,))
    if wanted == "":
        return _blank(question, tries, chance)
    if wanted is None:
        return _own(asked, chance)
    if question.many:
        return _several(question, wanted, tries)
    return _one(question, wanted, tries) if question.options else _typed(question, wanted, tries)


def _zone(asked: Asked) -> Reply:
    question, wanted = asked.question, asked.wanted
    places = tuple(value for value in question.values if value != OTHER)
    if wanted in places:
        return Chosen((wanted,))
    if places and (not wanted or asked.tries > 1):
        return Chosen(places[:1])
    if OTHER in question.values:
        return Chosen((OTHER,))
    return Words((wanted if asked.tries < 2 else "") or asked.zone or "UTC")


def _country(question: Question, wanted: str, tries: int) -> Reply:
    if UNKNOWN in question.values:
        return _meant(question, wanted) or Chosen((UNKNOWN,))
    if question.options and (tries > 1 or wanted):
        meant = _meant(question, wanted)
        if meant is None and tries > 1:
            return Chosen(question.values[:1])
        if meant is not None:
            return meant
    return Words(wanted or RATHER_NOT)


def _meant(question: Question, wanted: str) -> Chosen | None:
    """The first candidate that looks like what was typed."""
    said = fold(wanted)
    for option in question.options if said else ():
        label = fold(option.label)
        if option.value != UNKNOWN and (said in label or label in said or _likeness(said, label) >= _ALIKE):
            return Chosen((option.value,))
    return None


def _blank(question: Question, tries: int, chance: Random) -> Reply:
    if SKIP in question.small:
        return Words(SAID_SKIP) if tries == 0 and chance.random() < 0.3 else Chosen((SKIP,))
    return Words(RATHER_NOT) if tries == 0 else _whatever(question)


def _several(question: Question, wanted: str, tries: int) -> Reply:
    named = [fold(part) for part in wanted.split(",") if fold(part)]
    found = tuple(option.value for option in question.options if {fold(option.label), fold(option.value)} & set(named))
    if tries == 0:
        return Chosen(found) if found and len(found) == len(set(named)) else Words(wanted)
    # Perhaps these were too many: fewer with each try.
    return Chosen(found[: max(1, 10 // tries)]) if found else _whatever(question)


def _one(question: Question, wanted: str, tries: int) -> Reply:
    said = fold(wanted)
    for option in question.options:
        if said in (fold(option.label), fold(option.value)):
            return Chosen((option.value,))
    if tries == 0:
        return Words(wanted)
    best = max(question.options, key=lambda option: _likeness(said, fold(option.label)))
    return Chosen((best.value,)) if _likeness(said, fold(best.label)) >= _ALIKE else _whatever(question)


def _typed(question: Question, wanted: str, tries: int) -> Reply:
    if tries == 0:
        return Words(wanted)
    return Chosen((SKIP,)) if SKIP in question.small else Words(wanted[:200])


def _whatever(question: Question) -> Reply:
    """The way out of a question that one cannot or will not answer."""
    if SKIP in question.small:
        return Chosen((SKIP,))
    for value in (UNKNOWN, *_NEUTRAL, *question.values):
        if value in question.values and value != OTHER:
            return Chosen((value,))
    if not question.options and question.typed:
        return Words("1" if question.typed == "number" else RATHER_NOT)
    return Chosen((BACK,)) if BACK in question.small else Words(RATHER_NOT)


def _own(asked: Asked, chance: Random) -> Reply:
    """An answer to a question about which the person's profile says nothing."""
    question = asked.question
    values = question.values
    if set(values) == {"yes", "no"}:
        likely = 1.0 if question.step in _CONSENT else 0.1 if question.step in _SELDOM else 0.85
        return Chosen(("yes" if chance.random() < likely else "no",))
    if question.many:
        return Chosen(tuple(sorted(chance.sample(values, min(len(values), chance.randint(1, 3))), key=values.index)))
    if values:
        return Chosen((_graded(values, asked.content, chance),))
    if question.typed == "date":
        ahead = 14 if LATER & set(fold(question.step).split()) else 1
        return Words((asked.today + timedelta(days=ahead)).isoformat())
    if question.typed == "number":
        return Words("5")
    if SKIP in question.small and chance.random() < 0.5:
        return Chosen((SKIP,))
    return Words(chance.choice(ABOUT if asked.content is None else OPINIONS))


def _graded(values: tuple[str, ...], content: float | None, chance: Random) -> str:
    """One of several: by how content they are, where the options are marks or go from good to bad."""
    if content is None:
        return chance.choice(values)
    share = min(1.0, max(0.0, (content - 1) / 4 + chance.gauss(0, 0.13)))
    if all(value.isdigit() for value in values):
        marks = sorted(values, key=int)
        return marks[round(share * (len(marks) - 1))]
    return values[round((1 - share) * (len(values) - 1))]


def fold(text: str) -> str:
    """A text made comparable: no case, no punctuation."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold().replace("'", "")).split())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


_INTENTS: tuple[tuple[str, frozenset[str]], ...] = (
    ("elsewhere", frozenset({"elsewhere", "outside"})),
    ("another", frozenset({"another", "rematch", "different", "new", "other"})),
    ("away", frozenset({"away", "holiday", "absent"})),
    ("stop", frozenset({"stop", "end", "leave", "quit", "withdraw", "no"})),
    ("silent", frozenset({"silent", "silence"})),
    ("busy", frozenset({"busy", "later", "soon", "wait", "slow"})),
    ("talked", frozenset({"talked", "done"})),
    ("fine", frozenset({"fine", "well", "good", "ok", "okay", "yes", "here", "active", "continue", "stay", "keep"})),
    ("fine", frozenset({"touch", "talk", "talking", "met", "writing", "all"})),
)
"""What options say, by words in them; the first that fits counts."""
_ELSE: Mapping[str, tuple[str, ...]] = MappingProxyType({"away": ("busy", "fine", "talked", ""), "talked": ()})
"""What is chosen where no option says it; for intents that are not here: that all is well."""


def intent_of(text: str) -> str:
    """What this says: elsewhere, another, away, stop, silent, busy, talked or fine; empty if it cannot be told."""
    words = set(fold(text).split())
    return next((intent for intent, keys in _INTENTS if words & keys), "")


def pick(question: Question, intent: str) -> str | None:
    """The value of the option that says so; else one that does no harm; None where there is nothing to choose.

    Values speak before labels, since they are short and mean one thing.
    """
    by_intent: dict[str, str] = {}
    options = sorted(question.options, key=lambda option: option.style != "primary")
    for option in options:
        by_intent.setdefault(intent_of(option.value), option.value)
    unclear = [option for option in options if not intent_of(option.value)]
    if unclear:
        del by_intent[""]
    for option in unclear:
        by_intent.setdefault(intent_of(option.label), option.value)
    for wish in (intent, *_ELSE.get(intent, ("fine", "talked", ""))):
        if wish in by_intent:
            return by_intent[wish]
    return question.values[0] if question.options and intent != "talked" else None
