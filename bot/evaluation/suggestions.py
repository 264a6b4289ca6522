"""What the findings suggest to change in the kit. Only what a found difference supports; nothing found, nothing to
suggest. Pure; the change itself is written by `bot.evaluation.kitdiff`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.evaluation.findings import Evaluation, Finding, Kind, Outcome
from bot.evaluation.titles import wish_title
from topics.model import Kit, Rule, Wish

FEWEST_TOPICS = 3
_LIKING = (Outcome.PARTNER, Outcome.PROGRAM)
_GOING_WELL = (*_LIKING, Outcome.COMPLETION)


@dataclass(frozen=True, slots=True)
class TopicOut:
    """Leave a topic out: fewer found it useful, and whoever talked about it was less satisfied."""

    slug: str
    title: str
    because: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class TopicLater:
    """Let a topic come last but one: fewer found it useful."""

    slug: str
    title: str
    because: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class OtherPace:
    """Begin with another rhythm: whoever agreed on it was more satisfied, or went on to the end more often."""

    value: str
    label: str
    because: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class WishEarlier:
    """Give a wish more weight in the pairing. `order` has the names of all wishes as they would stand then."""

    name: str
    title: str
    order: tuple[str, ...]
    because: tuple[Finding, ...]


Suggestion = TopicOut | TopicLater | OtherPace | WishEarlier


def suggest(evaluation: Evaluation, kit: Kit) -> tuple[Suggestion, ...]:
    """The changes that the findings support, in the order of the kit's files: pairing, rhythm, topics."""
    return (*_wishes(evaluation.found, kit), *_pace(evaluation.found, kit), *_topics(evaluation.found, kit))


def _wishes(found: Sequence[Finding], kit: Kit) -> Iterator[WishEarlier]:
    """Wishes with a difference to their credit go before those without. None goes past one that asks for difference:
    that is what the program is for.
    """
    credit = {wish.name: _credit(found, kit, wish) for wish in kit.wishes}
    order: list[str] = []
    segment: list[str] = []
    for wish in kit.wishes:
        if wish.rule is Rule.DIFFERENT:
            order += [*_credited_first(segment, credit), wish.name]
            segment = []
        else:
            segment.append(wish.name)
    order += _credited_first(segment, credit)
    now = [wish.name for wish in kit.wishes]
    for wish in kit.wishes:
        if order.index(wish.name) < now.index(wish.name):
            yield WishEarlier(wish.name, wish_title(kit, wish), tuple(order), credit[wish.name])


def _credited_first(names: Sequence[str], credit: dict[str, tuple[Finding, ...]]) -> list[str]:
    return sorted(names, key=lambda name: not credit[name])


def _credit(found: Sequence[Finding], kit: Kit, wish: Wish) -> tuple[Finding, ...]:
    """What was found for a wish, if nothing was found against it."""
    first = next((one.name for one in kit.wishes if one.rule is wish.rule), "")
    helping, hindering = [Kind.WISH], list[Kind]()
    if wish.rule is Rule.SIMILAR and wish.name == first:
        helping += [Kind.SIMILAR, Kind.SIMILARITY]
    if wish.rule is Rule.OVERLAP and wish.name == first:
        hindering += [Kind.FAR, Kind.ZONE]
    about = [f for f in found if f.exposure.kind in (*helping, *hindering) and f.exposure.name in ("", wish.name)]
    good = [f for f in about if f.raised == (f.exposure.kind in helping)]
    return tuple(good) if len(good) == len(about) else ()


def _pace(found: Sequence[Finding], kit: Kit) -> Iterator[OtherPace]:
    labels = {pace.value: pace.label for pace in kit.checkins.paces}
    default = labels.get(kit.checkins.default_pace, kit.checkins.default_pace)
    about = [f for f in found if f.exposure.kind is Kind.PACE and f.exposure.against == default]
    # A closer rhythm brings more messages by itself, so messages speak neither for nor against one.
    telling = [f for f in about if f.outcome in _GOING_WELL and f.exposure.name in labels]
    against = {f.exposure.name for f in telling if f.lowered}
    good = [f for f in telling if f.raised and f.exposure.name not in against]
    if good:
        value = min(good, key=lambda finding: finding.p or 0.0).exposure.name
        yield OtherPace(value, labels[value], tuple(f for f in good if f.exposure.name == value))


def _topics(found: Sequence[Finding], kit: Kit) -> Iterator[TopicOut | TopicLater]:
    """Topics that fewer chose as useful than the others. The first and the last one have their place for a reason."""
    about = [f for f in found if f.exposure.kind is Kind.TOPIC]
    spare = len(kit.topics) - FEWEST_TOPICS
    poor = {f.exposure.name: f for f in about if f.outcome is Outcome.USEFUL and f.lowered}
    middle = kit.topics[1:-1]
    stay = [topic.slug for topic in middle if topic.slug not in poor]
    later: list[TopicLater] = []
    for topic in middle:
        if topic.slug not in poor:
            continue
        disliked = [f for f in about if f.exposure.name == topic.slug and f.outcome in _LIKING and f.lowered]
        if disliked and spare > 0:
            spare -= 1
            yield TopicOut(topic.slug, topic.title, (poor[topic.slug], *disliked))
        else:
            later.append(TopicLater(topic.slug, topic.title, (poor[topic.slug],)))
    # What already stands behind all the others need not be moved.
    last = max((n for n, topic in enumerate(middle) if topic.slug in stay), default=-1)
    where = {topic.slug: n for n, topic in enumerate(middle)}
    yield from (one for one in later if where[one.slug] < last)
