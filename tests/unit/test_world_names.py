import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.world.names import clean_email, clean_name


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" P31.5@EXAMPLE.ORG ", "p31.5@example.org"),
        ("mailto:ana@example.org", "ana@example.org"),
        ("Ana <Ana@Example.org>", "ana@example.org"),
        ("ana+books@sub.example.co.uk", "ana+books@sub.example.co.uk"),
        ("ana@bücher.example", "ana@bücher.example"),
        ("\u200bana@example.org\ufeff", "ana@example.org"),
    ],
)
def test_addresses_are_cleaned(text: str, address: str) -> None:
    assert clean_email(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "ana", "@", "ana@", "@example.org", "ana@example", "a@b@example.org", "a b@example.org"),
        *(
            "ana@-example.org",
            "ana@example..org",
            ".ana@example.org",
            "a..b@example.org",
            "ana@example.org, b@example.org",
        ),
        *("a" * 65 + "@example.org", "a@" + "b" * 250 + ".org", "x" * 10_000_000, "ana\x00@example.org"),
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert clean_email(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Zoë \n Nguyễn\t", "Zoë Nguyễn"),
        ("Zoe\u0308", "Zoë"),
        ("\u202eevil\u0000", "evil"),
        ("<!channel> @everyone *Bob*", "<!channel> @everyone *Bob*"),
        ('=HYPERLINK("http://example.org","x")', '=HYPERLINK("http://example.org","x")'),
        ("دنیا\u200cها", "دنیا\u200cها"),
        ("\u200b\ufeff", ""),
        ("n" * 10_000_000, "n" * 80),
    ],
)
def test_names_are_one_clean_line(text: str, name: str) -> None:
    assert clean_name(text) == name


@settings(deadline=None)
@given(st.text(max_size=300))
def test_cleaning_a_clean_name_changes_nothing(text: str) -> None:
    name = clean_name(text)
    assert len(name) <= 80
    assert clean_name(name) == name
    assert not any(unicodedata.category(c) == "Cc" for c in name)


@settings(deadline=None)
@given(st.emails())
def test_cleaning_a_clean_address_changes_nothing(text: str) -> None:
    address = clean_email(text)
    assert address is None or clean_email(address.upper()) in (address, clean_email(address))
