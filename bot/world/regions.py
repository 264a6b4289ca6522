"""The part of the world that a country lies in: the sub-regions of the United Nations' standard M49.

Two of them have a word more, since a country has the same name. Where M49 is silent, the part that its neighbours lie
in: Taiwan, Kosovo, and islands that belong to no other country.
"""

from collections.abc import Mapping
from types import MappingProxyType

ELSEWHERE = "elsewhere"
"""The part of the world of a code that is no country of the list."""

_COUNTRIES = {
    "Northern Africa": "DZ EG EH LY MA SD TN",
    "Eastern Africa": "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW",
    "Middle Africa": "AO CD CF CG CM GA GQ ST TD",
    "Southern Africa": "BW LS NA SZ ZA",
    "Western Africa": "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG",
    "Caribbean": "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI",
    "Central America": "BZ CR GT HN MX NI PA SV",
    "South America": "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE",
    "Northern America": "BM CA GL PM US",
    "Antarctica (all stations)": "AQ",
    "Central Asia": "KG KZ TJ TM UZ",
    "Eastern Asia": "CN HK JP KP KR MN MO TW",
    "South-eastern Asia": "BN ID KH LA MM MY PH SG TH TL VN",
    "Southern Asia": "AF BD BT IN IR LK MV NP PK",
    "Western Asia": "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE",
    "Eastern Europe": "BG BY CZ HU MD PL RO RU SK UA",
    "Northern Europe": "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ",
    "Southern Europe": "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA XK",
    "Western Europe": "AT BE CH DE FR LI LU MC NL",
    "Australia and New Zealand": "AU CC CX HM NF NZ",
    "Melanesia": "FJ NC PG SB VU",
    "Micronesia (all islands)": "FM GU KI MH MP NR PW UM",
    "Polynesia": "AS CK NU PF PN TK TO TV WF WS",
}

REGIONS: Mapping[str, str] = MappingProxyType(
    {code: region for region, codes in _COUNTRIES.items() for code in codes.split()}
)
"""The region of each country, by its ISO 3166-1 alpha-2 code."""


def region_of(country: str) -> str:
    """The part of the world that a country lies in; `elsewhere` for what is no country's code."""
    return REGIONS.get(country, ELSEWHERE)
