from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.world.countries import country_codes
from bot.world.zone_facts import CITIES, SPOKEN
from bot.world.zones import guess_zone, is_zone, load_zone, resolve_zone, zone_label, zones_of

SEPTEMBER = datetime(2026, 9, 7, tzinfo=UTC)


def test_every_country_with_people_has_zones_that_load() -> None:
    without = [code for code in country_codes() if not zones_of(code)]
    assert without == ["BV", "HM"]
    for code in country_codes():
        for zone in zones_of(code):
            assert ZoneInfo(zone).key == zone
            assert is_zone(zone)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("US", ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")),
        ("AU", ("Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane")),
        ("CA", ("America/Toronto", "America/Vancouver")),
        ("BR", ("America/Sao_Paulo",)),
        ("RU", ("Europe/Moscow",)),
        ("IN", ("Asia/Kolkata",)),
        ("XK", ("Europe/Belgrade",)),
        ("unknown", ()),
    ],
)
def test_where_most_people_live_comes_first(code: str, first: tuple[str, ...]) -> None:
    assert zones_of(code)[: len(first)] == first


def test_a_zone_is_guessed_from_the_country() -> None:
    assert guess_zone("NZ") == "Pacific/Auckland"
    assert guess_zone("unknown") == guess_zone("") == guess_zone("HM") == "UTC"


@pytest.mark.parametrize(
    ("text", "country", "zone"),
    [
        ("asia/calcutta", "", "Asia/Kolkata"),
        ("US/Eastern", "", "America/New_York"),
        ("Europe/Kiev", "", "Europe/Kyiv"),
        ("Europe/Stockholm", "", "Europe/Stockholm"),
        ("Iceland", "", "Atlantic/Reykjavik"),
        ("new york", "", "America/New_York"),
        ("  São   Paulo ", "", "America/Sao_Paulo"),
        ("wellington", "", "Pacific/Auckland"),
        ("Vancouver, Canada", "", "America/Vancouver"),
        ("Japan", "", "Asia/Tokyo"),
        ("UTC+3", "", "Etc/GMT-3"),
        ("gmt -5", "", "Etc/GMT+5"),
        ("UTC", "", "UTC"),
        ("GMT", "", "UTC"),
        ("GMT", "GB", "Europe/London"),
        ("GMT+5:30", "IN", "Asia/Kolkata"),
        ("UTC+1", "GB", "Europe/London"),
        ("UTC-7", "US", "Etc/GMT+7"),
        ("EST", "US", "America/New_York"),
        ("est", "CA", "America/Toronto"),
        ("Pacific Standard Time", "US", "America/Los_Angeles"),
        ("IST", "IN", "Asia/Kolkata"),
        ("IST", "IE", "Europe/Dublin"),
        ("CET", "DE", "Europe/Berlin"),
        ("AEDT", "AU", "Australia/Sydney"),
        ("JST", "", "Asia/Tokyo"),
    ],
)
def test_zones_as_people_name_them(text: str, country: str, zone: str) -> None:
    assert resolve_zone(text, country) == zone


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("", ""),
        ("nonsense", ""),
        ("EST", ""),
        ("IST", ""),
        ("AEST", "AU"),
        ("USA", ""),
        ("GMT-05:30", ""),
        ("UTC+25", ""),
        ("../../etc/passwd", ""),
        ("\x00", ""),
        ("UTC" * 1_000_000, ""),
    ],
)
def test_what_names_no_single_zone_gives_none(text: str, country: str) -> None:
    assert resolve_zone(text, country) is None


def test_the_tables_name_zones_that_exist() -> None:
    spoken = [word for words in SPOKEN.values() for word in words.split()[1::2]]
    assert all(is_zone(zone) for zone in (*CITIES, *spoken))


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Australia/Sydney", "Sydney (UTC+10:00)"),
        ("America/St_Johns", "St. John's (UTC-02:30)"),
        ("Asia/Kathmandu", "Kathmandu (UTC+05:45)"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires (UTC-03:00)"),
        ("Etc/GMT-3", "UTC+03:00"),
        ("UTC", "UTC+00:00"),
    ],
)
def test_labels(zone: str, label: str) -> None:
    assert zone_label(zone, SEPTEMBER) == label


def test_labels_follow_the_clock_change() -> None:
    assert zone_label("Australia/Sydney", datetime(2026, 12, 1, tzinfo=UTC)) == "Sydney (UTC+11:00)"


@pytest.mark.parametrize("name", ["", "Mars/Base", "../zone", "Europe"])
def test_a_name_that_is_no_zone_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        load_zone(name)


@settings(deadline=None)  # the first look-up builds the indexes
@given(st.text(max_size=100), st.sampled_from(["", "US", "GB", "AU", "zz"]))
def test_any_text_gives_a_zone_that_loads_or_none(text: str, country: str) -> None:
    zone = resolve_zone(text, country)
    assert zone is None or load_zone(zone)
