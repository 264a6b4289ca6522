"""`my-data`: everything that is kept about a person, given to that person alone, as JSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from bot.flows.state import from_json
from bot.language.acts import Post
from bot.language.markup import Markdown, escape
from bot.language.messages import Document, say
from bot.program.access import Who
from bot.program.command import Call, Command
from bot.program.erasing import accounts_of
from bot.program.partnerships import load
from bot.program.turn import Turn
from storage.certificates import Certificate
from storage.communications import Announcement, Contact
from storage.database import table_of
from storage.evaluation import Writing
from storage.files import StoredFile
from storage.forgetting import Erasure
from storage.partnerships import Case, Member, SurveyAnswer
from storage.people import Absence, Apart, Person, Program, Role
from storage.rounds import Application, Round, Submission
from storage.stories import Story, StoryConsent
from storage.traffic import FlowRun, OutboxAct

FILE = "my-data.json"
FILES = 9
"""So many files that are kept come along, the latest; the list of them has all."""
PART = 1_400
"""Characters of one message where a platform takes no files."""


async def _my_data(turn: Turn, call: Call) -> None:
    data = await data_of(turn, call.person)
    intro, address = turn.say(call.program, "mydata.intro"), await turn.direct(call.account)
    if turn.able(address.platform).documents:
        text = json.dumps(data, ensure_ascii=False, indent=2)
        kept = (await _files(turn, call.person))[-FILES:]
        files = [Document(f"{number}-{row.name}", row.media_type, file=row.key) for number, row in enumerate(kept, 1)]
        message = say(intro, Document(FILE, "application/json", text), *files)
        turn.send(Post(f"{call.key}:data", "reply", address, message, prompted=True))
        return
    parts = in_parts(data)
    turn.post(address, "reply", f"{call.key}:data", intro, prompted=True)
    for number, part in enumerate(parts, start=1):
        head = turn.say(call.program, "mydata.part", number=number, count=len(parts))
        turn.post(address, "reply", f"{call.key}:data:{number}", head, Markdown(escape(part)), prompted=True)


def in_parts(data: Mapping[str, Any]) -> list[str]:
    """The data as JSON in texts of a size that every platform shows; put together they are JSON again."""
    parts: list[str] = []
    # No indentation: the little Markdown of messages does not keep it.
    for line in json.dumps(data, ensure_ascii=False, indent=0).splitlines():
        if parts and len(parts[-1]) + len(line) < PART:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return parts


async def data_of(turn: Turn, person: Person) -> dict[str, Any]:
    """Everything that is kept about a person; of others only what the person knows: who the partners are."""
    rounds = {row.id: row.name for row in await turn.session.exec(select(Round))}
    programs = {row.id: row.name for row in await turn.session.exec(select(Program))}
    accounts = await accounts_of(turn, person.id)
    return {
        "made_at": _plain(turn.now),
        "person": {
            "name": person.name,
            "email": person.email,
            "time_zone": person.zone,
            "known_since": _plain(person.created_at),
        },
        "accounts": [
            {
                "platform": community.platform,
                "community": community.name or community.external_id,
                "id": account.external_id,
                "name": account.name,
                "language": account.locale,
                "program_you_chose": programs.get(account.program_id, ""),
                "gone_at": _plain(account.gone_at),
            }
            for account, community in accounts
        ],
        "roles": [
            {"role": r.role, "since": _plain(r.since), "countries": r.countries} for r in await _of(turn, Role, person)
        ],
        "applications": await _shown(
            turn, Application, person, rounds, "status", "reason", "answers", "submitted_at", "seeking", "seeking_since"
        ),
        "sent_applications": await _shown(
            turn, Submission, person, rounds, "at", "outcome", "reason", "source", "name", "country"
        ),
        "partnerships": await _partnerships(turn, person, rounds),
        "not_to_be_paired_with": await _aparts(turn, person),
        "absences": await _shown(turn, Absence, person, rounds, "first", "last"),
        "surveys": await _shown(
            turn, SurveyAnswer, person, rounds, "survey", "state", "answers", "sent_at", "answered_at"
        ),
        "conversations": [_conversation(run, rounds) for run in await _of(turn, FlowRun, person)],
        "cases": await _shown(turn, Case, person, rounds, "kind", "state", "detail", "opened_at", "closed_at"),
        "threads_with_coordinators": await _shown(
            turn, Contact, person, rounds, "opened_at", "written_at", "answered_at"
        ),
        **await _stories(turn, person, rounds),
        "announcements_you_made": await _shown(turn, Announcement, person, rounds, "text", "state", "made_at"),
        "certificates": await _shown(turn, Certificate, person, rounds, "name", "code", "state", "issued_at"),
        "files": [
            {"name": row.name, "kind": row.media_type, "bytes": row.size, "since": _plain(row.made_at)}
            for row in await _files(turn, person)
        ],
        "asked_to_be_forgotten": [_plain(e.asked_at) for e in await _of(turn, Erasure, person)],
        "messages_to_you": await _messages(turn, [str(await turn.direct(account)) for account, _ in accounts]),
    }


async def _stories(turn: Turn, person: Person, rounds: Mapping[int | None, str]) -> dict[str, Any]:
    """What somebody wrote for everybody, and what they said to the stories about them: the words are their author's."""
    fields = (
        "state", "title", "text", "edited_title", "edited", "byline", "signed", "countries", "picture_alt", "word",
        "written_at", "published_at", "ended_at",
    )  # fmt: skip
    answers = ("story_id", "revision", "answer", "asked_at", "answered_at", "withdrawn_at")
    return {
        "stories_you_wrote": await _shown(turn, Story, person, rounds, *fields),
        "your_answers_to_stories": await _shown(turn, StoryConsent, person, rounds, *answers),
    }


