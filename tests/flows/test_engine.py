"""Going forward, back, away and on again; the review; stale buttons; the state as a text."""

from dataclasses import replace

import pytest

from bot.flows.engine import advance, begin, place, resume
from bot.flows.spec import Flow, Step, StepKind, active_steps, with_previous
from bot.flows.state import (
    Ask,
    Done,
    Pressed,
    Reject,
    State,
    Stopped,
    Typed,
    from_json,
    is_stale,
    make_token,
    parse_token,
    to_json,
)
from bot.language.messages import Option
from tests.flows.sample import (
    ABOUT,
    ANSWERS,
    AWAY,
    KIND,
    REGISTRATION,
    SIMILAR,
    TODAY,
    WHICH,
    YEARS,
    at,
    give,
    reviewed,
    waiting,
)

SHORT = Flow("short", "Short", (KIND, WHICH, SIMILAR, ABOUT))


def start(flow: Flow = SHORT) -> State:
    outcome = begin(flow)
    assert isinstance(outcome, Ask)
    return outcome.state


def test_a_whole_conversation() -> None:
    outcome = give(
        REGISTRATION,
        start(REGISTRATION),
        "public",
        "Germany",
        "yes",
        "1, 5",
        "yes please",
        "7",
        "I like *maps* & tea.",
        "1 August",
        "a@example.org",
        "submit",
    )
    assert isinstance(outcome, Done)
    assert outcome.answers == ANSWERS
    assert list(outcome.answers) == [step.name for step in REGISTRATION.steps if step.name != "which"]


def test_a_flow_without_review_is_done_after_its_last_question() -> None:
    flow = replace(SHORT, review=False)
    outcome = give(flow, start(flow), "school", "no", "Hello")
    assert isinstance(outcome, Done)
    assert outcome.answers == {"library_type": "school", "similar": "no", "about": "Hello"}


def test_a_flow_without_steps_is_done_at_once() -> None:
    assert isinstance(begin(Flow("none", "None", ())), Done)


def test_known_answers_are_not_asked_and_wrong_ones_are() -> None:
    outcome = begin(SHORT, {"library_type": "school", "similar": "perhaps", "elsewhere": "x"})
    assert waiting(outcome) == "similar"
    assert outcome.state.answers == {"library_type": "school", "elsewhere": "x"}


def test_a_condition_asks_and_skips() -> None:
    assert waiting(give(SHORT, start(), "other")) == "which"
    assert waiting(give(SHORT, start(), "public")) == "similar"


def test_a_condition_on_a_skipped_step_does_not_hold() -> None:
    third = Step("third", StepKind.TEXT, "?", only_if=("which", ("x",)))
    flow = Flow("chain", "Chain", (KIND, WHICH, third))
    names = [step.name for step in active_steps(flow, {"library_type": "public", "which": "x"})]
    assert names == ["library_type"]


def test_a_condition_may_name_a_known_answer_and_a_list() -> None:
    step = Step("more", StepKind.TEXT, "?", only_if=("wishes", ("a", "b")))
    flow = Flow("known", "Known", (step,))
    assert isinstance(begin(flow, {"wishes": ("c",)}), Done)
    assert isinstance(begin(flow, {"wishes": ("c", "b")}), Ask)


@pytest.mark.parametrize("word", ["back", "Back", "/back", "BACK!", "go back", (":back",)])
def test_back_goes_to_the_question_before_and_keeps_its_answer(word: str | tuple[str, ...]) -> None:
    state = give(SHORT, start(), "public").state
    outcome = give(SHORT, state, word)
    assert waiting(outcome) == "library_type"
    assert outcome.state.answers == {"library_type": "public"}
    assert waiting(give(SHORT, outcome.state, ("keep",), (":keep",))) == "similar"


def test_back_at_the_first_question_says_so() -> None:
    outcome = give(SHORT, start(), "back")
    assert isinstance(outcome, Ask)
    assert outcome.note == "flow.at_first"
    assert waiting(outcome) == "library_type"


def test_back_passes_over_what_was_not_asked() -> None:
    state = give(SHORT, start(), "other", "Prison library", "back").state
    assert state.step == "which"
    changed = give(SHORT, state, "back", "public")
    assert waiting(changed) == "similar"
    assert changed.state.answers == {"library_type": "public"}


@pytest.mark.parametrize("word", ["stop", "CANCEL", "/quit", "stop.", (":stop",)])
def test_stop_keeps_the_answers_and_resume_asks_the_same(word: str | tuple[str, ...]) -> None:
    state = give(SHORT, start(), "public").state
    stopped = give(SHORT, state, word)
    assert isinstance(stopped, Stopped)
    again = resume(SHORT, from_json(to_json(stopped.state)))
    assert isinstance(again, Ask)
    assert waiting(again) == "similar"
    assert again.state.answers == {"library_type": "public"}
    assert not is_stale(again.state, "similar", state.revision)


def test_resume_in_a_changed_flow_asks_the_first_open_question() -> None:
    state = give(SHORT, start(), "public").state
    changed = Flow("short", "Short", (KIND, YEARS, ABOUT))
    outcome = resume(changed, state)
    assert isinstance(outcome, Ask)
    assert waiting(outcome) == "years"
    assert waiting(advance(changed, state, Pressed(("yes",)), TODAY)) == "years"


