"""`counterpart outbox` and `counterpart inbox`: what could not be sent or handled, and what to do about it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError

from bot import deadletters
from bot.cli.rounds import ready
from bot.cli.service import settled
from bot.cli.words import Refusal, columns, complain, in_words, say
from bot.deadletters import ACT_STATES, AT_FAULT, Page
from bot.engine.cause import cause_of
from bot.language.events import event_from_json
from storage.database import Database
from storage.traffic import InboxEvent, OutboxAct

Found = TypeVar("Found")

outbox = typer.Typer(
    help="Messages and other acts: those that could not be sent, and what to do.", no_args_is_help=True
)
inbox = typer.Typer(help="Events that could not be handled, and what to do.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", help="The number in the list.")]
_SOON = "A running Counterpart does it within half a minute; else it happens at the next start."


@outbox.command("list")
def list_acts(
    state: Annotated[str | None, typer.Option("--state", help=f"Only those: {', '.join(ACT_STATES)}.")] = None,
) -> None:
    """Lists acts that can never succeed (dead), and those of which nobody knows whether they were done (unknown)."""
    with in_words():
        if state is not None and state not in ACT_STATES:
            raise Refusal(f"--state {state}: write one of {', '.join(ACT_STATES)}.")
        page = _in_database(lambda database: _acts(database, (state,) if state else AT_FAULT))
        if not page.rows:
            say(f"There is no act that is {state or 'dead or unknown'}.")
            return
        heads = ("ID", "state", "due", "kind", "to", "tries", "cause", "reason")
        columns(heads, [_act_cells(row) for row in page.rows])
        _say_rest(page)
        if state in (None, *AT_FAULT):
            complain("`counterpart outbox retry ID` tries again, and looks first whether it was done; `drop` gives up.")


@outbox.command("show")
def show_act(number: Number) -> None:
    """Shows one act, without its words."""
    with in_words():
        row = _in_database(lambda database: _act(database, number))
        facts = {
            "key": row.key,
            "kind": row.kind,
            "to": row.lane,
            "about": row.subject,
            "then": row.then,
            "cause": row.cause,
            "state": row.state,
            "due": _moment(row.due_at),
            "tries": str(row.attempts),
            "next try": _moment(row.retry_at),
            "sent": _moment(row.sent_at),
            "there": row.reference,
            "reason": row.reason,
        }
        columns(("act", str(row.id)), [(name, value) for name, value in facts.items() if value])


@outbox.command("retry")
def retry_act(number: Number) -> None:
    """Has a dead or unknown act tried again; it is looked up before it is sent."""
    with in_words():
        before = _in_database(lambda database: deadletters.retry_act(database, number))
        say(f"Act {number} was {before}. It is looked up on the platform, and sent if it was not done. {_SOON}")


@outbox.command("drop")
def drop_act(number: Number) -> None:
    """Gives up an act that has not gone out, for good."""
    with in_words():
        row = _in_database(lambda database: deadletters.drop_act(database, number))
        say(f"Act {number} ({row.kind} to {row.lane}) is dropped: it is not sent any more.")
        if row.then:
            complain(f"What was to follow from it ({row.then}) does not happen either. Tell the coordinators.")


@inbox.command("list")
def list_events() -> None:
    """Lists events whose handler failed: those that were given up (parked), and those that are tried again."""
    with in_words():
        page = _in_database(_events)
        if not page.rows:
            say("There is no event that failed.")
            return
        columns(
            ("ID", "state", "came", "kind", "from", "tries", "fault", "cause"), [_event_cells(r) for r in page.rows]
        )
        _say_rest(page)
        complain(
            "The log says under the fault what went wrong. `counterpart inbox retry ID` tries again; `drop` gives up."
        )


@inbox.command("retry")
def retry_event(number: Number) -> None:
    """Has a parked event handled again, for example after an update."""
    with in_words():
        _in_database(lambda database: deadletters.retry_event(database, number))
        say(f"Event {number} is handled again. {_SOON}")


@inbox.command("drop")
def drop_event(number: Number) -> None:
    """Gives up a parked event for good."""
    with in_words():
        _in_database(lambda database: deadletters.drop_event(database, number))
        say(f"Event {number} is dropped: it is as if it had never come. Its author was told that something went wrong.")


def _in_database(work: Callable[[Database], Awaitable[Found]]) -> Found:
    async def done() -> Found:
        async with ready(settled()) as database:
            return await work(database)

    return asyncio.run(done())


async def _acts(database: Database, states: Sequence[str]) -> Page:
    async with database.transaction() as session:
        return await deadletters.acts(session, states)


async def _act(database: Database, number: int) -> OutboxAct:
    async with database.transaction() as session:
        return await deadletters.act(session, number)


async def _events(database: Database) -> Page:
    async with database.transaction() as session:
        return await deadletters.events(session)


def _act_cells(row: OutboxAct) -> Sequence[str]:
    due, tries = _moment(row.due_at), str(row.attempts)
    return str(row.id), row.state, due, row.kind, row.lane, tries, row.cause, row.reason


def _event_cells(row: InboxEvent) -> Sequence[str]:
    try:
        event = event_from_json(row.payload)
        kind, who, cause = event.type, f"{row.platform}/{row.community}/{event.actor.user}", cause_of(event)
    except ValidationError:
        kind, who, cause = "unreadable", f"{row.platform}/{row.community}", ""
    return str(row.id), row.state, _moment(row.received_at), kind, who, str(row.attempts), row.error, cause


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _say_rest(page: Page) -> None:
    if page.total > len(page.rows):
        say(f"… and {page.total - len(page.rows):,} more.")
