"""Form exports as messy as real ones, made up from a seed: no name or address in them belongs to anybody."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.journeys.evidence import APART, MUST

OPENS = datetime(2026, 7, 1)  # noqa: DTZ001 - a form's own time, without a zone
CLOSES = datetime(2026, 8, 2)  # noqa: DTZ001 - as a form tool writes it, without a zone
HEAD: tuple[str, ...] = (
    "Timestamp",
    "Name",
    "Email Address",
    "Country of residence",
    "Time zone",
    "Type of library",
    "Type of library you would like your partner to work in",
    "Professional interests",
    "Would you like a partner with similar interests?",
    *MUST,
    *APART,
)
FORMULA, ALARM = '=HYPERLINK("http://example.org","x")', "<!channel> @everyone *Bob*"
_MANY = (
    ("Australia", "Australia/Sydney"),
    ("India", "Asia/Kolkata"),
    ("U.S.A.", "America/New_York"),
    ("England", "Europe/London"),
    ("Canada", "America/Toronto"),
)
_FEW = (
    ("Kenya", "Africa/Nairobi"),
    ("Deutschland", "Europe/Berlin"),
    ("Viet Nam", "Asia/Ho_Chi_Minh"),
    ("Aotearoa New Zealand", "Pacific/Auckland"),
    ("Brasil", "America/Sao_Paulo"),
    ("nigeria ", "Africa/Lagos"),
    ("Holland", "Europe/Amsterdam"),
    ("Samoa", "Pacific/Apia"),
    ("The Philippines", "Asia/Manila"),
    ("Perú", "America/Lima"),
    ("Nepal", "Asia/Kathmandu"),
    ("Türkiye", "Europe/Istanbul"),
    ("Hawaii", "Pacific/Honolulu"),
)
_GIVEN = ("Ana", "Bao", "Chidi", "Dorte", "Emre", "Fatou", "Gül", "Hye", "Ines", "Jun", "Kofi", "Lale", "Måns", "Đặng")
_FAMILY = ("Abe", "Ólafs", "Costa", "Diop", "Eze", "Novák", "O'Hara", "Quispe", "Rao", "Šimić", "Tran", "Weiß")
_TYPES = ("academic", "public", "school", "special", "health", "government", "national", "archive")
_TOPICS = ("accessibility", "advocacy", "copyright", "leadership", "metadata", "open-access", "reference", "systems")


@dataclass(frozen=True, slots=True)
class Mix:
    """How messy the file is: shares of the people."""

    ineligible: float = 0.08
    late: int = 2
    again: float = 0.1
    unknown_country: float = 0.06


def export(seed: int, people: int, mix: Mix | None = None) -> bytes:
    """The bytes of a form's export with about `people` people in it, ordered by time as a form does."""
    rows = sorted(_rows(Random(seed), people, mix or Mix()), key=lambda row: row["Timestamp"])
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _rows(chance: Random, people: int, mix: Mix) -> Iterator[Mapping[str, str]]:
    for number in range(people):
        at = _moment(chance, number)
        if number < mix.late:
            at = CLOSES + timedelta(seconds=5 + number)
        row = _row(chance, number, people, at, mix)
        yield row
        if mix.late <= number and chance.random() < mix.again:
            later = min(at + timedelta(hours=chance.randint(1, 200)), CLOSES - timedelta(seconds=1))
            twin = _row(chance, number, people, later, mix)
            yield twin | {"Email Address": _other_spelling(chance, twin["Email Address"])}
        if number == mix.late:
            # In time once, and again when it was too late: the first one counts, and the second hears why not.
            yield row | {"Timestamp": str(CLOSES + timedelta(hours=3))}


def _row(chance: Random, number: int, people: int, at: datetime, mix: Mix) -> dict[str, str]:
    country, zone = chance.choice(_MANY if chance.random() < 0.6 else _FEW)
    if chance.random() < mix.unknown_country:
        country, zone = chance.choice((("", ""), ("Atlantis", ""), ("Atlantis", "Europe/Paris")))
    interests = chance.sample(_TOPICS, chance.randint(1, 5))
    must = ["Yes", "Yes", "Yes"]
    if chance.random() < mix.ineligible:
        must[chance.randint(0, 2)] = "No"
    cells = (
        str(at),
        _name(chance, number),
        _address(number),
        country,
        zone if chance.random() < 0.8 else "",
        chance.choice(_TYPES),
        chance.choice(("", "No preference", "No preference", "Same as mine", "Same as mine", chance.choice(_TYPES))),
        ", ".join(interests),
        chance.choice(("Yes", "No")),
        *must,
        _others(chance, number, people, 0.5),
        _others(chance, number, people, 0.1),
    )
    return dict(zip(HEAD, cells, strict=True))


def _moment(chance: Random, number: int) -> datetime:
    # A crowd in the first second, as when a link is mailed to a list; the rest over the month, to its last second.
    if number % 9 == 0:
        return OPENS + timedelta(seconds=1)
    return OPENS + timedelta(seconds=chance.randrange(60, int((CLOSES - OPENS).total_seconds())))


def _name(chance: Random, number: int) -> str:
    if number in (3, 30):
        return FORMULA
    if number in (4, 40):
        return ALARM
    return f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}"


def _address(number: int) -> str:
    return f"q{number}.7@example.org"


def _other_spelling(chance: Random, address: str) -> str:
    return chance.choice((address.upper(), f" {address.title()} ", address.replace("example", "Example") + " "))


def _others(chance: Random, number: int, people: int, share: float) -> str:
    """Addresses of one to three others; some of them never applied."""
    if chance.random() >= share:
        return ""
    others = {chance.randrange(people + people // 2) for _ in range(chance.randint(1, 3))} - {number}
    return ", ".join(sorted(_address(other) for other in others))
