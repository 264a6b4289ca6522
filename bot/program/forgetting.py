"""Being forgotten: asked for by the person or a coordinator, confirmed, and done in a transaction of its own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.courier import Outcome
from bot.engine.work import Work
from bot.errors import Problem
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.acts import Post
from bot.language.messages import say
from bot.language.places import Address, Place
from bot.program.access import Action, Who, allowed
from bot.program.command import Argument, Call, Command
from bot.program.conversations import Conversation, close, start
from bot.program.ending import Rematch
from bot.program.erasing import accounts_of, forget_in_rows, leave, traces_of
from bot.program.erasing_acts import SCRUBBED, forget_in_acts, in_flight, ways_of
from bot.program.erasing_stories import forget_in_stories, show_again
from bot.program.naming import person_called
from bot.program.partnerships import names, of_person
from bot.program.people import account_in, standing
from bot.program.rounds import day_label
from bot.program.routes import Continuation
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.database import table_of
from storage.forgetting import Erasure
from storage.partnerships import Member
from storage.people import Account, Community, Person, Program, Role
from storage.rounds import Application
from storage.traffic import FlowRun, OutboxAct

_AGAIN = timedelta(seconds=5)
_PATIENCE = timedelta(minutes=5)
"""How long a message that is just being sent is waited for; leases end sooner."""
_acts = table_of(OutboxAct)


async def _forget_me(turn: Turn, call: Call) -> None:
    await _ask(turn, call, call.person)


async def _forget(turn: Turn, call: Call) -> None:
    person = await person_called(turn, call.program, call.arguments["who"], call.standing)
    if person.id == call.person.id:
        raise Problem("forget.yourself")
    await _ask(turn, call, person)


async def _ask(turn: Turn, call: Call, person: Person) -> None:
    obstacle = await _obstacle(turn, call.program, call.person.id, person)
    if obstacle is not None:
        raise Problem(obstacle[0], **obstacle[1])
    subject = f"person:{person.id}"
    await close(turn, "forget", subject)
    await start(turn, FORGET, call.program, call.account, subject=subject, prompted=True)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    person = await turn.get(Person, _person_in(run))
    if person.id == run.person_id:
        others = [o for partners in await of_person(turn, program, person.id) for o in partners.others(person.id)]
        prompt = turn.say(program, "forget.sure", partners=names(turn, program, others) if others else "")
        title = turn.say(program, "forget.title")
    else:
        prompt = turn.say(program, "forget.sure_other", name=person.name or person.email or "")
        title = turn.say(program, "forget.title_other")
    return Flow("forget", title, (Step("sure", StepKind.YES_NO, prompt),), review=False)


async def _answered(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
    person = await turn.get(Person, _person_in(run))
    # Asked a while ago, perhaps: who coordinates may have changed since.
    obstacle = await _obstacle(turn, program, run.person_id, person)
    if answers.get("sure") != "yes":
        text = turn.say(program, "forget.kept")
    elif obstacle is not None:
        text = turn.say(program, obstacle[0], **obstacle[1])
    else:
        own = person.id == run.person_id
        await _begin(turn, program, person, account, own=own)
        text = turn.say(program, "forget.begun" if own else "forget.begun_other")
    turn.post(await turn.direct(account), "notice", f"flow:{run.id}:thanks", text, prompted=True)


async def _begin(turn: Turn, program: Program, person: Person, asker: Account, *, own: bool) -> None:
    community = await turn.get(Community, program.community_id)
    account = asker if own else await account_in(turn, community, person)
    turn.session.add(
        Erasure(
            program_id=program.id or 0,
            person_id=person.id or 0,
            address=str(await turn.direct(account)) if account is not None else "",
            told="" if own else str(await turn.direct(asker)),
            asked_at=turn.now,
            due_at=turn.now,
        )
    )
    await turn.session.flush()


async def _obstacle(
    turn: Turn, program: Program, asker: int | None, person: Person
) -> tuple[str, Mapping[str, Any]] | None:
    """Why this person cannot be forgotten now, as a text's key and values; None when they can."""
    own = person.id == asker
    if not own:
        may = await standing(turn, program, await turn.get(Person, asker))
        decision = allowed(may, Action(Who.COORDINATOR))
        if not decision.allowed:
            return decision.reason, {}
    rows = await turn.session.exec(select(Erasure.state).where(Erasure.person_id == person.id))
    states = set(rows)
    if states:
        return "forget.already" if "asked" in states else "forget.over", {}
    for each in await turn.session.exec(
        select(Program)
        .join(Role, col(Role.program_id) == Program.id)
        .where(Role.person_id == person.id, Role.role == "coordinator")
    ):
        if len(await turn.coordinators(each)) < 2:
            return "forget.last_coordinator", {"name": each.name}
    if not own and not await _coordinates_all(turn, asker, person):
        return "forget.elsewhere", {}
    return None


