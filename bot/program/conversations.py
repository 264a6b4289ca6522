"""Conversations of the program: which flows there are, and what follows when one is done."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, literal_column
from sqlmodel import col, select

from bot.engine.courier import Outcome as Settled
from bot.flows import runner
from bot.flows.spec import Answer, Flow, StepKind
from bot.flows.state import Ask, Done, Given, Outcome, Pressed, Reject, Sent, Stopped, Typed
from bot.language.acts import Post
from bot.language.events import SentFile
from bot.language.messages import Element, say
from bot.program import sentpictures
from bot.program.answered import Before, put_in_place, strike
from bot.program.batch import note_more, of_person
from bot.program.questions import in_matrix
from bot.program.routes import Press
from bot.program.turn import Turn
from storage.people import Account, Person, Program
from storage.traffic import FlowRun

Build = Callable[[Turn, FlowRun], Awaitable[Flow]]
Finish = Callable[[Turn, FlowRun, Mapping[str, Answer]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One kind of conversation. `kind` is what its questions are to people: question, nudge, survey.

    `build` makes the flow anew for each turn (it may depend on the run's subject); `done` follows the last answer,
    in the same transaction; `partial` is told of answers that were given before the person stopped or time was up.
    """

    name: str
    kind: str
    build: Build
    done: Finish
    partial: Finish | None = None


def new_run(
    turn: Turn,
    conversation: Conversation,
    program: Program,
    account: Account,
    *,
    round_id: int | None = None,
    subject: str = "",
) -> FlowRun:
    """The row of a conversation that is about to begin, not stored yet."""
    return FlowRun(
        program_id=program.id or 0,
        round_id=round_id,
        person_id=account.person_id,
        account_id=account.id or 0,
        flow=conversation.name,
        subject=subject,
        started_at=turn.now,
        changed_at=turn.now,
    )


async def start(
    turn: Turn,
    conversation: Conversation,
    program: Program,
    account: Account,
    *,
    round_id: int | None = None,
    subject: str = "",
    known: Mapping[str, Answer] | None = None,
    passed: Collection[str] = (),
    intro: str = "",
    prompted: bool = False,
    not_before: datetime | None = None,
    then: str = "",
    run: FlowRun | None = None,
) -> FlowRun:
    """Begin a conversation: the first question goes out, at once if `prompted`, otherwise in the person's daytime.

    `known` answers are not asked again, nor are the questions in `passed`, which may be left without an answer.
    `intro` is Markdown said before the first question. `then` names a continuation for that first message. `run` is
    given (from `new_run`, stored with others in one go) where many begin at once.
    """
    run = run or new_run(turn, conversation, program, account, round_id=round_id, subject=subject)
    flow = await conversation.build(turn, run)
    person = await turn.get(Person, account.person_id)
    outcome = runner.begin(run, flow, known or {}, turn.now, person.zone, passed)
    if run.id is None:
        # Only now, so that it is stored once, as it is when the question is put.
        await turn.add(run)
    note_more(turn, ("alive", program.id), account.person_id, run)
    if isinstance(outcome, Ask):
        due_at = turn.now if prompted else turn.daytime(turn.kit(program), [person.zone], not_before)
        parts = runner.elements(run, flow, outcome, turn.wording(program).say, turn.now)
        act = Post(
            f"flow:{run.id}:{run.revision}",
            conversation.kind,
            await turn.direct(account),
            say(await turn.heading(program), intro, *parts),
            prompted=prompted,
        )
        turn.send(act, due_at=due_at, subject=subject, then=then)
    return run


async def close(turn: Turn, flow: str, subject: str) -> None:
    """End the open conversations of that kind about `subject`: a later answer hears that the question is over."""
    rows = await turn.session.exec(
        select(FlowRun).where(FlowRun.flow == flow, FlowRun.subject == subject, col(FlowRun.status).in_(_ALIVE))
    )
    for run in rows:
        run.status = "over"


_ALIVE = ("open", "stopped")
_ALIVE_OF = (
    select(FlowRun)
    .where(
        col(FlowRun.person_id).in_(bindparam("people", expanding=True)),
        col(FlowRun.status).in_([literal_column("'open'"), literal_column("'stopped'")]),
        FlowRun.program_id == bindparam("program"),
    )
    .order_by(col(FlowRun.id))
)


async def alive(turn: Turn, program_id: int | None, person_id: int) -> list[FlowRun]:
    """The conversations of somebody that wait for an answer, or were stopped and may go on, oldest first."""

    async def read(people: Sequence[int]) -> Mapping[int, list[FlowRun]]:
        found: dict[int, list[FlowRun]] = {person: [] for person in people}
        for run in await turn.session.exec(_ALIVE_OF, params={"people": people, "program": program_id}):
            found[run.person_id].append(run)
        return found

    runs = await of_person(turn, ("alive", program_id), person_id, read)
    return [run for run in runs or () if run.status in _ALIVE]


