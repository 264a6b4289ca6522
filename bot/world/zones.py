"""Time zones as people name them, and the zones of a country."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from bot.world.countries import Found, fold, resolve_country
from bot.world.zone_facts import CITIES, LIKELIEST, PLACE_NAMES, SPOKEN

FALLBACK = "UTC"
"""The zone of somebody of whom nothing is known."""

_LONGEST = 80
_OFFSET = re.compile(r"^(?:utc|gmt)?\s*([+\-\u2212\u2013])\s*(\d{1,2})(?:[:.]?([0-5]\d))?(?:\s*(?:hours?|hrs?|h))?$")
_ZERO = frozenset({"utc", "gmt", "z", "zulu", "utc0", "gmt0", "utc±0"})
_CODE_LENGTH = 3
_WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
_SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)


def zones_of(code: str) -> tuple[str, ...]:
    """The IANA zones of a country, where most people live first; none for `unknown` and for places without people."""
    return _by_country().get(code.upper(), ())


def guess_zone(country: str) -> str:
    """The zone somebody in that country most likely lives in, UTC where the country tells nothing."""
    return next(iter(zones_of(country)), FALLBACK)


def is_zone(name: str) -> bool:
    """Whether `name` is spelt exactly like a zone that can be loaded."""
    return name == FALLBACK or name in _all_zones()


def resolve_zone(text: str, country: str = "") -> str | None:
    """The IANA zone that `text` names, or None.

    Understood are IANA names in any case, cities, distances from UTC, abbreviations and countries with a single
    time. `country` (an ISO code) decides between meanings: "EST" is New York's in the US and Toronto's in Canada, and
    nothing where no country is given, since several clocks go by that name. A distance from UTC becomes the country's
    zone if that is the only clock there with this distance, else the fixed zone of whole hours.
    """
    if len(text) > _LONGEST:
        return None
    return _resolve(" ".join(text.split()), country.upper())


@lru_cache(maxsize=4096)
def _resolve(text: str, country: str) -> str | None:
    slug = text.casefold().replace(" ", "_")
    exact = _spellings().get(slug)
    if exact and ("/" in slug or slug == "utc"):
        return exact
    key = fold(text)
    spoken = _spoken(key, country) or _abbreviated(text.upper(), country)
    if spoken:
        return spoken
    distance = _distance(text.casefold())
    if distance is not None:
        return _at_distance(distance, country)
    candidates = _cities().get(key, ())
    at_home = [zone for zone in candidates if zone in zones_of(country)]
    return _only(at_home or candidates) or _of_country(text) or _before_comma(text, country)


def zone_label(zone: str, at: datetime) -> str:
    """A zone as people read it at that moment: "Sydney (UTC+10:00)". Raises KeyError for a name that is no zone."""
    offset = _offset(load_zone(zone), at)
    if zone == FALLBACK or zone.startswith("Etc/"):
        return offset
    return f"{zone_city(zone)} ({offset})"


def zone_city(zone: str) -> str:
    """The place a zone is named after: "São Paulo" for America/Sao_Paulo, "UTC" for UTC."""
    return PLACE_NAMES.get(zone) or zone.rsplit("/", 1)[-1].replace("_", " ")


@cache
def load_zone(name: str) -> ZoneInfo:
    """The zone of that name, from memory after the first time. Raises KeyError for a name that is no zone."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:
        raise KeyError(name) from error


def utc_offset(zone: str, at: datetime) -> str:
    """A zone's distance from UTC at that moment: "UTC+05:30"."""
    return _offset(load_zone(zone), at)