async def _coordinates_all(turn: Turn, asker: int | None, person: Person) -> bool:
    """Whether the asker coordinates each program that knows the person, and one wherever they have an account."""
    rows = await turn.session.exec(
        select(Program.id, Program.community_id)
        .join(Role, col(Role.program_id) == Program.id)
        .where(Role.person_id == asker, Role.role == "coordinator")
    )
    mine = dict(list(rows))
    known_to: set[int] = set()
    for table in (Application, Member, Role):
        known_to |= set(await turn.session.exec(select(table.program_id).where(table.person_id == person.id)))
    communities = {account.community_id for account, _ in await accounts_of(turn, person.id)}
    return known_to <= mine.keys() and communities <= set(mine.values())


class ForgetWatch:
    """Forgets whoever asked for it: each in one transaction, so that a stop in the middle has changed nothing."""

    name = "forgetting"
    rows = (Erasure,)

    def __init__(self, kits: Kits, rematch: Rematch) -> None:
        self._kits = kits
        self._rematch = rematch

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """The first erasure that was asked for and is not done."""
        rows = await session.exec(select(func.min(Erasure.due_at)).where(Erasure.state == "asked"))
        return rows.one()

    async def ring(self, work: Work) -> None:
        """Forget everybody who is due."""
        turn = Turn(work, self._kits)
        due = await work.session.exec(
            select(Erasure).where(Erasure.state == "asked", Erasure.due_at <= work.now).order_by(col(Erasure.id))
        )
        for erasure in list(due):
            await erase(turn, erasure, self._rematch)


async def erase(turn: Turn, erasure: Erasure, rematch: Rematch) -> None:
    """Forget one person, or wait a moment for what another process is just sending about them."""
    program, person = await turn.get(Program, erasure.program_id), await turn.get(Person, erasure.person_id)
    traces = await traces_of(turn, program, person)
    if turn.now < erasure.asked_at + _PATIENCE and await in_flight(turn, traces):
        erasure.due_at = turn.now + _AGAIN
        return
    own = [await turn.direct(account) for account, _ in await accounts_of(turn, person.id)]
    ways = await ways_of(turn, person, own, [erasure.told])
    stories = await forget_in_stories(turn, person, traces, [str(address) for address in own])
    await forget_in_rows(turn, person, traces)
    turn.work.cache.clear()
    await leave(turn, person, rematch)
    await show_again(turn, person, stories)
    await forget_in_acts(turn, person, traces, ways)
    _tell(turn, program, erasure)
    erasure.state, erasure.done_at, erasure.address, erasure.told = "done", turn.now, "", ""


def _tell(turn: Turn, program: Program, erasure: Erasure) -> None:
    if erasure.address:
        last = turn.say(program, "forget.done")
        act = Post(f"forgotten:{erasure.id}", "notice", Address.parse(erasure.address), say(last), prompted=True)
        turn.send(act, then=SCRUBBED)
    if erasure.told:
        text = turn.say(program, "forget.done_other", date=day_label(erasure.asked_at))
        key = f"forgotten:{erasure.id}:told"
        turn.post(Address.parse(erasure.told), "notice", key, text, prompted=True)


async def _scrub(turn: Turn, outcome: Outcome) -> None:
    """The last word has gone out, or never will: where it went is not kept either."""
    address = outcome.act.address
    lane = f"{address.platform}/{address.community}/{address.place}/"
    if address.place is Place.DIRECT:
        connection = await turn.session.connection()
        await connection.execute(
            update(_acts)
            .where(_acts.c.key == outcome.act.key)
            .values(lane=lane, payload="", receipt="", reference="", reason="")
        )


def _person_in(run: FlowRun) -> int:
    return int(run.subject.partition(":")[2])


FORGET = Conversation("forget", "question", _flow, _answered)
CONVERSATIONS = (FORGET,)
CONTINUATIONS: Mapping[str, Continuation] = {SCRUBBED: _scrub}
COMMANDS = (
    Command(
        "forget-me",
        Who.ANYONE,
        "Erases everything that is kept about you. I ask you first whether you are sure.",
        _forget_me,
        (),
        "/mentoring forget-me",
    ),
    Command(
        "forget",
        Who.COORDINATOR,
        "Erases everything that is kept about a participant who asked for it.",
        _forget,
        (Argument("who", "Their e-mail address or full name.", rest=True, names="participant"),),
        "/mentoring forget amina@example.org",
    ),
)
