"""What a rehearsed round leaves behind, read without the program: only `bot.world` is asked for countries and zones."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.world.countries import UNLISTED, Ambiguous, Found, resolve_country
from bot.world.names import clean_email
from bot.world.zones import guess_zone, resolve_zone, zones_of

MUST = (
    "Do you have reliable internet access?",
    "Are you fluent in English?",
    "Can you commit one hour per week for four months?",
)
APART = ("Former partners (email)", "Please do not match me with (email)")


@dataclass(frozen=True, slots=True)
class Rules:
    """What was promised: the window of applications (UTC, its end excluded), the start, and what the round was told."""

    opens: datetime = datetime(2026, 7, 1, tzinfo=UTC)
    closes: datetime = datetime(2026, 8, 2, tzinfo=UTC)
    starts: datetime = datetime(2026, 9, 1, tzinfo=UTC)
    capacity: int = 0
    country_cap: float = 0.0
    odd: str = "trio"
    topics: tuple[str, ...] = tuple(str(number) for number in range(1, 11))
    coordinators: Mapping[str, str] = field(default_factory=lambda: {"coordinator@example.org": "Europe/London"})


@dataclass(frozen=True, slots=True)
class Applicant:
    """One submission as it stands in the file. `country` is UNLISTED where nobody can tell."""

    email: str
    name: str
    at: datetime
    country: str
    zone: str
    eligible: bool
    apart: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger."""

    at: datetime
    kind: str
    key: str
    to: str
    emails: tuple[str, ...]
    text: str
    prompted: bool

    @property
    def place(self) -> str:
        """hall, desk, room or direct."""
        return self.to.split("/")[2]


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of partnerships.csv."""

    number: str
    emails: tuple[str, ...]
    state: str
    room: str
    opened: datetime | None
    closed: datetime | None


@dataclass(frozen=True)
class Evidence:
    """Everything that the judge looks at."""

    rules: Rules
    rows: Sequence[Applicant]
    unreadable: int
    statuses: Sequence[tuple[str, str]]
    """(e-mail, status) of each line of participants.csv."""
    pairs: Sequence[Pair]
    ledger: Sequence[Line]

    @cached_property
    def counting(self) -> Mapping[str, Applicant]:
        """The last submission in time of each address, in the order in which these came."""
        last = {row.email: row for row in sorted(self.in_time, key=lambda row: row.at)}
        return dict(sorted(last.items(), key=lambda item: item[1].at))

    @cached_property
    def in_time(self) -> Sequence[Applicant]:
        """Submissions while applications were open."""
        return [row for row in self.rows if self.rules.opens <= row.at < self.rules.closes]

    @cached_property
    def known(self) -> Mapping[str, Applicant]:
        """Everybody, by the submission that counts, or else by their last one."""
        return {**{row.email: row for row in sorted(self.rows, key=lambda row: row.at)}, **self.counting}

    @cached_property
    def direct(self) -> Mapping[str, Sequence[Line]]:
        """What each address was told in private, in order."""
        found: dict[str, list[Line]] = {}
        for line in self.ledger:
            if line.place == "direct":
                for email in line.emails:
                    found.setdefault(email, []).append(line)
        return found

    def with_status(self, status: str) -> set[str]:
        """The addresses with such a line in participants.csv."""
        return {email for email, found in self.statuses if found == status}

    def zone(self, email: str) -> ZoneInfo | None:
        """Where this address lives."""
        if email in self.rules.coordinators:
            return ZoneInfo(self.rules.coordinators[email])
        row = self.known.get(email)
        return ZoneInfo(row.zone) if row else None


def read(applicants: Path, out: Path, rules: Rules) -> Evidence:
    """Read the application file and the folder that `simulate` wrote."""
    rows, unreadable = _applicants(applicants)
    return Evidence(rules, rows, unreadable, _statuses(out), _pairs(out), _ledger(out))


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def hour(at: datetime, zone: ZoneInfo) -> float:
    """The hour of the day there, with its fraction."""
    here = at.astimezone(zone)
    return here.hour + here.minute / 60 + here.second / 3600


def common(zones: Sequence[ZoneInfo], at: datetime, first: int, last: int) -> bool:
    """Whether these people share a quarter hour between `first` and `last` o'clock within half a day of `at`."""
    quarters = [at + timedelta(minutes=15 * step) for step in range(-48, 49)]
    return any(all(first <= hour(moment, zone) < last for zone in zones) for moment in quarters)


def _applicants(path: Path) -> tuple[list[Applicant], int]:
    found: list[Applicant] = []
    unreadable = 0
    for row in table(path):
        email = clean_email(row["Email Address"])
        at = _moment(row["Timestamp"])
        if email is None or at is None:
            unreadable += 1
            continue
        country = _country(row["Country of residence"], row["Time zone"])
        zone = resolve_zone(row["Time zone"], country) if row["Time zone"].strip() else None
        apart = [clean_email(part) for column in APART for part in row[column].split(",")]
        found.append(
            Applicant(
                email=email,
                name=row["Name"],
                at=at,
                country=country,
                zone=zone or guess_zone(country),
                eligible=all(row[column].strip() == "Yes" for column in MUST),
                apart=frozenset(address for address in apart if address and address != email),
            )
        )
    return found, unreadable


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError:
        return None


def _country(text: str, zone: str) -> str:
    match resolve_country(text):
        case Found(code=code):
            return code
        case Ambiguous(codes=codes):
            there = [code for code, _ in codes if zone in zones_of(code)]
            return there[0] if len(there) == 1 else UNLISTED
        case _:
            return UNLISTED


def _statuses(out: Path) -> list[tuple[str, str]]:
    return [(row["email"], row["status"]) for row in table(out / "participants.csv")]


def _pairs(out: Path) -> list[Pair]:
    def moment(text: str) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return [
        Pair(
            number=row["partnership"],
            emails=tuple(email.strip() for email in row["emails"].split(",")),
            state=row["state"],
            room=row["room"],
            opened=moment(row["opened_at"]),
            closed=moment(row["closed_at"]),
        )
        for row in table(out / "partnerships.csv")
    ]


def _ledger(out: Path) -> list[Line]:
    with (out / "ledger.jsonl").open(encoding="utf-8") as file:
        return [_line(json.loads(text)) for text in file]


def _line(found: Mapping[str, Any]) -> Line:
    key, kind = found["key"], found["kind"]
    return Line(
        at=datetime.fromisoformat(found["at"]),
        kind=kind,
        key=key,
        to=found["to"],
        emails=tuple(found["emails"]),
        text=found["text"],
        prompted=bool(found.get("prompted", _answers(kind, key))),
    )


def _answers(kind: str, key: str) -> bool:
    """Whether a message answers what its reader did just now, told by its kind and key alone."""
    if kind in ("question", "reply", "edit") or key.startswith(("run:", "event:")):
        return True
    # The first question of a check-in or survey comes unasked, the next ones follow an answer.
    return key.startswith("flow:") and key.split(":")[2] != "1"
