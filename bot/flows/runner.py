"""Keeps where a person is in a flow: the engine's decisions, written to the run's row."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.flows import engine
from bot.flows.labels import Say
from bot.flows.messages import question_message
from bot.flows.spec import Answer, Flow
from bot.flows.state import Ask, Done, Given, Outcome, Reject, State, Stopped, from_json, is_stale, make_token, to_json
from bot.language.messages import Element
from storage.traffic import FlowRun


async def locked(session: AsyncSession, identity: int) -> FlowRun | None:
    """The run, locked against every other turn before it is read (SQLite's transactions are alone anyway)."""
    if session.get_bind().dialect.name == "sqlite":
        return await session.get(FlowRun, identity)
    return await session.get(FlowRun, identity, with_for_update=True)


def begin(
    run: FlowRun, flow: Flow, known: Mapping[str, Answer], now: datetime, zone: str, passed: Collection[str] = ()
) -> Outcome:
    """Put the first question. `known` answers are not asked again, nor are optional steps that were `passed` over."""
    return _keep(run, engine.begin(flow, known, _today(now, zone), passed), now)


def advance(run: FlowRun, flow: Flow, given: Given, now: datetime, zone: str) -> Outcome:
    """Take an answer, write where the person is now, and say what comes next."""
    return _keep(run, engine.advance(flow, from_json(run.state), given, _today(now, zone)), now)


def refuse(run: FlowRun, flow: Flow, reason: str, values: Mapping[str, object], now: datetime) -> Outcome:
    """Say why what was sent is no answer, and put the waiting question again."""
    return _keep(run, engine.refuse(flow, from_json(run.state), reason, values), now)


def resume(run: FlowRun, flow: Flow, now: datetime) -> Outcome:
    """Put the waiting question once more."""
    return _keep(run, engine.resume(flow, from_json(run.state)), now)


def stale(run: FlowRun, step: str, revision: str) -> bool:
    """Whether a button with this step and revision belongs to a question that waits no longer."""
    return not revision.isdecimal() or is_stale(from_json(run.state), step, int(revision[:9]))


def answers(run: FlowRun) -> Mapping[str, Answer]:
    """What was answered so far."""
    return from_json(run.state).answers if run.state else {}


def elements(run: FlowRun, flow: Flow, outcome: Ask | Reject, say: Say, now: datetime) -> tuple[Element, ...]:
    """The message that puts the question."""
    return question_message(flow, outcome, make_token(str(run.id), outcome.state), say, now).elements


def _keep(run: FlowRun, outcome: Outcome, now: datetime) -> Outcome:
    state: State = outcome.state
    run.state, run.step, run.revision, run.changed_at = to_json(state), state.step, state.revision, now
    if isinstance(outcome, Done):
        run.status = "done"
    elif isinstance(outcome, Stopped):
        run.status = "stopped"
    return outcome


def _today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone or "UTC")).date()