def test_a_question_that_came_in_while_the_review_waited_is_asked() -> None:
    changed = replace(REGISTRATION, steps=(*REGISTRATION.steps, Step("late", StepKind.TEXT, "?")))
    assert waiting(give(changed, reviewed(), ("submit",))) == "late"


@pytest.mark.parametrize("word", ["help", "?", "/help", "Help!"])
def test_help_says_more_and_asks_again(word: str) -> None:
    outcome = give(SHORT, start(), word)
    assert isinstance(outcome, Ask)
    assert (outcome.note, outcome.values["help"]) == ("flow.help", KIND.help)
    assert outcome.state.misses == 0
    assert not is_stale(outcome.state, "library_type", 1)


def test_skip_leaves_an_optional_question_out_only() -> None:
    refused = give(SHORT, start(), "skip")
    assert isinstance(refused, Reject)
    assert refused.reason == "flow.required"
    flow = Flow("optional", "Optional", (AWAY, SIMILAR))
    outcome = give(flow, start(flow), "skip")
    assert waiting(outcome) == "similar"
    assert outcome.state.skipped == ("away",)
    done = give(flow, outcome.state, "yes", "submit")
    assert isinstance(done, Done)
    assert done.answers == {"similar": "yes"}


def test_a_skipped_question_can_be_answered_later_and_an_answer_taken_away() -> None:
    flow = Flow("optional", "Optional", (AWAY, SIMILAR))
    review = give(flow, start(flow), (":skip",), "yes").state
    answered = give(flow, review, "change", "away", "tomorrow")
    assert waiting(answered) == "review"
    assert answered.state.answers["away"] == "2026-07-02"
    emptied = give(flow, answered.state, ("change",), ("away",), "skip")
    assert emptied.state.answers == {"similar": "yes"}


def test_a_word_that_is_an_option_is_the_option() -> None:
    step = Step("what", StepKind.CHOICE, "?", options=(Option("skip", "Skip"), Option("stay", "Stay")))
    outcome = give(*at(step), "skip")
    assert isinstance(outcome, Done)
    assert isinstance(give(*at(step), "/skip"), Reject)


@pytest.mark.parametrize("given", [(":keep",), "keep", "same as before", "yes"])
def test_an_answer_of_an_earlier_round_is_confirmed(given: str | tuple[str, ...]) -> None:
    flow = with_previous(replace(SHORT, review=False), {"library_type": "school", "similar": "no", "about": "Me."})
    outcome = give(flow, start(flow), given, (":keep",), given)
    assert isinstance(outcome, Done)
    assert outcome.answers == {"library_type": "school", "similar": "no", "about": "Me."}


def test_no_to_an_earlier_text_asks_for_a_new_one() -> None:
    flow, state = at(replace(ABOUT, previous="Me."))
    outcome = give(flow, state, "no")
    assert isinstance(outcome, Ask)
    assert outcome.note == "flow.type_new"


def test_an_earlier_answer_that_no_longer_fits_is_not_offered() -> None:
    flow, state = at(replace(KIND, previous="gone"))
    outcome = give(flow, state, (":keep",))
    assert isinstance(outcome, Ask)
    assert outcome.note == "flow.nothing_to_keep"


def test_buttons_of_older_questions_are_stale() -> None:
    first = start()
    run, step, revision = parse_token(make_token("17", first))
    assert (run, step, revision) == ("17", "library_type", 1)
    second = give(SHORT, first, "public").state
    assert is_stale(second, step, revision)
    assert not is_stale(second, "similar", second.revision)
    again = give(SHORT, second, "back").state
    assert is_stale(again, step, revision)
    refused = give(SHORT, again, "nonsense").state
    assert not is_stale(refused, step, again.revision)
    assert not is_stale(refused, step, refused.revision)
    assert is_stale(refused, step, refused.revision + 1)
    done = give(REGISTRATION, reviewed(), ("submit",)).state
    assert is_stale(done, "review", done.revision)


@pytest.mark.parametrize(
    "token", ["", "flow:1:a", "flow:1:a:x", "flow:1:a:-1", "flow:1:a:1:2", "other:1:a:1", "flow:1:a:²"]
)
def test_what_is_no_token(token: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_token(token)


def test_every_message_has_a_revision_of_its_own() -> None:
    state, seen = start(), {1}
    for given in ("help", "nonsense", "back", "public", "back", ":", "academic"):
        state = advance(SHORT, state, Typed(given), TODAY).state
        assert state.revision not in seen
        seen.add(state.revision)


def test_the_place_counts_what_is_asked() -> None:
    state = start()
    assert place(SHORT, state) == (1, 3)
    assert place(SHORT, give(SHORT, state, "other").state) == (2, 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"step":"a","revision":1,"since":1,"answers":[]}',
        '{"step":"a","revision":1,"since":1,"answers":{"x":1}}',
        '{"step":"a","revision":"x"}',
    ],
)
def test_what_is_no_state(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(text)


@pytest.mark.parametrize(
    "steps",
    [
        (SIMILAR, SIMILAR),
        (replace(SIMILAR, name="review"),),
        (replace(SIMILAR, name="a:b"),),
        (replace(SIMILAR, name=""),),
        (replace(KIND, options=()),),
        (WHICH, KIND),
    ],
)
def test_a_flow_that_cannot_work_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError, match="flow odd"):
        Flow("odd", "Odd", steps)
