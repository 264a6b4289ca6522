"""What a temper comes to in numbers, and what people write."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from adapters.local.people.profile import Temper

HELLOS = (
    "Hello! It is good to meet you. Shall we tell each other about our week first?",
    "Hi, and greetings from my desk. I look forward to our talks.",
    "Good day! I read your introduction twice. So much to ask.",
    "Hello from far away. What time of day is best for you?",
)
REMARKS = (
    "I thought about this question on my way to work.",
    "With us it is nearly the same, only smaller.",
    "That is new to me. How did you begin with it?",
    "I will try this next week and tell you how it went.",
    "We have no budget for it, so we do it by hand.",
    "Shall we talk about the second question on Thursday?",
    "I showed it to a colleague, and she liked it.",
    "Here it rained all week, so the reading room was full.",
)
ABOUT = (
    "I have worked in my profession for some years and like to hear how others do it.",
    "I live in a middle-sized city, and I hope to meet somebody with other questions than mine.",
    "I enjoy learning new things and I am happy to share what I know.",
)
OPINIONS = (
    "More time for the last topics would be good.",
    "I liked to hear how others do the same work.",
    "I have tried one thing that my partner told me about, and we keep it.",
    "All is fine. Thank you for the work.",
    "A reminder some days before a topic would help me.",
)


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody of a temper behaves. Chances are from 0 to 1, delays in days, `content` from 1 to 5."""

    hello: tuple[float, float] | None = (0.2, 1.0)
    remarks: tuple[int, int] = (1, 1)
    delay: tuple[float, float] = (0.3, 2.0)
    talked: float = 0.25
    asks: float = 0.92
    surveys: float = 0.8
    content: float = 4.1


HABITS: Mapping[Temper, Habits] = MappingProxyType(
    {
        Temper.KEEN: Habits(hello=(0, 0), remarks=(1, 2), delay=(0, 1), talked=0.4, asks=1, surveys=0.95, content=4.7),
        Temper.STEADY: Habits(),
        Temper.SLOW: Habits((2, 4), remarks=(1, 1), delay=(2, 4), talked=0.2, asks=0.75, surveys=0.55, content=3.6),
        Temper.NEVER_ARRIVES: Habits(hello=None, remarks=(0, 0), talked=0, asks=0, surveys=0, content=2),
        Temper.SILENT_WEEK_6: Habits(surveys=0.7, content=3.4),
        Temper.LEAVES: Habits(surveys=0.6, content=3.0),
        Temper.AWAY_FORTNIGHT: Habits(),
        Temper.WANTS_ANOTHER: Habits(surveys=0.8, content=2.6),
        Temper.ELSEWHERE: Habits(remarks=(0, 0), talked=0.3, asks=0.9, content=4.3),
    }
)


def within(chance: Random, limits: tuple[float, float]) -> float:
    """A delay between the limits."""
    return chance.uniform(*limits)
