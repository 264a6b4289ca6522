"""What the time zone database does not tell: where in a large country most people live, and where big cities lie."""

from collections.abc import Mapping

LIKELIEST: Mapping[str, str] = {
    "AR": "America/Argentina/Buenos_Aires America/Argentina/Cordoba",
    "AU": (
        "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Perth Australia/Adelaide "
        "Australia/Hobart Australia/Darwin"
    ),
    "BR": (
        "America/Sao_Paulo America/Fortaleza America/Bahia America/Recife America/Manaus America/Belem "
        "America/Cuiaba America/Campo_Grande America/Porto_Velho America/Rio_Branco America/Noronha"
    ),
    "CA": (
        "America/Toronto America/Vancouver America/Edmonton America/Winnipeg America/Halifax America/Regina "
        "America/St_Johns America/Moncton America/Whitehorse"
    ),
    "CD": "Africa/Kinshasa Africa/Lubumbashi",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai Asia/Urumqi",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil Pacific/Galapagos",
    "ES": "Europe/Madrid Atlantic/Canary Africa/Ceuta",
    "FM": "Pacific/Chuuk Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta Asia/Makassar Asia/Jayapura Asia/Pontianak",
    "KI": "Pacific/Tarawa Pacific/Kiritimati",
    "KZ": "Asia/Almaty Asia/Qyzylorda Asia/Aqtobe Asia/Atyrau Asia/Oral Asia/Aqtau",
    "MN": "Asia/Ulaanbaatar Asia/Hovd",
    "MX": (
        "America/Mexico_City America/Monterrey America/Tijuana America/Ciudad_Juarez America/Chihuahua "
        "America/Hermosillo America/Merida America/Cancun America/Mazatlan"
    ),
    "MY": "Asia/Kuala_Lumpur Asia/Kuching",
    "NZ": "Pacific/Auckland Pacific/Chatham",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby Pacific/Bougainville",
    "PS": "Asia/Hebron Asia/Gaza",
    "PT": "Europe/Lisbon Atlantic/Azores Atlantic/Madeira",
    "RU": (
        "Europe/Moscow Asia/Yekaterinburg Asia/Novosibirsk Europe/Samara Asia/Krasnoyarsk Asia/Omsk "
        "Asia/Vladivostok Asia/Irkutsk Europe/Kaliningrad Europe/Volgograd Europe/Saratov Asia/Yakutsk "
        "Asia/Kamchatka"
    ),
    "UA": "Europe/Kyiv",
    "UM": "Pacific/Wake Pacific/Midway",
    "US": (
        "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix "
        "America/Anchorage Pacific/Honolulu America/Detroit America/Indiana/Indianapolis America/Boise"
    ),
    "UZ": "Asia/Tashkent Asia/Samarkand",
    "XK": "Europe/Belgrade",
}
"""Zones by country code, where most people live first; those not named here follow in the database's order."""

