"""Registration: applying in conversation, changing answers, withdrawing."""

from collections.abc import Mapping
from typing import Any, cast

from bot.errors import Problem
from bot.flows.spec import Answer, Flow, Step, StepKind, with_previous
from bot.program import admission
from bot.program.applications import application_in, applications_of
from bot.program.conversations import Conversation, Conversations, alive, start
from bot.program.partnerships import load
from bot.program.people import standing
from bot.program.questions import steps_of
from bot.program.rounds import current_round, day_label, last_day, rounds_now
from bot.program.surveys import send_exit
from bot.program.turn import Turn
from storage.people import Account, Person, Program
from storage.rounds import Application, Round
from storage.traffic import FlowRun

_AGAIN = ":again"
"""Marks the application of somebody who has sent one before: their answers are offered for confirmation."""
WITHDRAWABLE = ("received", "accepted", "waitlisted")


async def _registration_flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    flow = _flow(turn, program, "registration", "registration.title")
    return with_previous(flow, await _previous_answers(turn, run)) if run.subject.endswith(_AGAIN) else flow


async def _change_flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    return _flow(turn, program, "change", "registration.change_title")


def _flow(turn: Turn, program: Program, name: str, title: str) -> Flow:
    """The kit's questions as a flow: the same for everybody, so it is made once a kit."""
    wording = turn.wording(program)
    made = wording.made
    if name not in made:
        intro = wording.say("registration.intro", count=len(wording.kit.questions)) if name == "registration" else ""
        made[name] = Flow(name, wording.say(title), steps_of(wording.kit.questions), review=True, intro=intro)
    return made[name]


async def _previous_answers(turn: Turn, run: FlowRun) -> Mapping[str, Answer]:
    """The answers of the person's latest application, to be confirmed rather than typed again. Consent is new."""
    key = ("previous", run.program_id, run.person_id)
    if key not in turn.work.cache:
        application = await _latest(turn, run.program_id, run.person_id)
        program = await turn.get(Program, run.program_id)
        asked = {q.name for q in turn.kit(program).questions if not q.must}
        old = answers_of(application.answers) if application else {}
        turn.work.cache[key] = {name: answer for name, answer in old.items() if name in asked}
    return turn.work.cache[key]


async def _latest(turn: Turn, program_id: int | None, person_id: int) -> Application | None:
    """The person's latest application in any round of the program."""
    every = await applications_of(turn, program_id, person_id)
    return every[-1] if every else None


def answers_of(stored: Mapping[str, Any]) -> dict[str, Answer]:
    """Stored answers as the flow engine has them: lists become tuples."""
    return {
        name: tuple(cast("list[str]", value)) if isinstance(value, list) else str(value)
        for name, value in stored.items()
    }


