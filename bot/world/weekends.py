"""Which days of the week people of a country have free, by the Unicode locale data."""

from functools import cache

from babel import Locale, UnknownLocaleError

USUAL = frozenset({5, 6})
"""Saturday and Sunday (0 is Monday): where the country tells nothing."""
_DAYS = 7


@cache
def weekend_of(country: str) -> frozenset[int]:
    """The weekdays (0 is Monday) of the weekend in a country, given by its ISO code; Saturday and Sunday if unknown.

    Egypt has Friday and Saturday, India Sunday alone. Public holidays are not known here.
    """
    try:
        locale = Locale.parse(f"und_{country.upper()}")
    except (UnknownLocaleError, ValueError):
        return USUAL
    length = (locale.weekend_end - locale.weekend_start) % _DAYS + 1
    return frozenset((locale.weekend_start + day) % _DAYS for day in range(length))
