"""What holds for every conversation, whatever is typed and pressed."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flows.answers import satisfies
from bot.flows.engine import advance, begin, resume
from bot.flows.messages import question_message
from bot.flows.spec import CHANGE, REVIEW, Flow, StepKind, active_steps, with_previous
from bot.flows.state import Ask, Done, Given, Pressed, Reject, State, Stopped, Typed, from_json, make_token, to_json
from bot.flows.words import fold, word, yes_or_no
from tests.flows.sample import ANSWERS, NOW, REGISTRATION, TODAY, say

LIKELY = (
    "public",
    "other",
    "2",
    "1, 3",
    "Germany",
    "Congo",
    "UK",
    "Narnia",
    "yes",
    "no",
    "yes please",
    "Berlin",
    "Europe/Paris",
    "back",
    "stop",
    "help",
    "skip",
    "keep",
    "/back",
    "tomorrow",
    "12 May",
    "9/8/2027",
    "a@example.org",
    "none",
    "7",
    "61",
    "submit",
    "change",
    "country",
    "library type",
    "Prison library",
    "\u202e\u0000",
    "@everyone <!channel>",
    "🤷🏽",
    "",
    "=1+1",
)
VALUES = (
    "public",
    "other",
    "school",
    "reading",
    "advocacy",
    "yes",
    "no",
    "DE",
    "unknown",
    "Europe/Berlin",
    "submit",
    "change",
    "stop",
    "country",
    "library_type",
    "zone",
    "years",
    ":back",
    ":skip",
    ":keep",
    ":other",
    "gone",
    "7",
    "2026-08-01",
)

typed = st.builds(Typed, st.sampled_from(LIKELY) | st.text(max_size=80), st.sampled_from((False, False, False, True)))
pressed = st.builds(Pressed, st.lists(st.sampled_from(VALUES) | st.text(max_size=20), max_size=3).map(tuple))
answers = st.lists(typed | pressed, max_size=40)
singles = st.sampled_from(LIKELY).map(Typed) | st.sampled_from(VALUES).map(lambda value: Pressed((value,)))


def check(flow: Flow, state: State) -> None:
    """The state is sound: it survives its text, and each answer satisfies its step."""
    assert from_json(to_json(state)) == state
    assert set(state.answers).isdisjoint(state.skipped)
    active = {step.name for step in active_steps(flow, state.answers)}
    for name, answer in state.answers.items():
        step = flow.step(name)
        assert step is not None
        assert name in active
        assert satisfies(step, answer, TODAY)
    for name in state.skipped:
        step = flow.step(name)
        assert step is not None
        assert not step.required


def play(flow: Flow, state: State, givens: list[Given]) -> State:
    for given_now in givens:
        before = state
        outcome = advance(flow, state, given_now, TODAY)
        state = outcome.state
        check(flow, state)
        lost = {n for n, v in before.answers.items() if state.answers.get(n) != v} - {before.step}
        if before.step not in ("library_type", "country"):
            assert not lost
        assert lost <= {"which", "zone"}
        match outcome:
            case Ask() | Reject():
                assert outcome.step.name == state.step
                assert state.revision > before.revision
                message = question_message(flow, outcome, make_token("1", state), say, NOW)
                assert message.elements
            case Done():
                required = {s.name for s in active_steps(flow, state.answers) if s.required}
                assert required <= set(outcome.answers)
                state = begin(flow).state
            case Stopped():
                assert state == before
                assert resume(flow, state).state.step == state.step
    return state


@settings(max_examples=150, deadline=None)
@given(answers)
def test_any_conversation_from_the_start(givens: list[Given]) -> None:
    play(REGISTRATION, begin(REGISTRATION).state, givens)


@settings(max_examples=100, deadline=None)
@given(st.lists(singles, max_size=30))
def test_any_conversation_from_the_review(givens: list[Given]) -> None:
    play(REGISTRATION, begin(REGISTRATION, ANSWERS, TODAY).state, givens)


@settings(max_examples=50, deadline=None)
@given(st.lists(singles, max_size=30))
def test_any_conversation_of_somebody_who_returns(givens: list[Given]) -> None:
    flow = with_previous(REGISTRATION, ANSWERS)
    play(flow, begin(flow).state, givens)


@settings(deadline=None)
@given(st.sampled_from([step.name for step in REGISTRATION.steps] + [REVIEW, CHANGE, "gone", ""]), typed | pressed)
def test_a_state_of_another_version_never_fails(step: str, given_now: Given) -> None:
    advance(
        REGISTRATION, State(step, {"country": "Atlantis", "zone": ("x",), "gone": "x"}, ("gone",)), given_now, TODAY
    )


@given(st.text(max_size=300))
def test_words_never_fail(text: str) -> None:
    assert word(text) in (None, "back", "stop", "help", "skip")
    assert yes_or_no(text) in (None, "yes", "no")
    assert fold(fold(text)) == fold(text) or not text.isascii()


@given(st.dates())
def test_a_date_is_answered_on_any_day(today: date) -> None:
    flow = Flow("one", "One", tuple(step for step in REGISTRATION.steps if step.kind is StepKind.DATE), review=False)
    for text in ("today", "1 May", "2027-01-01", "soon"):
        advance(flow, begin(flow).state, Typed(text), today)
