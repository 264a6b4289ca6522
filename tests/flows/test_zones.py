"""The time zone question follows from the country."""

import pytest

from bot.flows.engine import begin
from bot.flows.messages import question_message
from bot.flows.places import OTHER, offered_zones
from bot.flows.spec import Flow
from bot.flows.state import Ask, Done, Reject
from bot.language.messages import Choices, Input
from bot.world.zones import zones_of
from tests.flows.sample import COUNTRY, NOW, ZONE, give, say, waiting

FLOW = Flow("places", "Places", (COUNTRY, ZONE), review=False)


def from_country(code: str) -> Ask:
    outcome = begin(FLOW, {"country": code})
    assert isinstance(outcome, Ask)
    assert waiting(outcome) == "zone"
    return outcome


@pytest.mark.parametrize(
    ("country", "given", "zone"),
    [
        ("DE", ("Europe/Berlin",), "Europe/Berlin"),
        ("DE", "yes", "Europe/Berlin"),
        ("DE", "Berlin", "Europe/Berlin"),
        ("DE", "1", "Europe/Berlin"),
        ("DE", "Lisbon", "Europe/Lisbon"),
        ("AU", "Perth", "Australia/Perth"),
        ("AU", "1", "Australia/Sydney"),
        ("US", "America/Denver", "America/Denver"),
        ("US", "america/denver", "America/Denver"),
        ("unknown", "Nairobi", "Africa/Nairobi"),
    ],
)
def test_a_zone_is_understood(country: str, given: str | tuple[str, ...], zone: str) -> None:
    done = give(FLOW, from_country(country).state, given)
    assert isinstance(done, Done), done
    assert done.answers == {"country": country, "zone": zone}


@pytest.mark.parametrize("given", [(OTHER,), "no"])
def test_another_zone_is_typed(given: str | tuple[str, ...]) -> None:
    asked = give(FLOW, from_country("DE").state, given)
    assert isinstance(asked, Ask)
    assert asked.note == "flow.zone_type"
    message = question_message(FLOW, asked, "flow:1:zone:3", say, NOW)
    assert any(isinstance(element, Input) for element in message.elements)
    refused = give(FLOW, asked.state, "Nowhereville")
    assert isinstance(refused, Reject)
    assert refused.reason == "flow.no_zone"
    done = give(FLOW, refused.state, "Paris")
    assert isinstance(done, Done)
    assert done.answers["zone"] == "Europe/Paris"


def test_zones_of_one_clock_are_shown_once() -> None:
    assert offered_zones(zones_of("DE")) == ("Europe/Berlin",)
    american = offered_zones(zones_of("US"))
    assert american[0] == "America/New_York"
    assert "America/Detroit" not in american
    assert len(american) <= 9


def test_the_zones_are_buttons_with_their_distance_from_utc() -> None:
    message = question_message(FLOW, from_country("DE"), "flow:1:zone:2", say, NOW)
    choices = [element for element in message.elements if isinstance(element, Choices)]
    assert choices[0].options[0].label == "Berlin (UTC+02:00)"
    assert choices[0].options[-1].value == OTHER


def test_no_country_leads_to_a_place_to_type_the_zone() -> None:
    message = question_message(FLOW, from_country("unknown"), "flow:1:zone:2", say, NOW)
    assert any(isinstance(element, Input) for element in message.elements)


def test_another_country_asks_the_zone_again() -> None:
    flow = Flow("places", "Places", (COUNTRY, ZONE))
    review = begin(flow, {"country": "DE", "zone": "Europe/Berlin"})
    assert isinstance(review, Ask)
    changed = give(flow, review.state, ("change",), ("country",), "Japan")
    assert waiting(changed) == "zone"
    assert changed.state.editing
    back = give(flow, changed.state, "yes")
    assert waiting(back) == "review"
    assert back.state.answers == {"country": "JP", "zone": "Asia/Tokyo"}
    unchanged = give(flow, review.state, ("change",), ("country",), "Germany")
    assert waiting(unchanged) == "review"
    assert unchanged.state.answers == {"country": "DE", "zone": "Europe/Berlin"}
