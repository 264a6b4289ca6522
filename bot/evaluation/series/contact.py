"""Satisfaction against contact: whether those who were more in touch are more satisfied."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.disclosure import LEAST
from bot.evaluation.history import PairFacts, PersonFacts, RoundHistory
from bot.evaluation.series.asked import Scale, answer_on, closing_scales
from bot.evaluation.series.groups import joined
from bot.evaluation.series.measures import Mean, mean_of
from bot.evaluation.series.names import value_label
from bot.evaluation.series.said import Said, Table, alternative, counted, decimal, nothing, shortened
from bot.evaluation.series.satisfaction import mean_words

NAME, TITLE = "contact", "Satisfaction and contact"
CONTACT = "contact"
"""The question of a closing survey that asks how often partners were in touch, the most often first."""
BY_MESSAGES = (("10 a week or more", 10.0), ("3 to 10 a week", 3.0), ("1 to 3 a week", 1.0), ("under 1 a week", 1e-9))
NEVER, ELSEWHERE = "none", "not known, since they talk elsewhere"
UNSAID = "not said"
MOST_SCALES = 2


@dataclass(frozen=True, slots=True)
class Group:
    """People with so much contact, and the mean of what they answered."""

    name: str
    mean: Mean


@dataclass(frozen=True, slots=True)
class Panel:
    """One scale against one way to tell contact; groups from most contact to least."""

    scale: Scale
    by: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class ContactSeries:
    """A panel for each scale and each way to tell contact."""

    panels: tuple[Panel, ...]
    said: Said


def contact_series(history: RoundHistory) -> ContactSeries:
    """Compare the answers of people by how much their partnerships wrote, and by what they say themselves."""
    panels: list[Panel] = []
    wrote = _by_messages(history)
    for scale in closing_scales(history)[:MOST_SCALES]:
        ways = (("In touch, as they say", _by_answer(history, scale.survey)), ("Messages in the room", wrote))
        for by, groups in ways:
            panel = _panel(scale, by, groups)
            if len(panel.groups) > 1:
                panels.append(panel)
    return ContactSeries(tuple(panels), _said(history, panels))


def _panel(scale: Scale, by: str, groups: Sequence[tuple[str, Sequence[PersonFacts]]]) -> Panel:
    answers = [
        (name, [value for person in people if (value := answer_on(person, scale)) is not None])
        for name, people in groups
    ]
    found = [
        Group(" or ".join(names), mean)
        for names, values in joined(answers)
        if (mean := mean_of(map(float, values), scale.least, scale.most)) is not None
    ]
    return Panel(scale, by, tuple(found))


def _by_messages(history: RoundHistory) -> list[tuple[str, list[PersonFacts]]]:
    """People by the messages a week in their partnerships. Nobody is left out, so that nobody can be subtracted."""
    pairs: dict[int, list[PairFacts]] = {}
    for pair in history.pairs:
        for member in pair.members:
            pairs.setdefault(member.person, []).append(pair)
    found: dict[str, list[PersonFacts]] = {name: [] for name, _ in BY_MESSAGES} | {NEVER: [], ELSEWHERE: []}
    for person in history.people:
        theirs = pairs.get(person.key, [])
        weeks = sum(max((len(member.weekly) for member in pair.members), default=0) for pair in theirs)
        rate = sum(member.messages for pair in theirs for member in pair.members) / max(1, weeks)
        by_rate = next((name for name, least in BY_MESSAGES if rate >= least), NEVER)
        found[ELSEWHERE if any(_unknown(pair) for pair in theirs) else by_rate].append(person)
    return list(found.items())


def _unknown(pair: PairFacts) -> bool:
    return pair.elsewhere or not all(member.known for member in pair.members)


def _by_answer(history: RoundHistory, survey: str) -> list[tuple[str, list[PersonFacts]]]:
    named = history.labels.get(f"{survey}.{CONTACT}", {})
    if not any(person.surveys.get(survey, {}).get(CONTACT) in named for person in history.people):
        return []
    found: dict[str, list[PersonFacts]] = {value: [] for value in (*named, UNSAID)}
    for person in history.people:
        value = person.surveys.get(survey, {}).get(CONTACT, "")
        found[value if isinstance(value, str) and value in named else UNSAID].append(person)
    return [(value_label(history, f"{survey}.{CONTACT}", value), people) for value, people in found.items()]


def _said(history: RoundHistory, panels: list[Panel]) -> Said:
    if not panels:
        if not closing_scales(history):
            return nothing(NAME, TITLE, "Nobody has answered a closing survey with a scale yet.")
        scales = closing_scales(history)
        if not any(answer_on(person, scale) is not None for scale in scales for person in history.people):
            why = "The answers carry no names, so they cannot be compared with anybody's contact."
            return nothing(NAME, TITLE, why)
        why = f"There are not two groups of {LEAST} people or more whose answers could be compared."
        return nothing(NAME, TITLE, why)
    first = panels[0]
    telling = [group for group in first.groups if ELSEWHERE not in group.name and UNSAID not in group.name]
    most, least = first.groups[0], (telling or first.groups)[-1]
    headline = (
        f"{shortened(first.scale.title, 40)}: {decimal(most.mean.value)} with most contact "
        f"({shortened(most.name, 40)}), {decimal(least.mean.value)} with least ({shortened(least.name, 40)})."
    )
    items = [
        f"{panel.scale.title} by {panel.by[:1].lower()}{panel.by[1:]}, {group.name}: mean {mean_words(group.mean)}, "
        f"{counted(group.mean.count, 'answer')}"
        for panel in panels
        for group in panel.groups
    ]
    caption = (
        "Dots are means, whiskers their 95 % intervals (Student’s t, cut at the ends of the scale). Only answers that "
        f"carry a name can be compared. Groups with fewer than {LEAST} answers are joined with the next. "
        "That two things go together does not say which causes which."
    )
    rows = tuple(
        (panel.scale.title, f"{panel.by}: {group.name}", f"{group.mean.count:,}", mean_words(group.mean))
        for panel in panels
        for group in panel.groups
    )
    table = Table(("Question", "Contact", "Answers", "Mean (95 % interval)"), rows)
    return Said(NAME, TITLE, headline, alternative(headline, items), caption, table)
