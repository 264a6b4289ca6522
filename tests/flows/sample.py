"""A flow with every kind of step, the texts it needs, and short ways to go through it."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from bot.flows.engine import advance, begin
from bot.flows.spec import Flow, Step, StepKind
from bot.flows.state import Ask, Outcome, Pressed, Reject, State, Typed
from bot.language.markup import Markdown, escape
from bot.language.messages import Option

TODAY = date(2026, 7, 1)
"""A Wednesday."""
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

TYPES = (
    Option("public", "Public library"),
    Option("academic", "University or academic library"),
    Option("school", "School library"),
    Option("special", "Special library (law, health, business)"),
    Option("other", "Another kind"),
)
INTERESTS = (
    Option("reading", "Reading promotion"),
    Option("youth", "Children, youth and families"),
    Option("digital", "Digital services"),
    Option("data", "Research data and open science"),
    Option("advocacy", "Advocacy"),
)

KIND = Step("library_type", StepKind.CHOICE, "What kind of library?", help="Choose the nearest.", options=TYPES)
SIMILAR = Step("similar", StepKind.YES_NO, "Similar interests?")
INTEREST = Step("interests", StepKind.MANY, "Which interests?", options=INTERESTS, minimum=1, maximum=3)
COUNTRY = Step("country", StepKind.COUNTRY, "Which country?", short="Country", help="Where you work.")
ZONE = Step("zone", StepKind.ZONE, "Which time zone?")
YEARS = Step("years", StepKind.NUMBER, "How many years?", minimum=0, maximum=60)
ABOUT = Step("about", StepKind.TEXT, "About you?", short="About you", maximum=1500)
AWAY = Step("away", StepKind.DATE, "Until when?", minimum=0, maximum=365, required=False)
BLOCKED = Step("blocked", StepKind.PEOPLE, "Whom not?", maximum=3, required=False)
WHICH = Step("which", StepKind.TEXT, "Which kind?", only_if=("library_type", ("other",)), maximum=80)

REGISTRATION = Flow(
    "registration",
    "Application",
    (KIND, WHICH, COUNTRY, ZONE, INTEREST, SIMILAR, YEARS, ABOUT, AWAY, BLOCKED),
    intro="Welcome!",
)
ANSWERS: dict[str, str | tuple[str, ...]] = {
    "library_type": "public",
    "country": "DE",
    "zone": "Europe/Berlin",
    "interests": ("reading", "advocacy"),
    "similar": "yes",
    "years": "7",
    "about": "I like *maps* & tea.",
    "away": "2026-08-01",
    "blocked": ("a@example.org",),
}

_texts_file = Path(__file__).parents[2] / "topics" / "base" / "flows.toml"


def texts() -> dict[str, str]:
    """The texts of flows by key."""
    found: dict[str, Any] = tomllib.loads(_texts_file.read_text("utf-8"))["texts"]
    return {key: text for key, text in found.items() if key.startswith("flow.")}


def _finished(value: object) -> str:
    if isinstance(value, Markdown):
        return value
    return "" if value is None else escape(str(value))


_environment = Environment(
    undefined=StrictUndefined, finalize=_finished, trim_blocks=True, lstrip_blocks=True, autoescape=False
)
_templates = {key: _environment.from_string(text) for key, text in texts().items()}


def say(key: str, /, **values: object) -> str:
    """Render a text as the program does. Raises KeyError for a key that is missing."""
    return Markdown(_templates[key].render(values).strip())


def at(step: Step, **fields: Any) -> tuple[Flow, State]:
    """A flow of this one step, and a state in which it waits."""
    flow = Flow("one", "One", (step,), review=False)
    return flow, State(step.name, revision=1, since=1, **fields)


def give(flow: Flow, state: State, *given: str | tuple[str, ...]) -> Outcome:
    """The outcome of several answers one after another: texts are typed, tuples pressed."""
    outcome: Outcome | None = None
    for each in given:
        outcome = advance(flow, state, Typed(each) if isinstance(each, str) else Pressed(each), TODAY)
        state = outcome.state
    assert outcome is not None
    return outcome


def waiting(outcome: Outcome) -> str:
    """The name of the question that waits."""
    assert isinstance(outcome, Ask | Reject), outcome
    assert outcome.step.name == outcome.state.step
    return outcome.state.step


def reviewed(flow: Flow = REGISTRATION) -> State:
    """The state in which everything is answered and the review waits."""
    outcome = begin(flow, ANSWERS, TODAY)
    assert isinstance(outcome, Ask)
    assert outcome.step.name == "review"
    return outcome.state
