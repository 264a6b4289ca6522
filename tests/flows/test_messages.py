"""The messages that put questions."""

from dataclasses import replace

import pytest

from bot.flows.engine import begin
from bot.flows.labels import answer_label
from bot.flows.messages import REVIEW_CHUNK, question_message
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.flows.state import Ask, Reject, make_token
from bot.language.markup import plain
from bot.language.messages import Choices, Element, Input, Message, Option, Text
from tests.flows.sample import (
    ABOUT,
    ANSWERS,
    AWAY,
    BLOCKED,
    COUNTRY,
    INTEREST,
    KIND,
    NOW,
    REGISTRATION,
    SIMILAR,
    TODAY,
    YEARS,
    ZONE,
    at,
    give,
    say,
)

HOSTILE = "**@everyone** <!channel> [x](http://example.org) =1+1 `a`"


def message_of(flow: Flow, outcome: object) -> Message:
    assert isinstance(outcome, Ask | Reject), outcome
    return question_message(flow, outcome, make_token("7", outcome.state), say, NOW)


def words(message: Message) -> str:
    return "\n".join(element.markdown for element in message.elements if isinstance(element, Text))


def values(elements: tuple[Element, ...]) -> list[list[str]]:
    return [[option.value for option in element.options] for element in elements if isinstance(element, Choices)]


def test_the_first_question_has_the_intro_its_place_and_a_hint() -> None:
    message = message_of(REGISTRATION, begin(REGISTRATION))
    assert words(message).startswith("Welcome!\n*Question 1 of 9*\n\nWhat kind of library?")
    assert "**stop**" in words(message)
    assert values(message.elements) == [["public", "academic", "school", "special", "other"]]
    assert {e.token for e in message.elements if isinstance(e, Choices)} == {"flow:7:library_type:1"}


def test_the_second_question_has_back_and_no_hint() -> None:
    outcome = give(REGISTRATION, begin(REGISTRATION).state, "public")
    message = message_of(REGISTRATION, outcome)
    assert words(message) == "*Question 2 of 9*\n\nWhich country?"
    assert values(message.elements) == [[":back"]]
    assert [e.kind for e in message.elements if isinstance(e, Input)] == ["text"]


def test_a_rejection_says_what_is_wrong_and_asks_again() -> None:
    outcome = give(*at(KIND), HOSTILE)
    message = message_of(at(KIND)[0], outcome)
    assert HOSTILE in plain(words(message))
    assert "**@everyone**" not in words(message)
    assert "What kind of library?" in words(message)
    assert "Choose the nearest." not in words(message)
    again = message_of(at(KIND)[0], give(at(KIND)[0], outcome.state, "nonsense"))
    assert "Choose the nearest." in words(again)


def test_limits_that_cannot_be_seen_are_said() -> None:
    for step, hint in (
        (INTEREST, "Choose from 1 to 3."),
        (replace(INTEREST, minimum=0, maximum=2), "Choose up to 2."),
        (replace(INTEREST, minimum=2, maximum=2), "Choose 2."),
        (replace(INTEREST, maximum=None), ""),
        (replace(INTEREST, prompt="Which? Choose 1 to 3."), ""),
    ):
        flow = Flow("one", "One", (step,))
        assert words(message_of(flow, begin(flow))).split("\n\n")[1:-1] == [hint][: len(hint)]


def test_help_is_said_before_the_question() -> None:
    text = words(message_of(at(KIND)[0], give(*at(KIND), "help")))
    assert text.index("Choose the nearest.") < text.index("What kind of library?")


@pytest.mark.parametrize(
    ("step", "elements"),
    [
        (SIMILAR, [["yes", "no"]]),
        (INTEREST, [["reading", "youth", "digital", "data", "advocacy"]]),
        (replace(YEARS, minimum=1, maximum=5), [["1", "2", "3", "4", "5"]]),
        (YEARS, ["number"]),
        (ABOUT, ["long"]),
        (replace(ABOUT, maximum=80), ["text"]),
        (AWAY, ["date", [":skip"]]),
        (BLOCKED, ["text", [":skip"]]),
        (COUNTRY, ["text"]),
        (replace(COUNTRY, previous="JP"), ["text", [":keep"]]),
        (replace(KIND, previous="school"), [["public", "academic", "school", "special", "other"], [":keep"]]),
    ],
)
def test_each_kind_has_its_place_to_answer(step: Step, elements: list[object]) -> None:
    flow = Flow("one", "One", (step,))
    found = [
        [option.value for option in element.options] if isinstance(element, Choices) else element.kind
        for element in message_of(flow, begin(flow)).elements
        if isinstance(element, Choices | Input)
    ]
    assert found == elements


