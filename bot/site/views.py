"""What pages show of the kit and of past rounds, in words and figures. Pure.

A group of fewer than five people is never shown, nor can it be reckoned from what is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.evaluation.disclosure import LEAST, merged, shown
from bot.evaluation.history import Funnel
from bot.program.tierwords import lowered
from bot.program.wording import Wording
from bot.site.facts import PastRound
from bot.world.countries import country_name
from topics.model import Kit, Question, QuestionKind, Rule, Wish

STAGES = ("applied", "eligible", "accepted", "placed", "live", "completed")
_YES_NO = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the application; `answers` are those that are needed to take part, empty where any will do."""

    prompt: str
    help: str
    answers: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """How many people came so far; `share` is of those who applied, 0 to 1, `percent` the same in words.

    `count` is None where the number is not told; `people` then has words for it.
    """

    name: str
    count: int | None
    people: str
    share: float
    percent: str


@dataclass(frozen=True, slots=True)
class CountryBar:
    """How many people came from a country; `share` is of the largest, 0 to 1."""

    name: str
    people: str
    share: float


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a round that is over; without stages where so few took part that nothing may be shown."""

    round: PastRound
    stages: tuple[Stage, ...] = ()
    countries: tuple[CountryBar, ...] = ()
    lands: int = 0
    """From how many countries people came."""


def asked(kit: Kit) -> tuple[Asked, ...]:
    """The questions of the application, in their order."""
    return tuple(
        Asked(question.prompt, question.help, _needed(question), not question.required) for question in kit.questions
    )


def wishes(wording: Wording) -> tuple[str, ...]:
    """What partners are chosen by, the most important first, each as a sentence."""
    return tuple(_wish(wording, wish) for wish in wording.kit.wishes)


def told(wording: Wording, past: PastRound) -> Told:
    """The numbers of one round as the public may read them."""
    if not shown(past.funnel.applied):
        return Told(past)
    lands = Counter[str]()
    for code, count in past.countries:
        lands["" if code == "unknown" else code] += count
    return Told(past, _stages(wording, past.funnel), _countries(wording, lands), sum(1 for code in lands if code))


def per_cent(count: int, whole: int) -> str:
    """A share in words."""
    return f"{100 * count / whole:.0f}\u00a0%"


def bar(share: float) -> Markup:
    """A bar that is filled to this share, 0 to 1. It says nothing that the number beside it does not."""
    width = f"{100 * min(1.0, max(0.0, share)):.1f}"
    return Markup(
        '<svg class="bar" aria-hidden="true" focusable="false" width="100%" height="10">'
        '<rect class="whole" width="100%" height="10"/><rect width="{}%" height="10"/></svg>'
    ).format(width)


def _stages(wording: Wording, funnel: Funnel) -> tuple[Stage, ...]:
    """How many came how far. A number is left out where it, or what it takes from the last one told, is too small."""
    made: list[Stage] = []
    before, share = funnel.applied, 1.0
    for name in STAGES:
        count: int = getattr(funnel, name)
        if count and not shown(count):
            made.append(Stage(name, None, wording.plain("site.results.rest", least=LEAST), 0.0, ""))
        elif before != count and not shown(before - count):
            made.append(Stage(name, None, wording.plain("site.results.near"), share, ""))
        else:
            before, share = count, count / funnel.applied
            made.append(Stage(name, count, f"{count:,}", share, per_cent(count, funnel.applied)))
    return tuple(made)


def _countries(wording: Wording, counts: Counter[str]) -> tuple[CountryBar, ...]:
    """The countries that may be shown, the largest first; all others together are the last. Unknown ones are others."""
    together = merged(counts, "")
    rest = together.pop("", 0)
    named = [(country_name(code), count) for code, count in together.items()]
    named.sort(key=lambda one: (-one[1], one[0]))
    named += [(wording.plain("site.results.other"), rest)] if rest else []
    most = max((count for _, count in named), default=1)
    return tuple(CountryBar(name, f"{count:,}", count / most) for name, count in named)


def _needed(question: Question) -> str:
    labels = {option.value: option.label for option in question.options} | (
        _YES_NO if question.kind is QuestionKind.YES_NO else {}
    )
    return ", ".join(labels.get(value, value) for value in question.must)


def _wish(wording: Wording, wish: Wish) -> str:
    kit = wording.kit
    question = kit.question(wish.of or wish.question)
    short = lowered(question.short or question.name)
    match wish.rule:
        case Rule.DIFFERENT if question.kind is QuestionKind.COUNTRY:
            return wording.plain("site.apply.wish.country")
        case Rule.DIFFERENT:
            return wording.plain("site.apply.wish.different", question=short)
        case Rule.WISHED:
            return wording.plain("site.apply.wish.wished", question=short)
        case Rule.SIMILAR:
            return wording.plain("site.apply.wish.similar", question=short, asked=wish.asked_by)
        case Rule.OVERLAP:
            begin, end = wish.hours
            return wording.plain("site.apply.wish.overlap", begin=f"{begin:%H:%M}", end=f"{end:%H:%M}")


def unique(titles: Sequence[str]) -> list[str]:
    """Titles of which no two are alike: later ones get a number."""
    seen: Counter[str] = Counter()
    made: list[str] = []
    for title in titles:
        seen[title] += 1
        made.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return made
