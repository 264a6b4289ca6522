"""Nothing that is typed takes long to read. Time is that of the processor: the machine may be busy."""

import time

import pytest

from bot.flows.engine import advance
from bot.flows.spec import Step, StepKind
from bot.flows.state import Given, Pressed, Reject, State, Typed
from tests.flows.sample import ANSWERS, INTEREST, REGISTRATION, TODAY, at

MILLIONS = ("a" * 10_000_000, "1, " * 3_000_000, "a@" * 4_000_000)
THOUSANDS = (
    "a, " * 660,
    "a@" * 4000,
    "a." * 4000,
    "1" * 2000,
    "<" * 7000,
    "\u0301" * 7000,
    "a and " * 330,
    "a@a." * 2000,
)


@pytest.mark.parametrize("kind", list(StepKind))
@pytest.mark.parametrize("text", MILLIONS, ids=["letters", "numbers", "people"])
def test_ten_megabytes_are_refused_at_once(kind: StepKind, text: str) -> None:
    flow, state = at(Step("one", kind, "?", options=INTEREST.options))
    advance(flow, state, Typed("warm up"), TODAY)
    start = time.process_time()
    for given in (Typed(text), Pressed((text,)), Typed(text[:8000], cut=True)):
        outcome = advance(flow, state, given, TODAY)
        assert isinstance(outcome, Reject)
        assert sum(len(str(value)) for value in outcome.values.values()) < 1_000
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("kind", list(StepKind))
def test_thousands_of_odd_characters_are_read_quickly(kind: StepKind) -> None:
    flow, state = at(Step("one", kind, "?", options=INTEREST.options))
    advance(flow, state, Typed("warm up"), TODAY)
    for text in THOUSANDS:
        start = time.process_time()
        advance(flow, state, Typed(text), TODAY)
        assert time.process_time() - start < 0.25, text[:10]


def mean(given: Given, step: str, times: int) -> float:
    """Seconds that one answer takes, the best of five."""
    state = State(step, {name: answer for name, answer in ANSWERS.items() if name != step}, revision=9, since=9)
    advance(REGISTRATION, state, given, TODAY)
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        for _ in range(times):
            advance(REGISTRATION, state, given, TODAY)
        best = min(best, (time.process_time() - start) / times)
    return best


def test_an_answer_is_quick_enough_for_a_whole_simulation() -> None:
    # Measured alone they take a tenth of this.
    assert mean(Pressed(("public",)), "library_type", 300) < 0.0003
    assert mean(Typed("Germany"), "country", 100) < 0.001