def test_an_earlier_answer_is_shown_and_chosen() -> None:
    flow = Flow("one", "One", (replace(INTEREST, previous=("data", "advocacy")),))
    message = message_of(flow, begin(flow))
    assert "Last time you answered: Research data and open science, Advocacy" in plain(words(message))
    assert next(e.chosen for e in message.elements if isinstance(e, Choices)) == ("data", "advocacy")


def test_what_was_understood_of_a_list_is_chosen_when_asked_again() -> None:
    message = message_of(at(INTEREST)[0], give(*at(INTEREST), "advocacy, knitting"))
    assert next(e.chosen for e in message.elements if isinstance(e, Choices)) == ("advocacy",)
    assert "“knitting”" in words(message)


def test_the_two_congos_are_buttons() -> None:
    message = message_of(at(COUNTRY)[0], give(*at(COUNTRY), "Congo"))
    labels = [o.label for e in message.elements if isinstance(e, Choices) for o in e.options]
    assert len(labels) == 2
    assert all("Congo" in label for label in labels)


def test_an_unlisted_country_has_its_button() -> None:
    message = message_of(at(COUNTRY)[0], give(*at(COUNTRY), "Atlantis", "Lemuria"))
    labels = [o.label for e in message.elements if isinstance(e, Choices) for o in e.options]
    assert labels[-1] == "My country is not in this list"


def test_the_review_shows_every_answer_in_words() -> None:
    message = message_of(REGISTRATION, begin(REGISTRATION, ANSWERS, TODAY))
    text = plain(words(message))
    for shown in ("Public library", "Country: Germany", "Berlin (UTC+02:00)", "Reading promotion, Advocacy", "Yes", "7",
                  "I like *maps* & tea.", "1 August 2026", "a@example.org"):  # fmt: skip
        assert shown in text
    assert values(message.elements) == [["submit", "change", "stop"]]


def test_the_review_of_long_answers_comes_in_pieces() -> None:
    steps = tuple(Step(f"s{n}", StepKind.TEXT, "?") for n in range(30))
    flow = Flow("long", "Long", steps)
    message = message_of(flow, begin(flow, {step.name: "a\\*@" * 400 for step in steps}))
    texts = [element.markdown for element in message.elements if isinstance(element, Text)]
    assert len(texts) > 3
    assert all(len(text) < REVIEW_CHUNK + 10 for text in texts)
    assert not any("\\…" in text for text in texts)


def test_the_change_question_lists_the_questions() -> None:
    outcome = give(REGISTRATION, begin(REGISTRATION, ANSWERS, TODAY).state, ("change",))
    message = message_of(REGISTRATION, outcome)
    assert values(message.elements)[0][:2] == ["library_type", "country"]
    editing = message_of(REGISTRATION, give(REGISTRATION, outcome.state, ("about",)))
    assert "Question" not in words(editing)
    assert next(e.value for e in editing.elements if isinstance(e, Input)) == ANSWERS["about"]


@pytest.mark.parametrize(
    ("step", "value", "label"),
    [
        (KIND, "school", "School library"),
        (KIND, "gone", "gone"),
        (INTEREST, ("data",), "Research data and open science"),
        (BLOCKED, (), "None"),
        (SIMILAR, "no", "No"),
        (replace(SIMILAR, options=(Option("yes", "Gladly"), Option("no", "Rather not"))), "no", "Rather not"),
        (COUNTRY, "CI", "Côte d'Ivoire"),
        (COUNTRY, "unknown", "A country that is not in the list"),
        (ZONE, "Asia/Kolkata", "Kolkata (UTC+05:30)"),
        (ZONE, "Nowhere", "Nowhere"),
        (AWAY, "2026-12-01", "1 December 2026"),
        (YEARS, "7", "7"),
        (ABOUT, HOSTILE, HOSTILE),
        (ABOUT, None, "No answer"),
    ],
)
def test_an_answer_in_words(step: Step, value: Answer | None, label: str) -> None:
    shown = answer_label(step, value, say, NOW)
    assert plain(shown) == label
    assert "@everyone" not in shown.replace("\\@", "")
