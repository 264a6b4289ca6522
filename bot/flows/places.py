"""Reading countries and time zones."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from bot.flows import options
from bot.flows.reading import Accepted, Question, Reading, Refused, Unclear, shown
from bot.flows.spec import UNKNOWN, Answer, Flow, Step, StepKind
from bot.flows.words import fold, yes_or_no
from bot.language.messages import Option
from bot.world.countries import Ambiguous, Found, country_name, resolve_country
from bot.world.zones import resolve_zone, utc_offset, zone_city, zones_of

OTHER = ":other"
"""The button "another time zone"; as the only value offered, it means that the person is to type one."""
MISSES_TO_UNKNOWN = 2
"""Misses from which "my country is not in this list" is offered."""
MOST_ZONES = 24
"""Zones shown at once: with "another" they fill the list that every platform can show."""

_NOT_LISTED = frozenset(
    {"my country is not in this list", "not in this list", "not in the list", "not listed", "none of these"}
)
_JANUARY, _JULY = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


def read_country(text: str, question: Question) -> Reading:
    """The country's code; which of several is asked, and what is near is offered."""
    listed = fold(text) in _NOT_LISTED or text.strip() == UNKNOWN
    if listed and (UNKNOWN in question.offered or question.misses >= MISSES_TO_UNKNOWN):
        return Accepted(UNKNOWN)
    offered = tuple(Option(code, country_name(code)) for code in question.offered if code != UNKNOWN)
    result = resolve_country(text)
    if not isinstance(result, Found) and offered:
        meant = offered[0].value if len(offered) == 1 and yes_or_no(text) == "yes" else options.one(text, offered)
        if meant is not None:
            return Accepted(meant)
    match result:
        case Found(code=code):
            return Accepted(code)
        case Ambiguous(codes=pairs):
            return Unclear(tuple(code for code, _ in pairs), "flow.country_which", {"value": shown(text)})
        case _:
            near = tuple(code for code, _ in result.suggestions)
            unlisted = (UNKNOWN,) if question.misses + 1 >= MISSES_TO_UNKNOWN else ()
            return Refused("flow.no_country", {"value": shown(text), "near": len(near)}, near + unlisted)


def is_country(value: str) -> bool:
    """Whether this is a stored country: an ISO code, or `unknown`."""
    if value == UNKNOWN:
        return True
    result = resolve_country(value)
    return isinstance(result, Found) and result.code == value


def zones_before(flow: Flow, step: Step, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """All zones of the country that was answered last before this step; none where no country is known."""
    return zones_of(country_before(flow, step, answers))


def country_before(flow: Flow, step: Step, answers: Mapping[str, Answer]) -> str:
    """The code of the country that was answered last before this step, empty where none is known."""
    country = ""
    for each in flow.steps:
        if each.name == step.name:
            break
        answer = answers.get(each.name)
        if each.kind is StepKind.COUNTRY and isinstance(answer, str):
            country = answer
    return "" if country == UNKNOWN else country


@lru_cache(maxsize=512)
def offered_zones(zones: tuple[str, ...]) -> tuple[str, ...]:
    """Of the zones of a country, the first of each clock: people choose what their clock shows, not a name."""
    clocks: dict[tuple[str, str], str] = {}
    for zone in zones:
        clocks.setdefault((utc_offset(zone, _JANUARY), utc_offset(zone, _JULY)), zone)
    return tuple(clocks.values())[:MOST_ZONES]


def read_zone(text: str, question: Question) -> Reading:
    """The IANA zone: one that is offered (by name, city or number), or any that the text names."""
    if text.strip() == OTHER:
        return Unclear((OTHER,), "flow.zone_type")
    typing = question.offered == (OTHER,)
    zones = () if typing else offered_zones(zones_of(question.country))
    if text in zones:
        return Accepted(text)
    if len(zones) == 1 and (meant := yes_or_no(text)):
        return Accepted(zones[0]) if meant == "yes" else Unclear((OTHER,), "flow.zone_type")
    offered = tuple(Option(zone, zone_city(zone)) for zone in zones)
    zone = options.exact(text, offered) or resolve_zone(text, question.country) or options.one(text, offered)
    if zone is None:
        return Refused("flow.no_zone", {"value": shown(text)}, question.offered)
    return Accepted(zone)