async def _partnerships(turn: Turn, person: Person, rounds: Mapping[int | None, str]) -> list[dict[str, Any]]:
    members = {member.partnership_id: member for member in await _of(turn, Member, person)}
    found: list[dict[str, Any]] = []
    wrote: dict[int, list[str]] = {}
    mine = col(Writing.member_id).in_([member.id for member in members.values()])
    for writing in await turn.session.exec(select(Writing).where(mine).order_by(col(Writing.at))):
        wrote.setdefault(writing.partnership_id, []).append(_plain(writing.at))
    for partners in sorted((await load(turn, members)).values(), key=lambda each: each.id):
        row, member = partners.row, members[partners.id]
        program = await turn.get(Program, row.program_id)
        others = [seat.person.name or seat.account.name for seat in partners.seats if seat.person.id != person.id]
        found.append(
            {
                "program": program.name,
                "round": rounds.get(row.round_id, ""),
                "number": row.number,
                "state": row.state,
                "partners": [name or str(turn.say(program, "forgotten.somebody")) for name in others],
                "why_you": row.score.get("told", []),
                "room": row.room,
                "introduced_at": _plain(row.announced_at),
                "ended_at": _plain(row.ended_at),
                "rhythm": row.pace,
                "topics_talked_about": row.talked,
                "meetings": _meetings(row.meeting, person),
                "your_messages": member.messages,
                "you_first_wrote_at": _plain(member.first_wrote_at),
                "you_last_wrote_at": _plain(member.last_wrote_at),
                "you_wrote_at": wrote.get(partners.id, []),
                "you_wrote_by_week": member.behaviour.get("weekly", []),
                "you_were_asked_at": member.asked,
                "your_last_answer": member.answer,
                "you_left_at": _plain(member.left_at),
            }
        )
    return found


def _meetings(meeting: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """The time that the partners chose, and whether it was this person who did."""
    shown = {name: value for name, value in meeting.items() if name not in ("by", "sequence")}
    return shown | {"chosen_by_you": meeting.get("by") == person.id} if shown else {}


async def _aparts(turn: Turn, person: Person) -> list[dict[str, Any]]:
    """Whom the person named; of former partners the partnerships tell. What coordinators parted names nobody."""
    rows = [row for row in await _of(turn, Apart, person) if row.other_id is None]
    return [{"asked_in": row.why, "email": row.other_email} for row in rows]


async def _files(turn: Turn, person: Person) -> list[Any]:
    """What is known of the files that are kept of a person, without what is in them; the latest last."""
    files = table_of(StoredFile).c
    known = select_columns(
        files.key, files.name, files.media_type, files.made_at, func.length(files.content).label("size")
    )
    mine = known.where(files.person_id == person.id).order_by(files.id)
    return list(await (await turn.session.connection()).execute(mine))


async def _messages(turn: Turn, lanes: Sequence[str]) -> list[dict[str, Any]]:
    rows = await turn.session.exec(
        select(OutboxAct.kind, OutboxAct.sent_at)
        .where(col(OutboxAct.lane).in_(lanes), OutboxAct.state == "sent")
        .order_by(col(OutboxAct.id))
    )
    return [{"kind": kind, "sent_at": _plain(sent_at)} for kind, sent_at in rows]


def _conversation(run: FlowRun, rounds: Mapping[int | None, str]) -> dict[str, Any]:
    return {
        "about": run.flow,
        "round": rounds.get(run.round_id, ""),
        "status": run.status,
        "answers": _plain(dict(from_json(run.state).answers)) if run.state else {},
        "started_at": _plain(run.started_at),
        "changed_at": _plain(run.changed_at),
    }


async def _shown(
    turn: Turn, row: Any, person: Person, rounds: Mapping[int | None, str], *fields: str
) -> list[dict[str, Any]]:
    return [
        {"round": rounds.get(getattr(each, "round_id", None), "")}
        | {name: _plain(getattr(each, name)) for name in fields}
        for each in await _of(turn, row, person)
    ]


async def _of(turn: Turn, row: Any, person: Person) -> list[Any]:
    return list(await turn.session.exec(select(row).where(row.person_id == person.id).order_by(row.id)))


def _plain(value: Any) -> Any:
    """A stored value as JSON has it; moments in ISO 8601, in UTC."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in cast("Mapping[Any, Any]", value).items()}
    return list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value


COMMANDS = (
    Command(
        "my-data",
        Who.ANYONE,
        "Sends you everything that is kept about you, in private.",
        _my_data,
        (),
        "/mentoring my-data",
    ),
)
