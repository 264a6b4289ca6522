import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.world.countries import (
    Ambiguous,
    Found,
    NotFound,
    country_codes,
    country_flag,
    country_name,
    fold,
    resolve_country,
)

ENGLISH_FLAG = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
AS_PEOPLE_TYPE = {
    "AE": ["UAE", "United Arab Emirates"],
    "AT": ["Austria", "Österreich"],
    "AU": ["Australia", "Austrailia"],
    "BR": ["Brasil", "Brazil"],
    "CD": ["Zaire", "DR Congo", "Democratic Republic of the Congo"],
    "CG": ["Congo-Brazzaville", "Republic of the Congo"],
    "CI": ["Ivory Coast", "Côte d'Ivoire", "Côte d’Ivoire", "COTE D'IVOIRE", "Cote dIvoire"],
    "CZ": ["Czech Republic", "the Czech Republic", "Czechia"],
    "DE": ["Deutschland", "germany"],
    "ES": ["España"],
    "FR": ["🇫🇷", "🇫🇷 France", " france "],
    "GB": ["UK", "England", "Scotland", "Wales", "Northern Ireland", "Great Britain", "England, UK", ENGLISH_FLAG],
    "GE": ["Georgia"],
    "GN": ["Guinea"],
    "GQ": ["Equatorial Guinea"],
    "HK": ["Hong Kong", "香港"],
    "IE": ["Ireland", "Éire"],
    "IR": ["Iran"],
    "JP": ["日本"],
    "KR": ["South Korea", "Republic of Korea", "대한민국"],
    "LC": ["St. Lucia", "Saint Lucia"],
    "MK": ["Macedonia"],
    "MM": ["Burma", "Myanmar"],
    "MX": ["México"],
    "NE": ["Niger"],
    "NG": ["nigeria ", "Nigerria"],
    "NL": ["Holland", "The Netherlands"],
    "NZ": ["NZ", "Aotearoa New Zealand"],
    "PH": ["The Philippines"],
    "RU": ["Russian Federation"],
    "SZ": ["Swaziland"],
    "TR": ["Turkey", "Türkiye", "TÜRKİYE", "Türkiye (Turkey)"],
    "TW": ["Taiwan", "台灣"],
    "UA": ["Україна"],
    "US": ["USA", "U.S.A.", "united states of america", "US", "us", "u. s. a."],
    "VN": ["Viet Nam", "Vietnam", "Việt Nam"],
    "XK": ["Kosovo"],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in AS_PEOPLE_TYPE.items() for text in texts])
def test_what_people_type_is_understood(code: str, text: str) -> None:
    assert resolve_country(text) == Found(code, country_name(code))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Congo", ("CD", "CG")),
        ("korea", ("KR", "KP")),
        ("The Virgin Islands", ("VG", "VI")),
        ("Czechoslovakia", ("CZ", "SK")),
    ],
)
def test_a_name_of_several_countries_is_a_question(text: str, codes: tuple[str, ...]) -> None:
    assert resolve_country(text) == Ambiguous(tuple((code, country_name(code)) for code in codes))


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("Austrlia", {"AU", "AT"}),
        ("Swedan", {"SE", "SD"}),
        ("Paris, France", {"FR"}),
        ("Atlanta, Georgia", {"GE"}),
        ("I live in France", {"FR"}),
        ("France; Germany", {"FR", "DE"}),
    ],
)
def test_what_could_be_meant_is_suggested_and_not_taken(text: str, suggested: set[str]) -> None:
    answer = resolve_country(text)
    assert isinstance(answer, NotFound)
    assert {code for code, _ in answer.suggestions} == suggested


@pytest.mark.parametrize(
    "text", ["", "   ", "Atlantis", "asdf", "\x00\x07", "no", "and", "?!", "12345", "🎉", "\ud800"]
)
def test_what_is_no_country_finds_nothing(text: str) -> None:
    assert resolve_country(text) == NotFound(())


def test_a_huge_text_is_put_aside_at_once() -> None:
    huge = "France " * 1_500_000
    start = time.perf_counter()
    assert resolve_country(huge) == NotFound(())
    assert time.perf_counter() - start < 0.5


def test_every_country_is_found_by_its_names_code_and_flag() -> None:
    assert len(country_codes()) == 250
    for code in country_codes():
        expected = Found(code, country_name(code))
        assert resolve_country(country_name(code)) == expected
        assert resolve_country(code) == expected
        assert resolve_country(country_flag(code)) == expected


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("VN", "Vietnam"),
        ("KR", "South Korea"),
        ("gb", "United Kingdom"),
        ("TW", "Taiwan"),
        ("RU", "Russia"),
        ("BA", "Bosnia and Herzegovina"),
        ("unknown", "an unlisted country"),
        ("ZZ", "an unlisted country"),
    ],
)
def test_names_are_the_short_ones(code: str, name: str) -> None:
    assert country_name(code) == name


def test_an_unlisted_country_flies_a_globe() -> None:
    assert country_flag("unknown") == "🌐"


@settings(deadline=None)  # the first look-up builds the indexes
@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(resolve_country(text), Found | Ambiguous | NotFound)
    assert fold(fold(text)) == fold(text) or not text.isascii()
