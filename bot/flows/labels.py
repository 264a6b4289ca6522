"""Stored answers as people read them."""

from collections.abc import Callable
from datetime import datetime

from bot.flows.dates import date_label
from bot.flows.spec import UNKNOWN, Answer, Step, StepKind
from bot.language.markup import Markdown, escape, plain
from bot.world.countries import country_name
from bot.world.zones import is_zone, zone_label

Say = Callable[..., str]
"""Renders the text of a key to Markdown: `say("flow.not_an_option", value=…)`. Values are escaped there."""


def answer_label(step: Step, value: Answer | None, say: Say, now: datetime) -> Markdown:
    """An answer as Markdown for a review or a card: labels of options, names of countries, dates in words.

    `now` (aware) decides the distance from UTC that is shown with a time zone. None is shown as not answered.
    """
    if value is None:
        return Markdown(say("flow.no_answer"))
    if isinstance(value, str):
        return Markdown(escape(value_label(step, value, say, now)))
    if not value:
        return Markdown(say("flow.none"))
    return Markdown(escape(", ".join(value_label(step, each, say, now) for each in value)))


def value_label(step: Step, value: str, say: Say, now: datetime) -> str:
    """One value as plain text, for a button."""
    option = step.option(value)
    if option is not None:
        return option.label
    if step.kind is StepKind.YES_NO and value in ("yes", "no"):
        return plain(say(f"flow.{value}"))
    if step.kind is StepKind.COUNTRY:
        return plain(say("flow.country_unlisted")) if value == UNKNOWN else country_name(value)
    if step.kind is StepKind.PICTURE:
        return plain(say("flow.picture_given"))
    if step.kind is StepKind.ZONE and is_zone(value):
        return zone_label(value, now)
    return date_label(value) if step.kind is StepKind.DATE else value
