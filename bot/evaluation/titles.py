"""What wishes and topics are called in findings: the kit's words. Pure."""

from collections.abc import Sequence

from bot.evaluation.history import RoundHistory
from topics.model import Kit, Rule, Wish


def wish_title(kit: Kit, wish: Wish) -> str:
    """What a wish is about, in the kit's words."""
    if wish.rule is Rule.OVERLAP:
        return wish.name.replace("_", " ")
    asked = kit.question(wish.of or wish.question)
    title = asked.short or asked.name
    return title[:1].lower() + title[1:]


def topic_titles(histories: Sequence[RoundHistory], kit: Kit) -> dict[str, str]:
    """The topics of these rounds in order, with the kit's titles where it still has them."""
    titles = {
        topic.slug: topic.title for history in histories for topic in sorted(history.topics, key=lambda t: t.number)
    }
    return titles | {topic.slug: topic.title for topic in kit.topics if topic.slug in titles}