def _offset(zone: ZoneInfo, at: datetime) -> str:
    minutes = round((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _clock(zone: str) -> tuple[timedelta, timedelta]:
    """What a zone's clock shows against UTC in January and in July: zones with the same one are the same to people."""
    info = load_zone(zone)
    return _WINTER.astimezone(info).utcoffset() or timedelta(), _SUMMER.astimezone(info).utcoffset() or timedelta()


def _only(zones: Iterable[str]) -> str | None:
    """The first of the zones if all of them show the same time."""
    several = tuple(zones)
    return several[0] if several and len({_clock(zone) for zone in several}) == 1 else None


def _spoken(key: str, country: str) -> str | None:
    words = SPOKEN.get(re.sub(r"(?: standard| daylight)? time$", "", key), "").split()
    return dict(zip(words[::2], words[1::2], strict=True)).get(country)


def _abbreviated(text: str, country: str) -> str | None:
    """The zone whose clock people in that country call so; without a country, in the whole world."""
    if not re.fullmatch("[A-Z]{3,4}", text) or (not country and text in ("GMT", "UTC")):
        return None
    return _only(zone for zone in _by_abbreviation().get(text, ()) if not country or zone in zones_of(country))


def _distance(text: str) -> int | None:
    """Minutes east of UTC that "utc+3", "gmt -05:30", "+0530" or "UTC" mean."""
    if text.replace(" ", "") in _ZERO:
        return 0
    found = _OFFSET.match(text)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    return (1 if sign == "+" else -1) * (int(hours) * 60 + int(minutes or 0))


def _at_distance(minutes: int, country: str) -> str | None:
    distance = timedelta(minutes=minutes)
    local = _only(zone for zone in zones_of(country) if distance in _clock(zone))
    if local:
        return local
    hours, rest = divmod(abs(minutes), 60)
    if minutes == 0:
        return FALLBACK
    name = f"Etc/GMT{'-' if minutes > 0 else '+'}{hours}"
    return name if not rest and name in _all_zones() else None


def _before_comma(text: str, country: str) -> str | None:
    """The zone of "Vancouver" for "Vancouver, Canada": the second part may tell the country."""
    place, comma, rest = text.partition(",")
    if not comma or not place.strip():
        return None
    match resolve_country(rest):
        case Found(code=code):
            return _resolve(place.strip(), code)
        case _:
            return _resolve(place.strip(), country)


def _of_country(text: str) -> str | None:
    """The zone of a country where all clocks are the same. Codes do not count: "EST" is Estonia only to ISO."""
    if len(text) <= _CODE_LENGTH:
        return None
    match resolve_country(text):
        case Found(code=code):
            return _only(zones_of(code))
        case _:
            return None


@cache
def _by_country() -> Mapping[str, tuple[str, ...]]:
    """Zones by ISO code, from the table that comes with the time zone database, in the order of `LIKELIEST`."""
    found: dict[str, dict[str, None]] = {code: dict.fromkeys(zones.split()) for code, zones in LIKELIEST.items()}
    table = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            found.setdefault(code, {})[zone] = None
    available = _all_zones()
    return MappingProxyType({code: tuple(z for z in zones if z in available) for code, zones in found.items()})


@cache
def _all_zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory"})


@cache
def _spellings() -> Mapping[str, str]:
    """Every name of a zone in lower case, with today's name of that zone ("asia/calcutta" is Asia/Kolkata)."""
    current = {zone for zones in _by_country().values() for zone in zones}
    renamed = cast("Mapping[str, str]", get_global("zone_aliases"))
    names: dict[str, str] = {"utc": FALLBACK, "etc/utc": FALLBACK, "etc/gmt": FALLBACK}
    for name in sorted(_all_zones()):
        target = renamed.get(name, name)
        names.setdefault(name.casefold(), target if target in current and name not in current else name)
    return MappingProxyType(names)


@cache
def _cities() -> Mapping[str, tuple[str, ...]]:
    """Names of places, folded, with the zones they lie in."""
    names: dict[str, dict[str, None]] = {}
    for name, zone in _spellings().items():
        region, _, city = name.rpartition("/")
        if region and not region.startswith(("etc", "systemv")):
            names.setdefault(fold(city.replace("_", " ")), {})[zone] = None
    for zone, further in CITIES.items():
        for city in further.split(","):
            names.setdefault(fold(city), {})[zone] = None
    return MappingProxyType({name: tuple(zones) for name, zones in names.items()})


@cache
def _by_abbreviation() -> Mapping[str, tuple[str, ...]]:
    """Abbreviations that zones use in January or July, with these zones, the likeliest of each country first."""
    names: dict[str, dict[str, None]] = {}
    for zones in _by_country().values():
        for zone in zones:
            for at in (_WINTER, _SUMMER):
                names.setdefault(at.astimezone(load_zone(zone)).tzname() or "", {})[zone] = None
    return MappingProxyType({name: tuple(zones) for name, zones in names.items()})
