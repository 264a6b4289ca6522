"""What a rehearsed round leaves behind: the ledger of messages, and tables of people and partnerships."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, cast

from sqlmodel import col, select

from bot.carefigures import DECISIONS, care_of
from bot.evaluation.cells import csv_text
from bot.language.rehearsal import Delivery, Player
from bot.program.completion import ROUND_OVER
from bot.program.forms import FormRead
from bot.world.countries import country_name
from bot.world.names import clean_email
from storage.database import Database
from storage.partnerships import Case, Member, Partnership, SurveyAnswer
from storage.people import Account, Person
from storage.rounds import Application, Round, Submission
from storage.traffic import OutboxAct
from topics.model import Kit, QuestionKind

_NEVER = datetime.max.replace(tzinfo=UTC)
PARTICIPANTS = ("email", "name", "country", "status", "reason")
PARTNERSHIPS = (
    "partnership",
    "emails",
    "state",
    "room",
    "country_different",
    "type_wishes",
    "type_wishes_met",
    "interest_wishes",
    "interest_similarity",
    "opened_at",
    "closed_at",
)


class Ledger:
    """Every message exactly as it reached the platform, one JSON object a line, in order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self.kinds: Counter[str] = Counter()

    def __enter__(self) -> "Ledger":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, seen: Delivery) -> None:
        """Note one delivered message."""
        kind = "edit" if seen.edited else seen.kind
        self.kinds[kind] += 1
        line = {
            "at": seen.at.isoformat(),
            "kind": kind,
            "key": seen.key,
            "to": str(seen.address),
            "emails": [clean_email(email) or email for email in seen.emails],
            "text": seen.text,
            "prompted": seen.prompted,
        }
        if self._file is not None:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")


def write_table(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file of these rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_text(heading, rows))


async def write_results(
    database: Database,
    kit: Kit,
    out: Path,
    read: FormRead,
    players: Sequence[Player],
    ledger: Ledger,
    facts: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Write participants.csv, partnerships.csv, decisions.csv and summary.json. Returns the summary."""
    participants = await _participants(database, kit, read, players)
    partnerships = await _partnerships(database)
    write_table(out / "participants.csv", PARTICIPANTS, participants)
    write_table(out / "partnerships.csv", PARTNERSHIPS, partnerships)
    async with database.transaction() as session:
        care = await care_of(session, kit)
    write_table(out / "decisions.csv", DECISIONS, care.decisions)
    summary = {
        **facts,
        "rows_in_file": len(read.rows) + sum(1 for problem in read.problems if not problem.used),
        "rows_with_problems": [{"line": p.line, "reason": p.reason, "used": p.used} for p in read.problems],
        "participants": dict(sorted(Counter(row[3] for row in participants).items())),
        "partnerships": dict(sorted(Counter(row[2] for row in partnerships).items())),
        "messages": dict(sorted(ledger.kinds.items())),
        **await _rest(database),
        **care.figures,
    }
    text = json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=False)
    (out / "summary.json").write_text(text + "\n", encoding="utf-8")
    return summary


async def _participants(
    database: Database, kit: Kit, read: FormRead, players: Sequence[Player]
) -> list[tuple[str, str, str, str, str]]:
    """A row for each submission, in order; for whoever never sent theirs, and for rows that could not be used."""
    async with database.transaction() as session:
        rows = await session.exec(
            select(Submission, Person, Application)
            .join(Person, col(Person.id) == Submission.person_id)
            .outerjoin(
                Application,
                (col(Application.person_id) == Submission.person_id)
                & (col(Application.round_id) == Submission.round_id),
            )
            .order_by(col(Submission.at), col(Submission.id))
        )
        found: list[tuple[str, str, str, str, str]] = []
        seen: Counter[str] = Counter()
        closes_at = (await session.exec(select(Round.closes_at))).first()
        for submission, person, joined in rows:
            application = cast("Application | None", joined)
            status, reason = submission.outcome, submission.reason
            if status == "counted" and application is not None:
                status, reason = application.status, application.reason
            email = person.email or ""
            seen[email] += 1
            found.append((email, submission.name, country_of(submission.country), status, reason))
    question = kit.question_of_kind(QuestionKind.COUNTRY)
    for player in _left_over(players, seen):
        typed = player.answers.get(question.name, "") if question else ""
        late = player.applies_at is not None and closes_at is not None and player.applies_at >= closes_at
        fate, why = ("late", "applications were closed") if late else ("unfinished", "never sent the application")
        found.append((clean_email(player.email) or "", player.name, typed, fate, why))
    found += [("", "", "", "unreadable", f"line {p.line}: {p.reason}") for p in read.problems if not p.used]
    return found


def _left_over(players: Sequence[Player], seen: Counter[str]) -> list[Player]:
    """The applicants of whom no submission is kept: of several with one address, those who came last."""
    left: list[Player] = []
    counts = Counter(seen)
    applicants = [player for player in players if player.part == "applicant"]
    for player in sorted(applicants, key=lambda player: player.applies_at or _NEVER):
        email = clean_email(player.email) or ""
        counts[email] -= 1
        if counts[email] < 0:
            left.append(player)
    return left


def country_of(code: str) -> str:
    """A country's name for a table."""
    return country_name(code) if code and code != "unknown" else "unknown"


async def _partnerships(database: Database) -> list[tuple[Any, ...]]:
    async with database.transaction() as session:
        members = await session.exec(
            select(Member.partnership_id, Person.email)
            .join(Person, col(Person.id) == Member.person_id)
            .order_by(col(Member.id))
        )
        emails: dict[int, list[str]] = {}
        for partnership, email in members:
            emails.setdefault(partnership, []).append(email or "")
        rows = await session.exec(select(Partnership).order_by(col(Partnership.id)))
        return [
            (
                row.id,
                ", ".join(emails.get(row.id or 0, ())),
                last_state(row),
                row.room,
                "yes" if row.score.get("country_different") else "no",
                row.score.get("type_wishes", 0),
                row.score.get("type_wishes_met", 0),
                row.score.get("interest_wishes", 0),
                row.score.get("interest_similarity", 0),
                row.announced_at.isoformat() if row.announced_at else "",
                row.ended_at.isoformat() if row.ended_at else "",
            )
            for row in rows
        ]


def last_state(row: Partnership) -> str:
    """What a partnership was when its time was over: live or arriving where it lasted to the end, else ended."""
    if row.state != "ended" or row.end_reason != ROUND_OVER:
        return row.state
    return "live" if row.live_at else "arriving"


async def _rest(database: Database) -> dict[str, Any]:
    async with database.transaction() as session:
        acts = Counter(await session.exec(select(OutboxAct.state)))
        cases = Counter(f"{kind}/{state}" for kind, state in await session.exec(select(Case.kind, Case.state)))
        surveys = Counter(
            f"{name}/{state}" for name, state in await session.exec(select(SurveyAnswer.survey, SurveyAnswer.state))
        )
        accounts = len(list(await session.exec(select(Account.id))))
    return {
        "acts": dict(sorted(acts.items())),
        "cases": dict(sorted(cases.items())),
        "surveys": dict(sorted(surveys.items())),
        "accounts": accounts,
    }
