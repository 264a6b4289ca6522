"""The topics of a round as they were when its pairs were made: kits change between rounds, and what was talked about
is kept by number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.program.discussion import calendar_of
from storage.rounds import Round
from topics.model import Kit


@dataclass(frozen=True, slots=True)
class RoundTopic:
    """A topic of a round: its number and name then, and the day from which it went out, if the calendar had one."""

    number: int
    slug: str
    title: str
    day: date | None


def topics_now(kit: Kit, round_row: Round) -> tuple[RoundTopic, ...]:
    """The topics that the kit has for a round."""
    days = dict(calendar_of(kit, round_row))
    return tuple(RoundTopic(topic.number, topic.slug, topic.title, days.get(topic.number)) for topic in kit.topics)


def topics_of(kit: Kit, round_row: Round) -> tuple[RoundTopic, ...]:
    """The topics that a round has, or had; those of the kit now where they were not kept."""
    return tuple(_from_json(kept) for kept in round_row.topics) or topics_now(kit, round_row)


def keep_topics(kit: Kit, round_row: Round) -> None:
    """Keep the topics of a round whose pairs are made."""
    round_row.topics = _to_json(topics_now(kit, round_row))


def _to_json(topics: Sequence[RoundTopic]) -> list[dict[str, Any]]:
    return [
        {"number": t.number, "slug": t.slug, "title": t.title, "day": t.day.isoformat() if t.day else ""}
        for t in topics
    ]


def _from_json(kept: Mapping[str, Any]) -> RoundTopic:
    day = date.fromisoformat(kept["day"]) if kept["day"] else None
    return RoundTopic(int(kept["number"]), str(kept["slug"]), str(kept["title"]), day)
