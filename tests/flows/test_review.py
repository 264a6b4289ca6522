"""The summary at the end: submit, change, stop, and what a change brings with it."""

import pytest

from bot.flows.state import Done, Reject, Stopped
from tests.flows.sample import ANSWERS, REGISTRATION, give, reviewed, waiting


@pytest.mark.parametrize("given", [("submit",), "Submit", "yes", "1", "👍"])
def test_the_review_is_submitted(given: str | tuple[str, ...]) -> None:
    outcome = give(REGISTRATION, reviewed(), given)
    assert isinstance(outcome, Done)
    assert outcome.answers == ANSWERS


@pytest.mark.parametrize("given", ["change", "no", "2", ("change",)])
def test_the_review_asks_which_answer_to_change(given: str | tuple[str, ...]) -> None:
    outcome = give(REGISTRATION, reviewed(), given)
    assert waiting(outcome) == "change"
    assert waiting(give(REGISTRATION, outcome.state, "back")) == "review"
    assert waiting(give(REGISTRATION, outcome.state, "about you")) == "about"
    refused = give(REGISTRATION, outcome.state, "the weather")
    assert isinstance(refused, Reject)
    assert waiting(refused) == "change"


def test_the_review_understands_a_question_by_its_name() -> None:
    assert waiting(give(REGISTRATION, reviewed(), "change my country")) == "country"


@pytest.mark.parametrize("given", ["stop", ("stop",), "3"])
def test_the_review_can_be_stopped(given: str | tuple[str, ...]) -> None:
    assert isinstance(give(REGISTRATION, reviewed(), given), Stopped)


@pytest.mark.parametrize("given", ["what?", ("gone",), (), ("submit", "change"), "skip", "", "\u202e"])
def test_the_review_refuses_anything_else(given: str | tuple[str, ...]) -> None:
    outcome = give(REGISTRATION, reviewed(), given)
    assert isinstance(outcome, Reject)
    assert outcome.reason == "flow.review_what"


def test_a_change_returns_to_the_review_and_keeps_everything_else() -> None:
    outcome = give(REGISTRATION, reviewed(), ("change",), ("years",), "8")
    assert waiting(outcome) == "review"
    assert outcome.state.answers == {**ANSWERS, "years": "8"}


def test_a_change_asks_what_is_needed_now_and_drops_what_is_not() -> None:
    asked = give(REGISTRATION, reviewed(), ("change",), ("library_type",), ("other",))
    assert waiting(asked) == "which"
    review = give(REGISTRATION, asked.state, "Prison library")
    assert waiting(review) == "review"
    assert review.state.answers == {**ANSWERS, "library_type": "other", "which": "Prison library"}
    dropped = give(REGISTRATION, review.state, ("change",), ("library_type",), ("public",))
    assert waiting(dropped) == "review"
    assert dropped.state.answers == ANSWERS


def test_back_from_a_change_is_the_review() -> None:
    outcome = give(REGISTRATION, reviewed(), ("change",), ("years",), "back")
    assert waiting(outcome) == "review"
    assert outcome.state.answers == ANSWERS


def test_back_from_the_review_is_the_last_question() -> None:
    assert waiting(give(REGISTRATION, reviewed(), "back")) == "blocked"
