"""A picture as an answer, as the flow sees it: only a stored file is one, and whatever else comes is told so."""

from datetime import UTC, datetime

import pytest

from bot.flows.engine import advance, begin, refuse
from bot.flows.messages import question_message
from bot.flows.spec import Flow, Step, StepKind
from bot.flows.state import Ask, Done, Given, Pressed, Reject, Sent, State, Typed
from bot.language.messages import Choices, Input, Text
from tests.flows.sample import SIMILAR, TODAY

FACE = Step("face", StepKind.PICTURE, "A picture?", required=False)
MUST = Step("must", StepKind.PICTURE, "A picture?")
FLOW = Flow("pictures", "Pictures", (SIMILAR, FACE), review=False)


def waiting(flow: Flow = FLOW) -> State:
    """Where its last question waits."""
    outcome = begin(flow, {"similar": "yes"})
    assert isinstance(outcome, Ask) and outcome.step == flow.steps[-1]
    return outcome.state


def test_a_stored_file_is_the_answer() -> None:
    outcome = advance(FLOW, waiting(), Sent("picture:1:2"), TODAY)
    assert isinstance(outcome, Done) and outcome.answers["face"] == "picture:1:2"


@pytest.mark.parametrize(
    "given",
    [
        Typed("picture:1:2"),
        Pressed(("picture:1:2",)),
        Pressed(("a", "b")),
        Typed("my desk"),
        Typed("yes"),
        Typed("x" * 9_000),
        Typed("", cut=True),
    ],
    ids=["key", "pressed", "two", "words", "yes", "long", "cut"],
)
def test_nothing_else_is(given: Given) -> None:
    outcome = advance(FLOW, waiting(), given, TODAY)
    assert isinstance(outcome, Reject) and "face" not in outcome.state.answers


@pytest.mark.parametrize("words", ["skip", "no", "No.", "no thanks"])
def test_who_does_not_want_to_sends_none(words: str) -> None:
    outcome = advance(FLOW, waiting(), Typed(words), TODAY)
    assert isinstance(outcome, Done) and "face" not in outcome.answers
    flow = Flow("must", "Must", (MUST,), review=False)
    assert isinstance(advance(flow, waiting(flow), Typed(words), TODAY), Reject)


def test_a_picture_is_no_answer_to_another_question_nor_to_the_review() -> None:
    outcome = begin(FLOW)
    assert isinstance(outcome, Ask)
    refused = advance(FLOW, outcome.state, Sent("picture:1:2"), TODAY)
    assert isinstance(refused, Reject) and refused.reason == "flow.no_picture"
    reviewed = Flow("r", "R", (FACE,))
    review = advance(reviewed, waiting(reviewed), Sent("picture:1:2"), TODAY)
    assert isinstance(review, Ask) and review.step.name == "review"
    again = advance(reviewed, review.state, Sent("picture:1:3"), TODAY)
    assert isinstance(again, Reject) and again.state.answers["face"] == "picture:1:2"


def test_a_refusal_from_outside_puts_the_question_again() -> None:
    before = waiting()
    outcome = refuse(FLOW, before, "picture.none", {"reason": "kind"})
    assert isinstance(outcome, Reject) and (outcome.reason, outcome.step) == ("picture.none", FACE)
    assert outcome.state.revision == before.revision + 1 and outcome.state.since == before.since
    gone = refuse(Flow("other", "Other", (SIMILAR,), review=False), before, "picture.none", {})
    assert not isinstance(gone, Reject), "a kit that was changed meanwhile has no such question"


def test_the_question_has_no_place_to_type_and_a_way_around() -> None:
    outcome = refuse(FLOW, waiting(), "picture.none", {"reason": "kind"})
    assert isinstance(outcome, Reject)

    def say(key: str, **values: object) -> str:
        return f"<{key}>"

    message = question_message(FLOW, outcome, "flow:1:face:1", say, datetime(2026, 9, 1, tzinfo=UTC))
    assert not [each for each in message.elements if isinstance(each, Input)]
    (buttons,) = [each for each in message.elements if isinstance(each, Choices)]
    assert ":skip" in [option.value for option in buttons.options]
    assert any("flow.hint_picture" in each.markdown for each in message.elements if isinstance(each, Text))