async def _registered(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    round_row = await turn.get(Round, run.round_id)
    account = await turn.get(Account, run.account_id)
    await admission.submit(turn, round_row, account, answers, key=f"run:{run.id}")


async def _changed(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    round_row = await turn.get(Round, run.round_id)
    account = await turn.get(Account, run.account_id)
    await admission.change(turn, round_row, account, answers, key=f"run:{run.id}")


async def _withdraw_flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    step = Step("sure", StepKind.YES_NO, prompt=turn.say(program, "withdraw.sure"), short="Withdraw")
    return Flow("withdraw", turn.say(program, "withdraw.title"), (step,), review=False)


async def _withdrawn(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    account = await turn.get(Account, run.account_id)
    program = await turn.get(Program, run.program_id)
    if answers.get("sure") != "yes":
        text = turn.say(program, "withdraw.kept")
        turn.post(await turn.direct(account), "notice", f"run:{run.id}:kept", text, prompted=True)
        return
    round_row = await turn.get(Round, run.round_id)
    if await _is_partner(turn, program, round_row, account.person_id):
        # Asked before there was a partner, answered now.
        text = turn.say(program, "withdraw.has_partner")
        turn.post(await turn.direct(account), "notice", f"run:{run.id}:partner", text, prompted=True)
        return
    await admission.withdraw(turn, round_row, account, key=f"run:{run.id}")
    await send_exit(turn, program, round_row.id, account)


APPLY = Conversation("registration", "question", _registration_flow, _registered)
CHANGE = Conversation("change", "question", _change_flow, _changed)
WITHDRAW = Conversation("withdraw", "question", _withdraw_flow, _withdrawn)
CONVERSATIONS = (APPLY, CHANGE, WITHDRAW)


async def apply(turn: Turn, program: Program, account: Account, conversations: Conversations, key: str) -> None:
    """Begin an application, or go on with one. Raises Problem when there is no round to apply for."""
    round_row = await current_round(turn, program)
    if round_row is None or round_row.state == "ended":
        raise Problem("apply.no_round")
    if turn.happened_at < round_row.opens_at:
        raise Problem("apply.early", opens=day_label(round_row.opens_at), round=round_row.name)
    if await _is_partner(turn, program, round_row, account.person_id):
        raise Problem("apply.has_partner")
    application = await application_of(turn, round_row, account.person_id)
    sent = "" if application is None or application.status == "withdrawn" else day_label(application.submitted_at)
    if turn.happened_at >= round_row.closes_at:
        closed = last_day(round_row.closes_at)
        if sent:
            raise Problem("apply.applied", date=sent, closed=closed, round=round_row.name)
        await admission.too_late(turn, round_row, account, key=key)
        return
    run = await _waiting_run(turn, round_row, account, "registration")
    if run is not None:
        await conversations.resume(turn, program, run, account)
        return
    intro = turn.say(program, "apply.again", date=sent) if sent else ""
    known_before = application is not None or await _latest(turn, program.id, account.person_id) is not None
    subject = f"round:{round_row.id}{_AGAIN if known_before else ''}"
    await start(turn, APPLY, program, account, round_id=round_row.id, subject=subject, intro=intro, prompted=True)


async def begin_change(turn: Turn, program: Program, account: Account, conversations: Conversations) -> None:
    """Let somebody change the answers of their application. Raises Problem when there is none."""
    round_row, application = await _own_application(turn, program, account)
    if application.status == "ineligible" and turn.happened_at >= round_row.closes_at:
        raise Problem("change.late", closed=last_day(round_row.closes_at))
    run = await _waiting_run(turn, round_row, account, "change")
    if run is not None:
        await conversations.resume(turn, program, run, account)
        return
    await start(
        turn,
        CHANGE,
        program,
        account,
        round_id=round_row.id,
        subject=f"round:{round_row.id}",
        known=answers_of(application.answers),
        passed=tuple(q.name for q in turn.kit(program).questions if not q.required),
        prompted=True,
    )


async def begin_withdraw(turn: Turn, program: Program, account: Account, conversations: Conversations) -> None:
    """Ask whether somebody really wants to withdraw. Raises Problem when there is nothing to withdraw."""
    round_row, application = await _own_application(turn, program, account)
    if application.status not in WITHDRAWABLE:
        raise Problem("withdraw.nothing")
    if await _is_partner(turn, program, round_row, account.person_id):
        raise Problem("withdraw.has_partner")
    run = await _waiting_run(turn, round_row, account, "withdraw")
    if run is not None:
        await conversations.resume(turn, program, run, account)
        return
    await start(turn, WITHDRAW, program, account, round_id=round_row.id, prompted=True)


async def application_of(turn: Turn, round_row: Round, person_id: int) -> Application | None:
    """The person's application in that round."""
    return await application_in(turn, round_row, person_id)


async def waiting_application(turn: Turn, program: Program, account: Account) -> FlowRun | None:
    """The person's application that was begun and not sent, in a round that is open."""
    round_row = await current_round(turn, program)
    if round_row is None or turn.now >= round_row.closes_at:
        return None
    return await _waiting_run(turn, round_row, account, "registration")


async def _own_application(turn: Turn, program: Program, account: Account) -> tuple[Round, Application]:
    """The newest application that somebody has in a round that is not over. Raises Problem where there is none."""
    for round_row in await rounds_now(turn, program):
        application = await application_of(turn, round_row, account.person_id)
        if application is not None and application.status != "withdrawn":
            return round_row, application
    raise Problem("apply.none")


async def _waiting_run(turn: Turn, round_row: Round, account: Account, flow: str) -> FlowRun | None:
    every = await alive(turn, round_row.program_id, account.person_id)
    return next((run for run in reversed(every) if (run.round_id, run.flow) == (round_row.id, flow)), None)


async def _is_partner(turn: Turn, program: Program, round_row: Round, person_id: int) -> bool:
    """Whether somebody has a partner in that round: while one runs, they may apply for the next."""
    found = (await standing(turn, program, await turn.get(Person, person_id))).partnerships
    return any(partners.row.round_id == round_row.id for partners in (await load(turn, found)).values())