class Conversations:
    """Goes on with conversations, whatever is pressed or typed."""

    def __init__(self, known: tuple[Conversation, ...]) -> None:
        self._known = {conversation.name: conversation for conversation in known}

    async def press(self, turn: Turn, press: Press) -> None:
        """A button of a question was pressed: its token's parts are run, step and revision."""
        run = await self._run_of(turn, press)
        if run is None:
            return
        if run.status not in _ALIVE:
            self._say(turn, press, "flow.already_answered" if run.status == "done" else "flow.over")
        elif len(press.parts) != _TOKEN_PARTS or runner.stale(run, press.parts[1], press.parts[2]):
            self._say(turn, press, "flow.already_answered")
        else:
            run.status = "open"
            await self._advance(turn, press.program, run, press.account, Pressed(press.values), press.key)

    async def typed(self, turn: Turn, program: Program, run: FlowRun, account: Account, typed: Typed, key: str) -> None:
        """Something was written to the bot while this conversation waited for an answer."""
        await self._advance(turn, program, run, account, typed, key)

    async def sent(
        self, turn: Turn, program: Program, run: FlowRun, account: Account, files: Sequence[SentFile], key: str
    ) -> bool:
        """Files came while this conversation waited. False where its question wants none, and nothing has happened."""
        flow = await self._known[run.flow].build(turn, run)
        step = flow.step(run.step)
        if step is None or step.kind is not StepKind.PICTURE:
            return False
        refusal = await sentpictures.fetch(turn, program, run, account, files, key, _token(run))
        if refusal is not None:
            await self._put(turn, program, run, flow, runner.refuse(run, flow, *refusal, turn.now), account)
        return True

    async def picture_came(self, turn: Turn, outcome: Settled) -> None:
        """What was sent as an answer has been brought, or cannot be: go on, if the question still waits for it."""
        number, step, revision = outcome.subject.split(":")[1:]
        run = await runner.locked(turn.session, int(number))
        if run is None or run.status != "open" or run.flow not in self._known or runner.stale(run, step, revision):
            return
        program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
        found = await sentpictures.received(turn, program, run, outcome)
        if isinstance(found, str):
            await self._advance(turn, program, run, account, Sent(found), outcome.act.key)
            return
        flow = await self._known[run.flow].build(turn, run)
        await self._put(turn, program, run, flow, runner.refuse(run, flow, *found, turn.now), account)

    async def waiting(self, turn: Turn, program: Program, person_id: int) -> FlowRun | None:
        """The person's conversation that was touched last and still waits for an answer."""
        return _newest(await alive(turn, program.id, person_id), "open")

    async def stopped(self, turn: Turn, program: Program, person_id: int) -> FlowRun | None:
        """The conversation that the person stopped last, and could go on with."""
        return _newest(await alive(turn, program.id, person_id), "stopped")

    async def resume(self, turn: Turn, program: Program, run: FlowRun, account: Account) -> None:
        """Put the waiting question once more (after a stop, or because the person asks)."""
        flow = await self._known[run.flow].build(turn, run)
        run.status = "open"
        await self._put(turn, program, run, flow, runner.resume(run, flow, turn.now), account)

    async def _advance(
        self, turn: Turn, program: Program, run: FlowRun, account: Account, given: Given, key: str
    ) -> None:
        conversation = self._known[run.flow]
        flow = await conversation.build(turn, run)
        person = await turn.get(Person, run.person_id)
        before = Before(run.step, run.revision)
        outcome = runner.advance(run, flow, given, turn.now, person.zone)
        if isinstance(outcome, Ask) and isinstance(given, Pressed) and in_matrix(before.step, outcome.step.name):
            parts = await self._question(turn, program, run, flow, outcome)
            if await put_in_place(turn, account, run, before, conversation.kind, parts):
                return
        await strike(turn, program, account, run, flow, before, outcome)
        if isinstance(outcome, Done):
            await sentpictures.keep_answered(turn, flow, outcome.answers)
            await conversation.done(turn, run, outcome.answers)
        elif isinstance(outcome, Stopped):
            if conversation.partial is not None:
                await conversation.partial(turn, run, outcome.state.answers)
            text = turn.say(program, "flow.stopped", resume="continue")
            turn.post(await turn.direct(account), "reply", f"{key}:stopped", text, prompted=True)
        else:
            await self._put(turn, program, run, flow, outcome, account)

    async def _put(
        self, turn: Turn, program: Program, run: FlowRun, flow: Flow, outcome: Outcome, account: Account
    ) -> None:
        if not isinstance(outcome, Ask | Reject):
            return
        parts = await self._question(turn, program, run, flow, outcome)
        kind, key = self._known[run.flow].kind, f"flow:{run.id}:{run.revision}"
        turn.post(await turn.direct(account), kind, key, *parts, subject=run.subject, prompted=True)

    async def _question(
        self, turn: Turn, program: Program, run: FlowRun, flow: Flow, outcome: Ask | Reject
    ) -> list[str | Element]:
        head = await turn.heading(program)
        return [head, *runner.elements(run, flow, outcome, turn.wording(program).say, turn.now)]

    async def _run_of(self, turn: Turn, press: Press) -> FlowRun | None:
        number = press.parts[0] if press.parts else ""
        run = await runner.locked(turn.session, int(number)) if number.isdecimal() and len(number) < _DIGITS else None
        if run is None or run.program_id != press.program.id or run.flow not in self._known:
            self._say(turn, press, "flow.over")
            return None
        if run.person_id != press.person.id:
            self._say(turn, press, "access.not_yours")
            return None
        return run

    def _say(self, turn: Turn, press: Press, key: str) -> None:
        text = turn.say(press.program, key)
        turn.post(press.actor.direct, "reply", f"{press.key}:reply", text, prompted=True)


def _token(run: FlowRun) -> str:
    """What the question that waits is known by, as its buttons know it."""
    return f"flow:{run.id}:{run.step}:{run.revision}"


def _newest(runs: Iterable[FlowRun], status: str) -> FlowRun | None:
    some = (run for run in runs if run.status == status)
    return max(some, key=lambda run: (run.changed_at, run.id or 0), default=None)


_TOKEN_PARTS = 3
_DIGITS = 18