CITIES: Mapping[str, str] = {
    "Africa/Cairo": "Alexandria, Giza",
    "Africa/Casablanca": "Rabat, Marrakesh, Marrakech, Fes, Tangier",
    "Africa/Dar_es_Salaam": "Dodoma, Zanzibar",
    "Africa/Johannesburg": "Cape Town, Durban, Pretoria, Bloemfontein, Port Elizabeth, Gqeberha, Stellenbosch",
    "Africa/Lagos": "Abuja, Ibadan, Kano, Port Harcourt",
    "Africa/Nairobi": "Mombasa, Kisumu",
    "Africa/Accra": "Kumasi",
    "America/Bogota": "Medellin, Cali, Cartagena",
    "America/Chicago": (
        "Houston, Dallas, Austin, San Antonio, Minneapolis, St Louis, New Orleans, Milwaukee, Nashville, "
        "Kansas City, Memphis"
    ),
    "America/Denver": "Salt Lake City, Albuquerque, Boulder, Colorado Springs",
    "America/Edmonton": "Calgary",
    "America/Los_Angeles": "San Francisco, Seattle, San Diego, Las Vegas, Sacramento, Berkeley, Oakland, LA, L.A.",
    "America/Mexico_City": "Guadalajara, Puebla, CDMX, Leon",
    "America/New_York": (
        "NYC, New York City, Boston, Washington, Washington DC, Philadelphia, Miami, Atlanta, Pittsburgh, "
        "Baltimore, Cleveland, Charlotte, Orlando, Brooklyn, Buffalo"
    ),
    "America/Sao_Paulo": "Rio de Janeiro, Rio, Brasilia, Belo Horizonte, Curitiba, Porto Alegre, Florianopolis",
    "America/Toronto": "Montreal, Ottawa, Quebec, Quebec City, Hamilton Ontario",
    "America/Winnipeg": "Manitoba",
    "America/Halifax": "Nova Scotia",
    "Asia/Dhaka": "Chittagong, Chattogram",
    "Asia/Dubai": "Abu Dhabi, Sharjah",
    "Asia/Ho_Chi_Minh": "Hanoi, Ha Noi, Ho Chi Minh City, Saigon, Da Nang",
    "Asia/Jakarta": "Bandung, Surabaya, Yogyakarta",
    "Asia/Jerusalem": "Tel Aviv, Haifa",
    "Asia/Karachi": "Lahore, Islamabad, Rawalpindi, Peshawar",
    "Asia/Kolkata": (
        "Mumbai, Bombay, Delhi, New Delhi, Bangalore, Bengaluru, Chennai, Madras, Hyderabad India, Pune, "
        "Ahmedabad, Jaipur, Kochi"
    ),
    "Asia/Kuala_Lumpur": "Penang, KL",
    "Asia/Makassar": "Bali, Denpasar",
    "Asia/Manila": "Cebu, Davao, Quezon City",
    "Asia/Riyadh": "Jeddah, Mecca, Medina, Dammam",
    "Asia/Seoul": "Busan, Incheon, Daegu",
    "Asia/Shanghai": "Beijing, Peking, Shenzhen, Guangzhou, Chengdu, Wuhan, Nanjing, Hangzhou",
    "Asia/Taipei": "Kaohsiung, Taichung",
    "Asia/Tokyo": "Osaka, Kyoto, Nagoya, Sapporo, Fukuoka",
    "Asia/Yangon": "Mandalay, Naypyidaw",
    "Australia/Brisbane": "Queensland, Gold Coast, Cairns, Townsville",
    "Australia/Melbourne": "Geelong",
    "Australia/Sydney": "Canberra, Newcastle NSW, Wollongong, NSW, New South Wales",
    "Australia/Hobart": "Tasmania, Launceston",
    "Europe/Amsterdam": "Rotterdam, The Hague, Utrecht, Den Haag",
    "Europe/Berlin": "Munich, München, Hamburg, Frankfurt, Cologne, Köln, Leipzig, Dresden, Stuttgart, Bonn",
    "Europe/Dublin": "Cork, Galway, Limerick",
    "Europe/Istanbul": "Ankara, Izmir, Constantinople",
    "Europe/Kyiv": "Lviv, Kharkiv, Odesa",
    "Europe/Lisbon": "Porto, Coimbra",
    "Europe/London": (
        "Edinburgh, Glasgow, Manchester, Cardiff, Belfast, Liverpool, Leeds, Bristol, Oxford, Birmingham, Sheffield"
    ),
    "Europe/Madrid": "Barcelona, Valencia, Seville, Sevilla, Bilbao",
    "Europe/Moscow": "St Petersburg, Saint Petersburg",
    "Europe/Paris": "Lyon, Marseille, Toulouse, Bordeaux, Lille, Strasbourg, Nantes",
    "Europe/Rome": "Milan, Milano, Roma, Florence, Naples, Turin, Bologna, Venice",
    "Europe/Stockholm": "Gothenburg, Malmo, Uppsala",
    "Europe/Warsaw": "Krakow, Cracow, Gdansk, Wroclaw, Warszawa",
    "Europe/Zurich": "Geneva, Bern, Berne, Basel, Lausanne",
    "Pacific/Auckland": "Wellington, Christchurch, Dunedin, Hamilton New Zealand",
    "Pacific/Honolulu": "Hawaii",
}
"""Further names of places by zone, separated by commas."""

SPOKEN: Mapping[str, str] = {
    "eastern": "US America/New_York CA America/Toronto",
    "et": "US America/New_York CA America/Toronto",
    "central": "US America/Chicago CA America/Winnipeg",
    "ct": "US America/Chicago CA America/Winnipeg",
    "mountain": "US America/Denver CA America/Edmonton",
    "mt": "US America/Denver CA America/Edmonton",
    "pacific": "US America/Los_Angeles CA America/Vancouver",
    "pt": "US America/Los_Angeles CA America/Vancouver",
    "atlantic": "CA America/Halifax",
    "newfoundland": "CA America/St_Johns",
    "est": "US America/New_York CA America/Toronto",
    "edt": "US America/New_York CA America/Toronto",
    "cdt": "US America/Chicago CA America/Winnipeg",
    "mdt": "US America/Denver CA America/Edmonton",
    "pst": "US America/Los_Angeles CA America/Vancouver",
    "pdt": "US America/Los_Angeles CA America/Vancouver",
    "brt": "BR America/Sao_Paulo",
    "art": "AR America/Argentina/Buenos_Aires",
    "gst": "AE Asia/Dubai OM Asia/Muscat",
    "ict": "TH Asia/Bangkok VN Asia/Ho_Chi_Minh KH Asia/Phnom_Penh LA Asia/Vientiane",
    "npt": "NP Asia/Kathmandu",
    "sgt": "SG Asia/Singapore",
    "myt": "MY Asia/Kuala_Lumpur",
    "bst": "BD Asia/Dhaka",
    "aet": "AU Australia/Sydney",
    "awst": "AU Australia/Perth",
}
"""Names of zones as people in one country speak of them: pairs of country code and zone."""

PLACE_NAMES: Mapping[str, str] = {
    "America/Argentina/ComodRivadavia": "Comodoro Rivadavia",
    "America/Port-au-Prince": "Port-au-Prince",
    "America/Porto_Acre": "Porto Acre",
    "America/Sao_Paulo": "São Paulo",
    "America/St_Johns": "St. John's",
    "Asia/Ho_Chi_Minh": "Ho Chi Minh City",
    "Pacific/Wake": "Wake Island",
}
"""Places spelt otherwise than the database's zone of theirs."""
