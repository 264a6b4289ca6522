"""What the libraries do not know about names of countries: short names, former names, parts, and names of several."""

from collections.abc import Mapping

SHORT_NAMES: Mapping[str, str] = {
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "CI": "Côte d'Ivoire",
    "HK": "Hong Kong",
    "MF": "Saint Martin (French part)",
    "MM": "Myanmar",
    "MO": "Macao",
    "PS": "Palestine",
    "SX": "Sint Maarten",
}
"""Names people use where the library's English name is longer or another."""

SPELLINGS: Mapping[str, str] = {
    "AE": "UAE, U.A.E., Emirates, The Emirates, Dubai, Abu Dhabi, Sharjah",
    "AG": "Antigua, Barbuda",
    "BA": "Bosnia, Herzegovina, BiH, Bosnia i Hercegovina",
    "BF": "Upper Volta, Burkina",
    "BJ": "Dahomey",
    "BN": "Brunei",
    "BO": "Bolivia",
    "BS": "Bahamas",
    "BW": "Bechuanaland",
    "BY": "Belorussia, Byelorussia, White Russia",
    "BZ": "British Honduras",
    "CC": "Cocos Islands, Keeling Islands",
    "CD": (
        "DRC, D.R.C., D.R. Congo, DR of Congo, DR of the Congo, Congo DR, Congo DRC, Congo D.R., Zaire, "
        "Zaïre, Congo Kinshasa, Kinshasa, Democratic Republic of Congo, The Democratic Republic of the Congo, "
        "Dem. Rep. Congo, Belgian Congo, RDC, RD Congo"
    ),
    "CF": "CAR, Central Africa",
    "CG": (
        "Congo Brazzaville, Congo Republic, Brazzaville, Congo Republic of, Republic of Congo, Republic of "
        "the Congo, ROC Brazzaville, French Congo"
    ),
    "CH": "Swiss, Helvetia, CH Switzerland",
    "CI": "Ivory Coast, Cote Ivoire, Cote d Ivoire, Côte dIvoire",
    "CN": "PRC, P.R.C., PR China, P.R. China, Peoples Republic of China, Mainland China, China mainland",
    "CV": "Cape Verde, Cabo Verde",
    "CZ": "Czech Republic, The Czech Republic, Czech, Czech Rep., Bohemia",
    "DE": "FRG, West Germany, East Germany, GDR, BRD, Federal Republic of Germany",
    "DO": "Dominican Rep., Dominicana",
    "EH": "Sahrawi Republic",
    "ET": "Abyssinia",
    "FK": "Falklands, Malvinas",
    "FM": "Micronesia, Federated States of Micronesia, FSM",
    "GB": (
        "UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland, N. Ireland, Ulster, "
        "Cymru, Alba, GBR, Great Britain and Northern Ireland, United Kingdom of Great Britain and Northern "
        "Ireland, United Kingdom of Great Britain, Untied Kingdom, Angleterre, Inglaterra, Inghilterra, "
        "Anglia, Escocia, Écosse, Schottland, Gales"
    ),
    "GM": "Gambia",
    "GQ": "Spanish Guinea",
    "GW": "Portuguese Guinea, Guinea Bissau",
    "GY": "British Guiana",
    "HK": "Hong Kong SAR, HongKong, Hong Kong China, HKSAR, 香港",
    "ID": "Dutch East Indies",
    "IE": "Republic of Ireland, Eire, Éire, Southern Ireland, Irish Republic, ROI",
    "IN": "Bharat, Hindustan",
    "IR": "Persia, Iran",
    "JO": "Transjordan",
    "KG": "Kirghizia, Kyrgyz Republic, Kirgizstan",
    "KH": "Kampuchea",
    "KN": "St Kitts, Saint Kitts, Nevis, Saint Christopher and Nevis",
    "KP": "DPRK, D.P.R.K., North Korea, Korea North, N. Korea, Korea DPR",
    "KR": "ROK, R.O.K., South Korea, Korea South, S. Korea, Republic of Korea, Korea Republic",
    "LA": "Laos, Lao, Lao PDR",
    "LK": "Ceylon",
    "LS": "Basutoland",
    "MD": "Moldova, Moldavia",
    "MG": "Malagasy Republic",
    "MK": (
        "Macedonia, FYROM, Republic of Macedonia, Former Yugoslav Republic of Macedonia, FYR Macedonia, N. Macedonia"
    ),
    "MM": "Burma, Union of Burma, Birma, Myanmar Burma",
    "MO": "Macau, Macao SAR, 澳門, 澳门",
    "MW": "Nyasaland",
    "NL": "Holland, Netherland, Low Countries, Holanda, Hollande, Olanda",
    "NZ": "NZ, N.Z., Aotearoa, Aotearoa New Zealand, New Zealand Aotearoa, Newzealand, N Zealand",
    "PF": "Tahiti",
    "PG": "PNG, P.N.G., Papua",
    "PH": "Phillipines, Philipines, Phillippines, Pilipinas, The Philippines",
    "PN": "Pitcairn Island",
    "PS": (
        "Palestine, West Bank, Gaza, Gaza Strip, Palestinian Territory, Occupied Palestinian Territory, "
        "Palestinian Authority, State of Palestine"
    ),
    "RU": "Russia, Russian Fed., RF",
    "SA": "KSA, K.S.A., Saudi, Saudia, Kingdom of Saudi Arabia",
    "SB": "Solomons",
    "SH": "Saint Helena, St Helena, Ascension Island, Tristan da Cunha",
    "SR": "Dutch Guiana",
    "ST": "Sao Tome, São Tomé",
    "SY": "Syria",
    "SZ": "Swaziland, eSwatini",
    "TC": "Turks and Caicos",
    "TH": "Siam",
    "TL": "East Timor, Timor Leste, Timor",
    "TR": "Turkey, Turkiye, Republic of Turkey",
    "TT": "Trinidad, Tobago, T&T",
    "TW": (
        "Taiwan, Taiwan ROC, ROC, R.O.C., Republic of China, Republic of China Taiwan, Taiwan Republic of "
        "China, Chinese Taipei, Formosa"
    ),
    "TZ": "Tanzania, Tanganyika, Zanzibar",
    "US": (
        "USA, U.S.A., U.S., US of A, America, The States, United States, United States of America, Untied "
        "States, Unites States, U S America, EEUU, EE.UU."
    ),
    "VA": "Vatican, Vatican City, Holy See, The Vatican",
    "VC": "St Vincent, Saint Vincent",
    "VE": "Venezuela",
    "VG": "BVI, British Virgin Islands",
    "VI": "USVI, US Virgin Islands, American Virgin Islands",
    "VN": "Vietnam, Viet Nam, SRV",
    "VU": "New Hebrides",
    "WS": "Western Samoa",
    "XK": "Kosovo, Republic of Kosovo, Kosova, Kosovo and Metohija",
    "YE": "Yemen",
    "ZA": "RSA, R.S.A., S. Africa, Azania",
    "ZM": "Northern Rhodesia",
    "ZW": "Rhodesia, Southern Rhodesia",
}
"""Further English spellings by code, separated by commas: former names, parts of a country, abbreviations."""

SEVERAL: Mapping[str, str] = {
    "congo": "CD CG",
    "korea": "KR KP",
    "virgin islands": "VG VI",
    "saint martin": "MF SX",
    "st martin": "MF SX",
    "czechoslovakia": "CZ SK",
    "yugoslavia": "BA HR ME MK RS SI XK",
    "serbia and montenegro": "RS ME",
    "timor island": "ID TL",
    "borneo": "BN ID MY",
    "hispaniola": "DO HT",
    "netherlands antilles": "BQ CW SX",
    "french indochina": "KH LA VN",
}
"""Names that several countries share, or that stand for a country which became several."""

WORDS = frozenset(
    ("am", "and", "are", "as", "at", "be", "can", "do", "in", "is", "it", "la", "me", "my", "no", "per", "so", "to")
)
"""Words of English (and "la") that are also codes: codes only when typed in capitals."""
