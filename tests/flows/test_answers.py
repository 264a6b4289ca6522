"""Every kind of question, and the many ways to answer it."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.flows.answers import satisfies
from bot.flows.spec import Step, StepKind
from bot.flows.state import Ask, Done, Reject
from bot.language.messages import Option
from tests.flows.sample import (
    ABOUT,
    AWAY,
    BLOCKED,
    COUNTRY,
    INTEREST,
    KIND,
    SIMILAR,
    TODAY,
    YEARS,
    at,
    give,
    say,
    texts,
)

LONG = "a" * 10_000_000

AGES = Step(
    "ages",
    StepKind.MANY,
    "Which ages?",
    options=(Option("young", "1-5 years"), Option("older", "6-10 years"), Option("grown", "Older")),
)

UNDERSTOOD: list[tuple[Step, str | tuple[str, ...], str | tuple[str, ...]]] = [
    (KIND, ("school",), "school"),
    (KIND, "Public library", "public"),
    (KIND, "  PUBLIC  LIBRARY. ", "public"),
    (KIND, "publ", "public"),
    (KIND, "academic", "academic"),
    (KIND, "university", "academic"),
    (KIND, "2", "academic"),
    (KIND, "#3", "school"),
    (KIND, "the first one", "public"),
    (KIND, "Pubic libary", "public"),
    (KIND, "I work in a public library", "public"),
    (KIND, "special library (Law, Health, Business)", "special"),
    (KIND, "\u202eother\u202c", "other"),
    (INTEREST, ("advocacy", "reading"), ("reading", "advocacy")),
    (INTEREST, "1, 3", ("reading", "digital")),
    (INTEREST, "1 3", ("reading", "digital")),
    (INTEREST, "1-2, 5", ("reading", "youth", "advocacy")),
    (INTEREST, "3 – 5", ("digital", "data", "advocacy")),
    (INTEREST, "1 and 5", ("reading", "advocacy")),
    (INTEREST, "Children, youth and families", ("youth",)),
    (INTEREST, "Children, youth and families; advocacy", ("youth", "advocacy")),
    (INTEREST, "children, youth and families, digital services and advocacy", ("youth", "digital", "advocacy")),
    (INTEREST, "- advocacy\n- digital services\n", ("digital", "advocacy")),
    (INTEREST, "Advocay and reading promtion", ("reading", "advocacy")),
    (INTEREST, "advocacy, ADVOCACY", ("advocacy",)),
    (INTEREST, "Digitals", ("digital",)),
    (replace(INTEREST, minimum=0), "none", ()),
    (replace(INTEREST, maximum=None), "all of them", ("reading", "youth", "digital", "data", "advocacy")),
    (AGES, "6-10 years, 1-5 years", ("young", "older")),
    (AGES, "3", ("grown",)),
    (SIMILAR, ("yes",), "yes"),
    (SIMILAR, "Yes please!", "yes"),
    (SIMILAR, "yep", "yes"),
    (SIMILAR, "Yesss!!", "yes"),
    (SIMILAR, "nooo", "no"),
    (SIMILAR, "no, I can't", "no"),
    (SIMILAR, "no problem", "yes"),
    (SIMILAR, "I won't", "no"),
    (SIMILAR, "Of course", "yes"),
    (SIMILAR, "no thanks", "no"),
    (SIMILAR, "No, I don't", "no"),
    (SIMILAR, "I don’t", "no"),
    (SIMILAR, "Oui", "yes"),
    (SIMILAR, "sí", "yes"),
    (SIMILAR, "да", "yes"),
    (SIMILAR, "нет", "no"),
    (SIMILAR, "👍🏽", "yes"),
    (SIMILAR, "2", "no"),
    (COUNTRY, "Germany", "DE"),
    (COUNTRY, "UK", "GB"),
    (COUNTRY, ("FR",), "FR"),
    (COUNTRY, "Viet Nam", "VN"),
    (COUNTRY, "NO", "NO"),
    (YEARS, "7", "7"),
    (YEARS, " 07 ", "7"),
    (YEARS, "about 12 years", "12"),
    (YEARS, "twelve", "12"),
    (YEARS, "٤٢", "42"),
    (YEARS, ("15",), "15"),
    (YEARS, "3.0", "3"),
    (replace(YEARS, maximum=None), "1,200", "1200"),
    (replace(YEARS, minimum=None), "-3", "-3"),
    (ABOUT, "  Hello\u0000 \u202eworld\u202c\n\nTwo  ", "Hello world\n\nTwo"),
    (ABOUT, "📚📖", "📚📖"),
    (ABOUT, ("typed into a form",), "typed into a form"),
    (ABOUT, "@everyone <!channel> =1+1", "@everyone <!channel> =1+1"),
    (ABOUT, "help people find books", "help people find books"),
    (AWAY, "2026-08-01", "2026-08-01"),
    (AWAY, "today", "2026-07-01"),
    (AWAY, "in two weeks", "2026-07-15"),
    (AWAY, ("2026-07-03",), "2026-07-03"),
    (BLOCKED, "A@Example.org, b@example.org", ("a@example.org", "b@example.org")),
    (BLOCKED, "Ada Example <ada@example.org>; b@example.org and ada@example.org", ("ada@example.org", "b@example.org")),
    (BLOCKED, "<mailto:c@example.org|c@example.org>", ("c@example.org",)),
    (BLOCKED, '"Example, Ada" <ada@example.org>', ("ada@example.org",)),
    (BLOCKED, "none", ()),
    (BLOCKED, "n/a", ()),
]


@pytest.mark.parametrize(("step", "given", "answer"), UNDERSTOOD, ids=lambda value: str(value)[:40])
def test_an_answer_is_understood(step: Step, given: str | tuple[str, ...], answer: str | tuple[str, ...]) -> None:
    outcome = give(*at(step), given)
    assert isinstance(outcome, Done), outcome
    assert outcome.answers == {step.name: answer}
    assert satisfies(step, answer, TODAY)


REFUSED: list[tuple[Step, str | tuple[str, ...], str, dict[str, Any]]] = [
    (KIND, "library", "flow.not_an_option", {"value": "library"}),
    (KIND, "not a public library", "flow.not_an_option", {"value": "not a public library"}),
    (KIND, ("gone",), "flow.not_an_option", {"value": "gone"}),
    (KIND, ("public", "school"), "flow.not_an_option", {"value": "public, school"}),
    (KIND, "9", "flow.not_an_option", {"value": "9"}),
    (KIND, "\u0000\u202e\u200b", "flow.empty", {}),
    (AGES, "1-6 years", "flow.not_options", {"values": "1-6 years"}),
    (KIND, "🤷", "flow.not_an_option", {"value": "🤷"}),
    (INTEREST, "advocacy, knitting", "flow.not_options", {"values": "knitting", "count": 1}),
    (INTEREST, "5-1", "flow.not_options", {"values": "5-1"}),
    (INTEREST, "0-99", "flow.not_options", {}),
    (SIMILAR, "yes, but not now", "flow.not_yes_no", {}),
    (INTEREST, "1, 9", "flow.not_options", {"values": "9", "count": 1}),
    (INTEREST, "1, 2, 3, 4", "flow.too_many", {"count": 4, "maximum": 3}),
    (INTEREST, "none", "flow.too_few", {"count": 0, "minimum": 1}),
    (INTEREST, (), "flow.too_few", {"count": 0, "minimum": 1}),
    (INTEREST, ("reading", "gone"), "flow.not_options", {"values": "gone", "count": 1}),
    (INTEREST, "x," * 900, "flow.not_options", {}),
    (SIMILAR, "maybe", "flow.not_yes_no", {"value": "maybe"}),
    (SIMILAR, "yes and no", "flow.not_yes_no", {}),
    (SIMILAR, "not sure", "flow.not_yes_no", {}),
    (SIMILAR, ("perhaps",), "flow.not_yes_no", {"value": "perhaps"}),
    (COUNTRY, "Atlantis", "flow.no_country", {"value": "Atlantis"}),
    (COUNTRY, "unknown", "flow.no_country", {}),
    (COUNTRY, "<!channel> @everyone", "flow.no_country", {"value": "<!channel> @everyone"}),
    (YEARS, "61", "flow.number_range", {"value": "61", "minimum": 0, "maximum": 60}),
    (YEARS, "-1", "flow.number_range", {"value": "-1"}),
    (YEARS, "2.5", "flow.not_a_number", {"value": "2.5"}),
    (YEARS, "5-10", "flow.not_a_number", {}),
    (YEARS, "9" * 500, "flow.not_a_number", {}),
    (YEARS, "many", "flow.not_a_number", {"minimum": 0, "maximum": 60}),
    (YEARS, "", "flow.empty", {}),
    (ABOUT, "  \u200b\u2800\n", "flow.empty", {}),
    (ABOUT, "a" * 1501, "flow.too_long", {"count": 1501, "maximum": 1500}),
    (ABOUT, LONG, "flow.too_long", {"count": 10_000_000, "maximum": 1500}),
    (replace(ABOUT, minimum=20), "short", "flow.too_short", {"count": 5, "minimum": 20}),
    (AWAY, "30 June 2026", "flow.date_past", {"date": "30 June 2026", "earliest": "1 July 2026"}),
    (AWAY, "2028-01-01", "flow.date_late", {"date": "1 January 2028", "latest": "1 July 2027"}),
    (replace(AWAY, minimum=2), "tomorrow", "flow.date_early", {"earliest": "3 July 2026"}),
    (AWAY, "31 June", "flow.not_a_date", {"value": "31 June", "example": "15 July 2026"}),
    (AWAY, "soon", "flow.not_a_date", {}),
    (AWAY, "in 9999 years", "flow.not_a_date", {}),
    (BLOCKED, "a@example.org, Ada Example", "flow.not_people", {"values": "Ada Example", "count": 1}),
    (BLOCKED, "a@b, c@", "flow.not_people", {"values": "a@b, c@", "count": 2}),
    (BLOCKED, "a@b.de b@b.de c@b.de d@b.de", "flow.too_many", {"count": 4, "maximum": 3}),
]


@pytest.mark.parametrize(("step", "given", "reason", "values"), REFUSED, ids=lambda value: str(value)[:40])
def test_an_answer_is_refused_with_its_reason(
    step: Step, given: str | tuple[str, ...], reason: str, values: dict[str, Any]
) -> None:
    flow, state = at(step)
    outcome = give(flow, state, given)
    assert isinstance(outcome, Reject), outcome
    assert outcome.reason == reason
    assert {key: outcome.values[key] for key in values} == values
    assert outcome.state.misses == 1
    assert outcome.state.answers == {}
    assert say(reason, **outcome.values)


def test_a_country_of_two_is_asked_with_both() -> None:
    flow, state = at(COUNTRY)
    asked = give(flow, state, "Congo")
    assert isinstance(asked, Ask)
    assert asked.note == "flow.country_which"
    assert set(asked.state.offered) == {"CD", "CG"}
    assert asked.state.misses == 0
    second = asked.state.offered[1]
    for given in ((second,), "2"):
        done = give(flow, asked.state, given)
        assert isinstance(done, Done)
        assert done.answers == {"country": second}


def test_an_unlisted_country_is_offered_from_the_second_miss() -> None:
    flow, state = at(COUNTRY)
    first = give(flow, state, "Atlantis")
    assert "unknown" not in first.state.offered
    second = give(flow, first.state, "Lemuria")
    assert isinstance(second, Reject)
    assert second.state.offered[-1] == "unknown"
    for given in (("unknown",), "My country is not in this list"):
        done = give(flow, second.state, given)
        assert isinstance(done, Done)
        assert done.answers == {"country": "unknown"}
    assert isinstance(give(flow, state, ("unknown",)), Reject)


def test_a_misspelt_country_is_suggested() -> None:
    refused = give(*at(COUNTRY), "Austrlia")
    assert isinstance(refused, Reject)
    assert {"AU", "AT"} <= set(refused.state.offered)


def test_a_date_that_may_be_two_is_asked() -> None:
    flow, state = at(AWAY)
    asked = give(flow, state, "9/8/2026")
    assert isinstance(asked, Ask)
    assert asked.note == "flow.date_which"
    assert asked.state.offered == ("2026-08-09", "2026-09-08")
    done = give(flow, asked.state, asked.state.offered[1:])
    assert isinstance(done, Done)
    assert done.answers == {"away": "2026-09-08"}
    # One of the two is in the past, so that the other one is meant.
    assert isinstance(give(flow, state, "3/8/2026"), Done)


def test_what_was_understood_of_a_list_is_kept_for_the_next_try() -> None:
    refused = give(*at(INTEREST), "advocacy, knitting")
    assert refused.state.offered == ("advocacy",)


@pytest.mark.parametrize(
    ("step", "value"),
    [
        (KIND, "gone"),
        (KIND, ("public",)),
        (INTEREST, ()),
        (INTEREST, ("reading", "reading")),
        (INTEREST, ("reading", "youth", "digital", "data")),
        (INTEREST, "reading"),
        (SIMILAR, "maybe"),
        (COUNTRY, "Germany"),
        (COUNTRY, "de"),
        (YEARS, "61"),
        (YEARS, "x"),
        (YEARS, "-"),
        (ABOUT, ""),
        (ABOUT, "a" * 1501),
        (AWAY, "2026-06-30"),
        (AWAY, "tomorrow"),
        (BLOCKED, ("nobody",)),
        (BLOCKED, "a@example.org"),
        (Step("zone", StepKind.ZONE, "?"), "Europe/Nowhere"),
    ],
    ids=str,
)
def test_what_does_not_satisfy_a_step(step: Step, value: str | tuple[str, ...]) -> None:
    assert not satisfies(step, value, TODAY)


def test_every_key_in_the_texts_is_used_and_the_other_way_round() -> None:
    source = "".join(path.read_text("utf-8") for path in (Path(__file__).parents[2] / "bot" / "flows").glob("*.py"))
    used = set(re.findall(r'"(flow\.[a-z_.]+)"', source))
    dynamic = {"flow.yes", "flow.no", "flow.button.submit", "flow.button.change", "flow.button.stop"}
    assert used <= set(texts())
    assert set(texts()) - used - dynamic <= {"flow.already_answered", "flow.over", "flow.stopped"}
